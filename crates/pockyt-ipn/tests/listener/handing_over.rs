//! What becomes of a recorded notice, step by step on a manual clock.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use pockyt_ipn::{Handled, Notice, RetryPolicy};
use pockyt_model::Clock;
use pockyt_store::{Decision, Inbox, InboxAdmin, Mode, State};

use crate::support::{FORM, ManualClock, Script, TestListener, builder, fields, form, genuine, listener};
use crate::support::{signed, states};

const SECOND: Duration = Duration::from_secs(1);

async fn deliver(listener: &TestListener, payment: u32) {
    assert_eq!(listener.accept(FORM, genuine(payment).as_bytes()).await.body, "success");
}

async fn count(listener: &TestListener) -> [usize; 5] {
    states(listener.inbox().counts().await.unwrap())
}

#[tokio::test]
async fn a_notice_that_is_done_is_not_handed_over_again() {
    let (listener, clock) = listener();
    deliver(&listener, 1).await;
    let script = Script::new(Vec::new());
    assert_eq!(listener.run_until_idle(&script).await.unwrap(), 1);
    deliver(&listener, 1).await;
    clock.advance(24 * 60 * 60 * SECOND);
    assert_eq!(listener.run_until_idle(&script).await.unwrap(), 0);
    assert_eq!(script.told(), ["order-1 success #1"]);
}

#[tokio::test]
async fn the_handler_sees_what_pockyt_said() {
    let (listener, _) = listener();
    deliver(&listener, 7).await;
    let handler = |notice: Notice| async move {
        let payment = notice.payment().unwrap();
        assert_eq!((payment.amount().as_str(), payment.currency().as_str()), ("13.00", "USD"));
        assert_eq!((notice.tenant().as_str(), notice.attempt()), ("shop", 1));
        Handled::Done
    };
    assert_eq!(listener.run_until_idle(&handler).await.unwrap(), 1);
}

#[tokio::test]
async fn failures_are_tried_again_with_doubling_delays_until_the_notice_is_dead() {
    let clock = ManualClock::default();
    let policy = RetryPolicy::default().attempts(6).longest_delay(5 * SECOND);
    let listener = builder(&Arc::default()).clock(clock.clone()).retries(policy).build().unwrap();
    deliver(&listener, 1).await;
    let script = Script::new(vec![Handled::retry("database down"); 100]);
    assert_eq!(listener.run_until_idle(&script).await.unwrap(), 1);
    for delay in [1, 2, 4, 5, 5] {
        clock.advance(Duration::from_millis(delay * 1000 - 1));
        assert_eq!(listener.run_until_idle(&script).await.unwrap(), 0, "before {delay} s");
        clock.advance(Duration::from_millis(1));
        assert_eq!(listener.run_until_idle(&script).await.unwrap(), 1, "after {delay} s");
    }
    assert_eq!(count(&listener).await, [1, 0, 0, 0, 0]);
    let dead = listener.inbox().list(State::Dead, None, 1).await.unwrap().remove(0);
    assert_eq!((dead.last_reason.as_deref(), dead.attempt()), (Some("database down"), 6));
    assert_eq!((listener.counts().retried, listener.counts().dead), (5, 1));

    let redriven = listener.inbox().decide(dead.id, Decision::Redrive, clock.now(), Mode::Apply).await;
    assert!(redriven.unwrap().is_moved());
    assert_eq!(listener.run_until_idle(&Script::new(Vec::new())).await.unwrap(), 1);
    assert_eq!(count(&listener).await, [0, 1, 0, 0, 0]);
}

#[tokio::test]
async fn a_deferred_notice_waits_for_its_order_without_using_up_attempts() {
    let clock = ManualClock::default();
    let policy = RetryPolicy::default().attempts(1).defer_for(24 * 60 * 60 * SECOND);
    let listener = builder(&Arc::default()).clock(clock.clone()).retries(policy).build().unwrap();
    deliver(&listener, 1).await;
    let script = Script::new(vec![Handled::deferred("no such order"); 1000]);
    let mut attempts = 0;
    for _ in 0..24 * 60 {
        attempts += listener.run_until_idle(&script).await.unwrap();
        clock.advance(60 * SECOND);
    }
    assert!((24 * 60 / 5..24 * 60).contains(&attempts), "every five minutes: {attempts}");
    assert_eq!(count(&listener).await, [0, 0, 0, 0, 1], "still waiting, after a day");
    clock.advance(300 * SECOND);
    listener.run_until_idle(&script).await.unwrap();
    assert_eq!(count(&listener).await, [1, 0, 0, 0, 0], "given up when older than a day");
}

