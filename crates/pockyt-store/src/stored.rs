//! A recorded notice, for workers and for people.

use std::fmt;
use std::sync::Arc;

use pockyt_model::UtcMillis;

use crate::{BodyFormat, ContentDigest, Doubt, Identity, NoticeId, OwnerToken, Route};

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
    /// Of its signed text; its [`Variant`]s have others.
    pub content: ContentDigest,
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
    /// What the last attempt that did not succeed, or the last decision, gave as its reason.
    pub last_reason: Option<String>,
    /// Why it is or was in quarantine, or would be if it was not to be confirmed. It stays when the notice is
    /// released, so that whoever handles it then knows that its own word is not enough.
    pub quarantine: Option<Quarantine>,
    /// Whether it must be confirmed by a query before anybody acts on it. It is recorded with the notice, and
    /// ends when somebody releases it from quarantine.
    pub to_confirm: bool,
    /// What is to happen with it.
    pub standing: Standing,
    /// The number of the last lease, for those who write a store; 0 before the first.
    pub fence: u64,
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
            .field("quarantine", &self.quarantine)
            .field("to_confirm", &self.to_confirm)
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
    /// Set aside by a decision, without being handled.
    Dismissed,
    /// Handled.
    Done,
    /// In somebody's hands until the lease ends.
    Leased {
        /// Whose.
        owner: OwnerToken,
        /// From when on anybody may take it over.
        until: UtcMillis,
    },
    /// Not to be handled unless somebody decides so; see [`StoredNotice::quarantine`] for the reason.
    Quarantined,
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
            Self::Dismissed => State::Dismissed,
            Self::Done => State::Done,
            Self::Leased { .. } => State::Leased,
            Self::Quarantined => State::Quarantined,
            Self::Waiting { .. } => State::Waiting,
        }
    }

    /// In whose hands it is; `None` when in nobody's.
    pub fn owner(&self) -> Option<&OwnerToken> {
        match self {
            Self::Leased { owner, .. } => Some(owner),
            _ => None,
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
    /// Set aside by a decision.
    Dismissed,
    /// Handled.
    Done,
    /// In somebody's hands.
    Leased,
    /// Not to be handled unless somebody decides so.
    Quarantined,
    /// To be handled.
    Waiting,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Dead, Self::Dismissed, Self::Done, Self::Leased, Self::Quarantined, Self::Waiting];

    /// A stable word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dead => "dead",
            Self::Dismissed => "dismissed",
            Self::Done => "done",
            Self::Leased => "leased",
            Self::Quarantined => "quarantined",
            Self::Waiting => "waiting",
        }
    }

    /// The state of this word; `None` for any other.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// The states from which nothing moves by itself, so that old records may be pruned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Finished {
    /// Given up.
    Dead,
    /// Set aside by a decision.
    Dismissed,
    /// Handled.
    Done,
    /// Not to be handled unless somebody decides so.
    Quarantined,
}

impl Finished {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Dead, Self::Dismissed, Self::Done, Self::Quarantined];
}

impl From<Finished> for State {
    fn from(finished: Finished) -> Self {
        match finished {
            Finished::Dead => Self::Dead,
            Finished::Dismissed => Self::Dismissed,
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

/// Another message of the same notification: it agrees in all that matters and differs elsewhere.
#[derive(Clone)]
#[non_exhaustive]
pub struct Variant {
    /// Of its signed text.
    pub content: ContentDigest,
    /// How the body is written.
    pub format: BodyFormat,
    /// The body as it was received, `verifySign` included.
    pub body: Arc<[u8]>,
    /// When it was received first.
    pub received_at: UtcMillis,
    /// The label of the key that matched.
    pub key_label: String,
}

/// Without the body, which holds personal data and a signature.
impl fmt::Debug for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Variant")
            .field("content", &self.content)
            .field("received_at", &self.received_at)
            .field("key_label", &self.key_label)
            .finish_non_exhaustive()
    }
}

/// How many notices there are in each state, and how long the oldest has been waiting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Given up.
    pub dead: usize,
    /// Set aside by a decision.
    pub dismissed: usize,
    /// Handled, and not yet pruned.
    pub done: usize,
    /// In somebody's hands, expired leases included.
    pub leased: usize,
    /// Not to be handled unless somebody decides so.
    pub quarantined: usize,
    /// To be handled.
    pub waiting: usize,
    /// When the waiting or leased notice of the lowest number was received; `None` when there is none.
    /// Its age tells whether the handlers keep up.
    pub oldest_unhandled: Option<UtcMillis>,
}

impl Counts {
    /// The count of one state.
    pub fn of(&self, state: State) -> usize {
        match state {
            State::Dead => self.dead,
            State::Dismissed => self.dismissed,
            State::Done => self.done,
            State::Leased => self.leased,
            State::Quarantined => self.quarantined,
            State::Waiting => self.waiting,
        }
    }

    /// The count of one state, to be set.
    pub fn of_mut(&mut self, state: State) -> &mut usize {
        match state {
            State::Dead => &mut self.dead,
            State::Dismissed => &mut self.dismissed,
            State::Done => &mut self.done,
            State::Leased => &mut self.leased,
            State::Quarantined => &mut self.quarantined,
            State::Waiting => &mut self.waiting,
        }
    }
}
