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

/// The pooled client of hyper-util over a connector.
pub(crate) type Pooled<C> = hyper_util::client::legacy::Client<C, RequestBody>;
