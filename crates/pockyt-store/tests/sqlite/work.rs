//! A handler's work in the transaction that says that its notice is handled.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pockyt_model::UtcMillis;
use pockyt_store::conformance::{payment, route};
use pockyt_store::{Doubt, FinishError, Inbox, InboxAdmin, Outcome, SqliteStore, State, StoredNotice};
use rusqlite::Connection;

use crate::support::{Folder, block_on, claim, record};

fn shop() -> (SqliteStore, Folder) {
    let folder = Folder::new();
    let store = folder.open();
    folder.sql().execute_batch("CREATE TABLE orders (notice INTEGER PRIMARY KEY, body TEXT) STRICT").unwrap();
    record(&store, 1);
    (store, folder)
}

fn fulfil(sql: &Connection, notice: &StoredNotice) -> Outcome {
    let body = String::from_utf8(notice.body.to_vec()).unwrap();
    let id = i64::try_from(notice.id.get()).unwrap();
    sql.execute("INSERT INTO orders VALUES (?1, ?2)", (id, body)).unwrap();
    Outcome::Done
}

fn orders(folder: &Folder) -> u32 {
    folder.sql().query_row("SELECT count(*) FROM orders", [], |row| row.get(0)).unwrap()
}

fn state(store: &SqliteStore, notice: &StoredNotice) -> State {
    block_on(store.get(notice.id)).unwrap().unwrap().standing.state()
}

const NOW: UtcMillis = UtcMillis::new(20);

#[test]
fn what_the_work_wrote_and_that_it_is_done_are_there_together() {
    let (store, folder) = shop();
    let claimed = claim(&store, 10).unwrap();
    let outcome = block_on(store.finish_with(&claimed.lease, NOW, fulfil)).unwrap();
    assert_eq!((outcome, orders(&folder), state(&store, &claimed.notice)), (Outcome::Done, 1, State::Done));
}

#[test]
fn any_other_outcome_is_written_and_undoes_the_work() {
    let (store, folder) = shop();
    let why = || String::from("no such order");
    let later = UtcMillis::new(30);
    let outcomes = [
        (Outcome::RetryAt { at: later, why: why() }, State::Waiting),
        (Outcome::Defer { at: later, why: why() }, State::Waiting),
        (Outcome::Quarantine { doubt: Doubt::Mismatch { problem: why() }, why: None }, State::Quarantined),
        (Outcome::Dead { why: why() }, State::Dead),
    ];
    for (number, (outcome, expected)) in (10..).zip(outcomes) {
        record(&store, number);
        let claimed = claim(&store, 10).unwrap();
        let told = outcome.clone();
        let work = move |sql: &Connection, notice: &StoredNotice| {
            fulfil(sql, notice);
            told
        };
        assert_eq!(block_on(store.finish_with(&claimed.lease, NOW, work)).unwrap(), outcome);
        assert_eq!((orders(&folder), state(&store, &claimed.notice)), (0, expected));
    }
}

#[test]
fn work_whose_lease_is_over_is_not_begun() {
    let (store, folder) = shop();
    let slow = claim(&store, 10).unwrap();
    let taken_over = claim(&store, 500).unwrap();
    let finish = |lease| block_on(store.finish_with(lease, NOW, fulfil));
    assert!(matches!(finish(&slow.lease), Err(FinishError::LeaseLost)));
    assert_eq!(orders(&folder), 0);
    finish(&taken_over.lease).unwrap();
    for used in [&taken_over.lease, &slow.lease] {
        assert!(matches!(finish(used), Err(FinishError::LeaseLost)));
    }
    assert_eq!(orders(&folder), 1);
}

#[test]
fn work_that_panics_is_undone_and_its_lease_goes_on() {
    let (store, folder) = shop();
    let claimed = claim(&store, 10).unwrap();
    let work = |sql: &Connection, notice: &StoredNotice| {
        fulfil(sql, notice);
        panic!("the stock is on fire")
    };
    let panicked = catch_unwind(AssertUnwindSafe(|| block_on(store.finish_with(&claimed.lease, NOW, work))));
    assert_eq!(panicked.unwrap_err().downcast_ref(), Some(&"the stock is on fire"));
    assert_eq!((orders(&folder), state(&store, &claimed.notice)), (0, State::Leased));
    block_on(store.finish_with(&claimed.lease, NOW, fulfil)).unwrap();
    assert_eq!(orders(&folder), 1);
}

