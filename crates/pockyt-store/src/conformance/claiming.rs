//! Leases and what comes of them.

use std::time::Duration;

use pockyt_model::UtcMillis;

use super::Store;
use super::messages::{payment, route};
use crate::{Claimed, Decision, FinishError, MAX_DELAY, MAX_LEASE, MAX_REASON, Mode, Outcome, OwnerToken};
use crate::{Standing, State};

const LEASE: Duration = Duration::from_millis(100);

async fn record<I: Store>(inbox: &I, number: u32, at: u64) {
    inbox.record(payment(&route("shop"), number, 5, "success", at)).await.expect("records");
}

async fn claim<I: Store>(inbox: &I, owner: &str, now: u64) -> Option<Claimed> {
    let owner = OwnerToken::new(owner);
    inbox.claim(&route("shop"), &owner, UtcMillis::new(now), LEASE).await.expect("claims")
}

async fn finish<I: Store>(
    inbox: &I,
    claimed: &Claimed,
    outcome: Outcome,
    now: u64,
) -> Result<(), FinishError> {
    inbox.finish(&claimed.lease, outcome, UtcMillis::new(now)).await
}

async fn next_due<I: Store>(inbox: &I) -> Option<u64> {
    inbox.next_due(&route("shop")).await.expect("looks").map(UtcMillis::get)
}

fn retry(at: u64) -> Outcome {
    Outcome::RetryAt { at: UtcMillis::new(at), why: "database down".into() }
}

