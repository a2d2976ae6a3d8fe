//! The tables, and how they came to be.

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use super::OpenError;

/// One script a version, in order; the first makes version 1.
///
/// A script that was released is never changed. All names begin with `pockyt_`, since a merchant's own
/// tables may live in the same file, and for the same reason the version is in a table: `user_version` and
/// `application_id` are the merchant's.
const SCRIPTS: [&str; 2] = [include_str!("schema_1.sql"), include_str!("schema_2.sql")];

/// The version that this program knows.
pub const SCHEMA_VERSION: u32 = 2;

const _: () = assert!(SCRIPTS.len() == SCHEMA_VERSION as usize, "one script a version");

/// The version of a database, 0 of one without our tables.
///
/// # Errors
///
/// It is newer than this program knows, or cannot be read.
pub(super) fn known_version(conn: &Connection) -> Result<u32, OpenError> {
    let table = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'pockyt_schema'";
    if conn.query_row(table, [], |_| Ok(())).optional()?.is_none() {
        return Ok(0);
    }
    let found: u32 =
        conn.query_row("SELECT coalesce(max(version), 0) FROM pockyt_schema", [], |row| row.get(0))?;
    if found > SCHEMA_VERSION {
        return Err(OpenError::NewerSchema { found, known: SCHEMA_VERSION });
    }
    Ok(found)
}

/// Brings the tables up to date, in one transaction.
pub(super) fn migrate(conn: &mut Connection) -> Result<(), OpenError> {
    // Several programs may open the file at once: the version is read again under the lock.
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    tx.execute_batch(
        "CREATE TABLE IF NOT EXISTS pockyt_schema (version INTEGER PRIMARY KEY, applied TEXT NOT NULL) STRICT",
    )?;
    let present = known_version(&tx)?;
    for (version, script) in (1_u32..).zip(SCRIPTS).skip(present as usize) {
        tx.execute_batch(script)?;
        tx.execute("INSERT INTO pockyt_schema VALUES (?1, datetime('now'))", [version])?;
    }
    tx.commit()?;
    Ok(())
}
