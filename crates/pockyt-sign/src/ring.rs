//! Several keys at once, while a token is being replaced.

use alloc::string::String;
use alloc::vec::Vec;

use crate::SigningKey;

/// The keys with which messages may be signed: the present one, and retired ones until they expire.
///
/// Pockyt says nothing about how long it goes on signing with an old token, so keep one for the two
/// hours of resends and for as long as messages recorded before are still to be handled, and no longer:
/// somebody may have been the reason for replacing it.
///
/// ```
/// use pockyt_sign::{ApiToken, KeyRing, Received, SigningKey, algorithm};
///
/// let key = |token| Ok::<_, pockyt_sign::TokenError>(SigningKey::new(&ApiToken::new(token)?));
/// let switched = 1_767_225_600_000;
/// let ring = KeyRing::new("2026", key("new token")?).with_retired("2025", key("old token")?, switched + 7_200_000);
///
/// let signature = algorithm::signature(&[("a", "1")], &key("old token")?);
/// let body = format!("a=1&verifySign={signature}");
/// let Received::Verified(message) = ring.form(body.as_bytes(), switched)? else { panic!() };
/// assert_eq!(ring.label(message.key()), Some("2025"));
/// assert!(ring.form(body.as_bytes(), switched + 7_200_000).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct KeyRing {
    keys: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    label: String,
    key: SigningKey,
    until: Option<u64>,
}

impl KeyRing {
    /// A ring with the present key, which does not expire. The label is for records: it is shown, so it
    /// must not be the token.
    pub fn new(label: impl Into<String>, key: SigningKey) -> Self {
        Self { keys: Vec::from([Entry { label: label.into(), key, until: None }]) }
    }

    /// Adds a key that is valid before `until`, in milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn with_retired(mut self, label: impl Into<String>, key: SigningKey, until: u64) -> Self {
        self.keys.push(Entry { label: label.into(), key, until: Some(until) });
        self
    }

    /// The label of the key that matched.
    pub fn label(&self, key: usize) -> Option<&str> {
        self.keys.get(key).map(|entry| entry.label.as_str())
    }

    /// Whether one of the keys belongs to a sandbox token that Pockyt publishes.
    pub fn has_published_sandbox_key(&self) -> bool {
        self.keys.iter().any(|entry| entry.key.is_published_sandbox())
    }

    pub(crate) fn valid_at(&self, now: u64) -> impl Iterator<Item = (usize, &SigningKey)> {
        let valid = move |entry: &&Entry| entry.until.is_none_or(|until| now < until);
        self.keys
            .iter()
            .enumerate()
            .filter(move |(_, entry)| valid(entry))
            .map(|(at, entry)| (at, &entry.key))
    }
}

impl From<SigningKey> for KeyRing {
    /// A ring with this key only, labelled `only`.
    fn from(key: SigningKey) -> Self {
        Self::new("only", key)
    }
}
