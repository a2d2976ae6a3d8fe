//! Notices as rows.

use std::fmt;

use pockyt_model::{NotificationKind, UtcMillis};
use rusqlite::Row;
use rusqlite::types::Type;

use crate::{BodyFormat, ContentDigest, Doubt, Identity, NoticeId, OwnerToken, Quarantine, Route, Standing};
use crate::{State, StoredNotice, Tenant, Variant};

/// What [`notice`] reads, from the tables `n` and `r`.
pub(super) const COLUMNS: &str = "n.id, r.tenant, r.kind, n.state, n.due_at, n.owner, n.fence, n.failures, \
    n.deferrals, n.received_at, n.changed_at, n.key, n.fingerprint, n.content, n.key_label, n.format, \
    n.last_reason, n.quarantine, n.quarantine_detail, n.conflict_with, n.to_confirm, n.body";

/// What [`variant`] reads.
pub(super) const VARIANT_COLUMNS: &str = "content, format, received_at, key_label, body";

/// A number as SQLite keeps it. Of times, the last that fits is in the year 292 million.
pub(super) fn to_db(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A notice from [`COLUMNS`].
pub(super) fn notice(row: &Row<'_>) -> rusqlite::Result<StoredNotice> {
    let digest = ContentDigest::from_bytes(row.get("fingerprint")?);
    let key: String = row.get("key")?;
    Ok(StoredNotice {
        id: id(row, "id")?,
        route: Route::new(read(row, "tenant", |text| Tenant::new(text).ok())?, kind(row)?),
        identity: if key.is_empty() {
            Identity::Doubtful(digest)
        } else {
            Identity::Clean { key, fingerprint: *digest.as_bytes() }
        },
        content: ContentDigest::from_bytes(row.get("content")?),
        format: read(row, "format", BodyFormat::from_word)?,
        body: body(row)?,
        received_at: time(row, "received_at")?,
        key_label: row.get("key_label")?,
        changed_at: time(row, "changed_at")?,
        failures: row.get("failures")?,
        deferrals: row.get("deferrals")?,
        last_reason: row.get("last_reason")?,
        quarantine: quarantine(row)?,
        to_confirm: row.get("to_confirm")?,
        standing: standing(row)?,
        fence: row.get("fence")?,
    })
}

/// A variant from [`VARIANT_COLUMNS`].
pub(super) fn variant(row: &Row<'_>) -> rusqlite::Result<Variant> {
    Ok(Variant {
        content: ContentDigest::from_bytes(row.get("content")?),
        format: read(row, "format", BodyFormat::from_word)?,
        body: body(row)?,
        received_at: time(row, "received_at")?,
        key_label: row.get("key_label")?,
    })
}

/// A state from the column `state`.
pub(super) fn state(row: &Row<'_>) -> rusqlite::Result<State> {
    read(row, "state", State::from_word)
}

fn kind(row: &Row<'_>) -> rusqlite::Result<NotificationKind> {
    read(row, "kind", NotificationKind::from_word)
}

fn standing(row: &Row<'_>) -> rusqlite::Result<Standing> {
    Ok(match state(row)? {
        State::Dead => Standing::Dead,
        State::Dismissed => Standing::Dismissed,
        State::Done => Standing::Done,
        State::Leased => Standing::Leased {
            owner: OwnerToken::new(row.get_ref("owner")?.as_str()?),
            until: time(row, "due_at")?,
        },
        State::Quarantined => Standing::Quarantined,
        State::Waiting => Standing::Waiting { due_at: time(row, "due_at")? },
    })
}

fn quarantine(row: &Row<'_>) -> rusqlite::Result<Option<Quarantine>> {
    let Some(word) = row.get::<_, Option<String>>("quarantine")? else { return Ok(None) };
    let detail = || row.get::<_, Option<String>>("quarantine_detail").map(Option::unwrap_or_default);
    Ok(Some(match word.as_str() {
        "ambiguous" => Quarantine::Doubt(Doubt::Ambiguous { field: detail()? }),
        "conflict" => Quarantine::Conflict { with: id(row, "conflict_with")? },
        "mismatch" => Quarantine::Doubt(Doubt::Mismatch { problem: detail()? }),
        "unreadable" => Quarantine::Doubt(Doubt::Unreadable { problem: detail()? }),
        _ => return Err(unreadable(row, "quarantine")),
    }))
}

/// A reason for quarantine as the columns `quarantine`, `quarantine_detail` and `conflict_with`.
pub(super) fn quarantine_columns(quarantine: &Quarantine) -> (&'static str, Option<&str>, Option<i64>) {
    match quarantine {
        Quarantine::Conflict { with } => ("conflict", None, Some(to_db(with.get()))),
        Quarantine::Doubt(Doubt::Ambiguous { field }) => ("ambiguous", Some(field), None),
        Quarantine::Doubt(Doubt::Mismatch { problem }) => ("mismatch", Some(problem), None),
        Quarantine::Doubt(Doubt::Unreadable { problem }) => ("unreadable", Some(problem), None),
    }
}

fn body(row: &Row<'_>) -> rusqlite::Result<std::sync::Arc<[u8]>> {
    Ok(row.get_ref("body")?.as_blob()?.into())
}

pub(super) fn id(row: &Row<'_>, column: &str) -> rusqlite::Result<NoticeId> {
    row.get(column).map(NoticeId::new)
}

pub(super) fn time(row: &Row<'_>, column: &str) -> rusqlite::Result<UtcMillis> {
    row.get(column).map(UtcMillis::new)
}

fn read<T>(row: &Row<'_>, column: &str, parse: impl FnOnce(&str) -> Option<T>) -> rusqlite::Result<T> {
    parse(row.get_ref(column)?.as_str()?).ok_or_else(|| unreadable(row, column))
}

fn unreadable(row: &Row<'_>, column: &str) -> rusqlite::Error {
    let index = row.as_ref().column_index(column).unwrap_or_default();
    rusqlite::Error::FromSqlConversionFailure(index, Type::Text, Box::new(UnknownWord(column.to_owned())))
}

/// A column holds a word that this program does not know.
#[derive(Debug)]
struct UnknownWord(String);

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown word in column {}", self.0)
    }
}

impl std::error::Error for UnknownWord {}
