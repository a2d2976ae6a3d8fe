//! A counter that many threads add to.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Each thread adds to one of these, so that threads that answer requests side by side do not take the same piece of
/// memory from each other each time.
#[derive(Debug, Default)]
pub(crate) struct Sharded([Shard; SHARDS]);

const SHARDS: usize = 8;

/// Two cache lines, since processors fetch them in pairs.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Shard(AtomicU64);

impl Sharded {
    pub(crate) fn add_one(&self) {
        if let Some(Shard(count)) = self.0.get(shard()) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn sum(&self) -> u64 {
        self.0.iter().map(|Shard(count)| count.load(Ordering::Relaxed)).sum()
    }
}

/// That of this thread, below [`SHARDS`].
fn shard() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static MINE: usize = NEXT.fetch_add(1, Ordering::Relaxed) % SHARDS;
    }
    // A thread that is ending has none.
    MINE.try_with(|mine| *mine).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_more_threads_than_shards_add_is_summed_up() {
        let count = Sharded::default();
        std::thread::scope(|scope| {
            for _ in 0..3 * SHARDS {
                scope.spawn(|| (0..1000).for_each(|_| count.add_one()));
            }
        });
        assert_eq!(count.sum(), 3 * SHARDS as u64 * 1000);
    }
}
