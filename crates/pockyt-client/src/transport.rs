//! The default transport, and what its errors mean.

mod connect;
mod pool;
#[cfg(feature = "__tls")]
mod tls;

pub(crate) use connect::ConnectBudget;
pub(crate) use pool::pooled;
#[cfg(feature = "__tls")]
pub use tls::{Crypto, Roots, Tls};

use std::error::Error as StdError;
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper_util::client::legacy::connect::Connect;
use hyper_util::client::legacy::{Client, ResponseFuture};
use tower_service::Service;

use crate::layers::{GivenUp, RequestBody};
use crate::message::{Cause, TimedOut};

/// Reads the cause off a chain of errors. Whether the request was sent is not decided here.
pub(crate) fn classify(error: &(dyn StdError + 'static)) -> Cause {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(TimedOut(budget)) = error.downcast_ref() {
            return Cause::TimedOut(*budget);
        }
        if error.is::<crate::layers::TooLarge>() {
            return Cause::TooLarge;
        }
        #[cfg(feature = "__tls")]
        if tls::is_distrust(error) {
            return Cause::Untrusted;
        }
        if error.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse) {
            return Cause::NotHttp;
        }
        if error.is::<GivenUp>() {
            return Cause::Connection;
        }
        next = match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    Cause::Connection
}

/// The pooled client of hyper-util over a connector, behind one counter: each stage that may call again
/// clones what is below it, and a clone of hyper-util's client is half a kilobyte.
pub(crate) struct Pooled<C>(Arc<Client<C, RequestBody>>);

impl<C> Pooled<C> {
    fn new(client: Client<C, RequestBody>) -> Self {
        Self(Arc::new(client))
    }
}

impl<C> Clone for Pooled<C> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<C: Connect + Clone + Send + Sync + 'static> Service<http::Request<RequestBody>> for Pooled<C> {
    type Response = http::Response<hyper::body::Incoming>;
    type Error = hyper_util::client::legacy::Error;
    type Future = ResponseFuture;

    /// Always ready, as hyper-util's own.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<RequestBody>) -> ResponseFuture {
        self.0.request(request)
    }
}
