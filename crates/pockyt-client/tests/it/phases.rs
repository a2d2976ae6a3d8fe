//! Sent or not, at every phase of an exchange over real sockets. What was not sent is tried again, and the
//! server must never have seen it; what may have been sent is not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use pockyt_client::layers::SendLayer;
use pockyt_client::{Budget, CallError, ErrorKind};
use pockyt_model::Settlement;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tower::{ServiceBuilder, ServiceExt as _};

use crate::support::{Behaviour, add, builder, order, raw_server, read_request, until_closed};

/// Closes with a reset in place of an orderly end.
fn reset(stream: &TcpStream) {
    socket2::SockRef::from(stream).set_linger(Some(Duration::ZERO)).unwrap();
}

async fn answer(stream: &mut TcpStream, body: &str) {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    stream.write_all(head.as_bytes()).await.unwrap();
}

fn assert_not_sent(phase: &str, error: &CallError) {
    assert!(matches!(error.kind(), ErrorKind::NotSent), "{phase}: {error:?}");
    assert!(error.may_retry() && !error.may_have_moved_money(), "{phase}");
    assert_eq!(error.ask(), Settlement::NotNeeded, "{phase}");
}

fn assert_maybe_sent(phase: &str, error: &CallError) {
    assert!(matches!(error.kind(), ErrorKind::MaybeSent), "{phase}: {error:?}");
    assert!(error.may_have_moved_money() && !error.may_retry(), "{phase}");
    assert_eq!(error.ask(), Settlement::TranQueryByReference, "{phase}");
    assert_eq!(error.attempts(), 1, "{phase}: a call that moves money was sent again");
}

#[tokio::test]
async fn no_name_and_no_listener_are_not_sent() {
    #[cfg(feature = "tls")]
    {
        let unknown = builder("https://no-such-host.invalid").randomness(|| 0.0).build().unwrap();
        assert_not_sent("dns", &unknown.in_store().add(&add()).await.unwrap_err());
    }

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let refused = builder(&url).randomness(|| 0.0).build().unwrap().in_store().add(&add()).await.unwrap_err();
    assert_not_sent("refused", &refused);
    assert_eq!(refused.attempts(), 3);
}

#[cfg(feature = "tls")]
#[tokio::test]
async fn a_tls_handshake_that_fails_or_hangs_is_not_sent() {
    let behaviours: [(&str, Behaviour, Option<Budget>); 3] = [
        (
            "not TLS",
            |mut stream| Box::pin(async move { drop(stream.write_all(b"HTTP/1.1 400\r\n\r\n").await) }),
            None,
        ),
        ("closed", |stream| Box::pin(async move { drop(stream) }), None),
        (
            "silent",
            |mut stream| Box::pin(async move { until_closed(&mut stream).await }),
            Some(Budget::Connect),
        ),
    ];
    for (name, behaviour, timed_out) in behaviours {
        let (url, _) = raw_server(behaviour).await;
        let client = builder(&url.replace("http://", "https://"))
            .randomness(|| 0.0)
            .connect_budget(Duration::from_millis(100))
            .build()
            .unwrap();
        let error = client.in_store().add(&add()).await.unwrap_err();
        assert_not_sent(name, &error);
        assert_eq!(error.timed_out(), timed_out, "{name}");
    }
}

#[tokio::test]
async fn a_connection_that_is_closed_before_the_request_is_decided_by_who_was_first() {
    // The server resets at once: whether the client had written by then is a race, but never a guess.
    let (url, _) = raw_server(|stream| {
        Box::pin(async move {
            reset(&stream);
        })
    })
    .await;
    let client = builder(&url).randomness(|| 0.0).build().unwrap();
    for _ in 0..20 {
        let error = client.in_store().add(&add()).await.unwrap_err();
        match error.kind() {
            ErrorKind::NotSent => assert_not_sent("reset at once", &error),
            _ => assert_eq!(error.ask(), Settlement::TranQueryByReference, "{error:?}"),
        }
    }
}

#[tokio::test]
async fn a_request_that_was_read_in_part_or_whole_may_have_been_sent() {
    let behaviours: [(&str, Behaviour); 5] = [
        ("reset during the request", |mut stream| {
            Box::pin(async move {
                let mut piece = [0; 40];
                let _ = stream.read(&mut piece).await;
                reset(&stream);
            })
        }),
        ("reset after the request", |mut stream| {
            Box::pin(async move {
                read_request(&mut stream).await;
                reset(&stream);
            })
        }),
        ("closed after the request", |mut stream| Box::pin(async move { read_request(&mut stream).await })),
        ("reset within the answer's head", |mut stream| {
            Box::pin(async move {
                read_request(&mut stream).await;
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-le").await;
                let _ = stream.flush().await;
            })
        }),
        ("closed within the answer's body", |mut stream| {
            Box::pin(async move {
                read_request(&mut stream).await;
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"ret").await;
            })
        }),
    ];
    for (name, behaviour) in behaviours {
        let (url, seen) = raw_server(behaviour).await;
        let client = builder(&url).attempt_budget(Duration::from_secs(2)).build().unwrap();
        assert_maybe_sent(name, &client.in_store().add(&add()).await.unwrap_err());
        assert_eq!(seen.load(Ordering::SeqCst), 1, "{name}");
    }
}

