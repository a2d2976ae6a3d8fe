//! The listener: from a request to its answer.

mod run;
mod service;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use pockyt_model::{Clock, Notification};
use pockyt_sign::KeyRing;
use pockyt_store::{Arrival, Doubt, Inbox, NewNotice, OwnerToken, Recorded, Route};
use tokio::sync::Notify;

pub use self::service::{ListenerService, ReplyFuture};
use crate::counts::Counters;
use crate::judge::{Reading, check_size, format_of, judge};
use crate::{Limits, ListenerBuilder, ListenerCounts, Refusal, Reply, RetryPolicy, Verdict};

/// Hears the notifications of one tenant and kind, and hands them over.
///
/// Clones are the same listener.
pub struct Listener<I> {
    shared: Arc<Shared<I>>,
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
    pub(crate) counters: Counters,
    pub(crate) arrived: Notify,
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
        self.reply(match self.weigh(content_type, body) {
            Ok(notice) => self.record(notice).await,
            Err(refusal) => Verdict::Refused(refusal),
        })
    }

    /// Everything up to the store.
    fn weigh(&self, content_type: Option<&str>, body: &[u8]) -> Result<NewNotice, Refusal> {
        let Shared { keys, route, limits, clock, .. } = &*self.shared;
        let format = format_of(content_type, body)?;
        check_size(format, body, limits)?;
        // One moment for both, so that a key that reads the message now reads the record ever after.
        let received_at = clock.now();
        let judged = judge(keys, format, body, received_at).map_err(Refusal::of)?;
        // A ring has a label for each of its keys.
        let key_label = keys.label(judged.key).unwrap_or_default();
        Ok(new_notice(Arrival { route: route.clone(), format, body, received_at, key_label }, judged.reading))
    }

    async fn record(&self, notice: NewNotice) -> Verdict {
        let clean = notice.is_clean();
        match self.shared.inbox.record(notice).await {
            Ok(Recorded::First(id)) if clean => {
                self.shared.arrived.notify_one();
                Verdict::Recorded(id)
            }
            Ok(Recorded::First(id)) => Verdict::Quarantined(id),
            Ok(Recorded::Duplicate(id)) => Verdict::Duplicate(id),
            Ok(recorded) => Verdict::Conflict(recorded.id()),
            Err(error) => Verdict::StoreFailed(error.kind()),
        }
    }

    /// Counts and reports what was decided.
    fn reply(&self, verdict: Verdict) -> Reply {
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

fn new_notice(arrival: Arrival<'_>, reading: Reading<'_>) -> NewNotice {
    match reading {
        Reading::Payment(payment) => NewNotice::clean(arrival, &Notification::Payment(payment)),
        Reading::Ambiguous(message) => {
            let doubt = Doubt::Ambiguous { field: message.field().to_owned() };
            NewNotice::doubtful(arrival, message.unconfirmed_fields(), doubt)
        }
        Reading::Unreadable(message, error) => {
            let doubt = Doubt::Unreadable { problem: error.to_string() };
            NewNotice::doubtful(arrival, message.fields(), doubt)
        }
    }
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
