//! The call's time, with all its attempts and pauses.

use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tower::ServiceExt as _;
use tower_layer::Layer;
use tower_service::Service;

use super::Stage;
use crate::message::{Budget, Call, Cause, Failure, Incoming, TimedOut};

/// Ends a call when its time is over, waiting for a place included. A shorter time that the caller gave
/// with the call wins.
#[derive(Clone, Copy, Debug)]
pub struct DeadlineLayer(Duration);

impl DeadlineLayer {
    /// This much for a whole call.
    pub fn new(total: Duration) -> Self {
        Self(total)
    }
}

impl<S> Layer<S> for DeadlineLayer {
    type Service = Deadline<S>;

    fn layer(&self, inner: S) -> Deadline<S> {
        Deadline { inner, total: self.0 }
    }
}

/// The service of [`DeadlineLayer`].
#[derive(Clone, Debug)]
pub struct Deadline<S> {
    inner: S,
    total: Duration,
}

impl<S: Stage> Service<http::Request<Bytes>> for Deadline<S> {
    type Response = Incoming;
    type Error = Failure;
    type Future = BoxFuture<'static, Result<Incoming, Failure>>;

    /// Always ready: the inner stages are waited for within the call, where the time counts.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: http::Request<Bytes>) -> Self::Future {
        let mut total = self.total;
        let call = request.extensions_mut().get_mut::<Call>().map(|call| {
            total = call.within.map_or(total, |within| within.min(total));
            call.until = tokio::time::Instant::now().checked_add(total);
            call.clone()
        });
        let exchange = self.inner.clone().oneshot(request);
        async move {
            // At the end of this statement the attempt under way is dropped, and with that its request
            // given up or noted as sent.
            let outcome = tokio::time::timeout(total, exchange).await;
            outcome.unwrap_or_else(|_| {
                // Without a call nobody noted whether it was sent.
                let sent = call.is_none_or(|call| call.may_be_sent());
                Err(Failure::new(sent, Cause::TimedOut(Budget::Total), TimedOut(Budget::Total)))
            })
        }
        .boxed()
    }
}
