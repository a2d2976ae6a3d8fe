//! Finding an order, and what answers say about it.

use super::Sim;
use crate::Millis;
use crate::answer::{Members, Value};
use crate::catalogue::{AnswerField, Composed, OfOrder};
use crate::check::Params;
use crate::money::Amount;
use crate::order::{Order, Refund, Status};
use crate::profile::{FailedWord, RefundedStatus};
use crate::refusal::Refusal;

/// The fields in which a merchant gives its own name to a thing.
const REFERENCES: [&str; 4] = ["reference", "invoiceId", "autoReference", "outAuthInfoNo"];

impl Sim {
    /// The merchant's own names for what a request is about: those that it gives, then those of what it
    /// names by a number of Pockyt's.
    pub(super) fn references_in<'a>(
        &self,
        merchant_no: &str,
        field: impl Fn(&str) -> Option<&'a str>,
    ) -> Vec<String> {
        let filled = |name| field(name).filter(|value| !value.is_empty());
        let given = REFERENCES.into_iter().filter_map(filled).map(str::to_owned);
        given.chain(self.references_behind(merchant_no, filled)).collect()
    }

    fn references_behind<'a>(
        &self,
        merchant_no: &str,
        field: impl Fn(&'static str) -> Option<&'a str>,
    ) -> impl Iterator<Item = String> {
        let namespace = self.namespaces.get(merchant_no);
        let of_order = |number: &str| namespace?.orders.get(number)?.owned_reference();
        let books = namespace.map(|namespace| &namespace.books);
        let by_transaction = field("transactionNo")
            .and_then(|number| of_order(number).or_else(|| books?.payouts.get(number)?.invoice_id.clone()));
        let by_record = field("recordNo").and_then(|number| of_order(books?.records.get(number)?));
        let by_mandate =
            field("autoDebitNo").and_then(|number| Some(books?.mandates.get(number)?.auto_reference.clone()));
        let by_hold =
            field("authInfoNo").and_then(|number| Some(books?.holds.get(number)?.out_auth_info_no.clone()));
        [by_transaction, by_record, by_mandate, by_hold].into_iter().flatten()
    }

    /// The order that `transactionNo` or `reference` names, as it is now.
    pub(super) fn find(&self, merchant_no: &str, params: &Params<'_>) -> Result<Order, Refusal> {
        self.found(merchant_no, params).cloned()
    }

    /// The order that `transactionNo` or `reference` names.
    pub(super) fn found(&self, merchant_no: &str, params: &Params<'_>) -> Result<&Order, Refusal> {
        let namespace = self.namespaces.get(merchant_no);
        let by_number =
            |number: &str| namespace.and_then(|n| n.orders.get(number)).filter(|order| order.is_visible());
        let by_reference = |reference: &str| {
            namespace.and_then(|n| n.orders.of_reference(reference)).filter(|order| order.is_visible())
        };
        match (params.get("transactionNo"), params.get("reference")) {
            (Some(_), Some(_)) if self.config.profile.refuse_both_identifiers => {
                Err(Refusal::mismatch("reference", "give transactionNo or reference, not both"))
            }
            (Some(number), reference) => {
                let order = by_number(number)
                    .ok_or_else(|| Refusal::unknown("transactionNo", "this merchant has no such order"))?;
                if reference.is_some_and(|reference| !order.is_called(reference)) {
                    return Err(Refusal::mismatch(
                        "reference",
                        "it is not the reference of that transactionNo",
                    ));
                }
                Ok(order)
            }
            (None, reference) => reference
                .and_then(by_reference)
                .ok_or_else(|| Refusal::unknown("reference", "this merchant has no such order")),
        }
    }

    /// The word for the status of an order, as the profile has it.
    pub(super) fn status_word(&self, order: &Order) -> &'static str {
        let profile = &self.config.profile;
        let is_given_back = !order.refunds().is_empty() && order.remainder() == Amount::ZERO;
        match order.status {
            Status::Failed if profile.failed_word == FailedWord::Fail => "fail",
            Status::Success if is_given_back && profile.refunded_status == RefundedStatus::Reversed => {
                "reversed"
            }
            status => status.as_str(),
        }
    }

    /// What a field of an answer says about an order.
    #[inline]
    pub(super) fn value<'v>(&'v self, order: &'v Order, field: &AnswerField) -> Value<'v> {
        match field.of_order {
            OfOrder::Amount => Value::Amount(order.amount, &order.currency),
            OfOrder::Currency => order.currency.as_str().into(),
            OfOrder::MerchantNo => order.merchant_no.as_str().into(),
            OfOrder::Reference => order.reference.as_deref().into(),
            OfOrder::RefundAmount => Value::Amount(order.refunded(), &order.currency),
            OfOrder::SettleCurrency => order.settle_currency.as_str().into(),
            OfOrder::Status => Value::Word(self.status_word(order)),
            OfOrder::StoreAdminNo => order.store_admin_no.as_deref().into(),
            OfOrder::StoreNo => order.store_no.as_str().into(),
            OfOrder::TransactionNo => Value::Number(order.number),
            OfOrder::TransactionType => Value::Word("payment"),
            OfOrder::VaultId => order.vault_id().into(),
            OfOrder::VoidAmount => Value::Amount(Amount::ZERO, &order.currency),
            OfOrder::Unknown => Value::Nothing,
            OfOrder::Composed(what) => self.composed(order, what),
        }
    }

    /// What is put together for an answer. It stands apart, since a function that makes texts begins and ends
    /// slowly.
    #[inline(never)]
    fn composed<'v>(&'v self, order: &'v Order, what: Composed) -> Value<'v> {
        let public_url = &self.config.public_url;
        match what {
            Composed::AuthUrl => order.auth_url(public_url).into(),
            Composed::CashierUrl => order.cashier_url(public_url).into(),
            Composed::ClientScript => format!("{public_url}/client/{}.js", order.number).into(),
            Composed::ClientToken => format!("mock-client-token-{}", order.number).into(),
            Composed::CreateTime => order.created.in_answers().into(),
            Composed::DeepLink => order.deep_link(public_url).into(),
            Composed::PaymentTime => order.paid().map(Millis::in_answers).into(),
            Composed::QrcodeUrl => order.wants_qrcode.then(|| order.cashier_url(public_url)).into(),
            Composed::RefundInfo => refund_info(order),
            Composed::Timeout => order.timeout_minutes.to_string().into(),
            Composed::VendorId => order.vendor_id().into(),
        }
    }
}

fn refund_members<'v>(order: &'v Order, refund: &'v Refund) -> Members<'v> {
    vec![
        ("refundTransactionId", Value::Number(refund.transaction_no)),
        ("refundReference", refund.reference.as_deref().into()),
        ("refundAmount", Value::Amount(refund.amount, &order.currency)),
        ("currency", order.currency.as_str().into()),
        ("settleCurrency", order.settle_currency.as_str().into()),
    ]
}

fn refund_info(order: &Order) -> Value<'_> {
    if order.refunds().is_empty() {
        return Value::Nothing;
    }
    Value::List(order.refunds().iter().map(|refund| refund_members(order, refund)).collect())
}
