//! What happened since the listener was built.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use pockyt_store::Outcome;

use crate::sharded::Sharded;
use crate::{Verdict, metrics};

/// How often what happened, since the listener was built and in this process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListenerCounts {
    /// Requests that were answered: the sum of the next six.
    pub deliveries: u64,
    /// New notices.
    pub recorded: u64,
    /// Deliveries of what was kept already.
    pub duplicates: u64,
    /// New notices in conflict with one that was there.
    pub conflicts: u64,
    /// New notices that cannot be believed.
    pub quarantined: u64,
    /// Requests answered 503.
    pub store_failures: u64,
    /// Requests refused, by [`Refusal::as_str`](crate::Refusal::as_str).
    pub refused: BTreeMap<&'static str, u64>,
    /// Attempts after which a notice was done.
    pub done: u64,
    /// Attempts that failed and are made again.
    pub retried: u64,
    /// Attempts put off.
    pub deferred: u64,
    /// Notices given up.
    pub dead: u64,
    /// Attempts after which a notice lay in quarantine: it was not as expected, or could not be confirmed.
    pub set_aside: u64,
    /// Attempts that ended before the handler, because the stored message does not verify or is not what
    /// it was recorded as. Each of them is among the deferred or the dead too.
    pub unreadable: u64,
    /// Attempts whose outcome was not written, because the lease had been taken over.
    pub leases_lost: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    /// By far the most of all that happens, so nobody waits to count it.
    recorded: Sharded,
    others: Mutex<ListenerCounts>,
}

impl Counters {
    pub(crate) fn snapshot(&self) -> ListenerCounts {
        let mut counts = self.others.lock().unwrap_or_else(PoisonError::into_inner).clone();
        counts.recorded = self.recorded.sum();
        counts.deliveries += counts.recorded;
        counts
    }

    pub(crate) fn delivery(&self, verdict: Verdict) {
        let reason = match verdict {
            Verdict::Refused(refusal) => refusal.as_str(),
            _ => "",
        };
        metrics::delivery(verdict.as_str(), reason);
        if matches!(verdict, Verdict::Recorded(_)) {
            self.recorded.add_one();
            return;
        }
        self.update(|counts| {
            counts.deliveries += 1;
            *match verdict {
                Verdict::Conflict(_) => &mut counts.conflicts,
                Verdict::Duplicate(_) => &mut counts.duplicates,
                Verdict::Quarantined(_) => &mut counts.quarantined,
                Verdict::Recorded(_) => &mut counts.recorded,
                Verdict::Refused(refusal) => counts.refused.entry(refusal.as_str()).or_default(),
                Verdict::StoreFailed(_) => &mut counts.store_failures,
            } += 1;
        });
    }

    pub(crate) fn attempt(&self, outcome: &Outcome) {
        metrics::attempt(match outcome {
            Outcome::Dead { .. } => "dead",
            Outcome::Defer { .. } => "deferred",
            Outcome::Done => "done",
            Outcome::Quarantine { .. } => "quarantined",
            _ => "retried",
        });
        self.update(|counts| {
            *match outcome {
                Outcome::Dead { .. } => &mut counts.dead,
                Outcome::Defer { .. } => &mut counts.deferred,
                Outcome::Done => &mut counts.done,
                Outcome::Quarantine { .. } => &mut counts.set_aside,
                _ => &mut counts.retried,
            } += 1;
        });
    }

    pub(crate) fn unreadable(&self) {
        metrics::unreadable();
        self.update(|counts| counts.unreadable += 1);
    }

    pub(crate) fn lease_lost(&self) {
        metrics::lease_lost();
        self.update(|counts| counts.leases_lost += 1);
    }

    fn update(&self, change: impl FnOnce(&mut ListenerCounts)) {
        change(&mut self.others.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
