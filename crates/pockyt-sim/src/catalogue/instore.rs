//! Payments at a till.

use super::common::{
    AMOUNT, CURRENCY, REFERENCE_OF_ORDER, SETTLE_CURRENCY, TIMEOUT, TRANSACTION_NO, always, answer_field,
    disputed, fields, left_out, nullable, older, optional, result, sdk_only, text, under, when,
};
use super::{AnswerField, Confidence, Form, Operation, Rule};

/// The in-store transaction object.
pub(super) const TRANSACTION: &[AnswerField] = &[
    text("amount"),
    text("createTime"),
    text("currency"),
    text("merchantNo"),
    answer_field("originalTransactionNo", Form::Null),
    nullable("paymentTime"),
    nullable("reference"),
    text("refundAmount"),
    text("settleCurrency"),
    nullable("storeAdminNo"),
    text("storeNo"),
    text("transactionNo"),
    text("transactionStatus"),
    text("transactionType"),
    text("voidAmount"),
];

/// Makes an order without a payment channel.
pub(super) const ADD: Operation = Operation {
    name: "add",
    path: "/app-instore/v3/add",
    aliases: &["/app-instore/v2/add"],
    confidence: Confidence::Current,
    source: "reference (Add transaction API), book, yuansfer, all SDKs",
    changes: true,
    note: "",
    fields: fields![
        AMOUNT,
        disputed("currency", Rule::Currency, "reference, book, most SDKs; go has no such field; default USD"),
        SETTLE_CURRENCY,
        disputed(
            "reference",
            Rule::Reference,
            "reference, java, php, csharp; required in book, yuansfer, python, js",
        ),
        older(optional("timeout", Rule::Minutes, "yuansfer; default 120")),
        sdk_only(optional("description", Rule::Text(100), "js")),
        sdk_only(optional("ipnUrl", Rule::Url, "go")),
        sdk_only(optional("preAuth", Rule::Boolean, "js, v2 comment")),
    ],
    answers: &[
        result("add success", TRANSACTION),
        when("the path has /v2/", under("transaction", result("add success", TRANSACTION))),
    ],
};

/// Charges the wallet whose code was scanned.
pub(super) const PREPAY: Operation = Operation {
    name: "prepay",
    path: "/app-instore/v3/prepay",
    aliases: &["/app-instore/v3/pay", "/app-instore/v2/pay"],
    confidence: Confidence::Current,
    source: "reference (Pay transaction API), guide (in-store, customer-presented), java; as pay: book, python, go, csharp, js",
    changes: true,
    note: "",
    fields: fields![
        TRANSACTION_NO,
        REFERENCE_OF_ORDER,
        always("paymentBarcode", Rule::Barcode, "book, yuansfer, all SDKs; not marked in reference"),
        disputed(
            "vendor",
            Rule::Vendor,
            "reference, yuansfer, java; required in book, python, go, csharp, js",
        ),
    ],
    answers: &[result("add success", TRANSACTION)],
};

/// Makes an order and the code that the customer scans.
pub(super) const CREATE_TRANS_QRCODE: Operation = Operation {
    name: "create-trans-qrcode",
    path: "/app-instore/v3/create-trans-qrcode",
    aliases: &["/app-instore/v2/create-trans-qrcode"],
    confidence: Confidence::Current,
    source: "reference (Create QRC API), guide (merchant-presented), book, yuansfer, all SDKs",
    changes: true,
    note: "",
    fields: fields![
        AMOUNT,
        CURRENCY,
        SETTLE_CURRENCY,
        disputed("vendor", Rule::Vendor, "reference, book, yuansfer; not enforced by java, python, csharp"),
        disputed("reference", Rule::Reference, "reference; required in book, yuansfer, java, python"),
        sdk_only(optional("transactionNo", Rule::Digits, "php, in place of reference: an order made by add")),
        disputed("ipnUrl", Rule::Url, "reference, book; required in yuansfer"),
        disputed("needQrcode", Rule::Boolean, "book, java, js: default true; required in reference"),
        TIMEOUT,
        optional("description", Rule::Text(100), "reference"),
        sdk_only(optional("preAuth", Rule::Boolean, "js, v2 comment")),
    ],
    answers: &[
        result("add success", QR_CODE),
        when("the path has /v2/", under("", result("add success", QR_CODE))),
    ],
};

const QR_CODE: &[AnswerField] = &[
    nullable("reference"),
    text("amount"),
    text("deepLink"),
    text("transactionNo"),
    text("settleCurrency"),
    text("currency"),
    text("timeout"),
    left_out(text("qrcodeUrl")),
];
