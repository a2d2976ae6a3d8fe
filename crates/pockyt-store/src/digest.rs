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
        let mut hasher = Sha256::new_with_prefix("pockyt-content-2");
        if is_canonical(fields) {
            for (name, value) in fields {
                for part in [name, "=", value, "&"] {
                    hasher.update(part);
                }
            }
        } else {
            let pairs: Vec<(&str, &str)> = fields.iter().collect();
            hasher.update(algorithm::canonical_text(&pairs));
        }
        Self(hasher.finalize().into())
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

/// Whether the signed text has these fields as they come. Many senders write them in that order, and then no
/// text needs to be made.
fn is_canonical(fields: &Fields<'_>) -> bool {
    let names = || fields.iter().map(|(name, _)| name);
    names().is_sorted_by(|a, b| a < b) && names().all(|name| name != VERIFY_SIGN)
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

    use super::*;

    /// Stores hold these for ever. They were computed by another program.
    #[test]
    fn the_digest_of_a_message_is_what_it_always_was_in_whatever_order_it_is_written() {
        let fields = [
            ("amount", "13.00"),
            ("currency", "USD"),
            ("note", "a b"),
            ("status", "success"),
            ("transactionNo", "297553636764407286"),
        ];
        let key = SigningKey::from_any_text("not-a-real-token");
        let signature = algorithm::signature(&fields, &key);
        for turn in 0..fields.len() {
            let (end, start) = fields.split_at(turn);
            let mut body = format!("verifySign={}", signature.as_str());
            for (name, value) in start.iter().chain(end) {
                body.push_str(&format!("&{name}={}", value.replace(' ', "+")));
            }
            let Ok(Received::Verified(message)) = Verifier::new(key.clone()).form(body.as_bytes()) else {
                unreachable!("it is signed, and clean")
            };
            let digest = ContentDigest::of(message.fields());
            assert_eq!(
                digest.to_string(),
                "35ce45a30583012d4eab6b227be2d3f615e65417074936c98e693c69cfa000fc",
                "{body}"
            );
        }
    }
}