#[test]
fn work_may_not_touch_the_transaction_it_shares() {
    let (store, folder) = shop();
    let claimed = claim(&store, 10).unwrap();
    let work = |sql: &Connection, notice: &StoredNotice| {
        let forbidden = [
            "COMMIT",
            "ROLLBACK",
            "RELEASE pockyt_work",
            "ROLLBACK TO POCKYT_WORK",
            "PRAGMA synchronous = OFF",
            "ATTACH ':memory:' AS other",
        ];
        for sentence in forbidden {
            assert!(sql.execute_batch(sentence).is_err(), "{sentence}");
        }
        // Savepoints of its own are its own business.
        sql.execute_batch("SAVEPOINT mine; DELETE FROM orders; ROLLBACK TO mine; RELEASE mine").unwrap();
        fulfil(sql, notice)
    };
    block_on(store.finish_with(&claimed.lease, NOW, work)).unwrap();
    assert_eq!(orders(&folder), 1);
    // The settings are as they were, and others' calls are not watched.
    block_on(store.check()).unwrap();
}

#[test]
fn an_error_that_ends_the_transaction_fails_the_call_and_undoes_all() {
    let (store, folder) = shop();
    folder
        .sql()
        .execute_batch("CREATE TRIGGER no BEFORE INSERT ON orders BEGIN SELECT raise(ROLLBACK, 'no'); END")
        .unwrap();
    let claimed = claim(&store, 10).unwrap();
    let work = |sql: &Connection, _: &StoredNotice| {
        // The error is swallowed, and the work says that it is done.
        sql.execute("INSERT INTO orders VALUES (1, '')", []).unwrap_err();
        Outcome::Done
    };
    let failed = block_on(store.finish_with(&claimed.lease, NOW, work));
    assert!(matches!(failed, Err(FinishError::Store(_))));
    assert_eq!(state(&store, &claimed.notice), State::Leased);
    record(&store, 2);
}

#[test]
fn what_is_written_after_such_an_error_is_undone_too() {
    let (store, folder) = shop();
    let claimed = claim(&store, 10).unwrap();
    let work = |sql: &Connection, notice: &StoredNotice| {
        let mut prepared = sql.prepare("INSERT INTO orders VALUES (2, '')").unwrap();
        fulfil(sql, notice);
        let id = notice.id.get();
        sql.execute(&format!("INSERT OR ROLLBACK INTO orders VALUES ({id}, '')"), []).unwrap_err();
        // There is no transaction any more, and each of these would be one of its own.
        let _ = prepared.execute([]);
        let _ = sql.execute("INSERT INTO orders VALUES (3, '')", []);
        Outcome::Done
    };
    let failed = block_on(store.finish_with(&claimed.lease, NOW, work));
    assert!(matches!(failed, Err(FinishError::Store(_))));
    assert_eq!((orders(&folder), state(&store, &claimed.notice)), (0, State::Leased));
    record(&store, 2);
    assert!(matches!(block_on(store.finish_with(&claimed.lease, NOW, fulfil)), Ok(Outcome::Done)));
    assert_eq!(orders(&folder), 1);
}

#[test]
fn work_that_takes_its_own_notice_away_is_undone() {
    let (store, folder) = shop();
    let claimed = claim(&store, 10).unwrap();
    let work = |sql: &Connection, notice: &StoredNotice| {
        sql.execute("DELETE FROM pockyt_notices", []).unwrap();
        fulfil(sql, notice)
    };
    let failed = block_on(store.finish_with(&claimed.lease, NOW, work));
    assert!(matches!(failed, Err(FinishError::LeaseLost)));
    assert_eq!((orders(&folder), state(&store, &claimed.notice)), (0, State::Leased));
}

#[test]
fn a_store_that_is_dropped_by_its_own_work_ends() {
    let (store, folder) = shop();
    let claimed = claim(&store, 10).unwrap();
    let store = std::sync::Arc::new(store);
    let (held, lease) = (store.clone(), claimed.lease);
    // The work lives until it was done, and may then be the last to hold the store.
    let work = move |sql: &Connection, notice: &StoredNotice| {
        let _held = held;
        fulfil(sql, notice)
    };
    let outcome = {
        let mut future = Box::pin(async move { store.finish_with(&lease, NOW, work).await });
        block_on(future.as_mut())
    };
    assert_eq!((outcome.unwrap(), orders(&folder)), (Outcome::Done, 1));
    assert!(block_on(folder.open().record(payment(&route("shop"), 1, 5, "success", 10))).is_ok());
}
