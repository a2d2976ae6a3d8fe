//! Who is connected, so that the idle can make room for others.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::line::{Fate, Line};

/// One in so many idle connections ends when there is no room. Ending them one by one would look through
/// all of them for each newcomer.
const ONE_IN: usize = 16;

/// The connections that are open.
#[derive(Clone, Debug, Default)]
pub(super) struct Crowd(Arc<Mutex<Members>>);

#[derive(Debug, Default)]
struct Members {
    lines: BTreeMap<u64, Arc<Line>>,
    admitted: u64,
}

/// A place among the connected, given up when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    crowd: Crowd,
    number: u64,
}

impl Crowd {
    pub(super) fn admit(&self, line: &Arc<Line>) -> Place {
        let mut members = self.lock();
        members.admitted += 1;
        let number = members.admitted;
        members.lines.insert(number, Arc::clone(line));
        Place { crowd: self.clone(), number }
    }

    /// Ends some of those that have no request under way, the ones first that were idle longest.
    pub(super) fn make_room(&self) {
        let members = self.lock();
        let mut idle: Vec<&Arc<Line>> = members.lines.values().filter(|line| line.is_idle()).collect();
        idle.sort_by_key(|line| line.idle_since());
        let count = idle.len().div_ceil(ONE_IN);
        for line in idle.into_iter().take(count) {
            line.decide(Fate::Close);
        }
    }

    /// Ends those that have had no request under way for so long, where the protocol has no way of its own to
    /// find out whether anybody is still there.
    pub(super) fn end_silent(&self, patience: Duration) {
        let now = Instant::now();
        let is_silent = |line: &&Arc<Line>| {
            line.ends_by_silence() && line.is_idle() && now.duration_since(line.idle_since()) >= patience
        };
        for line in self.lock().lines.values().filter(is_silent) {
            line.decide(Fate::Close);
        }
    }

    /// Lets all of them finish what is under way.
    pub(super) fn finish(&self) {
        for line in self.lock().lines.values() {
            line.decide(Fate::Finish);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Members> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.crowd.lock().lines.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(30);

    #[tokio::test(start_paused = true)]
    async fn only_those_end_by_silence_that_have_had_no_request_for_long() {
        let crowd = Crowd::default();
        let line = || Arc::new(Line::default());
        let (silent, busy, multiplexed, lively) = (line(), line(), line(), line());
        let _places = [&silent, &busy, &multiplexed, &lively].map(|line| crowd.admit(line));
        multiplexed.outlive_silence();
        let _request = Arc::clone(&busy).work();

        tokio::time::advance(PATIENCE / 2).await;
        drop(Arc::clone(&lively).work());
        crowd.end_silent(PATIENCE);
        assert_eq!(silent.fate(), Fate::Open);

        tokio::time::advance(PATIENCE / 2).await;
        crowd.end_silent(PATIENCE);
        assert_eq!(silent.fate(), Fate::Close);
        for other in [busy, multiplexed, lively] {
            assert_eq!(other.fate(), Fate::Open);
        }
    }
}
