//! A handler's own work in the transaction that says that its notice is handled.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use pockyt_model::UtcMillis;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::{Connection, ffi};

use super::handling;
use crate::{Lease, Outcome, StoredNotice};

const SAVEPOINT: &str = "pockyt_work";
const BEGIN: &str = "SAVEPOINT pockyt_work";
const ROLL_BACK: &str = "ROLLBACK TO pockyt_work";
const RELEASE: &str = "RELEASE pockyt_work";

/// Keeps handlers from ending the transaction that they share with others.
#[derive(Clone, Debug, Default)]
pub(super) struct Fence(Arc<AtomicBool>);

impl Fence {
    /// Watches over what is prepared on this connection.
    pub(super) fn install(&self, conn: &mut Connection) -> rusqlite::Result<()> {
        // An error that ends the transaction would let everything after it be a transaction of its own.
        let closed = Arc::clone(&self.0);
        conn.commit_hook(Some(move || closed.load(Ordering::Relaxed)))?;
        let closed = Arc::clone(&self.0);
        conn.authorizer(Some(move |context: AuthContext<'_>| {
            let allowed = !closed.load(Ordering::Relaxed) || is_harmless(context.action);
            if allowed { Authorization::Allow } else { Authorization::Deny }
        }))
    }

    fn while_closed<T>(&self, work: impl FnOnce() -> T) -> T {
        self.0.store(true, Ordering::Relaxed);
        let result = work();
        self.0.store(false, Ordering::Relaxed);
        result
    }
}

fn is_harmless(action: AuthAction<'_>) -> bool {
    match action {
        AuthAction::Attach { .. } | AuthAction::Detach { .. } | AuthAction::Transaction { .. } => false,
        AuthAction::Pragma { pragma_value, .. } => pragma_value.is_none(),
        AuthAction::Savepoint { savepoint_name, .. } => !savepoint_name.eq_ignore_ascii_case(SAVEPOINT),
        _ => true,
    }
}

/// How it went.
pub(super) enum Worked {
    Finished(Outcome),
    LeaseLost,
    Panicked(Box<dyn Any + Send>),
}

/// Does the work and writes its outcome. What the work wrote stays only when the outcome is `Done`.
pub(super) fn work_in(
    conn: &Connection,
    fence: &Fence,
    lease: &Lease,
    now: UtcMillis,
    work: impl FnOnce(&Connection, &StoredNotice) -> Outcome,
) -> rusqlite::Result<Worked> {
    let Some(notice) = handling::held(conn, lease)? else { return Ok(Worked::LeaseLost) };
    conn.execute_batch(BEGIN)?;
    let worked = fence.while_closed(|| catch_unwind(AssertUnwindSafe(|| work(conn, &notice))));
    if conn.is_autocommit() {
        // Some errors of SQLite, such as a full disk, end the whole transaction, others' work included.
        let aborted = ffi::Error::new(ffi::SQLITE_ABORT_ROLLBACK);
        return Err(rusqlite::Error::SqliteFailure(aborted, Some("the work lost its transaction".into())));
    }
    if !matches!(worked, Ok(Outcome::Done)) {
        conn.execute_batch(ROLL_BACK)?;
    }
    let finished = match worked {
        Ok(outcome) if handling::finish(conn, lease, outcome.clone(), now)? => Worked::Finished(outcome),
        // Only work that changes our own tables can lose the lease here.
        Ok(_) => {
            conn.execute_batch(ROLL_BACK)?;
            Worked::LeaseLost
        }
        Err(panic) => Worked::Panicked(panic),
    };
    conn.execute_batch(RELEASE)?;
    Ok(finished)
}
