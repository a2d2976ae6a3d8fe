//! A mock that listens nowhere, and listeners that are services in the same process.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use axum::routing::post;
use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use pockyt_mock::{Builder, FailureReason, MockPockyt, Verdict};
use pockyt_sign::{Received, Verifier};
use tokio::net::TcpStream;
use tower_service::Service;

use crate::support::{IPN_URL, key, signed};

/// An order at a mock without a socket, paid.
async fn paid(builder: Builder, ipn_url: &str) -> MockPockyt {
    let mock = builder.without_socket().start().await.unwrap();
    let body = signed(&[
        ("amount", "12.50"),
        ("currency", "USD"),
        ("settleCurrency", "USD"),
        ("vendor", "alipay"),
        ("terminal", "ONLINE"),
        ("reference", "web-1"),
        ("ipnUrl", ipn_url),
        ("callbackUrl", "http://shop.example/back"),
    ]);
    let request =
        Request::post("/online/v3/secure-pay").header("content-type", "application/json").body(body);
    let answer = mock.transport().call(request.unwrap()).await.unwrap();
    assert!(answer.status().is_success());
    let order = mock.expect_order("web-1").view().transaction_no.clone();
    mock.approve(&order).await.unwrap();
    mock
}

/// What came of the first attempt at a listener that is this service.
async fn first_attempt<S, E>(service: S) -> (Option<Verdict>, Option<FailureReason>)
where
    S: Service<Request<Full<Bytes>>, Response = Response, Error = E> + Clone + Send + Sync + 'static,
    S::Future: Send,
    E: Send,
{
    let builder = MockPockyt::builder().listener("shop.example:80", service);
    let mock = paid(builder, IPN_URL).await;
    let attempt = mock.expect_notification("web-1").attempts(1).view().attempts[0].clone();
    (attempt.verdict, attempt.failure)
}

#[tokio::test]
async fn nobody_can_connect_to_a_mock_that_listens_nowhere() {
    let mock = MockPockyt::builder().without_socket().tls(["shop.example"]).start().await.unwrap();
    assert_eq!((mock.addr().port(), mock.url()), (0, "http://127.0.0.1:0"));
    assert!(TcpStream::connect(mock.addr()).await.is_err());
    assert_eq!((mock.https_url(), mock.authority_pem()), (None, None));
    let request = Request::get("/_mock/health").body(String::new()).unwrap();
    assert!(mock.transport().call(request).await.unwrap().status().is_success());
    assert!(mock.shutdown().await.is_empty());
}

#[tokio::test]
async fn a_listener_in_the_process_hears_what_it_would_hear_over_a_socket() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&heard);
    let hear = async move |uri: Uri, headers: HeaderMap, body: Bytes| {
        keep.lock().unwrap().push((uri.to_string(), headers, body));
        "success"
    };
    let shop = Router::new().route("/ipn", post(hear));
    let mock =
        paid(MockPockyt::builder().listener("Shop.Example:443", shop), "https://shop.example/ipn?a=1").await;
    mock.expect_notification("web-1").status("success").attempts(1).acknowledged();
    let heard = heard.lock().unwrap();
    let [(uri, headers, body)] = &heard[..] else { panic!("heard {} times", heard.len()) };
    assert_eq!(uri, "/ipn?a=1");
    assert_eq!(headers["host"], "shop.example");
    assert_eq!(headers["content-type"], "application/x-www-form-urlencoded");
    assert_eq!(headers["content-length"], body.len().to_string());
    assert!(matches!(Verifier::new(key()).form(body), Ok(Received::Verified(_))));
}

/// Time stands still but for the limit of a delivery.
#[tokio::test(start_paused = true)]
async fn what_would_break_a_connection_counts_as_reset_and_is_sent_again() {
    let panics =
        Router::new().route("/ipn", post(async || -> &'static str { panic!("a bug of the shop's") }));
    assert_eq!(first_attempt(panics).await, (Some(Verdict::NotAcknowledged), Some(FailureReason::Reset)));
    let fails = Failing;
    assert_eq!(first_attempt(fails).await, (Some(Verdict::NotAcknowledged), Some(FailureReason::Reset)));
    let never = Router::new().route("/ipn", post(std::future::pending::<&'static str>));
    assert_eq!(first_attempt(never).await, (Some(Verdict::NotAcknowledged), Some(FailureReason::TimedOut)));
}

#[tokio::test]
async fn when_the_listener_is_mended_the_next_resend_reaches_it() {
    let calls = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&calls);
    let hear = async move || {
        assert!(count.fetch_add(1, Ordering::Relaxed) > 0, "a bug of the shop's");
        "success"
    };
    let shop = Router::new().route("/ipn", post(hear));
    let mock = paid(MockPockyt::builder().listener("shop.example:80", shop), IPN_URL).await;
    mock.advance(Duration::from_hours(2)).await;
    mock.expect_notification("web-1").attempts(2).acknowledged();
    assert_eq!(calls.load(Ordering::Relaxed), 2);
}

/// Its error is that of a service that cannot answer.
#[derive(Clone)]
struct Failing;

impl Service<Request<Full<Bytes>>> for Failing {
    type Response = Response;
    type Error = String;
    type Future = std::future::Ready<Result<Response, String>>;

    fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), String>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Full<Bytes>>) -> Self::Future {
        std::future::ready(Err("out of order".to_owned()))
    }
}
