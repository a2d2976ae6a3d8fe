//! Notes, lists, settlement and the rate of exchange. The sources barely show them.

use super::common::{always, fields, list, number, older, optional, result, sdk_only, text, under};
use super::instore::TRANSACTION;
use super::{Answer, AnswerField, Confidence, Field, Operation, Rule};

const SIZE: &[AnswerField] = &[number("size")];
const START: Field = sdk_only(always("startDate", Rule::Day, "java, php, csharp, js"));
const END: Field = sdk_only(always("endDate", Rule::Day, "java, php, csharp, js; at most 15 days later"));

const fn sized(envelope: &'static str) -> Answer {
    Answer { beside: SIZE, ..list(under(envelope, result("query success", TRANSACTION))) }
}

/// Adds a note to a transaction; only its path is known.
pub(super) const NOTES_ADD: Operation = Operation {
    name: "notes-add",
    path: "/app-data-search/v3/notes/add",
    aliases: &[],
    confidence: Confidence::Current,
    source: "guide (reporting API): method and path only",
    changes: true,
    note: "no source shows its fields or its answer; any are taken, result is empty",
    fields: fields![
        optional("transactionNo", Rule::Digits, "assumed: the order is named as elsewhere"),
        optional("reference", Rule::Reference, "assumed: the order is named as elsewhere"),
    ],
    answers: &[result("success", &[])],
};

/// The transactions of some days, under the name that the reference's side bar gives it.
pub(super) const TRANSACTION_LIST: Operation = Operation {
    name: "transaction-list",
    path: "/app-data-search/v3/transaction-list",
    aliases: &[],
    confidence: Confidence::Current,
    source: "reference (side bar): the name only",
    note: "only the name is known; it takes and gives those of trans-list",
    ..TRANS_LIST
};

/// The transactions of some days.
pub(super) const TRANS_LIST: Operation = Operation {
    name: "trans-list",
    path: "/app-data-search/v3/trans-list",
    aliases: &["/app-data-search/v2/trans-list"],
    confidence: Confidence::SdkOnly,
    source: "java, php, csharp, js",
    changes: false,
    note: "no source shows the elements; they are the transaction object",
    fields: fields![START, END],
    answers: &[sized("transactions")],
};

/// What was settled in some days.
pub(super) const SETTLE_LIST: Operation = Operation {
    name: "settle-list",
    path: "/app-data-search/v3/settle-list",
    aliases: &["/app-data-search/v2/settle-list"],
    note: "no source shows the elements; they are the paid transactions of days that are over",
    answers: &[sized("settlements")],
    ..TRANS_LIST
};

/// What was paid out to the merchant in some days.
pub(super) const WITHDRAWAL_LIST: Operation = Operation {
    name: "withdrawal-list",
    path: "/app-data-search/v3/withdrawal-list",
    aliases: &["/app-data-search/v2/withdrawal-list"],
    source: "reference (side bar, Settlement Status): the name; java, php, csharp, js",
    note: "no source shows the elements, and nothing is ever withdrawn here; the list is empty",
    answers: &[sized("withdrawals")],
    ..TRANS_LIST
};

/// How far the settlement of a day is.
pub(super) const DATA_STATUS: Operation = Operation {
    name: "data-status",
    path: "/app-data-search/v3/data-status",
    aliases: &["/app-data-search/v2/data-status"],
    confidence: Confidence::SdkOnly,
    source: "java, php, csharp, js",
    changes: false,
    note: "no source shows the fields of result; it is empty",
    fields: fields![sdk_only(always("paymentDate", Rule::Day, "java, php, csharp, js"))],
    answers: &[result("query success", &[])],
};

/// The rate of a day, in the first version of the API.
pub(super) const EXCHANGE_RATE: Operation = Operation {
    name: "exchange-rate",
    path: "/exchangerate",
    aliases: &[],
    confidence: Confidence::SdkOnly,
    source: "php of 2018; removed since",
    changes: false,
    note: "removed from the API years ago; every rate is the one of the sample",
    fields: fields![
        older(sdk_only(always("date", Rule::Day, "php of 2018"))),
        sdk_only(always("currency", Rule::Currency, "php of 2018")),
        sdk_only(always("vendor", Rule::Vendor, "php of 2018")),
    ],
    answers: &[under("", result("", &[text("exchangerate")]))],
};
