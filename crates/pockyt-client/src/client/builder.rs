//! How a client is set up.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use pockyt_model::{Clock, SystemClock};
use tower::ServiceBuilder;
use tower_service::Service;

use super::stack::Stages;
use super::{Client, Shared};
use crate::error::BoxError;
use crate::layers::{DeadlineLayer, LimitLayer, RequestBody, RetryPolicy, SendLayer, SignLayer, TraceLayer};
use crate::random::{Randomness, Seeded, process_seed};
use crate::timer::{Timer, TokioTimer};
use crate::transport;
use crate::{BodyForm, BuildError, Credentials, Environment};

/// Sets up a [`Client`].
#[must_use]
pub struct ClientBuilder {
    environment: Environment,
    credentials: Credentials,
    sign: SignLayer,
    connect: Duration,
    attempt: Duration,
    total: Duration,
    concurrency: usize,
    request_ids: bool,
    honoured: bool,
    timer: Option<Arc<dyn Timer>>,
    clock: Option<Arc<dyn Clock>>,
    randomness: Option<Arc<dyn Randomness>>,
    #[cfg(feature = "__tls")]
    tls: crate::Tls,
}

const CONNECT: Duration = Duration::from_secs(5);
const ATTEMPT: Duration = Duration::from_secs(20);
const TOTAL: Duration = Duration::from_secs(60);
const CONCURRENCY: usize = 64;

impl ClientBuilder {
    pub(super) fn new(environment: Environment, credentials: Credentials) -> Self {
        Self {
            sign: SignLayer::new(environment.clone(), credentials.clone()),
            environment,
            credentials,
            connect: CONNECT,
            attempt: ATTEMPT,
            total: TOTAL,
            concurrency: CONCURRENCY,
            request_ids: true,
            honoured: false,
            timer: None,
            clock: None,
            randomness: None,
            #[cfg(feature = "__tls")]
            tls: crate::Tls::default(),
        }
    }

    /// How parameters travel; JSON by default.
    pub fn body_form(mut self, form: BodyForm) -> Self {
        self.sign = self.sign.body_form(form);
        self
    }

    /// How one operation's parameters travel, by its name such as `prepay`.
    pub fn body_form_of(mut self, operation: impl Into<Cow<'static, str>>, form: BodyForm) -> Self {
        self.sign = self.sign.body_form_of(operation, form);
        self
    }

    /// Another path for one operation, such as `/app-instore/v3/pay` for `prepay`. One that does not begin
    /// with `/` makes its calls fail unsent.
    pub fn path_of(mut self, operation: impl Into<Cow<'static, str>>, path: impl Into<String>) -> Self {
        self.sign = self.sign.path_of(operation, path);
        self
    }

    /// A parameter to add to every call, such as a service provider's `merGroupNo`.
    pub fn extra_field(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.sign = self.sign.extra_field(name, value);
        self
    }

    /// How long connecting may take, TLS included; 5 s by default. It bounds the default transport only.
    pub fn connect_budget(mut self, budget: Duration) -> Self {
        self.connect = budget;
        self
    }

    /// How long one attempt may take, answer included; 20 s by default.
    pub fn attempt_budget(mut self, budget: Duration) -> Self {
        self.attempt = budget;
        self
    }

    /// How long a call may take with all its attempts and pauses; 60 s by default.
    pub fn total_budget(mut self, budget: Duration) -> Self {
        self.total = budget;
        self
    }

    /// How many requests may be under way at once, over all clones; 64 by default. Queries take at most
    /// three quarters of it.
    pub fn concurrency(mut self, requests: usize) -> Self {
        self.concurrency = requests;
        self
    }

    /// Whether calls that change something carry a `Pockyt-Request-ID`; they do by default.
    pub fn request_ids(mut self, send: bool) -> Self {
        self.request_ids = send;
        self
    }

