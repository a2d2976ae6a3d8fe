//! What tells apart messages that cannot be told apart by their meaning.

use std::fmt;

use pockyt_sign::Fields;
use sha2::{Digest, Sha256};

/// SHA-256 over the signed fields of a message, whatever they mean.
///
/// Over the fields, not over the bytes: one signed message can be written in any number of ways
/// (escapes, stray separators, unsigned empty fields), and each would otherwise fill another record.
/// The order of the fields does not matter, since the signature does not cover it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentDigest([u8; 32]);

impl ContentDigest {
    /// The digest of these fields.
    pub fn of(fields: &Fields<'_>) -> Self {
        let mut pairs: Vec<(&str, &str)> = fields.iter().collect();
        pairs.sort_unstable();
        let mut hasher = Sha256::new_with_prefix("pockyt-content-1");
        for text in pairs.iter().flat_map(|(name, value)| [name, value]) {
            // Length-prefixed as 64 bits, so that no two lists of fields run together alike.
            hasher.update((text.len() as u64).to_be_bytes());
            hasher.update(text);
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
