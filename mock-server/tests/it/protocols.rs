//! Whatever a client speaks: versions of HTTP, ways to send a body, and clients that do not behave.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use pockyt_mock::MockPockyt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::faults::{ADD, End, Raw, add, add_body, is_booked};

const QUERY: &str = "/app-data-search/v3/tran-query";

async fn mock() -> MockPockyt {
    MockPockyt::start().await.unwrap()
}

#[tokio::test]
async fn http_1_0_is_answered_and_closed() {
    let mock = mock().await;
    let body = add_body("p-1");
    let mut client = Raw::connect(mock.addr()).await;
    let length = body.len();
    client.send(format!("POST {ADD} HTTP/1.0\r\nContent-Length: {length}\r\n\r\n{body}").as_bytes()).await;
    let (answer, _) = client.read_all().await;
    assert!(answer.starts_with("HTTP/1.0 200"), "{answer}");
    assert!(answer.ends_with('}'), "{answer}");
    assert!(is_booked(&mock, "p-1"));
}

#[tokio::test]
async fn http_1_0_may_keep_the_connection() {
    let mock = mock().await;
    let mut client = Raw::connect(mock.addr()).await;
    for reference in ["p-1", "p-2"] {
        let body = add_body(reference);
        let length = body.len();
        let head =
            format!("POST {ADD} HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: {length}\r\n\r\n");
        client.send(format!("{head}{body}").as_bytes()).await;
        assert!(client.answer().await.0.to_ascii_lowercase().contains("connection: keep-alive"));
        assert!(is_booked(&mock, reference));
    }
}

#[tokio::test]
async fn a_client_that_asks_before_it_sends_is_told_to_go_on() {
    let mock = mock().await;
    let body = add_body("p-1");
    let mut client = Raw::connect(mock.addr()).await;
    let length = body.len();
    let head = format!(
        "POST {ADD} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nExpect: 100-continue\r\n\r\n"
    );
    client.send(head.as_bytes()).await;
    let mut go_on = [0; 25];
    client.0.read_exact(&mut go_on).await.unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    client.send(body.as_bytes()).await;
    assert!(client.answer().await.0.starts_with("HTTP/1.1 200"));
    assert!(is_booked(&mock, "p-1"));
}

