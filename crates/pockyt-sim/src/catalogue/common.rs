//! Pieces from which the tables are made.

use super::{Answer, AnswerField, Confidence, Field, Form, Holds, Layout, Member, Need, OfOrder, Rule};
use crate::words::Key;

pub(super) const MERCHANT_NO: Field = always("merchantNo", Rule::Digits, "reference, all SDKs");
pub(super) const STORE_NO: Field = always("storeNo", Rule::Digits, "reference, all SDKs");
pub(super) const VERIFY_SIGN: Field = always("verifySign", Rule::Signature, "reference, all SDKs");
pub(super) const MER_GROUP_NO: Field =
    optional("merGroupNo", Rule::Digits, "yuansfer; service providers only");
pub(super) const STORE_ADMIN_NO: Field =
    optional("storeAdminNo", Rule::Text(64), "yuansfer, SDKs; required in a copy of add");
pub(super) const TRANSACTION_NO: Field =
    field("transactionNo", Need::EitherIdentifier, Need::EitherIdentifier, Rule::Digits, "book, all SDKs");
pub(super) const REFERENCE_OF_ORDER: Field =
    field("reference", Need::EitherIdentifier, Need::EitherIdentifier, Rule::Reference, "book, all SDKs");
pub(super) const AMOUNT: Field = always("amount", Rule::Amount, "reference, all SDKs");
pub(super) const CURRENCY: Field = always("currency", Rule::Currency, "reference, all SDKs");
pub(super) const SETTLE_CURRENCY: Field = field(
    "settleCurrency",
    Need::Optional,
    Need::Required,
    Rule::Currency,
    "reference; absent from the signed bodies of the signing tutorial and of add",
);
pub(super) const TIMEOUT: Field = optional("timeout", Rule::Minutes, "reference, yuansfer; default 120");
pub(super) const TIMESTAMP: Field =
    disputed("timestamp", Rule::Timestamp, "reference, guides; older notes and some SDK calls omit it");

/// Every operation takes the first five, then its own.
macro_rules! fields {
    ($($field:expr),* $(,)?) => {
        &[
            $crate::catalogue::common::MERCHANT_NO,
            $crate::catalogue::common::STORE_NO,
            $crate::catalogue::common::VERIFY_SIGN,
            $crate::catalogue::common::MER_GROUP_NO,
            $crate::catalogue::common::STORE_ADMIN_NO,
            $($field),*
        ]
    };
}
pub(super) use fields;

pub(super) const fn field(
    name: &'static str,
    lenient: Need,
    strict: Need,
    rule: Rule,
    source: &'static str,
) -> Field {
    Field { name, key: Key::of(name), lenient, strict, rule, confidence: Confidence::Current, source }
}

pub(super) const fn always(name: &'static str, rule: Rule, source: &'static str) -> Field {
    field(name, Need::Required, Need::Required, rule, source)
}

pub(super) const fn optional(name: &'static str, rule: Rule, source: &'static str) -> Field {
    field(name, Need::Optional, Need::Optional, rule, source)
}

/// Required by some sources only.
pub(super) const fn disputed(name: &'static str, rule: Rule, source: &'static str) -> Field {
    field(name, Need::Optional, Need::Required, rule, source)
}

/// One of several that name the same thing.
pub(super) const fn one_of(
    names: &'static [&'static str],
    name: &'static str,
    rule: Rule,
    source: &'static str,
) -> Field {
    field(name, Need::OneOf(names), Need::OneOf(names), rule, source)
}

pub(super) const fn sdk_only(field: Field) -> Field {
    Field { confidence: Confidence::SdkOnly, ..field }
}

pub(super) const fn older(field: Field) -> Field {
    Field { confidence: Confidence::Older, ..field }
}

pub(super) const fn text(name: &'static str) -> AnswerField {
    answer_field(name, Form::Text)
}

pub(super) const fn number(name: &'static str) -> AnswerField {
    answer_field(name, Form::Number)
}

pub(super) const fn nullable(name: &'static str) -> AnswerField {
    answer_field(name, Form::TextOrNull)
}

pub(super) const fn answer_field(name: &'static str, form: Form) -> AnswerField {
    let (member, of_order) = (Member::named(name), OfOrder::named(name));
    AnswerField { name, member, of_order, form, optional: false }
}

pub(super) const fn left_out(field: AnswerField) -> AnswerField {
    AnswerField { optional: true, ..field }
}

/// The ordinary answer: an object under `result`, then the code, then the message.
pub(super) const fn result(message: &'static str, fields: &'static [AnswerField]) -> Answer {
    Answer {
        when: "",
        envelope: "result",
        envelope_member: Member::named("result"),
        holds: Holds::Object,
        fields,
        beside: &[],
        message,
        layout: Layout::CodeMessage,
    }
}

pub(super) const fn message_first(answer: Answer) -> Answer {
    Answer { layout: Layout::MessageCode, ..answer }
}

pub(super) const fn under(envelope: &'static str, answer: Answer) -> Answer {
    Answer { envelope, envelope_member: Member::named(envelope), ..answer }
}

pub(super) const fn list(answer: Answer) -> Answer {
    Answer { holds: Holds::List, ..answer }
}

pub(super) const fn when(condition: &'static str, answer: Answer) -> Answer {
    Answer { when: condition, ..answer }
}
