//! `run`, on paused time.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use pockyt_ipn::{ConfirmPolicy, Handled, Handler, Notice};
use pockyt_store::Inbox;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};

use crate::support::{FORM, Pockyt, Script, TestListener, TokioClock, builder, genuine, states};

fn listener() -> TestListener {
    builder(&Arc::default()).clock(TokioClock::start()).build().unwrap()
}

async fn deliver(listener: &TestListener, payment: u32) {
    assert_eq!(listener.accept(FORM, genuine(payment).as_bytes()).await.body, "success");
}

/// Says when it was called, and does what the inner one does.
struct Timed<H>(H, mpsc::UnboundedSender<Instant>);

impl<H: Handler> Handler for Timed<H> {
    async fn handle(&self, notice: &Notice) -> Handled {
        self.1.send(Instant::now()).unwrap();
        self.0.handle(notice).await
    }
}

/// Runs until the handler was called `calls` times, and says how many seconds after the start each was.
async fn seconds_of_calls<H: Handler>(
    listener: &TestListener,
    handler: H,
    calls: usize,
    meanwhile: impl Future<Output = ()>,
) -> Vec<u64> {
    let (sender, mut receiver) = mpsc::unbounded_channel();
    let started = Instant::now();
    let mut seconds = Vec::new();
    let watching = async {
        meanwhile.await;
        while seconds.len() < calls {
            let called: Instant = receiver.recv().await.unwrap();
            seconds.push((called - started).as_secs());
        }
    };
    tokio::select! {
        never = listener.run(Timed(handler, sender)) => match never {},
        () = watching => {}
    }
    seconds
}

#[tokio::test(start_paused = true)]
async fn a_delivery_wakes_the_run_at_once() {
    let listener = listener();
    let deliveries = async {
        for payment in 1..=3 {
            sleep(Duration::from_secs(5)).await;
            deliver(&listener, payment).await;
        }
    };
    let seconds = seconds_of_calls(&listener, Script::new(Vec::new()), 3, deliveries).await;
    assert_eq!(seconds, [5, 10, 15]);
}

/// Nobody waits yet who could be woken, and whoever is about to wait has looked already.
#[tokio::test(start_paused = true)]
async fn what_comes_between_looking_and_waiting_is_handed_over_at_once() {
    let listener = listener();
    let deliverer = listener.clone();
    let arrival = Box::pin(async move { deliver(&deliverer, 1).await });
    *listener.inbox().once_looked.lock().unwrap() = Some(arrival);
    let seconds = seconds_of_calls(&listener, Script::new(vec![]), 1, async {}).await;
    assert_eq!(seconds, [0]);
}

/// Whoever is told before the store has it looks in vain, and waits again.
#[tokio::test(start_paused = true)]
async fn what_takes_a_while_to_be_kept_is_handed_over_as_soon_as_it_is() {
    let listener = listener();
    *listener.inbox().recording.lock().unwrap() = Duration::from_secs(3);
    let seconds = seconds_of_calls(&listener, Script::new(vec![]), 1, deliver(&listener, 1)).await;
    assert_eq!(seconds, [3]);
}

