//! The trait that every store implements.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use pockyt_model::UtcMillis;

use crate::{Claimed, Counts, FinishError, Finished, Lease, NewNotice, NoticeId, Outcome, OwnerToken};
use crate::{Route, State, StoreError, StoredNotice};

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
/// Rules for every implementation:
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
    /// from clean ones. Of a repetition nothing is kept: record, body and key label are the first one's.
    fn record(&self, notice: NewNotice) -> impl Future<Output = Result<Recorded, StoreError>> + Send;

    /// Takes one notice of the route that is due, for at most `lease_for` (and [`crate::MAX_LEASE`]).
    ///
    /// Due are waiting notices whose time has come and leased ones whose lease has ended; the latter
    /// count as a failure of the one who held it. Which of several is taken first is up to the store,
    /// but none may be passed over for ever.
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

    /// When the next notice of the route can be claimed, which may be in the past; `None` when there
    /// is none.
    fn next_due(&self, route: &Route) -> impl Future<Output = Result<Option<UtcMillis>, StoreError>> + Send;

    /// A notice by its number; `None` when there is none or it was pruned.
    fn get(&self, id: NoticeId) -> impl Future<Output = Result<Option<StoredNotice>, StoreError>> + Send;

    /// The notices in a state, of all routes, by number: at most `limit` of those after `after`.
    fn list(
        &self,
        state: State,
        after: Option<NoticeId>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<StoredNotice>, StoreError>> + Send;

    /// How many notices there are in each state, of all routes.
    fn counts(&self) -> impl Future<Output = Result<Counts, StoreError>> + Send;

    /// Lets a dead notice be handled again, with its attempts counted anew. `false` when it is not
    /// dead or not there.
    fn redrive(&self, id: NoticeId, now: UtcMillis) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Removes the notices in this state that last changed before `before`, and says how many.
    ///
    /// What makes a message a duplicate stays for ever: pruning does not let anything in again.
    fn prune(
        &self,
        state: Finished,
        before: UtcMillis,
    ) -> impl Future<Output = Result<usize, StoreError>> + Send;
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

    fn next_due(&self, route: &Route) -> impl Future<Output = Result<Option<UtcMillis>, StoreError>> + Send {
        I::next_due(self, route)
    }

    fn get(&self, id: NoticeId) -> impl Future<Output = Result<Option<StoredNotice>, StoreError>> + Send {
        I::get(self, id)
    }

    fn list(
        &self,
        state: State,
        after: Option<NoticeId>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<StoredNotice>, StoreError>> + Send {
        I::list(self, state, after, limit)
    }

    fn counts(&self) -> impl Future<Output = Result<Counts, StoreError>> + Send {
        I::counts(self)
    }

    fn redrive(&self, id: NoticeId, now: UtcMillis) -> impl Future<Output = Result<bool, StoreError>> + Send {
        I::redrive(self, id, now)
    }

    fn prune(
        &self,
        state: Finished,
        before: UtcMillis,
    ) -> impl Future<Output = Result<usize, StoreError>> + Send {
        I::prune(self, state, before)
    }
}
