//! Asking about, giving back and giving up payments.

use super::common::{
    CURRENCY, REFERENCE_OF_ORDER, SETTLE_CURRENCY, TRANSACTION_NO, answer_field, disputed, fields, left_out,
    message_first, nullable, number, older, one_of, optional, result, text,
};
use super::{AnswerField, Confidence, Form, Operation, Rule};

/// Asks for the state of an order.
pub(super) const TRAN_QUERY: Operation = Operation {
    name: "tran-query",
    path: "/app-data-search/v3/tran-query",
    aliases: &["/app-data-search/v3/trans-query", "/app-data-search/v2/tran-query"],
    confidence: Confidence::Current,
    source: "gitbook (Query API), guide (reporting API), book, yuansfer, all SDKs",
    changes: false,
    note: "",
    fields: fields![TRANSACTION_NO, REFERENCE_OF_ORDER,],
    answers: &[result(
        "query success ",
        &[
            text("amount"),
            text("currency"),
            nullable("reference"),
            left_out(answer_field("refundInfo", Form::List(REFUND_INFO))),
            text("settleCurrency"),
            text("status"),
            text("transactionNo"),
            text("transactionType"),
        ],
    )],
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

const AMOUNTS: &[&str] = &["refundAmount", "amount"];

/// Gives a payment back, in whole or in part.
pub(super) const REFUND: Operation = Operation {
    name: "refund",
    path: "/app-data-search/v3/refund",
    aliases: &["/app-data-search/v2/refund"],
    confidence: Confidence::Current,
    source: "v1.1 (Refund API), guide (refund payments), book, yuansfer, all SDKs",
    changes: true,
    note: "",
    fields: fields![
        TRANSACTION_NO,
        REFERENCE_OF_ORDER,
        one_of(AMOUNTS, "refundAmount", Rule::Amount, "v1.1, all SDKs"),
        older(one_of(AMOUNTS, "amount", Rule::Amount, "v2, in place of refundAmount")),
        CURRENCY,
        SETTLE_CURRENCY,
        disputed("refundReference", Rule::Reference, "book, v1.1, SDKs; required in yuansfer"),
        optional("ipnUrl", Rule::Url, "v1.1; what is sent there is not described"),
    ],
    answers: &[message_first(result(
        "refund success ",
        &[
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
    ))],
};

/// Closes an unpaid order, gives a paid one back.
pub(super) const CANCEL: Operation = Operation {
    name: "cancel",
    path: "/app-data-search/v3/cancel",
    aliases: &["/app-data-search/v3/reverse", "/app-data-search/v2/reverse", "/app-data-search/v2/cancel"],
    confidence: Confidence::Current,
    source: "reference (Cancel API), gitbook, book, yuansfer, all SDKs; as reverse: js",
    changes: true,
    note: "",
    fields: fields![TRANSACTION_NO, REFERENCE_OF_ORDER,],
    answers: &[message_first(result(
        "cancel success ",
        &[number("amount"), text("currency"), nullable("reference"), text("status"), text("transactionNo")],
    ))],
};
