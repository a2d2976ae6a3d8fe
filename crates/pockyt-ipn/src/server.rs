//! A server for listeners: HTTP/1 with limits that hold.
//!
//! ```no_run
//! use std::sync::Arc;
//! use pockyt_ipn::Listener;
//! use pockyt_ipn::server::Server;
//! use pockyt_sign::{ApiToken, SigningKey};
//! use pockyt_store::MemoryInbox;
//!
//! # async fn main_loop(interrupted: impl Future<Output = ()>) -> Result<(), Box<dyn std::error::Error>> {
//! let inbox = Arc::new(MemoryInbox::default());
//! let key = SigningKey::new(&ApiToken::new("a token")?);
//! let listener = Listener::builder(key, Arc::clone(&inbox)).tenant("shop").build()?;
//! let socket = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
//! Server::default().readiness(inbox).serve(socket, listener.service(), interrupted).await;
//! # Ok(())
//! # }
//! ```
//!
//! It speaks plain HTTP/1.0 and HTTP/1.1, which is what Pockyt and every proxy posts with; TLS and HTTP/2 belong
//! to a proxy in front, or to a loop of your own around [`Server::connection`].
//!
//! | Limit | By default | What happens then |
//! | --- | --- | --- |
//! | time for the head of a request, and between requests | 5 s | the connection is closed |
//! | time for the whole request, from its head to its answer | 10 s | 408 while the body is missing, else 503 |
//! | size of the head | 16 KiB | 431, and the connection is closed |
//! | headers | 100 | 431, and the connection is closed |
//! | time in which a caller takes nothing of an answer | 10 s | the connection is closed |
//! | connections | 1024 | further ones wait in the socket's backlog |
//! | refusals of one source | [`SourceLimit`] | 429, and the connection is closed |
//!
//! While as many connections are open as may be, each of them is closed after its next answer, so those that
//! wait have their turn: a silent one holds its place for 5 seconds.
//!
//! `GET /healthz` is answered 200 as long as the program runs, `GET /readyz` only while the store keeps what it
//! is given ([`Server::readiness`]); other paths and methods are the service's. Their bodies never say
//! `success`.

mod body;
mod front;
mod limits;
mod readiness;
mod stall;

