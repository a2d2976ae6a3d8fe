//! One attempt: send, collect the answer, and say on failure whether the request was taken.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use pin_project_lite::pin_project;
use tokio::task::coop::{Unconstrained, unconstrained};
use tokio::time::{Sleep, sleep};
use tower_layer::Layer;
use tower_service::Service;

use super::Outgoing;
use super::exchange::Exchange;
use crate::error::BoxError;
use crate::message::{Budget, Call, Failure, Incoming, TimedOut};
use crate::transport::classify;

/// Makes one attempt over any service of HTTP requests.
///
/// The request is sent as a [`RequestBody`], which records whether the service took it. The whole answer
/// is collected, up to 1 MiB.
#[derive(Clone, Copy, Debug)]
pub struct SendLayer {
    budget: Duration,
}

impl SendLayer {
    /// An attempt may take this long, its answer's body included.
    pub fn new(budget: Duration) -> Self {
        Self { budget }
    }
}

impl<S> Layer<S> for SendLayer {
    type Service = Send<S>;

    fn layer(&self, inner: S) -> Send<S> {
        Send { inner, budget: self.budget }
    }
}

/// The service of [`SendLayer`].
#[derive(Clone, Debug)]
pub struct Send<S> {
    inner: S,
    budget: Duration,
}

impl<S, B, R> Service<R> for Send<S>
where
    S: Service<http::Request<RequestBody>, Response = http::Response<B>> + Clone,
    S: core::marker::Send + 'static,
    S::Future: core::marker::Send + 'static,
    S::Error: Into<BoxError>,
    B: http_body::Body + core::marker::Send + 'static,
    B::Data: core::marker::Send,
    B::Error: Into<BoxError>,
    R: Outgoing,
{
    type Response = Incoming;
    type Error = Failure;
    type Future = Attempt<S::Future, B>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        self.inner.poll_ready(cx).map_err(|error| {
            let source = error.into();
            Failure::new(false, classify(&*source), source)
        })
    }

    fn call(&mut self, request: R) -> Self::Future {
        let (call, request) = request.into_http();
        if let Some(call) = &call {
            call.note_attempt();
        }
        let is_timed = call.as_ref().is_some_and(|call| call.is_timed);
        let budget = (!is_timed).then_some(self.budget);
        let held = Held { custody: Arc::default(), call };
        let request = request.map(|bytes| RequestBody::new(bytes, &held.custody));
        let sending = self.inner.call(request);
        Attempt { exchange: Exchange::Sending { sending }, held, budget, alarm: None }
    }
}

pin_project! {
    /// The future of [`Send`].
    pub struct Attempt<F, B> {
        #[pin]
        exchange: Exchange<F, B>,
        held: Held,
        // None when the deadline's stage watches the time.
        budget: Option<Duration>,
        alarm: Option<Pin<Box<Unconstrained<Sleep>>>>,
    }
}

impl<F, B, E> Future for Attempt<F, B>
where
    F: Future<Output = Result<http::Response<B>, E>>,
    E: Into<BoxError>,
    B: http_body::Body,
    B::Error: Into<BoxError>,
{
    type Output = Result<Incoming, Failure>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let (source, partial) = match this.exchange.as_mut().poll_answer(cx) {
            Poll::Ready(Ok(answer)) => {
                this.exchange.set(Exchange::Over);
                // Now, and not when this is dropped: an attempt that follows must find it noted.
                this.held.was_sent();
                return Poll::Ready(Ok(answer));
            }
            Poll::Ready(Err(broken)) => broken,
            Poll::Pending => {
                let is_over = match *this.budget {
                    Some(budget) => {
                        let alarm = this.alarm.get_or_insert_with(|| Box::pin(unconstrained(sleep(budget))));
                        alarm.as_mut().poll(cx).is_ready()
                    }
                    None => this.held.call.as_ref().is_some_and(Call::attempt_is_over),
                };
                if !is_over {
                    return Poll::Pending;
                }
                (TimedOut(Budget::Attempt).into(), None)
            }
        };
        this.exchange.set(Exchange::Over);
        let cause = classify(&*source);
        Poll::Ready(Err(Failure {
            sent: this.held.was_sent(),
            cause,
            source,
            partial: partial.map(Box::new),
        }))
    }
}

/// The body of a request, which is either sent or given up, never both.
///
/// Every parameter is in the body, so a request whose body no connection took cannot have been acted on.
/// Taking it and giving it up exclude one another for good: a client that has said *not sent* has closed
/// the body, and a connection that asks for it afterwards gets an error instead.
pub struct RequestBody {
    bytes: Option<Bytes>,
    custody: Arc<Custody>,
}

impl RequestBody {
    fn new(bytes: Bytes, custody: &Arc<Custody>) -> Self {
        // An empty body is asked for by no connection: that it was not taken would say nothing.
        let is_taken = bytes.is_empty() && custody.take();
        Self { bytes: (!is_taken).then_some(bytes), custody: custody.clone() }
    }
}

/// Without the bytes, which may hold a customer's payment code.
impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestBody")
            .field("length", &self.bytes.as_ref().map(Bytes::len))
            .finish_non_exhaustive()
    }
}

/// The client gave the request up before its body was taken.
#[derive(Clone, Copy, Debug)]
pub struct GivenUp(());

impl fmt::Display for GivenUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request was given up before it was sent")
    }
}

impl std::error::Error for GivenUp {}

impl http_body::Body for RequestBody {
    type Data = Bytes;
    type Error = GivenUp;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, GivenUp>>> {
        let Some(bytes) = self.bytes.take() else { return Poll::Ready(None) };
        Poll::Ready(Some(if self.custody.take() { Ok(Frame::data(bytes)) } else { Err(GivenUp(())) }))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}

/// Who has the body. It changes once, to one of the two.
#[derive(Debug, Default)]
struct Custody(AtomicU8);

const WAITING: u8 = 0;
const TAKEN: u8 = 1;
const GIVEN_UP: u8 = 2;

impl Custody {
    /// `true` when the connection may have it.
    fn take(&self) -> bool {
        self.0.compare_exchange(WAITING, TAKEN, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }

    /// `true` when no connection has it, nor ever will.
    fn give_up(&self) -> bool {
        match self.0.compare_exchange(WAITING, GIVEN_UP, Ordering::SeqCst, Ordering::SeqCst) {
            Ok(_) | Err(GIVEN_UP) => true,
            Err(_) => false,
        }
    }
}

/// One attempt's hold on its request. When it ends, in whatever way, the request is given up, or else
/// noted as sent.
struct Held {
    custody: Arc<Custody>,
    call: Option<Call>,
}

impl Held {
    /// Whether a connection has the request; if not, none will.
    fn was_sent(&self) -> bool {
        let sent = !self.custody.give_up();
        if let Some(call) = self.call.as_ref().filter(|_| sent) {
            call.note_sent();
        }
        sent
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.was_sent();
    }
}
