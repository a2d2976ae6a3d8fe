//! The client and how it is set up.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use pockyt_model::Operation;
use pockyt_model::operation::{
    Add, Cancel, Cancelled, Checkout, CreateTransQrcode, InStoreTransaction, Prepay, QrCode, Refund,
    Refunded, SecurePay, TranQuery, Transaction,
};
use tower_service::Service;

use crate::budget::Budgets;
use crate::error::BoxError;
use crate::retry::Jitter;
use crate::timer::{Timer, TokioTimer};
use crate::transport::{self, RequestBody, Transport};
use crate::{BodyForm, BuildError, CallError, Credentials, Environment};

/// Calls Pockyt for one merchant. Cheap to clone; clones share the connections.
#[derive(Clone)]
pub struct Client {
    pub(crate) shared: Arc<Shared>,
    pub(crate) transport: Transport,
}

pub(crate) struct Shared {
    pub(crate) environment: Environment,
    pub(crate) credentials: Credentials,
    pub(crate) body_form: BodyForm,
    pub(crate) budgets: Budgets,
    pub(crate) extra: Vec<(String, String)>,
    pub(crate) timer: Arc<dyn Timer>,
    pub(crate) jitter: Jitter,
}

impl Client {
    /// Starts to set up a client.
    pub fn builder(environment: Environment, credentials: Credentials) -> ClientBuilder {
        ClientBuilder {
            environment,
            credentials,
            body_form: BodyForm::default(),
            budgets: Budgets::default(),
            extra: Vec::new(),
            timer: None,
            seed: None,
        }
    }

    /// Payments at a till.
    pub fn in_store(&self) -> InStore<'_> {
        InStore(self)
    }

    /// Payments on a web page or in an app.
    pub fn online(&self) -> Online<'_> {
        Online(self)
    }

    /// Existing orders: query, refund, cancel.
    pub fn orders(&self) -> Orders<'_> {
        Orders(self)
    }

    /// Makes any operation.
    ///
    /// # Errors
    ///
    /// See [`CallError`].
    pub async fn call<O: Operation>(&self, operation: &O) -> Result<O::Answer, CallError> {
        crate::call::call(self, operation).await
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("environment", &self.shared.environment)
            .field("credentials", &self.shared.credentials)
            .finish_non_exhaustive()
    }
}

macro_rules! group {
    ($(#[$meta:meta])* $name:ident { $( $(#[$method_meta:meta])* $method:ident($operation:ty) -> $answer:ty; )* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name<'a>(&'a Client);

        impl $name<'_> {
            $(
                $(#[$method_meta])*
                ///
                /// # Errors
                ///
                /// See [`CallError`].
                pub async fn $method(&self, request: &$operation) -> Result<$answer, CallError> {
                    self.0.call(request).await
                }
            )*
        }
    };
}

group! {
    /// Payments at a till.
    InStore {
        /// Creates an order to be paid by [`InStore::prepay`].
        add(Add) -> InStoreTransaction;
        /// Asks the customer's wallet to pay. Often answered `pending`: [`Client::poll`] it.
        prepay(Prepay) -> InStoreTransaction;
        /// Creates an order and a code that the customer scans.
        create_trans_qrcode(CreateTransQrcode) -> QrCode;
    }
}

group! {
    /// Payments on a web page or in an app.
    Online {
        /// Creates an order and the cashier page to send the customer to.
        secure_pay(SecurePay) -> Checkout;
    }
}

group! {
    /// Existing orders.
    Orders {
        /// Asks for an order's state, once.
        query(TranQuery) -> Transaction;
        /// Gives back a part or all of a paid order.
        refund(Refund) -> Refunded;
        /// Closes an unpaid order, gives back a paid one. Query afterwards: the answer is a hint.
        cancel(Cancel) -> Cancelled;
    }
}

/// Sets up a [`Client`].
#[must_use]
pub struct ClientBuilder {
    environment: Environment,
    credentials: Credentials,
    body_form: BodyForm,
    budgets: Budgets,
    extra: Vec<(String, String)>,
    timer: Option<Arc<dyn Timer>>,
    seed: Option<u64>,
}

impl ClientBuilder {
    /// How parameters travel; JSON by default.
    pub fn body_form(mut self, form: BodyForm) -> Self {
        self.body_form = form;
        self
    }

    /// How long connecting may take; 5 s by default. It bounds the default transport only.
    pub fn connect_budget(mut self, budget: Duration) -> Self {
        self.budgets.connect = budget;
        self
    }

    /// How long one attempt may take, answer included; 20 s by default.
    pub fn attempt_budget(mut self, budget: Duration) -> Self {
        self.budgets.attempt = budget;
        self
    }

    /// How long a call may take with all its attempts and pauses; 60 s by default.
    pub fn total_budget(mut self, budget: Duration) -> Self {
        self.budgets.total = budget;
        self
    }

    /// A parameter to add to every call, such as a service provider's `merGroupNo`.
    pub fn extra_field(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.extra.push((name.into(), value.into()));
        self
    }

    /// What polling and pauses wait by; tokio's time by default.
    pub fn timer(mut self, timer: impl Timer + 'static) -> Self {
        self.timer = Some(Arc::new(timer));
        self
    }

    /// The seed of the random part of pauses; by default one that differs from process to process.
    pub fn jitter_seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Builds it on a pooled hyper client. Needs a running tokio runtime only when it is used.
    ///
    /// # Errors
    ///
    /// See [`BuildError`].
    pub fn build(self) -> Result<Client, BuildError> {
        if cfg!(not(feature = "tls")) && self.environment.base_url().starts_with("https") {
            return Err(BuildError::TlsNotCompiled);
        }
        let transport = transport::pooled(self.budgets.connect, self.budgets.attempt);
        self.finish(transport)
    }

    /// Builds it on any service of HTTP requests, such as a mock's router without a socket.
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
        let transport = transport::over(service, self.budgets.attempt);
        self.finish(transport)
    }

    fn finish(self, transport: Transport) -> Result<Client, BuildError> {
        if self.environment.is_production() && self.credentials.key.is_published_sandbox() {
            return Err(BuildError::PublishedTokenInProduction);
        }
        let seed = self.seed.unwrap_or_else(process_seed);
        let shared = Shared {
            environment: self.environment,
            credentials: self.credentials,
            body_form: self.body_form,
            budgets: self.budgets,
            extra: self.extra,
            timer: self.timer.unwrap_or_else(|| Arc::new(TokioTimer::default())),
            jitter: Jitter::seeded(seed),
        };
        Ok(Client { shared: Arc::new(shared), transport })
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder").field("environment", &self.environment).finish_non_exhaustive()
    }
}

/// Differs between processes without reading a clock: the standard library seeds its hash maps so.
fn process_seed() -> u64 {
    use std::hash::{BuildHasher as _, RandomState};
    RandomState::new().hash_one("pockyt-client")
}
