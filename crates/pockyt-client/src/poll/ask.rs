//! One question about an order, and whether its answer is about what was meant.

use std::fmt;
use std::time::Duration;

use pockyt_model::operation::{Payout, TranQuery, Transaction};
use pockyt_model::{OrderKey, Price, Refusal, TransactionNo};

use crate::{CallError, CallOptions, Client, call};

/// Why polling or settling stopped early.
#[derive(Debug)]
#[non_exhaustive]
pub enum PollError {
    /// The answer is about another payout than was meant: its invoice, amount or currency differs.
    InvoiceTaken(Box<Payout>),
    /// The answer is about another order than was asked for: its amount, currency, reference or number
    /// differs.
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
        let other_reference = match self.order {
            OrderKey::Reference(reference) => {
                named_reference.is_some_and(|named| named != reference.as_str())
            }
            _ => false,
        };
        let other_number =
            asked_number.zip(named_number.as_ref()).is_some_and(|(asked, named)| asked != named);
        if other_reference || other_number {
            return Fit::Other;
        }
        let Some(price) = self.price else { return Fit::Ours };
        match (transaction.amount(), transaction.currency()) {
            (Ok(amount), Ok(currency)) if amount == *price.amount() && currency == price.currency() => {
                Fit::Ours
            }
            (Ok(_), Ok(_)) => Fit::Other,
            _ => Fit::Unproven,
        }
    }
}
