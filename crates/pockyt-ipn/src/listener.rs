//! The listener: from a request to its answer.

mod admin;
mod prepare;
mod prune;
pub(crate) mod run;
pub(crate) mod service;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use pockyt_model::{Clock, Confirm, FieldError, Notification, NotificationIdentity, NotificationKind};
use pockyt_sign::{KeyRing, Received, Verified};
use pockyt_store::{Arrival, Doubt, Inbox, NewNotice, OwnerToken, Recorded, Route, Tenant};

pub use self::admin::Inspection;
pub use self::prune::Retention;
pub use self::service::{ListenerService, ReplyFuture};
use crate::arrivals::Arrivals;
use crate::confirm::can_be_asked;
use crate::counts::Counters;
use crate::expect::AnyOrders;
use crate::judge::{check_size, check_type, format_of, verify};
use crate::seal::{SealCheck, Seals};
use crate::{ConfirmPolicy, Limits, ListenerBuilder, ListenerCounts, Refusal, Reply, RetryPolicy};
use crate::{SealPolicy, SealedTerms, UnknownOrder, Verdict};

/// Hears the notifications of one tenant and kind, and hands them over.
///
/// Clones are the same listener.
pub struct Listener<I> {
    pub(crate) shared: Arc<Shared<I>>,
}

pub(crate) struct Shared<I> {
    pub(crate) keys: KeyRing,
    pub(crate) inbox: I,
    pub(crate) route: Route,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) limits: Limits,
    pub(crate) retries: RetryPolicy,
    pub(crate) owner: OwnerToken,
    pub(crate) lease: Duration,
    pub(crate) seals: Option<Seals>,
    pub(crate) orders: Option<Arc<dyn AnyOrders>>,
    pub(crate) unknown_orders: UnknownOrder,
    pub(crate) confirmer: Option<Arc<dyn Confirm>>,
    pub(crate) confirm_policy: ConfirmPolicy,
    pub(crate) counters: Counters,
    pub(crate) arrivals: Arrivals,
}

impl<I: Inbox> Listener<I> {
    /// Begins a listener for messages signed with one of these keys, kept in this inbox.
    ///
    /// A [`SigningKey`](pockyt_sign::SigningKey) will do, or a [`KeyRing`] while a token is being
    /// replaced.
    pub fn builder(keys: impl Into<KeyRing>, inbox: I) -> ListenerBuilder<I> {
        ListenerBuilder::new(keys.into(), inbox)
    }

    pub(crate) fn new(shared: Shared<I>) -> Self {
        Self { shared: Arc::new(shared) }
    }

    /// Whose notifications it hears.
    pub fn tenant(&self) -> &Tenant {
        self.shared.route.tenant()
    }

    /// What kind of notifications it hears.
    pub fn kind(&self) -> NotificationKind {
        self.shared.route.kind()
    }

    /// Where the notifications are kept: for dead letters, quarantine and pruning.
    pub fn inbox(&self) -> &I {
        &self.shared.inbox
    }

    /// What happened since the listener was built.
    pub fn counts(&self) -> ListenerCounts {
        self.shared.counters.snapshot()
    }

    /// Judges the raw body of a POST, keeps it when its signature is right, and says what to answer.
    ///
    /// The answer is `success` only after the store has said that the message is kept. A future that
    /// is dropped early has kept it or not; either is fine, since no answer went out.
    pub async fn accept(&self, content_type: Option<&str>, body: &[u8]) -> Reply {
        self.accept_sealed(content_type, body, None).await
    }

    /// The same for a message that came by an address with this tag; see [`Sealer`](crate::Sealer). Without a
    /// sealer the tag is not looked at.
    pub async fn accept_sealed(&self, content_type: Option<&str>, body: &[u8], tag: Option<&str>) -> Reply {
        match check_type(content_type) {
            Ok(()) => self.hear(body, tag).await,
            Err(refusal) => self.reply(Verdict::Refused(refusal)),
        }
    }

    /// The same for a message whose type was looked at.
    pub(crate) async fn hear(&self, body: &[u8], tag: Option<&str>) -> Reply {
        self.reply(match self.weigh(body, tag) {
            Ok(notice) => self.record(notice).await,
            Err(refusal) => Verdict::Refused(refusal),
        })
    }

    /// Everything up to the store.
    fn weigh(&self, body: &[u8], tag: Option<&str>) -> Result<NewNotice, Refusal> {
        let Shared { keys, route, limits, clock, .. } = &*self.shared;
        let format = format_of(body);
        check_size(format, body, limits)?;
        // One moment for both, so that a key that reads the message now reads the record ever after.
        let received_at = clock.now();
        let received = verify(keys, format, body, received_at).map_err(Refusal::of)?;
        let key = match &received {
            Received::Ambiguous(message) => message.key(),
            Received::Verified(message) => message.key(),
        };
        // A ring has a label for each of its keys.
        let key_label = keys.label(key).unwrap_or_default();
        let arrival = Arrival { route: route.clone(), format, body, received_at, key_label };
        Ok(self.new_notice(arrival, &received, tag))
    }

