//! Reads a JSON object into the pairs that are signed.
//!
//! Strings count as their text, numbers keep their literal (`499000.00` stays that), `true`, `false`
//! and `null` count as those words, nested values as their own text without the white space between
//! tokens, keys in the order in which they came, escapes as they were sent.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;

use serde_core::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;
use smallvec::SmallVec;

use crate::Rejection;
use crate::fields::{Decoded, Span, fits};

/// Decodes a whole body, which must be one object. Names may repeat here and be odd; the caller refuses
/// that.
pub(crate) fn decode(body: &[u8]) -> Result<Decoded<'_>, Rejection> {
    fits(body.len())?;
    // Told apart from other faults, as in form bodies.
    let body = core::str::from_utf8(body).map_err(|_| Rejection::InvalidUtf8)?;
    // What is decoded is never longer than what was escaped.
    let mut reader = serde_json::Deserializer::from_str(body);
    let fields = Members { capacity: body.len() };
    let fields = serde_core::de::DeserializeSeed::deserialize(fields, &mut reader);
    match fields.and_then(|fields| reader.end().map(|()| fields)) {
        Ok(fields) => Ok(fields),
        Err(_) => Err(Rejection::InvalidJson),
    }
}

fn append_value(text: &mut String, raw: &str) -> Result<(), Rejection> {
    match raw.as_bytes().first() {
        Some(b'"') => {
            let Text(value) = serde_json::from_str(raw).map_err(|_| Rejection::InvalidJson)?;
            text.push_str(&value);
        }
        Some(b'[' | b'{') => append_compact(text, raw),
        _ => text.push_str(raw),
    }
    Ok(())
}

/// Appends a nested value without the white space between its tokens. `raw` is valid JSON.
fn append_compact(text: &mut String, raw: &str) {
    let mut in_string = false;
    let mut escaped = false;
    text.extend(raw.chars().filter(|c| {
        let keep = in_string || !c.is_ascii_whitespace();
        if in_string {
            in_string = escaped || *c != '"';
            escaped = !escaped && *c == '\\';
        } else {
            in_string = *c == '"';
        }
        keep
    }));
}

/// Reads the members of an object in the order in which they come, repetitions included.
struct Members {
    capacity: usize,
}

impl<'de> serde_core::de::DeserializeSeed<'de> for Members {
    type Value = Decoded<'static>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Members {
    type Value = Decoded<'static>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Writing::with_capacity(self.capacity);
        while let Some((Text(name), value)) = map.next_entry::<Text<'de>, &RawValue>()? {
            let write_name = |text: &mut String| {
                text.push_str(&name);
                Ok(())
            };
            fields
                .push(write_name, |text| append_value(text, value.get()))
                .map_err(|_| A::Error::custom("a value cannot be read"))?;
        }
        Ok(fields.finish())
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

/// Writes fields one after another into a text of its own.
struct Writing {
    text: String,
    spans: SmallVec<[Span; 16]>,
}

impl Writing {
    fn with_capacity(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), spans: SmallVec::new() }
    }

    /// Adds a field; `write_name` and `write_value` append to the text.
    fn push(
        &mut self,
        write_name: impl FnOnce(&mut String) -> Result<(), Rejection>,
        write_value: impl FnOnce(&mut String) -> Result<(), Rejection>,
    ) -> Result<(), Rejection> {
        let start = self.text.len();
        write_name(&mut self.text)?;
        let equals = self.text.len();
        self.text.push('=');
        write_value(&mut self.text)?;
        let end = self.text.len();
        // As in a body: what follows a piece is its separator.
        self.text.push('&');
        fits(end)?;
        self.spans.push(Span::new(start, equals, end));
        Ok(())
    }

    fn finish(self) -> Decoded<'static> {
        Decoded { text: Cow::Owned(self.text), spans: self.spans, plain: false }
    }
}
