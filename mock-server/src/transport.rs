//! The mock as a tower service, without a socket in front.

use std::error::Error;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, HttpBody};
use bytes::Bytes;
use http::{Request, Response};
use pockyt_sim::Connection;
use tower_service::Service;

use crate::ending::{Broken, Ending};
use crate::world::World;

/// The mock as a transport: a request in, an answer out, or [`TransportError`] where over a socket the
/// connection would have broken.
///
/// Each call counts as a connection of its own: a fault of connections hits calls. A connection that is
/// silent is a call that never ends. An answer whose body breaks off is a body that ends in an error; an
/// answer after which the connection would be closed is an ordinary one. A delay ends when the mock's time
/// comes to it.
///
/// Cheap to clone. Deliveries of notifications stop when the [`crate::MockPockyt`] it came from is
/// dropped.
#[derive(Clone)]
pub struct Transport {
    router: Router,
    world: Arc<World>,
}

impl Transport {
    pub(crate) fn new(router: Router, world: Arc<World>) -> Self {
        Self { router, world }
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
    type Error = TransportError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, TransportError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        // A router is always ready.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let Self { mut router, world } = self.clone();
        let request = request.map(Body::new);
        Box::pin(async move {
            match world.connect() {
                Connection::Refused => return Err(Broken::Refused.into()),
                Connection::Reset => return Err(Broken::Reset.into()),
                Connection::Closed => return Err(Broken::Closed.into()),
                Connection::Silent => std::future::pending().await,
                _ => {}
            }
            let Ok(response) = router.call(request).await;
            match response.extensions().get() {
                Some(Ending::NoAnswer(broken)) => Err((*broken).into()),
                _ => Ok(response),
            }
        })
    }
}

/// A connection would have broken before an answer came. Its source is the [`io::Error`] that a socket
/// would have reported.
#[derive(Debug, thiserror::Error)]
#[error("{broken}")]
pub struct TransportError {
    broken: Broken,
    #[source]
    source: io::Error,
}

impl TransportError {
    /// How.
    pub fn broken(&self) -> Broken {
        self.broken
    }
}

impl From<Broken> for TransportError {
    fn from(broken: Broken) -> Self {
        Self { broken, source: io::Error::new(broken.io_kind(), broken) }
    }
}

impl PartialEq<ReplyLost> for TransportError {
    fn eq(&self, _: &ReplyLost) -> bool {
        self.broken == Broken::Closed
    }
}

/// The connection was closed before an answer came, as when a request was carried out and its answer got
/// lost.
///
/// As an extension of a response of the bare router (status 502, empty body) it marks the answer that
/// a socket would not have sent. A [`TransportError`] equals it when the connection was closed in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the connection was closed before an answer came")]
pub struct ReplyLost;

const _: fn() = || {
    fn is_an_error<T: Error + Send + Sync + 'static>() {}
    is_an_error::<TransportError>();
};
