//! Many payments in virtual time, without a socket: `pockyt-mock simulate`.
//!
//! A history is one payment from its order to the last notification: a merchant who signs every request,
//! asks when an answer is lost, listens, and believes nothing that is not signed; a customer who confirms,
//! declines or goes away; and [`pockyt_sim::Sim`] between them, with the faults of a profile. Everything in it
//! is drawn from the seed and the number of the history, so the histories do not depend on one another, on the
//! number of threads, or on the machine.

mod answer;
mod floor;
mod history;
mod log;
mod memory;
mod merchant;
mod plain;
mod plan;
mod report;
mod requests;
mod tally;
mod world;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::sync_channel;
use std::time::Instant;

use pockyt_sim::FaultProfile;
use sha2::{Digest, Sha256};

pub use report::Report;
pub use tally::Tally;

use memory::Memory;
use merchant::Merchant;

/// How many histories a thread takes at a time; nothing that is counted depends on it.
const AT_A_TIME: u64 = 256;

/// So many payment histories.
///
/// ```
/// use std::num::NonZeroUsize;
///
/// use pockyt_mock::{FaultProfile, simulate::Simulation};
///
/// let simulation = Simulation { payments: 20, seed: 7, faults: FaultProfile::CHAOS };
/// let report = simulation.run(NonZeroUsize::MIN, &|_| {});
/// assert_eq!(report.tally.misled, 0, "the merchant believed something that Pockyt did not say");
/// assert_eq!(report.digest, simulation.run(NonZeroUsize::MIN, &|_| {}).digest);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Simulation {
    /// How many.
    pub payments: u64,
    /// What everything is drawn from.
    pub seed: u64,
    /// What goes wrong by itself.
    pub faults: FaultProfile,
}

/// What came of some histories, one after another.
struct Batch {
    first: u64,
    /// 16 bytes for each history.
    digests: Vec<u8>,
    tally: Tally,
}

impl Simulation {
    /// Runs them on so many threads, and tells after each few how many more have ended.
    ///
    /// What it keeps does not grow with the number of histories. The digest is SHA-256 over the 128-bit XXH3 of
    /// each history, in their order; of a history everything counts that was sent and answered, with its time.
    pub fn run(&self, threads: NonZeroUsize, ended: &(dyn Fn(u64) + Sync)) -> Report {
        let began = Instant::now();
        let merchant = Merchant::new();
        let next = AtomicU64::new(0);
        let (tell, batches) = sync_channel::<Batch>(threads.get());
        let mut tally = Tally::default();
        let mut digest = Sha256::new();
        std::thread::scope(|scope| {
            for _ in 0..threads.get() {
                let (tell, next, merchant) = (tell.clone(), &next, &merchant);
                scope.spawn(move || {
                    let mut memory = Memory::new(self, merchant);
                    while let Some(batch) = self.next_batch(next, merchant, &mut memory) {
                        if tell.send(batch).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(tell);
            let mut wanted = 0;
            let mut early = BTreeMap::new();
            for Batch { first, digests, tally: of_batch } in batches {
                let payments = of_batch.payments;
                tally.add(&of_batch);
                early.insert(first, (payments, digests));
                while let Some((payments, digests)) = early.remove(&wanted) {
                    digest.update(&digests);
                    wanted += payments;
                }
                ended(payments);
            }
        });
        let digest = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Report { simulation: *self, threads, tally, took: began.elapsed(), floor: None, digest }
    }

    /// How many messages a second MD5 alone would allow on one thread, if nothing were done but to make and to
    /// verify the signatures of these histories. It takes a third of a second; no histories, no rate.
    pub fn md5_rate(&self) -> Option<f64> {
        floor::measure(self, &Merchant::new())
    }

    fn next_batch(&self, next: &AtomicU64, merchant: &Merchant, memory: &mut Memory) -> Option<Batch> {
        let first = next.fetch_add(AT_A_TIME, Ordering::Relaxed);
        let end = first.saturating_add(AT_A_TIME).min(self.payments);
        let mut batch = Batch { first, digests: Vec::new(), tally: Tally::default() };
        for index in first..end {
            let digest = history::play(self, index, merchant, &mut batch.tally, None, memory);
            batch.digests.extend_from_slice(&digest.to_be_bytes());
        }
        (first < end).then_some(batch)
    }
}
