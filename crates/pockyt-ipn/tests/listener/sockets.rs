//! Under axum, over real sockets.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use pockyt_ipn::Limits;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{FORM, Script, TestListener, builder, genuine};

/// Serves the listener while the conversation lasts.
async fn with_server<T>(listener: &TestListener, conversation: impl AsyncFnOnce(TcpStream) -> T) -> T {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let app: Router = Router::new().route_service("/ipn/shop", listener.service());
    tokio::select! {
        served = axum::serve(socket, app).into_future() => panic!("the server ended: {served:?}"),
        said = async { conversation(TcpStream::connect(address).await.unwrap()).await } => said,
    }
}

fn head(method: &str, length: usize) -> String {
    let content_type = FORM.unwrap();
    format!(
        "{method} /ipn/shop HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n\
         content-type: {content_type}\r\ncontent-length: {length}\r\n\r\n"
    )
}

async fn answer(mut stream: TcpStream) -> String {
    let mut answer = String::new();
    // A server that has answered may reset what it did not read; the answer is what counts.
    let _ = stream.read_to_string(&mut answer).await;
    answer
}

#[tokio::test]
async fn a_notification_is_answered_success_and_handed_over() {
    let listener = builder(&Arc::default()).build().unwrap();
    let body = genuine(1);
    for _ in 0..2 {
        let answer = with_server(&listener, async |mut stream| {
            stream.write_all(format!("{}{body}", head("POST", body.len())).as_bytes()).await.unwrap();
            answer(stream).await
        });
        let answer = answer.await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.ends_with("\r\n\r\nsuccess"), "{answer}");
    }
    let script = Script::new(Vec::new());
    listener.run_until_idle(&script).await.unwrap();
    assert_eq!(script.told(), ["order-1 success #1"]);
}

#[tokio::test]
async fn a_body_that_stops_half_way_is_answered_408() {
    let limits = Limits::default().body_time(Duration::from_millis(40));
    let listener = builder(&Arc::default()).limits(limits).build().unwrap();
    let body = genuine(1);
    let answer = with_server(&listener, async |mut stream| {
        stream.write_all(head("POST", body.len()).as_bytes()).await.unwrap();
        stream.write_all(&body.as_bytes()[..20]).await.unwrap();
        answer(stream).await
    });
    let answer = answer.await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(!answer.contains("success"));
}

#[tokio::test]
async fn an_announced_body_that_is_too_large_is_not_waited_for() {
    let listener = builder(&Arc::default()).build().unwrap();
    let answer = with_server(&listener, async |mut stream| {
        stream.write_all(head("POST", 10_000_000).as_bytes()).await.unwrap();
        answer(stream).await
    });
    let answer = answer.await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[tokio::test]
async fn a_browser_is_told_what_is_allowed() {
    let listener = builder(&Arc::default()).build().unwrap();
    let answer = with_server(&listener, async |mut stream| {
        stream.write_all(head("GET", 0).as_bytes()).await.unwrap();
        answer(stream).await
    });
    let answer = answer.await.to_ascii_lowercase();
    assert!(answer.starts_with("http/1.1 405 ") && answer.contains("\r\nallow: post\r\n"), "{answer}");
}
