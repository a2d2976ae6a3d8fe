//! Asking about, giving back and giving up payments.

use super::{
    Answer, AnswerField, CURRENCY, Confidence, Form, MER_GROUP_NO, MERCHANT_NO, Operation,
    REFERENCE_OF_ORDER, Rule, SETTLE_CURRENCY, STORE_ADMIN_NO, STORE_NO, TRANSACTION_NO, VERIFY_SIGN, always,
    disputed, nullable, optional, text,
};

/// Asks for the state of an order.
pub(super) const TRAN_QUERY: Operation = Operation {
    name: "tran-query",
    path: "/app-data-search/v3/tran-query",
    aliases: &["/app-data-search/v3/trans-query"],
    confidence: Confidence::Current,
    source: "gitbook (Query API), guide (reporting API), book, yuansfer, all SDKs",
    changes: false,
    fields: &[
        MERCHANT_NO,
        STORE_NO,
        VERIFY_SIGN,
        MER_GROUP_NO,
        STORE_ADMIN_NO,
        TRANSACTION_NO,
        REFERENCE_OF_ORDER,
    ],
    answers: &[Answer {
        when: "",
        envelope: "result",
        fields: &[
            text("amount"),
            text("currency"),
            nullable("reference"),
            AnswerField { name: "refundInfo", form: Form::List(REFUND_INFO), optional: true },
            text("settleCurrency"),
            text("status"),
            text("transactionNo"),
            text("transactionType"),
        ],
        message: "query success ",
        message_first: false,
    }],
};

/// One element of `refundInfo`, described but never shown. `refundRmbAmount` stands only in orders priced
/// in RMB, which v3 does not make.
const REFUND_INFO: &[AnswerField] = &[
    text("refundTransactionId"),
    nullable("refundReference"),
    text("refundAmount"),
    text("currency"),
    text("settleCurrency"),
];

/// Gives a payment back, in whole or in part.
pub(super) const REFUND: Operation = Operation {
    name: "refund",
    path: "/app-data-search/v3/refund",
    aliases: &[],
    confidence: Confidence::Current,
    source: "v1.1 (Refund API), guide (refund payments), book, yuansfer, all SDKs",
    changes: true,
    fields: &[
        MERCHANT_NO,
        STORE_NO,
        VERIFY_SIGN,
        MER_GROUP_NO,
        STORE_ADMIN_NO,
        TRANSACTION_NO,
        REFERENCE_OF_ORDER,
        always("refundAmount", Rule::Amount, "v1.1, all SDKs"),
        CURRENCY,
        SETTLE_CURRENCY,
        disputed("refundReference", Rule::Reference, "book, v1.1, SDKs; required in yuansfer"),
        optional("ipnUrl", Rule::Url, "v1.1; what would be sent there is not described, so nothing is"),
    ],
    answers: &[Answer {
        when: "",
        envelope: "result",
        fields: &[
            text("amount"),
            text("currency"),
            nullable("reference"),
            text("refundAmount"),
            nullable("refundReference"),
            text("refundTransactionNo"),
            text("settleCurrency"),
            text("status"),
            text("transactionNo"),
        ],
        message: "refund success ",
        message_first: true,
    }],
};

/// Closes an unpaid order, gives a paid one back.
pub(super) const CANCEL: Operation = Operation {
    name: "cancel",
    path: "/app-data-search/v3/cancel",
    aliases: &["/app-data-search/v3/reverse"],
    confidence: Confidence::Current,
    source: "reference (Cancel API), gitbook, book, yuansfer, all SDKs; as reverse: js",
    changes: true,
    fields: &[
        MERCHANT_NO,
        STORE_NO,
        VERIFY_SIGN,
        MER_GROUP_NO,
        STORE_ADMIN_NO,
        TRANSACTION_NO,
        REFERENCE_OF_ORDER,
    ],
    answers: &[Answer {
        when: "",
        envelope: "result",
        fields: &[
            AnswerField { name: "amount", form: Form::Number, optional: false },
            text("currency"),
            nullable("reference"),
            text("status"),
            text("transactionNo"),
        ],
        message: "cancel success ",
        message_first: true,
    }],
};
