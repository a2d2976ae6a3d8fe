//! Notes, lists and the rate of exchange.

use super::Sim;
use super::handle::{Call, Done};
use crate::answer::{Members, Value};
use crate::catalogue::AnswerField;
use crate::order::{Order, Status};
use crate::refusal::Refusal;
use crate::time::parse_day;

/// The longest span of a list, as the vendor's SDKs check it.
const MAX_DAYS: i32 = 15;

impl Sim {
    /// Adds a note to an order, if it names one; nobody sees it again.
    pub(super) fn notes_add(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let names_one = call.params.get("transactionNo").or(call.params.get("reference")).is_some();
        let number =
            if names_one { self.found(call.merchant_no, &call.params)?.number.into() } else { String::new() };
        let done = Self::nothing_known(call)?;
        Ok(Done { transaction_no: number.into(), ..done })
    }

    /// The orders made in some days, oldest first.
    pub(super) fn trans_list(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        self.list(call, |_| true)
    }

    /// The paid orders among them whose day is over.
    pub(super) fn settle_list(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let today = call.now.day();
        self.list(call, |order| {
            order.status == Status::Success && order.created.day().as_str() < today.as_str()
        })
    }

    pub(super) fn withdrawal_list(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        self.list(call, |_| false)
    }

    pub(super) fn exchange_rate(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        self.say(call, "", |_| "6.594300".into())
    }

    fn list(&self, call: &Call<'_>, wanted: impl Fn(&Order) -> bool) -> Result<Done, Refusal> {
        let (start, end) = (call.params.required("startDate"), call.params.required("endDate"));
        let span = parse_day(&start).zip(parse_day(&end)).map_or(-1, |(start, end)| (end - start).get_days());
        if span < 0 {
            return Err(Refusal::mismatch("endDate", "it is before startDate"));
        }
        if span > MAX_DAYS {
            return Err(Refusal::mismatch("endDate", "it is at most 15 days after startDate"));
        }
        let namespace = self.namespaces.get(call.merchant_no);
        let clerk = call.params.get("storeAdminNo");
        let orders = namespace
            .into_iter()
            .flat_map(|namespace| namespace.orders.iter())
            .filter(|order| order.is_visible() && wanted(order))
            .filter(|order| Some(order.store_no.as_str()) == call.params.get("storeNo"))
            .filter(|order| clerk.is_none() || order.store_admin_no.as_deref() == clerk)
            .filter(|order| (start.as_str()..=end.as_str()).contains(&order.created.day().as_str()));
        let answer = call.operation.answers.first().ok_or_else(Refusal::unserved)?;
        let elements = orders.map(|order| -> Members<'_> {
            let value = |field: &AnswerField| (field.name, self.value(order, field));
            answer.fields.iter().map(value).collect()
        });
        let elements: Vec<Members<'_>> = elements.collect();
        let size = elements.len().to_string();
        let body = self.style().success_list(answer, elements, |_| Value::from(size.as_str()));
        Ok(Done::new("", body))
    }
}
