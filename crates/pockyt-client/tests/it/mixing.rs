//! Servers that answer twice, early or late, in pieces, or close in between: a call hears its own answer or none,
//! what was sent once is not sent again, and a call that is given up leaves nothing behind.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use futures_util::future::join_all;
use pockyt_client::{CallError, CallOptions, Client, ErrorKind};
use pockyt_model::operation::Raw;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{builder, until_closed};

/// How often each call was heard, and on which connection.
type Heard = Arc<Mutex<BTreeMap<String, Vec<usize>>>>;

/// A server that does to each request what the request asks for.
async fn obedient() -> (String, Heard) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let heard = Heard::default();
    let all = heard.clone();
    tokio::spawn(async move {
        for connection in 1.. {
            let Ok((stream, _)) = listener.accept().await else { return };
            tokio::spawn(obey(stream, connection, all.clone()));
        }
    });
    (url, heard)
}

async fn obey(mut stream: TcpStream, connection: usize, heard: Heard) {
    while let Some(request) = next_request(&mut stream).await {
        let nonce = field(&request, "nonce");
        heard.lock().unwrap().entry(nonce.clone()).or_default().push(connection);
        let body = format!(r#"{{"ret_code":"000100","result":{{"nonce":"{nonce}"}}}}"#);
        let whole = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        let other = whole.replace(&nonce, &"x".repeat(nonce.len()));
        let (text, goes_on) = match field(&request, "manner").as_str() {
            "plain" => (whole, true),
            "twice" => (whole.clone() + &whole, true),
            "another-after" => (whole + &other, true),
            "more-than-said" => (whole + "  ", true),
            "hints" => (format!("HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n{whole}"), true),
            "close-said" => (whole.replacen("\r\n", "\r\nconnection: close\r\n", 1), false),
            "close-unsaid" => (whole, false),
            "late-close" => {
                let _ = stream.write_all(whole.as_bytes()).await;
                tokio::task::yield_now().await;
                (String::new(), false)
            }
            "trailers" => (
                format!(
                    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: x-end\r\n\r\n{:x}\r\n{body}\r\n0\r\nx-end: 1\r\n\r\n",
                    body.len()
                ),
                true,
            ),
            "half" => (whole[..whole.len() - 3].to_owned(), false),
            "nothing" => (String::new(), false),
            manner => panic!("{manner}"),
        };
        if stream.write_all(text.as_bytes()).await.is_err() || !goes_on {
            return;
        }
    }
}

/// The next request's body; none when there is no other.
async fn next_request(stream: &mut TcpStream) -> Option<String> {
    let mut request = Vec::new();
    while !request.ends_with(b"}") {
        let mut piece = [0; 1024];
        match stream.read(&mut piece).await {
            Ok(read @ 1..) => request.extend_from_slice(&piece[..read]),
            _ => return None,
        }
    }
    let request = String::from_utf8(request).unwrap();
    assert_eq!(request.matches("POST ").count(), 1, "two requests in one: {request}");
    Some(request)
}

fn field(request: &str, name: &str) -> String {
    let (_, rest) = request.split_once(&format!(r#""{name}":""#)).unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

/// A call that moves money, and the nonce that its answer names.
async fn call(client: &Client, nonce: &str, manner: &str) -> Result<String, CallError> {
    let raw = Raw::new("/v3/new").unwrap().field("nonce", nonce).field("manner", manner);
    let answer = client.call(&raw).await?;
    Ok(answer.result().text("nonce").unwrap().into_owned())
}

const MANNERS: [&str; 11] = [
    "plain",
    "twice",
    "another-after",
    "more-than-said",
    "hints",
    "close-said",
    "close-unsaid",
    "late-close",
    "trailers",
    "half",
    "nothing",
];

fn assert_own(nonce: &str, manner: &str, answer: Result<String, CallError>) -> bool {
    match answer {
        Ok(named) => assert_eq!(named, nonce, "{manner}: somebody else's answer"),
        Err(error) => {
            assert!(matches!(error.kind(), ErrorKind::MaybeSent), "{manner}: {error:?}");
            assert!(error.may_have_moved_money() && !error.may_retry() && error.attempts() == 1);
            assert_eq!(error.timed_out(), None, "{manner}: it was kept waiting");
            return false;
        }
    }
    true
}

#[tokio::test]
async fn after_any_manner_of_answer_the_next_call_hears_its_own() {
    for manner in MANNERS {
        let (url, heard) = obedient().await;
        let client = builder(&url).total_budget(Duration::from_secs(5)).build().unwrap();
        for round in 0..10 {
            let (first, next) = (format!("first-{round}"), format!("next-{round}"));
            let answered = assert_own(&first, manner, call(&client, &first, manner).await);
            assert_eq!(answered, !["half", "nothing"].contains(&manner), "{manner}");
            // One that is closed without a word may be closed in the moment of the next write.
            let next_answered = assert_own(&next, manner, call(&client, &next, "plain").await);
            assert!(next_answered || manner.contains("close"), "{manner}");
        }
        let heard = heard.lock().unwrap();
        assert!(heard.values().all(|connections| connections.len() == 1), "{manner}: {heard:?}");
    }
}

/// Polls a future so many times at most, and drops it then; none when it did not come to its end.
async fn polled_at_most<T>(times: usize, future: impl Future<Output = T>) -> Option<T> {
    let mut future = Box::pin(future);
    let mut left = times;
    std::future::poll_fn(move |cx| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        Pin::new(&mut future).poll(cx).map(Some)
    })
    .await
}

/// Numbers that look like chance and are the same every time.
fn scattered(seed: usize) -> usize {
    seed.wrapping_mul(2_654_435_761).rotate_right(16) % 1_000_003
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_calls_in_all_manners_some_given_up_hear_their_own_answers_and_are_sent_once() {
    let (url, heard) = obedient().await;
    let client = builder(&url).concurrency(8).total_budget(Duration::from_secs(5)).build().unwrap();
    let lanes = (0..16).map(|lane| {
        let client = client.clone();
        tokio::spawn(async move {
            for round in 0..60 {
                let chance = scattered(lane * 1000 + round);
                let manner = MANNERS[chance % MANNERS.len()];
                let nonce = format!("{lane}-{round}");
                let call = call(&client, &nonce, manner);
                if chance % 3 == 0 {
                    if let Some(answer) = polled_at_most(1 + chance % 5, call).await {
                        assert_own(&nonce, manner, answer);
                    }
                } else {
                    assert_own(&nonce, manner, call.await);
                }
            }
        })
    });
    for lane in join_all(lanes).await {
        lane.unwrap();
    }
    let heard = heard.lock().unwrap();
    assert!(heard.len() > 500, "{}", heard.len());
    assert!(heard.values().all(|connections| connections.len() == 1), "{heard:?}");
}

/// However often calls are given up, and wherever, their places are free again.
#[tokio::test]
async fn calls_that_are_given_up_at_any_step_leave_their_places_to_others() {
    let (url, _) = obedient().await;
    let client = builder(&url).concurrency(1).build().unwrap();
    for steps in (0..400).map(|round| round % 8) {
        let manner = MANNERS[steps % MANNERS.len()];
        // The second waits for the place of the first.
        let both = async { tokio::join!(call(&client, "a", manner), call(&client, "b", "plain")) };
        let _ = polled_at_most(steps, both).await;
    }
    let options = CallOptions::default().within(Duration::from_secs(5));
    let raw = Raw::new("/v3/new").unwrap().field("nonce", "last").field("manner", "plain");
    client.call_with(&raw, options).await.unwrap();
}

/// A request that does not fit into the system's buffers, and a server that answers before it has read it.
#[tokio::test]
async fn an_answer_to_a_request_that_is_written_in_part_is_taken_and_its_connection_closed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    // Of this system's buffers only the client's is left, which has 4 MiB at most.
    socket2::SockRef::from(&listener).set_recv_buffer_size(4096).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        assert!(stream.read(&mut [0; 1024]).await.unwrap() > 0);
        let body = r#"{"ret_code":"000100","result":{"nonce":"early"}}"#;
        let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        stream.write_all(answer.as_bytes()).await.unwrap();
        let (mut next, _) = listener.accept().await.unwrap();
        let request = next_request(&mut next).await.unwrap();
        next.write_all(answer.replace("early", "after").as_bytes()).await.unwrap();
        until_closed(&mut stream).await;
        request
    });
    let client = builder(&url).attempt_budget(Duration::from_secs(5)).build().unwrap();
    let large = "x".repeat(6 * 1024 * 1024);
    assert_eq!(call(&client, &large, "plain").await.unwrap(), "early");
    // On the first connection it would wait behind what nobody reads.
    let small = Raw::new("/v3/new").unwrap().field("nonce", "small").field("manner", "plain");
    let next = client.call_with(&small, CallOptions::default().within(Duration::from_secs(3))).await;
    assert_eq!(next.unwrap().result().text("nonce").unwrap(), "after");
    assert_eq!(field(&serving.await.unwrap(), "nonce"), "small");
}

/// The time of a call begins when it is first polled, and so does everything else of it.
#[tokio::test(start_paused = true)]
async fn a_call_that_is_made_and_polled_later_has_all_its_time() {
    let play = |_, _: &http::Request<bytes::Bytes>| crate::support::Reply::Never;
    let (client, requests) = crate::support::client_of(|b| b.total_budget(Duration::from_secs(7)), play);
    let (till, add) = (client.in_store(), crate::support::add());
    let call = till.add(&add);
    tokio::time::advance(Duration::from_secs(600)).await;
    assert!(requests.lock().unwrap().is_empty());
    let polled = tokio::time::Instant::now();
    let error = call.await.unwrap_err();
    assert_eq!((error.attempts(), polled.elapsed().as_secs()), (1, 7));
}
