//! Payments on the web.

use super::{
    Answer, CURRENCY, Confidence, MER_GROUP_NO, MERCHANT_NO, Operation, Rule, SETTLE_CURRENCY,
    STORE_ADMIN_NO, STORE_NO, TIMEOUT, VERIFY_SIGN, always, disputed, nullable, optional, sdk_only, text,
};

/// Makes an order and the page on which the customer pays.
pub(super) const SECURE_PAY: Operation = Operation {
    name: "secure-pay",
    path: "/online/v3/secure-pay",
    aliases: &[],
    confidence: Confidence::Current,
    source: "v1.1 and reference (SecurePay API), guide (hosted checkout), book, yuansfer, all SDKs",
    changes: true,
    fields: &[
        MERCHANT_NO,
        STORE_NO,
        VERIFY_SIGN,
        MER_GROUP_NO,
        STORE_ADMIN_NO,
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
        sdk_only("osVersion", Rule::Text(64), "java"),
        sdk_only("appId", Rule::Text(64), "java"),
        TIMEOUT,
        optional("customerNo", Rule::Digits, "v1.1, SDKs"),
        optional("creditType", Rule::Text(32), "v1.1, book; an open set"),
        optional("paymentCount", Rule::WholeNumber, "book, php, js; with creditType recurring"),
        optional("frequency", Rule::WholeNumber, "book, php, js; with creditType recurring"),
        optional("vaultId", Rule::Text(128), "guide (recurring payments)"),
    ],
    answers: &[
        Answer {
            when: "",
            envelope: "result",
            fields: &[
                text("amount"),
                text("cashierUrl"),
                text("currency"),
                nullable("reference"),
                text("settleCurrency"),
                text("transactionNo"),
            ],
            message: "prepay success ",
            message_first: false,
        },
        Answer {
            when: "terminal is YIP or APP",
            envelope: "result",
            fields: &[
                text("transactionNo"),
                text("amount"),
                text("currency"),
                text("clientToken"),
                text("clientScript"),
            ],
            message: "success",
            message_first: false,
        },
    ],
};

const TERMINALS: &[&str] = &["ONLINE", "WAP", "YIP", "MWEB", "APP"];
