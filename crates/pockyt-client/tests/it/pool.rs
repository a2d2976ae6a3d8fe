//! The connections that the default transport keeps, over real sockets.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use pockyt_client::ErrorKind;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use crate::support::{add, builder, order, query, read_request};

/// Answers every request on every connection, and counts the connections that were made and that ended.
#[derive(Clone, Default)]
struct Connections {
    made: Arc<AtomicUsize>,
    ended: Arc<AtomicUsize>,
    heard: Arc<AtomicUsize>,
    end: Arc<Notify>,
    close: Arc<Notify>,
}

impl Connections {
    async fn serve() -> (String, Self) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let connections = Self::default();
        let counted = connections.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counted.made.fetch_add(1, Ordering::SeqCst);
                let counted = counted.clone();
                tokio::spawn(async move {
                    tokio::select! {
                        () = answer_all(stream, &counted.heard) => {}
                        () = counted.close.notified() => {}
                    }
                    counted.ended.fetch_add(1, Ordering::SeqCst);
                    counted.end.notify_one();
                });
            }
        });
        (url, connections)
    }

    fn counts(&self) -> (usize, usize) {
        (self.made.load(Ordering::SeqCst), self.ended.load(Ordering::SeqCst))
    }

    async fn until_ended(&self, ended: usize) {
        while self.ended.load(Ordering::SeqCst) < ended {
            self.end.notified().await;
        }
    }
}

async fn answer_all(mut stream: TcpStream, heard: &AtomicUsize) {
    let body = order("pending");
    let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let mut byte = [0; 1];
    while stream.peek(&mut byte).await.is_ok_and(|read| read == 1) {
        read_request(&mut stream).await;
        heard.fetch_add(1, Ordering::SeqCst);
        stream.write_all(answer.as_bytes()).await.unwrap();
    }
}

#[tokio::test]
async fn as_many_connections_are_made_as_calls_are_under_way_and_used_again() {
    let (url, connections) = Connections::serve().await;
    let client = builder(&url).build().unwrap();
    let (orders, query) = (client.orders(), query());
    for _ in 0..3 {
        let answers = join_all((0..10).map(|_| orders.query(&query))).await;
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    }
    let (made, ended) = connections.counts();
    assert!(made <= 10, "{made}");
    for _ in 0..10 {
        orders.query(&query).await.unwrap();
    }
    assert_eq!(connections.counts(), (made, ended), "one after another needs no more");
    assert_eq!(ended, 0);
}

#[tokio::test]
async fn what_is_idle_for_long_is_closed_and_the_next_call_connects_anew() {
    let (url, connections) = Connections::serve().await;
    let client = builder(&url).build().unwrap();
    client.in_store().add(&add()).await.unwrap();
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(5)).await;
    client.in_store().add(&add()).await.unwrap();
    assert_eq!(connections.counts(), (1, 0), "5 s are not long");
    // Whatever waits for the end lets the time go on.
    connections.until_ended(1).await;
    client.in_store().add(&add()).await.unwrap();
    assert_eq!(connections.counts(), (2, 1));
}

#[tokio::test]
async fn one_call_passes_by_hundreds_of_connections_that_the_server_has_closed() {
    let (url, connections) = Connections::serve().await;
    let client = builder(&url).concurrency(400).build().unwrap();
    let (orders, query) = (client.orders(), query());
    let answers = join_all((0..300).map(|_| orders.query(&query))).await;
    assert!(answers.iter().all(Result::is_ok));
    connections.close.notify_waiters();
    connections.until_ended(connections.counts().0).await;
    // The client may hear late of one end; a call that crosses it may have been sent.
    if let Err(crossed) = client.in_store().add(&add()).await {
        assert!(matches!(crossed.kind(), ErrorKind::MaybeSent), "{crossed:?}");
    }
}

