//! What tells apart messages that cannot be told apart by their meaning.

use std::fmt;

use pockyt_sign::{Fields, VERIFY_SIGN, algorithm};
use sha2::{Digest, Sha256};

/// SHA-256 over the signed text of a message, whatever it means.
///
/// Over [`algorithm::canonical_text`], which is what the signature covers: one signed text can be
/// written in any number of ways (order, escapes, stray separators, unsigned empty fields) and cut into
/// fields in many (`{a: "1&b=2"}` and `{a: "1", b: "2"}` sign alike). Whoever has seen one message can
/// make all of these without the key, and each would otherwise fill another record.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentDigest([u8; 32]);

impl ContentDigest {
    /// The digest of the text of these fields, which are those that were signed.
    pub fn of(fields: &Fields<'_>) -> Self {
        Self::of_received(fields, b"")
    }

    /// The same for fields that came in this body. Many senders write the signed text as it is, with the
    /// signature after it, and then no text needs to be made.
    pub(crate) fn of_received(fields: &Fields<'_>, body: &[u8]) -> Self {
        if let Some(text) = text_in(body, fields) {
            return Self::of_text(text);
        }
        let pairs: Vec<(&str, &str)> = fields.iter().collect();
        Self::of_text(algorithm::canonical_text(&pairs).as_bytes())
    }

    /// The digest of a signed text.
    pub(crate) fn of_text(text: &[u8]) -> Self {
        Self(Sha256::new_with_prefix("pockyt-content-2").chain_update(text).finalize().into())
    }

    /// From the 32 bytes, as a store kept them.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The signed text of these fields, where a body begins with it.
pub(crate) fn text_in<'b>(body: &'b [u8], fields: &Fields<'_>) -> Option<&'b [u8]> {
    let (mut end, mut last) = (0, "");
    for (name, value) in fields {
        let name_end = end_of(body, end, name, b'=')?;
        end = end_of(body, name_end, value, b'&')?;
        if !precedes(last, name) || name == VERIFY_SIGN {
            return None;
        }
        last = name;
    }
    body.get(..end)
}

/// Whether the names are in the signed order. Most names differ in their first letter already.
fn precedes(one: &str, other: &str) -> bool {
    let first = |name: &str| name.as_bytes().first().copied();
    (first(one), one) < (first(other), other)
}

/// Where a part of the text that begins here ends, with what follows it.
fn end_of(body: &[u8], start: usize, part: &str, then: u8) -> Option<usize> {
    let end = start + part.len();
    let here = body.get(start..end)?;
    // Fields that were read from this very body are where they were read, and need not be compared.
    let is_here = std::ptr::eq(here, part.as_bytes()) || here == part.as_bytes();
    (is_here && body.get(end) == Some(&then)).then_some(end + 1)
}

impl fmt::Display for ContentDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ContentDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentDigest({self})")
    }
}

#[cfg(test)]
mod tests {
    use pockyt_sign::{Received, SigningKey, Verifier};
    use proptest::prelude::*;

    use super::*;

    /// A form of these fields in this order, with the signature before them and after them.
    fn bodies(fields: &[(&str, &str)]) -> [String; 2] {
        let signature = algorithm::signature(fields, &SigningKey::from_any_text("not-a-real-token"));
        let escaped =
            |value: &str| value.replace('%', "%25").replace('&', "%26").replace('+', "%2B").replace(' ', "+");
        let fields: Vec<_> =
            fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
        let (fields, signature) = (fields.join("&"), format!("verifySign={signature}"));
        [format!("{signature}&{fields}"), format!("{fields}&{signature}")]
    }

    fn digest(body: &str) -> ContentDigest {
        let verifier = Verifier::new(SigningKey::from_any_text("not-a-real-token"));
        match verifier.form(body.as_bytes()) {
            Ok(Received::Verified(message)) => ContentDigest::of_received(message.fields(), body.as_bytes()),
            Ok(Received::Ambiguous(message)) => {
                ContentDigest::of_received(message.unconfirmed_fields(), body.as_bytes())
            }
            Err(rejection) => unreachable!("it is signed: {rejection}"),
        }
    }

    /// Stores hold these for ever. They were computed by another program.
    #[test]
    fn the_digest_of_a_message_is_what_it_always_was_in_whatever_way_it_is_written() {
        let rows = [
            ("a b", "35ce45a30583012d4eab6b227be2d3f615e65417074936c98e693c69cfa000fc"),
            ("a=b", "5c382289c3be901c05484f26f955f80408699a083b9ca376def05b3286f06541"),
        ];
        for (note, expected) in rows {
            let fields = [
                ("amount", "13.00"),
                ("currency", "USD"),
                ("note", note),
                ("status", "success"),
                ("transactionNo", "297553636764407286"),
            ];
            for turn in 0..fields.len() {
                let mut turned = fields;
                turned.rotate_left(turn);
                for body in bodies(&turned) {
                    assert_eq!(digest(&body).to_string(), expected, "{body}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn the_body_is_only_another_way_to_the_text(
            values in proptest::collection::vec("[a&= %+]{0,4}", 1..5),
            turn in 0..5_usize,
        ) {
            let mut fields: Vec<(&str, &str)> = ["a", "b", "c", "d"].into_iter().zip(values.iter().map(String::as_str)).collect();
            let text = algorithm::canonical_text(&fields);
            let expected = Sha256::new_with_prefix("pockyt-content-2").chain_update(text).finalize();
            let places = fields.len();
            fields.rotate_left(turn % places);
            for body in bodies(&fields) {
                prop_assert_eq!(digest(&body), ContentDigest(expected.into()), "{}", body);
            }
        }
    }
}
