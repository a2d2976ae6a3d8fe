//! The default transport: a pooled hyper client.

use std::time::Duration;

use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::{ConnectBudget, Pooled};

/// Shorter than the idle limit of usual servers, so that a connection is rarely found closed.
const IDLE: Duration = Duration::from_secs(15);
/// More than the headers of any answer of this API need.
const MOST_HEADERS: usize = 100;
const MOST_HEADER_BYTES: usize = 64 * 1024;

#[cfg(feature = "__tls")]
pub(crate) type Connector = ConnectBudget<hyper_rustls::HttpsConnector<HttpConnector>>;
#[cfg(not(feature = "__tls"))]
pub(crate) type Connector = ConnectBudget<HttpConnector>;

fn tcp() -> HttpConnector {
    let mut http = HttpConnector::new();
    http.set_nodelay(true);
    http.enforce_http(false);
    http
}

/// A client over plain TCP, for addresses of this machine.
#[cfg(not(feature = "__tls"))]
pub(crate) fn pooled(connect: Duration, most_idle: usize) -> Pooled<Connector> {
    over(ConnectBudget::new(tcp(), connect), most_idle)
}

/// A client over TLS, and over plain TCP for addresses of this machine.
#[cfg(feature = "__tls")]
pub(crate) fn pooled(connect: Duration, most_idle: usize, config: rustls::ClientConfig) -> Pooled<Connector> {
    let https = hyper_rustls::HttpsConnectorBuilder::new().with_tls_config(config).https_or_http();
    #[cfg(feature = "http2")]
    let https = https.enable_all_versions();
    #[cfg(not(feature = "http2"))]
    let https = https.enable_http1();
    over(ConnectBudget::new(https.wrap_connector(tcp()), connect), most_idle)
}

/// `most_idle` is how many requests may be under way: fewer would be closed after a burst, and made anew
/// for the next.
fn over(connector: Connector, most_idle: usize) -> Pooled<Connector> {
    let mut builder = hyper_util::client::legacy::Client::builder(TokioExecutor::new());
    builder
        .pool_idle_timeout(IDLE)
        .pool_max_idle_per_host(most_idle.max(1))
        // Without a timer the idle time-out above does nothing.
        .pool_timer(TokioTimer::new())
        .timer(TokioTimer::new())
        .http1_max_headers(MOST_HEADERS)
        .http1_max_buf_size(MOST_HEADER_BYTES)
        // hyper would send a request again by itself when a reused connection was found closed before
        // anything was written. That is safe, but whether a request may be sent again is decided in one
        // place, by what the call does to money, where it is also counted and bounded.
        .retry_canceled_requests(false);
    #[cfg(feature = "http2")]
    builder.http2_max_header_list_size(64 * 1024);
    Pooled::new(builder.build(connector))
}
