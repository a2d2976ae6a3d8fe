//! Which function carries out which operation.

use super::Sim;
use super::handle::{Call, Done, Named};
use crate::answer::Value;
use crate::catalogue::AnswerField;
use crate::refusal::Refusal;

impl Sim {
    pub(super) fn perform(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        match call.operation.name {
            "add" => self.add(call),
            "prepay" => self.prepay(call),
            "create-trans-qrcode" => self.create_trans_qrcode(call),
            "cashier-add" | "acquire-create" => self.open_elsewhere(call),
            "generate-mixed-code" => self.generate_mixed_code(call),
            "mixed-query" => self.mixed_query(call),
            "mixed-cancel" => self.mixed_cancel(call),
            "tran-query" => self.tran_query(call),
            "refund" => self.refund(call),
            "cancel" | "reverse" => self.cancel(call),
            "notes-add" => self.notes_add(call),
            "trans-list" | "transaction-list" => self.trans_list(call),
            "settle-list" => self.settle_list(call),
            "withdrawal-list" => self.withdrawal_list(call),
            "data-status" | "account-configurations" | "create-plan" => Self::nothing_known(call),
            "exchange-rate" => self.exchange_rate(call),
            "secure-pay" | "secure-pay-v4" => self.secure_pay(call),
            "creditpay-process" => self.creditpay_process(call),
            "micropay-prepay" => self.micropay_prepay(call),
            "capture" | "express-pay" => self.capture(call),
            "order-process" => self.order_process(call),
            "update-recurring" => self.update_recurring(call),
            "auto-debit-consult" => self.consult(call),
            "auto-debit-apply-token" => self.apply_token(call),
            "auto-debit-pay" => self.auto_debit_pay(call),
            "auto-debit-revoke" => self.revoke(call),
            "voucher-create" | "auth-freeze" => self.hold(call),
            "auth-unfreeze" | "in-store-auth-unfreeze" => self.unfreeze(call),
            "auth-capture" | "in-store-auth-capture" => self.capture_hold(call),
            "auth-detail-query" => self.detail_query(call),
            "customers-create" => self.create_customer(call),
            "customers-retrieve" => self.retrieve_customer(call),
            "customers-update" => self.update_customer(call),
            "payee-register" => self.register_payee(call),
            "payee-retrieve" => self.retrieve_payee(call),
            "payee-update" => self.update_payee(call),
            "payout-accounts" => self.payout_accounts(call),
            "create-bank-account" | "create-crypto-account" => self.add_account(call),
            "customers-account-create" => self.open_account(call),
            "customers-account-retrieve" => self.retrieve_account(call),
            "payouts-pay" => self.pay_out(call),
            "payouts-inquiry" => self.inquire(call),
            "payouts-balance" => self.balance(call),
            "payor-register" => self.register_payor(call),
            "payor-upload" => self.approve_payor(call),
            _ => Err(Refusal::unserved()),
        }
    }

    /// A success of which the sources show no field.
    pub(super) fn nothing_known(call: &Call<'_>) -> Result<Done, Refusal> {
        let answer = call.operation.answers.first().ok_or_else(Refusal::unserved)?;
        Ok(Done::new("", crate::answer::Style::default().success(answer, |_| Value::Nothing)))
    }

    /// The first answer of the operation, each field asked for.
    pub(super) fn say<'v>(
        &self,
        call: &Call<'_>,
        number: impl Into<Named>,
        value: impl Fn(&AnswerField) -> Value<'v>,
    ) -> Result<Done, Refusal> {
        let answer = call.operation.answers.first().ok_or_else(Refusal::unserved)?;
        Ok(Done::new(number, self.style().success(answer, value)))
    }
}
