//! Checkouts on the web, and payments inside another app.

use std::time::Duration;

use super::Sim;
use super::handle::{Call, Done};
use crate::answer::Value;
use crate::number::Number;
use crate::order::{Order, Role, Status};
use crate::refusal::Refusal;
use crate::{Millis, Wallet};

impl Sim {
    /// Makes an order that waits on its cashier page. It is `pending` at once, since the channel is set
    /// up; nobody pays unless told to, or with a payment method that was kept.
    pub(super) fn secure_pay(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let vault_id = self.known_vault(call)?;
        let transaction_no = self.open_waiting(call)?;
        if let Some(order) = self.order_mut(transaction_no) {
            order.has_cashier = true;
            if vault_id.is_some() {
                order.rare_mut().vault_id.clone_from(&vault_id);
                // Its notification is that of a card payment.
                order.role = Role::Card;
            }
        }
        let otherwise = vault_id.map_or(Wallet::Never, |_| Wallet::ConfirmAfter(Duration::ZERO));
        let reply = self.let_customer_act(transaction_no, otherwise)?;
        self.charged(transaction_no)?;
        let note = self.open_series(call, transaction_no);
        let order = self.charged(transaction_no)?;
        let is_integrated = call.params.is("terminal", "YIP") || call.params.is("terminal", "APP");
        let answer =
            call.operation.answers.get(usize::from(is_integrated)).or(call.operation.answers.first());
        let done = self.done_as(answer.ok_or_else(Refusal::unserved)?, order);
        Ok(Done { note, reply, ..done })
    }

    /// The payment method that a request names, which must have been kept before.
    fn known_vault(&self, call: &Call<'_>) -> Result<Option<String>, Refusal> {
        let Some(vault_id) = call.params.owned("vaultId") else { return Ok(None) };
        let books = self.namespaces.get(call.merchant_no).map(|namespace| &namespace.books);
        if books.is_some_and(|books| books.vaults.contains(&vault_id)) {
            return Ok(Some(vault_id));
        }
        Err(Refusal::unknown("vaultId", "this merchant has no such payment method"))
    }

    /// Notes the series that a recurring payment begins. Its later payments are not played.
    fn open_series(&mut self, call: &Call<'_>, transaction_no: Number) -> Option<String> {
        if !call.params.is("creditType", "recurring") {
            return None;
        }
        let number = String::from(transaction_no);
        self.books_mut(call.merchant_no)?.schedules.insert(number.clone(), true);
        self.write_record(call, "series", &number, None, (None, "active"));
        Some(format!("scheduleNo of this series is {number}; its later payments are not played"))
    }

    /// Charges the payment method that the merchant's page collected.
    pub(super) fn creditpay_process(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let found = self.find(call.merchant_no, &call.params)?;
        if found.status != Status::Pending {
            let rule = format!("the order is {}; only one that waits can be charged", found.status.as_str());
            return Err(Refusal::status("transactionNo", rule));
        }
        let number = found.number;
        let reply = self.let_customer_act(number, Wallet::ConfirmAfter(Duration::ZERO))?;
        let order = self.charged(number)?;
        let answer = call.operation.answers.first().ok_or_else(Refusal::unserved)?;
        let body = self.style().success(answer, |field| match field.name {
            "paymentTime" => order.paid().map(Millis::in_utc).into(),
            _ => self.value(order, field),
        });
        Ok(Done { reply, ..Done::new(number, body) })
    }

    /// Makes an order and what the wallet's own client needs to pay it.
    pub(super) fn micropay_prepay(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let is_mini = call.params.is("terminal", "MINIPROGRAM");
        let is = |vendor| call.params.is("vendor", vendor);
        let is_wechat = is("wechatpay") || is("wechat");
        if is_wechat && is_mini && call.params.get("openid").is_none() {
            return Err(Refusal::missing("openid", "wechatpay in a mini program needs it"));
        }
        if self.config.profile.refuse_unlisted_values && is("alipay") && is_mini {
            return Err(Refusal::mismatch("terminal", "alipay takes APP only"));
        }
        let shape = match (is_wechat, is_mini) {
            (true, true) => 0,
            (true, false) => 1,
            (false, _) if is("cashapppay") => 2,
            (false, _) => 3,
        };
        let answer = call.operation.answers.get(shape).ok_or_else(Refusal::unserved)?;
        let number = self.open_waiting(call)?;
        let reply = self.let_customer_act(number, Wallet::Never)?;
        self.charged(number)?;
        let codes = self.client_codes(call.merchant_no);
        let order = self.charged(number)?;
        let seconds = (call.now.0 / 1000).to_string();
        let body =
            self.style().success(answer, |field| client_value(field.name, order, &codes, &seconds, is_mini));
        Ok(Done { reply, ..Done::new(&*number, body) })
    }

    fn client_codes(&mut self, merchant_no: &str) -> [String; 3] {
        let namespace = self.namespaces.get_mut(merchant_no);
        namespace.map(|n| [32, 32, 64].map(|length| n.next_code(length))).unwrap_or_default()
    }

    /// Makes an order on the vendor's device at the till, or for a customer known by their Alipay id.
    pub(super) fn open_elsewhere(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let number = if call.params.get("amount").is_some() {
            self.open_waiting(call)?
        } else {
            let amount = call.params.amount("rmbAmount")?;
            let order = self.draft_priced(call, Status::Pending, amount, "CNY")?;
            self.wallet_for(call.merchant_no, order.reference.as_deref(), Wallet::Never)?;
            let number = order.number;
            self.open(order);
            number
        };
        if let Some(order) = self.order_mut(number) {
            order.has_cashier = true;
        }
        self.wait_for_customer(call, number)
    }
}

fn client_value<'v>(
    name: &str,
    order: &'v Order,
    [nonce, prepay, signature]: &'v [String; 3],
    seconds: &'v str,
    is_mini: bool,
) -> Value<'v> {
    match name {
        "amount" => Value::Amount(order.amount, &order.currency),
        "appid" => "wxmock".into(),
        "clientId" => "mock-client".into(),
        "creditType" => "cit".into(),
        "merchantNo" => order.merchant_no.as_str().into(),
        "nonceStr" | "noncestr" => nonce.as_str().into(),
        "package" if is_mini => format!("prepay_id=wx{prepay}").into(),
        "package" => "Sign=WXPay".into(),
        "partnerid" => "mock-partner".into(),
        "payInfo" => format!("mock_pay_info={prepay}").into(),
        "paySign" | "sign" => signature.to_ascii_uppercase().into(),
        "prepayid" => format!("wx{prepay}").into(),
        "scopeId" => "mock-scope".into(),
        "signType" => "HMAC-SHA256".into(),
        "timeStamp" | "timestamp" => seconds.into(),
        "transactionNo" => order.number.as_str().into(),
        _ => Value::Nothing,
    }
}
