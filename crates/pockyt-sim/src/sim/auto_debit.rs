//! Automatic debits: consult, authorise, apply-token, pay, revoke.

use std::time::Duration;

use super::Sim;
use super::handle::{Call, Done};
use crate::answer::Value;
use crate::books::{Mandate, MandateStatus, Token};
use crate::order::Status;
use crate::refusal::Refusal;
use crate::{Millis, Wallet, check, fixtures};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// As in the published sample.
const REFRESH_DAYS: u32 = 365;

impl Sim {
    /// Opens an agreement that waits for the customer at its `authUrl`.
    pub(super) fn consult(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let params = &call.params;
        let reference = params.required("autoReference");
        let taken = self.books(call.merchant_no).and_then(|books| books.auto_references.get(&reference));
        let is_taken = taken.is_some_and(|number| !fixtures::yields_reference(number));
        if is_taken && self.config.profile.refuse_duplicates {
            return Err(Refusal::duplicate("autoReference", &self.config.profile));
        }
        let wallet = self.wallet_for(call.merchant_no, Some(&reference), Wallet::Never)?;
        let number = self.own_number(call.merchant_no, "");
        let vendor = params.get("vendor").or(params.get("customerBelongsTo")).unwrap_or_default();
        let mandate = Mandate {
            auto_debit_no: number.clone(),
            auto_reference: reference.clone(),
            store_no: params.required("storeNo"),
            vendor: vendor.to_ascii_uppercase(),
            status: MandateStatus::Waiting,
            redirect_url: params.owned("autoRedirectUrl"),
            ipn_url: params.owned("autoIpnUrl"),
            note: params.owned("note"),
            token: None,
            changed: call.now,
        };
        if let Some(books) = self.books_mut(call.merchant_no) {
            books.auto_references.insert(reference.clone(), number.clone());
            books.mandates.insert(number.clone(), mandate.clone());
        }
        self.write_record(call, "agreement", &number, Some(&reference), (None, mandate.status.as_str()));
        match wallet {
            Wallet::ConfirmAfter(delay) | Wallet::BookLate(delay) => {
                self.decide_after(call.merchant_no, &number, delay, Status::Success);
            }
            Wallet::DeclineAfter(delay) => {
                self.decide_after(call.merchant_no, &number, delay, Status::Failed);
            }
            _ => {}
        }
        self.say_mandate(call, &mandate)
    }

    /// Fetches the token of a signed agreement, or renews it.
    pub(super) fn apply_token(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let mandate = self.signed_mandate(call)?;
        let renews = call.params.is("grantType", "REFRESH_TOKEN");
        let token = match mandate.token {
            Some(token) if token.is_published => token,
            None if renews => return Err(Refusal::status("grantType", "there is no token to renew yet")),
            Some(token) if renews && call.now > token.refresh_expires => {
                return Err(Refusal::status("grantType", "the time to renew the token is over"));
            }
            _ => Token {
                access_expires: call.now.plus(DAY * self.config.profile.access_token_days),
                refresh_expires: call.now.plus(DAY * REFRESH_DAYS),
                is_published: false,
            },
        };
        let mandate = Mandate { token: Some(token), ..mandate };
        self.keep_mandate(call, &mandate);
        self.write_record(
            call,
            "agreement",
            &mandate.auto_debit_no,
            Some(&mandate.auto_reference),
            (Some("signed"), if renews { "token-renewed" } else { "token-applied" }),
        );
        self.say_mandate(call, &mandate)
    }

    /// Charges an agreement whose token is good. The customer does nothing, so it is paid at once unless a
    /// script or a magic value says otherwise.
    pub(super) fn auto_debit_pay(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let mandate = self.signed_mandate(call)?;
        let token = mandate.token.ok_or_else(|| {
            Refusal::status("autoDebitNo", "the agreement is signed, but apply-token has not been called")
        })?;
        if !token.is_published && call.now > token.access_expires {
            return Err(Refusal::status("autoDebitNo", "the token has expired; renew it with apply-token"));
        }
        let currency = call.params.required("currency");
        check::vendor_takes(&self.config.profile, Some(&mandate.vendor), &currency)?;
        let otherwise = Wallet::ConfirmAfter(Duration::ZERO);
        let order = self.draft(call, Status::Pending)?;
        self.wallet_for(call.merchant_no, order.reference.as_deref(), otherwise)?;
        let number = order.number;
        self.open(order.with_terms(|terms| terms.vendor = Some(mandate.vendor.to_ascii_lowercase())));
        let reply = self.let_customer_act(number, otherwise)?;
        let order = self.charged(number)?;
        let done = self.say(call, &*number, |field| match field.name {
            "amount" => order.amount.short_text(&order.currency).into(),
            "autoDebitNo" => mandate.auto_debit_no.as_str().into(),
            "status" if !self.config.profile.auto_debit_status => Value::Nothing,
            _ => self.value(order, field),
        })?;
        Ok(Done { reply, ..done })
    }

    /// Ends an agreement; a repeat says the same again.
    pub(super) fn revoke(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let mandate = self.mandate(call)?;
        let from = mandate.status.as_str();
        let mandate = Mandate { status: MandateStatus::Revoked, changed: call.now, ..mandate };
        self.keep_mandate(call, &mandate);
        let reference = Some(mandate.auto_reference.as_str());
        self.write_record(call, "agreement", &mandate.auto_debit_no, reference, (Some(from), "revoked"));
        self.say_mandate(call, &mandate)
    }

    fn mandate(&self, call: &Call<'_>) -> Result<Mandate, Refusal> {
        let number = call.params.get("autoDebitNo").unwrap_or_default();
        let found = self.books(call.merchant_no).and_then(|books| books.mandates.get(number));
        found.cloned().ok_or_else(|| Refusal::unknown("autoDebitNo", "this merchant has no such agreement"))
    }

    fn signed_mandate(&self, call: &Call<'_>) -> Result<Mandate, Refusal> {
        let mandate = self.mandate(call)?;
        if mandate.status == MandateStatus::Signed {
            return Ok(mandate);
        }
        let rule = format!("the agreement is {}; the customer has to sign it first", mandate.status.as_str());
        Err(Refusal::status("autoDebitNo", rule))
    }

    fn keep_mandate(&mut self, call: &Call<'_>, mandate: &Mandate) {
        if let Some(books) = self.books_mut(call.merchant_no) {
            books.mandates.insert(mandate.auto_debit_no.clone(), mandate.clone());
        }
    }

    fn say_mandate(&self, call: &Call<'_>, mandate: &Mandate) -> Result<Done, Refusal> {
        let expiry = |of: fn(&Token) -> Millis| -> Value<'_> {
            mandate.token.as_ref().map(|token| of(token).in_china_with_offset()).into()
        };
        self.say(call, mandate.auto_debit_no.as_str(), |field| match field.name {
            "accessTokenExpiryTime" => expiry(|token| token.access_expires),
            "authUrl" => format!("{}/cashier/{}", self.config.public_url, mandate.auto_debit_no).into(),
            "autoDebitNo" => mandate.auto_debit_no.as_str().into(),
            "autoReference" => mandate.auto_reference.as_str().into(),
            "refreshTokenExpiryTime" => expiry(|token| token.refresh_expires),
            "vendor" => mandate.vendor.as_str().into(),
            _ => Value::Nothing,
        })
    }
}
