//! Who is paid out to, and where.

use super::common::{
    TIMESTAMP, always, answer_field, disputed, field, fields, left_out, list, message_first, older, one_of,
    optional, result, sdk_only, text, under,
};
use super::{Answer, AnswerField, Confidence, Field, Form, Layout, Need, Operation, Rule};

const CUSTOMER_NO: Field = always("customerNo", Rule::Digits, "v1.1, guides, php");
const PAYOR_NO: Field = optional("payorNo", Rule::Text(32), "guide; merchants of record only");
const PROFILE_TYPES: &[&str] = &["INDIVIDUAL", "BUSINESS"];
const ID_TYPES: &[&str] = &["ID_CARD", "SSN", "PASSPORT", "DRIVER_LICENSE", "BUSINESS_REGISTRATION_CERT"];

const fn profile(name: &'static str, rule: Rule) -> Field {
    optional(name, rule, "v1.1, php")
}

/// Makes a payee.
pub(super) const REGISTER: Operation = Operation {
    name: "payee-register",
    path: "/v3/payee/register",
    aliases: &[],
    confidence: Confidence::Current,
    source: "v1.1 (Register payee), guides, php, integrator notes",
    changes: true,
    note: "",
    fields: fields![
        always("profileType", Rule::Choice(PROFILE_TYPES), "v1.1, php"),
        always("firstName", Rule::Text(128), "v1.1, php"),
        always("lastName", Rule::Text(128), "v1.1, php"),
        always("email", Rule::Email, "v1.1, php; unique"),
        always("dateOfBirth", Rule::Date, "v1.1, php; 18 years ago or more"),
        always("countryCode", Rule::Country, "v1.1, php"),
        always("state", Rule::Text(64), "v1.1, php"),
        always("city", Rule::Text(128), "v1.1, php"),
        always("street", Rule::Text(256), "v1.1, php"),
        always("zip", Rule::Text(32), "v1.1, php"),
        disputed("governmentId", Rule::Text(64), "integrator notes, php; required in v1.1; unique"),
        disputed("governmentIdType", Rule::Choice(ID_TYPES), "integrator notes, php; required in v1.1"),
        TIMESTAMP,
        profile("country", Rule::Text(64)),
        profile("customerCode", Rule::Reference),
        profile("phone", Rule::Text(32)),
        profile("street2", Rule::Text(256)),
        profile("lang", Rule::Text(16)),
        PAYOR_NO,
    ],
    answers: &[Answer {
        layout: Layout::MessageCodeFirst,
        ..under(
            "customer",
            result(
                "success",
                &[
                    text("firstName"),
                    text("lastName"),
                    left_out(text("customerCode")),
                    text("createdTime"),
                    text("customerNo"),
                    text("email"),
                ],
            ),
        )
    }],
};

/// Shows a payee.
pub(super) const RETRIEVE: Operation = Operation {
    name: "payee-retrieve",
    path: "/v3/payee/retrieve",
    aliases: &[],
    confidence: Confidence::Current,
    source: "reference, guides, php, integrator notes",
    changes: false,
    note: "",
    fields: fields![CUSTOMER_NO, TIMESTAMP, sdk_only(profile("customerCode", Rule::Reference))],
    answers: &[Answer {
        layout: Layout::MessageCodeFirst,
        ..under(
            "customer",
            result(
                "query success",
                &[
                    left_out(text("zip")),
                    text("lastName"),
                    left_out(text("country")),
                    left_out(text("updatedTime")),
                    text("payeeStatus"),
                    left_out(text("city")),
                    left_out(text("customerCode")),
                    left_out(text("dateOfBirth")),
                    text("firstName"),
                    left_out(text("profileType")),
                    left_out(text("phone")),
                    text("countryCode"),
                    left_out(text("street")),
                    text("createdTime"),
                    left_out(text("state")),
                    left_out(text("lang")),
                    text("customerNo"),
                    text("email"),
                ],
            ),
        )
    }],
};

