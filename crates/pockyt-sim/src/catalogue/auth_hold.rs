//! Money that is held first and taken later.

use super::common::{
    AMOUNT, CURRENCY, SETTLE_CURRENCY, always, disputed, fields, left_out, one_of, optional, result,
    sdk_only, text,
};
use super::{AnswerField, Confidence, Field, Operation, Rule};

/// Names that requests use; no answer is shown.
const HOLD: &[AnswerField] =
    &[text("authDetailNo"), text("authInfoNo"), text("outAuthDetailNo"), text("outAuthInfoNo")];
const NOTE: &str = "no source shows the fields of result; the four numbers that requests know are given";
const SOURCE: &str = "java, csharp, python, js";
const OUT_INFO: Field = sdk_only(always("outAuthInfoNo", Rule::Reference, SOURCE));
const OUT_DETAIL: Field = sdk_only(always("outAuthDetailNo", Rule::Reference, SOURCE));
const INFOS: &[&str] = &["outAuthInfoNo", "authInfoNo"];
const DETAILS: &[&str] = &["outAuthDetailNo", "authDetailNo"];
const BY_OUT_INFO: Field = sdk_only(one_of(INFOS, "outAuthInfoNo", Rule::Reference, SOURCE));
const BY_INFO: Field = sdk_only(one_of(INFOS, "authInfoNo", Rule::Digits, "csharp, python, js"));

/// Opens a hold and the page on which the customer agrees to it.
pub(super) const VOUCHER_CREATE: Operation = Operation {
    name: "voucher-create",
    path: "/app-auth/v3/voucher-create",
    aliases: &["/app-auth/v2/voucher-create"],
    confidence: Confidence::SdkOnly,
    source: SOURCE,
    changes: true,
    note: NOTE,
    fields: fields![
        OUT_INFO,
        OUT_DETAIL,
        sdk_only(always("vendor", Rule::Vendor, SOURCE)),
        sdk_only(AMOUNT),
        sdk_only(disputed("currency", Rule::Currency, "java; required in csharp")),
        sdk_only(optional("settleCurrency", Rule::Currency, SOURCE)),
        sdk_only(optional("authIpnUrl", Rule::Url, "js")),
        sdk_only(optional("note", Rule::Text(100), "js")),
    ],
    answers: &[result("success", HOLD)],
};

/// Holds money of the customer whose code was scanned.
pub(super) const AUTH_FREEZE: Operation = Operation {
    name: "auth-freeze",
    path: "/app-auth/v3/auth-freeze",
    aliases: &["/app-auth/v2/auth-freeze"],
    confidence: Confidence::SdkOnly,
    source: SOURCE,
    changes: true,
    note: NOTE,
    fields: fields![
        OUT_INFO,
        OUT_DETAIL,
        sdk_only(always("vendor", Rule::Vendor, SOURCE)),
        sdk_only(AMOUNT),
        sdk_only(CURRENCY),
        sdk_only(SETTLE_CURRENCY),
        sdk_only(optional("authIpnUrl", Rule::Url, SOURCE)),
        sdk_only(optional("note", Rule::Text(100), SOURCE)),
        sdk_only(optional("paymentBarcode", Rule::Barcode, SOURCE)),
    ],
    answers: &[result("success", HOLD)],
};

/// Lets go of held money.
pub(super) const AUTH_UNFREEZE: Operation = Operation {
    name: "auth-unfreeze",
    path: "/app-auth/v3/auth-unfreeze",
    aliases: &["/app-auth/v2/auth-unfreeze"],
    confidence: Confidence::SdkOnly,
    source: SOURCE,
    changes: true,
    note: NOTE,
    fields: fields![
        BY_OUT_INFO,
        BY_INFO,
        OUT_DETAIL,
        sdk_only(always("unfreezeAmount", Rule::Amount, SOURCE)),
        sdk_only(CURRENCY),
        sdk_only(SETTLE_CURRENCY),
        sdk_only(optional("authIpnUrl", Rule::Url, SOURCE)),
    ],
    answers: &[result("success", HOLD)],
};

/// Takes held money.
pub(super) const AUTH_CAPTURE: Operation = Operation {
    name: "auth-capture",
    path: "/app-auth/v3/auth-capture",
    aliases: &["/app-auth/v2/auth-capture"],
    confidence: Confidence::SdkOnly,
    source: SOURCE,
    changes: true,
    note: NOTE,
    fields: fields![
        BY_OUT_INFO,
        BY_INFO,
        OUT_DETAIL,
        sdk_only(AMOUNT),
        sdk_only(CURRENCY),
        sdk_only(SETTLE_CURRENCY),
        sdk_only(always("reference", Rule::Reference, SOURCE)),
        sdk_only(optional("ipnUrl", Rule::Url, SOURCE)),
        sdk_only(optional("authConfirmModel", Rule::Text(32), "csharp; its values are not stated")),
    ],
    answers: &[result(
        "success",
        &[
            text("authDetailNo"),
            text("authInfoNo"),
            text("outAuthDetailNo"),
            text("outAuthInfoNo"),
            left_out(text("reference")),
            left_out(text("transactionNo")),
        ],
    )],
};

/// Asks for one step of a hold.
pub(super) const AUTH_DETAIL_QUERY: Operation = Operation {
    name: "auth-detail-query",
    path: "/app-auth/v3/auth-detail-query",
    aliases: &["/app-auth/v2/auth-detail-query"],
    confidence: Confidence::SdkOnly,
    source: SOURCE,
    changes: false,
    note: NOTE,
    fields: fields![
        BY_OUT_INFO,
        BY_INFO,
        sdk_only(one_of(DETAILS, "outAuthDetailNo", Rule::Reference, SOURCE)),
        sdk_only(one_of(DETAILS, "authDetailNo", Rule::Digits, "csharp, python, js")),
    ],
    answers: &[result("success", HOLD)],
};
