//! A disk that fails: nothing is said to be kept that is not. And a row that was damaged: it is told, and holds up no
//! other.

use std::pin::pin;
use std::time::Duration;

use futures_util::future::join;
use pockyt_model::UtcMillis;
use pockyt_store::conformance::{payment, route};
use pockyt_store::{Inbox, Outcome, OwnerToken, SqliteStore, StoreErrorKind};

use crate::child::{Said, Task};
use crate::support::{Folder, block_on, claim, record};

/// One call of this kind fails in each run, from the first to the last that a run makes.
fn every_failing_call(kind: &str) -> (u32, u32) {
    let (mut failures, mut refused) = (0, 0);
    for number in (1..12).chain((12..).step_by(3)) {
        let folder = Folder::new();
        let files = folder.path().join("files");
        std::fs::create_dir_all(&files).unwrap();
        let task = Task { database: files.join("inbox.db"), first: 1, messages: 12, callers: 2, batch: 8 };
        let log = folder.path().join("log");
        let fail = Some(format!("{kind}:{number}"));
        let said = task.finish(&[("SHIM_FOLDER", &files), ("SHIM_LOG", &log)], fail);
        failures += said.failed;
        refused += u32::from(said.not_opened);
        if !said.not_opened {
            assert_eq!(said.kept.len(), 12, "one failure is over at the next try ({kind} {number})");
        }
        said.assert_is_so(&task.database, &format!("{kind} {number}"));
        // When it could not be opened, it can be now, and takes what was refused.
        let Said { kept, failed, .. } = task.finish(&[], None);
        assert_eq!((kept.len(), failed), (12, 0), "{kind} {number}");
        let log = std::fs::read_to_string(log).unwrap_or_default();
        if kind == "write" && !log.contains("full ") || number > 60 {
            break;
        }
    }
    (failures, refused)
}

#[test]
fn a_full_disk_at_any_write_fails_the_call_and_loses_nothing() {
    let (failures, refused) = every_failing_call("write");
    assert!(failures > 0 && refused > 0, "{failures} calls and {refused} openings failed");
}

#[test]
fn a_failing_sync_fails_the_call_and_loses_nothing() {
    let (failures, refused) = every_failing_call("sync");
    assert!(failures > 0 && refused > 0, "{failures} calls and {refused} openings failed");
}

/// Somebody has changed the first of three notices by hand.
fn damaged() -> (SqliteStore, Folder) {
    damaged_by("failures = -1")
}

fn damaged_by(change: &str) -> (SqliteStore, Folder) {
    let folder = Folder::new();
    let store = folder.open();
    for number in 1..=3 {
        record(&store, number);
    }
    let change = format!("UPDATE pockyt_notices SET {change} WHERE id = 1");
    assert_eq!(folder.sql().execute(&change, []).unwrap(), 1);
    (store, folder)
}

async fn try_to_claim(store: &SqliteStore) -> Option<StoreErrorKind> {
    let owner = OwnerToken::new("a");
    let claimed = store.claim(&route("shop"), &owner, UtcMillis::new(20), Duration::from_secs(1)).await;
    claimed.err().map(|error| error.kind())
}

#[test]
fn a_notice_that_cannot_be_read_is_told_when_all_others_are_handed_over() {
    let (store, folder) = damaged();
    for expected in [2, 3] {
        let claimed = claim(&store, 20).unwrap();
        assert_eq!(claimed.notice.id.get(), expected);
        block_on(store.finish(&claimed.lease, Outcome::Done, UtcMillis::new(20))).unwrap();
    }
    assert_eq!(block_on(try_to_claim(&store)), Some(StoreErrorKind::Corrupt));
    folder.sql().execute("UPDATE pockyt_notices SET failures = 0 WHERE id = 1", []).unwrap();
    assert_eq!(claim(&store, 20).unwrap().notice.id.get(), 1, "it was mended");
}

#[test]
fn whatever_is_wrong_with_a_notice_holds_up_no_other() {
    for change in [
        "last_reason = CAST(x'41ff' AS TEXT)",
        "key = CAST(x'41ff' AS TEXT)",
        "key_label = CAST(x'41ff' AS TEXT)",
        "failures = 5000000000",
    ] {
        let (store, _folder) = damaged_by(change);
        for expected in [2, 3] {
            assert_eq!(claim(&store, 20).map(|claimed| claimed.notice.id.get()), Some(expected), "{change}");
        }
        assert_eq!(block_on(try_to_claim(&store)), Some(StoreErrorKind::Corrupt), "{change}");
    }
}

#[test]
fn however_many_notices_cannot_be_read_the_next_one_is_found() {
    let folder = Folder::new();
    let store = folder.open();
    for number in 1..=201 {
        record(&store, number);
    }
    folder.sql().execute("UPDATE pockyt_notices SET failures = -1 WHERE id <= 200", []).unwrap();
    assert_eq!(claim(&store, 20).unwrap().notice.id.get(), 201);
}

#[test]
fn one_that_cannot_be_read_does_not_hide_what_came_by_a_clock_that_was_ahead() {
    let (store, folder) = damaged();
    folder.sql().execute("DELETE FROM pockyt_notices WHERE id > 1", []).unwrap();
    block_on(store.record(payment(&route("shop"), 4, 5, "success", 10_000_000))).unwrap();
    let ahead = claim(&store, 20).unwrap();
    assert_ne!(ahead.notice.id.get(), 1);
    block_on(store.finish(&ahead.lease, Outcome::Done, UtcMillis::new(20))).unwrap();
    assert_eq!(block_on(try_to_claim(&store)), Some(StoreErrorKind::Corrupt));
}

/// Calls share a transaction, but not that one of them has found a damaged row.
#[test]
fn whoever_finds_a_notice_that_cannot_be_read_undoes_nothing_of_others() {
    let (store, folder) = damaged();
    folder.sql().execute("DELETE FROM pockyt_notices WHERE id > 1", []).unwrap();
    for number in 10..30 {
        let shop = route("another");
        let recording = pin!(store.record(payment(&shop, number, 5, "success", 10)));
        let (recorded, told) = block_on(join(recording, pin!(try_to_claim(&store))));
        assert!(recorded.is_ok(), "{number}: {recorded:?}");
        assert_eq!(told, Some(StoreErrorKind::Corrupt));
    }
}
