//! Ending in order, on paused time.

use std::sync::Arc;
use std::time::Duration;

use pockyt_ipn::{Handled, Notice, Retention};
use pockyt_store::{Inbox, Mode};
use tokio::time::{Instant, sleep};

use crate::support::{FORM, Ledger, Script, TestListener, TokioClock, builder, genuine, states};

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn listener() -> TestListener {
    builder(&Arc::default()).clock(TokioClock::start()).build().unwrap()
}

async fn deliver(listener: &TestListener, payment: u32) {
    assert_eq!(listener.accept(FORM, genuine(payment).as_bytes()).await.body, "success");
}

#[tokio::test(start_paused = true)]
async fn the_notice_in_hand_is_finished_and_no_other_is_begun() {
    let listener = listener();
    for payment in 1..=3 {
        deliver(&listener, payment).await;
    }
    let slow = |_: Notice| async {
        sleep(10 * SECOND).await;
        Handled::Done
    };
    let started = Instant::now();
    listener.run_until(&slow, sleep(15 * SECOND)).await;
    assert_eq!(started.elapsed(), 20 * SECOND);
    assert_eq!(states(listener.inbox().counts().await.unwrap()), [0, 2, 0, 0, 1]);
    listener.run_until(&Ledger::default(), async {}).await;
    assert_eq!(states(listener.inbox().counts().await.unwrap()), [0, 2, 0, 0, 1], "told before it began");
}

#[tokio::test(start_paused = true)]
async fn one_that_waits_ends_at_once() {
    let listener = listener();
    let started = Instant::now();
    listener.run_until(&Ledger::default(), sleep(5 * SECOND)).await;
    assert_eq!(started.elapsed(), 5 * SECOND);
    listener.inbox().down.store(true, std::sync::atomic::Ordering::SeqCst);
    listener.run_until(&Ledger::default(), sleep(Duration::from_millis(2500))).await;
    assert_eq!(started.elapsed(), Duration::from_millis(7500));
}

#[tokio::test(start_paused = true)]
async fn old_records_go_and_let_nothing_in_again() {
    let listener = listener();
    deliver(&listener, 1).await;
    deliver(&listener, 2).await;
    let answers = vec![Handled::Done, Handled::dead("unknown product")];
    listener.run_until_idle(&Script::new(answers)).await.unwrap();
    let retention = Retention::default().handled(2 * DAY);
    listener.prune_until(retention, DAY, sleep(DAY + SECOND)).await;
    assert_eq!(states(listener.inbox().counts().await.unwrap()), [1, 1, 0, 0, 0], "too young");
    listener.prune_until(retention, DAY, sleep(2 * DAY)).await;
    assert_eq!(states(listener.inbox().counts().await.unwrap()), [1, 0, 0, 0, 0], "what is dead waits");
    assert_eq!(listener.prune(retention.undecided(DAY)).await.unwrap(), 1);
    for payment in 1..=2 {
        deliver(&listener, payment).await;
    }
    assert_eq!(listener.counts().duplicates, 2);
    assert_eq!(states(listener.inbox().counts().await.unwrap()), [0; 5]);
}

#[tokio::test(start_paused = true)]
async fn a_redrive_wakes_the_run() {
    let listener = listener();
    deliver(&listener, 1).await;
    listener.run_until_idle(&Script::new(vec![Handled::dead("unknown product")])).await.unwrap();
    let dead = listener.dead_letters(None, 1).await.unwrap().remove(0);
    let (ledger, started) = (Ledger::default(), Instant::now());
    let redriven = async {
        sleep(5 * SECOND).await;
        listener.redrive(dead.id, Mode::Apply).await.unwrap();
        sleep(Duration::from_millis(1)).await;
    };
    listener.run_until(&ledger, redriven).await;
    assert_eq!((ledger.notices().len(), started.elapsed().as_secs()), (1, 5));
}
