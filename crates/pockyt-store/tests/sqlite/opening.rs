//! What is opened, how, and what is refused.

use std::time::Duration;

use pockyt_store::sqlite::{OpenError, SCHEMA_VERSION, SqliteOptions};
use pockyt_store::{Inbox, Recorded, SqliteStore, StoreErrorKind};

use crate::support::{Folder, block_on, record};

#[test]
fn a_new_file_has_the_log_and_the_schema_and_belongs_to_its_owner_only() {
    let folder = Folder::new();
    let store = folder.open();
    let sql = folder.sql();
    let mode: String = sql.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
    let version: u32 = sql.query_row("SELECT max(version) FROM pockyt_schema", [], |row| row.get(0)).unwrap();
    assert_eq!(version, SCHEMA_VERSION);
    #[cfg(unix)]
    for name in ["inbox.db", "inbox.db-wal", "inbox.db-shm"] {
        use std::os::unix::fs::PermissionsExt;
        let mode = folder.path().join(name).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    drop(store);
}

#[test]
fn a_newer_schema_is_refused_and_left_alone() {
    let folder = Folder::new();
    record(&folder.open(), 1);
    folder
        .sql()
        .execute("INSERT INTO pockyt_schema VALUES (?1, 'in the future')", [SCHEMA_VERSION + 1])
        .unwrap();
    let before = std::fs::read(folder.database()).unwrap();
    let refused = SqliteStore::open(folder.database()).unwrap_err();
    let OpenError::NewerSchema { found, known } = refused else { panic!("{refused}") };
    assert_eq!((found, known), (SCHEMA_VERSION + 1, SCHEMA_VERSION));
    assert!(refused.to_string().contains("versions up to 2 only"), "{refused}");
    assert_eq!(std::fs::read(folder.database()).unwrap(), before);
}

#[test]
fn what_is_no_file_is_refused() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path().join("in")).unwrap();
    for path in ["in", "no/such/folder.db", "file:inbox.db?mode=memory", "inbox.db/beneath"] {
        let path = folder.path().join(path);
        match SqliteStore::open(&path) {
            Err(OpenError::Store(error)) => assert_eq!(error.kind(), StoreErrorKind::Unavailable),
            Err(error) => panic!("{error}"),
            // An odd name is a name.
            Ok(_) => assert!(path.is_file()),
        }
    }
    assert!(SqliteStore::open("").is_err());
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let folder = Folder::new();
    let text = "not a database, but perhaps the only copy of something\n".repeat(100);
    std::fs::write(folder.database(), &text).unwrap();
    let OpenError::Store(error) = SqliteStore::open(folder.database()).unwrap_err() else { panic!("opened") };
    assert_eq!(error.kind(), StoreErrorKind::Corrupt);
    assert_eq!(std::fs::read_to_string(folder.database()).unwrap(), text);
}

