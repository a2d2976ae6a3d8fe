//! The time for connecting.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection};
use tower::ServiceExt as _;
use tower_service::Service;

use crate::error::BoxError;
use crate::message::{Budget, TimedOut};

/// Bounds the whole of connecting: the name, TCP and TLS. hyper's own connect time-out ends with TCP, so
/// a server that accepts and then says nothing would be waited for until the attempt's time is over.
/// hyper-util clones its connector for every request, connected or not: that is one counter here.
#[derive(Debug)]
pub(crate) struct ConnectBudget<C> {
    connector: Arc<C>,
    budget: Duration,
}

impl<C> Clone for ConnectBudget<C> {
    fn clone(&self) -> Self {
        Self { connector: self.connector.clone(), budget: self.budget }
    }
}

impl<C> ConnectBudget<C> {
    pub(crate) fn new(connector: C, budget: Duration) -> Self {
        Self { connector: Arc::new(connector), budget }
    }
}

impl<C> Service<Uri> for ConnectBudget<C>
where
    C: Service<Uri> + Clone + Send + 'static,
    C::Error: Into<BoxError>,
    C::Future: Send + 'static,
{
    type Response = Unnamed<C::Response>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Unnamed<C::Response>, BoxError>>;

    /// Always ready: the connector is waited for within the time.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connecting = C::clone(&self.connector).oneshot(uri);
        let budget = self.budget;
        async move {
            match tokio::time::timeout(budget, connecting).await {
                Ok(connected) => connected.map(Unnamed).map_err(Into::into),
                Err(_) => Err(TimedOut(Budget::Connect).into()),
            }
        }
        .boxed()
    }
}

/// A connection that does not say between which addresses it is: hyper-util would write that down anew on
/// every answer, where nobody reads it.
#[derive(Debug)]
pub(crate) struct Unnamed<T>(T);

impl<T: Connection> Connection for Unnamed<T> {
    fn connected(&self) -> Connected {
        let named = self.0.connected();
        let unnamed = Connected::new().proxy(named.is_proxied());
        if named.is_negotiated_h2() { unnamed.negotiated_h2() } else { unnamed }
    }
}

impl<T: Read + Unpin> Read for Unnamed<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, into)
    }
}

impl<T: Write + Unpin> Write for Unnamed<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write_vectored(cx, pieces)
    }
}
