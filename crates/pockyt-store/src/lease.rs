//! Work in hand.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use pockyt_model::UtcMillis;

use crate::{Doubt, NoticeId, StoredNotice};

/// The longest lease; a longer one asked for is cut to it, so that a mistake cannot hide a notice.
pub const MAX_LEASE: Duration = Duration::from_secs(60 * 60);

/// The longest delay before another attempt; a later moment asked for is cut to it.
pub const MAX_DELAY: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// By how much the clocks of programs that share a store may differ: what was changed more than this after the present
/// moment was changed while the clock ran ahead, and has been set back since.
pub const CLOCK_SLACK: Duration = Duration::from_secs(60);

/// How many characters of a reason are kept.
pub const MAX_REASON: usize = 500;

/// As much of a reason as is kept.
pub(crate) fn cut_reason(reason: &str) -> String {
    reason.chars().take(MAX_REASON).collect()
}

/// Who holds a lease: a text that people can find a worker by, such as a host name and process number.
///
/// Safety does not rest on it being unique: every lease also carries a number of its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OwnerToken(Arc<str>);

impl OwnerToken {
    /// The owner of this name.
    pub fn new(name: &str) -> Self {
        Self(name.into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OwnerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The right to finish a notice, until somebody takes it over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    pub(crate) id: NoticeId,
    pub(crate) owner: OwnerToken,
    pub(crate) fence: u64,
    pub(crate) until: UtcMillis,
}

impl Lease {
    /// A lease, for those who write a store.
    ///
    /// `fence` must differ for every claim of the notice, for ever; `until` is when anybody may take
    /// it over.
    pub fn new(id: NoticeId, owner: OwnerToken, fence: u64, until: UtcMillis) -> Self {
        Self { id, owner, fence, until }
    }

    /// The notice.
    pub fn id(&self) -> NoticeId {
        self.id
    }

    /// Who holds it.
    pub fn owner(&self) -> &OwnerToken {
        &self.owner
    }

    /// The number that tells this lease from every other one of the notice.
    pub fn fence(&self) -> u64 {
        self.fence
    }

    /// From when on anybody may take it over.
    pub fn until(&self) -> UtcMillis {
        self.until
    }
}

/// A notice to be handled, and the right to finish it.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The notice.
    pub notice: StoredNotice,
    /// The right to finish it.
    pub lease: Lease,
    /// Whose lease had run out, when it was taken over.
    pub taken_over_from: Option<OwnerToken>,
}

/// What became of an attempt.
///
/// Reasons are for people; they are cut to [`MAX_REASON`] characters and should hold no personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// Give up; for people to look at.
    Dead {
        /// Why.
        why: String,
    },
    /// Not yet possible, through nobody's fault: another attempt at this moment, at most
    /// [`MAX_DELAY`] away.
    Defer {
        /// When.
        at: UtcMillis,
        /// Why.
        why: String,
    },
    /// Handled.
    Done,
    /// It must not be acted upon as it is: kept in quarantine until somebody decides.
    Quarantine {
        /// Why.
        doubt: Doubt,
        /// What was tried in vain to end the doubt; `None` leaves the last reason as it was.
        why: Option<String>,
    },
    /// It failed: another attempt at this moment, at most [`MAX_DELAY`] away.
    RetryAt {
        /// When.
        at: UtcMillis,
        /// Why.
        why: String,
    },
}
