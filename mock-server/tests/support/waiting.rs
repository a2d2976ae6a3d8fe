//! What waits for a customer beside an order on the cashier page: an agreement, a card's bank, a payee's account.

use pockyt_mock::MockPockyt;
use serde_json::Value;

use super::call;

const NOW: &str = "2026-01-01T00:00:00Z";

/// The result of a call that asks for an agreement to automatic debits.
pub(crate) async fn agreement(mock: &MockPockyt, redirect_url: &str) -> Value {
    let fields = [
        ("vendor", "gcash"),
        ("autoReference", "agreement-1"),
        ("autoRedirectUrl", redirect_url),
        ("autoIpnUrl", "http://shop.example/ipn"),
        ("terminal", "ONLINE"),
    ];
    call(mock, "/auto-debit/v3/consult", &fields).await["result"].take()
}

/// The result of a payment by card that waits for the step of its bank.
pub(crate) async fn card(mock: &MockPockyt) -> Value {
    let fields = [
        ("amount", "13.00"),
        ("currency", "USD"),
        ("settleCurrency", "USD"),
        ("vendor", "creditcard"),
        ("terminal", "ONLINE"),
        ("reference", "card-mock-3ds"),
        ("cardNumber", "4111111111111111"),
        ("cardExpMonth", "12"),
        ("cardExpYear", "2030"),
        ("cardCvv", "123"),
        ("callbackUrl", "http://shop.example/back"),
    ];
    call(mock, "/order/v4/capture", &fields).await["result"].take()
}

/// A payee's number, and the result of a call that opens an account for them.
pub(crate) async fn account(mock: &MockPockyt) -> (String, Value) {
    let person = [
        ("firstName", "Ann"),
        ("lastName", "Lee"),
        ("email", "ann@example.com"),
        ("countryCode", "US"),
        ("timestamp", NOW),
    ];
    let customer = call(mock, "/v1/customers/create", &person).await;
    let customer = text(&customer["customer"], "customerNo").to_owned();
    let account = [
        ("customerNo", customer.as_str()),
        ("accountType", "PAYPAL"),
        ("accountTag", "tag-1"),
        ("accountCountry", "US"),
        ("accountCurrency", "USD"),
        ("timestamp", NOW),
        ("callbackUrl", "http://shop.example/account?is={accountStatus}&tag={accountTag}"),
    ];
    let opened = call(mock, "/v2/customers/account/create", &account).await["result"].take();
    (customer, opened)
}

/// A text of a result.
pub(crate) fn text<'a>(result: &'a Value, name: &str) -> &'a str {
    result[name].as_str().unwrap()
}
