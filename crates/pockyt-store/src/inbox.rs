//! What a listener needs of a store.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use pockyt_model::{Notification, UtcMillis};

use crate::{
    Claimed, Counts, FinishError, Lease, NewNotice, NoticeId, Outcome, OwnerToken, Route, StoreError,
};

/// How many [`crate::Variant`]s of a notice are kept; further ones are only told from conflicts.
pub const MAX_VARIANTS: usize = 16;

/// What recording a message found out. Whichever it is, the message or its equal is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Recorded {
    /// A clean message about something of which another message says otherwise. It is kept in
    /// quarantine under this number; the one that was there first goes its way.
    Conflict(NoticeId),
    /// It is there already, under this number. The record itself may have been pruned since.
    Duplicate(NoticeId),
    /// It is new, and kept under this number.
    First(NoticeId),
}

impl Recorded {
    /// The number of the message or its equal.
    pub fn id(self) -> NoticeId {
        match self {
            Self::Conflict(id) | Self::Duplicate(id) | Self::First(id) => id,
        }
    }
}

/// Notifications that were received, kept until they are handled, and remembered for ever after.
///
/// What people and tools need besides is [`crate::InboxAdmin`]. Rules for every implementation of either:
///
/// * `record` returns `Ok` only when the message would survive what the store promises to survive; the
///   caller then answers `success`, and Pockyt will not send it again.
/// * Each method is atomic, also between processes when the store is shared by several.
/// * A future that is dropped leaves either everything or nothing done.
/// * Time is an argument. A store shared by several machines may use its own clock for leases.
pub trait Inbox: Send + Sync {
    /// Keeps a message, or finds that it is kept.
    ///
    /// Clean messages of one route are the same by their key; when the fingerprint differs from the
    /// first one's, it is a conflict, which is kept once: a repetition of it is a duplicate of it.
    /// Doubtful messages are the same by their signed text, however it is cut into fields, and live apart
    /// from clean ones. What is to be confirmed waits for a worker, doubtful or not; a conflict never does.
    /// Of a repetition nothing is kept: record, body and key label are the first one's.
    ///
    /// A duplicate with another signed text (another `time`, another note) is kept beside its notice as a
    /// [`crate::Variant`], up to [`MAX_VARIANTS`], as long as the notice was not pruned.
    fn record(&self, notice: NewNotice) -> impl Future<Output = Result<Recorded, StoreError>> + Send;

    /// Takes one notice of the route that is due, for at most `lease_for` (and [`crate::MAX_LEASE`]).
    ///
    /// Due are waiting notices whose time has come and leased ones whose lease has ended; the latter
    /// count as a failure of the one who held it. Which of several is taken first is up to the store, but none may
    /// be passed over for ever.
    ///
    /// When none is due, the clock may have been set back. So the one that comes due last is looked at: if it was
    /// changed more than [`crate::CLOCK_SLACK`] after `now`, it is due at once when it waits, and when it is leased,
    /// its lease lasts from now on as long as it lasted then; then the next one is looked at. Longer than
    /// [`crate::MAX_DELAY`] none can hide behind others.
    fn claim(
        &self,
        route: &Route,
        owner: &OwnerToken,
        now: UtcMillis,
        lease_for: Duration,
    ) -> impl Future<Output = Result<Option<Claimed>, StoreError>> + Send;

    /// Says what became of a claimed notice. Refused when the lease was taken over or used; a lease
    /// that has run out is still good as long as nobody has taken over.
    fn finish(
        &self,
        lease: &Lease,
        outcome: Outcome,
        now: UtcMillis,
    ) -> impl Future<Output = Result<(), FinishError>> + Send;

    /// Makes a claimed notice the one that stands for this notification, as when a query said what a
    /// doubtful message is about. It changes nothing else of the notice.
    ///
    /// [`Recorded::First`]: it stands for it now, or did before; a clean message that says the same is from
    /// now on a duplicate of it, or of the one that was kept as a conflict. [`Recorded::Duplicate`]: another
    /// notice said the same before and goes its own way. [`Recorded::Conflict`]: a notice with the same key was
    /// there first and says otherwise; the number is that notice's, and nothing is changed. Refused when the
    /// lease was taken over or used.
    fn identify(
        &self,
        lease: &Lease,
        notification: &Notification,
    ) -> impl Future<Output = Result<Recorded, FinishError>> + Send;

    /// When the next notice of the route can be claimed, which may be in the past; `None` when there
    /// is none.
    fn next_due(&self, route: &Route) -> impl Future<Output = Result<Option<UtcMillis>, StoreError>> + Send;

    /// How many notices there are in each state, of all routes, and how long the oldest has waited: for
    /// metrics. Cheap enough to be asked every few seconds.
    fn counts(&self) -> impl Future<Output = Result<Counts, StoreError>> + Send;

    /// Whether a message could be kept now, found out by keeping something: for readiness.
    fn check(&self) -> impl Future<Output = Result<(), StoreError>> + Send;
}

impl<I: Inbox> Inbox for Arc<I> {
    fn record(&self, notice: NewNotice) -> impl Future<Output = Result<Recorded, StoreError>> + Send {
        I::record(self, notice)
    }

    fn claim(
        &self,
        route: &Route,
        owner: &OwnerToken,
        now: UtcMillis,
        lease_for: Duration,
    ) -> impl Future<Output = Result<Option<Claimed>, StoreError>> + Send {
        I::claim(self, route, owner, now, lease_for)
    }

    fn finish(
        &self,
        lease: &Lease,
        outcome: Outcome,
        now: UtcMillis,
    ) -> impl Future<Output = Result<(), FinishError>> + Send {
        I::finish(self, lease, outcome, now)
    }

    fn identify(
        &self,
        lease: &Lease,
        notification: &Notification,
    ) -> impl Future<Output = Result<Recorded, FinishError>> + Send {
        I::identify(self, lease, notification)
    }

    fn next_due(&self, route: &Route) -> impl Future<Output = Result<Option<UtcMillis>, StoreError>> + Send {
        I::next_due(self, route)
    }

    fn counts(&self) -> impl Future<Output = Result<Counts, StoreError>> + Send {
        I::counts(self)
    }

    fn check(&self) -> impl Future<Output = Result<(), StoreError>> + Send {
        I::check(self)
    }
}
