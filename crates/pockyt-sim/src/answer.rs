//! Writes the bodies of answers, in the order and form that the catalogue says.

use std::borrow::Cow;

use crate::catalogue::{Answer, AnswerField, Form, Holds, Layout, Member};
use crate::money::Amount;
use crate::number::Number;
use crate::pieces::Pieces;
use crate::short::Short;
use crate::words::{is_plain, quoted_if_plain};

/// What an operation has to say about one field.
#[derive(Clone)]
pub(crate) enum Value<'a> {
    /// An amount in a currency, as [`Amount::text`] has it.
    Amount(Amount, &'a str),
    /// Nothing: the field is `null`, or left out where the catalogue says so.
    Nothing,
    /// The number of an order or a refund.
    Number(Number),
    /// A short text with nothing to be escaped.
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
    Object(&'c dyn Fn(&AnswerField) -> Value<'a>),
    /// A list of objects.
    List(Vec<Members<'a>>),
}

impl Value<'_> {
    /// The text of what is one.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Number(number) => Some(number),
            Self::Short(text) => Some(text.as_str()),
            Self::Text(text) => Some(text),
            Self::Word(text) => Some(text),
            Self::Amount(..) | Self::Nothing | Self::List(_) | Self::Object(_) => None,
        }
    }
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
    pub(crate) fn success<'a>(self, answer: &Answer, value: impl Fn(&AnswerField) -> Value<'a>) -> Vec<u8> {
        self.write(answer, &Content::Object(&value), &value)
    }

    /// A success whose envelope holds a list.
    pub(crate) fn success_list<'a>(
        self,
        answer: &Answer,
        elements: Vec<Members<'a>>,
        beside: impl Fn(&AnswerField) -> Value<'a>,
    ) -> Vec<u8> {
        self.write(answer, &Content::List(elements), &beside)
    }

    fn write<'a>(
        self,
        answer: &Answer,
        content: &Content<'_, 'a>,
        beside: &dyn Fn(&AnswerField) -> Value<'a>,
    ) -> Vec<u8> {
        let mut body = Body::new(self);
        let start = body.text.len();
        if answer.layout == Layout::MessageCodeFirst {
            body.push_message(answer);
            body.push_code();
        }
        body.push_content(answer, content);
        if answer.layout == Layout::MessageCode {
            body.push_message(answer);
        }
        body.push_fields(answer.beside, beside);
        match answer.layout {
            Layout::CodeMessage => {
                body.push_code();
                body.push_message(answer);
            }
            Layout::MessageCode => body.push_code(),
            Layout::MessageCodeFirst => {}
        }
        body.close(start);
        body.text.into_bytes()
    }
}

/// A refusal.
pub(crate) fn refusal(code: &str, message_key: &str, message: &str) -> Vec<u8> {
    object(&[("ret_code", code), (message_key, message)])
}

/// A JSON object of texts.
pub(crate) fn object_of_texts(members: &[(&str, &str)]) -> String {
    // It is made of texts.
    String::from_utf8(object(members)).unwrap_or_default()
}

fn object(members: &[(&str, &str)]) -> Vec<u8> {
    let mut body = Body::new(Style::default());
    let start = body.text.len();
    for (name, text) in members {
        body.push_name(name);
        body.push_text(text);
    }
    body.close(start);
    body.text.into_bytes()
}

/// Most answers are shorter.
const USUAL_LENGTH: usize = 640;
const RET_MSG: Member = Member::named("ret_msg");

/// A text of JSON. Each member of an object is written with a comma before it, and that of the first becomes the
/// brace when the object is closed.
struct Body {
    text: Pieces,
    style: Style,
}

impl Body {
    fn new(style: Style) -> Self {
        Self { text: Pieces::with_room(USUAL_LENGTH), style }
    }

    fn push_name(&mut self, name: &str) {
        // Names are words of ours, without anything to escape.
        self.text.push_byte(b',');
        self.text.push_quoted(name.as_bytes());
        self.text.push_byte(b':');
    }

    #[inline]
    fn push_member(&mut self, member: &Member) {
        self.text.push_beginning(&member.text, member.length);
    }

    /// Ends the object that began here.
    fn close(&mut self, start: usize) {
        if self.text.len() == start {
            self.text.push_byte(b'{');
        }
        self.text.replace(start, b'{');
        self.text.push_byte(b'}');
    }

    fn push_code(&mut self) {
        const CODE: &[u8; 20] = b",\"ret_code\":\"000100\"";
        self.text.push_beginning(CODE, CODE.len());
    }

    fn push_message(&mut self, answer: &Answer) {
        if !answer.message.is_empty() {
            self.push_member(&RET_MSG);
            // A word of ours, as names are.
            self.text.push_quoted(answer.message.as_bytes());
        }
    }

