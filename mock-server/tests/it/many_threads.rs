//! A mock on more threads than there are processors: the same bookings as on one, and nothing is lost.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use pockyt_mock::{ClockMode, MockPockyt, Status, Verdict};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

use crate::faults::add;
use crate::support::{Listener, SUCCESS, call, get, post, secure_pay, with_listener_and};

const SHOPS: usize = 8;
const ORDERS: usize = 12;
/// Who hangs must not hang the tests.
const PATIENCE: Duration = Duration::from_mins(1);

/// What became of an order, and how often it was notified of.
type Booked = (Status, String, usize);

fn threads(count: usize) -> Runtime {
    Builder::new_multi_thread().worker_threads(count).enable_all().build().unwrap()
}

fn one_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// One of several histories of an order, by its number.
async fn shop(mock: Arc<MockPockyt>, shop: usize) {
    for number in 0..ORDERS {
        let reference = format!("s-{shop}-{number}{}", if number % 2 == 0 { "-mock-confirm" } else { "" });
        let transaction_no = secure_pay(&mock, &reference, &[]).await;
        let named = ("reference", reference.as_str());
        match number % 4 {
            0 => {
                let part = [named, ("refundAmount", "3.00"), ("currency", "USD")];
                call(&mock, "/app-data-search/v3/refund", &part).await;
            }
            1 => {
                let path = format!("/_mock/transactions/{transaction_no}/decline");
                assert!(post(&mock, &path, "").await.status.is_success());
            }
            2 => {
                call(&mock, "/app-data-search/v3/cancel", &[named]).await;
            }
            _ => mock.approve(&transaction_no).await.unwrap(),
        }
        call(&mock, "/app-data-search/v3/tran-query", &[named]).await;
    }
}

/// Somebody who looks at everything, moves what can be moved, and sets what never hits, until it is enough.
async fn bystander(mock: Arc<MockPockyt>, is_enough: Arc<AtomicBool>) {
    // A stream that nobody reads.
    let mut stream = TcpStream::connect(mock.addr()).await.unwrap();
    stream.write_all(b"GET /_mock/events HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    stream.read_u8().await.unwrap();
    while !is_enough.load(Ordering::Acquire) {
        for path in ["transactions?limit=9", "transactions?search=-3", "notifications", "journal?limit=50"] {
            assert!(get(&mock, &format!("/_mock/{path}")).await.status.is_success());
        }
        let fault = r#"{"reference": "nobody-s", "kind": "lose-reply"}"#;
        assert!(post(&mock, "/_mock/faults", fault).await.status.is_success());
        assert!(post(&mock, "/_mock/clock", r#"{"settle": true}"#).await.status.is_success());
        assert!(post(&mock, "/_mock/reset", r#"{"merchantNo": "202333"}"#).await.status.is_success());
    }
}

async fn in_time<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, work).await.expect("somebody waits for somebody who waits")
}

/// Plays all shops at once, and says what was booked, by reference.
async fn play(clock: ClockMode) -> BTreeMap<String, Booked> {
    let listener = Listener::start(|_| SUCCESS).await;
    let mock = Arc::new(with_listener_and(&listener, |builder| builder.clock(clock)).await);
    let is_enough = Arc::new(AtomicBool::new(false));
    let bystander = tokio::spawn(bystander(Arc::clone(&mock), Arc::clone(&is_enough)));
    let mut shops = JoinSet::new();
    for number in 0..SHOPS {
        shops.spawn(shop(Arc::clone(&mock), number));
    }
    in_time(shops.join_all()).await;
    is_enough.store(true, Ordering::Release);
    in_time(bystander).await.unwrap();
    in_time(mock.settle()).await;

    let sent = mock.notifications(None);
    for notification in &sent {
        let verdicts: Vec<_> = notification.attempts.iter().map(|attempt| attempt.verdict).collect();
        assert_eq!(verdicts, [Some(Verdict::Acknowledged)], "{notification:?}");
    }
    assert_eq!(listener.received().len(), sent.len(), "each came once");
    let booked =
        mock.transactions().into_iter().filter(|order| order.created_by != "published").map(|order| {
            let notified = sent.iter().filter(|sent| sent.transaction_no == order.transaction_no).count();
            (order.reference.unwrap(), (order.status, order.refunded_amount, notified))
        });
    let booked = booked.collect();
    let mock = Arc::into_inner(mock).unwrap();
    in_time(mock.shutdown()).await;
    booked
}

#[test]
fn many_threads_book_what_one_thread_books_and_every_notification_comes_once() {
    for clock in [ClockMode::Real, ClockMode::manual()] {
        let booked = one_thread().block_on(play(clock));
        assert_eq!(booked.len(), SHOPS * ORDERS);
        assert!(
            booked.values().all(|(status, _, notified)| status.is_final() && *notified > 0),
            "{booked:?}"
        );
        for count in [2, 4] {
            assert_eq!(threads(count).block_on(play(clock)), booked, "{count} threads, {clock:?}");
        }
    }
}

#[test]
fn time_that_many_move_at_once_comes_to_its_end_on_many_threads() {
    threads(4).block_on(async {
        let listener = Listener::start(|_| (500, "")).await;
        let mock = Arc::new(with_listener_and(&listener, |builder| builder).await);
        for number in 0..SHOPS {
            secure_pay(&mock, &format!("t-{number}-mock-confirm"), &[]).await;
        }
        let began = mock.now();
        let mut movers = JoinSet::new();
        for _ in 0..SHOPS {
            let mock = Arc::clone(&mock);
            movers.spawn(async move { mock.advance(Duration::from_mins(30)).await });
        }
        in_time(movers.join_all()).await;
        assert!(mock.now() >= began.plus(Duration::from_mins(30)));
        in_time(async { while mock.advance_to_next().await.is_some() {} }).await;
        // The first delivery and eight resends, each once.
        assert_eq!(listener.received().len(), SHOPS * 9);
        assert!(mock.notifications(None).iter().all(|sent| sent.attempts.len() == 9));
    });
}

#[test]
fn a_mock_that_is_dropped_in_the_middle_of_everything_ends_on_many_threads() {
    let runtime = threads(4);
    runtime.block_on(async {
        let listener = Listener::start(|_| SUCCESS).await;
        let mock = with_listener_and(&listener, |builder| builder.clock(ClockMode::Real)).await;
        let addr = mock.addr();
        let mut clients = JoinSet::new();
        for number in 0..SHOPS * ORDERS {
            let body = add(&format!("d-{number}-mock-confirm"));
            clients.spawn(async move {
                let Ok(mut stream) = TcpStream::connect(addr).await else { return };
                let _ = stream.write_all(&body).await;
                let _ = stream.read_to_end(&mut Vec::new()).await;
            });
        }
        secure_pay(&mock, "d-mock-confirm", &[]).await;
        drop(mock);
        in_time(clients.join_all()).await;
        assert!(TcpStream::connect(addr).await.is_err());
    });
    runtime.shutdown_timeout(PATIENCE);
}
