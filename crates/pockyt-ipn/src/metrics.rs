//! Counters and gauges, by the `metrics` facade. Without the feature nothing is counted.
//!
//! The names and their labels are a promise: docs/operations.md lists them. Labels are fixed words, never
//! anything that a caller gave.

#[cfg(feature = "metrics")]
use pockyt_model::UtcMillis;
#[cfg(feature = "metrics")]
use pockyt_store::{Inbox, State, StoreError};

macro_rules! count {
    ($name:literal $(, $label:literal => $value:expr)*) => {
        #[cfg(feature = "metrics")]
        ::metrics::counter!($name $(, $label => $value)*).increment(1);
        #[cfg(not(feature = "metrics"))]
        { $( let _ = $value; )* }
    };
}

/// A request was answered.
pub(crate) fn delivery(verdict: &'static str, reason: &'static str) {
    count!("pockyt_ipn_deliveries_total", "verdict" => verdict, "reason" => reason);
}

/// An attempt at handing over ended.
pub(crate) fn attempt(outcome: &'static str) {
    count!("pockyt_ipn_attempts_total", "outcome" => outcome);
}

/// A stored message does not verify, or not as what it was recorded as.
pub(crate) fn unreadable() {
    count!("pockyt_ipn_unreadable_total");
}

/// A notice was taken over from a worker whose lease ran out.
pub(crate) fn lease_taken_over() {
    count!("pockyt_ipn_lease_takeovers_total");
}

/// An outcome was not written, because somebody had taken over.
pub(crate) fn lease_lost() {
    count!("pockyt_ipn_leases_lost_total");
}

/// A refusal was answered 429.
#[cfg(feature = "source-limit")]
pub(crate) fn source_limited() {
    count!("pockyt_ipn_source_limited_total");
}

/// Reads from the inbox what only it knows, for all its routes, into gauges: how many notices are in each
/// state, dead letters among them, and how long the oldest one that is not handled has waited.
///
/// Call it every few seconds, in one of the programs that share an inbox.
///
/// # Errors
///
/// The store failed, and the gauges stay as they were.
#[cfg(feature = "metrics")]
pub async fn observe_inbox<I: Inbox>(inbox: &I, now: UtcMillis) -> Result<(), StoreError> {
    let counts = inbox.counts().await?;
    for state in State::ALL {
        // A count that f64 cannot tell from its neighbour is far beyond any table.
        let count = u32::try_from(counts.of(state)).unwrap_or(u32::MAX);
        ::metrics::gauge!("pockyt_ipn_notices", "state" => state.as_str()).set(count);
    }
    let age = counts.oldest_unhandled.map_or(0.0, |received_at| now.since(received_at).as_secs_f64());
    ::metrics::gauge!("pockyt_ipn_oldest_unhandled_seconds").set(age);
    Ok(())
}