    fn push_content(&mut self, answer: &Answer, content: &Content<'_, '_>) {
        let is_beside = answer.envelope.is_empty();
        if !is_beside {
            self.push_member(&answer.envelope_member);
        }
        match (answer.holds, content) {
            (Holds::Object, Content::Object(value)) if is_beside => self.push_fields(answer.fields, *value),
            (Holds::Object, Content::Object(value)) => self.push_object(answer.fields, *value),
            (_, Content::List(elements)) => self.push_list(answer.fields, elements),
            (Holds::List, Content::Object(_)) => self.text.push(b"[]"),
        }
    }

    fn push_object<'a>(&mut self, fields: &[AnswerField], value: &dyn Fn(&AnswerField) -> Value<'a>) {
        let start = self.text.len();
        self.push_fields(fields, value);
        self.close(start);
    }

    fn push_fields<'a>(&mut self, fields: &[AnswerField], value: &dyn Fn(&AnswerField) -> Value<'a>) {
        for field in fields {
            let value = if matches!(field.form, Form::Null) { Value::Nothing } else { value(field) };
            if field.optional && matches!(value, Value::Nothing) {
                continue;
            }
            self.push_member(&field.member);
            let is_number = matches!(field.form, Form::Number)
                || (self.style.amounts_are_numbers && AMOUNTS.contains(&field.name));
            match value {
                Value::Amount(amount, currency) => {
                    let text = &mut self.text;
                    amount.write(currency, |length| {
                        if is_number { text.place(length) } else { text.quoted_place(length) }
                    });
                }
                Value::Number(number) if is_number => self.text.push(number.digits()),
                Value::Number(number) => {
                    self.text.push_quoted_beginning(number.digits(), number.digits().len());
                }
                Value::Short(text) if is_number => self.text.push(text.as_bytes()),
                Value::Short(text) => self.text.push_quoted_beginning(text.room(), text.as_bytes().len()),
                Value::Word(text) if is_number => self.text.push(text.as_bytes()),
                Value::Word(text) => self.text.push_quoted(text.as_bytes()),
                Value::Text(literal) if is_number => self.text.push(literal.as_bytes()),
                Value::Text(text) => self.push_text(&text),
                Value::List(elements) => match field.form {
                    Form::List(fields) => self.push_list(fields, &elements),
                    _ => self.text.push(b"null"),
                },
                Value::Object(members) => match field.form {
                    Form::Object(fields) => self.push_object(fields, &|field| named(&members, field.name)),
                    _ => self.text.push(b"null"),
                },
                Value::Nothing => self.text.push(b"null"),
            }
        }
    }

    fn push_list(&mut self, fields: &[AnswerField], elements: &[Members<'_>]) {
        self.text.push_byte(b'[');
        for (position, element) in elements.iter().enumerate() {
            if position > 0 {
                self.text.push_byte(b',');
            }
            self.push_object(fields, &|field| named(element, field.name));
        }
        self.text.push_byte(b']');
    }

    #[inline]
    fn push_text(&mut self, text: &str) {
        match quoted_if_plain(text) {
            Some(quoted) => self.text.push_beginning(&quoted, text.len() + 2),
            None => self.push_any_text(text),
        }
    }

    #[inline(never)]
    fn push_any_text(&mut self, text: &str) {
        if is_plain(text) {
            self.text.push_quoted(text.as_bytes());
        } else {
            // A string always serialises.
            self.text.push(&serde_json::to_vec(text).unwrap_or_default());
        }
    }
}

/// The amounts that field tables call numbers and samples print as strings.
const AMOUNTS: [&str; 3] = ["amount", "refundAmount", "voidAmount"];

fn named<'a>(members: &Members<'a>, name: &str) -> Value<'a> {
    let found = members.iter().find(|(candidate, _)| *candidate == name);
    found.map_or(Value::Nothing, |(_, value)| value.clone())
}

#[cfg(test)]
mod tests {
    use crate::catalogue::operations;

    use super::*;

    fn is_its_own_json(text: &str) -> bool {
        serde_json::to_string(text).unwrap() == format!("\"{text}\"")
    }

    fn names(fields: &[AnswerField]) -> Vec<&'static str> {
        let of = |field: &AnswerField| match field.form {
            Form::List(fields) | Form::Object(fields) => [vec![field.name], names(fields)].concat(),
            _ => vec![field.name],
        };
        fields.iter().flat_map(of).collect()
    }

    #[test]
    fn what_is_written_unchecked_has_nothing_to_escape() {
        for answer in operations().iter().flat_map(|operation| operation.answers) {
            let words = [names(answer.fields), names(answer.beside), vec![answer.envelope, answer.message]];
            for word in words.concat() {
                assert!(is_its_own_json(word), "{word}");
            }
        }
    }

    #[test]
    fn what_is_refused_is_escaped_where_it_has_to_be() {
        for message in ["data error : reference", "a\"b", "\\", "\n", "é"] {
            let body = refusal("000021", "ret_msg", message);
            let members: serde_json::Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(members["ret_msg"], message);
        }
    }
}
