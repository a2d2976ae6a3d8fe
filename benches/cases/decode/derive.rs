use serde::Deserialize;

use super::Texts;

#[derive(Deserialize)]
struct Envelope<T> {
    ret_code: String,
    #[serde(rename = "ret_msg")]
    _message: Option<String>,
    result: T,
}

/// All fields that the documentation's example shows.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "decoded, as an SDK does, and read by nobody here")]
struct InStore {
    amount: String,
    create_time: Option<String>,
    currency: String,
    merchant_no: String,
    original_transaction_no: Option<String>,
    payment_time: Option<String>,
    reference: String,
    refund_amount: Option<String>,
    settle_currency: String,
    store_admin_no: Option<String>,
    store_no: String,
    transaction_no: String,
    transaction_status: String,
    transaction_type: Option<String>,
    void_amount: Option<String>,
}

/// Those that are read, and no others.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FewInStore {
    amount: String,
    currency: String,
    reference: String,
    transaction_no: String,
    transaction_status: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "decoded, as an SDK does, and read by nobody here")]
struct Checkout {
    amount: String,
    cashier_url: String,
    currency: String,
    reference: String,
    settle_currency: String,
    transaction_no: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FewCheckout {
    amount: String,
    cashier_url: String,
    currency: String,
    reference: String,
    transaction_no: String,
}

/// The in-store answer by way of a struct of all its fields.
pub(crate) fn in_store(body: &str) -> Option<Texts> {
    let InStore { transaction_no, reference, amount, transaction_status, currency, .. } = accepted(body)?;
    Some([transaction_no, reference, amount, transaction_status, currency])
}

/// The in-store answer by way of a struct of the five fields, which skips the rest.
pub(crate) fn few_in_store(body: &str) -> Option<Texts> {
    let FewInStore { transaction_no, reference, amount, transaction_status, currency } = accepted(body)?;
    Some([transaction_no, reference, amount, transaction_status, currency])
}

/// The answer to secure-pay by way of a struct of all its fields.
pub(crate) fn checkout(body: &str) -> Option<Texts> {
    let Checkout { transaction_no, reference, amount, cashier_url, currency, .. } = accepted(body)?;
    Some([transaction_no, reference, amount, cashier_url, currency])
}

/// The answer to secure-pay by way of a struct of the five fields.
pub(crate) fn few_checkout(body: &str) -> Option<Texts> {
    let FewCheckout { transaction_no, reference, amount, cashier_url, currency } = accepted(body)?;
    Some([transaction_no, reference, amount, cashier_url, currency])
}

fn accepted<'de, T: Deserialize<'de>>(body: &'de str) -> Option<T> {
    let answer: Envelope<T> = serde_json::from_str(body).ok()?;
    (answer.ret_code == "000100").then_some(answer.result)
}
