//! Customers.

use super::common::{
    TIMESTAMP, always, fields, left_out, message_first, older, one_of, optional, result, text, under, when,
};
use super::{AnswerField, Confidence, Field, Operation, Rule};

const NUMBERS: &[&str] = &["customerNo", "customerCode"];
const FIRST_NAME: Field = always("firstName", Rule::Text(128), "reference, yuansfer, php, python, csharp");
const LAST_NAME: Field = always("lastName", Rule::Text(128), "reference, yuansfer, php, python, csharp");
const EMAIL: Field = always("email", Rule::Email, "reference, yuansfer, php, python, csharp");
const COUNTRY_CODE: Field = always("countryCode", Rule::Country, "reference, php; a tutorial writes digits");

const fn profile(name: &'static str, rule: Rule) -> Field {
    optional(name, rule, "reference, yuansfer, php")
}

const CREATED: &[AnswerField] = &[
    text("firstName"),
    text("lastName"),
    left_out(text("customerCode")),
    text("createdTime"),
    text("customerNo"),
    text("email"),
];

/// Makes a customer.
pub(super) const CREATE: Operation = Operation {
    name: "customers-create",
    path: "/v1/customers/create",
    aliases: &[],
    confidence: Confidence::Current,
    source: "reference (Register customer), yuansfer, php, python, csharp",
    changes: true,
    note: "",
    fields: fields![
        FIRST_NAME,
        LAST_NAME,
        EMAIL,
        COUNTRY_CODE,
        TIMESTAMP,
        optional("profileType", Rule::Choice(&["INDIVIDUAL", "BUSINESS"]), "reference; default INDIVIDUAL"),
        profile("state", Rule::Text(64)),
        profile("dateOfBirth", Rule::Date),
        profile("lang", Rule::Text(16)),
        profile("city", Rule::Text(128)),
        profile("company", Rule::Text(128)),
        profile("country", Rule::Text(64)),
        profile("customerCode", Rule::Reference),
        profile("mobileNumber", Rule::Text(32)),
        profile("phone", Rule::Text(32)),
        profile("street", Rule::Text(256)),
        profile("street2", Rule::Text(256)),
        profile("zip", Rule::Text(32)),
    ],
    answers: &[
        message_first(under("customer", result("success", CREATED))),
        message_first(when("the profile says so", result("success", CREATED))),
    ],
};

const RETRIEVED: &[AnswerField] = &[
    left_out(text("zip")),
    text("lastName"),
    left_out(text("country")),
    left_out(text("updatedTime")),
    left_out(text("city")),
    left_out(text("customerCode")),
    left_out(text("dateOfBirth")),
    text("firstName"),
    left_out(text("phone")),
    text("countryCode"),
    left_out(text("street")),
    left_out(text("street2")),
    text("createdTime"),
    left_out(text("state")),
    left_out(text("lang")),
    text("customerNo"),
    text("email"),
];

/// Shows a customer.
pub(super) const RETRIEVE: Operation = Operation {
    name: "customers-retrieve",
    path: "/v1/customers/retrieve",
    aliases: &[],
    confidence: Confidence::Current,
    source: "reference (title), yuansfer, php, python, csharp",
    changes: false,
    note: "",
    fields: fields![
        older(one_of(NUMBERS, "customerNo", Rule::Digits, "yuansfer, csharp: either; php, python: both")),
        older(one_of(
            NUMBERS,
            "customerCode",
            Rule::Reference,
            "yuansfer, csharp: either; php, python: both"
        )),
        TIMESTAMP,
    ],
    answers: &[
        message_first(under("customer", result("success", RETRIEVED))),
        message_first(when("the profile says so", result("success", RETRIEVED))),
    ],
};

/// Changes a customer.
pub(super) const UPDATE: Operation = Operation {
    name: "customers-update",
    path: "/v1/customers/update",
    aliases: &[],
    confidence: Confidence::Older,
    source: "yuansfer, php, python, csharp",
    changes: true,
    note: "the only sample answer looks copied from another page; link and accountToken are not given",
    fields: fields![
        older(always("customerNo", Rule::Digits, "yuansfer, php, python, csharp")),
        older(TIMESTAMP),
        older(optional("firstName", Rule::Text(128), "yuansfer")),
        older(optional("lastName", Rule::Text(128), "yuansfer")),
        older(optional("email", Rule::Email, "yuansfer")),
        older(optional("countryCode", Rule::Country, "yuansfer")),
        older(optional("profileType", Rule::Choice(&["INDIVIDUAL", "BUSINESS"]), "yuansfer")),
        older(profile("state", Rule::Text(64))),
        older(profile("dateOfBirth", Rule::Date)),
        older(profile("lang", Rule::Text(16))),
        older(profile("city", Rule::Text(128))),
        older(profile("company", Rule::Text(128))),
        older(profile("country", Rule::Text(64))),
        older(profile("customerCode", Rule::Reference)),
        older(profile("mobileNumber", Rule::Text(32))),
        older(profile("phone", Rule::Text(32))),
        older(profile("street", Rule::Text(256))),
        older(profile("street2", Rule::Text(256))),
        older(profile("zip", Rule::Text(32))),
    ],
    answers: &[message_first(result(
        "success",
        &[
            text("firstName"),
            text("lastName"),
            left_out(text("customerCode")),
            text("customerNo"),
            text("email"),
            left_out(text("timestamp")),
        ],
    ))],
};
