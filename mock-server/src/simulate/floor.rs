//! What MD5 alone would take for the same messages: of each message the signed text and the key are hashed, by
//! the crate that signs, as often as both sides hash them. That is twice, once to sign and once to verify, but a
//! notification that is sent again is signed once.

use std::hint::black_box;
use std::time::{Duration, Instant};

use md5::{Digest, Md5};

use super::memory::Memory;
use super::tally::Tally;
use super::{Merchant, Simulation, history};

/// How many of the histories stand for all.
const SAMPLE: u64 = 500;
const ENOUGH: Duration = Duration::from_millis(300);

/// The rate, in messages a second on one thread, at which the signatures of the first histories are made and
/// verified when nothing else is done: one MD5 for each.
pub(super) fn measure(simulation: &Simulation, merchant: &Merchant) -> Option<f64> {
    let mut texts = Vec::new();
    let mut tally = Tally::default();
    let mut memory = Memory::new(simulation, merchant);
    for index in 0..SAMPLE.min(simulation.payments) {
        history::play(simulation, index, merchant, &mut tally, Some(&mut texts), &mut memory);
    }
    // A signature's key is as long as this.
    let texts: Vec<Vec<u8>> = texts.into_iter().map(|text| [text.as_bytes(), &[b'k'; 32]].concat()).collect();
    if texts.is_empty() {
        return None;
    }
    let began = Instant::now();
    let mut rounds = 0u32;
    while began.elapsed() < ENOUGH {
        for text in &texts {
            black_box(Md5::digest(black_box(text)));
        }
        rounds += 1;
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate is shown with three digits")]
    let messages = tally.messages as f64;
    let rate = messages * f64::from(rounds) / began.elapsed().as_secs_f64();
    Some(rate)
}
