//! Which calls are made again, after what pause, and when no more.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use pockyt_client::{Budget, CallError, CallOptions, Client, ClientBuilder, ErrorKind, RequestId};
use tokio::time::Instant;

use crate::support::{Reply, Requests, add, builder, client_of, json, order, query};

fn exact(builder: ClientBuilder) -> ClientBuilder {
    builder.randomness(|| 1.0 - f64::EPSILON)
}

fn header(answer: &str, status: u16) -> Reply {
    let mut response = json(status, "busy");
    response.headers_mut().insert("retry-after", answer.parse().unwrap());
    Reply::Answer(response)
}

fn key_of(request: &http::Request<bytes::Bytes>) -> Option<String> {
    request.headers().get("pockyt-request-id").map(|key| key.to_str().unwrap().to_owned())
}

/// Every failure, for a query, a payment, and a payment whose key the server honours.
#[tokio::test(start_paused = true)]
async fn what_is_tried_again_hangs_on_the_effect_and_on_what_was_sent() {
    #[derive(Clone, Copy, Debug)]
    enum Failure {
        Broken,
        Never,
        Status(u16),
        Untaken,
    }
    let table = [
        (Failure::Untaken, 3, 3, 3),
        (Failure::Broken, 3, 1, 3),
        (Failure::Never, 3, 1, 3),
        (Failure::Status(500), 3, 1, 3),
        (Failure::Status(503), 3, 1, 3),
        (Failure::Status(429), 3, 1, 3),
        (Failure::Status(408), 3, 1, 3),
        (Failure::Status(404), 1, 1, 1),
        (Failure::Status(302), 1, 1, 1),
        (Failure::Status(200), 1, 1, 1),
    ];
    for (failure, asked, charged, keyed) in table {
        let play = move |_, _: &http::Request<bytes::Bytes>| match failure {
            Failure::Broken => Reply::Break,
            Failure::Never => Reply::Never,
            Failure::Status(status) => Reply::Answer(json(status, "no answer of this API")),
            Failure::Untaken => Reply::Untaken,
        };
        let attempts = |error: CallError| error.attempts();
        let (client, _) = client_of(|b| b, play);
        assert_eq!(attempts(client.orders().query(&query()).await.unwrap_err()), asked, "{failure:?}");
        assert_eq!(attempts(client.in_store().add(&add()).await.unwrap_err()), charged, "{failure:?}");
        let (client, _) = client_of(|b| b.server_honours_request_ids(true), play);
        assert_eq!(attempts(client.in_store().add(&add()).await.unwrap_err()), keyed, "{failure:?}");
        let (client, _) = client_of(|b| b.server_honours_request_ids(true).request_ids(false), play);
        assert_eq!(attempts(client.in_store().add(&add()).await.unwrap_err()), charged, "{failure:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_payment_that_is_tried_again_keeps_bytes_and_key() {
    let play = |number, _: &http::Request<bytes::Bytes>| match number {
        0 => Reply::Break,
        1 => Reply::Answer(json(503, "busy")),
        _ => Reply::Answer(json(200, &order("init"))),
    };
    let (client, requests) = client_of(|b| b.server_honours_request_ids(true), play);
    client.in_store().add(&add()).await.unwrap();
    client.in_store().add(&add()).await.unwrap();
    let requests = requests.lock().unwrap();
    let keys: Vec<_> = requests.iter().map(|request| key_of(request).unwrap()).collect();
    assert_eq!(keys.len(), 4);
    assert!(keys[0] == keys[1] && keys[1] == keys[2], "{keys:?}");
    assert_ne!(keys[2], keys[3], "another call has another key");
    assert_eq!(requests[0].body(), requests[2].body());
}

#[tokio::test]
async fn keys_go_with_what_changes_something_unless_switched_off() {
    let play = |_, _: &http::Request<bytes::Bytes>| Reply::Answer(json(200, &order("init")));
    let sent = |requests: &Requests| key_of(requests.lock().unwrap().last().unwrap());
    let (client, requests) = client_of(|b| b, play);
    client.in_store().add(&add()).await.unwrap();
    assert!(sent(&requests).is_some_and(|key| key.len() == 36));
    client.orders().query(&query()).await.unwrap();
    assert_eq!(sent(&requests), None);
    let own = RequestId::new("recorded-1").unwrap();
    client.call_with(&add(), CallOptions::default().request_id(own)).await.unwrap();
    assert_eq!(sent(&requests).as_deref(), Some("recorded-1"));
    let (client, requests) = client_of(|b| b.request_ids(false), play);
    client.in_store().add(&add()).await.unwrap();
    assert_eq!(sent(&requests), None);
}

#[tokio::test]
async fn an_error_names_the_key_that_was_sent() {
    let (client, requests) = client_of(|b| b, |_, _| Reply::Break);
    let error = client.in_store().add(&add()).await.unwrap_err();
    assert_eq!(error.request_id().map(ToString::to_string), key_of(&requests.lock().unwrap()[0]));
    assert!(error.request_id().is_some());
}

async fn timed(client: &Client) -> (Result<(), CallError>, Duration) {
    let start = Instant::now();
    let result = client.orders().query(&query()).await.map(drop);
    (result, start.elapsed())
}

#[tokio::test(start_paused = true)]
async fn pauses_double_and_are_as_long_as_chance_says() {
    let (client, _) = client_of(exact, |_, _| Reply::Break);
    assert_eq!(timed(&client).await.1.as_millis(), 750, "250 ms and 500 ms");
    let (client, _) = client_of(|b| b.randomness(|| 0.0), |_, _| Reply::Break);
    assert_eq!(timed(&client).await.1.as_millis(), 0);
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_respected_up_to_the_deadline() {
    let play = |number, _: &http::Request<bytes::Bytes>| match number {
        0 => header("7", 503),
        _ => Reply::Answer(json(200, &order("success"))),
    };
    let (client, _) = client_of(exact, play);
    let (result, took) = timed(&client).await;
    assert!(result.is_ok());
    assert_eq!(took.as_millis(), 7000);

    // Beyond the deadline there is nothing to wait for: the answer is given at once.
    let (client, requests) = client_of(exact, |_, _| header("61", 429));
    let (result, took) = timed(&client).await;
    let error = result.unwrap_err();
    assert_eq!((took, requests.lock().unwrap().len()), (Duration::ZERO, 1));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(61)));
    assert!(matches!(error.kind(), ErrorKind::Http(429)));
}

#[tokio::test(start_paused = true)]
async fn a_failing_server_is_not_asked_three_times_as_much() {
    let (client, requests) = client_of(|b| b, |_, _| Reply::Break);
    for _ in 0..200 {
        assert!(client.orders().query(&query()).await.is_err());
    }
    let asked = requests.lock().unwrap().len();
    assert!((200..260).contains(&asked), "{asked} requests for 200 calls");

    // A server that answers mostly: a fifth of it may be repeated.
    let (client, requests) = client_of(
        |b| b.randomness(|| 0.0),
        |number, _| if number % 10 == 9 { Reply::Break } else { Reply::Answer(json(200, &order("success"))) },
    );
    for _ in 0..200 {
        assert!(client.orders().query(&query()).await.is_ok());
    }
    assert!(requests.lock().unwrap().len() > 200);
}

#[tokio::test(start_paused = true)]
async fn each_time_budget_ends_the_call_and_is_named() {
    let (client, _) = client_of(|b| b, |_, _| Reply::Never);
    let start = Instant::now();
    let error = client.in_store().add(&add()).await.unwrap_err();
    assert_eq!((start.elapsed().as_secs(), error.timed_out()), (20, Some(Budget::Attempt)));
    assert!(matches!(error.kind(), ErrorKind::MaybeSent), "{error}");

    let start = Instant::now();
    let error = client.orders().query(&query()).await.unwrap_err();
    assert_eq!((start.elapsed().as_secs(), error.timed_out()), (60, Some(Budget::Total)), "{error}");

    // The caller's own deadline wins when it is shorter, and only then.
    for (own, taken) in [(3, 3), (600, 20)] {
        let start = Instant::now();
        let options = CallOptions::default().within(Duration::from_secs(own));
        client.call_with(&add(), options).await.unwrap_err();
        assert_eq!(start.elapsed().as_secs(), taken);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_dropped_while_it_waits_for_its_answer_is_not_sent_again() {
    let (client, requests) = client_of(|b| b.server_honours_request_ids(true), |_, _| Reply::Never);
    let waiting = tokio::time::timeout(Duration::from_secs(1), async { client.in_store().add(&add()).await });
    assert!(waiting.await.is_err());
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert_eq!(requests.lock().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn sent_once_is_sent_for_the_whole_call() {
    // The first attempt was taken; the second was not. The call as a whole may have been carried out.
    let tried = Arc::new(AtomicUsize::new(0));
    let counter = tried.clone();
    let service = tower::service_fn(move |request: http::Request<pockyt_client::RequestBody>| {
        let first = counter.fetch_add(1, Ordering::SeqCst) == 0;
        async move {
            if first {
                let _ = http_body_util::BodyExt::collect(request.into_body()).await;
            }
            Err::<http::Response<http_body_util::Full<bytes::Bytes>>, _>(std::io::Error::other("broken"))
        }
    });
    let client = builder("http://127.0.0.1:1").server_honours_request_ids(true).build_on(service).unwrap();
    let error = client.in_store().add(&add()).await.unwrap_err();
    assert_eq!(tried.load(Ordering::SeqCst), 3);
    assert!(matches!(error.kind(), ErrorKind::MaybeSent) && error.may_have_moved_money(), "{error}");
}
