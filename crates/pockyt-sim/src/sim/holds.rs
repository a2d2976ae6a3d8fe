//! Money that is held first, and taken or let go of later.

use std::time::Duration;

use super::Sim;
use super::handle::{Call, Done};
use crate::Wallet;
use crate::answer::Value;
use crate::books::{Detail, Hold};
use crate::money::Amount;
use crate::order::{Order, Role, Status};
use crate::refusal::Refusal;

impl Sim {
    /// Asks the customer to let money be held. A scanned code behaves like one at a till; without one
    /// the customer agrees on a page.
    pub(super) fn hold(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let out_info = call.params.required("outAuthInfoNo");
        let is_taken =
            self.books(call.merchant_no).is_some_and(|books| books.out_infos.contains_key(&out_info));
        if is_taken && self.config.profile.refuse_duplicates {
            return Err(Refusal::duplicate("outAuthInfoNo", &self.config.profile));
        }
        let has_code = call.params.get("paymentBarcode").is_some();
        let otherwise = if has_code { self.config.wallet } else { Wallet::Never };
        let wallet = self.wallet_for(call.merchant_no, Some(&out_info), otherwise)?;
        let order = self.draft(call, Status::Pending)?;
        let number = order.number;
        let order = order.with_terms(|terms| terms.ipn_url = None);
        self.open(Order { role: Role::Hold, has_cashier: true, ..order });
        let auth_info_no = self.own_number(call.merchant_no, "");
        let hold = Hold {
            auth_info_no: auth_info_no.clone(),
            out_auth_info_no: out_info.clone(),
            transaction_no: number.into(),
            captured: Amount::ZERO,
            released: Amount::ZERO,
            details: Vec::new(),
        };
        if let Some(books) = self.books_mut(call.merchant_no) {
            books.out_infos.insert(out_info.clone(), auth_info_no.clone());
        }
        self.write_record(call, "hold", &auth_info_no, Some(&out_info), (None, "pending"));
        let done = self.add_detail(call, hold, "asked", None)?;
        self.start_wallet(number, wallet);
        self.charged(number)?;
        Ok(done)
    }

    /// Lets go of part or all of what is held.
    pub(super) fn unfreeze(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let hold = self.frozen(call)?;
        let amount = call.params.amount("unfreezeAmount")?;
        self.check_held(call, &hold, amount, "unfreezeAmount")?;
        let hold = Hold { released: hold.released.plus(amount), ..hold };
        self.add_detail(call, hold, "released", None)
    }

    /// Takes part or all of what is held: a payment of its own, under its own reference.
    pub(super) fn capture_hold(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let hold = self.frozen(call)?;
        let amount = call.params.amount("amount")?;
        self.check_held(call, &hold, amount, "amount")?;
        self.refuse_used_detail(call, &hold)?;
        let order = self.draft(call, Status::Pending)?;
        let otherwise = Wallet::ConfirmAfter(Duration::ZERO);
        self.wallet_for(call.merchant_no, order.reference.as_deref(), otherwise)?;
        let number = order.number;
        self.open(order);
        let reply = self.let_customer_act(number, otherwise)?;
        let order = self.charged(number)?.clone();
        let taken = if order.status == Status::Failed { Amount::ZERO } else { amount };
        let hold = Hold { captured: hold.captured.plus(taken), ..hold };
        let done = self.add_detail(call, hold, "captured", Some(&order))?;
        Ok(Done { reply, transaction_no: number.into(), ..done })
    }

    /// Shows one step of a hold.
    pub(super) fn detail_query(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let hold = self.hold_of(call)?;
        let named = |detail: &&Detail| match call.params.get("authDetailNo") {
            Some(number) => detail.auth_detail_no == number,
            None => call.params.get("outAuthDetailNo") == Some(&detail.out_auth_detail_no),
        };
        let detail = hold.details.iter().find(named);
        let detail =
            detail.ok_or_else(|| Refusal::unknown("outAuthDetailNo", "this hold has no such step"))?;
        let done = self.say_hold(call, &hold, detail, None)?;
        let order = self.order(&hold.transaction_no);
        let state = order.map_or("unknown", |order| match order.status {
            Status::Success => "frozen",
            status => status.as_str(),
        });
        let (currency, held) =
            order.map_or(("", Amount::ZERO), |order| (order.currency.as_str(), order.amount));
        let left = held.minus(hold.captured).minus(hold.released).text(currency);
        Ok(Done { note: Some(format!("the hold is {state}; {left} of it is left")), ..done })
    }

