//! Callers that are slow, in virtual time over a pipe.

use std::convert::Infallible;
use std::future::pending;
use std::sync::atomic::Ordering;
use std::time::Duration;

use pockyt_ipn::Limits;
use pockyt_ipn::server::Server;
use tokio::io::{AsyncWriteExt, DuplexStream, duplex, split};
use tokio::time::{Instant, sleep};

use crate::support::{
    TestListener, answer, genuine, head, listener, post, posted_with, records, rest, statuses,
};

/// Talks to a server over a pipe; says what came of it and how long the connection lasted.
async fn over_a_pipe<T>(
    listener: &TestListener,
    pipe: usize,
    conversation: impl AsyncFnOnce(&mut DuplexStream) -> T,
) -> (T, Duration) {
    let (mut here, there) = duplex(pipe);
    let (start, peer) = (Instant::now(), "192.0.2.1:4711".parse().unwrap());
    let server = Server::default();
    let serve = async {
        server.connection(there, peer, listener.service()).await;
        start.elapsed()
    };
    tokio::join!(async { conversation(&mut here).await }, serve)
}

/// Writes byte by byte, and stays.
async fn drip(mut stream: impl AsyncWriteExt + Unpin, bytes: &str, pause: Duration) -> Infallible {
    for byte in bytes.bytes() {
        sleep(pause).await;
        let _ = stream.write_all(&[byte]).await;
    }
    pending().await
}

#[tokio::test(start_paused = true)]
async fn a_head_has_five_seconds_however_it_comes() {
    for bytes in ["", "POST /ipn HTTP/1.1\r\nx-a: ".repeat(50).as_str()] {
        let listener = listener();
        let (said, lasted) = over_a_pipe(&listener, 1024, async |stream| {
            let (mut reader, writer) = split(stream);
            tokio::select! {
                said = rest(&mut reader) => said,
                never = drip(writer, bytes, Duration::from_secs(1)) => match never {},
            }
        })
        .await;
        assert_eq!((said.as_str(), lasted.as_secs()), ("", 5), "{bytes:?}");
        assert_eq!(records(&listener).await, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_closed_five_seconds_after_its_answer() {
    let listener = listener();
    let ((), lasted) = over_a_pipe(&listener, 1024, async |stream| {
        for payment in 0..3 {
            sleep(Duration::from_secs(4)).await;
            stream.write_all(posted_with("", &genuine(payment)).as_bytes()).await.unwrap();
            assert_eq!(statuses(&answer(stream, "success").await), [200]);
        }
        assert_eq!(rest(stream).await, "");
    })
    .await;
    assert_eq!(lasted.as_secs(), 3 * 4 + 5);
    assert_eq!(records(&listener).await, 3);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_drips_has_ten_seconds_in_all() {
    let listener = listener();
    let (said, lasted) = over_a_pipe(&listener, 1024, async |stream| {
        let body = genuine(1);
        let head = format!("{}content-length: {}\r\n\r\n", head(""), body.len());
        stream.write_all(head.as_bytes()).await.unwrap();
        let (mut reader, writer) = split(stream);
        tokio::select! {
            said = answer(&mut reader, "too slow") => said,
            never = drip(writer, &body, Duration::from_millis(900)) => match never {},
        }
    })
    .await;
    assert_eq!(statuses(&said), [408], "{said}");
    assert!((10..=15).contains(&lasted.as_secs()), "{lasted:?}");
    assert_eq!(records(&listener).await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_hangs_is_answered_503_within_ten_seconds() {
    let listener = listener();
    listener.inbox().hangs.store(true, Ordering::SeqCst);
    let (said, lasted) = over_a_pipe(&listener, 1024, async |stream| {
        stream.write_all(post(&genuine(1)).as_bytes()).await.unwrap();
        rest(stream).await
    })
    .await;
    assert_eq!((statuses(&said), lasted.as_secs()), (vec![503], 10), "{said}");
    assert!(!said.contains("success"));
}

#[tokio::test(start_paused = true)]
async fn the_whole_request_is_bounded_whatever_the_listener_allows() {
    let key = pockyt_sign::SigningKey::new(&pockyt_sign::ApiToken::new("another token").unwrap());
    let limits = Limits::default().body_time(Duration::from_secs(3600));
    let patient =
        pockyt_ipn::Listener::builder(key, std::sync::Arc::default()).limits(limits).build().unwrap();
    let (said, lasted) = over_a_pipe(&patient, 1024, async |stream| {
        stream
            .write_all(format!("{}content-length: 9\r\n\r\n", head("connection: close\r\n")).as_bytes())
            .await
            .unwrap();
        rest(stream).await
    })
    .await;
    assert_eq!((statuses(&said), lasted.as_secs()), (vec![408], 10), "{said}");
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_takes_no_answers_loses_the_connection() {
    let listener = listener();
    let (sent, lasted) = over_a_pipe(&listener, 64, async |stream| {
        let mut sent = 0;
        while stream.write_all(posted_with("", &genuine(sent)).as_bytes()).await.is_ok() {
            sent += 1;
        }
        sent
    })
    .await;
    assert!(sent < 1000 && (10..=20).contains(&lasted.as_secs()), "{sent} in {lasted:?}");
}
