//! Dates and times that a request carries. The caller gives them: this crate reads no clock.

use std::borrow::Cow;
use std::fmt;

use datealgo::secs_to_datetime;

use crate::calendar::Day;
use crate::operation::needed;
use crate::params::{Part, Text};
use crate::{FieldSpec, InvalidField, Params, UtcMillis};

/// A request's `timestamp`: UTC, `yyyy-MM-ddTHH:mm:ssZ`, signed like any field.
///
/// How far it may be off Pockyt's clock is stated nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(String);

impl Timestamp {
    /// This moment, in whole seconds. Moments after the year 9999 are its last second.
    pub fn at(now: UtcMillis) -> Self {
        // 9999-12-31T23:59:59Z.
        const LAST: u64 = 253_402_300_799;
        let second = i64::try_from((now.get() / 1000).min(LAST)).unwrap_or_default();
        let (year, month, day, hour, minute, second) = secs_to_datetime(second);
        Self(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<UtcMillis> for Timestamp {
    fn from(now: UtcMillis) -> Self {
        Self::at(now)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Text for Timestamp {
    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.0)
    }
}

/// A day of a report, `yyyyMMdd`. Its zone is stated nowhere; Pockyt works in UTC+8, so compare with a day
/// of margin.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ReportDay {
    date: Day,
    text: String,
}

impl ReportDay {
    /// A day of the calendar.
    ///
    /// # Errors
    ///
    /// There is no such day.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self, InvalidField> {
        let date =
            Day::new(year, month, day).ok_or(InvalidField::new("date", "is not a day of the calendar"))?;
        Ok(Self { date, text: date.text("") })
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl Text for ReportDay {
    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.text)
    }
}

/// The days of a report, from the first to the last.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ReportRange {
    start: ReportDay,
    end: ReportDay,
}

impl ReportRange {
    /// From one day to another, both in the report.
    ///
    /// # Errors
    ///
    /// The end is before the start, or 15 days or more after it, which the vendor's C# SDK refuses (a
    /// comment of the JavaScript SDK allows exactly 15).
    pub fn new(start: ReportDay, end: ReportDay) -> Result<Self, InvalidField> {
        let days = end.date.number() - start.date.number();
        if days < 0 {
            return Err(InvalidField::new("endDate", "is before startDate"));
        }
        if days >= 15 {
            return Err(InvalidField::new("endDate", "is 15 days or more after startDate"));
        }
        Ok(Self { start, end })
    }
}

impl Part for ReportRange {
    const FIELDS: &'static [FieldSpec] = &[needed("endDate"), needed("startDate")];

    fn write<'a>(&'a self, params: &mut Params<'a>) {
        params.push("endDate", self.end.as_str());
        params.push("startDate", self.start.as_str());
    }
}

/// A date of birth, `yyyy-MM-dd`. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct DateOfBirth(String);

impl DateOfBirth {
    /// A day of the calendar.
    ///
    /// # Errors
    ///
    /// There is no such day, or it is before 1900.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self, InvalidField> {
        let date = Day::new(year, month, day)
            .filter(|date| date.year() >= 1900)
            .ok_or(InvalidField::new("dateOfBirth", "is not a day of the calendar since 1900"))?;
        Ok(Self(date.text("-")))
    }
}

impl Text for DateOfBirth {
    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.0)
    }
}

impl fmt::Debug for DateOfBirth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DateOfBirth(redacted)")
    }
}
