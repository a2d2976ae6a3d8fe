//! An HTTP/2 connection, which runs in a task of its own and carries all calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt as _;
use http::{Request, Response};
use hyper::client::conn::http2::{Builder, SendRequest};
use hyper::rt::Executor as _;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::Instant;

use super::Io;
use super::http1::{AnswerBody, Broken};
use crate::layers::RequestBody;

const MOST_HEADER_BYTES: u32 = 64 * 1024;
/// A connection that has become silent is given up after twice this, so that not every call to come is lost on it.
const PING: Duration = Duration::from_secs(5);

/// A hold on the connection, which is closed when nobody has one and nothing is under way.
#[derive(Clone)]
pub(super) struct Shared {
    sender: SendRequest<RequestBody>,
    idle_since: Instant,
    is_reused: bool,
    doubted: Doubted,
    _open: Arc<()>,
}

impl Shared {
    pub(super) async fn over(io: Io, open: Arc<()>) -> Result<Self, hyper::Error> {
        let mut builder = Builder::new(TokioExecutor::new());
        builder
            .timer(TokioTimer::new())
            .max_header_list_size(MOST_HEADER_BYTES)
            .keep_alive_interval(PING)
            .keep_alive_timeout(PING)
            .keep_alive_while_idle(true);
        let (sender, connection) = builder.handshake(io).await?;
        TokioExecutor::new().execute(connection.map(drop));
        let doubted = Doubted::default();
        Ok(Self { sender, idle_since: Instant::now(), is_reused: false, doubted, _open: open })
    }

    /// For one more call, unless the connection is closed or doubted.
    pub(super) fn in_use(&mut self) -> Option<Self> {
        if self.sender.is_closed() || self.doubted.is_so() {
            return None;
        }
        self.idle_since = Instant::now();
        Some(Self { is_reused: true, ..self.clone() })
    }

    /// Whether both are for calls on one connection.
    pub(super) fn is_same_as(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.doubted.0, &other.doubted.0)
    }

    /// How long it has been since a call began on it.
    pub(super) fn idle_for(&self) -> Duration {
        self.idle_since.elapsed()
    }

    pub(super) async fn exchange(
        &mut self,
        request: Request<RequestBody>,
    ) -> Result<Response<AnswerBody>, Broken> {
        let was_idle = self.is_reused;
        let under_way = UnderWay { doubted: &self.doubted, is_over: false };
        let answer = self.sender.try_send_request(request).await;
        under_way.end();
        answer.map(|answer| answer.map(AnswerBody::of_shared)).map_err(|mut failed| Broken {
            unsent: failed.take_message(),
            error: failed.into_error(),
            was_idle,
        })
    }
}

/// Whether a call on the connection was given up before its answer came: by its caller, or because its time was
/// over. Then the calls to come go over a new one, as over HTTP/1.1. A connection can answer its pings for ever and
/// carry nothing any more, for example when the server never lets it send more bytes.
#[derive(Clone, Default)]
struct Doubted(Arc<AtomicBool>);

impl Doubted {
    fn is_so(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A call on the connection.
struct UnderWay<'a> {
    doubted: &'a Doubted,
    is_over: bool,
}

impl UnderWay<'_> {
    fn end(mut self) {
        self.is_over = true;
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            self.doubted.0.store(true, Ordering::Relaxed);
        }
    }
}
