//! SQLite's errors as the store's.

use rusqlite::ErrorCode;

use crate::{StoreError, StoreErrorKind};

/// What an error of SQLite means to a caller. Its text names tables and columns, never values.
pub(super) fn store_error(error: rusqlite::Error) -> StoreError {
    StoreError::with_source(kind_of(&error), error)
}

pub(super) fn kind_of(error: &rusqlite::Error) -> StoreErrorKind {
    match error {
        rusqlite::Error::FromSqlConversionFailure(..)
        | rusqlite::Error::IntegralValueOutOfRange(..)
        | rusqlite::Error::InvalidColumnType(..) => StoreErrorKind::Corrupt,
        other => match other.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::ConstraintViolation) => {
                StoreErrorKind::Corrupt
            }
            Some(ErrorCode::DiskFull) => StoreErrorKind::Full,
            _ => StoreErrorKind::Unavailable,
        },
    }
}

/// The store was closed, or its thread is gone.
pub(super) fn closed() -> StoreError {
    StoreError::with_source(StoreErrorKind::Unavailable, "the store was closed")
}