/// While a lease runs nobody else gets the notice, and every notice gets a holder.
pub async fn each_notice_has_one_holder<I: Store>(inbox: &I) {
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

/// What came or was put off while the clock ran years ahead does not wait for that moment. What was leased stays with
/// its holder, who may be at work.
pub async fn a_clock_that_ran_ahead_suppresses_nothing<I: Store>(inbox: &I) {
    let ahead = 4_000_000_000_000;
    for number in 1..=3 {
        record(inbox, number, ahead).await;
    }
    let put_off = claim(inbox, "a", ahead).await.expect("is due");
    finish(inbox, &put_off, retry(u64::MAX), ahead).await.expect("the lease is good");
    let held = claim(inbox, "a", ahead).await.expect("is due");
    record(inbox, 4, 10).await;

    let first = claim(inbox, "b", 10).await.expect("one came since");
    assert_eq!(first.notice.received_at, UtcMillis::new(10), "what is due goes first");
    let mut numbers = std::collections::BTreeSet::new();
    while let Some(claimed) = claim(inbox, "b", 20).await {
        assert_eq!(claimed.lease.until(), UtcMillis::new(120));
        finish(inbox, &claimed, Outcome::Done, 20).await.expect("the lease is good");
        numbers.insert(claimed.notice.id);
    }
    assert_eq!(numbers.len(), 2);
    assert!(!numbers.contains(&held.notice.id), "it was in hand");
    finish(inbox, &held, Outcome::Done, ahead).await.expect("the lease is good");
}

/// A clock that jumped ahead and was set back holds up nothing for as long as it jumped: what waits is due, and a lease
/// lasts from now on as long as it would have lasted.
pub async fn a_clock_that_is_set_back_by_hours_holds_up_nothing<I: Store>(inbox: &I) {
    let (now, ahead) = (1_000_000_000, 1_007_200_000);
    for number in 1..=5 {
        record(inbox, number, ahead).await;
    }
    record(inbox, 6, now + 60_000).await;
    let put_off = claim(inbox, "a", ahead).await.expect("is due");
    assert_eq!(put_off.notice.received_at, UtcMillis::new(now + 60_000), "it came first");
    finish(inbox, &put_off, retry(ahead + 600_000), ahead).await.expect("the lease is good");
    let dead = claim(inbox, "a", ahead).await.expect("five are due");
    let alive = claim(inbox, "a", ahead).await.expect("four are due");
    record(inbox, 7, now + 60_000).await;

    let mut numbers = std::collections::BTreeSet::new();
    while let Some(claimed) = claim(inbox, "b", now).await {
        assert_eq!(claimed.lease.until(), UtcMillis::new(now + 100));
        finish(inbox, &claimed, Outcome::Done, now).await.expect("the lease is good");
        numbers.insert(claimed.notice.id);
    }
    assert_eq!(numbers.len(), 4, "what waited, but for what a clock that is slightly ahead has written");
    for held in [&dead, &alive] {
        assert!(!numbers.contains(&held.notice.id), "it was in hand");
        let kept = inbox.get(held.notice.id).await.expect("gets").expect("is there");
        assert_eq!(kept.standing.due_at(), Some(UtcMillis::new(now + 100)));
    }
    assert!(claim(inbox, "b", now + 99).await.is_none(), "the leases run");
    finish(inbox, &alive, Outcome::Done, now + 99).await.expect("the lease is good");
    let taken = claim(inbox, "b", now + 100).await.expect("nobody finished it");
    assert_eq!(taken.notice.id, dead.notice.id);
    assert!(taken.taken_over_from.is_some());
    assert!(matches!(finish(inbox, &dead, Outcome::Done, now + 101).await, Err(FinishError::LeaseLost)));
    finish(inbox, &taken, Outcome::Done, now + 101).await.expect("the lease is good");
    assert!(claim(inbox, "b", now + 60_000).await.is_some(), "the last one has come due");
}

/// The work of a dead owner goes on, and when the owner was only slow, it comes too late.
pub async fn expired_leases_are_taken_over_and_the_late_owner_is_refused<I: Store>(inbox: &I) {
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
pub async fn unfinished_leases_that_ran_out_may_still_finish<I: Store>(inbox: &I) {
    record(inbox, 1, 10).await;
    let slow = claim(inbox, "a", 10).await.expect("is due");
    finish(inbox, &slow, Outcome::Done, 5000).await.expect("nobody took over");
    assert!(claim(inbox, "b", 6000).await.is_none());
}

/// Retries and deferrals come due at their time and are counted apart; the end is the end.
pub async fn outcomes_are_written<I: Store>(inbox: &I) {
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
pub async fn delays_and_leases_are_bounded<I: Store>(inbox: &I) {
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
pub async fn dead_notices_can_be_redriven<I: Store>(inbox: &I) {
    record(inbox, 1, 10).await;
    let old = claim(inbox, "a", 10).await.expect("is due");
    let id = old.notice.id;
    let redrive = async |now| {
        let decided = inbox.decide(id, Decision::Redrive, UtcMillis::new(now), Mode::Apply).await;
        decided.expect("redrives").is_moved()
    };
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

/// A reason is kept for people, up to a number of characters.
pub async fn reasons_are_cut<I: Store>(inbox: &I) {
    record(inbox, 1, 10).await;
    let claimed = claim(inbox, "a", 10).await.expect("is due");
    finish(inbox, &claimed, Outcome::Dead { why: "é".repeat(600) }, 20).await.expect("finishes");
    let kept = inbox.get(claimed.notice.id).await.expect("gets").expect("is there");
    assert_eq!(kept.last_reason, Some("é".repeat(MAX_REASON)));
}

/// A notice whose workers never come back keeps nobody from the others.
pub async fn a_poisonous_notice_holds_up_no_other<I: Store>(inbox: &I) {
    for number in 1..=5 {
        record(inbox, number, 10).await;
    }
    let poison = claim(inbox, "a", 10).await.expect("is due").notice.id;
    let (mut now, mut done, mut taken_over) = (10, 0, 0);
    while done < 4 {
        now += 100;
        assert!(now < 2000, "the others wait for the poisonous one");
        // One worker, which dies of the poisonous one.
        while let Some(claimed) = claim(inbox, "a", now).await {
            if claimed.notice.id == poison {
                taken_over += 1;
                break;
            }
            finish(inbox, &claimed, Outcome::Done, now).await.expect("holds the lease");
            done += 1;
        }
    }
    let kept = inbox.get(poison).await.expect("gets").expect("is there");
    assert_eq!((kept.failures, kept.standing.state()), (taken_over, State::Leased));
    assert!(kept.last_reason.is_some_and(|reason| reason.contains("ran out")));
}
