//! Reads a JSON object into the pairs that are signed.
//!
//! Strings count as their text, numbers keep their literal (`499000.00` stays that), `true`, `false`
//! and `null` count as those words, nested values as their own text without the white space between
//! tokens, keys in the order in which they came, escapes as they were sent.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::{Fields, Rejection};

/// Decodes a whole body, which must be one object. Names may repeat here; the caller refuses that.
pub(crate) fn decode(body: &[u8]) -> Result<Fields<'_>, Rejection> {
    // Told apart from other faults, as in form bodies.
    let body = core::str::from_utf8(body).map_err(|_| Rejection::InvalidUtf8)?;
    let Members(members) = serde_json::from_str(body).map_err(|_| Rejection::InvalidJson)?;
    members
        .into_iter()
        .map(|(name, value)| Ok((name, value_text(value.get())?)))
        .collect::<Result<Vec<_>, _>>()
        .map(Fields::from_pairs)
}

fn value_text(raw: &str) -> Result<Cow<'_, str>, Rejection> {
    match raw.as_bytes().first() {
        Some(b'"') => serde_json::from_str::<Text<'_>>(raw).map(|t| t.0).map_err(|_| Rejection::InvalidJson),
        Some(b'[' | b'{') => Ok(Cow::Owned(compact(raw))),
        _ => Ok(Cow::Borrowed(raw)),
    }
}

/// The text of a nested value without the white space between its tokens. `raw` is valid JSON.
fn compact(raw: &str) -> String {
    let mut in_string = false;
    let mut escaped = false;
    raw.chars()
        .filter(|c| {
            let keep = in_string || !c.is_ascii_whitespace();
            if in_string {
                in_string = escaped || *c != '"';
                escaped = !escaped && *c == '\\';
            } else {
                in_string = *c == '"';
            }
            keep
        })
        .collect()
}

/// The members of an object in the order in which they came, repetitions included.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor;
        impl<'de> Visitor<'de> for ObjectVisitor {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((Text(name), value)) = map.next_entry()? {
                    members.push((name, value));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(ObjectVisitor)
    }
}

/// A string that borrows when it holds no escapes (serde's own `Cow` always copies).
struct Text<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.into())))
            }
        }
        deserializer.deserialize_str(TextVisitor)
    }
}
