//! Payments that a customer has agreed to once.

use super::common::{
    always, disputed, fields, left_out, number, older, one_of, optional, result, sdk_only, text,
};
use super::{AnswerField, Confidence, Field, Operation, Rule};

const TERMINALS: &[&str] = &["ONLINE", "WAP", "APP"];
const VENDORS: &[&str] = &["vendor", "customerBelongsTo"];
const AUTO_DEBIT_NO: Field = older(always("autoDebitNo", Rule::Digits, "book, yuansfer, all SDKs"));
const AGREEMENT: &[AnswerField] = &[text("autoDebitNo"), text("autoReference"), text("vendor")];

/// Opens an agreement and the page on which the customer signs it.
pub(super) const CONSULT: Operation = Operation {
    name: "auto-debit-consult",
    path: "/auto-debit/v3/consult",
    aliases: &[],
    confidence: Confidence::Older,
    source: "book, yuansfer, gitbook, all SDKs",
    changes: true,
    note: "",
    fields: fields![
        older(one_of(VENDORS, "vendor", Rule::Vendor, "book, yuansfer, SDKs")),
        older(one_of(
            VENDORS,
            "customerBelongsTo",
            Rule::Vendor,
            "book (its signature), csharp test: the older name"
        )),
        older(always("autoReference", Rule::Reference, "book, yuansfer, all SDKs")),
        older(always("autoRedirectUrl", Rule::Url, "book, yuansfer, all SDKs")),
        older(disputed("autoIpnUrl", Rule::Url, "book, SDKs; required in yuansfer")),
        older(always("terminal", Rule::Choice(TERMINALS), "book, yuansfer, all SDKs")),
        older(optional("osType", Rule::Choice(&["IOS", "ANDROID"]), "book; for WAP and APP")),
        older(optional("osVersion", Rule::Text(64), "book; for WAP and APP")),
        older(optional("note", Rule::Text(100), "book, yuansfer")),
    ],
    answers: &[result(
        "consult success",
        &[text("authUrl"), text("autoDebitNo"), text("autoReference"), text("vendor")],
    )],
};

/// Fetches or renews the token of a signed agreement. The token itself stays at Pockyt.
pub(super) const APPLY_TOKEN: Operation = Operation {
    name: "auto-debit-apply-token",
    path: "/auto-debit/v3/apply-token",
    aliases: &[],
    confidence: Confidence::Older,
    source: "book, yuansfer, all SDKs",
    changes: true,
    note: "",
    fields: fields![
        AUTO_DEBIT_NO,
        older(always(
            "grantType",
            Rule::Choice(&["AUTHORIZATION_CODE", "REFRESH_TOKEN"]),
            "book, yuansfer, all SDKs",
        )),
    ],
    answers: &[result(
        "apply success",
        &[
            text("accessTokenExpiryTime"),
            text("autoDebitNo"),
            text("autoReference"),
            text("vendor"),
            text("refreshTokenExpiryTime"),
        ],
    )],
};

/// Charges a signed agreement.
pub(super) const PAY: Operation = Operation {
    name: "auto-debit-pay",
    path: "/auto-debit/v3/pay",
    aliases: &[],
    confidence: Confidence::Older,
    source: "book, yuansfer, all SDKs",
    changes: true,
    note: "",
    fields: fields![
        AUTO_DEBIT_NO,
        older(always("amount", Rule::Amount, "book, yuansfer, all SDKs")),
        older(always("currency", Rule::Currency, "book, yuansfer, all SDKs")),
        older(always("settleCurrency", Rule::Currency, "book, yuansfer, all SDKs")),
        older(always("reference", Rule::Reference, "book, yuansfer, all SDKs")),
        older(disputed("ipnUrl", Rule::Url, "SDKs; required in book, yuansfer")),
        older(optional("vendor", Rule::Vendor, "book (its table; its signed body has none)")),
    ],
    answers: &[result(
        "pay success",
        &[
            number("amount"),
            text("autoDebitNo"),
            text("currency"),
            text("settleCurrency"),
            text("reference"),
            left_out(text("status")),
            text("transactionNo"),
        ],
    )],
};

/// Ends an agreement.
pub(super) const REVOKE: Operation = Operation {
    name: "auto-debit-revoke",
    path: "/auto-debit/v3/revoke",
    aliases: &[],
    confidence: Confidence::Older,
    source: "book, yuansfer, all SDKs",
    changes: true,
    note: "",
    fields: fields![AUTO_DEBIT_NO, sdk_only(optional("note", Rule::Text(100), "SDKs"))],
    answers: &[result("revoke success", AGREEMENT)],
};
