//! When to try again, and when to give up.

use std::time::Duration;

use pockyt_model::UtcMillis;
use pockyt_store::{Outcome, StoredNotice};

use crate::Handled;

/// When a notice is handed over again, and when it is given up.
///
/// By default a failure is tried again after 1 s, 2 s, 4 s and so on up to 10 minutes, 20 attempts in
/// all, which takes about two hours; a deferral likewise after 1 s up to 5 minutes, until the notice is
/// a day old and was put off 20 times. So one that nobody worked on for days has its chance too, which
/// takes an hour. A stored message that no key verifies any more is deferred.
///
/// Of a notice that came while the clock ran ahead, and was set back since, the age is not known; it is taken to have
/// waited for the longest delay each time that it was put off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    pub(crate) attempts: u32,
    first_delay: Duration,
    longest_delay: Duration,
    longest_deferral: Duration,
    defer_for: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 20,
            first_delay: Duration::from_secs(1),
            longest_delay: Duration::from_secs(10 * 60),
            longest_deferral: Duration::from_secs(5 * 60),
            defer_for: Duration::from_secs(24 * 60 * 60),
        }
    }
}

impl RetryPolicy {
    /// How many attempts may fail before a notice is given up, and how often at least it is put off; at
    /// least 1.
    pub fn attempts(self, attempts: u32) -> Self {
        Self { attempts: attempts.max(1), ..self }
    }

    /// The delay after the first failure or deferral, doubled for each one after it; at least 1 ms.
    pub fn first_delay(self, first_delay: Duration) -> Self {
        Self { first_delay: first_delay.max(Duration::from_millis(1)), ..self }
    }

    /// The longest delay after a failure; at least 1 ms.
    pub fn longest_delay(self, longest_delay: Duration) -> Self {
        Self { longest_delay: longest_delay.max(Duration::from_millis(1)), ..self }
    }

    /// The longest delay after a deferral; at least 1 ms.
    pub fn longest_deferral(self, longest_deferral: Duration) -> Self {
        Self { longest_deferral: longest_deferral.max(Duration::from_millis(1)), ..self }
    }

    /// How old a notice may grow before a deferral gives it up, once there were as many as
    /// [`Self::attempts`] says; a day unless set.
    pub fn defer_for(self, defer_for: Duration) -> Self {
        Self { defer_for, ..self }
    }

    /// What is made of a handler's word.
    pub(crate) fn outcome(&self, handled: Handled, stored: &StoredNotice, now: UtcMillis) -> Outcome {
        match handled {
            Handled::Done => Outcome::Done,
            Handled::Dead { why } => Outcome::Dead { why },
            Handled::Retry { why } if stored.failures.saturating_add(1) >= self.attempts => {
                Outcome::Dead { why }
            }
            Handled::Retry { why } => {
                Outcome::RetryAt { at: now.plus(self.delay(stored.failures, self.longest_delay)), why }
            }
            Handled::Deferred { why } if self.was_put_off_enough(stored, now) => Outcome::Dead { why },
            Handled::Deferred { why } => {
                Outcome::Defer { at: now.plus(self.delay(stored.deferrals, self.longest_deferral)), why }
            }
        }
    }

    fn was_put_off_enough(&self, stored: &StoredNotice, now: UtcMillis) -> bool {
        let age = if stored.received_at > now {
            // The clock ran ahead then. That it was put off so often tells about how old it is.
            self.longest_deferral.saturating_mul(stored.deferrals)
        } else {
            now.since(stored.received_at)
        };
        age >= self.defer_for && stored.deferrals.saturating_add(1) >= self.attempts
    }

    fn delay(&self, earlier: u32, longest: Duration) -> Duration {
        self.first_delay.saturating_mul(2_u32.saturating_pow(earlier)).min(longest)
    }
}
