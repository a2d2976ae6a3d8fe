//! The default transport, and what its errors mean.

mod connect;
mod http1;
#[cfg_attr(not(feature = "http2"), path = "transport/no_http2.rs")]
mod http2;
mod pool;
#[cfg(feature = "__tls")]
mod tls;
mod watched;

use connect::ConnectBudget;
use pool::Pool;
#[cfg(feature = "__tls")]
pub use tls::{Crypto, Roots, Tls};

use std::error::Error as StdError;
use std::time::Duration;

use hyper_util::client::legacy::connect::HttpConnector;
use tower_service::Service;

use crate::layers::GivenUp;
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

#[cfg(feature = "__tls")]
pub(super) type Connector = ConnectBudget<hyper_rustls::HttpsConnector<HttpConnector>>;
#[cfg(not(feature = "__tls"))]
pub(super) type Connector = ConnectBudget<HttpConnector>;

type Io = <Connector as Service<http::Uri>>::Response;

fn tcp() -> HttpConnector {
    let mut http = HttpConnector::new();
    http.set_nodelay(true);
    http.enforce_http(false);
    http
}

/// Connections to one place over plain TCP, for addresses of this machine. `most` is how many requests may be
/// under way.
#[cfg(not(feature = "__tls"))]
pub(crate) fn pooled(base_url: &str, connect: Duration, most: usize) -> Pool {
    Pool::new(ConnectBudget::new(tcp(), connect), base_url, most)
}

/// Connections to one place over TLS, or over plain TCP to an address of this machine. `most` is how many
/// requests may be under way.
#[cfg(feature = "__tls")]
pub(crate) fn pooled(base_url: &str, connect: Duration, most: usize, config: rustls::ClientConfig) -> Pool {
    let https = hyper_rustls::HttpsConnectorBuilder::new().with_tls_config(config).https_or_http();
    #[cfg(feature = "http2")]
    let https = https.enable_all_versions();
    #[cfg(not(feature = "http2"))]
    let https = https.enable_http1();
    Pool::new(ConnectBudget::new(https.wrap_connector(tcp()), connect), base_url, most)
}
