//! How long an order can be paid.

use std::borrow::Cow;
use std::num::NonZeroU32;

use crate::InvalidField;
use crate::params::Text;

/// Minutes until an unpaid order is closed, `timeout`: at least one. Without it Pockyt takes 120, and for a mixed
/// code perhaps 5, as in the documentation's example. No source states a most.
///
/// ```
/// use pockyt_model::OrderTimeout;
///
/// assert_eq!(OrderTimeout::minutes(30)?.as_minutes(), 30);
/// assert_eq!(OrderTimeout::minutes(0).unwrap_err().to_string(), "timeout must be at least one minute");
/// # Ok::<(), pockyt_model::InvalidField>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OrderTimeout(NonZeroU32);

impl OrderTimeout {
    /// So many minutes.
    ///
    /// # Errors
    ///
    /// `minutes` is zero: an order that cannot be paid at any time is no order.
    pub const fn minutes(minutes: u32) -> Result<Self, InvalidField> {
        match NonZeroU32::new(minutes) {
            Some(minutes) => Ok(Self(minutes)),
            None => Err(InvalidField::new("timeout", "must be at least one minute")),
        }
    }

    /// How many minutes.
    pub const fn as_minutes(self) -> u32 {
        self.0.get()
    }
}

impl From<NonZeroU32> for OrderTimeout {
    fn from(minutes: NonZeroU32) -> Self {
        Self(minutes)
    }
}

impl Text for OrderTimeout {
    fn text(&self) -> Cow<'_, str> {
        Cow::Owned(self.0.to_string())
    }
}
