//! A hyper server on a thread of its own, with one answer for everything.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::Error;

/// A request as the server saw it.
pub type Seen = http::Request<Bytes>;

/// A server that runs until it is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    counts: Arc<Counts>,
    last: Option<Arc<Mutex<Option<Seen>>>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Counts {
    connections: AtomicU64,
    answers: AtomicU64,
}

impl Server {
    /// Starts it on a free port of the loopback address.
    ///
    /// # Errors
    ///
    /// The system gives no port or no thread.
    pub fn answering(answer: &'static str) -> Result<Self, Error> {
        Self::start(answer, None)
    }

    /// The same, and it keeps the newest request.
    ///
    /// # Errors
    ///
    /// The system gives no port or no thread.
    pub fn recording(answer: &'static str) -> Result<Self, Error> {
        Self::start(answer, Some(Arc::default()))
    }

    fn start(answer: &'static str, last: Option<Arc<Mutex<Option<Seen>>>>) -> Result<Self, Error> {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let counts = Arc::<Counts>::default();
        let work = Work {
            answer: Bytes::from_static(answer.as_bytes()),
            counts: counts.clone(),
            last: last.clone(),
        };
        let thread = std::thread::Builder::new().name("server".into()).spawn(move || {
            runtime.block_on(async {
                let accepting = tokio::spawn(work.accept(listener));
                let _ = stopped.await;
                accepting.abort();
            });
        })?;
        Ok(Self { address, counts, last, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens, as a base URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many connections it has accepted.
    pub fn connections(&self) -> u64 {
        self.counts.connections.load(Ordering::Relaxed)
    }

    /// How many requests it has answered.
    pub fn answers(&self) -> u64 {
        self.counts.answers.load(Ordering::Relaxed)
    }

    /// The newest request, if it keeps them.
    pub fn seen(&self) -> Option<Seen> {
        self.last.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[derive(Clone)]
struct Work {
    answer: Bytes,
    counts: Arc<Counts>,
    last: Option<Arc<Mutex<Option<Seen>>>>,
}

impl Work {
    async fn accept(self, listener: std::net::TcpListener) {
        let Ok(listener) = TcpListener::from_std(listener) else { return };
        while let Ok((stream, _)) = listener.accept().await {
            self.counts.connections.fetch_add(1, Ordering::Relaxed);
            let _ = stream.set_nodelay(true);
            let work = self.clone();
            let service = service_fn(move |request| work.clone().answer(request));
            let http = hyper::server::conn::http1::Builder::new();
            tokio::spawn(http.serve_connection(TokioIo::new(stream), service));
        }
    }

    async fn answer(
        self,
        request: http::Request<Incoming>,
    ) -> Result<http::Response<Full<Bytes>>, Infallible> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        if let Some(last) = &self.last {
            *last.lock().unwrap_or_else(PoisonError::into_inner) =
                Some(http::Request::from_parts(head, body));
        }
        self.counts.answers.fetch_add(1, Ordering::Relaxed);
        let mut response = http::Response::new(Full::new(self.answer));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Ok(response)
    }
}
