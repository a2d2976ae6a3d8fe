//! What a body says before anything is believed: which form it has, whom it names.
//!
//! Judging is left to `pockyt_sign::Verifier`, which decodes by itself and strictly. This reading only
//! finds the merchant's key and explains refusals, so it may be generous.

use std::fmt;

use pockyt_sign::VERIFY_SIGN;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

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
pub(crate) struct Reading {
    pub(crate) pairs: Vec<(String, String)>,
}

impl Reading {
    pub(crate) fn of(encoding: Encoding, body: &[u8]) -> Self {
        let pairs = match encoding {
            Encoding::Form => form_urlencoded::parse(body).map(|(n, v)| (n.into(), v.into())).collect(),
            Encoding::Json => serde_json::from_slice(body).map(|Members(pairs)| pairs).unwrap_or_default(),
        };
        Self { pairs }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(candidate, _)| candidate == name).map(|(_, value)| value.as_str())
    }

    /// All fields but `verifySign`, secrets masked.
    pub(crate) fn masked(&self) -> impl Iterator<Item = (&str, &str)> {
        let unsigned = self.pairs.iter().filter(|(name, _)| name != VERIFY_SIGN);
        unsigned.map(|(name, value)| (name.as_str(), if is_secret(name) { "***" } else { value.as_str() }))
    }
}

/// Whether a field's value must never be shown: wallet codes, cards, nonces, government ids.
pub(crate) fn is_secret(name: &str) -> bool {
    const SECRETS: [&str; 9] = [
        "bankAccountId",
        "paymentBarcode",
        "cardNumber",
        "cardCvv",
        "cardExpMonth",
        "cardExpYear",
        "paymentMethodNonce",
        "governmentId",
        "vaultId",
    ];
    SECRETS.iter().any(|secret| secret.eq_ignore_ascii_case(name))
}

struct Members(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor;
        impl<'de> Visitor<'de> for ObjectVisitor {
            type Value = Members;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, &'de RawValue>()? {
                    members.push((name, text_of(value.get())));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(ObjectVisitor)
    }
}

/// Strings count as their text, everything else as it is written, without blanks between tokens.
fn text_of(raw: &str) -> String {
    serde_json::from_str(raw).unwrap_or_else(|_| {
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
    })
}
