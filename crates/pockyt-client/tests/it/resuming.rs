//! Polls step by step: tickets, streams, and futures that are dropped on the way.

use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt as _;
use pockyt_client::{AtDeadline, Client, Polling, Settled, Ticket, What};
use pockyt_model::{Clock, Standing, UtcMillis};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::support::{Reply, Requests, client_of, json, order, price, reference};

fn paths(requests: &Requests) -> Vec<String> {
    let path = |request: &http::Request<Bytes>| request.uri().path().rsplit('/').next().unwrap().to_owned();
    requests.lock().unwrap().iter().map(path).collect()
}

fn answer(status: &str) -> Reply {
    Reply::Answer(json(200, &order(status)))
}

/// Paused tokio time as the time of the day.
#[derive(Clone)]
struct Day(tokio::time::Instant, Arc<AtomicU64>);

impl Clock for Day {
    fn now(&self) -> UtcMillis {
        let gone = u64::try_from(self.0.elapsed().as_millis()).unwrap();
        UtcMillis::new(1_767_225_600_000 + gone + self.1.load(Ordering::SeqCst))
    }
}

fn day() -> Day {
    Day(tokio::time::Instant::now(), Arc::default())
}

#[tokio::test(start_paused = true)]
async fn two_hours_of_an_open_order_cost_263_questions() {
    let (client, requests) = client_of(|b| b.randomness(|| 0.5), |_, _| answer("pending"));
    let polling = Polling::until(Duration::from_secs(2 * 60 * 60));
    assert!(matches!(client.poll(reference("order-1"), &polling).await, Ok(Settled::Unresolved { .. })));
    assert_eq!(requests.lock().unwrap().len(), 263);
    // By chance it is one or two more or less.
    for seed in 0..5 {
        let (client, requests) = client_of(|b| b.jitter_seed(seed), |_, _| answer("pending"));
        let _settled = client.poll(reference("order-1"), &polling).await.unwrap();
        let asked = requests.lock().unwrap().len();
        assert!((255..272).contains(&asked), "{asked}");
    }
    let (client, requests) = client_of(|b| b.randomness(|| 0.5), |_, _| answer("pending"));
    let quarter = Polling::until(Duration::from_secs(15 * 60));
    let _settled = client.poll(reference("order-1"), &quarter).await.unwrap();
    assert_eq!(requests.lock().unwrap().len(), 53);
}

