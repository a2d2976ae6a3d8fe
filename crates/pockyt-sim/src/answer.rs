//! Writes the bodies of answers, in the order and form that the catalogue says.

use std::borrow::Cow;

use crate::catalogue::{Answer, AnswerField, Form, Holds, Layout};
use crate::money::Amount;

/// What an operation has to say about one field.
#[derive(Clone)]
pub(crate) enum Value<'a> {
    /// An amount in a currency, as [`Amount::text`] has it.
    Amount(Amount, &'a str),
    /// Nothing: the field is `null`, or left out where the catalogue says so.
    Nothing,
    /// A text; in a field of form number its characters are the number.
    Text(Cow<'a, str>),
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
        let mut body = Body { text: String::with_capacity(USUAL_LENGTH), style: self };
        body.text.push('{');
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
        body.text.push('}');
        body.text.into_bytes()
    }
}

/// A refusal.
pub(crate) fn refusal(code: &str, message_key: &str, message: &str) -> Vec<u8> {
    let mut body = Body { text: String::from("{"), style: Style::default() };
    body.member("ret_code");
    body.push_text(code);
    body.member(message_key);
    body.push_text(message);
    body.text.push('}');
    body.text.into_bytes()
}

/// A JSON object of texts.
pub(crate) fn object_of_texts(members: &[(&str, &str)]) -> String {
    let mut body = Body { text: String::from("{"), style: Style::default() };
    for (name, text) in members {
        body.member(name);
        body.push_text(text);
    }
    body.text.push('}');
    body.text
}

/// Most answers are shorter.
const USUAL_LENGTH: usize = 640;

struct Body {
    text: String,
    style: Style,
}

impl Body {
    /// The name of the next member of the object that is open.
    fn member(&mut self, name: &str) {
        // Names are words of ours, without anything to escape.
        self.text.push_str(if self.text.ends_with('{') { "\"" } else { ",\"" });
        self.text.push_str(name);
        self.text.push_str("\":");
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
            (Holds::List, Content::Object(_)) => self.text.push_str("[]"),
        }
    }

    fn push_object<'a>(&mut self, fields: &[AnswerField], value: &dyn Fn(&str) -> Value<'a>) {
        self.text.push('{');
        self.push_fields(fields, value);
        self.text.push('}');
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
                (_, Value::Amount(amount, currency)) => {
                    let quote = if is_number { "" } else { "\"" };
                    self.text.push_str(quote);
                    amount.write(currency, &mut self.text);
                    self.text.push_str(quote);
                }
                (_, Value::Text(literal)) if is_number => self.text.push_str(&literal),
                (_, Value::Text(text)) => self.push_text(&text),
                (Form::List(fields), Value::List(elements)) => self.push_list(fields, &elements),
                (Form::Object(fields), Value::Object(members)) => {
                    self.push_object(fields, &|name| named(&members, name));
                }
                _ => self.text.push_str("null"),
            }
        }
    }

    fn push_list(&mut self, fields: &[AnswerField], elements: &[Members<'_>]) {
        self.text.push('[');
        for (position, element) in elements.iter().enumerate() {
            if position > 0 {
                self.text.push(',');
            }
            self.push_object(fields, &|name| named(element, name));
        }
        self.text.push(']');
    }

    fn push_text(&mut self, text: &str) {
        if is_plain(text) {
            self.text.push('"');
            self.text.push_str(text);
            self.text.push('"');
        } else {
            // A string always serialises.
            self.text.push_str(&serde_json::to_string(text).unwrap_or_default());
        }
    }
}

/// Whether a text is its own JSON but for the quotes. Without an early end, so that the loop is wide.
fn is_plain(text: &str) -> bool {
    let is_odd = |byte: u8| byte < b' ' || byte == b'"' || byte == b'\\';
    text.bytes().fold(0, |odd, byte| odd | u8::from(is_odd(byte))) == 0
}

/// The amounts that field tables call numbers and samples print as strings.
const AMOUNTS: [&str; 3] = ["amount", "refundAmount", "voidAmount"];

fn named<'a>(members: &Members<'a>, name: &str) -> Value<'a> {
    let found = members.iter().find(|(candidate, _)| *candidate == name);
    found.map_or(Value::Nothing, |(_, value)| value.clone())
}
