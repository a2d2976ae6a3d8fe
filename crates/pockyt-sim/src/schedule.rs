//! When notifications are resent.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use fastrand::Rng;
use serde::{Deserialize, Serialize};

use crate::NotificationId;

/// How the eight resends are spread over two hours.
///
/// The vendor's documents say "up to 8 times within 2 hours" and nothing about the spacing, so it is a
/// choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
    /// What a network may do to a listener, drawn from the seed: first deliveries that come late, so that
    /// a later notification overtakes an earlier one; two attempts at once; and one more delivery after it
    /// was acknowledged. At most nine, within two hours.
    Adversarial,
    /// The growing gaps that Alipay documents (4 min to 15 h), shrunk to two hours.
    AlipayScaled,
    /// One second apart: all over in eight seconds, so that attempts overlap.
    Burst,
    /// Each gap twice the last, from 28 seconds; the last resend comes after 1 h 59 min.
    Doubling,
    /// Every 15 minutes.
    #[default]
    Even,
}

/// How late, in milliseconds, an adversarial first delivery comes: half an hour.
const LATEST_FIRST: u64 = 1_800_000;
/// The longest gap of the adversarial schedule: eight of them end within two hours.
const LONGEST_GAP: u64 = 675_000;

/// The random numbers of one notification.
fn stream(seed: u64, notification: NotificationId) -> Rng {
    Rng::with_seed(seed ^ notification.0.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

/// Alipay's gaps of 4, 10, 10, 15, 60, 120, 360 and 900 minutes, added up.
const ALIPAY_MINUTES: [u64; 8] = [4, 14, 24, 39, 99, 219, 579, 1479];

impl Schedule {
    /// All of them, for help texts.
    pub const ALL: [Self; 5] =
        [Self::Adversarial, Self::AlipayScaled, Self::Burst, Self::Doubling, Self::Even];

    /// When the first delivery of a notification is due, from the change of status: at once but for the
    /// adversarial schedule.
    pub(crate) fn first(self, seed: u64, notification: NotificationId) -> Duration {
        if self != Self::Adversarial {
            return Duration::ZERO;
        }
        let mut rng = stream(seed, notification);
        if rng.bool() { Duration::ZERO } else { Duration::from_millis(rng.u64(..=LATEST_FIRST)) }
    }

    /// The offsets of the resends of one notification from the change of status, ascending.
    pub(crate) fn resends_of(self, seed: u64, notification: NotificationId) -> [Duration; 8] {
        if self != Self::Adversarial {
            return self.resends();
        }
        let mut at = u64::try_from(self.first(seed, notification).as_millis()).unwrap_or(LATEST_FIRST);
        let mut rng = stream(!seed, notification);
        [(); 8].map(|()| {
            at += match rng.u8(..4) {
                0 => 0,
                1 => rng.u64(..=1000),
                _ => rng.u64(..=LONGEST_GAP),
            };
            Duration::from_millis(at)
        })
    }

    /// Whether the schedule goes on for one more attempt although this one was acknowledged.
    pub(crate) fn ignores_acknowledgement(
        self,
        seed: u64,
        notification: NotificationId,
        attempt: usize,
    ) -> bool {
        self == Self::Adversarial && {
            let mut rng = stream(seed.rotate_left(17), notification);
            // Only after the first, so that it ends.
            attempt == 0 && rng.bool()
        }
    }

    /// The offset of each resend from the first delivery; ascending, none above two hours. Those of the
    /// adversarial schedule differ for each notification; these are its longest.
    pub fn resends(&self) -> [Duration; 8] {
        let millis =
            |offset: fn(u64) -> u64| [1, 2, 3, 4, 5, 6, 7, 8].map(|n| Duration::from_millis(offset(n)));
        match self {
            Self::Adversarial => millis(|n| LATEST_FIRST + n * LONGEST_GAP),
            Self::AlipayScaled => {
                ALIPAY_MINUTES.map(|minutes| Duration::from_millis(minutes * 7_200_000 / 1479))
            }
            Self::Burst => millis(|n| n * 1000),
            Self::Doubling => millis(|n| ((1 << n) - 1) * 28_000),
            Self::Even => millis(|n| n * 900_000),
        }
    }

    /// Its name in kebab case.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Adversarial => "adversarial",
            Self::AlipayScaled => "alipay-scaled",
            Self::Burst => "burst",
            Self::Doubling => "doubling",
            Self::Even => "even",
        }
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A name that is not a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a schedule is one of adversarial, alipay-scaled, burst, doubling, even")]
pub struct UnknownSchedule;

impl FromStr for Schedule {
    type Err = UnknownSchedule;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|schedule| schedule.as_str() == name).ok_or(UnknownSchedule)
    }
}
