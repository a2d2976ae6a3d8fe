//! When notifications are resent.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How the eight resends are spread over two hours.
///
/// The vendor's documents say "up to 8 times within 2 hours" and nothing about the spacing, so it is a
/// choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
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

/// Alipay's gaps of 4, 10, 10, 15, 60, 120, 360 and 900 minutes, added up.
const ALIPAY_MINUTES: [u64; 8] = [4, 14, 24, 39, 99, 219, 579, 1479];

impl Schedule {
    /// All of them, for help texts.
    pub const ALL: [Self; 4] = [Self::AlipayScaled, Self::Burst, Self::Doubling, Self::Even];

    /// The offset of each resend from the first delivery; ascending, none above two hours.
    pub fn resends(&self) -> [Duration; 8] {
        let millis =
            |offset: fn(u64) -> u64| [1, 2, 3, 4, 5, 6, 7, 8].map(|n| Duration::from_millis(offset(n)));
        match self {
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
#[error("a schedule is one of alipay-scaled, burst, doubling, even")]
pub struct UnknownSchedule;

impl FromStr for Schedule {
    type Err = UnknownSchedule;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|schedule| schedule.as_str() == name).ok_or(UnknownSchedule)
    }
}
