//! From a typed request to the bytes on the wire.

use std::borrow::Cow;
use std::fmt;

use pockyt_sign::{SigningKey, VERIFY_SIGN, is_plain_name, reads_as_another_field, send};

use crate::{Merchant, Operation, OperationSpec, Params, json};

/// A request with its signature: the pairs that were signed are the pairs that are sent.
///
/// `Debug` shows the parameters' names only.
#[derive(Clone, Debug)]
pub struct SignedRequest<'a> {
    path: &'a str,
    params: Params<'a>,
}

impl<'a> SignedRequest<'a> {
    /// Writes the operation's parameters, adds the merchant's and `extra`, orders them by name and
    /// signs them.
    ///
    /// `extra` is for fields that the operation does not know: those it does know go through its own setters,
    /// which check them.
    ///
    /// # Errors
    ///
    /// [`RequestError`]. Only `extra` and the fields of a [`Raw`](crate::operation::Raw) call can make that
    /// happen.
    pub fn new<O: Operation>(
        operation: &'a O,
        merchant: &'a Merchant,
        extra: &'a [(String, String)],
        key: &SigningKey,
    ) -> Result<Self, RequestError> {
        check_extra(&O::SPEC, extra)?;
        let mut params = Params::with_capacity(16);
        operation.write_params(&mut params);
        merchant.write(&mut params);
        for (name, value) in extra {
            params.push(name.as_str(), value.as_str());
        }
        params.sort();
        let ambiguous = |(name, value): &&(Cow<'_, str>, Cow<'_, str>)| is_ambiguous(name, value);
        if let Some((name, _)) = params.pairs().iter().find(ambiguous) {
            return Err(RequestError::Ambiguous(shown(name)));
        }
        let signature = send::sign(params.pairs(), key).map_err(RequestError::Sending)?;
        params.push(VERIFY_SIGN, signature.as_str().to_owned());
        Ok(Self { path: operation.path(), params })
    }

    /// The path below the base URL.
    pub fn path(&self) -> &'a str {
        self.path
    }

    /// The pairs, `verifySign` last.
    pub fn pairs(&self) -> &[(Cow<'a, str>, Cow<'a, str>)] {
        self.params.pairs()
    }

    /// The body as a JSON object whose values are all strings (`application/json`).
    pub fn to_json(&self) -> String {
        let size: usize = self.pairs().iter().map(|(name, value)| name.len() + value.len() + 6).sum();
        let mut json = String::with_capacity(size + 2);
        let mut before = "{\"";
        for (name, value) in self.pairs() {
            // Names were judged when they were signed: nothing in them needs an escape.
            json.push_str(before);
            json.push_str(name);
            json.push_str("\":");
            quote(value, &mut json);
            before = ",\"";
        }
        json.push('}');
        json
    }

    /// The body as form fields (`application/x-www-form-urlencoded`).
    pub fn to_form(&self) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(self.pairs());
        form.finish()
    }
}

/// Whether these fields may be added to a request of this operation: none of them is one of its own, and
/// none has a value that could be read as another field (URLs excepted).
///
/// # Errors
///
/// [`RequestError::KnownField`] or [`RequestError::Ambiguous`].
pub fn check_extra(operation: &OperationSpec, extra: &[(String, String)]) -> Result<(), RequestError> {
    for (name, value) in extra {
        if operation.field(name).is_some() {
            return Err(RequestError::KnownField(shown(name)));
        }
        if is_ambiguous(name, value) {
            return Err(RequestError::Ambiguous(shown(name)));
        }
    }
    Ok(())
}

/// Pockyt echoes free text in notifications, whose signed text is not escaped: `x&amount=1` there could be
/// read as an amount. URLs with such a query are ordinary, and are named as such.
fn is_ambiguous(name: &str, value: &str) -> bool {
    let is_url = name.ends_with("Url") && (value.starts_with("https://") || value.starts_with("http://"));
    !is_url && reads_as_another_field(value)
}

/// A name that is one; anything else is not repeated.
fn shown(name: &str) -> String {
    if is_plain_name(name) && name.len() <= 64 { name.to_owned() } else { "a field".to_owned() }
}

/// A request that may not be signed. It repeats no value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestError {
    /// The value of this field could be read as another field.
    Ambiguous(String),
    /// This field is one of the operation's own: set it there.
    KnownField(String),
    /// The sending policy refused a parameter.
    Sending(send::Refusal),
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ambiguous(name) => write!(f, "the value of {name} could be read as another field"),
            Self::KnownField(name) => write!(f, "{name} is one of the request's own fields: set it there"),
            Self::Sending(refusal) => write!(f, "{refusal}"),
        }
    }
}

impl std::error::Error for RequestError {}

/// A JSON string. Most texts need no escape, which is seen eight bytes at a time.
fn quote(text: &str, to: &mut String) {
    if json::plain_until(text.as_bytes(), 0) < text.len() {
        // A string always serialises.
        to.push_str(&serde_json::to_string(text).unwrap_or_default());
    } else {
        to.push('"');
        to.push_str(text);
        to.push('"');
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::quote;

    proptest! {
        /// Quotes as serde_json does, wherever in a word of eight bytes an escape is due.
        #[test]
        fn texts_are_quoted_as_json_wants(text in "[ -~\"\\\\\u{0}-\u{1f}\u{7f}é😀]{0,40}") {
            let mut json = String::new();
            quote(&text, &mut json);
            prop_assert_eq!(json, serde_json::to_string(&text).unwrap());
        }
    }

    #[test]
    fn every_byte_at_every_place_of_a_word_is_judged() {
        for place in 0..9 {
            for byte in 0..=0x7f_u8 {
                let mut text = "abcdefghi".to_owned();
                text.replace_range(place..=place, &char::from(byte).to_string());
                let mut json = String::new();
                quote(&text, &mut json);
                assert_eq!(json, serde_json::to_string(&text).unwrap(), "{byte} at {place}");
            }
        }
    }
}
