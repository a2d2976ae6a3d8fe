//! `tran-query`, `refund` and `cancel`.

use super::Sim;
use super::handle::{Call, Done};
use crate::Millis;
use crate::answer::Value;
use crate::money::Amount;
use crate::number::OrderName;
use crate::order::{Order, Status};
use crate::profile::CancelOfPaid;
use crate::refusal::Refusal;

impl Sim {
    /// Says how an order stands; a customer who confirms after some queries counts this one.
    pub(super) fn tran_query(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let order = self.found(call.merchant_no, &call.params)?;
        if order.queries_before_confirm.is_none() {
            return self.done(call, order);
        }
        let number = order.number;
        self.count_query(number, call.now);
        self.done(call, self.found(call.merchant_no, &call.params)?)
    }

    /// Lets a customer who confirms after some queries count one more.
    pub(super) fn count_query(&mut self, number: impl OrderName, now: Millis) {
        let waits = self.order_mut(number).filter(|order| order.status == Status::Pending);
        match waits.and_then(|order| order.queries_before_confirm.as_mut()) {
            Some(0) => {
                self.change_status(number, Status::Success, now, "customer");
            }
            Some(left) => *left -= 1,
            None => {}
        }
    }

    /// Gives back part or all of a paid order, never more than is left.
    pub(super) fn refund(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let params = &call.params;
        let order = self.find(call.merchant_no, params)?;
        let reference = params.owned("refundReference");
        let namespace = self.namespaces.get(call.merchant_no);
        let taken = |reference: &String| namespace.is_some_and(|n| n.refund_references.contains(reference));
        if self.config.profile.refuse_duplicates && reference.as_ref().is_some_and(taken) {
            return Err(Refusal::duplicate("refundReference", &self.config.profile));
        }
        if params.get("currency") != Some(&order.currency) {
            return Err(Refusal::mismatch("currency", "it is not the currency of the payment"));
        }
        if order.status != Status::Success {
            let rule = format!("the order is {}; only a paid one can be refunded", order.status.as_str());
            return Err(Refusal::chosen(self.config.profile.unpaid_refund_code, "transactionNo", rule));
        }
        // The second version of the API called it amount.
        let name = if params.get("refundAmount").is_some() { "refundAmount" } else { "amount" };
        let amount = params.amount(name)?;
        if amount > order.remainder() {
            let rule = format!("only {} is left to refund", order.remainder().text(&order.currency));
            return Err(Refusal::chosen(self.config.profile.excess_refund_code, "refundAmount", rule));
        }
        let refund = self.book_refund(order.number, amount, reference, call.now);
        let url = params.get("ipnUrl").filter(|_| self.config.profile.notify_refunds);
        if let (Some(url), Some(refund)) = (url, &refund) {
            self.notify_refund(&order, refund, url);
        }
        let answer = call.operation.answers.first().ok_or_else(Refusal::unserved)?;
        let body = self.style().success(answer, |field| match (field.name, &refund) {
            ("refundAmount", _) => amount.text(&order.currency).into(),
            ("refundReference", Some(refund)) => refund.reference.clone().into(),
            ("refundTransactionNo", Some(refund)) => Value::Number(refund.transaction_no),
            ("status", _) => Status::Success.as_str().into(),
            _ => self.value(&order, field),
        });
        Ok(Done::new(order.number, body))
    }

    /// Closes an unpaid order; gives back what is left of a paid one. A repeat says the same again.
    ///
    /// When the customer confirms in the same instant, the confirmation comes first: the order is paid
    /// and then given back in full, never both closed and paid. From then on every `tran-query` answers
    /// `success` with a `refundInfo` of the whole amount: the merchant has no money and owes no goods.
    pub(super) fn cancel(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let number = self.found(call.merchant_no, &call.params)?.number;
        let (order, status) = self.give_up(call, number)?;
        let answer = call.operation.answers.first().ok_or_else(Refusal::unserved)?;
        let body = self.style().success(answer, |field| match field.name {
            "status" => Value::from(status),
            _ => self.value(&order, field),
        });
        Ok(Done::new(order.number, body))
    }

    /// Closes or gives back an order: what it was then, and the word for what became of it.
    pub(super) fn give_up(
        &mut self,
        call: &Call<'_>,
        number: impl OrderName,
    ) -> Result<(Order, &'static str), Refusal> {
        let unknown = || Refusal::unknown("transactionNo", "this merchant has no such order");
        if self.order(number).ok_or_else(unknown)?.confirms_on_cancel {
            self.change_status(number, Status::Success, call.now, "customer");
        }
        let order = self.order(number).cloned().ok_or_else(unknown)?;
        let status = match order.status {
            Status::Init | Status::Pending => {
                self.change_status(order.number, Status::Closed, call.now, "merchant");
                Status::Closed.as_str()
            }
            Status::Closed if self.config.profile.refuse_repeated_cancel => {
                return Err(Refusal::status("transactionNo", "the order is closed already"));
            }
            Status::Closed => Status::Closed.as_str(),
            Status::Failed => return Err(Refusal::status("transactionNo", "the order has failed")),
            Status::Success
                if self.config.profile.refuse_repeated_cancel && order.remainder() == Amount::ZERO =>
            {
                return Err(Refusal::status("transactionNo", "the order was given back already"));
            }
            Status::Success => self.give_back(call, &order),
        };
        Ok((order, status))
    }

    fn give_back(&mut self, call: &Call<'_>, order: &Order) -> &'static str {
        let remainder = order.remainder();
        if remainder > Amount::ZERO {
            self.book_refund(order.number, remainder, None, call.now);
        }
        match self.config.profile.cancel_of_paid {
            CancelOfPaid::Closed => "closed",
            CancelOfPaid::Reversed => "reversed",
            CancelOfPaid::Success => "success",
        }
    }
}
