//! `tran-query`, `refund` and `cancel`.

use super::Sim;
use super::handle::{Call, Done};
use crate::Wallet;
use crate::answer::{self, Value};
use crate::money::Amount;
use crate::order::{Order, Status};
use crate::profile::CancelOfPaid;
use crate::refusal::Refusal;

impl Sim {
    /// Says how an order stands; a customer who confirms after some queries counts this one.
    pub(super) fn tran_query(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let found = self.find(&call.merchant_no, &call.params)?;
        let waits = self.order_mut(&found.transaction_no).filter(|order| order.status == Status::Pending);
        match waits.and_then(|order| order.queries_before_confirm.as_mut()) {
            Some(0) => {
                self.change_status(&found.transaction_no, Status::Success, call.now, "customer");
            }
            Some(left) => *left -= 1,
            None => {}
        }
        let order = self.order(&found.transaction_no).cloned().unwrap_or(found);
        self.done(call, &order)
    }

    /// Gives back part or all of a paid order, never more than is left.
    pub(super) fn refund(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let params = &call.params;
        let order = self.find(&call.merchant_no, params)?;
        let reference = params.owned("refundReference");
        let namespace = self.namespaces.get(&call.merchant_no);
        let taken = |reference: &String| namespace.is_some_and(|n| n.refund_references.contains(reference));
        if reference.as_ref().is_some_and(taken) {
            return Err(Refusal::duplicate("refundReference", &self.config.profile));
        }
        if params.get("currency") != Some(&order.currency) {
            return Err(Refusal::mismatch("currency", "it is not the currency of the payment"));
        }
        if order.status != Status::Success {
            let rule = format!("the order is {}; only a paid one can be refunded", order.status.as_str());
            return Err(Refusal::status("transactionNo", rule));
        }
        let amount = params.amount("refundAmount")?;
        if amount > order.remainder() {
            let rule = format!("only {} is left to refund", order.remainder().text(&order.currency));
            return Err(Refusal::status("refundAmount", rule));
        }
        let refund = self.book_refund(&order.transaction_no, amount, reference, call.now);
        let answer = call.operation.answers.first().ok_or_else(Refusal::path)?;
        let body = answer::success(answer, |name| match (name, &refund) {
            ("refundAmount", _) => amount.text(&order.currency).into(),
            ("refundReference", Some(refund)) => refund.reference.clone().into(),
            ("refundTransactionNo", Some(refund)) => refund.transaction_no.as_str().into(),
            _ => self.value(&order, name),
        });
        Ok(Done { transaction_no: order.transaction_no, body })
    }

    /// Closes an unpaid order; gives back what is left of a paid one. A repeat says the same again.
    ///
    /// When the customer confirms in the same instant, the confirmation comes first: the order is paid
    /// and then given back in full, never both closed and paid. From then on every `tran-query` answers
    /// `success` with a `refundInfo` of the whole amount: the merchant has no money and owes no goods.
    pub(super) fn cancel(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let found = self.find(&call.merchant_no, &call.params)?;
        if found.wallet == Wallet::ConfirmOnCancel {
            self.change_status(&found.transaction_no, Status::Success, call.now, "customer");
        }
        let order = self.order(&found.transaction_no).cloned().unwrap_or(found);
        let status = match order.status {
            Status::Init | Status::Pending => {
                self.change_status(&order.transaction_no, Status::Closed, call.now, "merchant");
                Status::Closed.as_str()
            }
            Status::Closed => Status::Closed.as_str(),
            Status::Failed => return Err(Refusal::status("transactionNo", "the order has failed")),
            Status::Success => self.give_back(call, &order),
        };
        let answer = call.operation.answers.first().ok_or_else(Refusal::path)?;
        let body = answer::success(answer, |name| match name {
            "status" => Value::from(status),
            _ => self.value(&order, name),
        });
        Ok(Done { transaction_no: order.transaction_no, body })
    }

    fn give_back(&mut self, call: &Call<'_>, order: &Order) -> &'static str {
        let remainder = order.remainder();
        if remainder > Amount::ZERO {
            self.book_refund(&order.transaction_no, remainder, None, call.now);
        }
        match self.config.profile.cancel_of_paid {
            CancelOfPaid::Closed => "closed",
            CancelOfPaid::Reversed => "reversed",
            CancelOfPaid::Success => "success",
        }
    }
}
