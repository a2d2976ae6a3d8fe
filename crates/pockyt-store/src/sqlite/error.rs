//! SQLite's errors as the store's.

use rusqlite::ErrorCode;

use crate::{StoreError, StoreErrorKind};

/// What an error of SQLite means to a caller. Its text names tables and columns, never values.
pub(super) fn store_error(error: rusqlite::Error) -> StoreError {
    StoreError::with_source(kind_of(&error), error)
}

pub(super) fn kind_of(error: &rusqlite::Error) -> StoreErrorKind {
    match error.sqlite_error_code() {
        _ if is_of_a_row(error) => StoreErrorKind::Corrupt,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::ConstraintViolation) => {
            StoreErrorKind::Corrupt
        }
        Some(ErrorCode::DiskFull) => StoreErrorKind::Full,
        _ => StoreErrorKind::Unavailable,
    }
}

/// Whether a row holds what it should not, which says nothing against any other row.
pub(super) fn is_of_a_row(error: &rusqlite::Error) -> bool {
    matches!(
        error,
        rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::Utf8Error(..)
    )
}

/// The store was closed, or its thread is gone.
pub(super) fn closed() -> StoreError {
    StoreError::with_source(StoreErrorKind::Unavailable, "the store was closed")
}