#[test]
fn a_merchants_own_database_keeps_its_tables_and_versions() {
    let folder = Folder::new();
    folder
        .sql()
        .execute_batch(
            "CREATE TABLE orders (id INTEGER PRIMARY KEY); INSERT INTO orders VALUES (7);
             PRAGMA user_version = 42; PRAGMA application_id = 4711;",
        )
        .unwrap();
    record(&folder.open(), 1);
    let look = |query| folder.sql().query_row(query, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(look("SELECT id FROM orders"), 7);
    assert_eq!((look("PRAGMA user_version"), look("PRAGMA application_id")), (42, 4711));
    let ours = "SELECT count(*) FROM sqlite_schema WHERE name NOT LIKE 'pockyt\\_%' ESCAPE '\\' \
                AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
    assert_eq!(look(ours), 1, "everything but the merchant's table begins with pockyt_");
}

#[test]
fn many_programs_may_open_a_new_file_at_once() {
    let folder = Folder::new();
    let opened: Vec<SqliteStore> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..6).map(|_| scope.spawn(|| folder.open())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for store in &opened {
        block_on(store.check()).unwrap();
    }
    let versions: u32 =
        folder.sql().query_row("SELECT count(*) FROM pockyt_schema", [], |row| row.get(0)).unwrap();
    assert_eq!(versions, SCHEMA_VERSION);
}

#[test]
fn a_program_that_writes_for_too_long_makes_calls_fail_and_its_end_mends_that() {
    let folder = Folder::new();
    let store = SqliteOptions::new(folder.database()).busy_timeout(Duration::from_millis(1)).open().unwrap();
    let other = folder.sql();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    for error in [block_on(store.check()).unwrap_err(), block_on(store.check()).unwrap_err()] {
        assert_eq!(error.kind(), StoreErrorKind::Unavailable);
    }
    assert_eq!(block_on(store.counts()).unwrap().waiting, 0, "reading goes on");
    other.execute_batch("ROLLBACK").unwrap();
    assert!(matches!(record(&store, 1), Recorded::First(_)));
}

#[test]
fn calls_after_closing_fail_and_what_was_recorded_before_is_there() {
    let folder = Folder::new();
    let store = folder.open();
    let recorded = record(&store, 1);
    store.close();
    store.close();
    assert_eq!(block_on(store.check()).unwrap_err().kind(), StoreErrorKind::Unavailable);
    assert_eq!(block_on(store.counts()).unwrap_err().kind(), StoreErrorKind::Unavailable);
    assert_eq!(record(&folder.open(), 1), Recorded::Duplicate(recorded.id()));
}

#[cfg(unix)]
#[test]
fn a_file_that_was_deleted_or_replaced_takes_no_more_and_is_not_made_anew() {
    let folder = Folder::new();
    let store = folder.open();
    record(&store, 1);
    let away = folder.path().join("away.db");
    std::fs::rename(folder.database(), &away).unwrap();
    assert_eq!(block_on(store.check()).unwrap_err().kind(), StoreErrorKind::Unavailable);
    assert!(!folder.database().exists());
    std::fs::copy(&away, folder.database()).unwrap();
    assert_eq!(block_on(store.check()).unwrap_err().kind(), StoreErrorKind::Unavailable);
    std::fs::rename(&away, folder.database()).unwrap();
    block_on(store.check()).unwrap();
}

#[test]
fn every_search_uses_an_index() {
    let folder = Folder::new();
    drop(folder.open());
    let sql = folder.sql();
    let notices = "FROM pockyt_notices AS n JOIN pockyt_routes AS r USING (route) WHERE";
    let searches = [
        format!(
            "SELECT * {notices} r.tenant = '' AND r.kind = '' AND n.due_at <= 5 \
             ORDER BY n.due_at, n.id"
        ),
        format!(
            "SELECT * {notices} r.tenant = '' AND r.kind = '' AND n.due_at IS NOT NULL ORDER BY n.due_at LIMIT 1"
        ),
        format!(
            "SELECT * {notices} n.changed_at > 5 AND n.id = (SELECT l.id FROM pockyt_notices AS l \
             JOIN pockyt_routes AS k USING (route) \
             WHERE k.tenant = '' AND k.kind = '' AND l.due_at > 5 ORDER BY l.due_at DESC, l.id DESC LIMIT 1)"
        ),
        "SELECT * FROM pockyt_notices WHERE state = '' AND id > 5 ORDER BY id LIMIT 5".to_owned(),
        "SELECT id FROM pockyt_notices WHERE state = '' AND due_at IS NULL AND changed_at < 5 \
         ORDER BY changed_at, id LIMIT 5"
            .to_owned(),
        "SELECT first FROM pockyt_seen WHERE route = 1 AND key = '' LIMIT 1".to_owned(),
    ];
    for search in searches {
        let mut plan = sql.prepare(&format!("EXPLAIN QUERY PLAN {search}")).unwrap();
        let steps = plan.query_map([], |row| row.get::<_, String>("detail")).unwrap();
        for step in steps.map(Result::unwrap).filter(|step| !step.starts_with("SCALAR SUBQUERY")) {
            assert!(step.starts_with("SEARCH"), "{search}: {step}");
        }
    }
}

#[test]
fn the_queries_of_the_readme_can_be_run() {
    let folder = Folder::new();
    record(&folder.open(), 1);
    let sql = folder.sql();
    let readme = include_str!("../../README.md");
    let queries: Vec<&str> =
        readme.split("```sql").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(queries.len() > 4, "there are queries");
    for query in
        queries.iter().flat_map(|block| block.split_inclusive(';')).filter(|query| query.contains(';'))
    {
        let mut statement = sql.prepare(query).unwrap_or_else(|error| panic!("{query}: {error}"));
        let mut rows = statement.query([]).unwrap();
        while rows.next().unwrap_or_else(|error| panic!("{query}: {error}")).is_some() {}
    }
}

#[test]
fn the_readme_names_every_table_and_index() {
    let folder = Folder::new();
    drop(folder.open());
    let sql = folder.sql();
    let mut names = sql.prepare("SELECT name FROM sqlite_schema WHERE name LIKE 'pockyt%'").unwrap();
    let readme = include_str!("../../README.md");
    for name in names.query_map([], |row| row.get::<_, String>(0)).unwrap() {
        let name = name.unwrap();
        assert!(readme.contains(&format!("`{name}`")), "{name}");
    }
}

#[test]
fn a_file_of_the_first_version_is_brought_up_to_date_with_all_that_is_in_it() {
    let folder = Folder::new();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/src/sqlite/schema_1.sql");
    let sql = folder.sql();
    sql.execute_batch(
        "CREATE TABLE pockyt_schema (version INTEGER PRIMARY KEY, applied TEXT NOT NULL) STRICT",
    )
    .unwrap();
    sql.execute_batch(&std::fs::read_to_string(script).unwrap()).unwrap();
    sql.execute_batch(
        "INSERT INTO pockyt_schema VALUES (1, 'long ago');
         INSERT INTO pockyt_routes VALUES (1, 'shop', 'pay');
         INSERT INTO pockyt_notices
             (id, route, state, due_at, received_at, changed_at, key, fingerprint, content, key_label, format, body)
             VALUES (7, 1, 'waiting', 5, 5, 5, 'pay/1/success', zeroblob(32), zeroblob(32), 'k', 'form', x'61');
         INSERT INTO pockyt_seen VALUES (1, 'pay/1/success', zeroblob(32), 7, 7);",
    )
    .unwrap();
    drop(sql);
    let store = folder.open();
    let claimed = crate::support::claim(&store, 10).unwrap().notice;
    assert_eq!((claimed.id.get(), claimed.to_confirm, &*claimed.body), (7, false, b"a".as_slice()));
    let versions: u32 =
        folder.sql().query_row("SELECT count(*) FROM pockyt_schema", [], |row| row.get(0)).unwrap();
    let shown: u32 =
        folder.sql().query_row("SELECT to_confirm FROM pockyt_inbox", [], |row| row.get(0)).unwrap();
    assert_eq!((versions, shown), (SCHEMA_VERSION, 0));
}
