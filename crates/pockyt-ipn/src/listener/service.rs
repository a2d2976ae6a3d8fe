//! The listener as an HTTP service.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, Request, Response};
use http_body::Body;
use http_body_util::{BodyExt, Full};
use pockyt_store::{Inbox, StoreErrorKind};
use tokio::time::timeout;
use tower_service::Service;

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

    async fn serve<B: Body<Data = Bytes>>(self, request: Request<B>) -> Response<Full<Bytes>> {
        let segment = request.uri().path().rsplit('/').next().filter(|segment| has_form_of_a_tag(segment));
        let tag = segment.map(str::to_owned);
        self.serve_sealed(request, tag.as_deref()).await
    }

    /// Answers a request whose address has this tag.
    pub(crate) async fn serve_sealed<B: Body<Data = Bytes>>(
        self,
        request: Request<B>,
        tag: Option<&str>,
    ) -> Response<Full<Bytes>> {
        let limits = &self.shared.limits;
        let message = match Message::read(request, limits).await {
            Ok(message) => message,
            Err(refusal) => return response(self.reply(Verdict::Refused(refusal))),
        };
        let accepted = self.accept_sealed(message.content_type(), &message.body, tag);
        response(match timeout(limits.store_time, accepted).await {
            Ok(reply) => reply,
            // It may be kept after all; then the resend is a duplicate.
            Err(_) => self.reply(Verdict::StoreFailed(StoreErrorKind::Unavailable)),
        })
    }
}

/// What a request says, read within the limits.
pub(crate) struct Message {
    content_type: Option<HeaderValue>,
    pub(crate) body: Vec<u8>,
}

impl Message {
    pub(crate) async fn read<B: Body<Data = Bytes>>(
        request: Request<B>,
        limits: &Limits,
    ) -> Result<Self, Refusal> {
        let (head, body) = request.into_parts();
        if head.method != Method::POST {
            return Err(Refusal::MethodNotAllowed);
        }
        let body = match timeout(limits.body_time, collect(body, limits)).await {
            Ok(body) => body?,
            Err(_) => return Err(Refusal::TooSlow),
        };
        Ok(Self { content_type: content_type(&head.headers)?.cloned(), body })
    }

    /// One that is not text says nothing, as if there was none.
    pub(crate) fn content_type(&self) -> Option<&str> {
        self.content_type.as_ref().and_then(|value| value.to_str().ok())
    }
}

/// The one Content-Type.
fn content_type(headers: &HeaderMap) -> Result<Option<&HeaderValue>, Refusal> {
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    match (values.next(), values.next()) {
        (_, Some(_)) => Err(Refusal::UnsupportedType),
        (value, None) => Ok(value),
    }
}

async fn collect<B: Body<Data = Bytes>>(body: B, limits: &Limits) -> Result<Vec<u8>, Refusal> {
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > limits.body_bytes {
        return Err(Refusal::TooLarge);
    }
    let mut body = pin!(body);
    let mut collected = Vec::with_capacity(announced);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Refusal::BodyBroken)?.into_data() else { continue };
        if collected.len() + data.len() > limits.body_bytes {
            return Err(Refusal::TooLarge);
        }
        collected.extend_from_slice(&data);
    }
    Ok(collected)
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
        let listener = self.listener.clone();
        ReplyFuture::new(listener.serve(request))
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

type Answer = Result<Response<Full<Bytes>>, Infallible>;

/// The future of a [`ListenerService`] or an [`IpnRouterService`](crate::IpnRouterService).
#[must_use = "futures do nothing unless polled"]
pub struct ReplyFuture {
    inner: Pin<Box<dyn Future<Output = Answer> + Send>>,
}

impl ReplyFuture {
    pub(crate) fn new(answer: impl Future<Output = Response<Full<Bytes>>> + Send + 'static) -> Self {
        Self { inner: Box::pin(async { Ok(answer.await) }) }
    }
}

impl Future for ReplyFuture {
    type Output = Answer;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.inner.as_mut().poll(context)
    }
}

impl fmt::Debug for ReplyFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReplyFuture").finish_non_exhaustive()
    }
}
