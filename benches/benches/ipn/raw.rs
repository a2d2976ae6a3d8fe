//! The floor of what is durable: the same rows and keys by SQLite itself, in groups, and nothing else.

use std::path::Path;
use std::time::Instant;

use pockyt_model::{Notification, NotificationKind, UtcMillis};
use pockyt_sign::{Received, Verifier};
use pockyt_store::sqlite::rusqlite::{Connection, TransactionBehavior, params};
use pockyt_store::{Arrival, BodyFormat, Identity, NewNotice, Route, SqliteStore, Tenant};

use crate::load::Turn;
use crate::messages::{Batch, TENANT, key};

/// How many share a commit at most: what 64 connections can have under way.
const GROUP: usize = 64;

/// An empty store's file, with the settings of the store.
pub(crate) fn open(file: &Path) -> Connection {
    SqliteStore::open(file).expect("the file can be made").close();
    let sql = Connection::open(file).expect("the file is there");
    sql.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; \
         PRAGMA cache_size = -65536; PRAGMA foreign_keys = ON; \
         INSERT OR IGNORE INTO pockyt_routes (route, tenant, kind) VALUES (1, 'shop', 'payment')",
    )
    .expect("it is SQLite");
    sql
}

pub(crate) fn insert(file: &Path, batch: &Batch) -> Turn {
    let mut sql = open(file);
    let notices: Vec<_> = batch.bodies.iter().map(|body| notice(body)).collect();
    let mut latencies = Vec::new();
    let begin = Instant::now();
    for group in notices.chunks(GROUP) {
        let begin = Instant::now();
        let tx = sql.transaction_with_behavior(TransactionBehavior::Immediate).expect("nobody else writes");
        for notice in group {
            write(&tx, notice);
        }
        tx.commit().expect("there is room");
        latencies.push(begin.elapsed());
    }
    let took = begin.elapsed();
    latencies.sort_unstable();
    Turn { count: batch.len(), took, latencies }
}

/// What the listener would record of it.
fn notice(body: &[u8]) -> NewNotice {
    let Ok(Received::Verified(message)) = Verifier::new(key()).form(body) else {
        unreachable!("it is signed, and clean")
    };
    let read = Notification::read(NotificationKind::Payment, &message).expect("nothing is missing");
    let route = Route::new(Tenant::new(TENANT).expect("it is a name"), NotificationKind::Payment);
    let received_at = UtcMillis::new(1_795_358_897_000);
    NewNotice::clean(
        Arrival { route, format: BodyFormat::Form, body, received_at, key_label: "current" },
        &read,
    )
}

fn write(sql: &Connection, notice: &NewNotice) {
    let Identity::Clean { key, fingerprint } = notice.identity() else { unreachable!("it is clean") };
    let mut insert = sql
        .prepare_cached(
            "INSERT INTO pockyt_notices (route, state, due_at, received_at, changed_at, key, fingerprint, \
                 content, key_label, format, body) \
             VALUES (1, 'waiting', ?1, ?1, ?1, ?2, ?3, ?4, ?5, 'form', ?6)",
        )
        .expect("the tables are there");
    let at = notice.received_at().get();
    let content = notice.content().as_bytes();
    let id = insert.insert(params![at, key, fingerprint, content, notice.key_label(), notice.body()]);
    sql.prepare_cached(
        "INSERT INTO pockyt_seen (route, key, fingerprint, notice, first) VALUES (1, ?1, ?2, ?3, ?3)",
    )
    .expect("the tables are there")
    .execute(params![key, fingerprint, id.expect("there is room")])
    .expect("there is room");
}
