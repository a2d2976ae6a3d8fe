//! A recorded notice, for workers and for people.

use std::fmt;
use std::sync::Arc;

use pockyt_model::UtcMillis;

use crate::{BodyFormat, Doubt, Identity, NoticeId, OwnerToken, Route};

/// A recorded notice as it stands.
#[derive(Clone)]
#[non_exhaustive]
pub struct StoredNotice {
    /// Its number.
    pub id: NoticeId,
    /// Where it came in.
    pub route: Route,
    /// What makes it the same as another.
    pub identity: Identity,
    /// How the body is written.
    pub format: BodyFormat,
    /// The body as it was received, `verifySign` included.
    ///
    /// Of a doubtful message this is the cut that came first, which may be an attacker's; only the
    /// signed text is the signer's.
    pub body: Arc<[u8]>,
    /// When it was received first.
    pub received_at: UtcMillis,
    /// The label of the key that matched when it was received first.
    pub key_label: String,
    /// When anything about it last changed.
    pub changed_at: UtcMillis,
    /// Attempts that failed, or whose worker was never heard of again.
    pub failures: u32,
    /// Attempts that were put off.
    pub deferrals: u32,
    /// What the last attempt that did not succeed gave as its reason.
    pub last_reason: Option<String>,
    /// What is to happen with it.
    pub standing: Standing,
    pub(crate) fence: u64,
}

impl StoredNotice {
    /// Which attempt at handling it is in hand or comes next, counted from 1. A redrive starts anew.
    pub fn attempt(&self) -> u32 {
        self.failures.saturating_add(self.deferrals).saturating_add(1)
    }
}

/// Without the body, which holds personal data and a signature.
impl fmt::Debug for StoredNotice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredNotice")
            .field("id", &self.id)
            .field("route", &self.route)
            .field("identity", &self.identity)
            .field("received_at", &self.received_at)
            .field("key_label", &self.key_label)
            .field("changed_at", &self.changed_at)
            .field("failures", &self.failures)
            .field("deferrals", &self.deferrals)
            .field("standing", &self.standing)
            .finish_non_exhaustive()
    }
}

/// What is to happen with a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Standing {
    /// Given up: for people to look at, and to redrive.
    Dead,
    /// Handled.
    Done,
    /// In somebody's hands until the lease ends.
    Leased {
        /// Whose.
        owner: OwnerToken,
        /// From when on anybody may take it over.
        until: UtcMillis,
    },
    /// Never to be handled as it is.
    Quarantined(Quarantine),
    /// To be handled.
    Waiting {
        /// Not before this.
        due_at: UtcMillis,
    },
}

impl Standing {
    /// The name of it.
    pub fn state(&self) -> State {
        match self {
            Self::Dead => State::Dead,
            Self::Done => State::Done,
            Self::Leased { .. } => State::Leased,
            Self::Quarantined(_) => State::Quarantined,
            Self::Waiting { .. } => State::Waiting,
        }
    }

    /// From when on it may be claimed; `None` when never.
    pub fn due_at(&self) -> Option<UtcMillis> {
        match self {
            Self::Leased { until, .. } => Some(*until),
            Self::Waiting { due_at } => Some(*due_at),
            _ => None,
        }
    }
}

/// The names of the [`Standing`]s.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum State {
    /// Given up.
    Dead,
    /// Handled.
    Done,
    /// In somebody's hands.
    Leased,
    /// Never to be handled as it is.
    Quarantined,
    /// To be handled.
    Waiting,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Dead, Self::Done, Self::Leased, Self::Quarantined, Self::Waiting];

    /// A stable word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dead => "dead",
            Self::Done => "done",
            Self::Leased => "leased",
            Self::Quarantined => "quarantined",
            Self::Waiting => "waiting",
        }
    }
}

/// The states from which nothing moves by itself, so that old records may be pruned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Finished {
    /// Given up.
    Dead,
    /// Handled.
    Done,
    /// Never to be handled as it is.
    Quarantined,
}

impl From<Finished> for State {
    fn from(finished: Finished) -> Self {
        match finished {
            Finished::Dead => Self::Dead,
            Finished::Done => Self::Done,
            Finished::Quarantined => Self::Quarantined,
        }
    }
}

/// Why a notice is in quarantine.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Quarantine {
    /// Another notice has the same key and another fingerprint, and was there first.
    Conflict {
        /// The one that was there first.
        with: NoticeId,
    },
    /// It cannot be believed.
    Doubt(Doubt),
}

/// How many notices there are in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Given up.
    pub dead: usize,
    /// Handled, and not yet pruned.
    pub done: usize,
    /// In somebody's hands, expired leases included.
    pub leased: usize,
    /// Never to be handled as they are.
    pub quarantined: usize,
    /// To be handled.
    pub waiting: usize,
}

impl Counts {
    /// The count of one state.
    pub fn of(&self, state: State) -> usize {
        match state {
            State::Dead => self.dead,
            State::Done => self.done,
            State::Leased => self.leased,
            State::Quarantined => self.quarantined,
            State::Waiting => self.waiting,
        }
    }
}
