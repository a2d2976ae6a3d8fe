//! `secure-pay`.

use super::Sim;
use super::handle::{Call, Done};
use crate::order::Status;
use crate::refusal::Refusal;

impl Sim {
    /// Makes an order that waits on its cashier page. It is `pending` at once, since the channel is set
    /// up; nobody pays unless told to.
    pub(super) fn secure_pay(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let mut order = self.draft(call, Status::Pending)?;
        order.has_cashier = true;
        let transaction_no = order.transaction_no.clone();
        self.open(order);
        let done = self.wait_for_customer(call, &transaction_no)?;
        let integrated = call.params.is("terminal", "YIP") || call.params.is("terminal", "APP");
        match (call.operation.answers.get(1), self.order(&transaction_no)) {
            (Some(answer), Some(order)) if integrated => Ok(self.done_as(answer, order)),
            _ => Ok(done),
        }
    }
}
