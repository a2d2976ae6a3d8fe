//! The client: what a merchant holds.

mod builder;
pub mod groups;
mod stack;

use std::fmt;
use std::sync::Arc;

use pockyt_model::{Clock, Operation};

pub use builder::ClientBuilder;
pub(crate) use stack::Stack;

use crate::layers::SignLayer;
use crate::random::Randomness;
use crate::timer::Timer;
use crate::{CallError, CallOptions, Credentials, Environment};

/// Calls Pockyt for one merchant. Cheap to clone; clones share the connections, the limit of requests
/// under way, and the budget of retries.
#[derive(Clone)]
pub struct Client {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) environment: Environment,
    pub(crate) credentials: Credentials,
    pub(crate) timer: Arc<dyn Timer>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) randomness: Arc<dyn Randomness>,
    pub(crate) request_ids: bool,
    pub(crate) sign: SignLayer,
    pub(crate) stack: Box<dyn Stack>,
}

impl Client {
    /// Starts to set up a client.
    pub fn builder(environment: Environment, credentials: Credentials) -> ClientBuilder {
        ClientBuilder::new(environment, credentials)
    }

    /// Makes any operation, one without a type of its own included
    /// ([`Raw`](pockyt_model::operation::Raw)).
    ///
    /// # Errors
    ///
    /// See [`CallError`].
    pub async fn call<O: Operation>(&self, operation: &O) -> Result<O::Answer, CallError> {
        crate::call::typed(self, operation, CallOptions::default()).await
    }

    /// The same with fields, a key or a deadline of its own.
    ///
    /// # Errors
    ///
    /// See [`CallError`].
    pub async fn call_with<O: Operation>(
        &self,
        operation: &O,
        options: CallOptions,
    ) -> Result<O::Answer, CallError> {
        crate::call::typed(self, operation, options).await
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
