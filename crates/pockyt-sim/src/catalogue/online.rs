//! Payments on the web.

use super::common::{
    AMOUNT, CURRENCY, SETTLE_CURRENCY, TIMEOUT, always, disputed, fields, left_out, message_first, nullable,
    older, optional, result, sdk_only, text, when,
};
use super::{AnswerField, Confidence, Operation, Rule};

/// Makes an order and the page on which the customer pays.
pub(super) const SECURE_PAY: Operation = Operation {
    name: "secure-pay",
    path: "/online/v3/secure-pay",
    aliases: &["/online/v2/secure-pay"],
    confidence: Confidence::Current,
    source: "v1.1 and reference (SecurePay API), guide (hosted checkout), book, yuansfer, all SDKs",
    changes: true,
    note: "",
    fields: fields![
        always("amount", Rule::Amount, "v1.1, all SDKs"),
        CURRENCY,
        SETTLE_CURRENCY,
        always("vendor", Rule::Vendor, "v1.1, all SDKs"),
        always(
            "terminal",
            Rule::Choice(TERMINALS),
            "v1.1, book, yuansfer; MWEB in php, APP in the mobile demos",
        ),
        disputed("ipnUrl", Rule::Url, "v1.1, java; required in book, yuansfer, php, python"),
        disputed("callbackUrl", Rule::Url, "java; required in v1.1, book, yuansfer"),
        disputed("reference", Rule::Reference, "book; required in v1.1, yuansfer, all SDKs"),
        disputed("goodsInfo", Rule::Json, "v1.1, SDKs; required in book, js"),
        optional("description", Rule::Text(100), "v1.1, java, csharp"),
        optional("note", Rule::Text(100), "v1.1, java, csharp"),
        optional("osType", Rule::Choice(&["IOS", "ANDROID"]), "book, yuansfer; for WAP and APP"),
        sdk_only(optional("osVersion", Rule::Text(64), "java")),
        sdk_only(optional("appId", Rule::Text(64), "java")),
        TIMEOUT,
        optional("customerNo", Rule::Digits, "v1.1, SDKs"),
        optional("creditType", Rule::Text(32), "v1.1, book; an open set"),
        optional("paymentCount", Rule::WholeNumber, "book, php, js; with creditType recurring"),
        optional("frequency", Rule::WholeNumber, "book, php, js; with creditType recurring"),
        optional("vaultId", Rule::Text(128), "guide (recurring payments)"),
    ],
    answers: &[
        result(
            "prepay success ",
            &[
                text("amount"),
                text("cashierUrl"),
                text("currency"),
                nullable("reference"),
                text("settleCurrency"),
                text("transactionNo"),
            ],
        ),
        when("terminal is YIP or APP", result("success", INTEGRATED)),
    ],
};

/// What the merchant's own page needs to collect the payment method.
const INTEGRATED: &[AnswerField] =
    &[text("transactionNo"), text("amount"), text("currency"), text("clientToken"), text("clientScript")];

const TERMINALS: &[&str] = &["ONLINE", "WAP", "YIP", "MWEB", "APP"];

/// The integrated checkout that can keep a payment method.
pub(super) const SECURE_PAY_V4: Operation = Operation {
    name: "secure-pay-v4",
    path: "/online/v4/secure-pay",
    aliases: &[],
    confidence: Confidence::SdkOnly,
    source: "php (YipSecurePay, YipSecurePayVault, YipSecurePayVaultSaved)",
    changes: true,
    note: "no source shows the answer; it is that of secure-pay with terminal YIP",
    fields: fields![
        sdk_only(AMOUNT),
        sdk_only(CURRENCY),
        sdk_only(always("settleCurrency", Rule::Currency, "php")),
        sdk_only(always("vendor", Rule::Vendor, "php")),
        sdk_only(always("reference", Rule::Reference, "php")),
        sdk_only(always("ipnUrl", Rule::Url, "php")),
        sdk_only(always("terminal", Rule::Choice(TERMINALS), "php")),
        sdk_only(optional("customerNo", Rule::Digits, "php")),
        sdk_only(optional("note", Rule::Text(100), "php")),
        sdk_only(optional("clientIp", Rule::Text(64), "php")),
        sdk_only(optional("goodsInfo", Rule::Json, "php")),
        sdk_only(optional("creditType", Rule::Text(32), "php")),
        sdk_only(optional("vaultId", Rule::Text(128), "php")),
    ],
    answers: &[result("success", INTEGRATED)],
};

/// Charges the payment method that the merchant's page collected.
pub(super) const CREDITPAY_PROCESS: Operation = Operation {
    name: "creditpay-process",
    path: "/creditpay/v3/process",
    aliases: &["/creditpay/v2/process"],
    confidence: Confidence::Older,
    source: "book, gitbook (Process API), all SDKs",
    changes: true,
    note: "",
    fields: fields![
        older(always("transactionNo", Rule::Digits, "book, all SDKs")),
        older(always(
            "paymentMethodNonce",
            Rule::Text(512),
            "book, all SDKs; gitbook prints partnerGatewayID"
        )),
        older(always("paymentMethod", Rule::Choice(PAYMENT_METHODS), "book, all SDKs")),
        sdk_only(optional("deviceData", Rule::Text(4096), "csharp, go, android demo")),
        sdk_only(optional("customerNo", Rule::Digits, "go")),
    ],
    answers: &[message_first(result(
        "success",
        &[
            nullable("reference"),
            text("amount"),
            left_out(text("supUserid")),
            text("transactionNo"),
            left_out(text("vendorId")),
            text("currency"),
            left_out(text("paymentTime")),
            text("status"),
        ],
    ))],
};

const PAYMENT_METHODS: &[&str] =
    &["credit_card", "paypal_account", "venmo_account", "android_pay_card", "apple_pay_card"];