#[tokio::test]
async fn a_client_that_is_dropped_closes_its_connections() {
    let (url, connections) = Connections::serve().await;
    let client = builder(&url).build().unwrap();
    client.in_store().add(&add()).await.unwrap();
    drop(client);
    connections.until_ended(1).await;
}

#[test]
fn a_client_outlives_the_runtime_of_its_connections() {
    let serving = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (url, connections) = serving.block_on(Connections::serve());
    let client = builder(&url).build().unwrap();
    for calls in 1..=3 {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(client.in_store().add(&add())).unwrap();
        assert_eq!(connections.counts().0, calls);
    }
}

/// The first connection reaches the mock; what is connected later is accepted and never answered.
#[cfg(all(feature = "tls", feature = "http2"))]
#[tokio::test]
async fn a_call_that_connects_goes_over_the_connection_that_another_has_made_for_all() {
    use pockyt_client::{Client, Environment, Roots, Tls};
    use pockyt_mock::MockPockyt;

    let mock = MockPockyt::builder().tls(["localhost"]).start().await.unwrap();
    let roots = Roots::from_pem(mock.authority_pem().unwrap().as_bytes()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let behind = mock.https_url().unwrap().replace("https://localhost", "127.0.0.1");
    let all_there = Arc::new(tokio::sync::Barrier::new(2));
    let both = all_there.clone();
    tokio::spawn(async move {
        let (mut first, _) = listener.accept().await.unwrap();
        let second = listener.accept().await.unwrap();
        both.wait().await;
        let mut mock = TcpStream::connect(behind).await.unwrap();
        let _ = tokio::io::copy_bidirectional(&mut first, &mut mock).await;
        drop(second);
    });
    let client = Client::builder(Environment::at(&url).unwrap(), crate::mock::credentials())
        .tls(Tls::default().roots(roots))
        .build()
        .unwrap();
    let (orders, query) = (client.orders(), query());
    let asked = async { tokio::join!(orders.query(&query), orders.query(&query)) };
    let (answers, _) = tokio::join!(asked, all_there.wait());
    // The mock knows no such order, which is an answer.
    for answer in [answers.0, answers.1] {
        assert_eq!(answer.unwrap_err().attempts(), 1);
    }
}

/// Whoever is in a runtime for one call at a time gives it no chance to hear of the end in between.
#[test]
fn a_call_in_a_runtime_that_rested_does_not_write_to_a_connection_that_has_ended() {
    let serving = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (url, connections) = serving.block_on(Connections::serve());
    let client = builder(&url).build().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for calls in 1..=5 {
        let answered = Instant::now();
        runtime.block_on(client.in_store().add(&add())).unwrap();
        connections.close.notify_waiters();
        serving.block_on(connections.until_ended(calls));
        // Longer than what passes for no rest at all.
        while answered.elapsed() < Duration::from_millis(20) {
            std::thread::yield_now();
        }
    }
}

/// What has reached the server of a call that was polled once, with so many of the things left that a task may do
/// at a time, and was then given to `end`.
async fn heard_of_a_call(left: usize, end: fn(Pin<Box<dyn Future<Output = ()>>>)) -> usize {
    for _ in 0..1000 {
        if let Some(heard) = heard_of_a_call_in_time(left, end).await {
            return heard;
        }
    }
    panic!("this machine is too slow, or does too much besides");
}

/// None when there was a rest before the call, which then asks for news before it writes.
async fn heard_of_a_call_in_time(left: usize, end: fn(Pin<Box<dyn Future<Output = ()>>>)) -> Option<usize> {
    let (url, connections) = Connections::serve().await;
    let client = builder(&url).build().unwrap();
    client.in_store().add(&add()).await.unwrap();
    let began = Instant::now();
    client.in_store().add(&add()).await.unwrap();
    let mut call: Pin<Box<dyn Future<Output = ()>>> = Box::pin({
        let client = client.clone();
        async move { client.in_store().add(&add()).await.map(drop).unwrap_or_default() }
    });
    tokio::task::yield_now().await;
    std::future::poll_fn(|cx| {
        for _ in left..128 {
            let _ = std::pin::pin!(tokio::task::coop::consume_budget()).poll(cx);
        }
        assert!(call.as_mut().poll(cx).is_pending());
        Poll::Ready(())
    })
    .await;
    let is_in_time = began.elapsed() < Duration::from_millis(1);
    end(call);
    // Whatever was sent before this is read before it.
    client.in_store().add(&add()).await.unwrap();
    is_in_time.then(|| connections.heard.load(Ordering::SeqCst) - 3)
}

#[tokio::test]
async fn dropping_a_call_sends_nothing_of_it() {
    let mut heard = Vec::new();
    for left in 0..14 {
        let forgotten = heard_of_a_call(left, std::mem::forget).await;
        assert_eq!(heard_of_a_call(left, drop).await, forgotten, "{left} left");
        heard.push(forgotten);
    }
    assert!(heard.contains(&0) && heard.contains(&1), "{heard:?}");
}

#[tokio::test]
async fn a_call_is_polled_to_write_and_to_read_and_not_besides() {
    let (url, _connections) = Connections::serve().await;
    let client = builder(&url).build().unwrap();
    client.in_store().add(&add()).await.unwrap();
    let mut fewest = usize::MAX;
    for _ in 0..100 {
        let (in_store, add, mut polls) = (client.in_store(), add(), 0);
        let mut call = Box::pin(in_store.add(&add));
        let counted = std::future::poll_fn(|cx| {
            polls += 1;
            call.as_mut().poll(cx)
        });
        counted.await.unwrap();
        // One that followed a rest is polled once more, and so is one whose answer comes in two pieces.
        fewest = fewest.min(polls);
    }
    assert_eq!(fewest, 2);
}

#[tokio::test]
async fn on_one_thread_a_call_beside_another_lets_others_go_before_it_writes() {
    let (url, connections) = Connections::serve().await;
    let client = builder(&url).build().unwrap();
    let (orders, query) = (client.orders(), query());
    let both = tokio::join!(orders.query(&query), orders.query(&query));
    assert!(both.0.is_ok() && both.1.is_ok());
    let mut first = Box::pin(orders.query(&query));
    let mut second = Box::pin(orders.query(&query));
    std::future::poll_fn(|cx| {
        assert!(first.as_mut().poll(cx).is_pending());
        assert!(second.as_mut().poll(cx).is_pending());
        Poll::Ready(())
    })
    .await;
    drop(second);
    first.await.unwrap();
    orders.query(&query).await.unwrap();
    assert_eq!(connections.heard.load(Ordering::SeqCst), 4, "nothing of the second");
    let both = tokio::join!(orders.query(&query), orders.query(&query));
    assert!(both.0.is_ok() && both.1.is_ok());
    assert_eq!(connections.heard.load(Ordering::SeqCst), 6);
}

/// Such an answer never begins, and there is always more of it to read.
#[test]
fn a_server_that_never_stops_giving_hints_does_not_keep_a_call_beyond_its_time() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let piece = format!("HTTP/1.1 103 Early Hints\r\nlink: {}\r\n\r\n", "x".repeat(400)).repeat(1000);
        for mut stream in listener.incoming().flatten() {
            std::io::Read::read_exact(&mut stream, &mut [0]).unwrap();
            while std::io::Write::write_all(&mut stream, piece.as_bytes()).is_ok() {}
        }
    });
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let client = builder(&url).total_budget(Duration::from_millis(100)).build().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        tell.send(runtime.block_on(client.in_store().add(&add())).map(drop)).unwrap();
    });
    let ended = told.recv_timeout(Duration::from_secs(20)).expect("the call ends").unwrap_err();
    assert!(matches!(ended.kind(), ErrorKind::MaybeSent), "{ended:?}");
}
