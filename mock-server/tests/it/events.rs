//! The stream of server-sent events.

use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use pockyt_mock::{Account, MockPockyt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tower_service::Service;

use crate::support::contract::{DOCUMENT, check};
use crate::support::{Listener, SUCCESS, get, post, request, secure_pay, with_listener};

#[derive(Debug, PartialEq)]
struct Event {
    id: Option<u64>,
    name: String,
    data: Value,
}

struct Stream {
    incoming: Incoming,
    text: String,
}

impl Stream {
    async fn open(mock: &MockPockyt, path: &str, after: Option<&str>) -> Self {
        let answer = ask(mock, path, after).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        Self { incoming: answer.into_body(), text: String::new() }
    }

    /// The next event; `None` at the end of the stream.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let (event, rest) = (read(event), rest.to_owned());
                self.text = rest;
                return Some(event);
            }
            let frame = tokio::time::timeout(Duration::from_secs(20), self.incoming.frame()).await;
            let data = frame.expect("nothing comes")?.ok()?.into_data().ok()?;
            self.text.push_str(std::str::from_utf8(&data).unwrap());
        }
    }

    async fn next_journal(&mut self) -> Event {
        loop {
            let event = self.next().await.unwrap();
            if event.name == "journal" {
                return event;
            }
        }
    }
}

fn read(text: &str) -> Event {
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
    let data = serde_json::from_str(field("data").unwrap()).unwrap();
    let event = Event {
        id: field("id").map(|id| id.parse().unwrap()),
        name: field("event").unwrap().to_owned(),
        data,
    };
    let schema = match event.name.as_str() {
        "journal" => "JournalEntry",
        "clock" => "Clock",
        "missed" => "Missed",
        "reset" => return event,
        other => panic!("{other} is not documented"),
    };
    assert_eq!(check(&event.data, &DOCUMENT["components"]["schemas"][schema]), Ok(()));
    event
}

async fn ask(mock: &MockPockyt, path: &str, after: Option<&str>) -> Response<Incoming> {
    let stream = TcpStream::connect(mock.addr()).await.unwrap();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let mut request = request(mock, "GET", path);
    if let Some(after) = after {
        request = request.header("last-event-id", after);
    }
    sender.send_request(request.body(Full::<Bytes>::default()).unwrap()).await.unwrap()
}

#[tokio::test]
async fn the_journal_comes_as_it_is_written_and_the_clock_as_it_moves() {
    let listener = Listener::start(|_| SUCCESS).await;
    let mock = with_listener(&listener).await;
    secure_pay(&mock, "before", &[]).await;
    let mut stream = Stream::open(&mock, "/_mock/events", None).await;
    let first = stream.next().await.unwrap();
    assert_eq!((first.name.as_str(), &first.data["mode"]), ("clock", &json!("manual")));
    let already = mock.journal_lines().len();
    let number = secure_pay(&mock, "web-1", &[]).await;
    mock.approve(&number).await.unwrap();
    for line in &mock.journal_lines()[already..] {
        let event = stream.next_journal().await;
        assert_eq!(event.data, serde_json::from_str::<Value>(line).unwrap());
        assert_eq!(event.id, event.data["seq"].as_u64());
    }
    mock.advance(Duration::from_secs(5)).await;
    loop {
        let event = stream.next().await.unwrap();
        assert_eq!(event.name, "clock");
        if event.data["now_ms"] == mock.now().0 {
            break;
        }
    }
}

#[tokio::test]
async fn a_stream_goes_on_where_the_last_one_ended() {
    let mock = MockPockyt::start().await.unwrap();
    for n in 0..3 {
        secure_pay(&mock, &format!("web-{n}"), &[]).await;
    }
    let mut stream = Stream::open(&mock, "/_mock/events", Some("2")).await;
    for line in &mock.journal_lines()[2..] {
        assert_eq!(stream.next_journal().await.data, serde_json::from_str::<Value>(line).unwrap());
    }
    for wrong in ["x", "-1", ""] {
        assert_eq!(
            ask(&mock, "/_mock/events", Some(wrong)).await.status(),
            StatusCode::BAD_REQUEST,
            "{wrong}"
        );
    }
    // Ahead of everything: there is nothing to be told yet.
    let mut stream = Stream::open(&mock, "/_mock/events", Some("18446744073709551615")).await;
    assert_eq!(stream.next().await.unwrap().name, "clock");
}

