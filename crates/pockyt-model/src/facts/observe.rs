//! The ways in: what an answer or a notification adds to the facts.

use std::error::Error;
use std::fmt;

use super::fact::{LastQuery, Payment, Said, Unpaid, plain_amount};
use super::refunds::{Asked, List, Listed, RefundState};
use super::{Counter, Facts};
use crate::operation::{Cancelled, InStoreTransaction, RefundInfo, Refunded, Transaction};
use crate::standing::is_of_payment;
use crate::{Amount, Currency, DecodeError, FieldError, PaymentNotification, Price, Problem, Reference};
use crate::{TransactionNo, TransactionStatus};

/// An answer that says how an order stands.
pub trait OrderAnswer {
    /// The state.
    ///
    /// # Errors
    ///
    /// It is absent or cannot be read; so for the other fields.
    fn status(&self) -> Result<TransactionStatus, FieldError>;

    /// Pockyt's number of the order.
    ///
    /// # Errors
    ///
    /// As [`OrderAnswer::status`].
    fn transaction_no(&self) -> Result<TransactionNo, FieldError>;

    /// The price, in major units of the currency.
    ///
    /// # Errors
    ///
    /// As [`OrderAnswer::status`].
    fn amount(&self) -> Result<Amount, FieldError>;

    /// The currency of the price.
    ///
    /// # Errors
    ///
    /// As [`OrderAnswer::status`].
    fn currency(&self) -> Result<Currency, FieldError>;

    /// `payment`, or what else the number stands for; `None` when the answer does not say.
    ///
    /// # Errors
    ///
    /// As [`OrderAnswer::status`].
    fn transaction_type(&self) -> Result<Option<String>, FieldError> {
        Ok(None)
    }
}

macro_rules! order_answer {
    ($($answer:ty),*) => { $(
        impl OrderAnswer for $answer {
            fn status(&self) -> Result<TransactionStatus, FieldError> {
                self.status()
            }

            fn transaction_no(&self) -> Result<TransactionNo, FieldError> {
                self.transaction_no()
            }

            fn amount(&self) -> Result<Amount, FieldError> {
                self.amount()
            }

            fn currency(&self) -> Result<Currency, FieldError> {
                self.currency()
            }

            fn transaction_type(&self) -> Result<Option<String>, FieldError> {
                self.transaction_type()
            }
        }
    )* };
}
order_answer!(InStoreTransaction, Transaction);

impl Facts {
    /// Adds what a query of the sale says: its state and its refunds. The newest query, by the counter,
    /// is remembered as such.
    ///
    /// A listed refund without a state has [succeeded](RefundInfo::state). Of each its number and its
    /// amount are needed; one that cannot be read does not hide the payment nor the other refunds, but from
    /// then on [`Facts::has_unreadable_refunds`]. An order with refunds is not said to be unpaid, however
    /// they stand: there is nothing to refund of what was never paid.
    ///
    /// # Errors
    ///
    /// A field that is needed cannot be read, or the answer is not about a payment but about a refund, a
    /// void or something unknown; nothing is added then. `transactionNo` is needed once the order is paid
    /// or reversed, `amount` and `currency` once it is paid.
    pub fn observe_query(&mut self, counter: Counter, answer: &Transaction) -> Result<(), Unreadable> {
        let status = status_of_payment(answer)?;
        let mut seen = Self {
            last_query: Some(LastQuery { counter, said: Said::from(&status) }),
            ..Self::of_payment(counter, answer, &status)?
        };
        seen.merge(&Self::of_list(counter, answer));
        let lists_refunds = seen.has_unreadable_refunds() || !seen.refunds.listed.is_empty();
        match status {
            TransactionStatus::Closed if !lists_refunds => seen.unpaid.extend([Unpaid::Closed]),
            TransactionStatus::Failed if !lists_refunds => seen.unpaid.extend([Unpaid::Failed]),
            TransactionStatus::Reversed => seen.reversed.extend([answer.transaction_no()?]),
            _ => {}
        }
        self.merge(&seen);
        Ok(())
    }

