//! The parts that facts are made of.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Amount, Currency, InvalidField, TransactionNo, TransactionStatus};

/// A place in the order in which a record learned things: a number that the record persists and raises
/// before each observation. Never a time: neither Pockyt's clock nor ours orders anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Counter(u64);

impl Counter {
    /// This count.
    pub const fn new(count: u64) -> Self {
        Self(count)
    }

    /// The number.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Counter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Money that moved: Pockyt's number of the transaction, how much, and of what. Two of them are the same
/// when all three are, amounts by value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Payment {
    transaction_no: TransactionNo,
    amount: Amount,
    currency: Currency,
}

impl Payment {
    /// `amount` is in major units of the currency; its notation is not kept.
    ///
    /// # Errors
    ///
    /// The amount is not above zero, has more than six decimals, or is 10^15 or more. The bounds are this
    /// crate's, far beyond money, and make every sum of refunds exact.
    pub fn new(
        transaction_no: TransactionNo,
        amount: &Amount,
        currency: Currency,
    ) -> Result<Self, InvalidField> {
        let amount = plain_amount(amount).map_err(|rule| InvalidField::new("amount", rule))?;
        if !amount.is_positive() {
            return Err(InvalidField::new("amount", "is not above zero"));
        }
        Ok(Self { transaction_no, amount, currency })
    }

    /// Pockyt's number of the transaction.
    pub fn transaction_no(&self) -> &TransactionNo {
        &self.transaction_no
    }

    /// How much, in major units of the currency, without trailing zeros.
    pub fn amount(&self) -> &Amount {
        &self.amount
    }

    /// Of what.
    pub fn currency(&self) -> Currency {
        self.currency
    }
}

/// The amount in its one notation, so that a record does not depend on who wrote `13` or `13.00` first.
pub(super) fn plain_amount(amount: &Amount) -> Result<Amount, &'static str> {
    let plain = Amount::parse(&amount.normalized()).map_err(|_| "is not a decimal number such as 13.00")?;
    if plain < Amount::zero() {
        return Err("is below zero");
    }
    if plain.decimals() > 6 {
        return Err("has more than six decimals");
    }
    let whole_digits = plain.as_str().split('.').next().map_or(0, str::len);
    if whole_digits > 15 { Err("is 10^15 or more") } else { Ok(plain) }
}

/// How an order ended without money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Unpaid {
    /// Never finished by the customer, timed out, or cancelled.
    Closed,
    /// The payment failed.
    Failed,
}

/// What the newest query said. The order settles which of two answers at one count is kept: the one that
/// raises the louder alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Said {
    Open,
    Paid,
    Reversed,
    Unpaid,
}

impl From<&TransactionStatus> for Said {
    fn from(status: &TransactionStatus) -> Self {
        match status {
            TransactionStatus::Closed | TransactionStatus::Failed => Self::Unpaid,
            TransactionStatus::Reversed => Self::Reversed,
            TransactionStatus::Success => Self::Paid,
            _ => Self::Open,
        }
    }
}

/// Ordered by the counter first: the greater one is the newer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LastQuery {
    pub(super) counter: Counter,
    pub(super) said: Said,
}

/// The greater of two, where nothing is less than anything.
pub(super) fn later<T: Ord>(a: Option<T>, b: Option<T>) -> Option<T> {
    a.max(b)
}

/// The smaller of two, where nothing is greater than anything.
pub(super) fn earlier<T: Ord>(a: Option<T>, b: Option<T>) -> Option<T> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
