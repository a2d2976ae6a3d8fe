//! Recording, within a transaction.

use rusqlite::{CachedStatement, Connection, OptionalExtension, params};

use super::handling;
use super::rows::{quarantine_columns, to_db};
use crate::{Identity, Lease, MAX_VARIANTS, NewNotice, NoticeId, Quarantine, Recorded, Route};

/// Keeps a message, or finds that it is kept.
pub(super) fn record(conn: &Connection, new: &NewNotice) -> rusqlite::Result<Recorded> {
    let route = route_number(conn, new.route())?;
    let (key, fingerprint) = key_and_fingerprint(new.identity());
    if let Some(id) = equal_of(conn, route, key, fingerprint)? {
        keep_variant(conn, id, new)?;
        return Ok(Recorded::Duplicate(NoticeId::new(id)));
    }
    let first = match new.identity() {
        Identity::Clean { .. } => first_of(conn, route, key)?,
        Identity::Doubtful(_) => None,
    };
    let conflict = first.map(|first| Quarantine::Conflict { with: NoticeId::new(first) });
    let quarantine = new.doubt().cloned().map(Quarantine::Doubt).or(conflict);
    let id = insert(conn, route, key, fingerprint, new, quarantine.as_ref())?;
    remember(conn, route, key, fingerprint, id, first.map_or(id, to_db))?;
    let id = NoticeId::new(id.unsigned_abs());
    Ok(if first.is_some() { Recorded::Conflict(id) } else { Recorded::First(id) })
}

/// Makes a notice in hand the one of this identity; `None` when the lease is no longer held.
pub(super) fn identify(
    conn: &Connection,
    lease: &Lease,
    identity: &Identity,
) -> rusqlite::Result<Option<Recorded>> {
    let Some(notice) = handling::held(conn, lease)? else { return Ok(None) };
    let route = route_number(conn, &notice.route)?;
    let (key, fingerprint) = key_and_fingerprint(identity);
    let own = notice.id.get();
    let equal = equal_of(conn, route, key, fingerprint)?;
    Ok(Some(match (equal, first_of(conn, route, key)?) {
        (None, Some(first)) if first == own => {
            remember(conn, route, key, fingerprint, to_db(own), to_db(own))?;
            Recorded::First(notice.id)
        }
        (_, Some(first)) if first == own => Recorded::First(notice.id),
        (Some(equal), Some(first)) if equal == first => Recorded::Duplicate(NoticeId::new(first)),
        (_, Some(first)) => Recorded::Conflict(NoticeId::new(first)),
        (_, None) => {
            remember(conn, route, key, fingerprint, to_db(own), to_db(own))?;
            Recorded::First(notice.id)
        }
    }))
}

fn key_and_fingerprint(identity: &Identity) -> (&str, &[u8; 32]) {
    match identity {
        Identity::Clean { key, fingerprint } => (key, fingerprint),
        Identity::Doubtful(digest) => ("", digest.as_bytes()),
    }
}

fn equal_of(
    conn: &Connection,
    route: i64,
    key: &str,
    fingerprint: &[u8; 32],
) -> rusqlite::Result<Option<u64>> {
    let mut equal = conn.prepare_cached(
        "SELECT notice FROM pockyt_seen WHERE route = ?1 AND key = ?2 AND fingerprint = ?3",
    )?;
    one_number(&mut equal, params![route, key, fingerprint])
}

fn first_of(conn: &Connection, route: i64, key: &str) -> rusqlite::Result<Option<u64>> {
    let mut same_key =
        conn.prepare_cached("SELECT first FROM pockyt_seen WHERE route = ?1 AND key = ?2 LIMIT 1")?;
    one_number(&mut same_key, params![route, key])
}

fn remember(
    conn: &Connection,
    route: i64,
    key: &str,
    fingerprint: &[u8; 32],
    notice: i64,
    first: i64,
) -> rusqlite::Result<()> {
    conn.prepare_cached(
        "INSERT INTO pockyt_seen (route, key, fingerprint, notice, first) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![route, key, fingerprint, notice, first])
    .map(drop)
}

fn insert(
    conn: &Connection,
    route: i64,
    key: &str,
    fingerprint: &[u8; 32],
    new: &NewNotice,
    quarantine: Option<&Quarantine>,
) -> rusqlite::Result<i64> {
    let received_at = to_db(new.received_at().get());
    let (state, due_at) = match quarantine {
        Some(Quarantine::Conflict { .. }) => ("quarantined", None),
        Some(Quarantine::Doubt(_)) if !new.is_to_be_confirmed() => ("quarantined", None),
        _ => ("waiting", Some(received_at)),
    };
    let (word, detail, conflict_with) = match quarantine.map(quarantine_columns) {
        Some((word, detail, with)) => (Some(word), detail, with),
        None => (None, None, None),
    };
    conn.prepare_cached(
        "INSERT INTO pockyt_notices (route, state, due_at, received_at, changed_at, key, fingerprint, content, \
             key_label, format, quarantine, quarantine_detail, conflict_with, body, to_confirm) \
         VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    )?
    .insert(params![
        route,
        state,
        due_at,
        received_at,
        key,
        fingerprint,
        new.content().as_bytes(),
        new.key_label(),
        new.format().as_str(),
        word,
        detail,
        conflict_with,
        new.body(),
        new.is_to_be_confirmed(),
    ])
}

/// Keeps a duplicate that says the same in other words, unless its notice was pruned or has enough of them.
fn keep_variant(conn: &Connection, id: u64, new: &NewNotice) -> rusqlite::Result<()> {
    conn.prepare_cached(
        "INSERT OR IGNORE INTO pockyt_variants (notice, content, number, received_at, key_label, format, body) \
         SELECT n.id, ?2, v.kept, ?3, ?4, ?5, ?6 \
         FROM pockyt_notices AS n, (SELECT count(*) AS kept FROM pockyt_variants WHERE notice = ?1) AS v \
         WHERE n.id = ?1 AND n.content <> ?2 AND v.kept < ?7",
    )?
    .execute(params![
        to_db(id),
        new.content().as_bytes(),
        to_db(new.received_at().get()),
        new.key_label(),
        new.format().as_str(),
        new.body(),
        MAX_VARIANTS,
    ])?;
    Ok(())
}

fn route_number(conn: &Connection, route: &Route) -> rusqlite::Result<i64> {
    let names = params![route.tenant().as_str(), route.kind().as_str()];
    let mut known = conn.prepare_cached("SELECT route FROM pockyt_routes WHERE tenant = ?1 AND kind = ?2")?;
    match known.query_row(names, |row| row.get(0)).optional()? {
        Some(number) => Ok(number),
        None => {
            conn.prepare_cached("INSERT INTO pockyt_routes (tenant, kind) VALUES (?1, ?2)")?.insert(names)
        }
    }
}

fn one_number(
    statement: &mut CachedStatement<'_>,
    params: &[&dyn rusqlite::ToSql],
) -> rusqlite::Result<Option<u64>> {
    statement.query_row(params, |row| row.get(0)).optional()
}
