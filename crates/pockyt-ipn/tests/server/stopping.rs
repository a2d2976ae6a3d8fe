//! Room for connections, and the end.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use pockyt_ipn::server::{Server, ServerLimits};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

use crate::support::{Running, answer, genuine, listener, post, posted_with, records, rest, statuses};

/// Says that it has begun, and answers when it is allowed to.
#[derive(Clone)]
struct Gate {
    begun: Arc<Semaphore>,
    open: Arc<Semaphore>,
}

impl Gate {
    fn new() -> Self {
        Self { begun: Arc::new(Semaphore::new(0)), open: Arc::new(Semaphore::new(0)) }
    }
}

impl<B> tower_service::Service<Request<B>> for Gate {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        assert!(request.uri().path() != "/panic", "as asked");
        let gate = self.clone();
        Box::pin(async move {
            gate.begun.add_permits(1);
            gate.open.acquire().await.unwrap().forget();
            Ok(Response::new(Full::new(Bytes::from_static(b"done"))))
        })
    }
}

async fn begin(server: &Running, gate: &Gate) -> TcpStream {
    let mut stream = server.connect().await;
    stream.write_all(posted_with("", "a=b").as_bytes()).await.unwrap();
    gate.begun.acquire().await.unwrap().forget();
    stream
}

#[tokio::test]
async fn stopping_finishes_what_is_under_way_and_takes_nothing_new() {
    let gate = Gate::new();
    let server = Running::start(Server::default(), gate.clone()).await;
    let mut idle = server.connect().await;
    let (mut first, mut second) = (begin(&server, &gate).await, begin(&server, &gate).await);
    let address = server.address;
    let served = server.stop();
    // Idle connections end at once, the socket is closed, and the two are waited for.
    assert_eq!(rest(&mut idle).await, "");
    let refused = async {
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    refused.await;
    assert!(!served.is_finished());
    gate.open.add_permits(2);
    for stream in [&mut first, &mut second] {
        let answer = rest(stream).await;
        assert!(answer.ends_with("done"), "{answer}");
    }
    assert_eq!(served.await.unwrap(), 0);
}

#[tokio::test]
async fn what_does_not_end_is_cut_off() {
    let gate = Gate::new();
    let limits = ServerLimits::default().grace(Duration::from_millis(20));
    let server = Running::start(Server::default().limits(limits), gate.clone()).await;
    let mut stream = begin(&server, &gate).await;
    assert_eq!(server.stop().await.unwrap(), 1);
    assert_eq!(rest(&mut stream).await, "");
}

#[tokio::test]
async fn a_service_that_panics_costs_its_connection_only() {
    let gate = Gate::new();
    gate.open.add_permits(1);
    let server = Running::start(Server::default(), gate).await;
    assert_eq!(server.say("POST /panic HTTP/1.1\r\nhost: shop\r\n\r\n").await, "");
    assert_eq!(statuses(&server.say(post("a=b")).await), [200]);
    assert_eq!(server.stop().await.unwrap(), 0);
}

#[tokio::test]
async fn beyond_the_cap_callers_wait_for_their_turn() {
    let gate = Gate::new();
    let limits = ServerLimits::default().connections(1);
    let server = Running::start(Server::default().limits(limits), gate.clone()).await;
    let mut first = begin(&server, &gate).await;
    let mut second = server.connect().await;
    second.write_all(posted_with("", "a=b").as_bytes()).await.unwrap();
    for _ in 0..1000 {
        tokio::task::yield_now().await;
        assert_eq!(gate.begun.available_permits(), 0, "the first one has the only place");
    }
    for stream in [&mut first, &mut second] {
        gate.open.add_permits(1);
        let said = rest(stream).await;
        assert_eq!(statuses(&said), [200]);
        assert!(said.contains("\r\nconnection: close\r\n"), "others may wait: {said}");
    }
}

#[tokio::test]
async fn a_silent_caller_loses_its_place() {
    let listener = listener();
    let limits = ServerLimits::default().connections(1).head_time(Duration::from_millis(50));
    let server = Running::start(Server::default().limits(limits), listener.service()).await;
    let mut silent = server.connect().await;
    assert_eq!(statuses(&server.say(post(&genuine(1))).await), [200]);
    assert_eq!(rest(&mut silent).await, "");
    assert_eq!(records(&listener).await, 1);
}

#[tokio::test]
async fn below_the_cap_connections_are_kept() {
    let limits = ServerLimits::default().connections(2);
    let server = Running::start(Server::default().limits(limits), listener().service()).await;
    let mut stream = server.connect().await;
    for payment in 0..3 {
        stream.write_all(posted_with("", &genuine(payment)).as_bytes()).await.unwrap();
        let said = answer(&mut stream, "success").await;
        assert!(!said.contains("connection: close"), "{said}");
    }
}
