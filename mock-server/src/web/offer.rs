//! What the server offers on a connection: everything, with a short way for Pockyt's API.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, HttpBody};
use bytes::Bytes;
use http::{Method, Request, Response};
use hyper::body::{Frame, Incoming, SizeHint};
use pockyt_sim::Connection;
use tower_service::Service;

use super::{Site, api};

/// Answers requests as the router does. Calls of the API do not go through it: choosing among the other paths,
/// and the boxes in which it carries requests and answers, cost a fair part of what an answer costs.
#[derive(Clone)]
pub(crate) struct Offer(Arc<Inner>);

struct Inner {
    site: Arc<Site>,
    /// Made when it is first needed: making it takes longer than all else that a mock does to start.
    router: OnceLock<Router>,
}

impl fmt::Debug for Offer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Offer")
    }
}

impl Offer {
    pub(crate) fn new(site: Arc<Site>) -> Self {
        Self(Arc::new(Inner { site, router: OnceLock::new() }))
    }

    /// The router of everything.
    pub(crate) fn router(&self) -> Router {
        let Inner { site, router } = &*self.0;
        router.get_or_init(|| super::router(Arc::clone(site))).clone()
    }

    /// Takes a connection.
    pub(crate) fn connect(&self) -> Connection {
        self.0.site.world.connect()
    }

    pub(crate) async fn answer(&self, request: Request<Incoming>) -> Response<Spelled> {
        if is_a_call(&request) {
            return api::answer(&self.0.site, request).await;
        }
        let Ok(response) = self.router().call(request.map(Body::new)).await;
        response.map(Spelled::from)
    }
}

/// Whether the router would take this for a call of Pockyt's API. It may say no where the router says yes.
fn is_a_call<B>(request: &Request<B>) -> bool {
    let path = request.uri().path();
    request.method() == Method::POST && !path.starts_with("/_mock") && !path.starts_with("/cashier")
}

/// The body of an answer.
pub(crate) enum Spelled {
    /// All of it, to be sent at once.
    Whole(Bytes),
    Other(Body),
}

impl Spelled {
    pub(super) fn whole(body: Vec<u8>) -> Self {
        Self::Whole(body.into())
    }
}

impl From<Body> for Spelled {
    fn from(body: Body) -> Self {
        Self::Other(body)
    }
}

impl From<Spelled> for Body {
    fn from(spelled: Spelled) -> Self {
        match spelled {
            Spelled::Whole(bytes) => Self::from(bytes),
            Spelled::Other(body) => body,
        }
    }
}

impl HttpBody for Spelled {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match self.get_mut() {
            Self::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Self::Whole(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Self::Other(body) => Pin::new(body).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(bytes) => bytes.is_empty(),
            Self::Other(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => SizeHint::with_exact(u64::try_from(bytes.len()).unwrap_or(u64::MAX)),
            Self::Other(body) => body.size_hint(),
        }
    }
}
