//! Payouts against a balance, and the payors of merchants of record.

use std::time::Duration;

use super::Sim;
use super::handle::{Call, Done};
use crate::answer::Value;
use crate::books::{AccountStatus, Payout, PayoutAccount, PayoutStatus};
use crate::money::Amount;
use crate::order::Status;
use crate::refusal::Refusal;
use crate::{Reply, Wallet};

/// How long a payout takes when nothing else is asked for.
const USUAL: Duration = Duration::from_secs(60);

impl Sim {
    /// Takes the money from the balance and answers `pending`; what becomes of it is notified, and told
    /// by `payouts-inquiry`.
    pub(super) fn pay_out(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let params = &call.params;
        let invoice_id = params.owned("invoiceId");
        self.refuse_used_invoice(call, invoice_id.as_deref())?;
        let account = if params.get("accountToken").is_some() { Some(self.payable(call)?) } else { None };
        let usual = Wallet::ConfirmAfter(USUAL);
        let wallet = self.wallet_for(call.merchant_no, invoice_id.as_deref(), usual)?;
        let (amount, currency) = (params.amount("amount")?, params.required("currency"));
        self.take_from_balance(call, amount, &currency, wallet == Wallet::Insufficient)?;
        let number = self.own_number(call.merchant_no, "");
        let vendor = account.as_ref().map(|account| account.kind.clone()).or(params.owned("vendor"));
        let payout = Payout {
            transaction_no: number.clone(),
            store_no: params.required("storeNo"),
            customer_no: account.as_ref().map(|account| account.customer_no.clone()),
            account_token: params.owned("accountToken"),
            receiver: params.owned("receiver"),
            invoice_id: invoice_id.clone(),
            vendor: vendor.unwrap_or_else(|| "PAYPAL".into()).to_ascii_uppercase(),
            amount,
            currency,
            status: PayoutStatus::Pending,
            hidden_until: match wallet {
                Wallet::BookLate(delay) => call.now.plus(delay),
                _ => call.now,
            },
            ipn_url: params.owned("ipnUrl"),
            created: call.now,
        };
        if let Some(books) = self.books_mut(call.merchant_no) {
            books.invoices.extend(invoice_id.clone().map(|invoice_id| (invoice_id, number.clone())));
            books.payouts.insert(number.clone(), payout.clone());
        }
        self.write_record(call, "payout", &number, invoice_id.as_deref(), (None, "pending"));
        let reply = self.plan_payout(call, &number, wallet);
        let shape = usize::from(payout.receiver.is_some() && payout.account_token.is_none());
        let answer = call.operation.answers.get(shape).ok_or_else(Refusal::unserved)?;
        // The documentation promises that this answer is always pending.
        let body = self.style().success(answer, |field| payout_value(&payout, field.name));
        Ok(Done { reply, ..Done::new(number, body) })
    }

    /// Says how the payout of an `invoiceId` stands.
    pub(super) fn inquire(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let books = self.books(call.merchant_no);
        let invoice_id = call.params.get("invoiceId").unwrap_or_default();
        let found = books.and_then(|books| books.payouts.get(books.invoices.get(invoice_id)?));
        let found = found.filter(|payout| payout.hidden_until <= call.now);
        let payout =
            found.ok_or_else(|| Refusal::unknown("invoiceId", "this merchant has no such payout"))?;
        self.say(call, payout.transaction_no.as_str(), |field| payout_value(payout, field.name))
    }

    /// Says what is left to pay out in a currency.
    pub(super) fn balance(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let currency = call.params.required("currency");
        let balance = self.balance_in(call, &currency).text(&currency);
        let element = vec![("amount", Value::from(balance)), ("currency", Value::from(currency))];
        let answer = call.operation.answers.first().ok_or_else(Refusal::unserved)?;
        Ok(Done::new("", self.style().success_list(answer, vec![element], |_| Value::Nothing)))
    }

    /// Makes a payor that waits for its documents.
    pub(super) fn register_payor(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let number = self.next_number(call.merchant_no);
        // A P and eight digits, as those that are shown; the last digits of a number are as good as its own.
        let number = format!("P{}", number.get(number.len().saturating_sub(8)..).unwrap_or_default());
        if let Some(books) = self.books_mut(call.merchant_no) {
            books.payors.insert(number.clone(), false);
        }
        self.write_record(call, "payor", &number, None, (None, "submitted"));
        self.say(call, number.as_str(), |field| match field.name {
            "payorNo" => number.as_str().into(),
            "status" => "SUBMITTED".into(),
            _ => Value::Nothing,
        })
    }

