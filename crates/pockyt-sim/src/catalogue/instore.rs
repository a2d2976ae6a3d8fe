//! Payments at a till.

use super::{
    Answer, AnswerField, CURRENCY, Confidence, Form, MER_GROUP_NO, MERCHANT_NO, Operation,
    REFERENCE_OF_ORDER, Rule, SETTLE_CURRENCY, STORE_ADMIN_NO, STORE_NO, TIMEOUT, TRANSACTION_NO,
    VERIFY_SIGN, always, disputed, left_out, nullable, older, optional, sdk_only, text,
};

/// The in-store transaction object.
const TRANSACTION: &[AnswerField] = &[
    text("amount"),
    text("createTime"),
    text("currency"),
    text("merchantNo"),
    AnswerField { name: "originalTransactionNo", form: Form::Null, optional: false },
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
    aliases: &[],
    confidence: Confidence::Current,
    source: "reference (Add transaction API), book, yuansfer, all SDKs",
    changes: true,
    fields: &[
        MERCHANT_NO,
        STORE_NO,
        VERIFY_SIGN,
        MER_GROUP_NO,
        STORE_ADMIN_NO,
        always("amount", Rule::Amount, "reference, all SDKs"),
        disputed("currency", Rule::Currency, "reference, book, most SDKs; go has no such field; default USD"),
        SETTLE_CURRENCY,
        disputed(
            "reference",
            Rule::Reference,
            "reference, java, php, csharp; required in book, yuansfer, python, js",
        ),
        older(optional("timeout", Rule::Minutes, "yuansfer; default 120")),
        sdk_only("description", Rule::Text(100), "js"),
        sdk_only("ipnUrl", Rule::Url, "go"),
        sdk_only("preAuth", Rule::Boolean, "js, v2 comment"),
    ],
    answers: &[Answer {
        when: "",
        envelope: "result",
        fields: TRANSACTION,
        message: "add success",
        message_first: false,
    }],
};

/// Charges the wallet whose code was scanned.
pub(super) const PREPAY: Operation = Operation {
    name: "prepay",
    path: "/app-instore/v3/prepay",
    aliases: &["/app-instore/v3/pay"],
    confidence: Confidence::Current,
    source: "reference (Pay transaction API), guide (in-store, customer-presented), java; as pay: book, python, go, csharp, js",
    changes: true,
    fields: &[
        MERCHANT_NO,
        STORE_NO,
        VERIFY_SIGN,
        MER_GROUP_NO,
        STORE_ADMIN_NO,
        TRANSACTION_NO,
        REFERENCE_OF_ORDER,
        always("paymentBarcode", Rule::Barcode, "book, yuansfer, all SDKs; not marked in reference"),
        disputed(
            "vendor",
            Rule::Vendor,
            "reference, yuansfer, java; required in book, python, go, csharp, js",
        ),
    ],
    answers: &[Answer {
        when: "",
        envelope: "result",
        fields: TRANSACTION,
        message: "add success",
        message_first: false,
    }],
};

/// Makes an order and the code that the customer scans.
pub(super) const CREATE_TRANS_QRCODE: Operation = Operation {
    name: "create-trans-qrcode",
    path: "/app-instore/v3/create-trans-qrcode",
    aliases: &[],
    confidence: Confidence::Current,
    source: "reference (Create QRC API), guide (merchant-presented), book, yuansfer, all SDKs",
    changes: true,
    fields: &[
        MERCHANT_NO,
        STORE_NO,
        VERIFY_SIGN,
        MER_GROUP_NO,
        STORE_ADMIN_NO,
        always("amount", Rule::Amount, "reference, all SDKs"),
        CURRENCY,
        SETTLE_CURRENCY,
        disputed("vendor", Rule::Vendor, "reference, book, yuansfer; not enforced by java, python, csharp"),
        disputed("reference", Rule::Reference, "reference; required in book, yuansfer, java, python"),
        sdk_only("transactionNo", Rule::Digits, "php, in place of reference: an order made by add"),
        disputed("ipnUrl", Rule::Url, "reference, book; required in yuansfer"),
        disputed("needQrcode", Rule::Boolean, "book, java, js: default true; required in reference"),
        TIMEOUT,
        optional("description", Rule::Text(100), "reference"),
        sdk_only("preAuth", Rule::Boolean, "js, v2 comment"),
    ],
    answers: &[Answer {
        when: "",
        envelope: "result",
        fields: &[
            nullable("reference"),
            text("amount"),
            text("deepLink"),
            text("transactionNo"),
            text("settleCurrency"),
            text("currency"),
            text("timeout"),
            left_out(text("qrcodeUrl")),
        ],
        message: "add success",
        message_first: false,
    }],
};
