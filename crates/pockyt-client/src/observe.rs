//! Counters and histograms, by the `metrics` facade. Without the feature nothing is counted.
//!
//! The names and their labels are a promise: docs/operations.md lists them. Labels are operation names,
//! fixed words and HTTP statuses, never anything that a merchant or a customer gave.

use std::time::Duration;

use crate::timer::Timer;

#[cfg(feature = "metrics")]
mod sink {
    pub(super) use metrics::{counter, gauge, histogram};
}

macro_rules! count {
    ($name:literal $(, $label:literal => $value:expr)*) => {
        #[cfg(feature = "metrics")]
        sink::counter!($name $(, $label => $value)*).increment(1);
        // Nothing is made for nobody: a label may be a copy.
        #[cfg(not(feature = "metrics"))]
        { $( let _ = || $value; )* }
    };
}

macro_rules! record {
    ($name:literal, $seconds:expr $(, $label:literal => $value:expr)*) => {
        #[cfg(feature = "metrics")]
        sink::histogram!($name $(, $label => $value)*).record($seconds.as_secs_f64());
        #[cfg(not(feature = "metrics"))]
        { let _ = $seconds; $( let _ = $value; )* }
    };
}

/// When a call began. Nobody asks for the time unless somebody counts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start(Option<Duration>);

impl Start {
    pub(crate) fn of(timer: &dyn Timer) -> Self {
        Self(cfg!(feature = "metrics").then(|| timer.elapsed()))
    }

    /// The call is over.
    pub(crate) fn end(self, timer: &dyn Timer, operation: &'static str, outcome: &'static str) {
        let Some(start) = self.0 else { return };
        let took = timer.elapsed().saturating_sub(start);
        count!("pockyt_client_calls_total", "operation" => operation, "outcome" => outcome);
        record!("pockyt_client_call_duration_seconds", took, "operation" => operation, "outcome" => outcome);
    }
}

/// An attempt is over; `result` is a status or a kind of failure.
pub(crate) fn attempt(operation: &'static str, result: &str) {
    count!("pockyt_client_attempts_total", "operation" => operation, "result" => result.to_owned());
}

/// A call is tried again.
pub(crate) fn retry(operation: &'static str) {
    count!("pockyt_client_retries_total", "operation" => operation);
}

/// A call would have been tried again, but the shared budget is used up.
pub(crate) fn retry_refused(operation: &'static str) {
    count!("pockyt_client_retries_refused_total", "operation" => operation);
}

/// Polling asked once.
pub(crate) fn question(result: &'static str) {
    count!("pockyt_client_poll_questions_total", "result" => result);
}

/// Polling is over after this long.
pub(crate) fn polled(outcome: &'static str, took: Duration) {
    count!("pockyt_client_polls_total", "outcome" => outcome);
    record!("pockyt_client_poll_duration_seconds", took, "outcome" => outcome);
}

/// A call whose answer was lost has been asked about.
pub(crate) fn settled(outcome: &'static str) {
    count!("pockyt_client_settled_total", "outcome" => outcome);
}

/// One request under way, for as long as it lives.
#[derive(Debug)]
pub(crate) struct InFlight(());

impl InFlight {
    pub(crate) fn begin() -> Self {
        #[cfg(feature = "metrics")]
        sink::gauge!("pockyt_client_requests_in_flight").increment(1.0);
        Self(())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        #[cfg(feature = "metrics")]
        sink::gauge!("pockyt_client_requests_in_flight").decrement(1.0);
    }
}
