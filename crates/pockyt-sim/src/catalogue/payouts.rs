//! Money that goes out.

use super::common::{
    TIMESTAMP, always, disputed, fields, left_out, list, message_first, number, older, one_of, optional,
    result, sdk_only, text, under, when,
};
use super::{Confidence, Field, Operation, Rule};

const RECEIVERS: &[&str] = &["accountToken", "receiver"];
const INVOICE_ID: Field =
    disputed("invoiceId", Rule::Reference, "csharp cannot send it; required in v1.1, php, book");

/// Pays a payee.
pub(super) const PAY: Operation = Operation {
    name: "payouts-pay",
    path: "/v3/payouts/pay",
    aliases: &[],
    confidence: Confidence::Current,
    source: "v1.1 (Transfer payout), reference (Idempotency key), yuansfer, book, java, php, python, csharp",
    changes: true,
    note: "",
    fields: fields![
        optional("customerNo", Rule::Digits, "v1.1, php; not in the form of 2021"),
        one_of(RECEIVERS, "accountToken", Rule::Text(64), "v1.1, php, csharp"),
        older(one_of(RECEIVERS, "receiver", Rule::Text(254), "book, java: the form of 2021")),
        older(optional(
            "receiverType",
            Rule::Choice(&["EMAIL", "PHONE", "PAYPAL_ID"]),
            "book, java: the form of 2021",
        )),
        older(optional("vendor", Rule::Vendor, "book, java: the form of 2021")),
        older(optional("language", Rule::Text(16), "book, java: the form of 2021")),
        INVOICE_ID,
        always("amount", Rule::Amount, "v1.1, all SDKs that have it"),
        always("currency", Rule::Currency, "v1.1, all SDKs that have it"),
        optional("ipnUrl", Rule::Url, "v1.1"),
        sdk_only(optional("ipcUrl", Rule::Url, "php, a misprint of ipnUrl; not obeyed")),
        optional(
            "processingChannel",
            Rule::Choice(&["STANDARD_ACH", "SAME_DAY_ACH", "REAL_TIME_PAY"]),
            "v1.1; default STANDARD_ACH",
        ),
        optional("description", Rule::Text(100), "v1.1, csharp, php"),
        optional("memo", Rule::Text(100), "reference (Idempotency key), in place of description"),
        optional("note", Rule::Text(100), "v1.1, csharp"),
        optional("subject", Rule::Text(256), "v1.1"),
        optional("timestamp", Rule::Timestamp, "php; not listed in v1.1"),
    ],
    answers: &[
        result(
            "success",
            &[
                text("transactionNo"),
                text("customerNo"),
                text("accountToken"),
                text("amount"),
                text("currency"),
                text("createdTime"),
                text("status"),
            ],
        ),
        message_first(when(
            "receiver is given",
            result(
                "payout created",
                &[
                    text("amount"),
                    text("receiver"),
                    text("transactionNo"),
                    text("createdTime"),
                    left_out(text("invoiceId")),
                    text("currency"),
                    text("status"),
                ],
            ),
        )),
    ],
};

/// Asks for the state of a payout.
pub(super) const INQUIRY: Operation = Operation {
    name: "payouts-inquiry",
    path: "/v3/payouts/inquiry",
    aliases: &[],
    confidence: Confidence::Current,
    source: "reference (title), yuansfer, book, java, csharp",
    changes: false,
    note: "",
    fields: fields![older(always("invoiceId", Rule::Reference, "yuansfer, book, java, csharp"))],
    answers: &[message_first(result(
        "query success",
        &[
            text("amount"),
            left_out(text("receiver")),
            text("transactionNo"),
            text("createdTime"),
            text("invoiceId"),
            text("currency"),
            text("status"),
        ],
    ))],
};

/// Shows what is left to pay out.
pub(super) const BALANCE: Operation = Operation {
    name: "payouts-balance",
    path: "/v3/payouts/balance",
    aliases: &[],
    confidence: Confidence::Current,
    source: "reference (Retrieve payor balance), yuansfer, csharp",
    changes: false,
    note: "",
    fields: fields![always("currency", Rule::Currency, "reference, yuansfer, csharp"), TIMESTAMP],
    answers: &[message_first(list(under(
        "balance",
        result("success", &[number("amount"), text("currency")]),
    )))],
};

/// Makes a payor, for merchants of record.
pub(super) const PAYOR_REGISTER: Operation = Operation {
    name: "payor-register",
    path: "/v1/payor/register",
    aliases: &[],
    confidence: Confidence::Current,
    source: "guide (merchant of record)",
    changes: true,
    note: "no source shows its fields, any are taken; of the answer payorNo and status are known",
    fields: fields![optional("timestamp", Rule::Timestamp, "assumed, as elsewhere in payouts")],
    answers: &[result("success", &[text("payorNo"), text("status")])],
};

/// Takes a payor's documents.
pub(super) const PAYOR_UPLOAD: Operation = Operation {
    name: "payor-upload",
    path: "/v1/payor/upload/{payorNo}",
    aliases: &[],
    confidence: Confidence::Current,
    source: "guide (merchant of record)",
    changes: true,
    note: "no source shows its fields or its answer; it approves the payor, result is empty",
    fields: fields![optional("timestamp", Rule::Timestamp, "assumed, as elsewhere in payouts")],
    answers: &[result("success", &[])],
};
