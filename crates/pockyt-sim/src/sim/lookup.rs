//! Finding an order, and what answers say about it.

use super::Sim;
use crate::Millis;
use crate::answer::Value;
use crate::check::Params;
use crate::money::Amount;
use crate::order::{Order, Refund, Status};
use crate::profile::{FailedWord, RefundedStatus};
use crate::refusal::Refusal;

impl Sim {
    /// The order that `transactionNo` or `reference` names.
    pub(super) fn find(&self, merchant_no: &str, params: &Params<'_>) -> Result<Order, Refusal> {
        let namespace = self.namespaces.get(merchant_no);
        let by_number =
            |number: &str| namespace.and_then(|n| n.orders.get(number)).filter(|order| order.is_visible());
        let by_reference = |reference: &str| {
            namespace.and_then(|n| n.references.get(reference)).and_then(|number| by_number(number))
        };
        match (params.get("transactionNo"), params.get("reference")) {
            (Some(_), Some(_)) if self.config.profile.refuse_both_identifiers => {
                Err(Refusal::mismatch("reference", "give transactionNo or reference, not both"))
            }
            (Some(number), reference) => {
                let order = by_number(number)
                    .ok_or_else(|| Refusal::unknown("transactionNo", "this merchant has no such order"))?;
                if reference.is_some_and(|reference| order.reference.as_deref() != Some(reference)) {
                    return Err(Refusal::mismatch(
                        "reference",
                        "it is not the reference of that transactionNo",
                    ));
                }
                Ok(order.clone())
            }
            (None, reference) => reference
                .and_then(by_reference)
                .cloned()
                .ok_or_else(|| Refusal::unknown("reference", "this merchant has no such order")),
        }
    }

    /// The word for the status of an order, as the profile has it.
    pub(super) fn status_word(&self, order: &Order) -> &'static str {
        let profile = &self.config.profile;
        let is_given_back = !order.refunds.is_empty() && order.remainder() == Amount::ZERO;
        match order.status {
            Status::Failed if profile.failed_word == FailedWord::Fail => "fail",
            Status::Success if is_given_back && profile.refunded_status == RefundedStatus::Reversed => {
                "reversed"
            }
            status => status.as_str(),
        }
    }

    /// What the answers say about an order, by the name of the field.
    pub(super) fn value(&self, order: &Order, name: &str) -> Value {
        let public_url = &self.config.public_url;
        match name {
            "amount" => order.amount_text().into(),
            "cashierUrl" => order.cashier_url(public_url).into(),
            "clientScript" => format!("{public_url}/client/{}.js", order.transaction_no).into(),
            "clientToken" => format!("mock-client-token-{}", order.transaction_no).into(),
            "createTime" => order.created.in_answers().into(),
            "currency" => order.currency.as_str().into(),
            "deepLink" => order.deep_link.clone().into(),
            "merchantNo" => order.merchant_no.as_str().into(),
            "authUrl" => order.auth_url(public_url).into(),
            "paymentTime" => order.paid.map(Millis::in_answers).into(),
            "qrcodeUrl" => order.wants_qrcode.then(|| order.cashier_url(public_url)).into(),
            "reference" => order.reference.clone().into(),
            "refundAmount" => order.refunded().text(&order.currency).into(),
            "refundInfo" => refund_info(order),
            "settleCurrency" => order.settle_currency.as_str().into(),
            "status" | "transactionStatus" => self.status_word(order).into(),
            "storeAdminNo" => order.store_admin_no.clone().into(),
            "storeNo" => order.store_no.as_str().into(),
            "timeout" => order.timeout_minutes.to_string().into(),
            "transactionNo" => order.transaction_no.as_str().into(),
            "transactionType" => "payment".into(),
            "vaultId" => order.vault_id.clone().into(),
            "vendorId" => order.vendor_id.clone().into(),
            "voidAmount" => Amount::ZERO.text(&order.currency).into(),
            _ => Value::Nothing,
        }
    }
}

fn refund_info(order: &Order) -> Value {
    if order.refunds.is_empty() {
        return Value::Nothing;
    }
    let element = |refund: &Refund| {
        vec![
            ("refundTransactionId", refund.transaction_no.as_str().into()),
            ("refundReference", refund.reference.clone().into()),
            ("refundAmount", refund.amount.text(&order.currency).into()),
            ("currency", order.currency.as_str().into()),
            ("settleCurrency", order.settle_currency.as_str().into()),
        ]
    };
    Value::List(order.refunds.iter().map(element).collect())
}
