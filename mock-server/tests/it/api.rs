//! Pockyt's API over the socket and without one.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use pockyt_mock::MockPockyt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tower_service::Service;

use crate::support::{TOKEN, call, post, request, send, signed};

/// The request that Pockyt's page on notifications prints, byte for byte.
const DOCUMENTED_PAY: &str = include_str!("../data/instore-prepay.request.json");

#[tokio::test]
async fn the_documented_pay_request_is_accepted() {
    let mock = MockPockyt::start().await.unwrap();
    for path in ["/app-instore/v3/pay", "/app-instore/v3/prepay"] {
        mock.reset();
        let answer = post(&mock, path, DOCUMENTED_PAY).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        assert_eq!(answer.header("content-type"), "application/json");
        let body = answer.json();
        assert_eq!(body["ret_code"], "000100");
        assert_eq!(body["result"]["transactionNo"], "297553636764407286");
        assert_eq!(body["result"]["transactionStatus"], "pending");
    }
}

#[tokio::test]
async fn one_changed_digit_is_refused_and_explained_without_secrets() {
    let mock = MockPockyt::start().await.unwrap();
    let changed = DOCUMENTED_PAY.replace("286498530672949108", "286498530672949109");
    let answer = post(&mock, "/app-instore/v3/pay", &changed).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.json()["ret_code"], "000000");
    assert!(answer.body.contains("verifySign"), "{answer:?}");
    assert_eq!(answer.header("pockyt-mock-field"), "verifySign");
    assert!(!answer.header("pockyt-mock-rule").is_empty());
    assert!(answer.header("pockyt-mock-canonical").contains("merchantNo"));
    let everything = format!("{answer:?}{:?}", mock.journal_lines());
    assert!(!everything.contains(TOKEN));
    assert_eq!(mock.counts().refusals, 1);
}

#[tokio::test]
async fn an_explanation_stays_readable_however_long_a_name_is() {
    let mock = MockPockyt::start().await.unwrap();
    for length in [50_000, 900_000] {
        let more = format!(r#""{}":"1","merchantNo""#, "x".repeat(length));
        let answer =
            post(&mock, "/app-instore/v3/pay", &DOCUMENTED_PAY.replace(r#""merchantNo""#, &more)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.header("pockyt-mock-rule").len() <= 300);
    }
    assert!(mock.journal_lines().iter().all(|line| line.len() <= 16 * 1024));
}

#[tokio::test]
async fn what_is_neither_json_nor_a_form_is_refused() {
    let mock = MockPockyt::start().await.unwrap();
    for (content_type, body) in [
        ("application/octet-stream", &b"\xff\xfe\x00"[..]),
        ("application/json", b"{"),
        ("application/json", b"[1]"),
        ("text/plain", b"hello"),
        ("application/json", b""),
    ] {
        let request = request(&mock, "POST", "/app-instore/v3/add").header("content-type", content_type);
        let answer = send(mock.addr(), request.body(Full::from(body)).unwrap()).await;
        assert_ne!(answer.json()["ret_code"], "000100", "{content_type} {body:?}");
    }
}

#[tokio::test]
async fn an_oversized_body_is_refused_as_such_and_a_large_one_is_read() {
    let mock = MockPockyt::start().await.unwrap();
    let of_size = |size: usize| "x".repeat(size);
    let largest = post(&mock, "/app-instore/v3/add", &of_size(1024 * 1024)).await;
    assert_ne!(largest.status, StatusCode::PAYLOAD_TOO_LARGE);
    for size in [1024 * 1024 + 1, 5 * 1024 * 1024] {
        let answer = post(&mock, "/app-instore/v3/add", &of_size(size)).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(answer.json()["ret_code"].is_string());
        assert_eq!(answer.header("connection"), "close");
    }
}

#[tokio::test]
async fn a_client_that_asks_before_sending_too_much_is_told_at_once() {
    let mock = MockPockyt::start().await.unwrap();
    let mut stream = TcpStream::connect(mock.addr()).await.unwrap();
    stream
        .write_all(
            b"POST /app-instore/v3/add HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\
              Expect: 100-continue\r\n\r\n",
        )
        .await
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[tokio::test]
async fn a_connection_carries_several_requests() {
    let mock = MockPockyt::start().await.unwrap();
    let stream = TcpStream::connect(mock.addr()).await.unwrap();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    for _ in 0..3 {
        let request =
            request(&mock, "POST", "/app-instore/v3/pay").header("content-type", "application/json");
        let answer =
            sender.send_request(request.body(Full::<Bytes>::from(DOCUMENTED_PAY)).unwrap()).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        answer.into_body().collect().await.unwrap();
    }
    assert_eq!(mock.counts().requests, 3);
}

fn add(reference: &str) -> Vec<(&str, &str)> {
    vec![("amount", "1.00"), ("currency", "USD"), ("settleCurrency", "USD"), ("reference", reference)]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_requests_make_orders_of_their_own() {
    let mock = Arc::new(MockPockyt::start().await.unwrap());
    let before = mock.transactions().len();
    let mut calls = JoinSet::new();
    for n in 0..40 {
        let mock = Arc::clone(&mock);
        calls.spawn(async move {
            let body = call(&mock, "/app-instore/v3/add", &add(&format!("order-{n}"))).await;
            body["result"]["transactionNo"].as_str().unwrap().to_owned()
        });
    }
    let numbers: BTreeSet<String> = calls.join_all().await.into_iter().collect();
    assert_eq!(numbers.len(), 40);
    assert_eq!(mock.transactions().len(), before + 40);
    assert_eq!(mock.counts().requests, 40);
}

#[tokio::test]
async fn the_same_seed_answers_alike_with_and_without_a_socket() {
    let with_socket = MockPockyt::start().await.unwrap();
    let without = MockPockyt::start().await.unwrap();
    let body = signed(&add("till-1"));
    let there = post(&with_socket, "/app-instore/v3/add", &body).await;

    let request: http::Request<Full<Bytes>> = http::Request::post("http://pockyt.invalid/app-instore/v3/add")
        .header("content-type", "application/json")
        .body(Full::from(body))
        .unwrap();
    let here = without.transport().call(request).await.unwrap();
    assert_eq!(here.status(), there.status);
    let here = here.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(here, there.body.as_bytes());
    assert!(there.json()["result"]["transactionNo"].is_string(), "{there:?}");
}