    fn hold_of(&self, call: &Call<'_>) -> Result<Hold, Refusal> {
        let books = self.books(call.merchant_no);
        let found = match (call.params.get("authInfoNo"), call.params.get("outAuthInfoNo")) {
            (Some(_), Some(_)) if self.config.profile.refuse_both_identifiers => {
                return Err(Refusal::mismatch("outAuthInfoNo", "give outAuthInfoNo or authInfoNo, not both"));
            }
            (Some(number), _) => books.and_then(|books| books.holds.get(number)),
            (None, Some(out)) => books.and_then(|books| books.holds.get(books.out_infos.get(out)?)),
            (None, None) => None,
        };
        found.cloned().ok_or_else(|| Refusal::unknown("outAuthInfoNo", "this merchant has no such hold"))
    }

    fn frozen(&self, call: &Call<'_>) -> Result<Hold, Refusal> {
        let hold = self.hold_of(call)?;
        match self.order(&hold.transaction_no).map(|order| order.status) {
            Some(Status::Success) => Ok(hold),
            status => {
                let status = status.map_or("unknown", Status::as_str);
                Err(Refusal::status("outAuthInfoNo", format!("the customer's answer to the hold: {status}")))
            }
        }
    }

    fn check_held(
        &self,
        call: &Call<'_>,
        hold: &Hold,
        amount: Amount,
        field: &'static str,
    ) -> Result<(), Refusal> {
        let Some(order) = self.order(&hold.transaction_no) else { return Err(Refusal::unserved()) };
        if call.params.get("currency") != Some(&order.currency) {
            return Err(Refusal::mismatch("currency", "it is not the currency of the hold"));
        }
        let left = order.amount.minus(hold.captured).minus(hold.released);
        if amount > left {
            return Err(Refusal::status(field, format!("only {} is still held", left.text(&order.currency))));
        }
        Ok(())
    }

    fn refuse_used_detail(&self, call: &Call<'_>, hold: &Hold) -> Result<(), Refusal> {
        let name = call.params.get("outAuthDetailNo");
        let is_used = hold.details.iter().any(|detail| Some(detail.out_auth_detail_no.as_str()) == name);
        if is_used && self.config.profile.refuse_duplicates {
            return Err(Refusal::duplicate("outAuthDetailNo", &self.config.profile));
        }
        Ok(())
    }

    fn add_detail(
        &mut self,
        call: &Call<'_>,
        mut hold: Hold,
        step: &'static str,
        order: Option<&Order>,
    ) -> Result<Done, Refusal> {
        self.refuse_used_detail(call, &hold)?;
        let detail = Detail {
            auth_detail_no: self.own_number(call.merchant_no, ""),
            out_auth_detail_no: call.params.required("outAuthDetailNo"),
        };
        hold.details.push(detail.clone());
        self.write_record(
            call,
            "hold-step",
            &detail.auth_detail_no,
            Some(&detail.out_auth_detail_no),
            (None, step),
        );
        if let Some(books) = self.books_mut(call.merchant_no) {
            books.holds.insert(hold.auth_info_no.clone(), hold.clone());
        }
        self.say_hold(call, &hold, &detail, order)
    }

    fn say_hold(
        &self,
        call: &Call<'_>,
        hold: &Hold,
        detail: &Detail,
        order: Option<&Order>,
    ) -> Result<Done, Refusal> {
        let page =
            format!("the customer agrees at {}/cashier/{}", self.config.public_url, hold.transaction_no);
        let is_open = self.order(&hold.transaction_no).is_some_and(|order| order.status == Status::Pending);
        let done = self.say(call, hold.auth_info_no.as_str(), |field| match (field.name, order) {
            ("authDetailNo", _) => detail.auth_detail_no.as_str().into(),
            ("authInfoNo", _) => hold.auth_info_no.as_str().into(),
            ("outAuthDetailNo", _) => detail.out_auth_detail_no.as_str().into(),
            ("outAuthInfoNo", _) => hold.out_auth_info_no.as_str().into(),
            (_, Some(order)) => self.value(order, field),
            (_, None) => Value::Nothing,
        })?;
        Ok(Done { note: is_open.then_some(page), ..done })
    }
}
