//! From requests to bytes and back.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http_body::{Frame, SizeHint};
use http_body_util::{BodyExt as _, Limited};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tower::util::BoxCloneSyncService;
use tower_service::Service;

use crate::error::BoxError;

/// More than any answer of this API needs.
const ANSWER_LIMIT: usize = 1024 * 1024;

/// A request before it is sent, which can be sent again.
#[derive(Clone)]
pub(crate) struct Outgoing {
    pub(crate) request: http::Request<Bytes>,
    /// Whether sending it twice changes nothing.
    pub(crate) repeatable: bool,
    /// Set when an attempt may have been sent.
    pub(crate) sent: Arc<AtomicBool>,
}

/// What a transport gave.
pub(crate) type Incoming = http::Response<Bytes>;

/// Why there is no answer.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) sent: bool,
    pub(crate) source: BoxError,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.sent { "no answer" } else { "not sent" })
    }
}

impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.source)
    }
}

pub(crate) type Transport = BoxCloneSyncService<Outgoing, Incoming, Failure>;

/// The body of a request, which is either sent or given up, never both.
///
/// Every parameter is in the body, so a request whose body no connection took cannot have been acted on.
/// Taking it and giving it up exclude one another for good: a client that has said *not sent* has closed
/// the body, and a connection that asks for it afterwards gets an error instead.
pub struct RequestBody {
    bytes: Option<Bytes>,
    custody: Arc<Custody>,
}

/// Without the bytes, which may hold a customer's payment code.
impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestBody")
            .field("length", &self.bytes.as_ref().map(Bytes::len))
            .finish_non_exhaustive()
    }
}

/// The client gave the request up before its body was taken.
#[derive(Clone, Copy, Debug)]
pub struct GivenUp(());

impl fmt::Display for GivenUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request was given up before it was sent")
    }
}

impl std::error::Error for GivenUp {}

impl http_body::Body for RequestBody {
    type Data = Bytes;
    type Error = GivenUp;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, GivenUp>>> {
        let Some(bytes) = self.bytes.take() else { return Poll::Ready(None) };
        Poll::Ready(Some(if self.custody.take() { Ok(Frame::data(bytes)) } else { Err(GivenUp(())) }))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}

/// Who has the body. It changes once, to one of the two.
#[derive(Debug, Default)]
struct Custody(AtomicU8);

const WAITING: u8 = 0;
const TAKEN: u8 = 1;
const GIVEN_UP: u8 = 2;

impl Custody {
    /// `true` when the connection may have it.
    fn take(&self) -> bool {
        self.0.compare_exchange(WAITING, TAKEN, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }

    /// `true` when no connection has it, nor ever will.
    fn give_up(&self) -> bool {
        match self.0.compare_exchange(WAITING, GIVEN_UP, Ordering::SeqCst, Ordering::SeqCst) {
            Ok(_) | Err(GIVEN_UP) => true,
            Err(_) => false,
        }
    }
}

/// One attempt's hold on its request. When it ends, in whatever way, the request is given up, or else
/// noted as sent.
struct Attempted {
    custody: Arc<Custody>,
    sent: Arc<AtomicBool>,
}

impl Attempted {
    /// Whether a connection has the request; if not, none will.
    fn was_sent(&self) -> bool {
        let sent = !self.custody.give_up();
        if sent {
            self.sent.store(true, Ordering::SeqCst);
        }
        sent
    }
}

impl Drop for Attempted {
    fn drop(&mut self) {
        self.was_sent();
    }
}

/// Makes a transport of any service of HTTP requests.
pub(crate) fn over<S, B>(service: S, attempt_budget: Duration) -> Transport
where
    S: Service<http::Request<RequestBody>, Response = http::Response<B>> + Clone + Send + Sync + 'static,
    S::Future: Send + 'static,
    S::Error: Into<BoxError>,
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    BoxCloneSyncService::new(Attempt { service, budget: attempt_budget })
}

/// One attempt: sends, collects the whole answer, and says on failure whether the body was taken.
#[derive(Clone, Debug)]
struct Attempt<S> {
    service: S,
    budget: Duration,
}

impl<S, B> Service<Outgoing> for Attempt<S>
where
    S: Service<http::Request<RequestBody>, Response = http::Response<B>> + Clone + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Into<BoxError>,
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    type Response = Incoming;
    type Error = Failure;
    type Future = BoxFuture<'static, Result<Incoming, Failure>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        self.service.poll_ready(cx).map_err(|error| Failure { sent: false, source: error.into() })
    }

    fn call(&mut self, outgoing: Outgoing) -> Self::Future {
        let Outgoing { request, sent, .. } = outgoing;
        let attempted = Attempted { custody: Arc::default(), sent };
        let custody = attempted.custody.clone();
        let request = request.map(|bytes| RequestBody { bytes: Some(bytes), custody });
        let exchange = exchange(self.service.call(request));
        let budget = self.budget;
        async move {
            let outcome = match tokio::time::timeout(budget, exchange).await {
                Ok(outcome) => outcome,
                Err(elapsed) => Err(elapsed.into()),
            };
            outcome.map_err(|source| Failure { sent: attempted.was_sent(), source })
        }
        .boxed()
    }
}

async fn exchange<B, E>(
    sending: impl Future<Output = Result<http::Response<B>, E>>,
) -> Result<Incoming, BoxError>
where
    B: http_body::Body,
    E: Into<BoxError>,
    B::Error: Into<BoxError>,
{
    let (head, body) = sending.await.map_err(Into::into)?.into_parts();
    let body = Limited::new(body, ANSWER_LIMIT).collect().await?.to_bytes();
    Ok(http::Response::from_parts(head, body))
}

/// The default transport: a pooled hyper client.
pub(crate) fn pooled(connect: Duration, attempt: Duration) -> Transport {
    let mut http = HttpConnector::new();
    http.set_connect_timeout(Some(connect));
    http.set_nodelay(true);
    http.enforce_http(false);
    let mut builder = hyper_util::client::legacy::Client::builder(TokioExecutor::new());
    builder
        // Shorter than the idle limit of usual servers, so that a connection is rarely found closed.
        .pool_idle_timeout(Duration::from_secs(15))
        .pool_max_idle_per_host(32)
        // Without a timer the idle time-out above does nothing.
        .pool_timer(TokioTimer::new())
        // Whether a request may be sent again is decided in one place, by what the call does to money.
        .retry_canceled_requests(false);
    #[cfg(feature = "tls")]
    let connector = hyper_rustls::HttpsConnectorBuilder::new()
        .with_tls_config(tls_config())
        .https_or_http()
        .enable_http1()
        .wrap_connector(http);
    #[cfg(not(feature = "tls"))]
    let connector = http;
    over(builder.build::<_, RequestBody>(connector), attempt)
}

/// TLS 1.2 and 1.3 by ring with the bundled roots. The provider is given here, never installed for the
/// whole process: that choice is the application's.
#[cfg(feature = "tls")]
fn tls_config() -> rustls::ClientConfig {
    use hyper_rustls::ConfigBuilderExt as _;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions =
        rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    #[expect(clippy::expect_used, reason = "ring supports both default versions, so this cannot fail")]
    versions.expect("ring supports TLS 1.2 and 1.3").with_webpki_roots().with_no_client_auth()
}
