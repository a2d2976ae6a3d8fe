//! What an outcome or a decision changes about a notice: the one place for it, whatever the store.

use pockyt_model::UtcMillis;

use crate::lease::cut_reason;
use crate::{CLOCK_SLACK, Decision, MAX_DELAY, MAX_LEASE, Outcome, Quarantine, Standing, StoredNotice};

/// The difference to be written.
#[derive(Clone, Debug)]
pub(crate) struct Transition {
    pub(crate) standing: Standing,
    pub(crate) counters: Counters,
    /// Kept instead of the last one.
    pub(crate) reason: Option<String>,
    /// Kept instead of the last one.
    pub(crate) quarantine: Option<Quarantine>,
    /// Whether somebody has taken it upon himself that it need not be confirmed.
    pub(crate) released: bool,
}

/// What happens to the counters of attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counters {
    Add { failures: u32, deferrals: u32 },
    Reset,
}

impl Counters {
    const KEEP: Self = Self::Add { failures: 0, deferrals: 0 };
}

impl Transition {
    fn to(standing: Standing, reason: Option<String>) -> Self {
        Self { standing, counters: Counters::KEEP, reason, quarantine: None, released: false }
    }

    /// What an attempt leads to.
    pub(crate) fn of_outcome(outcome: Outcome, now: UtcMillis) -> Self {
        let wait_until = |at: UtcMillis| Standing::Waiting { due_at: at.min(now.plus(MAX_DELAY)) };
        match outcome {
            Outcome::Done => Self::to(Standing::Done, None),
            Outcome::Dead { why } => Self::to(Standing::Dead, Some(cut_reason(&why))),
            Outcome::Defer { at, why } => Self {
                counters: Counters::Add { failures: 0, deferrals: 1 },
                ..Self::to(wait_until(at), Some(cut_reason(&why)))
            },
            Outcome::RetryAt { at, why } => Self {
                counters: Counters::Add { failures: 1, deferrals: 0 },
                ..Self::to(wait_until(at), Some(cut_reason(&why)))
            },
            Outcome::Quarantine { doubt, why } => Self {
                quarantine: Some(Quarantine::Doubt(doubt)),
                ..Self::to(Standing::Quarantined, why.map(|why| cut_reason(&why)))
            },
        }
    }

    /// What a decision leads to, where it can be made.
    pub(crate) fn of_decision(decision: &Decision, now: UtcMillis) -> Self {
        match decision {
            Decision::Dismiss { why } => Self::to(Standing::Dismissed, Some(cut_reason(why))),
            Decision::Release { why } => {
                Self { released: true, ..Self::to(Standing::Waiting { due_at: now }, Some(cut_reason(why))) }
            }
            Decision::Redrive => {
                Self { counters: Counters::Reset, ..Self::to(Standing::Waiting { due_at: now }, None) }
            }
        }
    }

    /// Changes the notice accordingly.
    pub(crate) fn apply(self, notice: &mut StoredNotice, now: UtcMillis) {
        notice.standing = self.standing;
        notice.changed_at = now;
        match self.counters {
            Counters::Add { failures, deferrals } => {
                notice.failures = notice.failures.saturating_add(failures);
                notice.deferrals = notice.deferrals.saturating_add(deferrals);
            }
            Counters::Reset => (notice.failures, notice.deferrals) = (0, 0),
        }
        notice.last_reason = self.reason.or(notice.last_reason.take());
        notice.quarantine = self.quarantine.or(notice.quarantine.take());
        notice.to_confirm &= !self.released;
    }
}

/// What is to be done about a notice that waits or is leased and is not due, when all others are due before it.
pub(crate) enum Ahead {
    /// It waits for a moment that the clock had come near to before it was set back: now is as good.
    Due,
    /// It was leased then. The holder may be at work, and may be dead: the lease is to end then.
    LeasedUntil(UtcMillis),
}

impl Ahead {
    /// `None` of one that was changed while the clock was right.
    pub(crate) fn of(notice: &StoredNotice, now: UtcMillis) -> Option<Self> {
        let was_ahead = notice.changed_at > now.plus(CLOCK_SLACK);
        was_ahead.then(|| match notice.standing {
            Standing::Leased { until, .. } => {
                Self::LeasedUntil(now.plus(until.since(notice.changed_at).min(MAX_LEASE)))
            }
            _ => Self::Due,
        })
    }
}

/// What a lease that ran out leaves as its reason.
pub(crate) fn ran_out(owner: &str) -> String {
    cut_reason(&format!("the lease of {owner} ran out"))
}
