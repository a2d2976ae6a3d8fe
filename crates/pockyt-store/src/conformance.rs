//! What every [`Inbox`] must do, as a suite to run against one.
//!
//! Each case takes a function that makes an empty inbox, and panics where the inbox does otherwise than
//! the trait says. They wait for nothing but the inbox itself, so any runtime will do.
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
//! [`model`] adds a comparison with a naive model over random histories, for proptest to drive.

#![expect(clippy::missing_panics_doc, clippy::expect_used, reason = "a case reports by panicking")]

mod claiming;
mod messages;
pub mod model;
mod recording;

pub use claiming::{
    dead_notices_can_be_redriven, delays_and_leases_are_bounded, each_notice_has_one_holder,
    expired_leases_are_taken_over_and_the_late_owner_is_refused, outcomes_are_written, reasons_are_cut,
    unfinished_leases_that_ran_out_may_still_finish,
};
pub use messages::{KEY_LABEL, doubtful, payment, recuts, route};
pub use recording::{
    clean_and_doubtful_messages_never_meet, conflicts_are_quarantined_once,
    cuts_of_one_text_are_one_doubtful_notice, lists_are_paged, pruned_notices_stay_duplicates,
    records_come_back_as_they_came, repetitions_are_duplicates_in_every_state, routes_never_meet,
    statuses_of_one_payment_are_notices_of_their_own,
};

use crate::Inbox;

/// Runs every case, each on an inbox of its own.
pub async fn all<I: Inbox>(empty: impl AsyncFn() -> I) {
    records_come_back_as_they_came(&empty().await).await;
    repetitions_are_duplicates_in_every_state(&empty().await).await;
    conflicts_are_quarantined_once(&empty().await).await;
    clean_and_doubtful_messages_never_meet(&empty().await).await;
    cuts_of_one_text_are_one_doubtful_notice(&empty().await).await;
    routes_never_meet(&empty().await).await;
    statuses_of_one_payment_are_notices_of_their_own(&empty().await).await;
    pruned_notices_stay_duplicates(&empty().await).await;
    lists_are_paged(&empty().await).await;
    each_notice_has_one_holder(&empty().await).await;
    expired_leases_are_taken_over_and_the_late_owner_is_refused(&empty().await).await;
    unfinished_leases_that_ran_out_may_still_finish(&empty().await).await;
    outcomes_are_written(&empty().await).await;
    delays_and_leases_are_bounded(&empty().await).await;
    dead_notices_can_be_redriven(&empty().await).await;
    reasons_are_cut(&empty().await).await;
}
