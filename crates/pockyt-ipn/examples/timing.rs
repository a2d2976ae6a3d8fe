//! Does the time of a refusal tell how much of a signature was right?
//!
//! ```text
//! cargo run --release -p pockyt-ipn --example timing -- 1000000
//! ```
//!
//! Two classes of wrong signatures: one differs from the right one in its first digit, the other in its last. A
//! comparison that stops at the first difference takes longer for the second, and a caller who can measure that
//! finds the right signature digit by digit. Each measurement is one refusal by a listener, from the body to the
//! answer, of a class drawn at random, so that whatever else changes meanwhile (clock rate, caches, neighbours)
//! falls on both alike. Both classes are written into the same buffer before the clock starts.
//!
//! The classes are compared by Welch's t-test, as in *Dude, is my code constant time?* (Reparaz, Balasch,
//! Verbauwhede, 2017): all measurements, and those below each of several percentiles, because the slow ones are
//! the machine's doing. Printed is the t of the largest size. By custom, beyond 4.5 the times differ, and what
//! lies below proves nothing about a longer run or another machine.
//!
//! Two controls say what the number is worth here: *same* has the same signatures in both classes, and *leaky*
//! compares byte by byte besides, with a stop at the first difference, as nobody should.

#![allow(clippy::print_stdout, reason = "a program for people")]

use std::hash::{BuildHasher, Hasher, RandomState};
use std::hint::black_box;

use pockyt_ipn::Listener;
use pockyt_sign::{ApiToken, SigningKey, algorithm};
use pockyt_store::MemoryInbox;
use tokio::time::Instant;

const WARM_UP: usize = 1000;
const PERCENTILES: [f64; 6] = [1.0, 0.99, 0.95, 0.9, 0.75, 0.5];

/// A body, its right signature, and where it stands in the body.
struct Message {
    body: Vec<u8>,
    signature: String,
    at: usize,
}

impl Message {
    fn new(key: &SigningKey) -> Self {
        let fields = [
            ("amount", "0.01"),
            ("currency", "USD"),
            ("reference", "order-1"),
            ("status", "success"),
            ("time", "20221020142817"),
            ("transactionNo", "305680500880311923"),
        ];
        let signature = algorithm::signature(&fields, key).to_string();
        let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}&")).collect();
        let text = format!("{}verifySign=", pairs.concat());
        Self { at: text.len(), body: format!("{text}{signature}").into_bytes(), signature }
    }

    /// The right signature with this digit changed.
    fn wrong_at(&self, digit: usize) -> String {
        let changed = |(at, c): (usize, char)| match c {
            '0' if at == digit => '1',
            _ if at == digit => '0',
            c => c,
        };
        self.signature.chars().enumerate().map(changed).collect()
    }

    fn write(&mut self, signature: &str) {
        if let Some(place) = self.body.get_mut(self.at..) {
            place.copy_from_slice(signature.as_bytes());
        }
    }
}

/// Bits that nothing here depends on.
struct Coin(RandomState, u64);

impl Coin {
    fn toss(&mut self) -> bool {
        self.1 += 1;
        let mut hasher = self.0.build_hasher();
        hasher.write_u64(self.1);
        hasher.finish() & 1 == 1
    }
}

/// Measures both classes, in nanoseconds.
async fn measure(
    listener: &Listener<MemoryInbox>,
    message: &mut Message,
    classes: [&str; 2],
    leaky: bool,
    count: usize,
) -> [Vec<f64>; 2] {
    let right = message.signature.clone();
    let mut coin = Coin(RandomState::new(), 0);
    let mut times = [Vec::with_capacity(count), Vec::with_capacity(count)];
    for round in 0..count + WARM_UP {
        let is_second = coin.toss();
        let ([first, second], [first_times, second_times]) = (classes, &mut times);
        let (signature, times) = if is_second { (second, second_times) } else { (first, first_times) };
        message.write(signature);
        let start = Instant::now();
        black_box(listener.accept(None, black_box(&message.body)).await);
        if leaky {
            black_box(signature.bytes().zip(right.bytes()).all(|(one, other)| black_box(one) == other));
        }
        let took = start.elapsed();
        if round >= WARM_UP {
            times.push(took.as_secs_f64() * 1e9);
        }
    }
    times
}

/// Welch's t of two samples.
fn welch(one: &[f64], other: &[f64]) -> f64 {
    let [(mean, error), (other_mean, other_error)] = [one, other].map(|times| {
        #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 are measured")]
        let count = times.len() as f64;
        let mean = times.iter().sum::<f64>() / count;
        let variance = times.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / (count - 1.0);
        (mean, variance / count)
    });
    (mean - other_mean) / (error + other_error).sqrt()
}

/// The t of the largest size among the percentiles, and which.
fn worst(times: &[Vec<f64>; 2]) -> (f64, f64) {
    let mut all: Vec<f64> = times.concat();
    all.sort_by(f64::total_cmp);
    let below = |percentile: f64| {
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an index of a list in memory"
        )]
        let at = (percentile * (all.len() - 1) as f64) as usize;
        let most = all.get(at).copied().unwrap_or(f64::MAX);
        let [one, other] = times
            .each_ref()
            .map(|times| times.iter().copied().filter(|time| *time <= most).collect::<Vec<_>>());
        (welch(&one, &other), percentile)
    };
    let ts = PERCENTILES.map(below);
    ts.into_iter().max_by(|one, other| one.0.abs().total_cmp(&other.0.abs())).unwrap_or_default()
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let count = std::env::args().nth(1).map_or(Ok(1_000_000), |text| text.parse())?;
    let key = SigningKey::new(&ApiToken::new("a token for measuring")?);
    let mut message = Message::new(&key);
    let listener = Listener::builder(key, MemoryInbox::default()).build()?;
    let (early, late) = (message.wrong_at(0), message.wrong_at(31));
    println!("{count} refusals each; t beyond 4.5 means that the times differ\n");
    println!("{:24}  {:>8}  percentile", "", "t");
    for (name, classes, leaky) in [
        ("same (control)", [&early, &early], false),
        ("leaky (control)", [&early, &late], true),
        ("first digit, last digit", [&early, &late], false),
    ] {
        let classes = classes.map(String::as_str);
        let (t, percentile) = worst(&measure(&listener, &mut message, classes, leaky, count).await);
        println!("{name:24}  {t:>8.2}  {percentile}");
    }
    Ok(())
}
