//! Replies that get lost after the request was carried out.

use bytes::Bytes;
use http::StatusCode;
use http_body_util::{BodyExt, Full};
use pockyt_mock::{Fault, FaultKind, MockPockyt, ReplyLost};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tower_service::Service;

use crate::support::{call, signed};

const ADD: &str = "/app-instore/v3/add";

async fn losing_mock() -> MockPockyt {
    let mock = MockPockyt::start().await.unwrap();
    mock.fault(Fault::new("lost-1", FaultKind::LoseReply)).unwrap();
    mock
}

fn add() -> String {
    signed(&[("amount", "1.00"), ("currency", "USD"), ("settleCurrency", "USD"), ("reference", "lost-1")])
}

async fn booked(mock: &MockPockyt) -> bool {
    call(mock, "/app-data-search/v3/tran-query", &[("reference", "lost-1")]).await["result"]["amount"]
        == "1.00"
}

#[tokio::test]
async fn the_connection_ends_without_a_byte_and_the_order_is_booked() {
    let mock = losing_mock().await;
    let mut stream = TcpStream::connect(mock.addr()).await.unwrap();
    let body = add();
    let head = format!(
        "POST {ADD} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    assert_eq!(stream.read_to_end(&mut answer).await.unwrap(), 0, "{answer:?}");
    assert!(booked(&mock).await);
}

#[tokio::test]
async fn without_a_socket_it_is_an_error_of_the_transport() {
    let mock = losing_mock().await;
    let request: http::Request<Full<Bytes>> =
        http::Request::post(ADD).header("content-type", "application/json").body(Full::from(add())).unwrap();
    assert_eq!(mock.transport().call(request).await.unwrap_err(), ReplyLost);
    assert!(booked(&mock).await);
}

#[tokio::test]
async fn the_bare_router_marks_it() {
    let mock = losing_mock().await;
    let request: http::Request<Full<Bytes>> =
        http::Request::post(ADD).header("content-type", "application/json").body(Full::from(add())).unwrap();
    let response = mock.router().call(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::BAD_GATEWAY);
    assert_eq!(response.extensions().get(), Some(&ReplyLost));
    assert!(response.into_body().collect().await.unwrap().to_bytes().is_empty());
    assert!(booked(&mock).await);
}