#[tokio::test]
async fn whoever_comes_back_too_late_is_told_how_much_is_gone() {
    let mock = MockPockyt::builder().journal_capacity(3).start().await.unwrap();
    for n in 0..4 {
        secure_pay(&mock, &format!("web-{n}"), &[]).await;
    }
    let mut stream = Stream::open(&mock, "/_mock/events", Some("1")).await;
    let missed = stream.next().await.unwrap();
    let dropped = mock.counts().dropped;
    assert_eq!((missed.name.as_str(), missed.data), ("missed", json!({"entries": dropped - 1})));
    assert_eq!(stream.next().await.unwrap().id, Some(dropped + 1));
}

#[tokio::test]
async fn a_merchant_sees_its_own_entries_only() {
    let other: Account = "900001:800001:a-token".parse().unwrap();
    let mock = MockPockyt::builder().account(other).start().await.unwrap();
    let mut stream = Stream::open(&mock, "/_mock/events?merchant=900001", None).await;
    secure_pay(&mock, "web-1", &[]).await;
    mock.reset_merchant("900001").unwrap();
    let event = stream.next_journal().await;
    assert_eq!(
        (&event.data["event"], &event.data["merchantNo"]),
        (&json!("merchantReset"), &json!("900001"))
    );
}

#[tokio::test]
async fn a_reset_begins_again() {
    let mock = MockPockyt::start().await.unwrap();
    secure_pay(&mock, "web-1", &[]).await;
    let mut stream = Stream::open(&mock, "/_mock/events", None).await;
    assert_eq!(stream.next().await.unwrap().name, "clock");
    mock.reset();
    assert_eq!(stream.next().await.unwrap().name, "reset");
    secure_pay(&mock, "web-1", &[]).await;
    assert_eq!(stream.next_journal().await.id, Some(1));
}

#[tokio::test]
async fn a_stream_ends_when_the_mock_is_dropped_and_does_not_hold_up_a_shutdown() {
    let mock = MockPockyt::start().await.unwrap();
    let mut stream = Stream::open(&mock, "/_mock/events", None).await;
    drop(mock);
    while stream.next().await.is_some() {}

    let mock = MockPockyt::start().await.unwrap();
    let mut stream = Stream::open(&mock, "/_mock/events", None).await;
    let began = std::time::Instant::now();
    mock.shutdown().await;
    assert!(began.elapsed() < Duration::from_secs(4), "it waited for the stream");
    while stream.next().await.is_some() {}
}

#[tokio::test]
async fn without_a_socket_a_stream_ends_with_the_mock_as_well() {
    let mock = MockPockyt::start().await.unwrap();
    let request: http::Request<Full<Bytes>> =
        http::Request::get("/_mock/events").body(Full::default()).unwrap();
    let mut body = mock.transport().call(request).await.unwrap().into_body();
    assert!(body.frame().await.is_some(), "the clock");
    drop(mock);
    let end = tokio::time::timeout(Duration::from_secs(10), body.frame()).await;
    assert!(end.expect("it goes on").is_none());
}

#[tokio::test]
async fn there_are_only_so_many_streams_and_one_that_ends_makes_room() {
    let mock = MockPockyt::start().await.unwrap();
    let mut open = Vec::new();
    for _ in 0..64 {
        open.push(Stream::open(&mock, "/_mock/events", None).await);
    }
    let refused = ask(&mock, "/_mock/events", None).await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(get(&mock, "/_mock/clock").await.status, StatusCode::OK);
    open.pop();
    // The end of a connection is noticed when its time comes.
    while ask(&mock, "/_mock/events", None).await.status() != StatusCode::OK {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_script_for_an_unknown_reference_waits_and_says_so() {
    let mock = MockPockyt::start().await.unwrap();
    let script = r#"{"reference":"web-1","wallet":{"kind":"confirm-after","ms":0}}"#;
    assert_eq!(post(&mock, "/_mock/scripts", script).await.json()[0]["waiting"], true);
    assert_eq!(mock.waiting_scripts().len(), 1);
    secure_pay(&mock, "web-1", &[]).await;
    assert_eq!(get(&mock, "/_mock/scripts").await.json()[0]["waiting"], false);
    assert!(mock.waiting_scripts().is_empty());
}