    fn new_notice(&self, arrival: Arrival<'_>, received: &Received<'_>, tag: Option<&str>) -> NewNotice {
        let (notice, leaves_doubt) = match received {
            Received::Ambiguous(message) => {
                let doubt = Doubt::Ambiguous { field: message.field().to_owned() };
                (NewNotice::doubtful(arrival, message.unconfirmed_fields(), doubt), true)
            }
            Received::Verified(message) => match self.identify(message, tag) {
                Ok((identity, is_unsealed)) => {
                    (NewNotice::identified(arrival, message.fields(), identity), is_unsealed)
                }
                Err(doubt) => (NewNotice::doubtful(arrival, message.fields(), doubt), true),
            },
        };
        if leaves_doubt && self.settles_doubts() { notice.to_be_confirmed() } else { notice }
    }

    /// What a message is about, and whether it came by an address without a seal, which is tolerated; or why it
    /// is not believed.
    fn identify(
        &self,
        message: &Verified<'_>,
        tag: Option<&str>,
    ) -> Result<(NotificationIdentity, bool), Doubt> {
        let unreadable = |error: FieldError| Doubt::Unreadable { problem: error.to_string() };
        let Some(seals) = &self.shared.seals else {
            let identity = NotificationIdentity::read(self.kind(), message).map_err(unreadable)?;
            return Ok((identity, false));
        };
        let notification = Notification::read(self.kind(), message).map_err(unreadable)?;
        match self.check_seal(seals, &notification, tag) {
            Some(Unsealed::Doubtful(problem)) => Err(Doubt::Mismatch { problem: problem.to_owned() }),
            unsealed => Ok((NotificationIdentity::of(&notification), unsealed.is_some())),
        }
    }

    /// What is wrong with the address that a message came by.
    fn check_seal(&self, seals: &Seals, notification: &Notification, tag: Option<&str>) -> Option<Unsealed> {
        let check = match SealedTerms::of(notification) {
            Some(terms) => seals.check(tag, self.tenant(), &terms),
            None => SealCheck::Wrong,
        };
        let (unsealed, reason) = match (check, seals.policy) {
            (SealCheck::NotLookedAt | SealCheck::Right, _) => return None,
            (SealCheck::Missing, SealPolicy::Required) => {
                (Unsealed::Doubtful("the address it came by has no seal"), "missing")
            }
            (SealCheck::Missing, _) => (Unsealed::Tolerated, "missing"),
            (SealCheck::Wrong, _) => {
                (Unsealed::Doubtful("the address it came by was sealed for something else"), "wrong")
            }
        };
        tracing::warn!(tenant = self.tenant().as_str(), reason, "ipn unsealed");
        Some(unsealed)
    }

    /// Whether doubts about messages of this kind are settled by asking.
    fn settles_doubts(&self) -> bool {
        let Shared { confirmer, confirm_policy, .. } = &*self.shared;
        confirmer.is_some() && confirm_policy.settles_doubts() && can_be_asked(self.kind())
    }

    async fn record(&self, notice: NewNotice) -> Verdict {
        let (clean, waits) = (notice.is_clean(), notice.is_clean() || notice.is_to_be_confirmed());
        let recorded = self.shared.inbox.record(notice).await;
        if waits && matches!(recorded, Ok(Recorded::First(_))) {
            self.shared.arrivals.tell();
        }
        match recorded {
            Ok(Recorded::First(id)) if clean => Verdict::Recorded(id),
            Ok(Recorded::First(id)) => Verdict::Quarantined(id),
            Ok(Recorded::Duplicate(id)) => Verdict::Duplicate(id),
            Ok(recorded) => Verdict::Conflict(recorded.id()),
            Err(error) => Verdict::StoreFailed(error.kind()),
        }
    }

    /// Counts and reports what was decided.
    pub(crate) fn reply(&self, verdict: Verdict) -> Reply {
        self.shared.counters.delivery(verdict);
        let tenant = self.shared.route.tenant().as_str();
        match verdict {
            Verdict::Recorded(id) => tracing::info!(tenant, notice = id.get(), "ipn recorded"),
            Verdict::Duplicate(id) => tracing::debug!(tenant, notice = id.get(), "ipn duplicate"),
            Verdict::Conflict(id) => tracing::warn!(tenant, notice = id.get(), "ipn conflict"),
            Verdict::Quarantined(id) => tracing::warn!(tenant, notice = id.get(), "ipn quarantined"),
            // Anybody can cause these, so they must not be able to fill a log.
            Verdict::Refused(refusal) => tracing::debug!(tenant, reason = refusal.as_str(), "ipn refused"),
            Verdict::StoreFailed(kind) => tracing::error!(tenant, ?kind, "ipn store failed"),
        }
        Reply::from(verdict)
    }
}

/// What becomes of a message because of its address.
enum Unsealed {
    Doubtful(&'static str),
    /// Clean, but to be confirmed where there is somebody to ask.
    Tolerated,
}

impl<I> Clone for Listener<I> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<I> fmt::Debug for Listener<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener")
            .field("route", &self.shared.route)
            .field("limits", &self.shared.limits)
            .finish_non_exhaustive()
    }
}
