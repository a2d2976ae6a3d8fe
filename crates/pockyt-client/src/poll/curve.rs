//! The pauses between questions.

use std::time::Duration;

use crate::random::{self, Randomness};

const FIRST_MINUTE: Duration = Duration::from_secs(60);
const SHORTEST: Duration = Duration::from_secs(3);
const LONGEST: Duration = Duration::from_secs(30);
const GROWTH: f64 = 1.5;
const SPREAD: f64 = 0.2;

/// Where on the curve a poll is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Curve {
    last: Duration,
}

impl Default for Curve {
    fn default() -> Self {
        Self { last: SHORTEST }
    }
}

impl Curve {
    /// The curve after this much time, as if it had been followed from the start.
    pub(crate) fn after(elapsed: Duration) -> Self {
        let mut curve = Self::default();
        let mut at = FIRST_MINUTE;
        while at <= elapsed && curve.last < LONGEST {
            at = at.saturating_add(curve.step(at));
        }
        curve
    }

    /// The next pause, before chance.
    fn step(&mut self, elapsed: Duration) -> Duration {
        self.last = if elapsed < FIRST_MINUTE { SHORTEST } else { self.last.mul_f64(GROWTH).min(LONGEST) };
        self.last
    }

    /// The next pause after this much time.
    pub(crate) fn next(&mut self, elapsed: Duration, randomness: &dyn Randomness) -> Duration {
        let factor = 1.0 - SPREAD + 2.0 * SPREAD * random::unit(randomness);
        self.step(elapsed).mul_f64(factor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_after_the_first_minute_up_to_half_a_minute() {
        let mut curve = Curve::default();
        let mut elapsed = Duration::ZERO;
        let mut pauses = Vec::new();
        while elapsed < Duration::from_secs(300) {
            let pause = curve.next(elapsed, &|| 0.5);
            pauses.push(pause.as_millis());
            elapsed += pause;
        }
        assert!(pauses.iter().take(20).all(|pause| *pause == 3000), "{pauses:?}");
        assert_eq!(pauses[20..26], [4500, 6750, 10125, 15187, 22781, 30000], "{pauses:?}");
        assert!(pauses[26..].iter().all(|pause| *pause == 30000), "{pauses:?}");
    }

    #[test]
    fn chance_moves_a_pause_by_a_fifth_at_most() {
        for (unit, millis) in [(0.0, 2400), (0.5, 3000), (1.0, 3600)] {
            assert_eq!(Curve::default().next(Duration::ZERO, &move || unit).as_millis(), millis);
        }
    }

    #[test]
    fn a_resumed_poll_goes_on_where_it_was_on_the_curve() {
        for (elapsed, pause) in [(0, 3000), (59, 3000), (60, 6750), (90, 22781), (3600, 30000)] {
            let elapsed = Duration::from_secs(elapsed);
            assert_eq!(Curve::after(elapsed).next(elapsed, &|| 0.5).as_millis(), pause, "{elapsed:?}");
        }
    }
}
