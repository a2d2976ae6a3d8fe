use pockyt_model::operation::{Prepay, SecurePay};
use pockyt_model::{Amount, Answer, Currency, Operation, TransactionNo, TransactionStatus};

use super::Texts;

/// What is read of an in-store answer.
#[derive(Debug)]
pub(crate) struct InStore {
    transaction_no: TransactionNo,
    reference: String,
    amount: Amount,
    status: TransactionStatus,
    currency: Currency,
}

/// What is read of the answer to secure-pay.
#[derive(Debug)]
pub(crate) struct Checkout {
    transaction_no: TransactionNo,
    reference: String,
    amount: Amount,
    cashier_url: String,
    currency: Currency,
}

/// Reads the in-store answer.
pub(crate) fn in_store(body: &str) -> Option<InStore> {
    let Answer::Accepted(answer) = Prepay::read_answer(body.as_bytes()).ok()? else { return None };
    Some(InStore {
        transaction_no: answer.transaction_no().ok()?,
        reference: answer.reference().ok()??,
        amount: answer.amount().ok()?,
        status: answer.status().ok()?,
        currency: answer.currency().ok()?,
    })
}

/// Reads the answer to secure-pay.
pub(crate) fn checkout(body: &str) -> Option<Checkout> {
    let Answer::Accepted(answer) = SecurePay::read_answer(body.as_bytes()).ok()? else { return None };
    Some(Checkout {
        transaction_no: answer.transaction_no().ok()?,
        reference: answer.reference().ok()??,
        amount: answer.amount().ok()?,
        cashier_url: answer.cashier_url().ok()??,
        currency: answer.currency().ok()??,
    })
}

impl InStore {
    /// The same as the other ways give it.
    pub(crate) fn texts(&self) -> Texts {
        [
            self.transaction_no.as_str(),
            &self.reference,
            self.amount.as_str(),
            self.status.as_str(),
            self.currency.as_str(),
        ]
        .map(str::to_owned)
    }
}

impl Checkout {
    /// The same as the other ways give it.
    pub(crate) fn texts(&self) -> Texts {
        [
            self.transaction_no.as_str(),
            &self.reference,
            self.amount.as_str(),
            &self.cashier_url,
            self.currency.as_str(),
        ]
        .map(str::to_owned)
    }
}
