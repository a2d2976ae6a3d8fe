//! Writes the bodies of answers, in the order and form that the catalogue says.

use std::borrow::Cow;

use crate::catalogue::{Answer, AnswerField, Form, Holds, Layout};
use crate::money::Amount;
use crate::short::Short;

/// What an operation has to say about one field.
#[derive(Clone)]
pub(crate) enum Value<'a> {
    /// An amount in a currency, as [`Amount::text`] has it.
    Amount(Amount, &'a str),
    /// Nothing: the field is `null`, or left out where the catalogue says so.
    Nothing,
    /// The same, short and with nothing to be escaped.
    Short(Short),
    /// A text; in a field of form number its characters are the number.
    Text(Cow<'a, str>),
    /// The same, a word of ours with nothing to be escaped.
    Word(&'a str),
    /// The elements of a list, each a list of values by name.
    List(Vec<Members<'a>>),
    /// An object.
    Object(Members<'a>),
}

/// Values by name.
pub(crate) type Members<'a> = Vec<(&'static str, Value<'a>)>;

/// What an envelope holds.
pub(crate) enum Content<'c, 'a> {
    /// One object, each field asked for.
    Object(&'c dyn Fn(&str) -> Value<'a>),
    /// A list of objects.
    List(Vec<Members<'a>>),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<Short> for Value<'_> {
    fn from(text: Short) -> Self {
        Self::Short(text)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Nothing, Into::into)
    }
}

/// How the writer departs from the catalogue, as the profile says.
#[derive(Clone, Copy, Default)]
pub(crate) struct Style {
    /// Amounts are numbers everywhere, as in the field tables.
    pub(crate) amounts_are_numbers: bool,
}

impl Style {
    /// A success with the fields of `answer`, each asked from `value`, also those beside the envelope.
    pub(crate) fn success<'a>(self, answer: &Answer, value: impl Fn(&str) -> Value<'a>) -> Vec<u8> {
        self.write(answer, &Content::Object(&value), &value)
    }

    /// A success whose envelope holds a list.
    pub(crate) fn success_list<'a>(
        self,
        answer: &Answer,
        elements: Vec<Members<'a>>,
        beside: impl Fn(&str) -> Value<'a>,
    ) -> Vec<u8> {
        self.write(answer, &Content::List(elements), &beside)
    }

    fn write<'a>(
        self,
        answer: &Answer,
        content: &Content<'_, 'a>,
        beside: &dyn Fn(&str) -> Value<'a>,
    ) -> Vec<u8> {
        let mut body = Body { text: Vec::with_capacity(USUAL_LENGTH), style: self };
        body.text.push(b'{');
        let code = ("ret_code", "000100");
        let message = ("ret_msg", answer.message);
        let texts = |body: &mut Body, members: &[(&str, &str)]| {
            for (name, text) in members.iter().filter(|(_, text)| !text.is_empty()) {
                body.member(name);
                body.push_text(text);
            }
        };
        if answer.layout == Layout::MessageCodeFirst {
            texts(&mut body, &[message, code]);
        }
        body.push_content(answer, content);
        if answer.layout == Layout::MessageCode {
            texts(&mut body, &[message]);
        }
        body.push_fields(answer.beside, beside);
        match answer.layout {
            Layout::CodeMessage => texts(&mut body, &[code, message]),
            Layout::MessageCode => texts(&mut body, &[code]),
            Layout::MessageCodeFirst => {}
        }
        body.text.push(b'}');
        body.text
    }
}

/// A refusal.
pub(crate) fn refusal(code: &str, message_key: &str, message: &str) -> Vec<u8> {
    let mut body = Body { text: Vec::with_capacity(USUAL_LENGTH), style: Style::default() };
    body.text.push(b'{');
    body.member("ret_code");
    body.push_text(code);
    body.member(message_key);
    body.push_text(message);
    body.text.push(b'}');
    body.text
}

/// A JSON object of texts.
pub(crate) fn object_of_texts(members: &[(&str, &str)]) -> String {
    let mut body = Body { text: Vec::with_capacity(USUAL_LENGTH), style: Style::default() };
    body.text.push(b'{');
    for (name, text) in members {
        body.member(name);
        body.push_text(text);
    }
    body.text.push(b'}');
    // It is made of texts.
    String::from_utf8(body.text).unwrap_or_default()
}

/// Most answers are shorter.
const USUAL_LENGTH: usize = 640;

struct Body {
    text: Vec<u8>,
    style: Style,
}

impl Body {
    /// The name of the next member of the object that is open.
    fn member(&mut self, name: &str) {
        // Names are words of ours, without anything to escape.
        self.text.reserve(name.len() + 4);
        if self.text.last() != Some(&b'{') {
            self.text.push(b',');
        }
        self.text.push(b'"');
        self.text.extend_from_slice(name.as_bytes());
        self.text.extend_from_slice(b"\":");
    }

    fn push_content(&mut self, answer: &Answer, content: &Content<'_, '_>) {
        let is_beside = answer.envelope.is_empty();
        if !is_beside {
            self.member(answer.envelope);
        }
        match (answer.holds, content) {
            (Holds::Object, Content::Object(value)) if is_beside => self.push_fields(answer.fields, value),
            (Holds::Object, Content::Object(value)) => self.push_object(answer.fields, value),
            (_, Content::List(elements)) => self.push_list(answer.fields, elements),
            (Holds::List, Content::Object(_)) => self.text.extend_from_slice(b"[]"),
        }
    }

    fn push_object<'a>(&mut self, fields: &[AnswerField], value: &dyn Fn(&str) -> Value<'a>) {
        self.text.push(b'{');
        self.push_fields(fields, value);
        self.text.push(b'}');
    }

    fn push_fields<'a>(&mut self, fields: &[AnswerField], value: &dyn Fn(&str) -> Value<'a>) {
        for field in fields {
            let value = if field.form == Form::Null { Value::Nothing } else { value(field.name) };
            if field.optional && matches!(value, Value::Nothing) {
                continue;
            }
            self.member(field.name);
            let is_number = field.form == Form::Number
                || (self.style.amounts_are_numbers && AMOUNTS.contains(&field.name));
            match (field.form, value) {
                (_, Value::Amount(amount, currency)) if is_number => {
                    self.text.extend_from_slice(amount.short(currency).as_bytes());
                }
                (_, Value::Amount(amount, currency)) => self.push_plain(amount.short(currency).as_bytes()),
                (_, Value::Text(literal)) if is_number => self.text.extend_from_slice(literal.as_bytes()),
                (_, Value::Short(literal)) if is_number => self.text.extend_from_slice(literal.as_bytes()),
                (_, Value::Short(text)) => self.push_plain(text.as_bytes()),
                (_, Value::Word(literal)) if is_number => self.text.extend_from_slice(literal.as_bytes()),
                (_, Value::Word(text)) => self.push_plain(text.as_bytes()),
                (_, Value::Text(text)) => self.push_text(&text),
                (Form::List(fields), Value::List(elements)) => self.push_list(fields, &elements),
                (Form::Object(fields), Value::Object(members)) => {
                    self.push_object(fields, &|name| named(&members, name));
                }
                _ => self.text.extend_from_slice(b"null"),
            }
        }
    }

    fn push_list(&mut self, fields: &[AnswerField], elements: &[Members<'_>]) {
        self.text.push(b'[');
        for (position, element) in elements.iter().enumerate() {
            if position > 0 {
                self.text.push(b',');
            }
            self.push_object(fields, &|name| named(element, name));
        }
        self.text.push(b']');
    }

    fn push_text(&mut self, text: &str) {
        if is_plain(text) {
            self.push_plain(text.as_bytes());
        } else {
            // A string always serialises.
            self.text.extend_from_slice(&serde_json::to_vec(text).unwrap_or_default());
        }
    }

    fn push_plain(&mut self, text: &[u8]) {
        self.text.reserve(text.len() + 2);
        self.text.push(b'"');
        self.text.extend_from_slice(text);
        self.text.push(b'"');
    }
}

/// Whether a text is its own JSON but for the quotes.
pub(crate) fn is_plain(text: &str) -> bool {
    const WORD: usize = size_of::<u64>();
    let bytes = text.as_bytes();
    let Some(last) = bytes.last_chunk::<WORD>() else {
        return !bytes.iter().any(|byte| *byte < b' ' || matches!(byte, b'"' | b'\\'));
    };
    // The last word may overlap the one before it.
    let words = bytes.chunks_exact(WORD).filter_map(|word| word.first_chunk::<WORD>());
    words.fold(odd(*last), |sum, word| sum | odd(*word)) == 0
}

/// Not zero when a byte of a word is a control character, a quotation mark or a backslash.
fn odd(word: [u8; 8]) -> u64 {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    let word = u64::from_ne_bytes(word);
    // The highest bit of a byte that is below the limit, or of one after it.
    let below = |word: u64, limit: u8| word.wrapping_sub(ONES * u64::from(limit)) & !word & (ONES << 7);
    let is = |byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
    below(word, b' ') | is(b'"') | is(b'\\')
}

/// The amounts that field tables call numbers and samples print as strings.
const AMOUNTS: [&str; 3] = ["amount", "refundAmount", "voidAmount"];

fn named<'a>(members: &Members<'a>, name: &str) -> Value<'a> {
    let found = members.iter().find(|(candidate, _)| *candidate == name);
    found.map_or(Value::Nothing, |(_, value)| value.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_plain_when_all_of_json_would_only_quote_it() {
        for length in 0..20 {
            let plain = "aä~ z0".chars().cycle().take(length).collect::<String>();
            assert!(is_plain(&plain), "{plain}");
            for place in 0..=length {
                for odd in (0..0x30u8).chain(0x50..0x80).map(char::from).chain(['é', '€', '\u{80}']) {
                    let text: String =
                        plain.chars().take(place).chain([odd]).chain(plain.chars().skip(place)).collect();
                    let is_only_quoted = serde_json::to_string(&text).unwrap() == format!("\"{text}\"");
                    assert_eq!(is_plain(&text), is_only_quoted, "{text:?}");
                }
            }
        }
    }
}
