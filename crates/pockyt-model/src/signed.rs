//! From a typed request to the bytes on the wire.

use std::borrow::Cow;

use pockyt_sign::{SigningKey, VERIFY_SIGN, send};

use crate::{Merchant, Operation, Params};

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
    /// `extra` is for fields this crate does not know; a name it does know is refused as repeated.
    ///
    /// # Errors
    ///
    /// The sending policy of pockyt-sign refused a parameter; only `extra` can make that happen.
    pub fn new<O: Operation>(
        operation: &'a O,
        merchant: &'a Merchant,
        extra: &'a [(String, String)],
        key: &SigningKey,
    ) -> Result<Self, send::Refusal> {
        let mut params = Params::with_capacity(16);
        operation.write_params(&mut params);
        merchant.write(&mut params);
        for (name, value) in extra {
            params.push(name.as_str(), value.as_str());
        }
        params.sort();
        let signature = send::sign(params.pairs(), key)?;
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

/// A JSON string. Most texts need no escape, which is seen eight bytes at a time.
fn quote(text: &str, json: &mut String) {
    if needs_escape(text.as_bytes()) {
        // A string always serialises.
        json.push_str(&serde_json::to_string(text).unwrap_or_default());
    } else {
        json.push('"');
        json.push_str(text);
        json.push('"');
    }
}

/// Whether there is a control character, a quote or a backslash.
fn needs_escape(text: &[u8]) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let below = |word: u64, least: u8| word.wrapping_sub(ONES * u64::from(least)) & !word & HIGH;
    let mut words = text.chunks_exact(8);
    let mut found = 0;
    for word in words.by_ref() {
        let word = u64::from_le_bytes(word.try_into().unwrap_or_default());
        found |= below(word, b' ')
            | below(word ^ (ONES * u64::from(b'"')), 1)
            | below(word ^ (ONES * u64::from(b'\\')), 1);
    }
    found != 0 || words.remainder().iter().any(|b| *b < b' ' || *b == b'"' || *b == b'\\')
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
