//! Asking Pockyt whether what somebody told is so.

use std::future::Future;
use std::pin::Pin;
use std::{error, fmt};

use crate::{
    Amount, Currency, InvoiceId, OrderKey, PayoutStatus, Reference, TransactionNo, TransactionStatus,
};

/// How a payment stands, as Pockyt itself answered when it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentDetails {
    /// Pockyt's number of the order.
    pub transaction_no: TransactionNo,
    /// The merchant's identifier.
    pub reference: Reference,
    /// The price, in major units of the currency.
    pub amount: Amount,
    /// The currency of the price.
    pub currency: Currency,
    /// The state.
    pub status: TransactionStatus,
}

/// How a payout stands, as Pockyt itself answered when it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayoutDetails {
    /// Pockyt's number of the payout.
    pub transaction_no: TransactionNo,
    /// The merchant's identifier.
    pub invoice_id: InvoiceId,
    /// How much, in major units of the currency.
    pub amount: Amount,
    /// The currency.
    pub currency: Currency,
    /// The state.
    pub status: PayoutStatus,
}

/// What is asked after.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Question {
    /// A payment, by `tran-query`.
    Payment(OrderKey),
    /// A payout, by `payouts/inquiry`.
    Payout(InvoiceId),
}

/// What Pockyt answered, final or not.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Confirmation {
    /// To [`Question::Payment`].
    Payment(PaymentDetails),
    /// To [`Question::Payout`].
    Payout(PayoutDetails),
}

/// Why there is no [`Confirmation`]. None of these says that money did not move.
#[derive(Debug)]
#[non_exhaustive]
pub enum Unconfirmed {
    /// Pockyt knows nothing by this identifier (000021).
    NotFound,
    /// The answer is about something else than was asked after, such as a refund, or does not name it.
    Other,
    /// The answer cannot be read, or lacks what a confirmation needs. The text names the field.
    Unreadable(String),
    /// There was no answer, or the question itself is refused. Asking again later may help. The text of the
    /// cause is logged, so it must hold no secrets.
    Unreachable(Box<dyn error::Error + Send + Sync>),
}

impl Unconfirmed {
    /// A stable word for it, in kebab case.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::Other => "other",
            Self::Unreadable(_) => "unreadable",
            Self::Unreachable(_) => "unreachable",
        }
    }
}

impl fmt::Display for Unconfirmed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("Pockyt knows nothing by this identifier"),
            Self::Other => f.write_str("Pockyt's answer is about something else"),
            Self::Unreadable(what) => write!(f, "Pockyt's answer cannot be read: {what}"),
            Self::Unreachable(_) => f.write_str("Pockyt could not be asked"),
        }
    }
}

impl error::Error for Unconfirmed {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Unreachable(source) => Some(&**source),
            _ => None,
        }
    }
}

/// A confirmation under way.
pub type Confirming<'a> = Pin<Box<dyn Future<Output = Result<Confirmation, Unconfirmed>> + Send + 'a>>;

/// Whoever can ask Pockyt with the merchant's own credentials. `pockyt_client::Client` does.
///
/// An implementation answers only about what was asked after: it compares the identifiers, and takes every
/// value from the answer and none from the question. It asks, and changes nothing.
///
/// ```
/// use pockyt_model::{Confirm, Confirmation, Confirming, Question, Unconfirmed};
///
/// /// Nobody at all.
/// struct Nobody;
///
/// impl Confirm for Nobody {
///     fn confirm<'a>(&'a self, _: &'a Question) -> Confirming<'a> {
///         Box::pin(async { Err(Unconfirmed::NotFound) })
///     }
/// }
/// let _whoever: Box<dyn Confirm> = Box::new(Nobody);
/// ```
pub trait Confirm: Send + Sync {
    /// Asks once, with whatever repetitions are harmless.
    fn confirm<'a>(&'a self, question: &'a Question) -> Confirming<'a>;
}

impl<C: Confirm + ?Sized> Confirm for std::sync::Arc<C> {
    fn confirm<'a>(&'a self, question: &'a Question) -> Confirming<'a> {
        C::confirm(self, question)
    }
}
