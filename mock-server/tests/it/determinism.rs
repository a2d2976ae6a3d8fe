//! Same seed, same inputs: the same journal, byte for byte.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use pockyt_mock::{MockPockyt, Script, Wallet};
use tower_service::Service;

use crate::support::{Listener, SUCCESS, call, secure_pay, signed};

async fn mock(seed: u64, listener: &Listener) -> MockPockyt {
    MockPockyt::builder()
        .seed(seed)
        .public_url("http://pockyt.example")
        .resolve("shop.example:80", listener.addr())
        .start()
        .await
        .unwrap()
}

/// Refuses two in four.
async fn listener() -> Listener {
    Listener::start(|count| if count % 4 < 2 { (500, "") } else { SUCCESS }).await
}

async fn play(mock: &MockPockyt) -> Vec<String> {
    for n in 0..4 {
        let reference = format!("web-{n}");
        mock.script(Script::new(&reference, Wallet::ConfirmAfter(Duration::from_secs(n)))).unwrap();
        let transaction_no = secure_pay(mock, &reference, &[]).await;
        mock.advance(Duration::from_mins(7)).await;
        call(mock, "/app-data-search/v3/tran-query", &[("transactionNo", &transaction_no)]).await;
    }
    let declined = secure_pay(mock, "web-declined", &[]).await;
    mock.decline(&declined).await.unwrap();
    mock.advance(Duration::from_hours(3)).await;
    mock.journal_lines()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_runs_write_the_same_journal() {
    let (first, second) = (listener().await, listener().await);
    let a = play(&mock(7, &first).await).await;
    let b = play(&mock(7, &second).await).await;
    assert!(a.len() > 20, "{a:#?}");
    assert_eq!(a, b);
    let third = listener().await;
    assert_ne!(a, play(&mock(8, &third).await).await, "another seed should give other numbers");
}

#[tokio::test]
async fn an_attempt_starts_in_the_same_step_as_the_request_that_causes_it() {
    let listener = Listener::start(|_| SUCCESS).await;
    let mock = mock(7, &listener).await;
    mock.script(Script::new("web-1", Wallet::ConfirmAfterQueries(0))).unwrap();
    let transaction_no = secure_pay(&mock, "web-1", &[]).await;
    // Without a socket on one thread no other task gets a turn before the answer is here.
    let request: http::Request<Full<Bytes>> = http::Request::post("/app-data-search/v3/tran-query")
        .header("content-type", "application/json")
        .body(Full::from(signed(&[("transactionNo", &transaction_no)])))
        .unwrap();
    assert!(mock.transport().call(request).await.unwrap().status().is_success());
    let attempts = &mock.notifications(Some(&transaction_no))[0].attempts;
    assert_eq!(attempts.len(), 1);
    assert_eq!(attempts[0].verdict, None);
}

#[tokio::test]
async fn a_run_after_a_reset_equals_the_first() {
    // It answers always alike, so the mock is all that could remember.
    let listener = Listener::start(|_| (500, "")).await;
    let mock = mock(7, &listener).await;
    let start = mock.now();
    let a = play(&mock).await;
    mock.reset();
    assert_eq!(mock.now(), start);
    assert!(mock.journal_lines().is_empty());
    assert_eq!(play(&mock).await, a);
}
