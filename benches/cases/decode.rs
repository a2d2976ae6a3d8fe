//! Reading an accepted answer, in four ways that give the same texts.
//!
//! Each checks `ret_code`, and gives what it reads in types of its own that outlive the body: [`ours`] the
//! model's, the others `String`s. [`ours`] keeps the whole body besides, checks each field's form, and takes
//! numbers for strings and fields that no type names; the others do none of this.

/// By pockyt-model.
pub(crate) mod ours;

/// By serde_json and structs with `derive(Deserialize)`, all fields `String`s.
pub(crate) mod derive;

use serde_json::Value;

/// The answer to a prepay of Pockyt's documentation, without the blanks between its tokens.
pub(crate) const IN_STORE: &str = concat!(
    r#"{"result":{"amount":"13.00","createTime":"2020-10-12 21:38:16","currency":"USD","merchantNo":"200043","#,
    r#""originalTransactionNo":null,"paymentTime":"2020-10-12 22:38:16","reference":"test20200101206","#,
    r#""refundAmount":"0.00","settleCurrency":"USD","storeAdminNo":null,"storeNo":"300014","#,
    r#""transactionNo":"297553638241892410","transactionStatus":"success","transactionType":"payment","#,
    r#""voidAmount":"0.00"},"ret_code":"000100","ret_msg":"add success"}"#,
);

/// The answer to a secure-pay of Pockyt's documentation, likewise.
pub(crate) const CHECKOUT: &str = concat!(
    r#"{"result":{"amount":"13.00","cashierUrl":"http://zk-tys.yunkeguan.com/appTransaction/"#,
    r#"yuansfer-redirect-record/297553638298245023","currency":"PHP","reference":"test202001011303","#,
    r#""settleCurrency":"USD","transactionNo":"297553638298245023"},"#,
    r#""ret_code":"000100","ret_msg":"prepay success "}"#,
);

/// What is read of an in-store answer: transaction, reference, amount, status, currency. Of that to
/// secure-pay, which has no status: transaction, reference, amount, cashier page, currency.
pub(crate) type Texts = [String; 5];

/// The in-store answer by way of a [`Value`].
pub(crate) fn value_in_store(body: &str) -> Option<Texts> {
    value(body, ["transactionNo", "reference", "amount", "transactionStatus", "currency"])
}

/// The answer to secure-pay by way of a [`Value`].
pub(crate) fn value_checkout(body: &str) -> Option<Texts> {
    value(body, ["transactionNo", "reference", "amount", "cashierUrl", "currency"])
}

fn value(body: &str, names: [&str; 5]) -> Option<Texts> {
    let answer: Value = serde_json::from_str(body).ok()?;
    if answer.get("ret_code")?.as_str()? != "000100" {
        return None;
    }
    let result = answer.get("result")?;
    let texts = names.map(|name| result.get(name)?.as_str().map(str::to_owned));
    texts.into_iter().collect::<Option<Vec<_>>>()?.try_into().ok()
}
