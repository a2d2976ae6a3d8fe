//! One attempt: send, collect the answer, and say on failure whether the request was taken.

use std::fmt;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt as _;
use tower_layer::Layer;
use tower_service::Service;

use crate::error::BoxError;
use crate::message::{Budget, Call, Failure, Incoming, TimedOut};
use crate::transport::classify;

/// More than any answer of this API needs.
const ANSWER_LIMIT: usize = 1024 * 1024;
/// What is kept of an answer that was cut off.
const KEPT: usize = 64 * 1024;

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

impl<S, B> Service<http::Request<Bytes>> for Send<S>
where
    S: Service<http::Request<RequestBody>, Response = http::Response<B>> + Clone,
    S: core::marker::Send + 'static,
    S::Future: core::marker::Send + 'static,
    S::Error: Into<BoxError>,
    B: http_body::Body + core::marker::Send + 'static,
    B::Data: core::marker::Send,
    B::Error: Into<BoxError>,
{
    type Response = Incoming;
    type Error = Failure;
    type Future = BoxFuture<'static, Result<Incoming, Failure>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        self.inner.poll_ready(cx).map_err(|error| {
            let source = error.into();
            Failure::new(false, classify(&*source), source)
        })
    }

    fn call(&mut self, mut request: http::Request<Bytes>) -> Self::Future {
        let call = request.extensions_mut().remove::<Call>();
        if let Some(call) = &call {
            call.note_attempt();
        }
        let attempted = Attempted { custody: Arc::default(), call };
        let custody = attempted.custody.clone();
        let request = request.map(|bytes| RequestBody { bytes: Some(bytes), custody });
        let sending = self.inner.call(request);
        let budget = self.budget;
        async move {
            let mut partial = None;
            let outcome = tokio::time::timeout(budget, exchange(sending, &mut partial)).await;
            let source = match outcome {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(source)) => source,
                Err(_) => TimedOut(Budget::Attempt).into(),
            };
            let cause = classify(&*source);
            Err(Failure { sent: attempted.was_sent(), cause, source, partial: partial.map(Box::new) })
        }
        .boxed()
    }
}

/// Collects an answer; what has come of one that breaks off is left in `partial`.
async fn exchange<B, E>(
    sending: impl Future<Output = Result<http::Response<B>, E>>,
    partial: &mut Option<Incoming>,
) -> Result<Incoming, BoxError>
where
    B: http_body::Body,
    E: Into<BoxError>,
    B::Error: Into<BoxError>,
{
    let (head, body) = sending.await.map_err(Into::into)?.into_parts();
    let mut body = pin!(body);
    let mut collected = BytesMut::new();
    let broken_off = loop {
        let data = match body.frame().await {
            None => return Ok(http::Response::from_parts(head, collected.freeze())),
            Some(Err(error)) => break error.into(),
            Some(Ok(frame)) => match frame.into_data() {
                Ok(data) => data,
                Err(_) => continue, // trailers
            },
        };
        if collected.len() + bytes::Buf::remaining(&data) > ANSWER_LIMIT {
            break TooLarge.into();
        }
        bytes::BufMut::put(&mut collected, data);
    };
    collected.truncate(KEPT);
    *partial = Some(http::Response::from_parts(head, collected.freeze()));
    Err(broken_off)
}

/// The answer's body is above 1 MiB.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TooLarge;

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the answer's body exceeds the limit of 1 MiB")
    }
}

impl std::error::Error for TooLarge {}

/// The body of a request, which is either sent or given up, never both.
///
/// Every parameter is in the body, so a request whose body no connection took cannot have been acted on.
/// Taking it and giving it up exclude one another for good: a client that has said *not sent* has closed
/// the body, and a connection that asks for it afterwards gets an error instead.
pub struct RequestBody {
    bytes: Option<Bytes>,
    custody: Arc<Custody>,
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
struct Attempted {
    custody: Arc<Custody>,
    call: Option<Call>,
}

impl Attempted {
    /// Whether a connection has the request; if not, none will.
    fn was_sent(&self) -> bool {
        let sent = !self.custody.give_up();
        if let Some(call) = self.call.as_ref().filter(|_| sent) {
            call.note_sent();
        }
        sent
    }
}

impl Drop for Attempted {
    fn drop(&mut self) {
        self.was_sent();
    }
}
