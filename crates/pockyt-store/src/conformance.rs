//! What every [`Inbox`] and [`InboxAdmin`] must do, as a suite to run against one.
//!
//! Each case panics where the store does otherwise than the traits say. The cases wait for nothing but the
//! store itself, so any runtime will do.
//!
//! ```
//! use pockyt_store::{MemoryInbox, conformance};
//!
//! # fn block_on<F: Future>(future: F) {
//! #     let mut context = std::task::Context::from_waker(std::task::Waker::noop());
//! #     assert!(std::pin::pin!(future).poll(&mut context).is_ready());
//! # }
//! block_on(conformance::all(async || MemoryInbox::default()));
//! ```
//!
//! A store that outlives its program is run through [`durable`] as well. [`model`] adds a comparison with a
//! naive model over random histories, for proptest to drive, and [`Faulty`] is a store that fails when it is
//! told to, for tests of what stands on a store.

#![expect(clippy::missing_panics_doc, clippy::expect_used, reason = "a case reports by panicking")]

mod claiming;
mod confirming;
mod faults;
mod keeping;
mod messages;
pub mod model;
mod racing;
mod recording;
mod reopening;

pub use claiming::{
    a_clock_that_is_set_back_by_hours_holds_up_nothing, a_clock_that_ran_ahead_suppresses_nothing,
    a_poisonous_notice_holds_up_no_other, dead_notices_can_be_redriven, delays_and_leases_are_bounded,
    each_notice_has_one_holder, expired_leases_are_taken_over_and_the_late_owner_is_refused,
    outcomes_are_written, reasons_are_cut, unfinished_leases_that_ran_out_may_still_finish,
};
pub use confirming::{
    a_clean_notice_can_be_corrected, a_confirmed_notice_and_its_clean_copy_are_told_apart,
    identifying_wants_the_lease, what_is_to_be_confirmed_waits,
};
pub use faults::{Fault, Faulty, no_failure_loses_or_invents_a_record};
pub use keeping::{
    counts_tell_states_and_the_oldest, decisions_move_what_they_may, lists_are_paged,
    pruned_notices_stay_duplicates, pruning_goes_by_age_and_by_portions,
    quarantine_can_be_an_outcome_and_can_end,
};
pub use messages::{KEY_LABEL, clean_reading, doubtful, payment, recuts, route, variant};
pub use racing::{racing_deliveries_have_one_first, racing_workers_share_the_notices};
pub use recording::{
    clean_and_doubtful_messages_never_meet, conflicts_are_quarantined_once,
    cuts_of_one_text_are_one_doubtful_notice, records_come_back_as_they_came,
    repetitions_are_duplicates_in_every_state, routes_never_meet,
    statuses_of_one_payment_are_notices_of_their_own, variants_are_kept_beside_their_notice,
};
pub use reopening::{everything_is_there_again, numbers_are_not_used_again, stores_of_one_database_agree};

use crate::{Inbox, InboxAdmin, NewNotice, NoticeId, Recorded};

/// What the suite is run against: anything that is both.
pub trait Store: Inbox + InboxAdmin {}

impl<S: Inbox + InboxAdmin> Store for S {}

/// A database that outlives the stores that are opened on it.
pub trait Database {
    /// What is opened on it.
    type Store: Store;

    /// Opens it, beside those that are open.
    fn open(&self) -> impl Future<Output = Self::Store>;
}

/// Runs every case that any store must pass, each on a store of its own.
pub async fn all<S: Store>(empty: impl AsyncFn() -> S) {
    records_come_back_as_they_came(&empty().await).await;
    repetitions_are_duplicates_in_every_state(&empty().await).await;
    conflicts_are_quarantined_once(&empty().await).await;
    clean_and_doubtful_messages_never_meet(&empty().await).await;
    cuts_of_one_text_are_one_doubtful_notice(&empty().await).await;
    routes_never_meet(&empty().await).await;
    statuses_of_one_payment_are_notices_of_their_own(&empty().await).await;
    variants_are_kept_beside_their_notice(&empty().await).await;
    pruned_notices_stay_duplicates(&empty().await).await;
    pruning_goes_by_age_and_by_portions(&empty().await).await;
    lists_are_paged(&empty().await).await;
    decisions_move_what_they_may(&empty().await).await;
    quarantine_can_be_an_outcome_and_can_end(&empty().await).await;
    counts_tell_states_and_the_oldest(&empty().await).await;
    what_is_to_be_confirmed_waits(&empty().await).await;
    a_confirmed_notice_and_its_clean_copy_are_told_apart(&empty().await).await;
    a_clean_notice_can_be_corrected(&empty().await).await;
    identifying_wants_the_lease(&empty().await).await;
    each_notice_has_one_holder(&empty().await).await;
    a_clock_that_ran_ahead_suppresses_nothing(&empty().await).await;
    a_clock_that_is_set_back_by_hours_holds_up_nothing(&empty().await).await;
    expired_leases_are_taken_over_and_the_late_owner_is_refused(&empty().await).await;
    unfinished_leases_that_ran_out_may_still_finish(&empty().await).await;
    outcomes_are_written(&empty().await).await;
    delays_and_leases_are_bounded(&empty().await).await;
    dead_notices_can_be_redriven(&empty().await).await;
    a_poisonous_notice_holds_up_no_other(&empty().await).await;
    reasons_are_cut(&empty().await).await;
    racing_deliveries_have_one_first(&[&empty().await]).await;
    racing_workers_share_the_notices(&[&empty().await]).await;
    no_failure_loses_or_invents_a_record(&empty).await;
}

/// Runs the cases of a store that outlives its program, each on a database of its own.
pub async fn durable<D: Database>(empty: impl AsyncFn() -> D) {
    everything_is_there_again(&empty().await).await;
    numbers_are_not_used_again(&empty().await).await;
    stores_of_one_database_agree(&empty().await).await;
    let database = empty().await;
    let stores = [&database.open().await, &database.open().await, &database.open().await];
    racing_deliveries_have_one_first(&stores).await;
    racing_workers_share_the_notices(&stores).await;
}

async fn first<S: Store>(inbox: &S, notice: NewNotice) -> NoticeId {
    match inbox.record(notice).await.expect("records") {
        Recorded::First(id) => id,
        other => unreachable!("new, but was {other:?}"),
    }
}
