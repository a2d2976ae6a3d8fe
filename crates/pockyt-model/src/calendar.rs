//! Dates and times of day as numbers: what the calendar has, and when it was.

use datealgo::{date_to_rd, datetime_to_secs, days_in_month};

/// A day of the calendar, from the year 1 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Day {
    year: u16,
    month: u8,
    day: u8,
}

impl Day {
    /// `None` when the calendar has no such day.
    pub(crate) fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let is_one = (1..=9999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_in_month(i32::from(year), month)).contains(&day);
        is_one.then_some(Self { year, month, day })
    }

    pub(crate) fn year(self) -> u16 {
        self.year
    }

    /// Days since 1970-01-01.
    pub(crate) fn number(self) -> i32 {
        date_to_rd((i32::from(self.year), self.month, self.day))
    }

    /// `2026-01-31`, or `20260131` with an empty separator.
    pub(crate) fn text(self, separator: &str) -> String {
        format!("{:04}{separator}{:02}{separator}{:02}", self.year, self.month, self.day)
    }

    /// Seconds since 1970 at this time of this day, in a zone so many seconds ahead of UTC. A leap second
    /// counts as the one after it. `None` for a time that clocks do not show.
    pub(crate) fn at(self, time: TimeOfDay, ahead_of_utc: i64) -> Option<i64> {
        let TimeOfDay { hour, minute, second } = time;
        if hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let date = (i32::from(self.year), self.month, self.day);
        let seconds = datetime_to_secs((date.0, date.1, date.2, hour, minute, 0)) + i64::from(second);
        seconds.checked_sub(ahead_of_utc)
    }
}

/// What a clock shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TimeOfDay {
    pub(crate) hour: u8,
    pub(crate) minute: u8,
    pub(crate) second: u8,
}

/// Takes fixed numbers of digits and fixed letters off the front of a text.
pub(crate) struct Reader<'a>(pub(crate) &'a str);

impl Reader<'_> {
    /// A number of exactly so many digits.
    pub(crate) fn number(&mut self, digits: usize) -> Option<u16> {
        let (head, rest) = self.0.split_at_checked(digits)?;
        if !head.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        self.0 = rest;
        head.parse().ok()
    }

    /// A number of exactly two digits.
    pub(crate) fn pair(&mut self) -> Option<u8> {
        self.number(2).and_then(|number| u8::try_from(number).ok())
    }

    pub(crate) fn letter(&mut self, letter: char) -> Option<()> {
        self.0 = self.0.strip_prefix(letter)?;
        Some(())
    }

    pub(crate) fn end(&self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}
