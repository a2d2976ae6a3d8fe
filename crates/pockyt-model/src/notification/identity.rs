//! When two deliveries are of one notification.

use std::fmt;

use pockyt_sign::Fields;
use sha2::{Digest, Sha256};

use super::NotificationKind;

/// Says which deliveries are of one notification.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DedupeKey(String);

impl DedupeKey {
    /// The kind, what it is about, and what tells it from others about the same.
    pub(super) fn of(kind: NotificationKind, parts: &[&str]) -> Self {
        let mut key = String::from(kind.as_str());
        for part in parts {
            key.push('/');
            key.push_str(part);
        }
        Self(key)
    }

    /// A readable text, for records and logs: it holds identifiers, a status or a time, and a hash only, each
    /// of a checked form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DedupeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// SHA-256 over what deliveries of one notification must agree on: the required fields of its kind,
/// normalised, so that `13` and `13.00` are the same and another `time` or `note` does not matter. The first
/// part is a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    pub(super) fn over<'a>(kind: NotificationKind, parts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut hasher = Sha256::new();
        for part in ["pockyt-fingerprint-1", kind.as_str()].into_iter().chain(parts) {
            // Length-prefixed, so that no two lists of parts run together alike; 64 bits on every machine.
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        Self(hasher.finalize().into())
    }

    /// Over all signed fields by name, for kinds whose required fields no source states.
    pub(super) fn over_all(kind: NotificationKind, fields: &Fields<'_>) -> Self {
        let mut pairs: Vec<(&str, &str)> = fields.iter().collect();
        pairs.sort_unstable();
        Self::over(kind, pairs.into_iter().flat_map(|(name, value)| [name, value]))
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// 64 lower-case hex digits.
    pub(super) fn to_hex(self) -> String {
        use fmt::Write as _;
        self.0.iter().fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}
