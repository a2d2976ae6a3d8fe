//! Bad days by name: which faults strike by themselves, and how often.

use std::fmt;
use std::str::FromStr;

use fastrand::Rng;

use super::{BadBody, BadHeaders, FaultKind, NotificationFault};

/// Faults that strike by themselves, a share of all requests and delivery attempts of every merchant.
///
/// What strikes is drawn from the seed, the merchant number, and the number of the request or attempt among
/// that merchant's, so it depends neither on other merchants nor on how fast anybody is. Each stroke is in
/// the journal. A fault that is set by hand goes before.
///
/// ```
/// use pockyt_sim::FaultProfile;
///
/// let chaos: FaultProfile = "chaos".parse().unwrap();
/// assert_eq!(chaos, FaultProfile::CHAOS);
/// assert!("mayhem".parse::<FaultProfile>().unwrap_err().to_string().contains("chaos"));
/// ```
#[derive(Clone, Copy)]
pub struct FaultProfile(&'static Table);

struct Table {
    name: &'static str,
    effect: &'static str,
    /// How many of a thousand requests each kind strikes.
    calls: &'static [(u32, FaultKind)],
    /// How many of a thousand delivery attempts each kind strikes.
    attempts: &'static [(u32, NotificationFault)],
}

const UNAVAILABLE: FaultKind = FaultKind::ServerError { status: 503, booked: false, retry_after: Some(1) };
const BAD_GATEWAY: FaultKind = FaultKind::ServerError { status: 502, booked: true, retry_after: None };

impl FaultProfile {
    /// Nothing strikes by itself.
    pub const NONE: Self =
        Self(&Table { name: "none", effect: "nothing goes wrong by itself", calls: &[], attempts: &[] });
    /// Requests and answers get lost.
    pub const LOSSY: Self = Self(&Table {
        name: "lossy",
        effect: "requests and answers get lost: 15 % of calls",
        calls: &[(50, FaultKind::LoseReply), (50, FaultKind::ResetReply), (50, FaultKind::LoseRequest)],
        attempts: &[],
    });
    /// The server comes and goes.
    pub const FLAKY: Self = Self(&Table {
        name: "flaky",
        effect: "resets, 503 without and 502 with the booking, connections that close: 18 % of calls",
        calls: &[
            (50, FaultKind::ResetBeforeRead),
            (50, UNAVAILABLE),
            (30, BAD_GATEWAY),
            (50, FaultKind::CloseAfterAnswer),
        ],
        attempts: &[],
    });
    /// Everything takes its time.
    pub const SLOW: Self = Self(&Table {
        name: "slow",
        effect: "requests, answers and bodies take seconds of the mock's time: 25 % of calls",
        calls: &[
            (100, FaultKind::DelayHandling { ms: 2000 }),
            (100, FaultKind::DelayAnswer { ms: 2000 }),
            (50, FaultKind::SlowBody { pieces: 4, every_ms: 500 }),
        ],
        attempts: &[],
    });
    /// Answers are not what they should be.
    pub const GARBLED: Self = Self(&Table {
        name: "garbled",
        effect: "answers that break off, are no JSON, say nothing, or are about another order: 18 % of calls",
        calls: &[
            (40, FaultKind::TruncateBody),
            (40, FaultKind::ReplaceBody(BadBody::Html)),
            (20, FaultKind::ReplaceBody(BadBody::Empty)),
            (20, FaultKind::ReplaceBody(BadBody::InvalidUtf8)),
            (20, FaultKind::ReplaceBody(BadBody::NoResult)),
            (20, FaultKind::WrongHeaders(BadHeaders::Html)),
            (20, FaultKind::WrongAnswer),
        ],
        attempts: &[],
    });
    /// Notifications come late, twice, in another order, or not.
    pub const POST: Self = Self(&Table {
        name: "post",
        effect: "notifications are dropped, doubled and overtaken: half of them",
        calls: &[],
        attempts: &[
            (200, NotificationFault::Drop),
            (150, NotificationFault::Duplicate),
            (150, NotificationFault::Reorder),
        ],
    });
    /// Somebody sends notifications of their own.
    pub const FORGER: Self = Self(&Table {
        name: "forger",
        effect: "forged, tampered and re-cut notifications come first, and some genuine ones are damaged: half",
        calls: &[],
        attempts: &[
            (150, NotificationFault::Forge),
            (150, NotificationFault::Recut),
            (150, NotificationFault::Tamper),
            (50, NotificationFault::Corrupt),
        ],
    });
    /// All of it, but for what needs time to be moved.
    pub const CHAOS: Self = Self(&Table {
        name: "chaos",
        effect: "all of it, a little less often and without the delays of slow",
        calls: &[
            (30, FaultKind::LoseReply),
            (20, FaultKind::ResetReply),
            (20, FaultKind::LoseRequest),
            (20, FaultKind::ResetBeforeRead),
            (20, UNAVAILABLE),
            (20, BAD_GATEWAY),
            (20, FaultKind::CloseAfterAnswer),
            (20, FaultKind::TruncateBody),
            (10, FaultKind::ReplaceBody(BadBody::Html)),
            (10, FaultKind::ReplaceBody(BadBody::Empty)),
            (10, FaultKind::ReplaceBody(BadBody::NoResult)),
            (10, FaultKind::WrongAnswer),
        ],
        attempts: &[
            (80, NotificationFault::Drop),
            (60, NotificationFault::Duplicate),
            (60, NotificationFault::Reorder),
            (40, NotificationFault::Forge),
            (40, NotificationFault::Recut),
            (40, NotificationFault::Tamper),
            (20, NotificationFault::Corrupt),
        ],
    });
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::NONE,
        Self::LOSSY,
        Self::FLAKY,
        Self::SLOW,
        Self::GARBLED,
        Self::POST,
        Self::FORGER,
        Self::CHAOS,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// What it does, in words for a manual.
    pub fn effect(self) -> &'static str {
        self.0.effect
    }

    pub(crate) fn is_none(self) -> bool {
        self.0.calls.is_empty() && self.0.attempts.is_empty()
    }

    pub(crate) fn of_call(self, seed: u64, merchant_no: &str, number: u64) -> Option<FaultKind> {
        drawn(self.0.calls, seed ^ 0x63_61_6c_6c, merchant_no, number)
    }

    pub(crate) fn of_attempt(self, seed: u64, merchant_no: &str, number: u64) -> Option<NotificationFault> {
        drawn(self.0.attempts, seed ^ 0x69_70_6e, merchant_no, number)
    }
}