use std::convert::Infallible;
use std::fmt;
use std::future::{Future, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use pockyt_store::Inbox;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tower_layer::Layer;
use tower_service::Service;

pub use self::body::RequestBody;
use self::front::Front;
pub use self::limits::ServerLimits;
use self::readiness::Readiness;
use self::stall::Stalling;
use crate::source_limit::{Peer, SourceLimit};

/// How long to wait when the system has no connection to give, as when it is out of file handles.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Any error.
type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Serves a listener, or any other service, over HTTP/1; see the [module](self). Clones share what they count.
#[derive(Clone, Default)]
#[must_use]
pub struct Server {
    limits: ServerLimits,
    sources: SourceLimit,
    readiness: Option<Readiness>,
    is_full: Arc<AtomicBool>,
}

impl Server {
    /// What connections and requests may cost.
    pub fn limits(self, limits: ServerLimits) -> Self {
        Self { limits, ..self }
    }

    /// How often a source may be refused, and which proxies are believed.
    pub fn source_limit(self, sources: SourceLimit) -> Self {
        Self { sources, ..self }
    }

    /// Answers `GET /readyz` by [`Inbox::check`], asked at most once a second, and 503 when it fails or takes
    /// longer than two seconds. Without it the server is always ready.
    pub fn readiness<I: Inbox + 'static>(self, inbox: I) -> Self {
        Self { readiness: Some(Readiness::new(inbox)), ..self }
    }

    /// Serves what comes in by this socket until `stop` ends; then it closes the socket, finishes the requests
    /// that are under way, for as long as [`ServerLimits::grace`], and returns how many connections it had to
    /// cut off.
    ///
    /// Each request has a [`Peer`] among its extensions. Connections run as tasks of tokio's current runtime,
    /// and end when this future is dropped. One whose service panics is closed, and the others go on.
    pub async fn serve<S, B, F>(&self, socket: TcpListener, service: S, stop: F) -> usize
    where
        S: Service<Request<RequestBody>, Response = Response<B>> + Clone + Send + 'static,
        S::Error: Into<BoxError> + Send,
        S::Future: Send + 'static,
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
        F: Future<Output = ()>,
    {
        let graceful = GracefulShutdown::new();
        let mut connections = JoinSet::new();
        let mut stop = pin!(stop);
        while let Some(accepted) = self.accept(&socket, &mut connections, stop.as_mut()).await {
            let Ok((stream, peer)) = accepted else {
                // Should it be told to stop meanwhile, the next turn sees it.
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            };
            // Answers are short and written at once; a socket that refuses this still works.
            let _ = stream.set_nodelay(true);
            let connection = self.http().serve_connection(self.io(stream), self.hyper(service.clone(), peer));
            let watched = graceful.watch(connection);
            connections.spawn(async move { tell(watched.await) });
        }
        drop(socket);
        let finished = async {
            graceful.shutdown().await;
            while connections.join_next().await.is_some() {}
        };
        let _ = tokio::time::timeout(self.limits.grace, finished).await;
        connections.len()
    }

    /// Serves one connection, such as a TLS stream that a loop of the caller's accepted, until the other end
    /// closes it or a limit is hit. The number of connections is then the caller's business.
    pub async fn connection<T, S, B>(&self, stream: T, peer: SocketAddr, service: S)
    where
        T: AsyncRead + AsyncWrite + Unpin + Send,
        S: Service<Request<RequestBody>, Response = Response<B>> + Clone + Send + 'static,
        S::Error: Into<BoxError> + Send,
        S::Future: Send + 'static,
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        tell(self.http().serve_connection(self.io(stream), self.hyper(service, peer)).await);
    }

    /// The next connection; `None` when it is time to stop.
    async fn accept(
        &self,
        socket: &TcpListener,
        connections: &mut JoinSet<()>,
        mut stop: std::pin::Pin<&mut impl Future<Output = ()>>,
    ) -> Option<io::Result<(TcpStream, SocketAddr)>> {
        poll_fn(|context| {
            if stop.as_mut().poll(context).is_ready() {
                return Poll::Ready(None);
            }
            while let Poll::Ready(Some(ended)) = connections.poll_join_next(context) {
                if ended.is_err_and(|error| error.is_panic()) {
                    tracing::error!("ipn connection panicked");
                }
            }
            let is_full = connections.len() >= self.limits.connections;
            self.is_full.store(is_full, Ordering::Relaxed);
            if is_full { Poll::Pending } else { socket.poll_accept(context).map(Some) }
        })
        .await
    }

    fn io<T: AsyncRead + AsyncWrite + Unpin>(&self, stream: T) -> TokioIo<Stalling<T>> {
        TokioIo::new(Stalling::new(stream, self.limits.stall_time))
    }

    fn http(&self) -> http1::Builder {
        let mut http = http1::Builder::new();
        // Without a timer the time for the head is not kept.
        http.timer(TokioTimer::new());
        http.header_read_timeout(self.limits.head_time).max_buf_size(self.limits.head_bytes);
        http
    }

    /// The service as hyper wants it.
    fn hyper<S, B>(
        &self,
        service: S,
        peer: SocketAddr,
    ) -> impl hyper::service::Service<
        Request<hyper::body::Incoming>,
        Response = Response<front::Answer<B>>,
        Error = Infallible,
        Future: Send,
    > + use<S, B>
    where
        S: Service<Request<RequestBody>, Response = Response<B>> + Clone + Send + 'static,
        S::Error: Into<BoxError> + Send,
        S::Future: Send + 'static,
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let front = Front {
            service: self.sources.layer(service),
            readiness: self.readiness.clone(),
            request_time: self.limits.request_time,
            is_full: Arc::clone(&self.is_full),
        };
        service_fn(move |mut request: Request<hyper::body::Incoming>| {
            request.extensions_mut().insert(Peer(peer));
            let front = front.clone();
            async move { Ok(front.answer(request).await) }
        })
    }
}

/// Callers that break off or break rules are no news to anybody but those who look for them.
fn tell(ended: hyper::Result<()>) {
    if let Err(error) = ended {
        tracing::debug!(error = %error, "ipn connection ended");
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("limits", &self.limits).finish_non_exhaustive()
    }
}
