//! A merchant: signed requests, an HTTP client, a notification listener.

mod client;
pub(crate) mod contract;
mod listener;
pub(crate) mod waiting;

pub(crate) use client::{Answer, get, post, request, send};
pub(crate) use listener::{Listener, SUCCESS};

use pockyt_mock::{Builder, MockPockyt, TransactionView};
use pockyt_sign::{ApiToken, SigningKey};
use serde_json::{Map, Value};

/// The merchant of Pockyt's documentation.
pub(crate) const MERCHANT: (&str, &str) = ("200043", "300014");
pub(crate) const TOKEN: &str = "5cbfb079f15b150122261c8537086d77a";

pub(crate) fn key() -> SigningKey {
    SigningKey::new(&ApiToken::new(TOKEN).unwrap())
}

/// A JSON body with the merchant's numbers and the signature added.
pub(crate) fn signed(fields: &[(&str, &str)]) -> String {
    signed_by(MERCHANT, &key(), fields)
}

/// The same for another merchant and store.
pub(crate) fn signed_by(merchant: (&str, &str), key: &SigningKey, fields: &[(&str, &str)]) -> String {
    let mut params = vec![("merchantNo", merchant.0), ("storeNo", merchant.1)];
    params.extend_from_slice(fields);
    let signature = pockyt_sign::send::sign(&params, key).unwrap();
    params.push(("verifySign", signature.as_str()));
    let body: Map<_, _> =
        params.into_iter().map(|(name, value)| (name.to_owned(), Value::from(value))).collect();
    Value::from(body).to_string()
}

/// Calls an operation and returns its JSON, which must be a success.
pub(crate) async fn call(mock: &MockPockyt, path: &str, fields: &[(&str, &str)]) -> Value {
    let answer = post(mock, path, &signed(fields)).await;
    let body = answer.json();
    assert_eq!(body["ret_code"], "000100", "{path}: {answer:?}");
    body
}

/// The URL of the listener in every test that starts one with [`with_listener`].
pub(crate) const IPN_URL: &str = "http://shop.example/ipn";

/// A mock that delivers what is for shop.example to this listener.
pub(crate) async fn with_listener(listener: &Listener) -> MockPockyt {
    with_listener_and(listener, |builder| builder).await
}

/// The same, with more settings.
pub(crate) async fn with_listener_and(
    listener: &Listener,
    settings: impl FnOnce(Builder) -> Builder,
) -> MockPockyt {
    let builder = MockPockyt::builder().resolve("shop.example:80", listener.addr());
    settings(builder).start().await.unwrap()
}

/// Asks for a payment on the cashier page; returns its number.
pub(crate) async fn secure_pay(mock: &MockPockyt, reference: &str, more: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("amount", "13.00"),
        ("currency", "USD"),
        ("settleCurrency", "USD"),
        ("vendor", "alipay"),
        ("terminal", "ONLINE"),
        ("reference", reference),
    ];
    for (name, value) in [("ipnUrl", IPN_URL), ("callbackUrl", "http://shop.example/back")] {
        if more.iter().all(|(given, _)| *given != name) {
            fields.push((name, value));
        }
    }
    fields.extend_from_slice(more);
    let body = call(mock, "/online/v3/secure-pay", &fields).await;
    body["result"]["transactionNo"].as_str().unwrap().to_owned()
}

pub(crate) fn order(mock: &MockPockyt, transaction_no: &str) -> TransactionView {
    mock.transaction(transaction_no).unwrap()
}
