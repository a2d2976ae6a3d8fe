//! Claiming, finishing, deciding and pruning, within a transaction.

use std::time::Duration;

use pockyt_model::UtcMillis;
use rusqlite::{Connection, OptionalExtension, params};

use super::error::is_of_a_row;
use super::rows::{self, COLUMNS, quarantine_columns, to_db};
use crate::transition::{Ahead, Counters, Transition, ran_out};
use crate::{
    CLOCK_SLACK, Claimed, Decided, Decision, Finished, Lease, MAX_LEASE, Mode, NoticeId, Outcome, OwnerToken,
};
use crate::{Route, Standing, State, StoredNotice};

pub(super) fn claim(
    conn: &Connection,
    route: &Route,
    owner: &OwnerToken,
    now: UtcMillis,
    lease_for: Duration,
) -> rusqlite::Result<Option<Claimed>> {
    let Some(mut notice) = claimable(conn, route, now)? else { return Ok(None) };
    let taken_over_from = notice.standing.owner().cloned();
    if let Some(owner) = &taken_over_from {
        notice.last_reason = Some(ran_out(owner.as_str()));
        notice.failures = notice.failures.saturating_add(1);
    }
    let until = now.plus(lease_for.min(MAX_LEASE));
    notice.fence = notice.fence.saturating_add(1);
    notice.changed_at = now;
    notice.standing = Standing::Leased { owner: owner.clone(), until };
    conn.prepare_cached(
        "UPDATE pockyt_notices SET state = 'leased', owner = ?2, due_at = ?3, fence = ?4, failures = ?5, \
             last_reason = ?6, changed_at = ?7 \
         WHERE id = ?1",
    )?
    .execute(params![
        to_db(notice.id.get()),
        owner.as_str(),
        to_db(until.get()),
        to_db(notice.fence),
        notice.failures,
        notice.last_reason,
        to_db(now.get()),
    ])?;
    let lease = Lease::new(notice.id, owner.clone(), notice.fence, until);
    Ok(Some(Claimed { notice, lease, taken_over_from }))
}

/// The notice to be claimed now. When none is due, the one that comes last tells whether the clock was set back.
fn claimable(conn: &Connection, route: &Route, now: UtcMillis) -> rusqlite::Result<Option<StoredNotice>> {
    loop {
        let due = due(conn, route, now);
        match &due {
            Ok(None) => {}
            Err(error) if is_of_a_row(error) => {}
            _ => return due,
        }
        let Some(notice) = last_ahead(conn, route, now)? else { return due };
        match Ahead::of(&notice, now) {
            Some(Ahead::LeasedUntil(end)) => lease_until(conn, notice.id, end, now)?,
            Some(Ahead::Due) => return Ok(Some(notice)),
            None => return due,
        }
    }
}

/// The first that is due and can be read; when there is none, the first one's error. A damaged row must not hold up
/// all others of its route.
fn due(conn: &Connection, route: &Route, now: UtcMillis) -> rusqlite::Result<Option<StoredNotice>> {
    let all = format!(
        "SELECT {COLUMNS} FROM pockyt_notices AS n JOIN pockyt_routes AS r USING (route) \
         WHERE r.tenant = ?1 AND r.kind = ?2 AND n.due_at <= ?3 ORDER BY n.due_at, n.id"
    );
    let mut all = conn.prepare_cached(&all)?;
    let mut rows = all.query(params![route.tenant().as_str(), route.kind().as_str(), to_db(now.get())])?;
    let mut unreadable = None;
    while let Some(row) = rows.next()? {
        match rows::notice(row) {
            Err(error) if is_of_a_row(&error) => unreadable = unreadable.or(Some(error)),
            read => return read.map(Some),
        }
    }
    unreadable.map_or(Ok(None), Err)
}

/// The last one by due time, where it was changed while the clock ran ahead.
fn last_ahead(conn: &Connection, route: &Route, now: UtcMillis) -> rusqlite::Result<Option<StoredNotice>> {
    let last = format!(
        "SELECT {COLUMNS} FROM pockyt_notices AS n JOIN pockyt_routes AS r USING (route) WHERE n.changed_at > ?3 \
         AND n.id = (SELECT l.id FROM pockyt_notices AS l JOIN pockyt_routes AS k USING (route) \
             WHERE k.tenant = ?1 AND k.kind = ?2 AND l.due_at > ?3 ORDER BY l.due_at DESC, l.id DESC LIMIT 1)"
    );
    let ahead = to_db(now.plus(CLOCK_SLACK).get());
    let of_route = params![route.tenant().as_str(), route.kind().as_str(), ahead];
    conn.prepare_cached(&last)?.query_row(of_route, rows::notice).optional()
}

