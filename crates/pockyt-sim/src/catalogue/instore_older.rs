//! In-store operations that only the vendor's SDKs know.

use super::auth_hold;
use super::common::{
    AMOUNT, CURRENCY, REFERENCE_OF_ORDER, SETTLE_CURRENCY, TIMEOUT, TRANSACTION_NO, always, disputed, fields,
    nullable, one_of, optional, result, sdk_only, text,
};
use super::search::CANCEL;
use super::{AnswerField, Confidence, Operation, Rule};

/// What a later call needs to name the order.
pub(super) const NUMBER_AND_REFERENCE: &[AnswerField] = &[text("transactionNo"), nullable("reference")];

/// Makes an order and wakes the vendor's point-of-sale device.
pub(super) const CASHIER_ADD: Operation = Operation {
    name: "cashier-add",
    path: "/app-instore/v3/cashier-add",
    aliases: &["/app-instore/v2/cashier-add"],
    confidence: Confidence::SdkOnly,
    source: "java, python, js",
    changes: true,
    note: "no source shows the fields of result; only transactionNo and reference are given",
    fields: fields![
        sdk_only(AMOUNT),
        sdk_only(CURRENCY),
        sdk_only(disputed("settleCurrency", Rule::Currency, "java; required in python")),
        sdk_only(always("reference", Rule::Reference, "java, python, js")),
        sdk_only(disputed("ipnUrl", Rule::Url, "js; required in java, python")),
        sdk_only(optional("transactionNo", Rule::Digits, "js, comment")),
    ],
    answers: &[result("success", NUMBER_AND_REFERENCE)],
};

/// The older name of a cancel at a till.
pub(super) const REVERSE: Operation = Operation {
    name: "reverse",
    path: "/app-instore/v3/reverse",
    aliases: &["/app-instore/v2/reverse"],
    confidence: Confidence::SdkOnly,
    source: "js; older site for v2",
    changes: true,
    note: "no source shows the answer; it is that of cancel",
    fields: fields![sdk_only(TRANSACTION_NO), sdk_only(REFERENCE_OF_ORDER)],
    answers: CANCEL.answers,
};

/// A constant in some SDKs that no class uses.
pub(super) const IN_STORE_AUTH_CAPTURE: Operation = Operation {
    name: "in-store-auth-capture",
    path: "/app-instore/v3/auth-capture",
    aliases: &["/app-instore/v2/auth-capture"],
    source: "java (v2), python, csharp: a constant that no class uses",
    note: "no source shows its fields; it takes and gives those of /app-auth/v3/auth-capture",
    ..auth_hold::AUTH_CAPTURE
};

/// A constant in some SDKs that no class uses.
pub(super) const IN_STORE_AUTH_UNFREEZE: Operation = Operation {
    name: "in-store-auth-unfreeze",
    path: "/app-instore/v3/auth-unfreeze",
    aliases: &["/app-instore/v2/auth-unfreeze"],
    source: "java (v2), python, csharp: a constant that no class uses",
    note: "no source shows its fields; it takes and gives those of /app-auth/v3/auth-unfreeze",
    ..auth_hold::AUTH_UNFREEZE
};

const AMOUNTS: &[&str] = &["amount", "rmbAmount"];

/// An order for a customer who is known by their Alipay user id.
pub(super) const ACQUIRE_CREATE: Operation = Operation {
    name: "acquire-create",
    path: "/app-thirdpart/v3/acquire-create",
    aliases: &["/app-thirdpart/v2/acquire-create"],
    confidence: Confidence::SdkOnly,
    source: "java, python, csharp",
    changes: true,
    note: "no source shows the fields of result; only transactionNo and reference are given",
    fields: fields![
        sdk_only(one_of(AMOUNTS, "amount", Rule::Amount, "java, python: amount or rmbAmount")),
        sdk_only(one_of(AMOUNTS, "rmbAmount", Rule::Amount, "java, python; priced in CNY")),
        sdk_only(always("reference", Rule::Reference, "java, python, csharp")),
        sdk_only(always("currency", Rule::Currency, "java, python, csharp")),
        sdk_only(SETTLE_CURRENCY),
        sdk_only(disputed("vendor", Rule::Vendor, "csharp; required in java, python")),
        sdk_only(disputed("alipayUserId", Rule::Text(64), "csharp; required in java, python")),
        sdk_only(optional("description", Rule::Text(100), "java, python")),
        sdk_only(optional("note", Rule::Text(100), "java, python")),
        sdk_only(TIMEOUT),
        sdk_only(optional("ipnUrl", Rule::Url, "java, python")),
    ],
    answers: &[result("success", NUMBER_AND_REFERENCE)],
};
