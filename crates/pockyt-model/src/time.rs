//! Time: Pockyt's own texts, and the clock that callers give.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::calendar::{Day, Reader, TimeOfDay};

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
        let seconds = with_dashes(&self.0).or_else(|| digits_only(&self.0))?;
        u64::try_from(seconds).ok()?.checked_mul(1000).map(UtcMillis::new)
    }
}

/// UTC+8.
const CHINA: i64 = 8 * 3600;

/// `yyyy-MM-dd HH:mm:ss` in UTC+8, or with `T` between and a zone at the end; a fraction of a second is
/// cut off.
fn with_dashes(text: &str) -> Option<i64> {
    let mut rest = Reader(text);
    let year = rest.number(4)?;
    rest.letter('-')?;
    let month = rest.pair()?;
    rest.letter('-')?;
    let day = Day::new(year, month, rest.pair()?)?;
    let zoned = rest.letter('T').is_some();
    if !zoned {
        rest.letter(' ')?;
    }
    let hour = rest.pair()?;
    rest.letter(':')?;
    let minute = rest.pair()?;
    rest.letter(':')?;
    let second = rest.pair()?;
    let ahead = if zoned {
        if rest.letter('.').is_some() {
            rest.number(1)?;
            while rest.number(1).is_some() {}
        }
        zone(&mut rest)?
    } else {
        CHINA
    };
    rest.end()?;
    day.at(TimeOfDay { hour, minute, second }, ahead)
}

/// `Z`, `+08:00` or `-05:30`: seconds ahead of UTC.
fn zone(rest: &mut Reader<'_>) -> Option<i64> {
    if rest.letter('Z').is_some() {
        return Some(0);
    }
    let sign = if rest.letter('+').is_some() { 1 } else { rest.letter('-').map(|()| -1)? };
    let hours = rest.pair().filter(|hours| *hours < 24)?;
    rest.letter(':')?;
    let minutes = rest.pair().filter(|minutes| *minutes < 60)?;
    Some(sign * (i64::from(hours) * 3600 + i64::from(minutes) * 60))
}

/// `yyyyMMddHHmmss` in UTC+8.
fn digits_only(text: &str) -> Option<i64> {
    let mut rest = Reader(text);
    let day = Day::new(rest.number(4)?, rest.pair()?, rest.pair()?)?;
    let time = TimeOfDay { hour: rest.pair()?, minute: rest.pair()?, second: rest.pair()? };
    rest.end()?;
    day.at(time, CHINA)
}

impl fmt::Display for PockytTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
