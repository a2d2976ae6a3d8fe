//! Leases and what comes of them.

use std::time::Duration;

use pockyt_model::UtcMillis;

use super::messages::{payment, route};
use crate::{Claimed, FinishError, Inbox, MAX_DELAY, MAX_LEASE, Outcome, OwnerToken, Standing, State};

const LEASE: Duration = Duration::from_millis(100);

async fn record<I: Inbox>(inbox: &I, number: u32, at: u64) {
    inbox.record(payment(&route("shop"), number, 5, "success", at)).await.expect("records");
}

async fn claim<I: Inbox>(inbox: &I, owner: &str, now: u64) -> Option<Claimed> {
    let owner = OwnerToken::new(owner);
    inbox.claim(&route("shop"), &owner, UtcMillis::new(now), LEASE).await.expect("claims")
}

async fn finish<I: Inbox>(
    inbox: &I,
    claimed: &Claimed,
    outcome: Outcome,
    now: u64,
) -> Result<(), FinishError> {
    inbox.finish(&claimed.lease, outcome, UtcMillis::new(now)).await
}

async fn next_due<I: Inbox>(inbox: &I) -> Option<u64> {
    inbox.next_due(&route("shop")).await.expect("looks").map(UtcMillis::get)
}

fn retry(at: u64) -> Outcome {
    Outcome::RetryAt { at: UtcMillis::new(at), why: "database down".into() }
}

/// While a lease runs nobody else gets the notice, and every notice gets a holder.
pub async fn each_notice_has_one_holder<I: Inbox>(inbox: &I) {
    record(inbox, 1, 10).await;
    record(inbox, 2, 20).await;
    assert!(claim(inbox, "a", 9).await.is_none(), "not due yet");
    assert_eq!(next_due(inbox).await, Some(10));
    let one = claim(inbox, "a", 20).await.expect("two are due");
    let two = claim(inbox, "b", 20).await.expect("one is due");
    assert_ne!(one.notice.id, two.notice.id);
    assert_eq!((one.notice.attempt(), one.lease.until()), (1, UtcMillis::new(120)));
    assert!(claim(inbox, "c", 119).await.is_none(), "both are in hand");
    assert_eq!(next_due(inbox).await, Some(120));
    assert_eq!(inbox.counts().await.expect("counts").leased, 2);
}

/// The work of a dead owner goes on, and when the owner was only slow, it comes too late.
pub async fn expired_leases_are_taken_over_and_the_late_owner_is_refused<I: Inbox>(inbox: &I) {
    record(inbox, 1, 10).await;
    let slow = claim(inbox, "a", 10).await.expect("is due");
    // The same name again, as after a restart: the name alone must not let the old lease through.
    let taken = claim(inbox, "a", 110).await.expect("the lease ran out");
    assert_eq!(taken.notice.id, slow.notice.id);
    assert_eq!((taken.notice.failures, taken.notice.attempt()), (1, 2));
    for outcome in [Outcome::Done, Outcome::Dead { why: "x".into() }, retry(500)] {
        let refused = finish(inbox, &slow, outcome, 111).await;
        assert!(matches!(refused, Err(FinishError::LeaseLost)));
    }
    finish(inbox, &taken, Outcome::Done, 112).await.expect("holds the lease");
    for late in [&slow, &taken] {
        assert!(matches!(finish(inbox, late, retry(500), 113).await, Err(FinishError::LeaseLost)));
    }
    let kept = inbox.get(slow.notice.id).await.expect("gets").expect("is there");
    assert_eq!(kept.standing, Standing::Done);
    assert_eq!(next_due(inbox).await, None);
}

/// A lease that ran out while nobody else came is as good as ever.
pub async fn unfinished_leases_that_ran_out_may_still_finish<I: Inbox>(inbox: &I) {
    record(inbox, 1, 10).await;
    let slow = claim(inbox, "a", 10).await.expect("is due");
    finish(inbox, &slow, Outcome::Done, 5000).await.expect("nobody took over");
    assert!(claim(inbox, "b", 6000).await.is_none());
}