    /// Adds what the answer of a call that takes money says. Only `success` is a fact of its own; of
    /// anything else it is known that the order was taken in, and a query decides.
    ///
    /// # Errors
    ///
    /// As [`Facts::observe_query`].
    pub fn observe_call(&mut self, counter: Counter, answer: &impl OrderAnswer) -> Result<(), Unreadable> {
        let status = status_of_payment(answer)?;
        let seen = Self::of_payment(counter, answer, &status)?;
        self.merge(&seen);
        Ok(())
    }

    /// Adds that a call was accepted whose answer has no state, such as a QR code.
    pub fn observe_accepted(&mut self) {
        self.pending = true;
    }

    /// Adds what the answer of a cancel says: that there is an order. Its status is a hint only (what
    /// becomes of a paid order is documented nowhere), so a query must follow.
    pub fn observe_cancel(&mut self, _hint: &Cancelled) {
        self.observe_accepted();
    }

    /// Adds what a payment's notification says. `success` and `reversed` are facts; of anything else it
    /// is known that there is an order, and a query decides. Whether a notification needs to be
    /// confirmed by a query first is the caller's policy.
    ///
    /// # Errors
    ///
    /// The amount is out of the bounds of [`Payment::new`]; nothing is added then.
    pub fn observe_notification(
        &mut self,
        counter: Counter,
        notification: &PaymentNotification,
    ) -> Result<(), Unreadable> {
        match notification.status() {
            TransactionStatus::Success => {
                let number = notification.transaction_no().clone();
                let payment = payment(number, notification.amount(), notification.currency())?;
                self.merge(&Self { paid: [(payment, counter)].into(), ..Self::default() });
            }
            TransactionStatus::Reversed => {
                self.reversed.insert(notification.transaction_no().clone());
            }
            _ => self.observe_accepted(),
        }
        Ok(())
    }

    /// Adds that a refund is about to be asked for. To be recorded before the call goes out, each time it
    /// does: from then on its amount counts as given away, until an answer or a query says otherwise.
    ///
    /// # Errors
    ///
    /// The amount is out of the bounds of [`Payment::new`]; nothing is added then.
    pub fn refund_asked(
        &mut self,
        counter: Counter,
        reference: &Reference,
        price: &Price,
    ) -> Result<(), Unreadable> {
        let amount = plain_amount(price.amount()).map_err(|rule| out_of_bounds("refundAmount", rule))?;
        let asked = Asked {
            amounts: [amount].into(),
            currencies: [price.currency()].into(),
            asked: Some(counter),
            refused: None,
        };
        self.merge(&Self::of_asked(reference.as_str(), asked));
        Ok(())
    }

    /// Adds that Pockyt refused a refund, so that nothing that was asked for under this reference at a
    /// smaller count was booked. Only for an answer that says so: a lost answer is no refusal, and a later
    /// refusal says nothing of an earlier attempt whose answer was lost. Should Pockyt list the refund after
    /// all, the list counts.
    pub fn refund_refused(&mut self, counter: Counter, reference: &Reference) {
        self.merge(&Self::of_refusal(counter, reference.as_str()));
    }

    /// Adds what the answer of a refund says of the refund. It says nothing of the payment. One that says
    /// *failed* is a refusal as well.
    ///
    /// # Errors
    ///
    /// Its number, amount or state cannot be read; nothing is added then.
    pub fn observe_refund(&mut self, counter: Counter, answer: &Refunded) -> Result<(), Unreadable> {
        let amount = plain_amount(&answer.refund_amount()?);
        let state = RefundState::from(&answer.status()?);
        let listed = Listed {
            amounts: [amount.map_err(|rule| out_of_bounds("refundAmount", rule))?].into(),
            currencies: [answer.currency()?].into(),
            references: reference_of(answer.refund_reference()?),
            failed_at: (state == RefundState::Failed).then_some(counter),
            state,
        };
        let number = answer.refund_transaction_no()?;
        if state == RefundState::Failed {
            for reference in &listed.references {
                self.merge(&Self::of_refusal(counter, reference));
            }
        }
        self.merge(&Self::of_refund(number, listed));
        Ok(())
    }

