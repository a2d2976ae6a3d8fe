//! One question about an order, and whether its answer is about what was meant.

use std::fmt;
use std::time::Duration;

use pockyt_model::operation::{Payout, TranQuery, Transaction};
use pockyt_model::{OrderKey, Price, Refusal, Standing, TransactionNo};

use crate::{CallError, CallOptions, Client, call};

/// Why polling or settling stopped early.
#[derive(Debug)]
#[non_exhaustive]
pub enum PollError {
    /// The answer is about another payout than was meant: its invoice, amount or currency differs.
    InvoiceTaken(Box<Payout>),
    /// The answer is about another order than was asked for: its amount, currency, reference or number
    /// differs, or it is the record of something else than a payment, such as a refund.
    ReferenceTaken(Box<Transaction>),
    /// The query itself is refused and would be again, for example because of the signature.
    Refused(CallError),
}

impl fmt::Display for PollError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InvoiceTaken(_) => "the answer is about another payout",
            Self::ReferenceTaken(_) => "the answer is about another order",
            Self::Refused(_) => "the query is refused",
        })
    }
}

impl std::error::Error for PollError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::InvoiceTaken(_) | Self::ReferenceTaken(_) => None,
            Self::Refused(error) => Some(error),
        }
    }
}

/// What is known of the order that is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected<'a> {
    pub(crate) order: &'a OrderKey,
    pub(crate) price: Option<&'a Price>,
    pub(crate) transaction_no: Option<&'a TransactionNo>,
}

/// What one question brought.
#[derive(Clone, Debug)]
pub(crate) enum Asked {
    /// The order.
    Known(Box<Transaction>),
    /// No answer, or one that says nothing; and how long it asked to wait.
    Nothing(Option<Duration>),
    /// Pockyt knows no such order.
    NotFound,
}

/// Asks once.
pub(crate) async fn ask(
    client: &Client,
    expected: Expected<'_>,
    within: Duration,
) -> Result<Asked, PollError> {
    let query = TranQuery::new(expected.order.clone());
    let options = CallOptions::default().within(within);
    let transaction = match call::uncompared(client, &query, options).await {
        Ok(transaction) => transaction,
        Err(error) if error.refusal().is_some_and(Refusal::is_not_found) => return Ok(Asked::NotFound),
        Err(error) if error.may_retry() => return Ok(Asked::Nothing(error.retry_after())),
        Err(error) => return Err(PollError::Refused(error)),
    };
    Ok(match expected.fit(&transaction) {
        Fit::Other => return Err(PollError::ReferenceTaken(Box::new(transaction))),
        Fit::Unproven => Asked::Nothing(None),
        Fit::Ours => Asked::Known(Box::new(transaction)),
    })
}

/// Whether an order says enough to end on: its status is final, and what it means can be read. A paid order
/// whose refunds cannot be read is neither paid nor unpaid to whoever must act on it.
pub(crate) fn is_decided(order: &Transaction) -> bool {
    let readable = !matches!(order.standing(), Standing::Open | Standing::Unknown);
    readable && order.status().is_ok_and(|status| status.is_final())
}

/// Whether an answer is about the order that was meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fit {
    Other,
    Ours,
    Unproven,
}

impl Expected<'_> {
    fn fit(&self, transaction: &Transaction) -> Fit {
        let named_reference = transaction.reference().ok().flatten();
        let named_number = transaction.transaction_no().ok();
        let asked_number = match self.order {
            OrderKey::TransactionNo(number) => Some(number),
            _ => self.transaction_no,
        };
        let asked_reference = match self.order {
            OrderKey::Reference(reference) => Some(reference.as_str()),
            _ => None,
        };
        let named_reference = named_reference.filter(|named| !named.is_empty());
        let same_reference = asked_reference.zip(named_reference).map(|(asked, named)| asked == named);
        let same_number = asked_number.zip(named_number).map(|(asked, named)| *asked == named);
        let same_price = self.price.map(|price| match (transaction.amount(), transaction.currency()) {
            (Ok(amount), Ok(currency)) => Some(amount == *price.amount() && currency == price.currency()),
            _ => None,
        });
        let differs = [same_reference, same_number, same_price.flatten()].contains(&Some(false));
        if differs || !transaction.is_payment() {
            return Fit::Other;
        }
        let is_named = same_reference.is_some() || same_number.is_some();
        if is_named && same_price != Some(None) { Fit::Ours } else { Fit::Unproven }
    }
}
