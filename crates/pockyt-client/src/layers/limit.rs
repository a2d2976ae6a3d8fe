//! How many requests are under way at once.

use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt as _;
use tower_layer::Layer;
use tower_service::Service;

use super::Stage;
use crate::message::{Call, Failure, Incoming};
use crate::observe;

/// Bounds the requests under way at once, over all clones.
///
/// Queries take at most three quarters of the places, so that ten thousand polls never keep a payment
/// waiting. Places are given in the order in which they were asked for. A call that is given up while it
/// waits was not sent.
#[derive(Clone, Debug)]
pub struct LimitLayer(Arc<Places>);

#[derive(Debug)]
struct Places {
    all: Arc<Semaphore>,
    queries: Arc<Semaphore>,
}

impl LimitLayer {
    /// At most this many at once; 0 is taken for 1.
    pub fn new(requests: usize) -> Self {
        let requests = requests.clamp(1, Semaphore::MAX_PERMITS);
        let queries = requests - requests / 4;
        Self(Arc::new(Places {
            all: Arc::new(Semaphore::new(requests)),
            queries: Arc::new(Semaphore::new(queries)),
        }))
    }
}

impl<S> Layer<S> for LimitLayer {
    type Service = Limit<S>;

    fn layer(&self, inner: S) -> Limit<S> {
        Limit { inner, places: self.0.clone() }
    }
}

/// The service of [`LimitLayer`].
#[derive(Clone, Debug)]
pub struct Limit<S> {
    inner: S,
    places: Arc<Places>,
}

impl<S: Stage> Service<http::Request<Bytes>> for Limit<S> {
    type Response = Incoming;
    type Error = Failure;
    type Future = BoxFuture<'static, Result<Incoming, Failure>>;

    /// Always ready: the place is waited for within the call.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Bytes>) -> Self::Future {
        let places = self.places.clone();
        let inner = self.inner.clone();
        async move {
            let query =
                request.extensions().get::<Call>().is_some_and(|call| !call.facts().changes_something());
            let _place = places.take(query).await;
            let _counted = observe::InFlight::begin();
            inner.oneshot(request).await
        }
        .boxed()
    }
}

impl Places {
    /// A query takes its place among the queries first, so that it never holds a common one while it waits.
    async fn take(&self, query: bool) -> [Option<OwnedSemaphorePermit>; 2] {
        let among_queries = if query { self.queries.clone().acquire_owned().await.ok() } else { None };
        // The semaphores are never closed, so a place always comes.
        [among_queries, self.all.clone().acquire_owned().await.ok()]
    }
}
