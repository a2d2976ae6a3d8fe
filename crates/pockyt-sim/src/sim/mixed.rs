//! One code that any wallet may scan: a record, and the hidden order behind it.

use super::Sim;
use super::handle::{Call, Done};
use crate::answer::Value;
use crate::order::{Order, Status};
use crate::refusal::Refusal;
use crate::{Reply, Wallet};

/// The documentation's own example; other orders have 120.
const DEFAULT_TIMEOUT_MINUTES: u32 = 5;

impl Sim {
    pub(super) fn generate_mixed_code(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let params = &call.params;
        let extras = params.amount_or_zero("tax").plus(params.amount_or_zero("tip"));
        let amount = params.amount("saleAmount")?.plus(extras);
        let order =
            self.draft_priced(call, Status::Pending, amount, params.get("currency").unwrap_or_default())?;
        self.wallet_for(call.merchant_no, order.reference.as_deref(), Wallet::Never)?;
        let timeout_minutes =
            if params.get("timeout").is_some() { order.timeout_minutes } else { DEFAULT_TIMEOUT_MINUTES };
        let number = order.number;
        let reference = order.owned_reference();
        let order = order.with_terms(|terms| terms.timeout_minutes = timeout_minutes);
        self.open(Order { is_hidden: true, has_cashier: true, ..order });
        let record_no = self.own_number(call.merchant_no, "");
        if let Some(books) = self.books_mut(call.merchant_no) {
            books.records.insert(record_no.clone(), number.into());
        }
        self.write_record(call, "mixed-code", &record_no, reference.as_deref(), (None, "pending"));
        let reply = self.let_customer_act(number, Wallet::Never)?;
        self.say_record(call, &record_no, &number, reply)
    }

    /// Says how a record stands; a customer who confirms after some queries counts this one.
    pub(super) fn mixed_query(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let (record_no, number) = self.record(call)?;
        self.count_query(&number, call.now);
        self.say_record(call, &record_no, &number, Reply::Send)
    }

    /// Closes a record that nobody paid, gives a paid one back.
    pub(super) fn mixed_cancel(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let (record_no, number) = self.record(call)?;
        self.give_up(call, &number)?;
        self.say_record(call, &record_no, &number, Reply::Send)
    }

    fn record(&self, call: &Call<'_>) -> Result<(String, String), Refusal> {
        let namespace = self.namespaces.get(call.merchant_no);
        let records = namespace.map(|namespace| &namespace.books.records);
        let by_reference = || {
            let order = namespace?.orders.of_reference(call.params.get("reference")?)?;
            records?.iter().find(|(_, behind)| behind.as_str() == order.number.as_str())
        };
        let by_number = |record_no: &str| records?.get_key_value(record_no);
        let (field, found) = match call.params.get("recordNo") {
            Some(record_no) => ("recordNo", by_number(record_no)),
            None => ("reference", by_reference()),
        };
        let found = found.map(|(record_no, number)| (record_no.clone(), number.clone()));
        found.ok_or_else(|| Refusal::unknown(field, "this merchant has no such record"))
    }

    /// The answer knows the number of the record only; how it stands is said in the header.
    fn say_record(
        &self,
        call: &Call<'_>,
        record_no: &str,
        number: &str,
        reply: Reply,
    ) -> Result<Done, Refusal> {
        let state = match self.order(number) {
            Some(order) if order.status == Status::Success => format!("it is paid by transaction {number}"),
            Some(order) => format!("it is {}", order.status.as_str()),
            None => String::new(),
        };
        let page = format!("its page is {}/cashier/{number}", self.config.public_url);
        let done = self.say(call, record_no, |field| match field.name {
            "recordNo" => record_no.into(),
            _ => Value::Nothing,
        })?;
        Ok(Done { note: Some(format!("{state}; {page}")), reply, ..done })
    }
}
