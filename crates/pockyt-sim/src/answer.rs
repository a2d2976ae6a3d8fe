//! Writes the bodies of answers, in the order and form that the catalogue says.

use crate::catalogue::{Answer, AnswerField, Form};

/// What an operation has to say about one field.
#[derive(Clone)]
pub(crate) enum Value {
    /// Nothing: the field is `null`, or left out where the catalogue says so.
    Nothing,
    /// A text; in a field of form number its characters are the number.
    Text(String),
    /// The elements of a list, each a list of values by name.
    List(Vec<Vec<(&'static str, Value)>>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Nothing, Into::into)
    }
}

/// A success with the fields of `answer`, each asked from `value`.
pub(crate) fn success(answer: &Answer, value: impl Fn(&str) -> Value) -> Vec<u8> {
    let mut body = String::from("{");
    push_name(&mut body, answer.envelope);
    push_object(&mut body, answer.fields, &value);
    let code = r#","ret_code":"000100""#;
    if !answer.message_first {
        body.push_str(code);
    }
    body.push(',');
    push_name(&mut body, "ret_msg");
    push_text(&mut body, answer.message);
    if answer.message_first {
        body.push_str(code);
    }
    body.push('}');
    body.into_bytes()
}

/// A refusal.
pub(crate) fn refusal(code: &str, message_key: &str, message: &str) -> Vec<u8> {
    let mut body = String::from("{");
    push_name(&mut body, "ret_code");
    push_text(&mut body, code);
    body.push(',');
    push_name(&mut body, message_key);
    push_text(&mut body, message);
    body.push('}');
    body.into_bytes()
}

fn push_object(body: &mut String, fields: &[AnswerField], value: &dyn Fn(&str) -> Value) {
    body.push('{');
    let mut first = true;
    for field in fields {
        let value = if field.form == Form::Null { Value::Nothing } else { value(field.name) };
        if field.optional && matches!(value, Value::Nothing) {
            continue;
        }
        if !first {
            body.push(',');
        }
        first = false;
        push_name(body, field.name);
        push_value(body, field.form, value);
    }
    body.push('}');
}

fn push_value(body: &mut String, form: Form, value: Value) {
    match (form, value) {
        (Form::Number, Value::Text(literal)) => body.push_str(&literal),
        (_, Value::Text(text)) => push_text(body, &text),
        (Form::List(fields), Value::List(elements)) => {
            body.push('[');
            for (position, element) in elements.iter().enumerate() {
                if position > 0 {
                    body.push(',');
                }
                push_object(body, fields, &|name| {
                    let found = element.iter().find(|(candidate, _)| *candidate == name);
                    found.map_or(Value::Nothing, |(_, value)| value.clone())
                });
            }
            body.push(']');
        }
        _ => body.push_str("null"),
    }
}

fn push_name(body: &mut String, name: &str) {
    push_text(body, name);
    body.push(':');
}

fn push_text(body: &mut String, text: &str) {
    // A string always serialises.
    body.push_str(&serde_json::to_string(text).unwrap_or_default());
}
