//! The time for connecting.

use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::Uri;
use tower::ServiceExt as _;
use tower_service::Service;

use crate::error::BoxError;
use crate::message::{Budget, TimedOut};

/// Bounds the whole of connecting: the name, TCP and TLS. hyper's own connect time-out ends with TCP, so
/// a server that accepts and then says nothing would be waited for until the attempt's time is over.
#[derive(Clone, Debug)]
pub(crate) struct ConnectBudget<C> {
    connector: C,
    budget: Duration,
}

impl<C> ConnectBudget<C> {
    pub(crate) fn new(connector: C, budget: Duration) -> Self {
        Self { connector, budget }
    }
}

impl<C> Service<Uri> for ConnectBudget<C>
where
    C: Service<Uri> + Clone + Send + 'static,
    C::Error: Into<BoxError>,
    C::Future: Send + 'static,
{
    type Response = C::Response;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<C::Response, BoxError>>;

    /// Always ready: the connector is waited for within the time.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connecting = self.connector.clone().oneshot(uri);
        let budget = self.budget;
        async move {
            match tokio::time::timeout(budget, connecting).await {
                Ok(connected) => connected.map_err(Into::into),
                Err(_) => Err(TimedOut(Budget::Connect).into()),
            }
        }
        .boxed()
    }
}