/// Changes a payee.
pub(super) const UPDATE: Operation = Operation {
    name: "payee-update",
    path: "/v3/payee/update",
    aliases: &["/3/payee/update"],
    confidence: Confidence::Current,
    source: "reference (Update payee); php, which leaves out the v of its path",
    changes: true,
    note: "no source shows the answer; only customerNo is given",
    fields: fields![
        CUSTOMER_NO,
        optional("timestamp", Rule::Timestamp, "php; not listed in reference"),
        profile("profileType", Rule::Choice(PROFILE_TYPES)),
        profile("firstName", Rule::Text(128)),
        profile("lastName", Rule::Text(128)),
        profile("email", Rule::Email),
        profile("dateOfBirth", Rule::Date),
        profile("countryCode", Rule::Country),
        profile("state", Rule::Text(64)),
        profile("city", Rule::Text(128)),
        profile("street", Rule::Text(256)),
        profile("street2", Rule::Text(256)),
        profile("zip", Rule::Text(32)),
        profile("country", Rule::Text(64)),
        profile("customerCode", Rule::Reference),
        profile("phone", Rule::Text(32)),
        profile("mobileNumber", Rule::Text(32)),
        profile("lang", Rule::Text(16)),
        profile("governmentId", Rule::Text(64)),
        profile("governmentIdType", Rule::Choice(ID_TYPES)),
        PAYOR_NO,
    ],
    answers: &[Answer {
        layout: Layout::MessageCodeFirst,
        ..under("customer", result("success", &[text("customerNo")]))
    }],
};

const USER: &[AnswerField] = &[text("firstName"), text("lastName"), text("customerNo"), text("email")];

/// Shows where a payee can be paid.
pub(super) const PAYOUT_ACCOUNTS: Operation = Operation {
    name: "payout-accounts",
    path: "/v3/payee/payout-accounts",
    aliases: &["/v3/payout-accounts"],
    confidence: Confidence::Current,
    source: "reference (Retrieve payee, a copy), gitbook, integrator notes; guides write the alias",
    changes: false,
    note: "",
    fields: fields![
        CUSTOMER_NO,
        TIMESTAMP,
        optional("accountToken", Rule::Text(64), "integrator notes"),
        optional("accountTag", Rule::Text(128), "integrator notes"),
    ],
    answers: &[Answer {
        beside: &[answer_field("user", Form::Object(USER))],
        ..message_first(list(under(
            "accounts",
            result(
                "success",
                &[
                    left_out(text("accountTag")),
                    text("country"),
                    text("createdAt"),
                    text("accountType"),
                    text("currency"),
                    text("accountToken"),
                    left_out(text("cardNumber")),
                    text("status"),
                ],
            ),
        )))
    }],
};

/// Which fields a bank or crypto account needs; only its path is known.
pub(super) const ACCOUNT_CONFIGURATIONS: Operation = Operation {
    name: "account-configurations",
    path: "/v3/payee/account/configurations",
    aliases: &[],
    confidence: Confidence::Current,
    source: "reference (Fetch Payee Bank/Crypto Parameter Schema): path only",
    changes: false,
    note: "no source shows its fields or its answer; any are taken, result is empty",
    fields: fields![optional("timestamp", Rule::Timestamp, "assumed, as elsewhere in payouts")],
    answers: &[result("success", &[])],
};

const ACCOUNT_TOKEN: &[AnswerField] = &[text("accountToken")];

/// Adds a bank account to a payee.
pub(super) const CREATE_BANK_ACCOUNT: Operation = Operation {
    name: "create-bank-account",
    path: "/v3/payee/account/create/bank-account",
    aliases: &[],
    confidence: Confidence::Current,
    source: "reference (Add payee bank), guide (Chinese banks), php (on another path)",
    changes: true,
    note: "no source shows the answer; accountToken is known from its use",
    fields: fields![
        CUSTOMER_NO,
        always("accountCountry", Rule::Country, "reference, guide, php"),
        always("accountCurrency", Rule::Currency, "reference, guide, php"),
        always("accountType", Rule::Choice(&["BANK_ACCOUNT"]), "reference, guide, php"),
        always("bankAccountPurpose", Rule::Choice(&["CHECKING", "SAVINGS"]), "reference, guide, php"),
        TIMESTAMP,
        field("bankAccountId", Need::Optional, Need::Optional, Rule::Text(64), "reference; required in php"),
        optional("branchId", Rule::Text(32), "reference; required in php"),
        optional("accountTag", Rule::Text(128), "reference"),
        optional("clientIp", Rule::Text(64), "reference"),
        optional("cardNumber", Rule::CardNumber, "guide (Chinese banks)"),
        optional("bankCode", Rule::Text(32), "guide (Chinese banks)"),
        optional("governmentId", Rule::Text(64), "guide (Chinese banks)"),
        optional("governmentIdType", Rule::Choice(ID_TYPES), "guide (Chinese banks)"),
        PAYOR_NO,
        optional("ipnUrl", Rule::Url, "reference"),
    ],
    answers: &[result("success", ACCOUNT_TOKEN)],
};