/// That it came years from now says nothing about how old it is.
#[tokio::test]
async fn what_came_while_the_clock_ran_ahead_is_handed_over_when_it_is_set_back_and_given_up_like_any_other()
{
    let (listener, clock) = listener();
    let year = 365 * 24 * 60 * 60 * SECOND;
    clock.advance(year);
    deliver(&listener, 1).await;
    clock.set_back(year);
    let script = Script::new(vec![Handled::deferred("no such order"); 1000]);
    assert_eq!(listener.run_until_idle(&script).await.unwrap(), 1);
    let mut minutes = 0;
    while count(&listener).await == [0, 0, 0, 0, 1] && minutes < 10_000 {
        clock.advance(60 * SECOND);
        listener.run_until_idle(&script).await.unwrap();
        minutes += 1;
    }
    assert!((23 * 60..=24 * 60).contains(&minutes), "about a day: {minutes} minutes");
    assert_eq!(count(&listener).await, [1, 0, 0, 0, 0]);
}

#[tokio::test]
async fn a_handler_can_give_up_at_once() {
    let (listener, _) = listener();
    deliver(&listener, 1).await;
    listener.run_until_idle(&Script::new(vec![Handled::dead("unknown product")])).await.unwrap();
    assert_eq!(count(&listener).await, [1, 0, 0, 0, 0]);
}

#[tokio::test]
async fn a_panicking_handler_does_not_lose_the_notice() {
    let (listener, clock) = listener();
    deliver(&listener, 1).await;
    let panics = |_: Notice| async { panic!("a bug") };
    assert!(AssertUnwindSafe(listener.run_until_idle(&panics)).catch_unwind().await.is_err());
    let script = Script::new(Vec::new());
    assert_eq!(listener.run_until_idle(&script).await.unwrap(), 0, "the lease still runs");
    clock.advance(60 * SECOND);
    assert_eq!(listener.run_until_idle(&script).await.unwrap(), 1);
    assert_eq!(script.told(), ["order-1 success #2"]);
}

#[tokio::test]
async fn a_notice_that_ends_the_process_each_time_is_given_up_in_the_end() {
    let clock = ManualClock::default();
    let policy = RetryPolicy::default().attempts(3);
    let listener = builder(&Arc::default()).clock(clock.clone()).retries(policy).build().unwrap();
    deliver(&listener, 1).await;
    let mut panics = 0;
    for _ in 0..10 {
        let handler = |_: Notice| async { panic!("a bug") };
        panics +=
            u32::from(AssertUnwindSafe(listener.run_until_idle(&handler)).catch_unwind().await.is_err());
        clock.advance(60 * SECOND);
    }
    assert_eq!((panics, count(&listener).await), (3, [1, 0, 0, 0, 0]));
}

#[tokio::test]
async fn one_poisonous_notice_does_not_hold_up_the_others() {
    let (listener, _) = listener();
    for payment in 1..=3 {
        deliver(&listener, payment).await;
    }
    let script = Script::new(vec![Handled::retry("bad day")]);
    assert_eq!(listener.run_until_idle(&script).await.unwrap(), 3);
    assert_eq!(script.told(), ["order-1 success #1", "order-2 success #1", "order-3 success #1"]);
}

#[tokio::test]
async fn a_worker_that_comes_back_too_late_changes_nothing() {
    let (listener, clock) = listener();
    deliver(&listener, 1).await;
    let slow = |_: Notice| {
        let (other, clock) = (listener.clone(), clock.clone());
        async move {
            clock.advance(60 * SECOND);
            other.run_until_idle(&Script::new(Vec::new())).boxed().await.unwrap();
            Handled::retry("too late")
        }
    };
    listener.run_until_idle(&slow).await.unwrap();
    assert_eq!(count(&listener).await, [0, 1, 0, 0, 0]);
    assert_eq!((listener.counts().done, listener.counts().leases_lost), (1, 1));
}

#[tokio::test]
async fn what_was_changed_in_the_store_is_not_acted_upon() {
    let mut forged = signed(fields(1, "13.00", "success"));
    forged[0].1 = "9999.00".into();
    // The last two are genuine, but not what was recorded under this key and fingerprint.
    let bodies = [form(&forged), String::new(), genuine(2), form(&signed(fields(1, "14.00", "success")))];
    for body in bodies {
        let (listener, clock) = listener();
        deliver(&listener, 1).await;
        *listener.inbox().body_on_claim.lock().unwrap() = Some(body);
        let script = Script::new(Vec::new());
        listener.run_until_idle(&script).await.unwrap();
        assert_eq!((script.told().len(), count(&listener).await), (0, [0, 0, 0, 0, 1]), "put off");
        for _ in 0..24 {
            clock.advance(60 * 60 * SECOND);
            listener.run_until_idle(&script).await.unwrap();
        }
        assert_eq!((script.told().len(), count(&listener).await), (0, [1, 0, 0, 0, 0]), "after a day");
        assert_eq!((listener.counts().unreadable, listener.counts().dead), (25, 1));
    }
}