    fn of_payment(
        counter: Counter,
        answer: &impl OrderAnswer,
        status: &TransactionStatus,
    ) -> Result<Self, Unreadable> {
        if *status != TransactionStatus::Success {
            return Ok(Self { pending: true, ..Self::default() });
        }
        let payment = payment(answer.transaction_no()?, &answer.amount()?, answer.currency()?)?;
        Ok(Self { paid: [(payment, counter)].into(), ..Self::default() })
    }

    /// Of a list that cannot be read what can be.
    fn of_list(counter: Counter, answer: &Transaction) -> Self {
        let mut seen = Self::default();
        let list = answer.refunds();
        let items = list.as_ref().map_or(0, Vec::len);
        let mut whole = list.is_ok();
        for (i, refund) in list.unwrap_or_default().iter().enumerate() {
            match Self::of_listed(counter, i, refund) {
                Ok(refund) => seen.merge(&refund),
                Err(_) => whole = false,
            }
        }
        let list = Some(List { counter, items });
        if whole {
            seen.refunds.list_read = list;
        } else {
            seen.refunds.list_unread = list;
        }
        seen
    }

    fn of_listed(counter: Counter, i: usize, refund: &RefundInfo) -> Result<Self, Unreadable> {
        let path = |name| format!("refundInfo[{i}].{name}");
        let number = refund
            .refund_transaction_no()?
            .ok_or_else(|| FieldError::new(path("refundTransactionId"), Problem::Missing))?;
        let amount = plain_amount(&refund.refund_amount()?)
            .map_err(|rule| out_of_bounds(path("refundAmount"), rule))?;
        let state = refund.state()?;
        let listed = Listed {
            amounts: [amount].into(),
            currencies: refund.currency()?.into_iter().collect(),
            references: reference_of(refund.refund_reference()?),
            failed_at: (state == RefundState::Failed).then_some(counter),
            state,
        };
        Ok(Self::of_refund(number, listed))
    }

    fn of_refund(number: TransactionNo, listed: Listed) -> Self {
        let mut seen = Self::default();
        seen.refunds.listed.insert(number, listed);
        seen
    }

    fn of_asked(reference: &str, asked: Asked) -> Self {
        let mut seen = Self::default();
        seen.refunds.asked.insert(reference.to_owned(), asked);
        seen
    }

    fn of_refusal(counter: Counter, reference: &str) -> Self {
        Self::of_asked(reference, Asked { refused: Some(counter), ..Asked::default() })
    }
}

/// The state of a payment; an order number can stand for a refund too, whose success is no payment.
fn status_of_payment(answer: &impl OrderAnswer) -> Result<TransactionStatus, FieldError> {
    if !is_of_payment(&answer.transaction_type()?.unwrap_or_default()) {
        return Err(out_of_bounds("transactionType", "is not that of a payment"));
    }
    answer.status()
}

fn payment(number: TransactionNo, amount: &Amount, currency: Currency) -> Result<Payment, FieldError> {
    Payment::new(number, amount, currency).map_err(|e| out_of_bounds(e.field(), e.rule()))
}

fn reference_of<R: ToString>(reference: Option<R>) -> std::collections::BTreeSet<String> {
    reference.map(|reference| reference.to_string()).filter(|text| !text.is_empty()).into_iter().collect()
}

fn out_of_bounds(path: impl Into<String>, rule: &'static str) -> FieldError {
    FieldError::new(path, Problem::Malformed(rule))
}

/// An answer that adds nothing to the facts, since a field of it cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable(Cause);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Cause {
    Body(DecodeError),
    Field(FieldError),
}

impl Unreadable {
    /// Where the field is: a JSON path such as `$.result.amount`, or its name.
    pub fn path(&self) -> &str {
        match &self.0 {
            Cause::Body(error) => error.path(),
            Cause::Field(error) => error.path(),
        }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "nothing was recorded, {} cannot be taken as it is", self.path())
    }
}

impl Error for Unreadable {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(match &self.0 {
            Cause::Body(error) => error,
            Cause::Field(error) => error,
        })
    }
}

impl From<DecodeError> for Unreadable {
    fn from(error: DecodeError) -> Self {
        Self(Cause::Body(error))
    }
}

impl From<FieldError> for Unreadable {
    fn from(error: FieldError) -> Self {
        Self(Cause::Field(error))
    }
}
