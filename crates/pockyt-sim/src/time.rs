//! Time as a number, and the two texts in which Pockyt writes it.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

use crate::money::digit;
use crate::short::Short;

/// UTC milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millis(pub u64);

impl Millis {
    /// This much later; stops at the greatest value instead of wrapping. Parts of a millisecond are cut.
    pub fn plus(self, duration: Duration) -> Self {
        let added = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        Self(self.0.saturating_add(added))
    }

    /// `yyyy-MM-dd HH:mm:ss` in UTC+8, as in `createTime` and `paymentTime`.
    pub(crate) fn in_answers(self) -> Short {
        written(self.in_zone(CHINA), b"____-__-__ __:__:__")
    }

    /// `yyyyMMddHHmmss` so many hours east of UTC, as in the `time` of a notification.
    pub(crate) fn in_notifications(self, zone_hours: i8) -> Short {
        let zone = Offset::from_hours(zone_hours).unwrap_or(Offset::UTC);
        written(self.in_zone(zone), b"______________")
    }

    /// `yyyy-MM-ddTHH:mm:ssZ`, as in payouts, customers and card payments.
    pub(crate) fn in_utc(self) -> String {
        written(self.in_zone(Offset::UTC), b"____-__-__T__:__:__Z").into()
    }

    /// `yyyy-MM-ddTHH:mm:ss+08:00`, as in the expiry times of automatic debits.
    pub(crate) fn in_china_with_offset(self) -> String {
        written(self.in_zone(CHINA), b"____-__-__T__:__:__+08:00").into()
    }

    /// `yyyyMMdd` in UTC+8, the days of the reports.
    pub(crate) fn day(self) -> Short {
        written(self.in_zone(CHINA), b"________")
    }

    fn timestamp(self) -> Timestamp {
        let millis = i64::try_from(self.0).unwrap_or(i64::MAX);
        Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MAX)
    }

    fn in_zone(self, zone: Offset) -> DateTime {
        zone.to_datetime(self.timestamp())
    }
}

/// Pockyt works in UTC+8.
const CHINA: Offset = Offset::constant(8);

/// Year, month, day, hour, minute and second, their digits in place of the underlines of a form.
fn written(time: DateTime, form: &[u8]) -> Short {
    let year = [time.year() / 100, time.year() % 100].map(|part| u8::try_from(part).unwrap_or_default());
    let rest = [time.month(), time.day(), time.hour(), time.minute(), time.second()].map(i8::unsigned_abs);
    let parts = year.into_iter().chain(rest).map(u64::from);
    let mut digits = parts.flat_map(|part| [digit(part / 10), digit(part % 10)]);
    let mut text = Short::default();
    for (place, byte) in text.place(form.len()).iter_mut().zip(form) {
        *place = if *byte == b'_' { digits.next().unwrap_or(b'0') } else { *byte };
    }
    text
}

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The moment of a text such as `2023-02-13T12:35:14Z`, from 1970 on.
pub(crate) fn parse_utc(text: &str) -> Option<Millis> {
    let is_plain = text.len() == 20 && text.ends_with('Z') && text.as_bytes().get(10) == Some(&b'T');
    let timestamp: Timestamp = text.parse().ok().filter(|_| is_plain)?;
    u64::try_from(timestamp.as_millisecond()).ok().map(Millis)
}

/// Whether a text is a day, `yyyy-MM-dd`.
pub(crate) fn is_date(text: &str) -> bool {
    text.len() == 10 && text.as_bytes().get(4) == Some(&b'-') && text.parse::<Date>().is_ok()
}

/// Whether a text is a day, `yyyyMMdd`.
pub(crate) fn is_day(text: &str) -> bool {
    parse_day(text).is_some()
}

/// The day of a text such as `20240131`.
pub(crate) fn parse_day(text: &str) -> Option<Date> {
    let is_plain = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    Date::strptime("%Y%m%d", text).ok().filter(|_| is_plain)
}

/// Whether a day, `yyyy-MM-dd`, is so many years ago or more.
pub(crate) fn years_before(day: &str, years: i16, now: Millis) -> bool {
    let today = now.in_zone(CHINA).date();
    let Ok(day) = day.parse::<Date>() else { return false };
    let latest = Date::new(today.year().saturating_sub(years), today.month(), today.day());
    // The 29th of February of a year that has none: the day before.
    let latest = latest.or_else(|_| Date::new(today.year().saturating_sub(years), today.month(), 28));
    latest.is_ok_and(|latest| day <= latest)
}
