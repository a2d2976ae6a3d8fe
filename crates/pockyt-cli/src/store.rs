//! Where notices are kept.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use pockyt_model::UtcMillis;
use pockyt_store::SqliteStore;

/// Where notices are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Nowhere: they are gone when the program ends.
    Memory,
    /// In this file.
    Sqlite(PathBuf),
}

impl Place {
    /// Reads `sqlite:PATH` or `memory`.
    pub(crate) fn read(text: &str) -> Result<Self, &'static str> {
        match text.split_once(':') {
            None if text == "memory" => Ok(Self::Memory),
            Some(("sqlite", path)) if !path.is_empty() => Ok(Self::Sqlite(path.into())),
            _ => Err("a store is sqlite:PATH or memory"),
        }
    }
}

/// Opens the file; it is made when it is not there.
pub(crate) fn open(path: &std::path::Path) -> anyhow::Result<SqliteStore> {
    SqliteStore::open(path).with_context(|| format!("cannot open {}", path.display()))
}

/// What time it is.
pub(crate) fn now() -> UtcMillis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UtcMillis::new(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// A moment as people write it in ISO 8601, to the millisecond and in UTC.
pub(crate) fn moment(at: UtcMillis) -> String {
    let time = i64::try_from(at.get()).ok().and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok());
    time.map_or_else(|| format!("{} ms", at.get()), |time| format!("{time:.3}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_is_a_file_or_memory() {
        assert_eq!(Place::read("memory"), Ok(Place::Memory));
        assert_eq!(Place::read("sqlite:/var/lib/ipn.db"), Ok(Place::Sqlite("/var/lib/ipn.db".into())));
        assert_eq!(Place::read("sqlite:a:b"), Ok(Place::Sqlite("a:b".into())));
        for text in ["", "sqlite", "sqlite:", "file:x", "ipn.db", "memory:", "postgres://x"] {
            assert!(Place::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn moments_are_utc_with_milliseconds() {
        assert_eq!(moment(UtcMillis::new(1_767_225_600_007)), "2026-01-01T00:00:00.007Z");
        assert_eq!(moment(UtcMillis::new(u64::MAX)), "18446744073709551615 ms");
    }
}
