//! The stages below signing, put together once.

use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;
use tower::retry::Retry;
use tower_layer::Layer as _;
use tower_service::Service;

use crate::layers::{
    Deadline, DeadlineLayer, Limit, Limited, RequestIdLayer, RetryLayer, RetryPolicy, Signed, Stage,
};
use crate::message::{Failure, Incoming};

/// A stack whose stages are of one known type each, so that a call is one future in one box.
pub(crate) trait Stack: Send + Sync {
    fn exchange(&self, request: Signed) -> BoxFuture<'static, Result<Incoming, Failure>>;
}

/// From the idempotency key down; `S` is what the limit stands on.
pub(super) struct Stages<S> {
    request_ids: bool,
    below: Deadline<Retry<RetryPolicy, Shared<S>>>,
}

impl<S> Stages<S> {
    pub(super) fn new(
        request_ids: bool,
        deadline: DeadlineLayer,
        retry: RetryPolicy,
        limit: Limit<S>,
    ) -> Self {
        Self { request_ids, below: deadline.layer(RetryLayer::new(retry).layer(Shared(Arc::new(limit)))) }
    }
}

impl<S: Stage<Signed> + Sync> Stack for Stages<S> {
    fn exchange(&self, mut request: Signed) -> BoxFuture<'static, Result<Incoming, Failure>> {
        if self.request_ids {
            RequestIdLayer::mark(&mut request);
        }
        Box::pin(self.below.begin(request))
    }
}

/// The limit and what is below it behind one counter: the stages above clone it for each call.
struct Shared<S>(Arc<Limit<S>>);

impl<S> Clone for Shared<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<S: Stage<Signed>> Service<Signed> for Shared<S> {
    type Response = Incoming;
    type Error = Failure;
    type Future = Limited<S, Signed>;

    /// Always ready, as the limit is.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Signed) -> Self::Future {
        self.0.begin(request)
    }
}
