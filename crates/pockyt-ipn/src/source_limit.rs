//! Limiting how often a caller may be refused.
//!
//! The signature is judged first, always: whoever signs rightly is never limited, even from the address of
//! somebody who is. Only refusals count (answers of 400 to 499), by source. A source that used up its refusals
//! gets 429 and a closed connection in place of any further refusal, with a text that never differs, so each
//! further guess costs it a connection. What a refusal costs here is bounded before the signature is looked at,
//! by the limits on size, fields and time.
//!
//! Behind a proxy everybody shares the proxy's address, Pockyt too; that is harmless, since a right signature
//! passes. [`TrustedProxies`] tells the callers of a proxy apart.
//!
//! The sources are kept in a table of fixed size. `governor`, the usual crate for limits, keeps one entry for
//! each key that it ever saw until somebody sweeps it, and an attacker with a few IPv6 networks has more keys
//! than there is memory; the table here sweeps itself, and when it is full of sources that are still being
//! counted, those that are new share one entry. Nobody can push out the entry of another.
//!
//! ```
//! use pockyt_ipn::source_limit::{SourceLimit, TrustedProxies};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let limit = SourceLimit::default()
//!     .refusals(60)
//!     .refill_per_minute(60)
//!     .trusted_proxies(TrustedProxies::none().and("10.0.0.0/8")?);
//! // `Router::new().route_service("/ipn", listener.service()).layer(limit)` in axum, behind something that
//! // puts a `Peer` into each request's extensions. The server of this crate has one by itself.
//! # let _ = limit;
//! # Ok(())
//! # }
//! ```

mod forwarded;
mod source;
mod table;

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::{Either, Full};
use pin_project_lite::pin_project;
use tokio::time::Instant;
use tower_layer::Layer;
use tower_service::Service;

use self::source::Source;
pub use self::source::{ForwardingHeader, InvalidNetwork, Peer, TrustedProxies};
use self::table::{Rate, Table};

/// A [`Layer`] that limits how often a source may be refused; see the [module](self).
///
/// Clones count together. The caller's address comes from the [`Peer`] among a request's extensions; requests
/// without one count as one source.
#[derive(Clone, Debug)]
#[must_use]
pub struct SourceLimit {
    settings: Settings,
    proxies: Arc<TrustedProxies>,
    table: Arc<Mutex<Table>>,
}

#[derive(Clone, Copy, Debug)]
struct Settings {
    refusals: u32,
    per_minute: u32,
    sources: usize,
}

impl Settings {
    fn table(self) -> Arc<Mutex<Table>> {
        let interval = Duration::from_secs(60) / self.per_minute.max(1);
        let rate = Rate { interval, burst: interval.saturating_mul(self.refusals.max(1)) };
        Arc::new(Mutex::new(Table::new(rate, self.sources.max(1))))
    }
}

impl Default for SourceLimit {
    fn default() -> Self {
        let settings = Settings { refusals: 60, per_minute: 60, sources: 16 * 1024 };
        Self { settings, proxies: Arc::default(), table: settings.table() }
    }
}

impl SourceLimit {
    /// How many refusals a source has before it is limited; 60 unless set, 1 at least. Forgets what was counted.
    pub fn refusals(self, refusals: u32) -> Self {
        self.set(|settings| settings.refusals = refusals)
    }

    /// How many refusals a source gets back each minute; 60 unless set, 1 at least. Forgets what was counted.
    pub fn refill_per_minute(self, per_minute: u32) -> Self {
        self.set(|settings| settings.per_minute = per_minute)
    }

    /// How many sources are told apart at a time; 16,384 unless set, for which a megabyte is plenty. Those that
    /// come when there is no room share one count. Forgets what was counted.
    pub fn sources(self, sources: usize) -> Self {
        self.set(|settings| settings.sources = sources)
    }

    /// Whose word about the caller's address is taken; nobody's unless set.
    pub fn trusted_proxies(self, proxies: TrustedProxies) -> Self {
        Self { proxies: Arc::new(proxies), ..self }
    }

    fn set(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        Self { table: self.settings.table(), ..self }
    }

    /// Counts a refusal; whether the source had none left.
    fn refuse(&self, source: Source) -> bool {
        self.table.lock().unwrap_or_else(PoisonError::into_inner).refuse(source, Instant::now())
    }
}

impl<S> Layer<S> for SourceLimit {
    type Service = SourceLimited<S>;

    fn layer(&self, inner: S) -> SourceLimited<S> {
        SourceLimited { inner, limit: self.clone() }
    }
}

/// A service behind a [`SourceLimit`].
#[derive(Clone, Debug)]
pub struct SourceLimited<S> {
    inner: S,
    limit: SourceLimit,
}

/// The body of an answer: the inner service's, or the one of a limited source.
pub type LimitedBody<B> = Either<B, Full<Bytes>>;

impl<S, B, R> Service<Request<B>> for SourceLimited<S>
where
    S: Service<Request<B>, Response = Response<R>>,
{
    type Response = Response<LimitedBody<R>>;
    type Error = S::Error;
    type Future = LimitedFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let source = self.limit.proxies.source(request.extensions().get(), request.headers());
        LimitedFuture { inner: self.inner.call(request), source, limit: self.limit.clone() }
    }
}

pin_project! {
    /// The future of a [`SourceLimited`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct LimitedFuture<F> {
        #[pin]
        inner: F,
        source: Source,
        limit: SourceLimit,
    }
}

impl<F, R, E> Future for LimitedFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = Result<Response<LimitedBody<R>>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let response = ready!(this.inner.poll(context))?;
        if response.status().is_client_error() && this.limit.refuse(*this.source) {
            tracing::debug!("ipn source limited");
            crate::metrics::source_limited();
            return Poll::Ready(Ok(too_many().map(Either::Right)));
        }
        Poll::Ready(Ok(response.map(Either::Left)))
    }
}

fn too_many() -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(b"too many refused requests")));
    *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    for (name, value) in [(CONNECTION, "close"), (CONTENT_TYPE, "text/plain"), (RETRY_AFTER, "60")] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

const _: fn() = || {
    fn shared<T: Send + Sync + Clone + 'static>() {}
    shared::<SourceLimit>();
    shared::<SourceLimited<Infallible>>();
};