#[tokio::test]
async fn each_time_budget_says_whether_it_was_sent() {
    let (url, _) = raw_server(|mut stream| Box::pin(async move { until_closed(&mut stream).await })).await;
    let attempt = builder(&url).attempt_budget(Duration::from_millis(50)).build().unwrap();
    let error = attempt.in_store().add(&add()).await.unwrap_err();
    assert_maybe_sent("attempt", &error);
    assert_eq!(error.timed_out(), Some(Budget::Attempt));

    let total = builder(&url).total_budget(Duration::from_millis(50)).build().unwrap();
    let error = total.in_store().add(&add()).await.unwrap_err();
    assert_maybe_sent("total", &error);
    assert_eq!(error.timed_out(), Some(Budget::Total));

    // A queue of connections that is full: TCP itself does not connect.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let full = socket.listen(1).unwrap();
    let address = full.local_addr().unwrap();
    let mut waiting = Vec::new();
    while let Ok(Ok(stream)) =
        tokio::time::timeout(Duration::from_millis(100), TcpStream::connect(address)).await
    {
        waiting.push(stream);
    }
    let connect = builder(&format!("http://{address}"))
        .connect_budget(Duration::from_millis(50))
        .randomness(|| 0.0)
        .build()
        .unwrap();
    let error = connect.in_store().add(&add()).await.unwrap_err();
    assert_not_sent("connect", &error);
    assert_eq!(error.timed_out(), Some(Budget::Connect));
}

#[tokio::test]
async fn an_error_status_after_booking_is_not_taken_for_not_booked() {
    let (url, seen) = raw_server(|mut stream| {
        Box::pin(async move {
            read_request(&mut stream).await;
            let _ = stream.write_all(b"HTTP/1.1 500 Oops\r\ncontent-length: 4\r\n\r\noops").await;
        })
    })
    .await;
    let error = builder(&url).build().unwrap().in_store().add(&add()).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Http(500)), "{error}");
    assert!(error.may_have_moved_money() && !error.may_retry());
    assert_eq!((error.body(), seen.load(Ordering::SeqCst)), (Some(b"oops".as_slice()), 1));
}

/// Answers one request on each connection, waits until it is told, and closes the idle connection.
async fn closes_idle_connections(
    how: fn(&TcpStream),
) -> (String, Arc<AtomicUsize>, tokio::sync::mpsc::Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let requests = Arc::new(AtomicUsize::new(0));
    let counter = requests.clone();
    let (close, mut told) = tokio::sync::mpsc::channel::<()>(1);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            read_request(&mut stream).await;
            counter.fetch_add(1, Ordering::SeqCst);
            answer(&mut stream, &order("init")).await;
            told.recv().await;
            how(&stream);
        }
    });
    (url, requests, close)
}

#[tokio::test]
async fn a_stale_pooled_connection_never_costs_a_second_charge() {
    for how in [(|_| ()) as fn(&TcpStream), reset] {
        let (url, requests, close) = closes_idle_connections(how).await;
        let client = builder(&url).randomness(|| 0.0).build().unwrap();
        let mut replaced = 0;
        for sent in 1..=20 {
            // The server has closed the connection of the call before, and the client has seen it, or its
            // request crosses the end. The first is replaced without notice; the second may have been sent.
            match client.in_store().add(&add()).await {
                Ok(_) => replaced += 1,
                Err(error) => assert_maybe_sent("crossed", &error),
            }
            assert!(requests.load(Ordering::SeqCst) <= sent, "a charge arrived twice");
            let _ = close.try_send(());
            for _ in 0..200 {
                tokio::task::yield_now().await;
            }
        }
        assert!(replaced > 10, "{replaced} of 20 calls were answered");
    }
}

#[tokio::test]
async fn a_request_without_a_body_may_have_been_sent_although_nobody_took_one() {
    let (url, seen) = raw_server(|mut stream| {
        Box::pin(async move {
            let mut head = [0; 1024];
            assert!(stream.read(&mut head).await.unwrap() > 0);
        })
    })
    .await;
    let pooled =
        hyper_util::client::legacy::Client::builder(hyper_util::rt::TokioExecutor::new()).build_http();
    let attempts = ServiceBuilder::new().layer(SendLayer::new(Duration::from_secs(2))).service(pooled);
    let request = http::Request::post(url).body(Bytes::new()).unwrap();
    let failure = attempts.oneshot(request).await.unwrap_err();
    assert_eq!(seen.load(Ordering::SeqCst), 1);
    assert!(failure.may_be_sent(), "{failure}");
}

#[tokio::test]
async fn a_connection_serves_one_call_after_the_other_until_an_answer_is_left_unread() {
    // The third answer ends after the attempt's time: what comes of it then is nobody's.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let connections = Arc::new(AtomicUsize::new(0));
    let counter = connections.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let first = counter.fetch_add(1, Ordering::SeqCst) == 0;
            tokio::spawn(async move {
                for number in 0.. {
                    if first && number == 2 {
                        read_request(&mut stream).await;
                        let late = order("failed");
                        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", late.len());
                        stream.write_all(head.as_bytes()).await.unwrap();
                        tokio::time::sleep(Duration::from_millis(200)).await;
                        let _ = stream.write_all(late.as_bytes()).await;
                        return until_closed(&mut stream).await;
                    }
                    let mut byte = [0; 1];
                    if !matches!(stream.peek(&mut byte).await, Ok(1)) {
                        return;
                    }
                    read_request(&mut stream).await;
                    answer(&mut stream, &order("init")).await;
                }
            });
        }
    });
    let client = builder(&url).attempt_budget(Duration::from_millis(100)).build().unwrap();
    for _ in 0..2 {
        client.in_store().add(&add()).await.unwrap();
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
    assert_maybe_sent("unread", &client.in_store().add(&add()).await.unwrap_err());
    for _ in 0..2 {
        let added = client.in_store().add(&add()).await.unwrap();
        assert_eq!(added.status().unwrap().as_str(), "init");
    }
    assert_eq!(connections.load(Ordering::SeqCst), 2);
}