#[tokio::test(start_paused = true)]
async fn a_stream_shows_each_step_and_ends_with_the_outcome() {
    let (client, _) = client_of(
        |b| b,
        |number, _| match number {
            0 => Reply::Answer(json(200, r#"{"ret_code":"000021"}"#)),
            1..=3 => Reply::Break,
            4 => answer("pending"),
            _ => answer("success"),
        },
    );
    let stream = client.poller(reference("order-1"), &Polling::until(Duration::from_secs(60))).into_stream();
    let seen: Vec<_> = stream
        .map(|step| match step.unwrap().what {
            What::NotFound => "not found",
            What::NoAnswer => "no answer",
            What::Open(_) => "open",
            What::Settled(Settled::Final(_)) => "final",
            _ => "other",
        })
        .collect()
        .await;
    assert_eq!(seen, ["not found", "no answer", "open", "final"]);
}

#[tokio::test(start_paused = true)]
async fn a_ticket_goes_on_after_a_restart_and_meanwhile_counts() {
    let clock = day();
    let setup = clock.clone();
    let (client, _) = client_of(|b| b.clock(setup.clone()), |_, _| answer("pending"));
    let polling = Polling::until(Duration::from_secs(600)).expecting(price("13.00"));
    let mut poller = client.poller(reference("order-1"), &polling);
    let mut written = String::new();
    for _ in 0..5 {
        let observation = poller.next().await.unwrap().unwrap();
        written = serde_json::to_string(&observation.ticket).unwrap();
    }
    drop(poller);
    let ticket: Ticket = serde_json::from_str(&written).unwrap();
    assert_eq!(ticket.questions(), 5);
    tokio::time::sleep(Duration::from_secs(500)).await;

    let (client, requests) = client_of(|b| b.clock(setup), |_, _| answer("pending"));
    let start = tokio::time::Instant::now();
    let settled = client.resume(ticket).settle().await.unwrap();
    assert!(matches!(settled, Settled::Unresolved { last: Some(_) }), "{settled:?}");
    let went_on = start.elapsed().as_secs();
    assert!((80..95).contains(&went_on), "{went_on} s of the ten minutes were left");
    assert!(requests.lock().unwrap().len() < 7, "it goes on where it was on the curve");
}

#[tokio::test(start_paused = true)]
async fn a_ticket_keeps_what_is_expected_and_refuses_what_it_does_not_know() {
    let (client, _) = client_of(|b| b, |_, _| answer("success"));
    let polling = Polling::at_a_till().expecting(price("14.00"));
    let ticket = client.poller(reference("order-1"), &polling).ticket().clone();
    let written = serde_json::to_value(&ticket).unwrap();
    let read: Ticket = serde_json::from_value(written.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), written, "it survives a round trip");
    assert!(client.resume(read).settle().await.is_err(), "13.00 is not 14.00");
    for (field, value) in [
        ("version", serde_json::json!(2)),
        ("reference", serde_json::json!("a&b=c")),
        ("transactionNo", serde_json::json!("1")),
        ("expected", serde_json::json!({"amount": "-1", "currency": "USD"})),
        ("deadlineMs", serde_json::json!("soon")),
    ] {
        let mut bad = written.clone();
        bad[field] = value;
        assert!(serde_json::from_value::<Ticket>(bad).is_err(), "{field}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_clock_set_back_gives_no_more_time() {
    let clock = day();
    clock.1.store(3_600_000, Ordering::SeqCst);
    let setup = clock.clone();
    let (client, _) = client_of(|b| b.clock(setup), |_, _| answer("pending"));
    let mut poller = client.poller(reference("order-1"), &Polling::until(Duration::from_secs(30)));
    for _ in 0..5 {
        poller.next().await.unwrap();
    }
    let ticket = poller.ticket().clone();
    clock.1.store(0, Ordering::SeqCst);
    let start = tokio::time::Instant::now();
    let _settled = client.resume(ticket).settle().await.unwrap();
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

/// The next step's future is dropped after each millisecond in turn, and the poll goes on all the same.
#[tokio::test(start_paused = true)]
async fn a_step_dropped_anywhere_loses_nothing_and_cancels_once() {
    let slow = |_, request: &http::Request<Bytes>| {
        let cancelled = request.uri().path().ends_with("cancel");
        if cancelled { answer("closed") } else { answer("pending") }
    };
    for patience in [1, 7, 40, 350, 2900] {
        let (client, requests) = client_of(|b| b, slow);
        let mut poller = client.poller(reference("order-1"), &Polling::at_a_till());
        let mut settled = None;
        let mut given_up = 0;
        while settled.is_none() {
            let step = tokio::time::timeout(Duration::from_millis(patience), poller.next()).await;
            match step {
                Ok(step) => {
                    if let What::Settled(outcome) = step.unwrap().unwrap().what {
                        settled = Some(outcome);
                    }
                }
                Err(_) => given_up += 1,
            }
            assert!(given_up < 1_000_000);
        }
        let cancels = paths(&requests).iter().filter(|path| *path == "cancel").count();
        assert_eq!(cancels, 1, "after {given_up} futures were dropped");
        assert!(matches!(settled, Some(Settled::Unresolved { last: Some(_) })));
        assert!(poller.next().await.unwrap().is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn a_cancel_under_way_when_its_future_is_dropped_is_never_sent_again() {
    let play = |_, request: &http::Request<Bytes>| {
        if request.uri().path().ends_with("cancel") { Reply::Never } else { answer("success-not-yet") }
    };
    let (client, requests) = client_of(|b| b, play);
    let polling = Polling::until(Duration::ZERO).at_deadline(AtDeadline::CancelAndConfirm);
    let mut poller = client.poller(reference("order-1"), &polling);
    assert!(matches!(poller.next().await.unwrap().unwrap().what, What::Open(_)));
    let told = poller.next().await.unwrap().unwrap();
    assert!(matches!(told.what, What::AboutToCancel));
    assert!(told.ticket.may_be_cancelled(), "the ticket counts the cancel before it is sent");
    assert!(!paths(&requests).contains(&"cancel".to_owned()));
    let dropped = tokio::time::timeout(Duration::from_secs(1), poller.next()).await;
    assert!(dropped.is_err());
    let _settled = poller.settle().await.unwrap();
    let resumed: Client = client;
    let _settled = resumed.resume(told.ticket).settle().await.unwrap();
    assert_eq!(paths(&requests).iter().filter(|path| *path == "cancel").count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_refused_query_ends_the_poll_and_its_ticket_goes_on() {
    let play = |number, _: &http::Request<Bytes>| match number {
        0 => Reply::Answer(json(200, r#"{"ret_code":"000030"}"#)),
        _ => answer("success"),
    };
    let (client, _) = client_of(|b| b, play);
    let mut poller = client.poller(reference("order-1"), &Polling::at_a_till());
    assert!(poller.next().await.is_err());
    assert!(poller.next().await.unwrap().is_none());
    let settled = client.resume(poller.ticket().clone()).settle().await.unwrap();
    assert!(matches!(settled, Settled::Final(order) if order.standing() == Standing::Paid));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_asks_to_wait_is_waited_for() {
    let play = |number, _: &http::Request<Bytes>| {
        if number > 0 {
            return answer("success");
        }
        let mut busy = json(429, "busy");
        busy.headers_mut().insert("retry-after", "90".parse().unwrap());
        Reply::Answer(busy)
    };
    let (client, _) = client_of(|b| b, play);
    let start = tokio::time::Instant::now();
    let _settled =
        client.poll(reference("order-1"), &Polling::until(Duration::from_secs(600))).await.unwrap();
    assert_eq!(start.elapsed().as_secs(), 90);
}
