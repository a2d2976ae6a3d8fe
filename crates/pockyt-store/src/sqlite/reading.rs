//! Looking, beside the writer.

use pockyt_model::UtcMillis;
use rusqlite::{Connection, OptionalExtension, params};

use super::handling::limit_to_db;
use super::rows::{self, COLUMNS, VARIANT_COLUMNS, to_db};
use crate::{Counts, NoticeId, Route, State, StoredNotice, Variant};

pub(super) fn get(conn: &Connection, id: NoticeId) -> rusqlite::Result<Option<StoredNotice>> {
    let one = format!(
        "SELECT {COLUMNS} FROM pockyt_notices AS n JOIN pockyt_routes AS r USING (route) WHERE n.id = ?1"
    );
    conn.prepare_cached(&one)?.query_row([to_db(id.get())], rows::notice).optional()
}

pub(super) fn variants(conn: &Connection, id: NoticeId) -> rusqlite::Result<Vec<Variant>> {
    let all = format!("SELECT {VARIANT_COLUMNS} FROM pockyt_variants WHERE notice = ?1 ORDER BY number");
    conn.prepare_cached(&all)?.query_map([to_db(id.get())], rows::variant)?.collect()
}

pub(super) fn list(
    conn: &Connection,
    state: State,
    after: Option<NoticeId>,
    limit: usize,
) -> rusqlite::Result<Vec<StoredNotice>> {
    // CROSS JOIN keeps SQLite from reordering, and so from sorting.
    let page = format!(
        "SELECT {COLUMNS} FROM pockyt_notices AS n CROSS JOIN pockyt_routes AS r USING (route) \
         WHERE n.state = ?1 AND n.id > ?2 ORDER BY n.id LIMIT ?3"
    );
    let after = after.map_or(-1, |id| to_db(id.get()));
    conn.prepare_cached(&page)?
        .query_map(params![state.as_str(), after, limit_to_db(limit)], rows::notice)?
        .collect()
}

pub(super) fn next_due(conn: &Connection, route: &Route) -> rusqlite::Result<Option<UtcMillis>> {
    conn.prepare_cached(
        "SELECT n.due_at FROM pockyt_notices AS n JOIN pockyt_routes AS r USING (route) \
         WHERE r.tenant = ?1 AND r.kind = ?2 AND n.due_at IS NOT NULL ORDER BY n.due_at LIMIT 1",
    )?
    .query_row(params![route.tenant().as_str(), route.kind().as_str()], |row| rows::time(row, "due_at"))
    .optional()
}

pub(super) fn counts(conn: &Connection) -> rusqlite::Result<Counts> {
    // One statement, so that all is of one moment.
    let mut all = conn.prepare_cached(
        "SELECT state, count(*) AS notices, (SELECT received_at FROM pockyt_notices WHERE id = min( \
             coalesce((SELECT min(id) FROM pockyt_notices WHERE state = 'waiting'), 9223372036854775807), \
             coalesce((SELECT min(id) FROM pockyt_notices WHERE state = 'leased'), 9223372036854775807) \
         )) AS oldest FROM pockyt_notices GROUP BY state",
    )?;
    let mut rows = all.query([])?;
    let mut counts = Counts::default();
    while let Some(row) = rows.next()? {
        *counts.of_mut(rows::state(row)?) = row.get("notices")?;
        counts.oldest_unhandled = row.get::<_, Option<u64>>("oldest")?.map(UtcMillis::new);
    }
    Ok(counts)
}
