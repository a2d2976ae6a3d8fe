//! An HTTP/1.1 connection, which is run by the call that has it.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker, ready};

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use hyper::client::conn::TrySendError;
use hyper::client::conn::http1::{Builder, Connection, SendRequest};
use pin_project_lite::pin_project;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::coop::unconstrained;
use tokio::time::Instant;

use super::Io;
use super::pool::Origin;
use super::watched::Watched;
use crate::layers::RequestBody;

/// More than the headers of any answer of this API need.
const MOST_HEADERS: usize = 100;
const MOST_HEADER_BYTES: usize = 64 * 1024;

/// One connection.
pub(super) struct Line {
    sender: SendRequest<RequestBody>,
    /// None when it is over.
    connection: Option<Connection<Watched, RequestBody>>,
    is_behind: Arc<AtomicBool>,
    is_reused: bool,
    idle_since: Instant,
    /// Whether all calls of its runtime share one thread.
    is_on_one_thread: bool,
    _open: Arc<()>,
}

impl Line {
    pub(super) async fn over(io: Io, open: Arc<()>) -> Result<Box<Self>, hyper::Error> {
        let mut builder = Builder::new();
        // Requests are small: writing head and body as one piece takes less than telling the system of two.
        builder.max_headers(MOST_HEADERS).max_buf_size(MOST_HEADER_BYTES).writev(false);
        let (io, is_behind) = Watched::new(io);
        let (sender, connection) = builder.handshake(io).await?;
        Ok(Box::new(Self {
            sender,
            connection: Some(connection),
            is_behind,
            is_reused: false,
            idle_since: Instant::now(),
            is_on_one_thread: Handle::try_current()
                .is_ok_and(|runtime| runtime.runtime_flavor() == RuntimeFlavor::CurrentThread),
            _open: open,
        }))
    }

    /// Reads and writes what can be; ready when the connection is over. What went wrong with it is told to the
    /// request that is on it.
    fn run(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(connection) = &mut self.connection {
            let _ = ready!(Pin::new(connection).poll(cx));
            // Dropped at once: a request that it has not taken hears of it only so.
            self.connection = None;
        }
        Poll::Ready(())
    }

    /// Whether the exchange on it has come to its end, and another can follow. For most it has by the time that
    /// the body was read; others get one chance more.
    ///
    /// hyper takes the next request also while it still writes the one that was answered early, which a server
    /// that has answered may never read.
    fn is_free(&mut self) -> bool {
        let is_ready =
            self.sender.is_ready() || (look(|cx| self.run(cx)).is_pending() && self.sender.is_ready());
        is_ready && !self.is_behind.load(Ordering::Relaxed)
    }

    /// Makes a request. Whoever polls the answer, and then its body, runs the connection.
    pub(super) fn exchange(
        mut self: Box<Self>,
        request: Request<RequestBody>,
        origin: Arc<Origin>,
    ) -> impl Future<Output = Result<Response<AnswerBody>, Broken>> + Send + use<> {
        let was_idle = std::mem::replace(&mut self.is_reused, true);
        let sending = self.sender.try_send_request(request);
        let lent = Some(Lent { line: Some(self), origin, is_answered: false });
        Exchange { sending, lent, was_idle, is_begun: false }
    }

    pub(super) fn begin_to_rest(&mut self) {
        self.idle_since = Instant::now();
    }

    /// Since it was made or a call gave it back.
    pub(super) fn idle_since(&self) -> Instant {
        self.idle_since
    }

    pub(super) fn is_on_one_thread(&self) -> bool {
        self.is_on_one_thread
    }
}