#[tokio::test]
async fn a_body_may_come_in_chunks_and_in_single_bytes() {
    let mock = mock().await;
    let mut client = Raw::connect(mock.addr()).await;
    let body = add_body("p-1");
    client
        .send(format!("POST {ADD} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n").as_bytes())
        .await;
    for byte in body.bytes() {
        client.send(&[b'1', b'\r', b'\n', byte, b'\r', b'\n']).await;
    }
    client.send(b"0\r\n\r\n").await;
    assert!(client.answer().await.0.starts_with("HTTP/1.1 200"));
    assert!(is_booked(&mock, "p-1"));
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_their_order() {
    let mock = mock().await;
    let mut client = Raw::connect(mock.addr()).await;
    let mut both = add("p-1");
    both.extend(add("p-2"));
    both.extend(add("p-3"));
    client.send(&both).await;
    for reference in ["p-1", "p-2", "p-3"] {
        let body = String::from_utf8(client.answer().await.1).unwrap();
        assert!(body.contains(&format!("\"{reference}\"")), "{body}");
    }
}

#[tokio::test]
async fn http_2_is_spoken_to_who_knows_it_already() {
    let mock = mock().await;
    let stream = TcpStream::connect(mock.addr()).await.unwrap();
    let (sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let calls = (0..20).map(|n| {
        let mut sender = sender.clone();
        let request = Request::post(format!("http://{}{ADD}", mock.addr()))
            .header("content-type", "application/json")
            .body(Full::<Bytes>::from(add_body(&format!("p-{n}"))))
            .unwrap();
        tokio::spawn(async move {
            let answer = sender.send_request(request).await.unwrap();
            assert_eq!(answer.version(), http::Version::HTTP_2);
            String::from_utf8(answer.into_body().collect().await.unwrap().to_bytes().into()).unwrap()
        })
    });
    for (n, call) in calls.collect::<Vec<_>>().into_iter().enumerate() {
        let body = call.await.unwrap();
        assert!(body.contains(&format!("\"p-{n}\"")), "{body}");
    }
    assert_eq!(mock.counts().requests, 20);
}

#[tokio::test]
async fn rubbish_gets_an_error_and_the_others_are_served() {
    let mock = mock().await;
    for rubbish in [
        &b"\x00\x01\x02\x03\r\n\r\n"[..],
        b"GET\r\n\r\n",
        b"POST / HTTP/9.9\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nrubbish\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nrubbish rubbish rubbish",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    ] {
        let mut client = Raw::connect(mock.addr()).await;
        // It may hang up before everything is written.
        let _ = client.0.write_all(rubbish).await;
        let _ = client.0.shutdown().await;
        let mut answer = Vec::new();
        let ended = tokio::time::timeout(Duration::from_secs(10), client.0.read_to_end(&mut answer)).await;
        assert!(ended.is_ok(), "{rubbish:?}");
        assert!(!answer.starts_with(b"HTTP/1.1 200"), "{rubbish:?}");
    }
    let mut client = Raw::connect(mock.addr()).await;
    client.send(&add("p-1")).await;
    assert!(client.answer().await.0.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn rubbish_behind_a_request_does_not_spoil_its_answer() {
    let mock = mock().await;
    let mut client = Raw::connect(mock.addr()).await;
    let mut sent = add("p-1");
    sent.extend(b"\x00\xff\r\n\r\n");
    client.send(&sent).await;
    assert!(client.answer().await.0.starts_with("HTTP/1.1 200"));
    let (rest, _) = client.read_all().await;
    assert!(rest.is_empty() || rest.starts_with("HTTP/1.1 400"), "{rest}");
}

#[tokio::test]
async fn heads_that_are_too_large_are_refused() {
    let mock = mock().await;
    let long = format!("POST {QUERY} HTTP/1.1\r\nHost: x\r\nX-Long: {}\r\n\r\n", "x".repeat(600_000));
    let many = format!("POST {QUERY} HTTP/1.1\r\nHost: x\r\n{}\r\n", "A: b\r\n".repeat(200));
    for head in [long, many] {
        let mut client = Raw::connect(mock.addr()).await;
        let _ = client.0.write_all(head.as_bytes()).await;
        let mut status = [0; 12];
        client.0.read_exact(&mut status).await.unwrap();
        assert_eq!(&status, b"HTTP/1.1 431");
    }
}

#[tokio::test(start_paused = true)]
async fn a_head_that_does_not_end_is_given_up() {
    let mock = mock().await;
    for beginning in ["", "PRI * HT", "POST /app-instore/v3/add HTTP/1.1\r\nHost: x\r\n"] {
        let mut client = Raw::connect(mock.addr()).await;
        client.send(beginning.as_bytes()).await;
        // Paused time goes on by itself when nothing else happens.
        let mut answer = Vec::new();
        client.0.read_to_end(&mut answer).await.unwrap();
        assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 408"), "{beginning}: {answer:?}");
    }
}

#[tokio::test]
async fn idle_connections_make_room_for_others() {
    const LIMIT: usize = 48;
    let mock = MockPockyt::builder().connections_at_once(LIMIT).start().await.unwrap();
    let mut crowd = Vec::new();
    for n in 0..LIMIT * 4 {
        let mut client = Raw::connect(mock.addr()).await;
        match n % 3 {
            0 => {}
            1 => client.send(b"POST /app-instore").await,
            _ => client.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await,
        }
        crowd.push(client);
    }
    for n in 0..LIMIT {
        let mut client = Raw::connect(mock.addr()).await;
        client.send(&add(&format!("p-{n}"))).await;
        let answered = tokio::time::timeout(Duration::from_secs(10), client.answer()).await;
        assert!(answered.expect("no room").0.starts_with("HTTP/1.1 200"));
        // It goes on being connected, and idle.
        crowd.push(client);
    }
}

#[tokio::test]
async fn a_connection_with_a_request_under_way_does_not_make_room() {
    let mock = MockPockyt::builder().connections_at_once(4).start().await.unwrap();
    let kind = pockyt_mock::FaultKind::DelayAnswer { ms: 1000 };
    mock.fault(pockyt_mock::Fault::new("p-1", kind)).unwrap();
    let mut busy = Raw::connect(mock.addr()).await;
    busy.send(&add("p-1")).await;
    while !is_booked(&mock, "p-1") {
        tokio::task::yield_now().await;
    }
    let mut crowd = Vec::new();
    for n in 0..20 {
        let mut client = Raw::connect(mock.addr()).await;
        client.send(&add(&format!("q-{n}"))).await;
        client.answer().await;
        crowd.push(client);
    }
    mock.advance(Duration::from_secs(1)).await;
    assert!(busy.answer().await.0.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_client_that_hangs_up_while_its_answer_is_held_makes_room() {
    let mock = MockPockyt::builder().connections_at_once(1).start().await.unwrap();
    let kind = pockyt_mock::FaultKind::DelayAnswer { ms: 1000 };
    mock.fault(pockyt_mock::Fault::new("p-1", kind)).unwrap();
    let mut impatient = Raw::connect(mock.addr()).await;
    impatient.send(&add("p-1")).await;
    while !is_booked(&mock, "p-1") {
        tokio::task::yield_now().await;
    }
    drop(impatient);
    // The mock's time stands still.
    let mut next = Raw::connect(mock.addr()).await;
    next.send(&add("p-2")).await;
    let answered = tokio::time::timeout(Duration::from_secs(10), next.answer()).await;
    assert!(answered.expect("no room").0.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn who_has_the_only_place_keeps_it_until_somebody_else_comes() {
    let mock = MockPockyt::builder().connections_at_once(1).start().await.unwrap();
    let mut first = Raw::connect(mock.addr()).await;
    for reference in ["p-1", "p-2"] {
        // It is idle before each request.
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
        first.send(&add(reference)).await;
        assert!(first.answer().await.0.starts_with("HTTP/1.1 200"), "{reference}");
    }
    let mut second = Raw::connect(mock.addr()).await;
    assert_eq!(first.read_all().await, (String::new(), End::Fin));
    second.send(&add("p-3")).await;
    assert!(second.answer().await.0.starts_with("HTTP/1.1 200"));
}
