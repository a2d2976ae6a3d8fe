//! What a body says before anything is believed: which form it has, whom it names.
//!
//! Judging is left to `pockyt_sign::Verifier`, which decodes by itself and strictly. This reading only
//! finds the merchant's key and explains refusals, so it may be generous.

use std::borrow::Cow;
use std::fmt;

use pockyt_sign::VERIFY_SIGN;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::words::digits_before;

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Form,
    Json,
}

impl Encoding {
    /// By `Content-Type`; a form, or no type at all, that begins with `{` is JSON, since curl calls a
    /// body a form unless told otherwise. `None` for any other type.
    pub(crate) fn of(content_type: Option<&str>, body: &[u8]) -> Option<Self> {
        match content_type {
            Some("application/json") => return Some(Self::Json),
            Some("application/x-www-form-urlencoded")
                if body.first().is_some_and(u8::is_ascii_alphabetic) =>
            {
                return Some(Self::Form);
            }
            _ => {}
        }
        let media_type = content_type.map(|value| value.split(';').next().unwrap_or_default().trim());
        let is = |name: &str| media_type.is_some_and(|media_type| media_type.eq_ignore_ascii_case(name));
        if is("application/json") {
            return Some(Self::Json);
        }
        if media_type.is_none_or(str::is_empty) || is("application/x-www-form-urlencoded") {
            let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
            return Some(if first == Some(&b'{') { Self::Json } else { Self::Form });
        }
        None
    }
}

/// The fields of a body in the order in which they came; none when it cannot be read.
#[derive(Default)]
pub(crate) struct Reading<'a> {
    pub(crate) pairs: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

impl<'a> Reading<'a> {
    pub(crate) fn of(encoding: Encoding, body: &'a [u8]) -> Self {
        let pairs = match encoding {
            Encoding::Form => form_urlencoded::parse(body).collect(),
            Encoding::Json => serde_json::from_slice(body).map(|Members(pairs)| pairs).unwrap_or_default(),
        };
        Self { pairs }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(candidate, _)| candidate == name).map(|(_, value)| &**value)
    }

    /// All fields but `verifySign`, secrets masked.
    pub(crate) fn masked(&self) -> impl Iterator<Item = (&str, &str)> {
        let unsigned = self.pairs.iter().filter(|(name, _)| name != VERIFY_SIGN);
        unsigned.map(|(name, value)| (&**name, if is_secret(name) { "***" } else { &**value }))
    }
}

/// Whether a field's value must never be shown: wallet codes, cards, nonces, government ids.
pub(crate) fn is_secret(name: &str) -> bool {
    const SECRETS: [&str; 10] = [
        "bankAccountId",
        "paymentBarcode",
        "cardNumber",
        "cardCvv",
        "cardExpMonth",
        "cardExpYear",
        "paymentMethodNonce",
        "governmentId",
        "secret",
        "vaultId",
    ];
    SECRETS.iter().any(|secret| secret.eq_ignore_ascii_case(name))
}

/// The merchant number and the store number of a body that gives them plainly: digits, and nothing that is
/// escaped before them. It may err, as in a body that gives them twice; what is found is to be compared.
pub(crate) fn whose(encoding: Encoding, body: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
    let (merchant_no, store_no): (&[u8], &[u8]) = match encoding {
        Encoding::Form => (b"merchantNo=", b"&storeNo="),
        Encoding::Json => (b"{\"merchantNo\":\"", b"\",\"storeNo\":\""),
    };
    // Many senders begin with the two, one after the other.
    if let Some((merchant_no, rest)) = body.strip_prefix(merchant_no).and_then(leading_digits) {
        if let Some((store_no, _)) = rest.strip_prefix(store_no).and_then(leading_digits) {
            return Some((merchant_no, Some(store_no)));
        }
    }
    let digits_after = |mark: &[u8]| {
        let start = memchr::memmem::find(body, mark)? + mark.len();
        leading_digits(body.get(start..)?).map(|(digits, _)| digits)
    };
    let without_the_last = |mark: &'static [u8]| mark.get(1..).unwrap_or_default();
    Some(match encoding {
        Encoding::Form => (digits_after(merchant_no)?, digits_after(without_the_last(store_no))),
        Encoding::Json => (digits_after(without_the_last(merchant_no))?, digits_after(b"\"storeNo\":\"")),
    })
}

fn leading_digits(text: &[u8]) -> Option<(&[u8], &[u8])> {
    text.split_at_checked(digits_before(text))
}

struct Members<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor;
        impl<'de> Visitor<'de> for ObjectVisitor {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some((Name(name), value)) = map.next_entry::<Name<'de>, &'de RawValue>()? {
                    members.push((name, text_of(value.get())));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(ObjectVisitor)
    }
}

/// Borrowed where nothing is escaped.
#[derive(serde::Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// Strings count as their text, everything else as it is written, without blanks between tokens.
fn text_of(raw: &str) -> Cow<'_, str> {
    let plain =
        raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"')).filter(|text| !text.contains('\\'));
    if let Some(plain) = plain {
        return Cow::Borrowed(plain);
    }
    let text: String = serde_json::from_str(raw).unwrap_or_else(|_| {
        let mut in_string = false;
        let mut escaped = false;
        raw.chars()
            .filter(|c| {
                let keep = in_string || !c.is_ascii_whitespace();
                if in_string {
                    in_string = escaped || *c != '"';
                    escaped = *c == '\\' && !escaped;
                } else {
                    in_string = *c == '"';
                }
                keep
            })
            .collect()
    });
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_sends_is_found_wherever_it_stands() {
        for (encoding, body, expected) in [
            (Encoding::Form, "merchantNo=12&storeNo=34&a=b", Some(("12", Some("34")))),
            (Encoding::Form, "amount=1&merchantNo=12&storeNo=34", Some(("12", Some("34")))),
            (Encoding::Form, "storeNo=34&merchantNo=12", Some(("12", Some("34")))),
            (Encoding::Form, "merchantNo=12", Some(("12", None))),
            (Encoding::Form, "storeNo=34", None),
            (Encoding::Json, r#"{"merchantNo":"12","storeNo":"34"}"#, Some(("12", Some("34")))),
            (Encoding::Json, r#"{"storeNo":"34","a":"b","merchantNo":"12"}"#, Some(("12", Some("34")))),
            (Encoding::Json, r#"{"storeNo":34}"#, None),
        ] {
            let expected = expected.map(|(merchant_no, store_no): (&str, Option<&str>)| {
                (merchant_no.as_bytes(), store_no.map(str::as_bytes))
            });
            assert_eq!(whose(encoding, body.as_bytes()), expected, "{body}");
        }
    }
}