/// Polls without asking to be woken. That is right for what only [`Line::run`] can move on, when the task is
/// woken for that, and for what is polled again before anybody waits. Nothing here may be put off in favour of
/// other tasks, since nobody would come back to it.
fn look<T>(poll: impl FnMut(&mut Context<'_>) -> Poll<T>) -> Poll<T> {
    pin!(unconstrained(poll_fn(poll))).poll(&mut Context::from_waker(Waker::noop()))
}

/// Why there is no answer.
pub(super) struct Broken {
    pub(super) error: hyper::Error,
    /// The request, when nothing of it was written.
    pub(super) unsent: Option<Request<RequestBody>>,
    /// Whether there was a request on the connection before.
    pub(super) was_idle: bool,
}

pin_project! {
    /// A request under way, until the head of its answer is there.
    struct Exchange<F> {
        // Before the connection, which is then closed when this is dropped in the midst.
        #[pin]
        sending: F,
        lent: Option<Lent>,
        was_idle: bool,
        is_begun: bool,
    }
}

impl<F> Future for Exchange<F>
where
    F: Future<Output = Result<Response<Incoming>, TrySendError<Request<RequestBody>>>>,
{
    type Output = Result<Response<AnswerBody>, Broken>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let Some(lent) = this.lent else { return Poll::Pending };
        let answer = |cx: &mut Context<'_>| this.sending.as_mut().poll(cx);
        // Before it is written there is no answer to look for.
        let answer = if std::mem::replace(this.is_begun, true) {
            lent.run_for(cx, answer)
        } else {
            lent.wait_for(cx, answer)
        };
        Poll::Ready(match ready!(answer) {
            Ok(answer) => {
                let lent = this.lent.take().map(Lent::answered);
                Ok(answer.map(|incoming| AnswerBody { incoming, lent }))
            }
            Err(mut failed) => Err(Broken {
                unsent: failed.take_message(),
                error: failed.into_error(),
                was_idle: *this.was_idle,
            }),
        })
    }
}

/// A connection in use. When the use ends it goes back to those that are idle, or is closed.
struct Lent {
    line: Option<Box<Line>>,
    origin: Arc<Origin>,
    is_answered: bool,
}

impl Lent {
    fn answered(mut self) -> Self {
        self.is_answered = true;
        self
    }

    /// Runs the connection for what is to come over it, which mostly is there. Then nobody need be woken: a
    /// connection that knows whom to wake does so also when it is handed its next request, and would have that
    /// call polled once more for nothing.
    fn run_for<T>(
        &mut self,
        cx: &mut Context<'_>,
        mut poll: impl FnMut(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        // Not by `look`: a server may send without end, and a task then has to stop. The other run sees to it that
        // somebody comes back.
        let _ = self.run(&mut Context::from_waker(Waker::noop()));
        match look(&mut poll) {
            Poll::Pending => self.wait_for(cx, poll),
            Poll::Ready(came) => Poll::Ready(came),
        }
    }

    /// The same for what is not expected yet.
    fn wait_for<T>(
        &mut self,
        cx: &mut Context<'_>,
        mut poll: impl FnMut(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        // Reading comes before writing: by that it is seen in time that the server has closed the connection.
        let is_over = self.run(cx).is_ready();
        match look(&mut poll) {
            Poll::Pending if is_over => poll(cx),
            polled => polled,
        }
    }

    fn run(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.line.as_mut().map_or(Poll::Ready(()), |line| line.run(cx))
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        // One on which an answer is due is closed as it is: running it could still write the request, which
        // whoever dropped it does not want sent.
        let is_answered = self.is_answered;
        if let Some(line) = self.line.take_if(|line| is_answered && line.is_free()) {
            self.origin.keep(line);
        }
    }
}

/// The body of an answer.
pub(crate) struct AnswerBody {
    // Before the connection, which then finds that nobody waits for more.
    incoming: Incoming,
    /// None where the connection runs by itself.
    lent: Option<Lent>,
}

impl AnswerBody {
    #[cfg(feature = "http2")]
    pub(super) fn of_shared(incoming: Incoming) -> Self {
        Self { incoming, lent: None }
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let Self { incoming, lent } = &mut *self;
        let mut incoming = Pin::new(incoming);
        let Some(lent) = lent else { return incoming.poll_frame(cx) };
        if let Poll::Ready(frame) = look(|cx| incoming.as_mut().poll_frame(cx)) {
            return Poll::Ready(frame);
        }
        lent.run_for(cx, |cx| incoming.as_mut().poll_frame(cx))
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}