    /// Approves a payor whose documents come.
    pub(super) fn approve_payor(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let number = call.path.rsplit('/').next().unwrap_or_default().to_owned();
        let payor = self.books_mut(call.merchant_no).and_then(|books| books.payors.get_mut(&number));
        *payor.ok_or_else(|| Refusal::unknown("payorNo", "this merchant has no such payor"))? = true;
        self.write_record(call, "payor", &number, None, (Some("submitted"), "approved"));
        Self::nothing_known(call)
    }

    fn refuse_used_invoice(&self, call: &Call<'_>, invoice_id: Option<&str>) -> Result<(), Refusal> {
        let books = self.books(call.merchant_no);
        let is_used = |id: &str| books.is_some_and(|books| books.invoices.contains_key(id));
        if self.config.profile.refuse_duplicates && invoice_id.is_some_and(is_used) {
            return Err(Refusal::duplicate("invoiceId", &self.config.profile));
        }
        Ok(())
    }

    /// The account that a request names, if it can be paid.
    fn payable(&self, call: &Call<'_>) -> Result<PayoutAccount, Refusal> {
        if call.params.get("customerNo").is_none() {
            return Err(Refusal::missing("customerNo", "an account is named together with its payee"));
        }
        let person = self.person(call)?;
        let token = call.params.get("accountToken").unwrap_or_default();
        let found = self.books(call.merchant_no).and_then(|books| books.accounts.get(token));
        let account =
            found.ok_or_else(|| Refusal::unknown("accountToken", "this merchant has no such account"))?;
        if account.customer_no != person.customer_no {
            return Err(Refusal::mismatch("accountToken", "it is not an account of that customerNo"));
        }
        if account.status != AccountStatus::Activated {
            let rule = format!("the account is {}", account.status.as_str());
            return Err(Refusal::bad_value("accountToken", rule));
        }
        Ok(account.clone())
    }

    fn balance_in(&self, call: &Call<'_>, currency: &str) -> Amount {
        self.books(call.merchant_no).map(|books| books.balance(currency)).unwrap_or_default()
    }

    fn take_from_balance(
        &mut self,
        call: &Call<'_>,
        amount: Amount,
        currency: &str,
        as_if_empty: bool,
    ) -> Result<(), Refusal> {
        let balance = self.balance_in(call, currency);
        if as_if_empty || amount > balance {
            let rule = format!("the balance is {}", balance.text(currency));
            return Err(Refusal::balance("amount", rule));
        }
        if let Some(books) = self.books_mut(call.merchant_no) {
            books.balances.insert(currency.to_owned(), balance.minus(amount));
        }
        Ok(())
    }

    fn plan_payout(&mut self, call: &Call<'_>, number: &str, wallet: Wallet) -> Reply {
        let merchant_no = call.merchant_no;
        match wallet {
            Wallet::ConfirmAfter(delay) | Wallet::BookLate(delay) => {
                self.decide_after(merchant_no, number, delay, Status::Success);
            }
            Wallet::DeclineAfter(delay) => self.decide_after(merchant_no, number, delay, Status::Failed),
            Wallet::ReturnAfter(delay) => {
                self.decide_after(merchant_no, number, Duration::ZERO, Status::Success);
                self.decide_after(merchant_no, number, delay, Status::Closed);
            }
            _ => {}
        }
        if matches!(wallet, Wallet::BookLate(_)) { Reply::Lost } else { Reply::Send }
    }
}

fn payout_value<'v>(payout: &'v Payout, name: &str) -> Value<'v> {
    match name {
        "accountToken" => payout.account_token.as_deref().into(),
        "amount" => Value::Amount(payout.amount, &payout.currency),
        "createdTime" => payout.created.in_utc().into(),
        "currency" => payout.currency.as_str().into(),
        "customerNo" => payout.customer_no.as_deref().into(),
        "invoiceId" => payout.invoice_id.as_deref().into(),
        "receiver" => payout.receiver.as_deref().into(),
        "status" => payout.status.as_str().into(),
        "transactionNo" => payout.transaction_no.as_str().into(),
        _ => Value::Nothing,
    }
}
