//! What can go wrong in a store.

use std::error::Error;
use std::fmt;

/// A store that could not do what was asked. Nothing was changed, or it cannot be known.
///
/// Asking again is always safe: recording is deduplicated and finishing is fenced by the lease.
#[derive(Debug)]
pub struct StoreError {
    kind: StoreErrorKind,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl StoreError {
    /// An error of this kind, without a cause.
    pub fn new(kind: StoreErrorKind) -> Self {
        Self { kind, source: None }
    }

    /// The same with its cause, which must not hold secrets or bodies.
    pub fn with_source(kind: StoreErrorKind, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind, source: Some(source.into()) }
    }

    /// What kind of error it is.
    pub fn kind(&self) -> StoreErrorKind {
        self.kind
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            StoreErrorKind::Corrupt => "the store holds what it should not",
            StoreErrorKind::Full => "the store is full",
            StoreErrorKind::Unavailable => "the store cannot be reached",
        })
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}

/// The kinds of [`StoreError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// A record cannot be read. Waiting does not help.
    Corrupt,
    /// There is no room.
    Full,
    /// It is down, unreachable or too slow.
    Unavailable,
}

/// Why a notice was not finished.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FinishError {
    /// The lease is over: somebody else took the notice, or it was finished already. What this worker
    /// wanted to write was not written.
    #[error("the lease was taken over or already finished")]
    LeaseLost,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