#[tokio::test(start_paused = true)]
async fn retries_come_when_they_are_due() {
    let listener = listener();
    let script = Script::new(vec![Handled::retry("bad day"); 5]);
    let seconds = seconds_of_calls(&listener, script, 6, deliver(&listener, 1)).await;
    assert_eq!(seconds, [0, 1, 3, 7, 15, 31]);
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_takes_too_long_is_cut_off_within_its_lease_and_tried_again() {
    let listener = listener();
    let stuck = |_: Notice| std::future::pending::<Handled>();
    let seconds = seconds_of_calls(&listener, stuck, 3, deliver(&listener, 1)).await;
    assert_eq!(seconds, [0, 46, 93]);
    assert_eq!(listener.counts().leases_lost, 0);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_comes_back_is_found_again() {
    let listener = listener();
    deliver(&listener, 1).await;
    listener.inbox().down.store(true, Ordering::SeqCst);
    let back_after_a_minute = async {
        sleep(Duration::from_secs(60)).await;
        listener.inbox().down.store(false, Ordering::SeqCst);
    };
    let seconds = seconds_of_calls(&listener, Script::new(Vec::new()), 1, back_after_a_minute).await;
    assert!((60..=61).contains(&seconds[0]), "{seconds:?}");
}

#[tokio::test(start_paused = true)]
async fn what_a_dead_process_held_is_taken_over_when_its_lease_has_run_out() {
    let listener = listener();
    deliver(&listener, 1).await;
    let stuck = |_: Notice| std::future::pending::<Handled>();
    let crash = tokio::time::timeout(Duration::from_secs(1), listener.run(stuck));
    assert!(crash.await.is_err());
    // A second has passed, so a minute of lease has 59 left.
    let seconds = seconds_of_calls(&listener, Script::new(Vec::new()), 1, async {}).await;
    assert_eq!(seconds, [59]);
}

#[tokio::test(start_paused = true)]
async fn several_runs_share_the_work() {
    let listener = listener();
    for payment in 1..=4 {
        deliver(&listener, payment).await;
    }
    let slow = |_: Notice| async {
        sleep(Duration::from_secs(10)).await;
        Handled::Done
    };
    let all_done = async {
        while listener.counts().done < 4 {
            sleep(Duration::from_secs(1)).await;
        }
    };
    let started = Instant::now();
    tokio::select! {
        never = listener.run(slow) => match never {},
        never = listener.run(slow) => match never {},
        () = all_done => {}
    }
    // One after the other they would take 40 seconds.
    assert!((20..=22).contains(&started.elapsed().as_secs()), "{:?}", started.elapsed());
}

#[test]
fn what_the_listener_does_can_be_spawned() {
    fn spawnable<F: Future + Send + 'static>(_: F) {}
    let build = || builder(&Arc::default()).build().unwrap();
    let (listener, other) = (build(), build());
    spawnable(async move { listener.run(Script::new(Vec::new())).await });
    spawnable(async move { other.accept(FORM, b"").await });
}

#[tokio::test(start_paused = true)]
async fn a_call_of_the_store_that_is_never_answered_holds_up_nothing_for_ever() {
    let listener = listener();
    deliver(&listener, 1).await;
    listener.inbox().hangs.store(true, Ordering::SeqCst);
    let recovering = async {
        sleep(Duration::from_secs(5)).await;
        listener.inbox().hangs.store(false, Ordering::SeqCst);
    };
    assert_eq!(seconds_of_calls(&listener, Script::new(vec![]), 1, recovering).await, [61]);
}

/// A store that is slow, not gone: what it did must not be taken for undone.
#[tokio::test(start_paused = true)]
async fn a_store_that_takes_longer_than_a_request_would_wait_is_told_once_and_claimed_once() {
    let listener = listener();
    deliver(&listener, 1).await;
    *listener.inbox().working.lock().unwrap() = Duration::from_secs(11);
    let handler = Script::new(vec![]);
    assert_eq!(listener.run_until_idle(&handler).await.unwrap(), 1);
    assert_eq!(handler.told().len(), 1);
    assert_eq!(states(listener.inbox().counts().await.unwrap()), [0, 1, 0, 0, 0]);
}

/// The lease runs while the store answers that it is taken.
#[tokio::test(start_paused = true)]
async fn a_handler_is_not_called_with_a_lease_that_was_used_up_by_taking_it() {
    let listener =
        builder(&Arc::default()).clock(TokioClock::start()).lease(Duration::from_secs(10)).build().unwrap();
    deliver(&listener, 1).await;
    *listener.inbox().working.lock().unwrap() = Duration::from_secs(8);
    let handler = Script::new(vec![]);
    let _ = tokio::time::timeout(Duration::from_secs(9), listener.run_until_idle(&handler)).await;
    assert!(handler.told().is_empty());
}

/// Somebody else may have taken over by then.
#[tokio::test(start_paused = true)]
async fn when_finding_out_took_too_long_the_handler_is_not_even_called() {
    let listener = builder(&Arc::default())
        .clock(TokioClock::start())
        .lease(Duration::from_secs(1))
        .confirm_with(Pockyt::default().with(1, "13.00", "success"))
        .confirm_policy(ConfirmPolicy::Always)
        .build()
        .unwrap();
    deliver(&listener, 1).await;
    let handler = Script::new(vec![]);
    *listener.inbox().identifying.lock().unwrap() = Duration::from_secs(2);
    assert_eq!(listener.run_until_idle(&handler).await.unwrap(), 1);
    let counts = listener.counts();
    assert_eq!((handler.told(), counts.retried, counts.deferred), (Vec::new(), 0, 1), "nobody's fault");
    *listener.inbox().identifying.lock().unwrap() = Duration::ZERO;
    sleep(Duration::from_secs(1)).await;
    assert_eq!(listener.run_until_idle(&handler).await.unwrap(), 1);
    assert_eq!(handler.told().len(), 1);
    assert_eq!(states(listener.inbox().counts().await.unwrap()), [0, 1, 0, 0, 0]);
}
