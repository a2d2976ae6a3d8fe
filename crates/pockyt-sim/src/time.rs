//! Time as a number, and the two texts in which Pockyt writes it.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

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
    pub(crate) fn in_answers(self) -> String {
        self.in_china("%Y-%m-%d %H:%M:%S")
    }

    /// `yyyyMMddHHmmss` in UTC+8, as in the `time` of a notification.
    pub(crate) fn in_notifications(self) -> String {
        self.in_china("%Y%m%d%H%M%S")
    }

    fn in_china(self, format: &str) -> String {
        let millis = i64::try_from(self.0).unwrap_or(i64::MAX);
        let timestamp = Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MAX);
        Offset::constant(8).to_datetime(timestamp).strftime(format).to_string()
    }
}

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