/// Adds a crypto wallet to a payee.
pub(super) const CREATE_CRYPTO_ACCOUNT: Operation = Operation {
    name: "create-crypto-account",
    path: "/v3/payee/account/create/crypto",
    aliases: &[],
    confidence: Confidence::Current,
    source: "reference (Add a cryptocurrency wallet), guide (payouts through crypto)",
    changes: true,
    note: "the names of chain, address and tag are not known, any are taken; accountToken is known from its use",
    fields: fields![
        CUSTOMER_NO,
        always("accountCountry", Rule::Country, "reference"),
        always("accountCurrency", Rule::Text(16), "reference; a coin"),
        optional("accountTag", Rule::Text(128), "reference"),
        TIMESTAMP,
        PAYOR_NO,
    ],
    answers: &[result("success", ACCOUNT_TOKEN)],
};

const ACCOUNT_TYPES: &[&str] =
    &["CARD", "PAYPAL", "VENMO", "BANK_ACCOUNT", "PAPER_CHECK", "PREPAID_CARD", "ALIPAY", "WIRE_ACCOUNT"];
const NAMES: &[&str] = &["accountToken", "accountTag"];

/// Opens an account that the payee completes on a page.
pub(super) const ACCOUNT_CREATE: Operation = Operation {
    name: "customers-account-create",
    path: "/v2/customers/account/create",
    aliases: &["/v1/customers/account/create"],
    confidence: Confidence::Older,
    source: "yuansfer (Payee), csharp; python with /v1/",
    changes: true,
    note: "",
    fields: fields![
        older(always("customerNo", Rule::Digits, "yuansfer, csharp, python")),
        older(always("accountType", Rule::Choice(ACCOUNT_TYPES), "yuansfer, csharp, python")),
        older(optional("accountTag", Rule::Text(128), "yuansfer, csharp")),
        older(optional("clientIp", Rule::Text(64), "yuansfer, with commas; csharp")),
        older(optional("callbackUrl", Rule::Url, "yuansfer, csharp")),
        older(optional("ipnUrl", Rule::Url, "yuansfer, csharp")),
        older(optional("accountCountry", Rule::Country, "yuansfer, csharp")),
        older(optional("accountCurrency", Rule::Currency, "yuansfer, csharp")),
        older(TIMESTAMP),
        older(optional("profileType", Rule::Choice(PROFILE_TYPES), "yuansfer, csharp")),
    ],
    answers: &[message_first(result(
        "success",
        &[
            text("firstName"),
            text("lastName"),
            text("link"),
            left_out(text("customerCode")),
            text("accountToken"),
            text("customerNo"),
            text("email"),
            text("timestamp"),
        ],
    ))],
};

/// Shows an account of a payee.
pub(super) const ACCOUNT_RETRIEVE: Operation = Operation {
    name: "customers-account-retrieve",
    path: "/v2/customers/account/retrieve",
    aliases: &["/v1/customers/account/retrieve"],
    confidence: Confidence::Older,
    source: "yuansfer (Retrieve payee), csharp; python with /v1/",
    changes: false,
    note: "",
    fields: fields![
        older(always("accountType", Rule::Choice(ACCOUNT_TYPES), "yuansfer, csharp")),
        older(always("customerNo", Rule::Digits, "yuansfer, csharp")),
        older(TIMESTAMP),
        older(one_of(NAMES, "accountToken", Rule::Text(64), "yuansfer, csharp")),
        older(one_of(NAMES, "accountTag", Rule::Text(128), "yuansfer, csharp")),
    ],
    answers: &[message_first(result(
        "success",
        &[
            left_out(text("accountTag")),
            text("country"),
            text("createdAt"),
            text("firstName"),
            text("lastName"),
            text("currency"),
            text("accountToken"),
            text("customerNo"),
            text("email"),
            text("status"),
        ],
    ))],
};