fn drawn<T: Copy>(table: &[(u32, T)], seed: u64, merchant_no: &str, number: u64) -> Option<T> {
    if table.is_empty() {
        return None;
    }
    // The generator of a seed is started anew for each number, so every draw stands alone.
    let mut rng = Rng::with_seed(seed);
    let mut mixed = rng.u64(..);
    for byte in merchant_no.bytes().chain(number.to_le_bytes()) {
        mixed = Rng::with_seed(mixed ^ u64::from(byte)).u64(..);
    }
    let mut draw = Rng::with_seed(mixed).u32(..1000);
    for (share, kind) in table {
        if draw < *share {
            return Some(*kind);
        }
        draw -= share;
    }
    None
}

impl PartialEq for FaultProfile {
    fn eq(&self, other: &Self) -> bool {
        self.0.name == other.0.name
    }
}

impl Eq for FaultProfile {}

impl Default for FaultProfile {
    fn default() -> Self {
        Self::NONE
    }
}

impl fmt::Debug for FaultProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FaultProfile({})", self.0.name)
    }
}

impl FromStr for FaultProfile {
    type Err = UnknownFaultProfile;

    fn from_str(text: &str) -> Result<Self, UnknownFaultProfile> {
        Self::ALL.into_iter().find(|profile| profile.name() == text).ok_or(UnknownFaultProfile)
    }
}

/// The text is not the name of a fault profile; the error's text lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a fault profile is one of {}", FaultProfile::ALL.map(FaultProfile::name).join(", "))]
pub struct UnknownFaultProfile;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_what_the_table_says() {
        for profile in FaultProfile::ALL {
            let of = |shares: u32| (f64::from(shares), 20_000.0 * f64::from(shares) / 1000.0);
            let calls: u32 = profile.0.calls.iter().map(|(share, _)| share).sum();
            let attempts: u32 = profile.0.attempts.iter().map(|(share, _)| share).sum();
            assert!(calls <= 1000 && attempts <= 1000);
            let struck = |hit: &dyn Fn(u64) -> bool| {
                f64::from(u32::try_from((0..20_000).filter(|n| hit(*n)).count()).unwrap())
            };
            let calls_struck = struck(&|n| profile.of_call(7, "200043", n).is_some());
            let attempts_struck = struck(&|n| profile.of_attempt(7, "200043", n).is_some());
            assert!((calls_struck - of(calls).1).abs() <= 300.0, "{profile:?} {calls_struck}");
            assert!((attempts_struck - of(attempts).1).abs() <= 300.0, "{profile:?} {attempts_struck}");
        }
    }

    #[test]
    fn draws_depend_on_seed_merchant_and_number_alone() {
        let draws = |seed, merchant| {
            (0..200).map(|n| FaultProfile::CHAOS.of_call(seed, merchant, n)).collect::<Vec<_>>()
        };
        assert_eq!(draws(1, "a"), draws(1, "a"));
        assert_ne!(draws(1, "a"), draws(2, "a"));
        assert_ne!(draws(1, "a"), draws(1, "b"));
    }
}
