//! What an order's state means for the merchant.

use crate::operation::Transaction;
use crate::{Amount, TransactionStatus};

/// What one answer to a query says about an order, refunds included.
///
/// Pockyt leaves a refunded order at `success` and lists the refunds beside it, so the status alone says
/// too little.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Standing {
    /// More was refunded than was paid, or refunds are listed for an order that is not paid: a person
    /// must look.
    Conflict,
    /// Not decided yet.
    Open,
    /// Paid, nothing refunded.
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

impl Transaction {
    /// What this answer says about the order.
    pub fn standing(&self) -> Standing {
        let (Ok(status), Ok(refunds)) = (self.status(), self.refunds()) else { return Standing::Unknown };
        let refunded = refunds.iter().try_fold(Amount::zero(), |sum, refund| {
            refund.refund_amount().ok().and_then(|amount| sum.checked_add(&amount))
        });
        let Some(refunded) = refunded else { return Standing::Unknown };
        match status {
            TransactionStatus::Success if !refunded.is_positive() => Standing::Paid,
            TransactionStatus::Success => match self.amount() {
                Ok(amount) if refunded < amount => Standing::PartRefunded,
                Ok(amount) if refunded == amount => Standing::Refunded,
                Ok(_) => Standing::Conflict,
                Err(_) => Standing::Unknown,
            },
            TransactionStatus::Reversed => Standing::Reversed,
            TransactionStatus::Closed | TransactionStatus::Failed if refunded.is_positive() => {
                Standing::Conflict
            }
            TransactionStatus::Closed | TransactionStatus::Failed => Standing::Unpaid,
            _ => Standing::Open,
        }
    }
}