/// Retries and deferrals come due at their time and are counted apart; the end is the end.
pub async fn outcomes_are_written<I: Inbox>(inbox: &I) {
    record(inbox, 1, 10).await;
    let claimed = claim(inbox, "a", 10).await.expect("is due");
    finish(inbox, &claimed, retry(300), 20).await.expect("finishes");
    assert_eq!(next_due(inbox).await, Some(300));
    assert!(claim(inbox, "a", 299).await.is_none());

    let claimed = claim(inbox, "a", 300).await.expect("is due");
    let defer = Outcome::Defer { at: UtcMillis::new(400), why: "no such order yet".into() };
    finish(inbox, &claimed, defer, 310).await.expect("finishes");
    let claimed = claim(inbox, "a", 400).await.expect("is due");
    let notice = &claimed.notice;
    assert_eq!((notice.failures, notice.deferrals, notice.attempt()), (1, 1, 3));
    assert_eq!(notice.last_reason.as_deref(), Some("no such order yet"));

    finish(inbox, &claimed, Outcome::Dead { why: "enough".into() }, 410).await.expect("finishes");
    assert_eq!(next_due(inbox).await, None);
    assert!(claim(inbox, "a", 1_000_000).await.is_none());
    let dead = inbox.list(State::Dead, None, 10).await.expect("lists");
    let reasons: Vec<_> = dead.iter().map(|notice| notice.last_reason.as_deref()).collect();
    assert_eq!(reasons, [Some("enough")]);
}

/// No lease and no delay hides a notice for ever.
pub async fn delays_and_leases_are_bounded<I: Inbox>(inbox: &I) {
    record(inbox, 1, 10).await;
    let (owner, now) = (OwnerToken::new("a"), UtcMillis::new(10));
    let claimed = inbox.claim(&route("shop"), &owner, now, Duration::MAX).await.expect("claims");
    let claimed = claimed.expect("is due");
    assert!(claimed.lease.until() <= now.plus(MAX_LEASE));
    assert_eq!(next_due(inbox).await, Some(claimed.lease.until().get()));
    finish(inbox, &claimed, retry(u64::MAX), 20).await.expect("finishes");
    let longest = UtcMillis::new(20).plus(MAX_DELAY).get();
    assert!(next_due(inbox).await.is_some_and(|due| due <= longest));
}

/// A dead notice begins anew, and an old lease on it stays worthless.
pub async fn dead_notices_can_be_redriven<I: Inbox>(inbox: &I) {
    record(inbox, 1, 10).await;
    let old = claim(inbox, "a", 10).await.expect("is due");
    let id = old.notice.id;
    let redrive = async |now| inbox.redrive(id, UtcMillis::new(now)).await.expect("redrives");
    assert!(!redrive(11).await, "it is in hand, not dead");
    finish(inbox, &old, Outcome::Dead { why: "x".into() }, 20).await.expect("finishes");
    assert!(redrive(30).await);
    assert!(!redrive(31).await, "it waits already");
    assert_eq!(next_due(inbox).await, Some(30));
    let new = claim(inbox, "a", 30).await.expect("is due");
    assert_eq!((new.notice.attempt(), new.notice.id), (1, id));
    assert!(matches!(finish(inbox, &old, Outcome::Done, 31).await, Err(FinishError::LeaseLost)));
    finish(inbox, &new, Outcome::Done, 32).await.expect("holds the lease");
}

/// A reason is kept for people, up to 500 characters of it.
pub async fn reasons_are_cut<I: Inbox>(inbox: &I) {
    record(inbox, 1, 10).await;
    let claimed = claim(inbox, "a", 10).await.expect("is due");
    finish(inbox, &claimed, Outcome::Dead { why: "é".repeat(600) }, 20).await.expect("finishes");
    let kept = inbox.get(claimed.notice.id).await.expect("gets").expect("is there");
    assert_eq!(kept.last_reason, Some("é".repeat(500)));
}
