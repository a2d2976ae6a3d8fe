//! The mock's time: where "now" comes from.

use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use pockyt_sim::Millis;
use tokio::time::Instant;

/// 2026-01-01T00:00:00Z, the instant at which a manual clock starts unless told otherwise.
pub const MANUAL_START: Millis = Millis(1_767_225_600_000);

/// How the mock's time passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClockMode {
    /// Time stands still until it is moved, so a two-hour story takes milliseconds. Two runs with the
    /// same seed and the same inputs write the same journal, provided that each API request that causes
    /// a notification is followed by a settle, and that no port number differs between them
    /// ([`crate::Builder::resolve`], [`crate::Builder::public_url`]).
    Manual {
        /// The time before anything moves it.
        start: Millis,
    },
    /// The time of the day, moving as it does.
    Real,
    /// Starts at the time of the day and moves this many times faster.
    Scaled(u32),
}

impl ClockMode {
    /// A manual clock that starts at [`MANUAL_START`].
    pub const fn manual() -> Self {
        Self::Manual { start: MANUAL_START }
    }

    /// Whether time only moves when told to.
    pub const fn is_manual(self) -> bool {
        matches!(self, Self::Manual { .. })
    }
}

impl FromStr for ClockMode {
    type Err = UnknownClock;

    /// Reads `manual`, `real`, or `xN` with N from 1 (`x60`: a minute a second).
    fn from_str(text: &str) -> Result<Self, UnknownClock> {
        match text {
            "manual" => Ok(Self::manual()),
            "real" => Ok(Self::Real),
            _ => match text.strip_prefix('x').map(str::parse) {
                Some(Ok(factor)) if factor > 0 => Ok(Self::Scaled(factor)),
                _ => Err(UnknownClock),
            },
        }
    }
}

/// The text is not a clock's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a clock is `real`, `manual`, or `xN` with N a whole number from 1 (x60: a minute a second)")]
pub struct UnknownClock;

/// A running or standing clock. It only moves forward, except on [`Clock::restart`].
#[derive(Clone, Copy, Debug)]
pub(crate) enum Clock {
    Manual { start: Millis, now: Millis },
    Running { origin: Millis, since: Instant, factor: u32 },
}

impl Clock {
    pub(crate) fn start(mode: ClockMode) -> Self {
        let running = |factor| Self::Running { origin: time_of_day(), since: Instant::now(), factor };
        match mode {
            ClockMode::Manual { start } => Self::Manual { start, now: start },
            ClockMode::Real => running(1),
            ClockMode::Scaled(factor) => running(factor.max(1)),
        }
    }

    pub(crate) fn now(&self) -> Millis {
        match *self {
            Self::Manual { now, .. } => now,
            Self::Running { origin, since, factor } => origin.plus(since.elapsed().saturating_mul(factor)),
        }
    }

    pub(crate) fn mode(&self) -> ClockMode {
        match *self {
            Self::Manual { start, .. } => ClockMode::Manual { start },
            Self::Running { factor: 1, .. } => ClockMode::Real,
            Self::Running { factor, .. } => ClockMode::Scaled(factor),
        }
    }

    /// Moves a manual clock to `time`, never back. A running clock moves by itself.
    pub(crate) fn move_to(&mut self, time: Millis) {
        if let Self::Manual { now, .. } = self {
            *now = time.max(*now);
        }
    }

    /// Puts a manual clock back to its start, so that what follows equals a fresh run.
    pub(crate) fn restart(&mut self) {
        if let Self::Manual { start, now } = self {
            *now = *start;
        }
    }

    /// When a running clock will show `time`; `None` under a manual clock, which nobody should wait for.
    pub(crate) fn instant_of(&self, time: Millis) -> Option<Instant> {
        match *self {
            Self::Manual { .. } => None,
            Self::Running { origin, since, factor } => {
                let micros = time.0.saturating_sub(origin.0).saturating_mul(1000).div_ceil(u64::from(factor));
                // The far future cannot be an Instant; a wait of a day is simply taken again.
                let wait = Duration::from_micros(micros);
                Some(since.checked_add(wait).unwrap_or_else(|| Instant::now() + Duration::from_hours(24)))
            }
        }
    }
}

fn time_of_day() -> Millis {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis(u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clock_names_are_read_and_others_refused() {
        assert_eq!("manual".parse(), Ok(ClockMode::manual()));
        assert_eq!("real".parse(), Ok(ClockMode::Real));
        assert_eq!("x60".parse(), Ok(ClockMode::Scaled(60)));
        for wrong in ["", "x", "x0", "x-1", "60", "X60", "x1.5", "x99999999999"] {
            assert_eq!(wrong.parse::<ClockMode>(), Err(UnknownClock), "{wrong}");
        }
    }

    #[test]
    fn a_manual_clock_moves_forward_only_and_restarts() {
        let mut clock = Clock::start(ClockMode::Manual { start: Millis(1000) });
        clock.move_to(Millis(1500));
        clock.move_to(Millis(1200));
        assert_eq!(clock.now(), Millis(1500));
        assert_eq!(clock.instant_of(Millis(9999)), None);
        clock.restart();
        assert_eq!(clock.now(), Millis(1000));
    }

    #[tokio::test(start_paused = true)]
    async fn a_scaled_clock_runs_faster_and_says_when_it_gets_there() {
        let clock = Clock::start(ClockMode::Scaled(60));
        let began = clock.now();
        let in_an_hour = began.plus(Duration::from_hours(1));
        let due = clock.instant_of(in_an_hour).unwrap();
        assert_eq!(due - Instant::now(), Duration::from_mins(1));
        tokio::time::sleep_until(due).await;
        assert!(clock.now() >= in_an_hour);
        assert!(clock.now() <= in_an_hour.plus(Duration::from_secs(1)));
    }

    #[tokio::test(start_paused = true)]
    async fn no_time_is_too_far_to_wait_for() {
        let clock = Clock::start(ClockMode::Real);
        assert!(clock.instant_of(Millis(u64::MAX)).unwrap() > Instant::now());
    }
}
