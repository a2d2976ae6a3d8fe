//! Setting up a listener.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use pockyt_model::{Clock, NotificationKind, SystemClock};
use pockyt_sign::KeyRing;
use pockyt_store::{Inbox, InvalidTenant, MAX_LEASE, OwnerToken, Route, Tenant};
use tokio::sync::Notify;

use crate::counts::Counters;
use crate::listener::Shared;
use crate::{Limits, Listener, RetryPolicy};

/// Sets up a [`Listener`]; see [`Listener::builder`].
pub struct ListenerBuilder<I> {
    keys: KeyRing,
    inbox: I,
    tenant: Result<Tenant, InvalidTenant>,
    kind: NotificationKind,
    clock: Arc<dyn Clock>,
    limits: Limits,
    retries: RetryPolicy,
    owner: OwnerToken,
    lease: Duration,
    sandbox_key_allowed: bool,
}

impl<I: Inbox> ListenerBuilder<I> {
    pub(crate) fn new(keys: KeyRing, inbox: I) -> Self {
        Self {
            keys,
            inbox,
            tenant: Tenant::new("default"),
            kind: NotificationKind::Payment,
            clock: Arc::new(SystemClock),
            limits: Limits::default(),
            retries: RetryPolicy::default(),
            owner: OwnerToken::new("listener"),
            lease: Duration::from_secs(60),
            sandbox_key_allowed: false,
        }
    }

    /// Whose notifications arrive here: 1 to 64 letters, digits or `. _ -`; `default` unless set.
    ///
    /// Listeners that share an inbox need a tenant for each merchant account and environment.
    pub fn tenant(self, tenant: &str) -> Self {
        Self { tenant: Tenant::new(tenant), ..self }
    }

    /// What kind of notifications arrive here; payments unless set. The body is never asked.
    pub fn kind(self, kind: NotificationKind) -> Self {
        Self { kind, ..self }
    }

    /// What time it is; the machine's clock unless set.
    pub fn clock(self, clock: impl Clock + 'static) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    /// What a request may cost.
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// When a notice is handed over again, and when it is given up.
    pub fn retries(self, retries: RetryPolicy) -> Self {
        Self { retries, ..self }
    }

    /// Who works on claimed notices, for people to find; `listener` unless set.
    pub fn owner(self, owner: OwnerToken) -> Self {
        Self { owner, ..self }
    }

    /// After what time a notice in the hands of a dead process is taken over; a minute unless set, one
    /// second at least and [`MAX_LEASE`] at most. A handler is cut off after three quarters of it.
    pub fn lease(self, lease: Duration) -> Self {
        Self { lease: lease.clamp(Duration::from_secs(1), MAX_LEASE), ..self }
    }

    /// Allows keys with which anybody can sign, because Pockyt printed their tokens: for tests, demos and
    /// the sandbox only.
    pub fn allow_published_sandbox_key(self) -> Self {
        Self { sandbox_key_allowed: true, ..self }
    }

    /// The listener.
    ///
    /// # Errors
    ///
    /// The tenant's name is not one, the kind is not supported, or one of the keys belongs to a
    /// published sandbox token and that was not allowed.
    pub fn build(self) -> Result<Listener<I>, BuildError> {
        if self.keys.has_published_sandbox_key() && !self.sandbox_key_allowed {
            return Err(BuildError::PublishedSandboxKey);
        }
        if self.kind != NotificationKind::Payment {
            return Err(BuildError::UnsupportedKind);
        }
        Ok(Listener::new(Shared {
            keys: self.keys,
            inbox: self.inbox,
            route: Route::new(self.tenant?, self.kind),
            clock: self.clock,
            limits: self.limits,
            retries: self.retries,
            owner: self.owner,
            lease: self.lease,
            counters: Counters::default(),
            arrived: Notify::new(),
        }))
    }
}

impl<I> fmt::Debug for ListenerBuilder<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListenerBuilder")
            .field("tenant", &self.tenant)
            .field("kind", &self.kind)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// Why a listener was not built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The tenant's name is not one.
    #[error(transparent)]
    InvalidTenant(#[from] InvalidTenant),
    /// Anybody can sign with one of the keys.
    #[error("a key belongs to a sandbox token that Pockyt publishes; anybody could sign with it")]
    PublishedSandboxKey,
    /// This crate does not read notifications of this kind.
    #[error("notifications of this kind are not supported")]
    UnsupportedKind,
}
