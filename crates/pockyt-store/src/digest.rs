//! What tells apart messages that cannot be told apart by their meaning.

use std::fmt;

use pockyt_sign::{Fields, algorithm};
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
        let pairs: Vec<(&str, &str)> = fields.iter().collect();
        let hasher = Sha256::new_with_prefix("pockyt-content-2");
        Self(hasher.chain_update(algorithm::canonical_text(&pairs)).finalize().into())
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
