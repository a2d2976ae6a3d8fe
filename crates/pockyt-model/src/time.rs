//! Time: Pockyt's own texts, and the clock that callers give.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

/// A moment as milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UtcMillis(u64);

impl UtcMillis {
    /// From milliseconds since the epoch.
    pub const fn new(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// A later moment; stays at the last one that can be expressed.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)))
    }

    /// How much later this is than `earlier`; zero when it is not.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

/// Where the time of records comes from, so that tests and simulations can say what time it is.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> UtcMillis;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one clock that callers pick to read the time")]
    fn now(&self) -> UtcMillis {
        let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        UtcMillis::new(0).plus(elapsed)
    }
}

/// A time as Pockyt wrote it.
///
/// Three forms occur: `yyyy-MM-dd HH:mm:ss` and `yyyyMMddHHmmss` without a zone, taken as UTC+8 in
/// which Pockyt works (its notes say so; no page states it for these fields), and
/// `yyyy-MM-ddTHH:mm:ssZ` or with an offset. These times order nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PockytTime(String);

impl PockytTime {
    pub(crate) fn from_wire(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The moment it means; `None` when the text has none of the known forms or is before 1970.
    pub fn to_utc(&self) -> Option<UtcMillis> {
        let in_china = |format| {
            let civil = DateTime::strptime(format, &self.0).ok()?;
            let zoned = civil.to_zoned(TimeZone::fixed(Offset::constant(8))).ok()?;
            Some(zoned.timestamp())
        };
        let timestamp = self
            .0
            .parse::<jiff::Timestamp>()
            .ok()
            .or_else(|| in_china("%Y-%m-%d %H:%M:%S"))
            .or_else(|| in_china("%Y%m%d%H%M%S"))?;
        u64::try_from(timestamp.as_millisecond()).ok().map(UtcMillis::new)
    }
}

impl fmt::Display for PockytTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
