//! Many calls at once: the limit of requests under way, and who waits for whom.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use http_body_util::{BodyExt as _, Full};
use pockyt_client::{Client, Polling, RequestBody, Settled};
use tokio::time::Instant;

use crate::support::{add, builder, json, order, query, reference};

struct Busy {
    client: Client,
    most: Arc<AtomicUsize>,
    queries: Arc<AtomicUsize>,
}

/// A request that the server has, until it is answered or given up.
struct Held(Arc<AtomicUsize>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A server that takes 50 ms for each request, and counts how many it has at once.
fn busy(limit: usize, status: &'static str) -> Busy {
    let (now, most, queries) =
        (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (peak, asked) = (most.clone(), queries.clone());
    let service = tower::service_fn(move |request: http::Request<RequestBody>| {
        let (now, peak, asked) = (now.clone(), peak.clone(), asked.clone());
        async move {
            let at_once = now.fetch_add(1, Ordering::SeqCst) + 1;
            let _held = Held(now);
            peak.fetch_max(at_once, Ordering::SeqCst);
            if request.uri().path().ends_with("tran-query") {
                asked.fetch_add(1, Ordering::SeqCst);
            }
            request.into_body().collect().await.expect("nobody gave it up");
            tokio::time::sleep(Duration::from_millis(50)).await;
            Ok::<http::Response<Full<Bytes>>, std::io::Error>(json(200, &order(status)))
        }
    });
    let client = builder("http://127.0.0.1:1").concurrency(limit).build_on(service).unwrap();
    Busy { client, most, queries }
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_polls_share_the_limit() {
    let busy = busy(64, "pending");
    let polling = Polling::until(Duration::from_secs(6));
    let polls: FuturesUnordered<_> =
        (0..10_000).map(|_| busy.client.poll(reference("order-1"), &polling)).collect();
    let settled: Vec<_> = polls.collect().await;
    assert_eq!(settled.len(), 10_000);
    assert!(settled.iter().all(|settled| matches!(settled, Ok(Settled::Unresolved { .. }))));
    assert_eq!(busy.most.load(Ordering::SeqCst), 48, "queries take three quarters of the places");
    assert!(busy.queries.load(Ordering::SeqCst) >= 10_000);
}

#[tokio::test(start_paused = true)]
async fn a_payment_does_not_wait_behind_the_queries() {
    let busy = busy(8, "init");
    let (polled, query) = (busy.client.clone(), query());
    let questions = tokio::spawn(async move {
        let group = polled.orders();
        join_all((0..600).map(|_| group.query(&query))).await.len()
    });
    tokio::time::sleep(Duration::from_millis(10)).await;
    let start = Instant::now();
    busy.client.in_store().add(&add()).await.unwrap();
    assert_eq!(start.elapsed().as_millis(), 50);
    assert_eq!(questions.await.unwrap(), 600);
    assert_eq!(busy.most.load(Ordering::SeqCst), 7);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_finds_no_place_in_its_time_was_not_sent() {
    let busy = busy(1, "init");
    let in_the_way: FuturesUnordered<_> = (0..30)
        .map(|_| {
            let client = busy.client.clone();
            async move { client.in_store().add(&add()).await }
        })
        .collect();
    let blocking = tokio::spawn(in_the_way.collect::<Vec<_>>());
    tokio::time::sleep(Duration::from_millis(10)).await;
    let options = pockyt_client::CallOptions::default().within(Duration::from_millis(500));
    let error = busy.client.call_with(&add(), options).await.unwrap_err();
    assert!(matches!(error.kind(), pockyt_client::ErrorKind::NotSent), "{error}");
    assert_eq!(error.timed_out(), Some(pockyt_client::Budget::Total));
    assert!(error.may_retry() && !error.may_have_moved_money());
    assert_eq!(error.attempts(), 0);
    assert_eq!(blocking.await.unwrap().len(), 30);
}
