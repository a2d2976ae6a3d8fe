//! What people and their tools need of a store.

use std::future::Future;
use std::sync::Arc;

use pockyt_model::UtcMillis;

use crate::{Finished, NoticeId, State, StoreError, StoredNotice, Variant};

/// What somebody decides about a notice from which nothing moves by itself.
///
/// Reasons are kept with the notice, up to [`crate::MAX_REASON`] characters.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decision {
    /// A dead notice, or one in quarantine, is settled otherwise and will not be handled.
    Dismiss {
        /// Who says so and why.
        why: String,
    },
    /// A dead notice is to be handled again, with its attempts counted anew.
    Redrive,
    /// A notice in quarantine is to be handled after all, as after a query that confirmed it.
    Release {
        /// Who says so and why.
        why: String,
    },
}

impl Decision {
    /// The state that a notice in state `from` is moved to; `None` when this cannot be decided of it.
    pub fn moves(&self, from: State) -> Option<State> {
        match (self, from) {
            (Self::Dismiss { .. }, State::Dead | State::Quarantined) => Some(State::Dismissed),
            (Self::Redrive, State::Dead) | (Self::Release { .. }, State::Quarantined) => Some(State::Waiting),
            _ => None,
        }
    }
}

/// Whether a decision is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mode {
    /// Carry it out.
    Apply,
    /// Only say what would come of it; nothing is written.
    DryRun,
}

/// What came of a decision, or would.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decided {
    /// There is no such notice, or it was pruned.
    Missing,
    /// It is moved.
    Moved {
        /// From where.
        from: State,
        /// To where.
        to: State,
    },
    /// Not in this state; see [`Decision::moves`].
    Refused {
        /// The state it is in.
        state: State,
    },
}

impl Decided {
    /// Whether the notice was moved, or would be.
    pub fn is_moved(self) -> bool {
        matches!(self, Self::Moved { .. })
    }
}

/// Looking at what an [`Inbox`](crate::Inbox) holds, deciding about it, and pruning it.
///
/// The rules of [`Inbox`](crate::Inbox) hold here too.
pub trait InboxAdmin: Send + Sync {
    /// A notice by its number; `None` when there is none or it was pruned.
    fn get(&self, id: NoticeId) -> impl Future<Output = Result<Option<StoredNotice>, StoreError>> + Send;

    /// The variants of a notice, in the order in which they were received; none when it was pruned.
    fn variants(&self, id: NoticeId) -> impl Future<Output = Result<Vec<Variant>, StoreError>> + Send;

    /// The notices in a state, of all routes, by number: at most `limit` of those after `after`.
    fn list(
        &self,
        state: State,
        after: Option<NoticeId>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<StoredNotice>, StoreError>> + Send;

    /// Decides about one notice, or says what would come of it.
    fn decide(
        &self,
        id: NoticeId,
        decision: Decision,
        now: UtcMillis,
        mode: Mode,
    ) -> impl Future<Output = Result<Decided, StoreError>> + Send;

    /// Removes notices in this state that last changed before `before`, the oldest first and at most
    /// `limit`, and says how many. Call it until that is less than `limit`.
    ///
    /// What makes a message a duplicate stays for ever: pruning does not let anything in again.
    fn prune(
        &self,
        state: Finished,
        before: UtcMillis,
        limit: usize,
    ) -> impl Future<Output = Result<usize, StoreError>> + Send;
}

impl<I: InboxAdmin> InboxAdmin for Arc<I> {
    fn get(&self, id: NoticeId) -> impl Future<Output = Result<Option<StoredNotice>, StoreError>> + Send {
        I::get(self, id)
    }

    fn variants(&self, id: NoticeId) -> impl Future<Output = Result<Vec<Variant>, StoreError>> + Send {
        I::variants(self, id)
    }

    fn list(
        &self,
        state: State,
        after: Option<NoticeId>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<StoredNotice>, StoreError>> + Send {
        I::list(self, state, after, limit)
    }

    fn decide(
        &self,
        id: NoticeId,
        decision: Decision,
        now: UtcMillis,
        mode: Mode,
    ) -> impl Future<Output = Result<Decided, StoreError>> + Send {
        I::decide(self, id, decision, now, mode)
    }

    fn prune(
        &self,
        state: Finished,
        before: UtcMillis,
        limit: usize,
    ) -> impl Future<Output = Result<usize, StoreError>> + Send {
        I::prune(self, state, before, limit)
    }
}
