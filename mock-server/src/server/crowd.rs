//! Who is connected, so that the idle can make room for others.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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

    fn lock(&self) -> MutexGuard<'_, Members> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.crowd.lock().lines.remove(&self.number);
    }
}
