//! Callers before the queue.

use std::pin::pin;
use std::sync::mpsc;
use std::task::{Context, Poll, Waker};

use futures_util::future::join_all;
use pockyt_model::UtcMillis;
use pockyt_store::conformance::{payment, route};
use pockyt_store::sqlite::SqliteOptions;
use pockyt_store::{Inbox, Outcome, SqliteStore, StoreErrorKind};

use crate::support::{Folder, block_on, claim, record};

/// Calls `meanwhile` while the thread that writes is held up.
fn while_held_up<T>(store: &SqliteStore, meanwhile: impl FnOnce() -> T) -> T {
    record(store, 1_000_000);
    let lease = claim(store, 10).unwrap().lease;
    let (begun, has_begun) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel::<()>();
    let work = move |_: &_, _: &_| {
        begun.send(()).unwrap();
        may_go_on.recv().unwrap();
        Outcome::Done
    };
    std::thread::scope(|scope| {
        let held_up = scope.spawn(|| block_on(store.finish_with(&lease, UtcMillis::new(10), work)));
        has_begun.recv().unwrap();
        let result = meanwhile();
        go_on.send(()).unwrap();
        held_up.join().unwrap().unwrap();
        result
    })
}

fn poll_once<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn a_call_that_is_dropped_before_its_turn_is_not_done() {
    let folder = Folder::new();
    let store = folder.open();
    while_held_up(&store, || {
        let mut dropped = Box::pin(store.record(payment(&route("shop"), 1, 5, "success", 10)));
        assert!(poll_once(dropped.as_mut()).is_pending());
    });
    block_on(store.check()).unwrap();
    assert_eq!(block_on(store.counts()).unwrap().waiting, 0);
}

#[test]
fn callers_wait_for_room_and_all_get_their_turn() {
    let folder = Folder::new();
    let store = SqliteOptions::new(folder.database()).queue(2).batch(2).open().unwrap();
    let message = |number| payment(&route("shop"), number, 5, "success", 10);
    while_held_up(&store, || {
        // Two find room, and those that do not may give up.
        let mut calls: Vec<_> = (0..5).map(|number| Box::pin(store.record(message(number)))).collect();
        for call in &mut calls {
            assert!(poll_once(call.as_mut()).is_pending());
        }
    });
    let recorded = block_on(join_all((0..200).map(|number| store.record(message(number)))));
    assert!(recorded.into_iter().all(|recorded| recorded.is_ok()));
    assert_eq!(block_on(store.counts()).unwrap().waiting, 200);
}

#[test]
fn closing_finishes_what_was_queued_and_refuses_what_waits_for_room() {
    let folder = Folder::new();
    let store = SqliteOptions::new(folder.database()).queue(1).open().unwrap();
    let message = |number| payment(&route("shop"), number, 5, "success", 10);
    let mut queued = pin!(store.record(message(1)));
    let mut waits = pin!(store.record(message(2)));
    std::thread::scope(|scope| {
        let closing = while_held_up(&store, || {
            assert!(poll_once(queued.as_mut()).is_pending());
            assert!(poll_once(waits.as_mut()).is_pending());
            scope.spawn(|| store.close())
        });
        closing.join().unwrap();
    });
    block_on(queued).unwrap();
    // It was given room before the closing, or refused by it.
    if let Err(error) = block_on(waits) {
        assert_eq!(error.kind(), StoreErrorKind::Unavailable);
    }
    assert!(block_on(folder.open().counts()).unwrap().waiting >= 1);
}