fn lease_until(conn: &Connection, id: NoticeId, end: UtcMillis, now: UtcMillis) -> rusqlite::Result<()> {
    conn.prepare_cached("UPDATE pockyt_notices SET due_at = ?2, changed_at = ?3 WHERE id = ?1")?
        .execute(params![to_db(id.get()), to_db(end.get()), to_db(now.get())])
        .map(drop)
}

/// The notice on which this lease is held; `None` when it was taken over or used.
pub(super) fn held(conn: &Connection, lease: &Lease) -> rusqlite::Result<Option<StoredNotice>> {
    let held = format!(
        "SELECT {COLUMNS} FROM pockyt_notices AS n JOIN pockyt_routes AS r USING (route) \
         WHERE n.id = ?1 AND n.state = 'leased' AND n.owner = ?2 AND n.fence = ?3"
    );
    let lease = params![to_db(lease.id.get()), lease.owner.as_str(), to_db(lease.fence)];
    conn.prepare_cached(&held)?.query_row(lease, rows::notice).optional()
}

/// Writes what became of a notice; `false` when the lease is no longer held.
pub(super) fn finish(
    conn: &Connection,
    lease: &Lease,
    outcome: Outcome,
    now: UtcMillis,
) -> rusqlite::Result<bool> {
    let Lease { id, owner, fence, .. } = lease;
    let fence = to_db(*fence);
    let held: Option<bool> = conn
        .prepare_cached(
            "SELECT 1 FROM pockyt_notices WHERE id = ?1 AND state = 'leased' AND owner = ?2 AND fence = ?3",
        )?
        .query_row(params![to_db(id.get()), owner.as_str(), fence], |row| row.get(0))
        .optional()?;
    if held.is_some() {
        write(conn, *id, &Transition::of_outcome(outcome, now), now)?;
    }
    Ok(held.is_some())
}

pub(super) fn decide(
    conn: &Connection,
    id: NoticeId,
    decision: &Decision,
    now: UtcMillis,
    mode: Mode,
) -> rusqlite::Result<Decided> {
    let mut state = conn.prepare_cached("SELECT state FROM pockyt_notices WHERE id = ?1")?;
    let Some(state) = state.query_row([to_db(id.get())], rows::state).optional()? else {
        return Ok(Decided::Missing);
    };
    let Some(to) = decision.moves(state) else { return Ok(Decided::Refused { state }) };
    if mode == Mode::Apply {
        write(conn, id, &Transition::of_decision(decision, now), now)?;
    }
    Ok(Decided::Moved { from: state, to })
}

fn write(conn: &Connection, id: NoticeId, change: &Transition, now: UtcMillis) -> rusqlite::Result<()> {
    let due_at = change.standing.due_at().map(|due_at| to_db(due_at.get()));
    let (reset, failures, deferrals) = match change.counters {
        Counters::Add { failures, deferrals } => (false, failures, deferrals),
        Counters::Reset => (true, 0, 0),
    };
    let (word, detail, conflict_with) = match change.quarantine.as_ref().map(quarantine_columns) {
        Some((word, detail, with)) => (Some(word), detail, with),
        None => (None, None, None),
    };
    conn.prepare_cached(
        "UPDATE pockyt_notices SET state = ?2, due_at = ?3, owner = NULL, changed_at = ?4, \
             failures = iif(?5, 0, min(failures + ?6, 4294967295)), \
             deferrals = iif(?5, 0, min(deferrals + ?7, 4294967295)), \
             last_reason = coalesce(?8, last_reason), \
             quarantine_detail = iif(?9 IS NULL, quarantine_detail, ?10), \
             conflict_with = iif(?9 IS NULL, conflict_with, ?11), \
             quarantine = coalesce(?9, quarantine), \
             to_confirm = iif(?12, 0, to_confirm) \
         WHERE id = ?1",
    )?
    .execute(params![
        to_db(id.get()),
        change.standing.state().as_str(),
        due_at,
        to_db(now.get()),
        reset,
        failures,
        deferrals,
        change.reason,
        word,
        detail,
        conflict_with,
        change.released,
    ])?;
    Ok(())
}

pub(super) fn prune(
    conn: &Connection,
    state: Finished,
    before: UtcMillis,
    limit: usize,
) -> rusqlite::Result<usize> {
    // The condition on due_at, which always holds, lets the index on finished notices be used.
    conn.prepare_cached(
        "DELETE FROM pockyt_notices WHERE id IN ( \
             SELECT id FROM pockyt_notices WHERE state = ?1 AND due_at IS NULL AND changed_at < ?2 \
             ORDER BY changed_at, id LIMIT ?3)",
    )?
    .execute(params![State::from(state).as_str(), to_db(before.get()), limit_to_db(limit)])
}

pub(super) fn limit_to_db(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
