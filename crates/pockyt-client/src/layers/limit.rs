//! How many requests are under way at once.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use pin_project_lite::pin_project;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt as _;
use tower::util::Oneshot;
use tower_layer::Layer;
use tower_service::Service;

use super::{Outgoing, Stage};
use crate::message::{Failure, Incoming};
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

impl<S: Stage<R>, R: Outgoing> Service<R> for Limit<S> {
    type Response = Incoming;
    type Error = Failure;
    type Future = Limited<S, R>;

    /// Always ready: the place is waited for within the call.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: R) -> Self::Future {
        self.begin(request)
    }
}

impl<S> Limit<S> {
    /// [`Service::call`], which needs no exclusive hold on this service.
    pub(crate) fn begin<R: Outgoing>(&self, request: R) -> Limited<S, R>
    where
        S: Stage<R>,
    {
        let query = request.call().is_some_and(|call| !call.facts().changes_something());
        let inner = self.inner.clone();
        let state = match self.places.take_now(query) {
            Ok(place) => State::placed(inner, request, place),
            Err(among_queries) => {
                let asked = Some((inner, request));
                let place = self.places.clone().wait(query, among_queries).boxed();
                State::Waiting { asked, place }
            }
        };
        Limited { state }
    }
}

pin_project! {
    /// The future of [`Limit`].
    pub struct Limited<S: Stage<R>, R> {
        #[pin]
        state: State<S, R>,
    }
}

pin_project! {
    #[project = StateProj]
    enum State<S: Stage<R>, R> {
        Waiting { asked: Option<(S, R)>, place: BoxFuture<'static, Place> },
        Placed { #[pin] exchange: Oneshot<S, R>, place: Place, counted: observe::InFlight },
        Over,
    }
}

impl<S: Stage<R>, R> State<S, R> {
    fn placed(inner: S, request: R, place: Place) -> Self {
        Self::Placed { exchange: inner.oneshot(request), place, counted: observe::InFlight::begin() }
    }
}

impl<S: Stage<R>, R: Outgoing> Future for Limited<S, R> {
    type Output = Result<Incoming, Failure>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.project().state;
        loop {
            let next = match state.as_mut().project() {
                StateProj::Waiting { asked, place } => {
                    let place = ready!(place.as_mut().poll(cx));
                    asked.take().map_or(State::Over, |(inner, request)| State::placed(inner, request, place))
                }
                StateProj::Placed { exchange, .. } => {
                    let outcome = ready!(exchange.poll(cx));
                    // The place is given back now, and not when whoever waited drops this.
                    state.set(State::Over);
                    return Poll::Ready(outcome);
                }
                StateProj::Over => return Poll::Pending,
            };
            state.set(next);
        }
    }
}

/// One request's: among all, and for a query also among the queries.
#[derive(Debug)]
struct Place {
    #[expect(dead_code, reason = "it is given back when it is dropped")]
    places: [Option<OwnedSemaphorePermit>; 2],
}

impl Places {
    /// A place when one is free. Else, for a query, its place among the queries if there was one.
    fn take_now(&self, query: bool) -> Result<Place, Option<OwnedSemaphorePermit>> {
        let among_queries = match query.then(|| self.queries.clone().try_acquire_owned()) {
            Some(Err(_)) => return Err(None),
            Some(Ok(permit)) => Some(permit),
            None => None,
        };
        match self.all.clone().try_acquire_owned() {
            Ok(permit) => Ok(Place { places: [among_queries, Some(permit)] }),
            Err(_) => Err(among_queries),
        }
    }

    /// A query takes its place among the queries first, so that it never holds a common one while it waits.
    async fn wait(self: Arc<Self>, query: bool, mut among_queries: Option<OwnedSemaphorePermit>) -> Place {
        if query && among_queries.is_none() {
            among_queries = self.queries.clone().acquire_owned().await.ok();
        }
        // The semaphores are never closed, so a place always comes.
        Place { places: [among_queries, self.all.clone().acquire_owned().await.ok()] }
    }
}
