//! Setting up a listener.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use pockyt_model::{Clock, Confirm, NotificationKind, SystemClock};
use pockyt_sign::KeyRing;
use pockyt_store::{Inbox, InvalidTenant, MAX_LEASE, OwnerToken, Route, Tenant};

use crate::arrivals::Arrivals;
use crate::counts::Counters;
use crate::expect::AnyOrders;
use crate::listener::Shared;
use crate::seal::Seals;
use crate::{ConfirmPolicy, Limits, Listener, Orders, RetryPolicy, SealPolicy, Sealer, UnknownOrder};

/// Sets up a [`Listener`]; see [`Listener::builder`].
#[derive(Clone)]
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
    sealer: Option<Sealer>,
    seal_policy: SealPolicy,
    orders: Option<Arc<dyn AnyOrders>>,
    unknown_orders: UnknownOrder,
    confirmer: Option<Arc<dyn Confirm>>,
    confirm_policy: ConfirmPolicy,
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
            sealer: None,
            seal_policy: SealPolicy::default(),
            orders: None,
            unknown_orders: UnknownOrder::default(),
            confirmer: None,
            confirm_policy: ConfirmPolicy::default(),
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

    /// Looks at the tags of addresses, which this sealer made; see [`Sealer`].
    pub fn sealer(self, sealer: Sealer) -> Self {
        Self { sealer: Some(sealer), ..self }
    }

    /// What is made of addresses without a tag; [`SealPolicy::Preferred`] unless set.
    pub fn seal_policy(self, seal_policy: SealPolicy) -> Self {
        Self { seal_policy, ..self }
    }

    /// Compares payments and payouts with what the merchant expects of their orders, before they are handed
    /// over. What is not as expected is confirmed by a query where there is somebody to ask, and else kept in
    /// quarantine.
    pub fn expect(self, orders: impl Orders + 'static) -> Self {
        Self { orders: Some(Arc::new(orders)), ..self }
    }

    /// What becomes of notices whose order is not known; [`UnknownOrder::Defer`] unless set.
    pub fn unknown_orders(self, unknown_orders: UnknownOrder) -> Self {
        Self { unknown_orders, ..self }
    }

    /// Somebody who can ask Pockyt, such as a `pockyt_client::Client`: what is in doubt is then confirmed by a
    /// query instead of lying in quarantine. It must ask with the credentials of this tenant.
    pub fn confirm_with(self, confirmer: impl Confirm + 'static) -> Self {
        Self { confirmer: Some(Arc::new(confirmer)), ..self }
    }

    /// What is confirmed; [`ConfirmPolicy::OnDoubt`] unless set.
    pub fn confirm_policy(self, confirm_policy: ConfirmPolicy) -> Self {
        Self { confirm_policy, ..self }
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
    /// The tenant's name is not one, one of the keys belongs to a published sandbox token and that was not
    /// allowed, or a policy wants a sealer or somebody to ask and there is none.
    pub fn build(self) -> Result<Listener<I>, BuildError> {
        if self.keys.has_published_sandbox_key() && !self.sandbox_key_allowed {
            return Err(BuildError::PublishedSandboxKey);
        }
        if self.seal_policy == SealPolicy::Required && self.sealer.is_none() {
            return Err(BuildError::NoSealer);
        }
        let asks_without_doubt =
            matches!(self.confirm_policy, ConfirmPolicy::Above(..) | ConfirmPolicy::Always);
        if asks_without_doubt && self.confirmer.is_none() {
            return Err(BuildError::NobodyToAsk);
        }
        let policy = self.seal_policy;
        Ok(Listener::new(Shared {
            keys: self.keys,
            inbox: self.inbox,
            route: Route::new(self.tenant?, self.kind),
            clock: self.clock,
            limits: self.limits,
            retries: self.retries,
            owner: self.owner,
            lease: self.lease,
            seals: self.sealer.map(|sealer| Seals { sealer, policy }),
            orders: self.orders,
            unknown_orders: self.unknown_orders,
            confirmer: self.confirmer,
            confirm_policy: self.confirm_policy,
            counters: Counters::default(),
            arrivals: Arrivals::default(),
        }))
    }

    /// A listener for each of these kinds, with everything else alike: for an
    /// [`IpnRouter`](crate::IpnRouter).
    ///
    /// # Errors
    ///
    /// As [`Self::build`].
    pub fn build_each(self, kinds: &[NotificationKind]) -> Result<Vec<Listener<I>>, BuildError>
    where
        I: Clone,
    {
        kinds.iter().map(|kind| self.clone().kind(*kind).build()).collect()
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
    /// A policy confirms what is not in doubt, and there is nobody to ask.
    #[error("a policy wants notices to be confirmed, and there is nobody to ask")]
    NobodyToAsk,
    /// Seals are required, and there is no sealer.
    #[error("seals are required, and there is no sealer to check them")]
    NoSealer,
}
