//! The mock as a tower service, with or without a socket in front.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, HttpBody};
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use tower_service::Service;

/// The mock as a transport: a request in, an answer out, or [`ReplyLost`] where over a socket the
/// connection would have been closed without an answer.
///
/// Cheap to clone. Deliveries of notifications stop when the [`crate::MockPockyt`] it came from is
/// dropped.
#[derive(Clone)]
pub struct Transport(Router);

impl Transport {
    pub(crate) fn new(router: Router) -> Self {
        Self(router)
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Transport")
    }
}

impl<B> Service<Request<B>> for Transport
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    type Response = Response<Body>;
    type Error = ReplyLost;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, ReplyLost>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ReplyLost>> {
        // A router is always ready.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let answering = self.0.call(request);
        Box::pin(async move {
            let answered: Result<_, Infallible> = answering.await;
            let Ok(response) = answered;
            if response.extensions().get::<ReplyLost>().is_some() { Err(ReplyLost) } else { Ok(response) }
        })
    }
}

/// The request was carried out and its answer got lost.
///
/// As an extension of a response of the bare router (status 502, empty body) it marks the answer that
/// a socket would not have sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the connection was closed before an answer came")]
pub struct ReplyLost;

impl ReplyLost {
    pub(crate) fn mark() -> Response<Body> {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::BAD_GATEWAY;
        response.extensions_mut().insert(Self);
        response
    }
}
