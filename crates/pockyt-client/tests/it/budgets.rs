//! The time of attempts and of whole calls, where one follows or overtakes the other.

use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};
use std::time::Duration;

use bytes::Bytes;
use http_body::Body as _;
use http_body_util::{BodyExt as _, Full};
use pockyt_client::layers::{DeadlineLayer, SendLayer};
use pockyt_client::{Budget, Call, CallFacts, CallOptions, Cause, ErrorKind, RequestBody};
use tokio::time::Instant;
use tower::{ServiceBuilder, ServiceExt as _};

use crate::support::{Reply, add, builder, client_of, json, order, query};

fn busy_for(seconds: &str) -> Reply {
    let mut answer = json(503, "busy");
    answer.headers_mut().insert("retry-after", seconds.parse().unwrap());
    Reply::Answer(answer)
}

#[tokio::test(start_paused = true)]
async fn each_attempt_has_its_own_time_from_its_own_beginning() {
    // The pause goes beyond the time that the first attempt would have had.
    let play = |number, _: &http::Request<Bytes>| match number {
        0 => busy_for("25"),
        1 => Reply::Never,
        _ => Reply::Answer(json(200, &order("success"))),
    };
    let (client, requests) = client_of(|b| b.randomness(|| 0.0), play);
    let start = Instant::now();
    client.orders().query(&query()).await.unwrap();
    assert_eq!((start.elapsed().as_secs(), requests.lock().unwrap().len()), (45, 3));
}

#[tokio::test(start_paused = true)]
async fn waiting_for_a_place_costs_no_attempt_its_time() {
    // Where the time of the first attempt would end, the second one still waits behind a call that hangs.
    let seen = Arc::new(AtomicUsize::new(0));
    let service = tower::service_fn(move |request: http::Request<RequestBody>| {
        let number = seen.fetch_add(1, Ordering::SeqCst);
        async move {
            request.into_body().collect().await.map_err(std::io::Error::other)?;
            match number {
                0 => match busy_for("1") {
                    Reply::Answer(busy) => Ok::<_, std::io::Error>(busy),
                    _ => std::future::pending().await,
                },
                1 => std::future::pending().await,
                _ => {
                    tokio::time::sleep(Duration::from_secs(19)).await;
                    Ok(json(200, &order("success")))
                }
            }
        }
    });
    let client = builder("http://127.0.0.1:1").concurrency(1).build_on(service).unwrap();
    let start = Instant::now();
    let hanging = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        client.in_store().add(&add()).await.unwrap_err()
    };
    let (orders, query) = (client.orders(), query());
    let (found, hung) = tokio::join!(orders.query(&query), hanging);
    found.unwrap();
    assert_eq!(hung.timed_out(), Some(Budget::Attempt));
    assert_eq!(start.elapsed().as_secs(), 39);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_and_a_call_that_end_together_end_as_the_attempt() {
    let (client, _) = client_of(|b| b.total_budget(Duration::from_secs(20)), |_, _| Reply::Never);
    let error = client.in_store().add(&add()).await.unwrap_err();
    assert_eq!(error.timed_out(), Some(Budget::Attempt));
    assert!(matches!(error.kind(), ErrorKind::MaybeSent), "{error}");
}

#[tokio::test(start_paused = true)]
async fn budgets_without_an_end_are_none() {
    let without =
        |b: pockyt_client::ClientBuilder| b.total_budget(Duration::MAX).attempt_budget(Duration::MAX);
    let (client, requests) = client_of(without, |_, _| Reply::Never);
    let options = CallOptions::default().within(Duration::from_secs(86_400));
    let error = client.call_with(&add(), options).await.unwrap_err();
    assert_eq!((error.timed_out(), requests.lock().unwrap().len()), (Some(Budget::Total), 1));
}

#[tokio::test(start_paused = true)]
async fn what_lies_untaken_at_the_deadline_can_never_be_sent() {
    let lying = Arc::new(Mutex::new(None::<RequestBody>));
    for (total, budget) in [(3, Budget::Total), (600, Budget::Attempt)] {
        let kept = lying.clone();
        let service = tower::service_fn(move |request: http::Request<RequestBody>| {
            *kept.lock().unwrap() = Some(request.into_body());
            std::future::pending::<Result<http::Response<Full<Bytes>>, std::io::Error>>()
        });
        let setup = builder("http://127.0.0.1:1").total_budget(Duration::from_secs(total));
        let error = setup.build_on(service).unwrap().in_store().add(&add()).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::NotSent), "{error}");
        assert_eq!(error.timed_out(), Some(budget));
        let mut body = lying.lock().unwrap().take().unwrap();
        let frame = Pin::new(&mut body).poll_frame(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(frame, std::task::Poll::Ready(Some(Err(_)))), "the connection got it all the same");
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_taken_before_the_deadline_may_have_been_sent() {
    let (client, _) = client_of(|b| b.total_budget(Duration::from_secs(3)), |_, _| Reply::Never);
    let error = client.in_store().add(&add()).await.unwrap_err();
    assert_eq!(error.timed_out(), Some(Budget::Total));
    assert!(matches!(error.kind(), ErrorKind::MaybeSent) && error.may_have_moved_money(), "{error}");
}

#[tokio::test(start_paused = true)]
async fn the_deadlines_stage_alone_knows_what_was_taken() {
    for taken in [true, false] {
        let service = tower::service_fn(move |request: http::Request<RequestBody>| async move {
            let mut body = request.into_body();
            if taken {
                let _ = Pin::new(&mut body).poll_frame(&mut Context::from_waker(Waker::noop()));
            }
            std::future::pending::<Result<http::Response<Full<Bytes>>, std::io::Error>>().await
        });
        let stack = ServiceBuilder::new()
            .layer(DeadlineLayer::new(Duration::from_secs(3)))
            .layer(SendLayer::new(Duration::from_secs(20)))
            .service(service);
        let mut request = http::Request::new(Bytes::from_static(b"{}"));
        request.extensions_mut().insert(Call::new(CallFacts::of(&add())));
        let failure = stack.oneshot(request).await.unwrap_err();
        assert_eq!((failure.cause(), failure.may_be_sent()), (Cause::TimedOut(Budget::Total), taken));
    }
}
