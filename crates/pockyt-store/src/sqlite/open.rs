//! Opening: what must be so before a connection may be used.

use std::fs::OpenOptions;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::schema;
use crate::{StoreError, StoreErrorKind};

/// Why a database was not opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// A newer version of this crate has written the tables. Nothing was changed.
    #[error("the database has schema version {found}, and this program knows versions up to {known} only")]
    NewerSchema {
        /// The version of the database.
        found: u32,
        /// The newest version that this program knows.
        known: u32,
    },
    /// A setting on which the promise to keep rests was not taken, as for a database in memory or on a file
    /// system that cannot share memory.
    #[error("the database cannot promise to keep anything: {setting} is {found}, and must be {wanted}")]
    NotDurable {
        /// Which setting.
        setting: &'static str,
        /// What it is.
        found: String,
        /// What it must be.
        wanted: &'static str,
    },
    /// The file could not be made, opened, read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(super::error::store_error(error))
    }
}

/// How many pages of 4 KiB the write-ahead log has before it is copied into the database. More than
/// SQLite's 1000, since a page that is written often is then copied once.
const CHECKPOINT_PAGES: u32 = 4000;

/// How much of the database a connection keeps in memory, in KiB.
const CACHE_KIB: u32 = 64 * 1024;

/// The one connection that writes, with all tables there and all that is in the file synced.
pub(super) fn writer(path: &Path, busy_timeout: Duration) -> Result<Connection, OpenError> {
    create(path)?;
    let mut conn = connect(path, busy_timeout)?;
    schema::known_version(&conn)?;
    settle(&conn)?;
    schema::migrate(&mut conn)?;
    // A process that was killed may have written what it did not live to sync, and what is then found here
    // would be a duplicate, which is answered `success`. The sync of this commit covers it.
    conn.execute(BEAT, [])?;
    Ok(conn)
}

/// A connection that only reads.
pub(super) fn reader(path: &Path, busy_timeout: Duration) -> Result<Connection, OpenError> {
    let conn = connect(path, busy_timeout)?;
    conn.pragma_update(None, "query_only", true)?;
    Ok(conn)
}

/// Changes one row, so that there is something to write and to sync.
pub(super) const BEAT: &str = "UPDATE pockyt_pulse SET beats = beats + 1";

/// Makes the file where there is none, for its owner only: it will hold names and addresses of customers.
/// SQLite gives its other files the same permissions.
fn create(path: &Path) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            Err(StoreError::with_source(StoreErrorKind::Unavailable, error))
        }
        _ => Ok(()),
    }
}

fn connect(path: &Path, busy_timeout: Duration) -> Result<Connection, OpenError> {
    // Without SQLITE_OPEN_CREATE, since a file that has gone must not come back empty.
    let conn = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    conn.busy_timeout(busy_timeout)?;
    conn.set_prepared_statement_cache_capacity(64);
    conn.pragma_update(None, "cache_size", -i64::from(CACHE_KIB))?;
    Ok(conn)
}

/// Sets what the promise rests on, and reads it back.
fn settle(conn: &Connection) -> Result<(), OpenError> {
    conn.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    // macOS only: a sync that reaches the disk. No effect elsewhere.
    conn.pragma_update(None, "fullfsync", true)?;
    conn.pragma_update(None, "checkpoint_fullfsync", true)?;
    set(conn, "journal_mode", "WAL", "wal")?;
    set(conn, "synchronous", "FULL", "2")?;
    set(conn, "foreign_keys", "ON", "1")
}

fn set(conn: &Connection, setting: &'static str, value: &str, wanted: &'static str) -> Result<(), OpenError> {
    conn.pragma_update(None, setting, value)?;
    let found = conn.pragma_query_value(None, setting, |row| {
        let value = row.get_ref(0)?;
        Ok(value.as_i64().map_or_else(|_| value.as_str().unwrap_or_default().to_owned(), |n| n.to_string()))
    })?;
    if found == wanted { Ok(()) } else { Err(OpenError::NotDurable { setting, found, wanted }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_durable_is_told_by_its_setting() {
        let refused = settle(&Connection::open_in_memory().unwrap()).unwrap_err();
        let text = "the database cannot promise to keep anything: journal_mode is memory, and must be wal";
        assert_eq!(refused.to_string(), text);
    }
}
