//! Counting by source, in bounded memory.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use super::source::Source;

/// How long a full table is left alone before it is swept again.
const SWEEP_EVERY: Duration = Duration::from_secs(1);

/// How fast a count drains.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rate {
    /// The time in which one refusal drains.
    pub(super) interval: Duration,
    /// The time in which as many drain as are allowed at once.
    pub(super) burst: Duration,
}

/// When everything counted has drained. A moment that is over is the same as no count at all, which is why
/// such entries can go.
#[derive(Clone, Copy, Debug)]
struct DrainedAt(Instant);

impl DrainedAt {
    /// Counts one more; whether there was no room for it, and then nothing is counted.
    fn refuse(&mut self, rate: Rate, now: Instant) -> bool {
        let drained_at = self.0.max(now) + rate.interval;
        let is_over = drained_at.duration_since(now) > rate.burst;
        if !is_over {
            self.0 = drained_at;
        }
        is_over
    }
}

/// The refusals of each source.
#[derive(Debug)]
pub(super) struct Table {
    rate: Rate,
    room: usize,
    sources: HashMap<Source, DrainedAt>,
    /// Of all sources for which there was no room.
    others: Option<DrainedAt>,
    swept_at: Option<Instant>,
}

impl Table {
    pub(super) fn new(rate: Rate, room: usize) -> Self {
        Self { rate, room, sources: HashMap::new(), others: None, swept_at: None }
    }

    /// Counts a refusal; whether the source had none left.
    pub(super) fn refuse(&mut self, source: Source, now: Instant) -> bool {
        let rate = self.rate;
        if let Some(drained_at) = self.sources.get_mut(&source) {
            return drained_at.refuse(rate, now);
        }
        if self.sources.len() >= self.room {
            self.sweep(now);
        }
        if self.sources.len() >= self.room {
            return self.others.get_or_insert(DrainedAt(now)).refuse(rate, now);
        }
        self.sources.entry(source).or_insert(DrainedAt(now)).refuse(rate, now)
    }

    fn sweep(&mut self, now: Instant) {
        if self.swept_at.is_some_and(|swept_at| now.duration_since(swept_at) < SWEEP_EVERY) {
            return;
        }
        self.swept_at = Some(now);
        self.sources.retain(|_, drained_at| drained_at.0 > now);
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use proptest::prelude::*;

    use super::*;

    const RATE: Rate = Rate { interval: Duration::from_secs(1), burst: Duration::from_secs(3) };

    fn source(number: u32) -> Source {
        Source::of(IpAddr::V4(Ipv4Addr::from(number)))
    }

    #[test]
    fn a_source_has_its_refusals_and_gets_them_back_one_by_one() {
        let (mut table, start) = (Table::new(RATE, 8), Instant::now());
        let mut at =
            |seconds: u64, number| table.refuse(source(number), start + Duration::from_secs(seconds));
        assert_eq!([at(0, 1), at(0, 1), at(0, 1), at(0, 1)], [false, false, false, true]);
        assert!(!at(0, 2), "others have their own");
        assert_eq!([at(1, 1), at(1, 1)], [false, true]);
        assert_eq!([at(60, 1), at(60, 1), at(60, 1), at(60, 1)], [false, false, false, true]);
    }

    #[test]
    fn a_full_table_keeps_whom_it_has_and_counts_the_rest_together() {
        let (mut table, now) = (Table::new(RATE, 2), Instant::now());
        for number in [1, 2] {
            for _ in 0..3 {
                assert!(!table.refuse(source(number), now));
            }
        }
        assert_eq!([3, 4, 5, 6].map(|number| table.refuse(source(number), now)), [false, false, false, true]);
        assert!(table.refuse(source(1), now), "nobody pushed it out");
        let later = now + Duration::from_secs(3);
        assert!(!table.refuse(source(7), later));
        assert_eq!(table.sources.len(), 1, "what has drained makes room");
    }

    proptest! {
        #[test]
        fn the_table_never_outgrows_its_room_and_no_source_gets_more_than_its_rate(
            steps in prop::collection::vec((0_u32..40, 0_u64..700), 1..400),
        ) {
            let (mut table, start) = (Table::new(RATE, 8), Instant::now());
            let (mut now, mut allowed) = (start, HashMap::<u32, u32>::new());
            for (number, millis) in steps {
                now += Duration::from_millis(millis);
                if !table.refuse(source(number), now) {
                    *allowed.entry(number).or_default() += 1;
                }
                prop_assert!(table.sources.len() <= 8);
            }
            // A source may use its own entry and what all others share.
            let seconds = u32::try_from(now.duration_since(start).as_secs()).unwrap();
            for count in allowed.values() {
                prop_assert!(*count <= 2 * (3 + seconds + 1), "{count} within {seconds} s");
            }
        }
    }
}
