//! The listener as an HTTP service.

use std::convert::Infallible;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, Request, Response};
use http_body::Body;
use http_body_util::{BodyExt, Full};
use pockyt_store::{Inbox, StoreErrorKind};
use tokio::time::timeout;
use tower_service::Service;

use crate::judge::check_type;
use crate::seal::has_form_of_a_tag;
use crate::{Limits, Listener, Refusal, Reply, Verdict};

impl<I: Inbox + 'static> Listener<I> {
    /// The listener as a service, to be mounted at the path of the ipnUrl: with axum's
    /// `Router::route_service`, or under bare hyper. The path itself is not looked at, but for a seal: that is
    /// the last segment, when it has the form of one. [`IpnRouter`](crate::IpnRouter) serves several listeners,
    /// each at a path of its own.
    ///
    /// The server's own limits belong in front of it: a time-out for request heads (5 s is plenty) and
    /// a cap on connections. Its futures need tokio's timers.
    pub fn service(&self) -> ListenerService<I> {
        ListenerService { listener: self.clone() }
    }

    /// Answers a request whose address has this tag.
    pub(crate) fn serve_sealed<B: Body<Data = Bytes>>(
        self,
        request: Request<B>,
        tag: Option<&str>,
    ) -> impl Future<Output = Response<Full<Bytes>>> {
        self.answer(Opened::of(request), tag.map(str::to_owned))
    }

    async fn answer<B: Body<Data = Bytes>>(
        self,
        opened: Result<Opened<B>, Refusal>,
        tag: Option<String>,
    ) -> Response<Full<Bytes>> {
        let limits = &self.shared.limits;
        let body = match opened {
            Ok(opened) => opened.read(limits).await,
            Err(refusal) => Err(refusal),
        };
        let body = match body {
            Ok(body) => body,
            Err(refusal) => return response(self.reply(Verdict::Refused(refusal))),
        };
        let heard = pin!(self.hear(&body, tag.as_deref()));
        response(match within(limits.store_time, heard).await {
            Some(reply) => reply,
            // It may be kept after all; then the resend is a duplicate.
            None => self.reply(Verdict::StoreFailed(StoreErrorKind::Unavailable)),
        })
    }
}

/// A request of which the body is still to be read. The rest of its head is not kept meanwhile.
pub(crate) struct Opened<B> {
    /// What its type says of the body, which matters once the body is there.
    typed: Result<(), Refusal>,
    body: B,
}

impl<B> Opened<B> {
    pub(crate) fn of(request: Request<B>) -> Result<Self, Refusal> {
        if request.method() != Method::POST {
            return Err(Refusal::MethodNotAllowed);
        }
        let typed = content_type(request.headers()).and_then(check_type);
        Ok(Self { typed, body: request.into_body() })
    }
}

impl<B: Body<Data = Bytes>> Opened<B> {
    /// The body, read within the limits.
    pub(crate) async fn read(self, limits: &Limits) -> Result<Bytes, Refusal> {
        let body = within(limits.body_time, pin!(collect(self.body, limits))).await;
        let body = body.ok_or(Refusal::TooSlow)??;
        self.typed.map(|()| body)
    }
}

/// The last segment of a path, when it has the form of a tag.
fn tag_in(path: &str) -> Option<&str> {
    path.rsplit('/').next().filter(|segment| has_form_of_a_tag(segment))
}

/// The one Content-Type. One that is not text says nothing, as if there was none.
fn content_type(headers: &HeaderMap) -> Result<Option<&str>, Refusal> {
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    match (values.next(), values.next()) {
        (_, Some(_)) => Err(Refusal::UnsupportedType),
        (value, None) => Ok(value.and_then(|value| value.to_str().ok())),
    }
}

/// What a future results in, unless it takes longer. What is ready at once, as a body that came with its
/// head is, costs no timer.
async fn within<F: Future>(limit: Duration, mut future: Pin<&mut F>) -> Option<F::Output> {
    let at_once = poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => Poll::Ready(None),
    });
    match at_once.await {
        Some(output) => Some(output),
        // It is polled again at once there, with the same waker. It is rare, so the timer gets a place of its own.
        None => Box::pin(timeout(limit, future)).await.ok(),
    }
}

/// The whole body. One that comes in one piece, as nearly all do, is not copied.
async fn collect<B: Body<Data = Bytes>>(body: B, limits: &Limits) -> Result<Bytes, Refusal> {
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > limits.body_bytes {
        return Err(Refusal::TooLarge);
    }
    let mut body = pin!(body);
    let mut first = Bytes::new();
    let mut joined = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Refusal::BodyBroken)?.into_data() else { continue };
        if first.len().max(joined.len()) + data.len() > limits.body_bytes {
            return Err(Refusal::TooLarge);
        }
        if first.is_empty() {
            first = data;
            continue;
        }
        if joined.is_empty() {
            joined.reserve(announced.max(first.len() + data.len()));
            joined.extend_from_slice(&first);
        }
        joined.extend_from_slice(&data);
    }
    Ok(if joined.is_empty() { first } else { joined.into() })
}

pub(crate) fn response(reply: Reply) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(reply.body.as_bytes())));
    *response.status_mut() = reply.status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    if reply.verdict == Verdict::Refused(Refusal::MethodNotAllowed) {
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
    }
    response
}

/// A [`Listener`] as a [`Service`] of HTTP requests; see [`Listener::service`].
///
/// Always ready, never fails, and cheap to clone.
pub struct ListenerService<I> {
    listener: Listener<I>,
}

impl<I, B> Service<Request<B>> for ListenerService<I>
where
    I: Inbox + 'static,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Send,
{
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = ReplyFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> ReplyFuture {
        let tag = tag_in(request.uri().path()).map(str::to_owned);
        ReplyFuture::new(self.listener.clone().answer(Opened::of(request), tag))
    }
}

impl<I> Clone for ListenerService<I> {
    fn clone(&self) -> Self {
        Self { listener: self.listener.clone() }
    }
}

impl<I> fmt::Debug for ListenerService<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ListenerService").field(&self.listener).finish()
    }
}

/// The future of a [`ListenerService`] or an [`IpnRouterService`](crate::IpnRouterService).
#[must_use = "futures do nothing unless polled"]
pub struct ReplyFuture {
    inner: Pin<Box<dyn Future<Output = Response<Full<Bytes>>> + Send>>,
}

impl ReplyFuture {
    pub(crate) fn new(answer: impl Future<Output = Response<Full<Bytes>>> + Send + 'static) -> Self {
        Self { inner: Box::pin(answer) }
    }
}

impl Future for ReplyFuture {
    type Output = Result<Response<Full<Bytes>>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.inner.as_mut().poll(context).map(Ok)
    }
}

impl fmt::Debug for ReplyFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReplyFuture").finish_non_exhaustive()
    }
}
