//! The idempotency key.

use std::task::{Context, Poll};

use http::header::{HeaderName, HeaderValue};
use tower_layer::Layer;
use tower_service::Service;

use super::Outgoing;
use crate::random::RequestId;

/// The header `Pockyt-Request-ID` (Pockyt docs, idempotency key). It is not signed.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("pockyt-request-id");

/// Puts `Pockyt-Request-ID` on every call that changes something, unless it has one already.
///
/// The key is the call's own when the caller gave one, and else a random one. It stands outside the retry
/// stage, so that each attempt carries the same key. Where the request carries no [`Call`](crate::Call), it is added.
///
/// The vendor's page asks for it on every call of a transaction and shows it on payouts only, so
/// whether a server honours it elsewhere is not known; without
/// [`honoured_request_id`](super::RetryPolicy::honoured_request_id) nothing here hangs on it.
#[derive(Clone, Copy, Debug, Default)]
pub struct RequestIdLayer;

impl RequestIdLayer {
    /// What the service does before it passes the request on.
    pub(crate) fn mark(request: &mut impl Outgoing) {
        let wanted = request.call().is_none_or(|call| call.facts().changes_something());
        if wanted && !request.has_request_id() {
            let given = request.call().and_then(|call| call.request_id.clone());
            let key = given.unwrap_or_else(RequestId::random);
            // Letters, digits, - and _ are a header's value.
            if let Ok(value) = HeaderValue::from_str(key.as_str()) {
                request.set_request_id(value);
            }
        }
    }
}

impl<S> Layer<S> for RequestIdLayer {
    type Service = WithRequestId<S>;

    fn layer(&self, inner: S) -> WithRequestId<S> {
        WithRequestId(inner)
    }
}

/// The service of [`RequestIdLayer`].
#[derive(Clone, Debug)]
pub struct WithRequestId<S>(S);

impl<S: Service<R>, R: Outgoing> Service<R> for WithRequestId<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, mut request: R) -> S::Future {
        RequestIdLayer::mark(&mut request);
        self.0.call(request)
    }
}
