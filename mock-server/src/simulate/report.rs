//! What is told at the end.

use std::fmt;
use std::num::NonZeroUsize;
use std::time::Duration;

use super::{Simulation, Tally};

/// What came of a simulation. `Display` writes the report, whose last line is the digest.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report {
    /// What was run.
    pub simulation: Simulation,
    /// On how many threads.
    pub threads: NonZeroUsize,
    /// What happened.
    pub tally: Tally,
    /// Real time.
    pub took: Duration,
    /// [`Simulation::md5_rate`], if it was measured.
    pub floor: Option<f64>,
    /// 64 hexadecimal digits: equal for equal histories.
    pub digest: String,
}

impl Report {
    /// Messages a second that were signed by one side and verified by the other.
    #[expect(clippy::cast_precision_loss, reason = "a rate is shown with three digits")]
    pub fn rate(&self) -> f64 {
        self.tally.messages as f64 / self.took.as_secs_f64().max(1e-9)
    }

    /// The rate as a share of what MD5 alone would allow on one thread, if that was measured: of all threads
    /// together, so that it grows with their number.
    pub fn share_of_md5(&self) -> Option<f64> {
        self.floor.map(|floor| self.rate() / floor)
    }

    /// The same share for one thread of those that ran: what part of its time goes into MD5, if no thread had
    /// to wait for a processor.
    #[expect(clippy::cast_precision_loss, reason = "there are few threads")]
    pub fn share_of_md5_by_thread(&self) -> Option<f64> {
        self.share_of_md5().map(|share| share / self.threads.get() as f64)
    }
}

impl fmt::Display for Report {
    #[expect(clippy::cast_precision_loss, reason = "rates are shown with three digits")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { simulation, threads, tally, took, floor, digest } = self;
        let payments = tally.payments;
        writeln!(
            f,
            "{} payments, seed {}, faults {}",
            grouped(payments),
            simulation.seed,
            simulation.faults.name()
        )?;
        writeln!(f)?;
        writeln!(f, "outcomes")?;
        let share = |count: u64| 100.0 * count as f64 / payments.max(1) as f64;
        for (name, count) in [
            ("paid", tally.paid),
            ("  of these given back in part", tally.partly_refunded),
            ("  of these given back", tally.refunded),
            ("declined", tally.declined),
            ("closed", tally.closed),
            ("never found out", tally.unresolved),
            ("believed otherwise than Pockyt", tally.misled),
        ] {
            writeln!(f, "  {name:<34}{:>14} {:>7.2} %", grouped(count), share(count))?;
        }
        writeln!(f, "requests")?;
        for (name, count) in [
            ("signed and sent", tally.requests),
            ("lost on their way", tally.requests_lost),
            ("carried out, answer lost or broken", tally.answers_lost),
        ] {
            writeln!(f, "  {name:<34}{:>14}", grouped(count))?;
        }
        writeln!(f, "notifications, by attempt {:>21} {:>13}", "made", "acknowledged")?;
        for (place, (made, acknowledged)) in tally.attempts.iter().zip(tally.acknowledged).enumerate() {
            if *made > 0 {
                let number = if place + 1 == tally.attempts.len() {
                    "10 and later".into()
                } else {
                    (place + 1).to_string()
                };
                writeln!(f, "  {number:<34}{:>14} {:>13}", grouped(*made), grouped(acknowledged))?;
            }
        }
        writeln!(f, "  {:<34}{:>14}", "refused: not Pockyt's, or cut off", grouped(tally.refused))?;
        writeln!(f, "  {:<34}{:>14}", "ambiguous: asked instead", grouped(tally.ambiguous))?;
        writeln!(f, "time")?;
        writeln!(f, "  {:<34}{:>14}", "virtual, all payments together", span(tally.virtual_ms))?;
        writeln!(f, "  {:<34}{:>12.2} s  on {threads} threads", "real", took.as_secs_f64())?;
        writeln!(f, "messages signed and verified")?;
        let per_payment = tally.messages as f64 / payments.max(1) as f64;
        writeln!(f, "  {:<34}{:>14}", "in all", grouped(tally.messages))?;
        writeln!(f, "  {:<34}{per_payment:>14.1}  at least {}", "a payment", tally.fewest_messages)?;
        writeln!(f, "  {:<34}{:>14.0}", "a second", self.rate())?;
        if let (Some(floor), Some(share)) = (floor, self.share_of_md5()) {
            writeln!(f, "  {:<34}{floor:>14.0}", "MD5 alone, one thread, a second")?;
            writeln!(f, "  {:<34}{:>12.1} %", "share of that", 100.0 * share)?;
        }
        if let Some(share) = self.share_of_md5_by_thread() {
            writeln!(f, "  {:<34}{:>12.1} %", "  for each thread", 100.0 * share)?;
        }
        writeln!(f)?;
        writeln!(f, "digest {digest}")
    }
}

/// `1234567` as `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn span(ms: u64) -> String {
    const HOUR: u64 = 3_600_000;
    match ms / HOUR {
        0..48 => format!("{} h {:02} min", ms / HOUR, ms % HOUR / 60_000),
        hours @ 48..87_600 => format!("{} days", grouped(hours / 24)),
        hours => format!("{} years", grouped(hours / 8766)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_are_written_for_people() {
        assert_eq!(
            ["0", "999", "1,000", "1,234,567"].map(str::to_owned),
            [0, 999, 1000, 1_234_567].map(grouped)
        );
        for (ms, text) in [
            (0, "0 h 00 min"),
            (7_260_000, "2 h 01 min"),
            (172_800_000, "2 days"),
            (u64::MAX, "584,542,046 years"),
        ] {
            assert_eq!(span(ms), text);
        }
    }
}
