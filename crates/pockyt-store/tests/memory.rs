#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

//! The memory inbox against the suite, and under threads.

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use pockyt_model::UtcMillis;
use pockyt_store::conformance::{self, model, payment, route};
use pockyt_store::{Inbox, InboxAdmin, MemoryInbox, Outcome, OwnerToken, Recorded};
use proptest::prelude::*;

/// The memory inbox never waits, so one poll is all it takes.
fn ready<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the memory inbox waited"),
    }
}

#[test]
fn passes_the_conformance_suite() {
    ready(conformance::all(async || MemoryInbox::default()));
}

#[test]
fn shared_by_an_arc_it_is_an_inbox_too() {
    ready(conformance::all(async || Arc::new(MemoryInbox::default())));
}

proptest! {
    #[test]
    fn agrees_with_the_model_over_any_history(history in model::histories()) {
        ready(model::agrees(&MemoryInbox::default(), &history));
    }
}

#[test]
fn of_racing_deliveries_one_is_first_and_of_racing_workers_each_notice_has_one() {
    let inbox = MemoryInbox::default();
    let (firsts, handled) = (Mutex::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for worker in 0..4 {
            let (inbox, firsts, handled) = (&inbox, &firsts, &handled);
            scope.spawn(move || {
                for number in 0..50 {
                    let recorded = ready(inbox.record(payment(&route("shop"), number, 5, "success", 0)));
                    *firsts.lock().unwrap() += u32::from(matches!(recorded, Ok(Recorded::First(_))));
                }
                let (owner, now) = (OwnerToken::new(&worker.to_string()), UtcMillis::new(1));
                while let Some(claimed) =
                    ready(inbox.claim(&route("shop"), &owner, now, Duration::from_secs(1))).unwrap()
                {
                    handled.lock().unwrap().push(claimed.notice.id);
                    ready(inbox.finish(&claimed.lease, Outcome::Done, now)).unwrap();
                }
            });
        }
    });
    assert_eq!(*firsts.lock().unwrap(), 50);
    let handled = handled.into_inner().unwrap();
    assert_eq!((handled.len(), BTreeSet::from_iter(&handled).len()), (50, 50));
}

#[test]
fn no_body_appears_in_debug_output() {
    let inbox = MemoryInbox::default();
    let notice = payment(&route("shop"), 1, 5, "success", 0);
    let recorded = ready(inbox.record(notice.clone())).unwrap();
    let stored = ready(inbox.get(recorded.id())).unwrap().unwrap();
    let body = String::from_utf8(stored.body.to_vec()).unwrap();
    let signature = body.split("verifySign=").nth(1).unwrap();
    let shown = format!("{notice:?} {stored:?} {inbox:?}");
    assert!(!shown.contains(signature) && !shown.contains("currency"), "{shown}");
    assert!(shown.contains("pay/300000000000000001/success"), "the key is shown: {shown}");
    assert_eq!(shown.matches(conformance::KEY_LABEL).count(), 3, "which key matched is shown: {shown}");
}
