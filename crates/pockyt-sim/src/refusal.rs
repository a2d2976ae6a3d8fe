//! Refusals: what the answer says, and what the headers explain.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::profile::{DuplicateCode, MessageKey, Profile, RefusalCode};
use crate::{ApiResponse, CANONICAL_HEADER, FIELD_HEADER, RULE_HEADER, Reply, answer};

/// The `ret_code`s of refusals that this simulator gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    System,
    Version,
    Missing,
    Unknown,
    Mismatch,
    BadValue,
    Status,
    Channel,
}

impl Code {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::System => "000000",
            Self::Version => "000010",
            Self::Missing => "000020",
            Self::Unknown => "000021",
            Self::Mismatch => "000022",
            Self::BadValue => "000023",
            Self::Status => "000040",
            Self::Channel => "000080",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) code: Code,
    pub(crate) field: Cow<'static, str>,
    pub(crate) rule: Cow<'static, str>,
    http_status: u16,
    message_key: &'static str,
    message: Cow<'static, str>,
    canonical: Option<String>,
    allow: bool,
}

impl Refusal {
    /// A refusal in the vendor's own wording, `data error : ` and the name of the field.
    fn about(code: Code, field: &'static str, rule: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            field: field.into(),
            rule: rule.into(),
            http_status: 200,
            message_key: "ret_msg",
            message: format!("data error : {field}").into(),
            canonical: None,
            allow: false,
        }
    }

    pub(crate) fn missing(field: &'static str, rule: impl Into<Cow<'static, str>>) -> Self {
        Self::about(Code::Missing, field, rule)
    }

    pub(crate) fn unknown(field: &'static str, rule: impl Into<Cow<'static, str>>) -> Self {
        Self::about(Code::Unknown, field, rule)
    }

    pub(crate) fn mismatch(field: &'static str, rule: impl Into<Cow<'static, str>>) -> Self {
        Self::about(Code::Mismatch, field, rule)
    }

    pub(crate) fn bad_value(field: &'static str, rule: impl Into<Cow<'static, str>>) -> Self {
        Self::about(Code::BadValue, field, rule)
    }

    pub(crate) fn status(field: &'static str, rule: impl Into<Cow<'static, str>>) -> Self {
        Self { message: "transaction status error".into(), ..Self::about(Code::Status, field, rule) }
    }

    /// A status refusal under the code that the profile chose for it.
    pub(crate) fn chosen(code: RefusalCode, field: &'static str, rule: impl Into<Cow<'static, str>>) -> Self {
        match code {
            RefusalCode::Mismatch => Self::mismatch(field, rule),
            RefusalCode::BadValue => Self::bad_value(field, rule),
            RefusalCode::Status => Self::status(field, rule),
        }
    }

    /// 000040 in the meaning that it has in payouts.
    pub(crate) fn balance(field: &'static str, rule: impl Into<Cow<'static, str>>) -> Self {
        Self { message: "account balance not sufficient".into(), ..Self::about(Code::Status, field, rule) }
    }

    /// The wallet said no.
    pub(crate) fn channel(field: &'static str, rule: impl Into<Cow<'static, str>>) -> Self {
        Self { message: "supplier error".into(), ..Self::about(Code::Channel, field, rule) }
    }

    /// Pockyt itself failed, by a script or a magic value.
    pub(crate) fn system() -> Self {
        let rule = "a script or a magic value asked for a system error; nothing is booked";
        Self { message: "system error".into(), ..Self::about(Code::System, "reference", rule) }
    }

    /// The answers whose HTTP status no switch touches have one of their own already.
    pub(crate) fn with_status(self, profile: &Profile) -> Self {
        if self.http_status == 200 && self.canonical.is_none() {
            Self { http_status: profile.refusal_status, ..self }
        } else {
            self
        }
    }

    pub(crate) fn duplicate(field: &'static str, profile: &Profile) -> Self {
        let code = match profile.duplicate_code {
            DuplicateCode::BadValue => Code::BadValue,
            DuplicateCode::Mismatch => Code::Mismatch,
        };
        let rule = "this merchant has used it before";
        Self { message: "Duplicate request error".into(), ..Self::about(code, field, rule) }
    }

    /// The answer to every wrong signature, word for word.
    pub(crate) fn signature(
        profile: &Profile,
        rule: impl Into<Cow<'static, str>>,
        canonical: String,
    ) -> Self {
        let message_key = match profile.wrong_signature_key {
            MessageKey::RetMsg => "ret_msg",
            MessageKey::RetMsgCamel => "retMsg",
        };
        Self {
            http_status: profile.wrong_signature_status,
            message_key,
            canonical: Some(canonical),
            ..Self::about(Code::System, pockyt_sign::VERIFY_SIGN, rule)
        }
    }

    pub(crate) fn body(rule: impl Into<Cow<'static, str>>) -> Self {
        Self { http_status: 400, ..Self::about(Code::BadValue, "body", rule) }
    }

    pub(crate) fn oversized() -> Self {
        Self { http_status: 413, ..Self::about(Code::BadValue, "body", "a body has at most 1 MiB") }
    }

    /// Not 000021, which a client reads as an order that does not exist.
    pub(crate) fn path(near: &[&str]) -> Self {
        let rule = format!("no operation is served here; near it are {}", near.join(" "));
        Self { http_status: 404, ..Self::about(Code::Version, "path", rule) }
    }

    /// An operation of the catalogue that nobody carries out, which a test rules out.
    pub(crate) fn unserved() -> Self {
        Self::about(Code::System, "path", "this operation is not carried out")
    }

    pub(crate) fn method() -> Self {
        let rule = "every operation is a POST";
        Self { http_status: 405, allow: true, ..Self::about(Code::BadValue, "method", rule) }
    }

    /// The rule as it is shown: visible ASCII and blanks, at most 300 of them.
    pub(crate) fn shown_rule(&self) -> String {
        // Our own sentences: blanks and percent signs may stay.
        shown(&self.rule)
    }

    pub(crate) fn response(&self) -> ApiResponse {
        let mut headers = vec![
            (FIELD_HEADER, encoded(&self.field, NOT_VISIBLE, MAX_HEADER)),
            (RULE_HEADER, self.shown_rule()),
        ];
        if let Some(canonical) = &self.canonical {
            headers.push((CANONICAL_HEADER, encoded(canonical, NOT_VISIBLE, MAX_HEADER)));
        }
        if self.allow {
            headers.push(("Allow", "POST".into()));
        }
        ApiResponse {
            status: self.http_status,
            headers,
            body: answer::refusal(self.code.as_str(), self.message_key, &self.message),
            reply: Reply::Send,
        }
    }
}

/// A sentence of ours as it is shown in a header: visible ASCII and blanks, at most 300 of them.
pub(crate) fn shown(text: &str) -> String {
    encoded(text, CONTROLS, MAX_RULE)
}

const MAX_RULE: usize = 300;
const MAX_HEADER: usize = 2048;
/// `%` too, so that the text can be read back.
const NOT_VISIBLE: &AsciiSet = &CONTROLS.add(b' ').add(b'%');

/// ASCII only, percent-encoded, at most `most` bytes, never cut inside an escape.
fn encoded(text: &str, escape: &'static AsciiSet, most: usize) -> String {
    let mut encoded = String::new();
    for piece in utf8_percent_encode(text, escape) {
        if encoded.len() + piece.len() > most {
            // A piece is one escape, or text that can be cut anywhere since it is ASCII.
            let room = if piece.starts_with('%') { 0 } else { most - encoded.len() };
            encoded.push_str(piece.get(..room).unwrap_or_default());
            break;
        }
        encoded.push_str(piece);
    }
    encoded
}
