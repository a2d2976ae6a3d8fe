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

use crate::fields::{Decoded, Form, Span, Spans, fits};
use crate::{Fields, Rejection, words};

/// Decodes a whole body, which must be one object. Names may repeat here and be odd; the caller refuses
/// that.
pub(crate) fn decode<'a>(body: &'a [u8], decoded: &mut Decoded<'a>) -> Result<(), Rejection> {
    fits(body.len())?;
    // Told apart from other faults, as in form bodies.
    let body = core::str::from_utf8(body).map_err(|_| Rejection::InvalidUtf8)?;
    if in_place(body.as_bytes(), &mut decoded.fields.spans).is_some() {
        decoded.fields.text = Cow::Borrowed(body);
        decoded.fields.form = Form::Members;
        decoded.plain = true;
        return Ok(());
    }
    decoded.fields.spans.clear();
    // What is decoded is never longer than what was escaped.
    let mut reader = serde_json::Deserializer::from_str(body);
    let fields = Members { capacity: body.len() };
    let fields = serde_core::de::DeserializeSeed::deserialize(fields, &mut reader);
    decoded.fields =
        fields.and_then(|fields| reader.end().map(|()| fields)).map_err(|_| Rejection::InvalidJson)?;
    Ok(())
}

/// Notes where the members are in an object of plain strings without blanks between its tokens, which is how
/// most senders write one. `None` for any other, for odd names, and for values that hold an `&`.
fn in_place(body: &[u8], spans: &mut Spans) -> Option<()> {
    let is_odd = |byte: u8| byte < b' ' || byte == b'\\' || byte == b'&';
    // Without an early end, so that the compiler looks at many bytes at once.
    if body.iter().fold(0, |odd, byte| odd | u8::from(is_odd(*byte))) != 0 || body.first() != Some(&b'{') {
        return None;
    }
    let mut before = 0;
    loop {
        let start = before + 2;
        let name_end = words::name_end(body, start);
        let value_start = name_end + 3;
        let end = words::find(body, value_start, b'"');
        let is_named = body.get(before + 1) == Some(&b'"') && !body.get(start)?.is_ascii_digit();
        if !is_named || start == name_end || body.get(name_end..value_start) != Some(b"\":\"") {
            return None;
        }
        spans.push(Span::new(start, name_end, end));
        before = end + 1;
        match body.get(before)? {
            b',' => {}
            b'}' if before + 1 == body.len() => return Some(()),
            _ => return None,
        }
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
    type Value = Fields<'static>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Members {
    type Value = Fields<'static>;

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
    spans: Spans,
}

impl Writing {
    fn with_capacity(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), spans: Spans::new() }
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

    fn finish(self) -> Fields<'static> {
        Fields { text: Cow::Owned(self.text), spans: self.spans, form: Form::Pairs }
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    fn pairs(fields: &Fields<'_>) -> Vec<(String, String)> {
        fields.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
    }

    /// What the quick reader makes of it.
    fn quick(body: &str) -> Option<Vec<(String, String)>> {
        let mut spans = Spans::new();
        in_place(body.as_bytes(), &mut spans)?;
        Some(pairs(&Fields { text: Cow::Borrowed(body), spans, form: Form::Members }))
    }

    fn thorough(body: &str) -> Option<Vec<(String, String)>> {
        let mut reader = serde_json::Deserializer::from_str(body);
        let members = Members { capacity: body.len() };
        let fields = serde_core::de::DeserializeSeed::deserialize(members, &mut reader).ok()?;
        reader.end().ok().map(|()| pairs(&fields))
    }

    #[test]
    fn an_object_of_plain_texts_is_read_in_one_pass() {
        for body in [
            r#"{"merchantNo":"900001","amount":"","note":"two pairs: {boots}, [new]"}"#,
            r#"{"a":"b","a":"c"}"#,
            r#"{"a":"1+1=2","_b":"50%"}"#,
            "{\"a\":\"é\",\"b\":\"\u{7f}\"}",
        ] {
            assert_eq!(quick(body), Some(thorough(body).unwrap()), "{body}");
        }
    }

    #[test]
    fn anything_else_is_left_to_the_reader_of_all_of_json() {
        for body in [
            r#"{"a":1}"#,
            r#"{"a":"b&c=d"}"#,
            r#"{"a=b":"c"}"#,
            r#"{"1a":"c"}"#,
            r#"{"":"c"}"#,
            r#"{"a":"b\n"}"#,
            r#"{"é":"c"}"#,
            r#"{"a": "b"}"#,
            r#"{"a":"b"} "#,
            r#"{"a":"b",}"#,
            r#"{"a":"b"#,
            r#"["a":"b"}"#,
            "{}",
            "{",
            "",
        ] {
            assert_eq!(quick(body), None, "{body}");
        }
    }

    proptest! {
        #[test]
        fn what_the_quick_reader_takes_is_what_all_of_json_says(
            body in r#"\{("[a-cé1]{1,9}":"[a-eé:,{}=+%/]{0,20}"[,}]?){1,4}[&\}]{0,1}"#,
        ) {
            if let Some(read) = quick(&body) {
                prop_assert_eq!(Some(read), thorough(&body));
            }
        }
    }
}
