//! What an order's state means for the merchant.

use std::cmp::Ordering;

use crate::operation::{RefundInfo, Transaction};
use crate::{Amount, RefundState, TransactionStatus};

/// What one answer to a query says about an order, refunds included.
///
/// Pockyt leaves a refunded order at `success` and lists the refunds beside it, so the status alone says
/// too little. Only a refund that [succeeded](RefundInfo::state) counts as given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Standing {
    /// More was refunded than was paid, or refunds are listed for an order that is not paid: a person
    /// must look.
    Conflict,
    /// Not decided yet. So is an order that failed or was closed while refunds of it are listed that did
    /// not succeed: they say that there was a payment.
    Open,
    /// Paid, nothing refunded yet.
    Paid,
    /// Paid, a part refunded.
    PartRefunded,
    /// Paid, all of it refunded.
    Refunded,
    /// Cancelled after it was paid.
    Reversed,
    /// The answer cannot be read: ask again.
    Unknown,
    /// Failed or closed: nothing was taken.
    Unpaid,
}

/// Whether a `transactionType` is that of a payment. It is not always there; a word that no source gives
/// could be anything.
pub(crate) fn is_of_payment(transaction_type: &str) -> bool {
    transaction_type.is_empty() || transaction_type.eq_ignore_ascii_case("payment")
}

impl Transaction {
    /// Whether this answer is about a payment. A number can stand for a refund or a void as well, whose
    /// success pays nothing.
    pub fn is_payment(&self) -> bool {
        self.transaction_type().is_ok_and(|word| is_of_payment(&word.unwrap_or_default()))
    }

    /// What this answer says about the order. [`Standing::Unknown`] when it is not about a
    /// [payment](Transaction::is_payment).
    pub fn standing(&self) -> Standing {
        if self.is_payment() { self.read_standing().unwrap_or(Standing::Unknown) } else { Standing::Unknown }
    }

    fn read_standing(&self) -> Option<Standing> {
        let (status, refunds) = (self.status().ok()?, self.refunds().ok()?);
        let given_back = given_back(&refunds)?;
        Some(match status {
            TransactionStatus::Success => {
                let amount = self.amount().ok().filter(Amount::is_positive)?;
                match given_back.cmp(&amount) {
                    Ordering::Less if given_back.is_positive() => Standing::PartRefunded,
                    Ordering::Less => Standing::Paid,
                    Ordering::Equal => Standing::Refunded,
                    Ordering::Greater => Standing::Conflict,
                }
            }
            TransactionStatus::Reversed => Standing::Reversed,
            TransactionStatus::Closed | TransactionStatus::Failed if given_back.is_positive() => {
                Standing::Conflict
            }
            TransactionStatus::Closed | TransactionStatus::Failed if refunds.is_empty() => Standing::Unpaid,
            _ => Standing::Open,
        })
    }
}

/// The sum of the refunds that succeeded; `None` when one of the list cannot be read.
fn given_back(refunds: &[RefundInfo]) -> Option<Amount> {
    refunds.iter().try_fold(Amount::zero(), |sum, refund| {
        let amount = refund.refund_amount().ok().filter(|amount| *amount >= Amount::zero())?;
        match refund.state().ok()? {
            RefundState::Success => sum.checked_add(&amount),
            RefundState::Pending | RefundState::Failed => Some(sum),
        }
    })
}
