//! One code that any wallet may scan.

use super::common::{
    CURRENCY, SETTLE_CURRENCY, always, disputed, fields, one_of, optional, result, sdk_only, text,
};
use super::{AnswerField, Confidence, Operation, Rule};

const RECORD: &[AnswerField] = &[text("recordNo")];
const IDENTIFIERS: &[&str] = &["recordNo", "reference"];

/// Makes a record and its code. The payment behind it gets a number of its own.
pub(super) const GENERATE_MIXED_CODE: Operation = Operation {
    name: "generate-mixed-code",
    path: "/appUnicode/generateMixedCode",
    aliases: &[],
    confidence: Confidence::Current,
    source: "reference (Generate mixed QR code), guide (merchant-presented mixed), csharp",
    changes: true,
    note: "of the answer only recordNo is known by name; the code and the page are not given",
    fields: fields![
        always("saleAmount", Rule::Amount, "reference, guide, csharp"),
        always("tax", Rule::AmountOrZero, "reference, guide, csharp"),
        CURRENCY,
        SETTLE_CURRENCY,
        always("needTip", Rule::Boolean, "reference, guide, csharp"),
        disputed("needQrcode", Rule::Boolean, "csharp: default false; required in reference, guide"),
        always("reference", Rule::Reference, "reference, guide, csharp"),
        optional("timeout", Rule::Minutes, "reference; default 5"),
        optional("ipnUrl", Rule::Url, "reference, guide, csharp"),
        optional("description", Rule::Text(100), "reference"),
        optional("note", Rule::Text(100), "reference"),
        sdk_only(optional("tip", Rule::AmountOrZero, "csharp")),
    ],
    answers: &[result("success", RECORD)],
};

/// Asks for the state of a record.
pub(super) const MIXED_QUERY: Operation = Operation {
    name: "mixed-query",
    path: "/appUnicode/mixedQuery",
    aliases: &[],
    confidence: Confidence::Current,
    source: "reference (Mixed QR code query), guide, csharp",
    changes: false,
    note: "of the answer only recordNo is known by name; tran-query finds the payment once it is paid",
    fields: fields![
        one_of(IDENTIFIERS, "recordNo", Rule::Digits, "reference, guide; the only one in csharp"),
        one_of(IDENTIFIERS, "reference", Rule::Reference, "reference, guide"),
    ],
    answers: &[result("query success", RECORD)],
};

/// Closes a record; gives a payment back.
pub(super) const MIXED_CANCEL: Operation = Operation {
    name: "mixed-cancel",
    path: "/appUnicode/mixedCancel",
    aliases: &[],
    confidence: Confidence::Current,
    source: "reference (title only), csharp",
    changes: true,
    note: "no source shows the answer; only recordNo is given",
    fields: fields![sdk_only(always("recordNo", Rule::Digits, "csharp"))],
    answers: &[result("cancel success", RECORD)],
};
