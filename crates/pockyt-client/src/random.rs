//! Chance, from a source that the caller can give.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

/// A source of randomness for the uneven parts of pauses.
///
/// Any closure that gives numbers from 0 up to 1 is one: `|| 0.5` makes pauses exact. Nothing that must
/// not be guessed hangs on it; request keys have a source of their own.
pub trait Randomness: Send + Sync {
    /// A number from 0 up to, but not including, 1.
    fn unit(&self) -> f64;
}

impl<F: Fn() -> f64 + Send + Sync> Randomness for F {
    fn unit(&self) -> f64 {
        self()
    }
}

/// A small fast generator behind a lock.
#[derive(Debug)]
pub(crate) struct Seeded(Mutex<fastrand::Rng>);

impl Seeded {
    pub(crate) fn new(seed: u64) -> Arc<Self> {
        Arc::new(Self(Mutex::new(fastrand::Rng::with_seed(seed))))
    }
}

impl Randomness for Seeded {
    fn unit(&self) -> f64 {
        // A poisoned lock holds a generator that is as good as before.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).f64()
    }
}

/// A number from the source, whatever a caller's source gives.
pub(crate) fn unit(source: &dyn Randomness) -> f64 {
    let given = source.unit();
    if given.is_finite() { given.clamp(0.0, 1.0) } else { 0.5 }
}

/// Differs between processes without reading a clock: the standard library seeds its hash maps so.
pub(crate) fn process_seed() -> u64 {
    use std::hash::{BuildHasher as _, RandomState};
    RandomState::new().hash_one("pockyt-client")
}

/// The value of `Pockyt-Request-ID`: the key under which a server that honours it carries a call out
/// at most once (Pockyt docs, idempotency key; a UUID in the vendor's example).
///
/// Two different calls must never share one: the second would hear the first one's answer. So a new key
/// is drawn from the system's randomness, never from a seed.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// A new key: a random UUID (version 4).
    pub fn random() -> Self {
        Self(Uuid::new_v4().hyphenated().to_string().into())
    }

    /// A key that was recorded earlier.
    ///
    /// # Errors
    ///
    /// It is empty, longer than 64 characters, or has others than letters, digits, `-` and `_`.
    pub fn new(text: impl Into<Arc<str>>) -> Result<Self, InvalidRequestId> {
        let text = text.into();
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-_".contains(&b);
        if text.is_empty() || text.len() > 64 || !text.bytes().all(allowed) {
            return Err(InvalidRequestId(()));
        }
        Ok(Self(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestId({})", self.0)
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is no request key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidRequestId(());

impl fmt::Display for InvalidRequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a request key has 1 to 64 letters, digits, - or _")
    }
}

impl std::error::Error for InvalidRequestId {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callers_source_cannot_make_pauses_endless() {
        for (given, taken) in [(f64::NAN, 0.5), (f64::INFINITY, 0.5), (-3.0, 0.0), (7.0, 1.0), (0.25, 0.25)] {
            assert!((unit(&move || given) - taken).abs() < f64::EPSILON);
        }
    }

    #[test]
    fn keys_differ_and_are_kept() {
        let key = RequestId::random();
        assert_ne!(key, RequestId::random());
        assert_eq!(RequestId::new(key.as_str()), Ok(key));
        for bad in ["", "a b", "a\r\nx: y", &"x".repeat(65)] {
            assert!(RequestId::new(bad).is_err(), "{bad:?}");
        }
    }
}
