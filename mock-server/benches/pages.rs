//! What the dashboard asks for: how long it takes, and how long a merchant's call waits for the orders meanwhile.
#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a bench prints, and stops when something is wrong"
)]

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use http::Request;
use http_body_util::BodyExt;
use pockyt_mock::MockPockyt;
use pockyt_sign::{ApiToken, SigningKey, send};
use tokio::runtime::{Builder, Runtime};
use tower_service::Service;

const TOKEN: &str = "5cbfb079f15b150122261c8537086d77a";
const ORDERS: [usize; 2] = [4_000, 100_000];
/// As the dashboard shows at first.
const SHOWN: usize = 50;
const ROUNDS: usize = 21;

fn main() {
    // `cargo bench` says so; else somebody runs all benchmarks once to see that they run.
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    for orders in ORDERS {
        println!("{orders} orders, each paid and notified of; medians of {ROUNDS} rounds");
        measure(&runtime, orders);
    }
}

fn measure(runtime: &Runtime, orders: usize) {
    let mock = runtime.block_on(MockPockyt::start()).expect("a free port");
    let mut router = mock.router();
    let key = SigningKey::new(&ApiToken::new(TOKEN).expect("a token"));
    for number in 0..orders {
        runtime.block_on(pay(&mut router, &key, number));
    }
    let newest = mock.transactions().split_off(orders + 3 - SHOWN);
    let numbers: Vec<_> =
        newest.iter().map(|order| format!("transaction={}", order.transaction_no)).collect();
    for (what, path) in [
        ("a page of orders", format!("transactions?limit={}", SHOWN + 1)),
        ("its notifications", format!("notifications?{}", numbers.join("&"))),
        ("a search in vain", format!("transactions?limit={}&search=nothing", SHOWN + 1)),
        ("all orders", "transactions".to_owned()),
        ("the journal's newest", "journal?limit=5000".to_owned()),
    ] {
        let (mut waits, mut times) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let began = Instant::now();
            runtime.block_on(get(&mut router, &path));
            times.push(began.elapsed());
            waits.push(longest_wait(&mock, || runtime.block_on(get(&mut router, &path))));
        }
        let [wait, time] = [waits, times].map(median);
        println!(
            "  {what:<21} answered after {time:>9.1?}, longest wait for the orders meanwhile {wait:>9.1?}"
        );
    }
}

/// A payment at the till that is confirmed at once.
async fn pay(router: &mut Router, key: &SigningKey, number: usize) {
    let reference = format!("till-{number}-mock-confirm");
    let mut fields = vec![
        ("merchantNo", "200043"),
        ("storeNo", "300014"),
        ("amount", "13.00"),
        ("currency", "USD"),
        ("settleCurrency", "USD"),
        ("vendor", "alipay"),
        ("terminal", "ONLINE"),
        ("reference", &reference),
        ("ipnUrl", "http://127.0.0.1:1/ipn"),
        ("callbackUrl", "http://127.0.0.1:1/back"),
    ];
    let signature = send::sign(&fields, key).expect("they can be signed");
    fields.push(("verifySign", signature.as_str()));
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
    let request = Request::post("/online/v3/secure-pay")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(body))
        .expect("a request");
    let answer = answer_to(router, request).await;
    assert!(answer.contains("000100"), "{answer}");
}

async fn get(router: &mut Router, path: &str) {
    let request = Request::get(format!("/_mock/{path}")).body(Body::empty()).expect("a request");
    answer_to(router, request).await;
}

async fn answer_to(router: &mut Router, request: Request<Body>) -> String {
    let Ok(answer) = router.call(request).await;
    assert!(answer.status().is_success(), "{answer:?}");
    let body = answer.into_body().collect().await.expect("a body").to_bytes();
    String::from_utf8(body.into()).expect("a text")
}

/// How long another thread had to wait for the orders at the most while this was done.
fn longest_wait(mock: &MockPockyt, work: impl FnOnce()) -> Duration {
    let [is_ready, is_over] = [const { AtomicBool::new(false) }; 2];
    thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut longest = Duration::ZERO;
            while !is_over.load(Ordering::Acquire) {
                let asked = Instant::now();
                mock.now();
                longest = longest.max(asked.elapsed());
                is_ready.store(true, Ordering::Release);
            }
            longest
        });
        while !is_ready.load(Ordering::Acquire) {
            thread::yield_now();
        }
        work();
        is_over.store(true, Ordering::Release);
        watcher.join().expect("it does not panic")
    })
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