    /// Says that the server carries a call with a `Pockyt-Request-ID` out at most once, whatever the
    /// operation. Then a call whose answer was lost is tried again with the same key; but one that charges a
    /// card by its number is never, and is asked after.
    ///
    /// Pockyt's documentation shows the key on payouts only. Ask Pockyt before you say so for others: if
    /// it is not true, a customer may pay twice.
    pub fn server_honours_request_ids(mut self, honours: bool) -> Self {
        self.honoured = honours;
        self
    }

    /// What polling and pauses wait by; tokio's time by default.
    pub fn timer(mut self, timer: impl Timer + 'static) -> Self {
        self.timer = Some(Arc::new(timer));
        self
    }

    /// The time of the day that tickets and intents record; the system's by default.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// The source of the random part of pauses.
    pub fn randomness(mut self, source: impl Randomness + 'static) -> Self {
        self.randomness = Some(Arc::new(source));
        self
    }

    /// A seed for the random part of pauses; by default one that differs from process to process.
    pub fn jitter_seed(mut self, seed: u64) -> Self {
        self.randomness = Some(Seeded::new(seed));
        self
    }

    /// How TLS is done.
    #[cfg(feature = "__tls")]
    pub fn tls(mut self, tls: crate::Tls) -> Self {
        self.tls = tls;
        self
    }

    /// Builds it on the default transport. Needs a running tokio runtime only when it is used.
    ///
    /// A connection belongs to the runtime in which it was made. A client may go on in another when that one has
    /// ended; while both live, and the first is not run, a call can meet one of its connections and wait in vain
    /// until its time is over. Give each runtime a client of its own.
    ///
    /// # Errors
    ///
    /// See [`BuildError`].
    pub fn build(self) -> Result<Client, BuildError> {
        let base_url = self.environment.base_url();
        let https = base_url.starts_with("https");
        #[cfg(not(feature = "__tls"))]
        let pooled = {
            if https {
                return Err(BuildError::TlsNotCompiled);
            }
            transport::pooled(base_url, self.connect, self.concurrency)
        };
        #[cfg(feature = "__tls")]
        let pooled =
            transport::pooled(base_url, self.connect, self.concurrency, self.tls.clone().config(https)?);
        self.build_on(pooled)
    }

    /// Builds it on any service of HTTP requests, such as a mock's router without a socket.
    ///
    /// What such a service says in its errors is shown as the source of a [`CallError`](crate::CallError):
    /// let it say nothing secret.
    ///
    /// # Errors
    ///
    /// See [`BuildError`].
    pub fn build_on<S, B>(self, service: S) -> Result<Client, BuildError>
    where
        S: Service<http::Request<RequestBody>, Response = http::Response<B>> + Clone + Send + Sync + 'static,
        S::Future: Send + 'static,
        S::Error: Into<BoxError>,
        B: http_body::Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<BoxError>,
    {
        if self.environment.is_production() && self.credentials.key.is_published_sandbox() {
            return Err(BuildError::PublishedTokenInProduction);
        }
        let timer = self.timer.unwrap_or_else(|| Arc::new(TokioTimer::default()));
        let randomness = self.randomness.unwrap_or_else(|| Seeded::new(process_seed()));
        let retry = RetryPolicy::new(timer.clone(), randomness.clone()).honoured_request_id(self.honoured);
        let deadline = DeadlineLayer::new(self.total).timing_attempts(self.attempt);
        let limit = ServiceBuilder::new()
            .layer(LimitLayer::new(self.concurrency))
            .layer(TraceLayer)
            .layer(SendLayer::new(self.attempt))
            .service(service);
        let shared = Shared {
            environment: self.environment,
            credentials: self.credentials,
            timer,
            clock: self.clock.unwrap_or_else(|| Arc::new(SystemClock)),
            randomness,
            request_ids: self.request_ids,
            sign: self.sign,
            stack: Box::new(Stages::new(self.request_ids, deadline, retry, limit)),
        };
        Ok(Client { shared: Arc::new(shared) })
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder").field("environment", &self.environment).finish_non_exhaustive()
    }
}
