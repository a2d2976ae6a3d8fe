//! Whether a store grows slow as it grows old: five million records against ten thousand.

use std::fs::File;
use std::path::Path;
use std::time::Instant;

use pockyt_figures::{RATIO, median};
use pockyt_store::SqliteStore;
use pockyt_store::sqlite::rusqlite::{Connection, params};

use crate::load::{self, Turn};
use crate::messages::Batch;
use crate::server::Server;
use crate::{raw, verdict};

const FEW: u64 = 10_000;
const MANY: u64 = 5_000_000;
const ROUNDS: usize = 5;
const NOTIFICATIONS: usize = 8_000;

/// Transaction numbers of what is there already have this distance.
const DISTANCE: u64 = 1000;
const FIRST: u64 = 200_000_000_000_000_000;

pub(crate) fn compare(folder: &Path) {
    let stores = [FEW, MANY].map(|records| {
        let begin = Instant::now();
        let file = folder.join(format!("{records}.db"));
        fill(&file, records);
        println!("{records} records made in {:.0} s", begin.elapsed().as_secs_f64());
        (records, SqliteStore::open(&file).expect("it is there").into())
    });
    for (name, scattered) in [("numbers grow, as Pockyt's do", false), ("numbers fall anywhere", true)] {
        let mut rounds = Vec::new();
        for round in 0..=ROUNDS {
            let turns = stores.each_ref().map(|(records, store)| {
                let batch = numbers(*records, round as u64, scattered);
                load::run(&Server::listener(std::sync::Arc::clone(store)), &batch)
            });
            // The first round brings pages into memory.
            if round > 0 {
                rounds.push(turns);
            }
        }
        println!("\n{name}: {ROUNDS} rounds of {NOTIFICATIONS} each");
        for (who, records) in [FEW, MANY].into_iter().enumerate() {
            let of = |what: fn(&Turn) -> f64| median(rounds.iter().filter_map(|r| r.get(who)).map(what));
            let (rate, p99) = (of(Turn::per_second), of(|turn| turn.latency_ms(0.99)));
            println!("{records:>10} records: {rate:>8.0} a second, p99 {p99:.2} ms");
        }
        let ratio = median(rounds.iter().map(|[few, many]| few.per_second() / many.per_second()));
        verdict([name, "cost, many / few", RATIO], ratio, 1.5, false);
    }
}

fn numbers(records: u64, round: u64, scattered: bool) -> Batch {
    let count = NOTIFICATIONS as u64;
    Batch::of((0..count).map(|n| {
        let number = round * count + n;
        if scattered {
            // A multiplier without a common factor visits each gap once before it comes again.
            let gap = number.wrapping_mul(2_654_435_761) % records;
            FIRST + gap * DISTANCE + 1 + number % (DISTANCE - 1)
        } else {
            FIRST + (records + number) * DISTANCE
        }
    }))
}

/// Records that were handled, as the store would have left them; a few at the end still wait.
fn fill(file: &Path, records: u64) {
    let sql = raw::open(file);
    sql.execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = -262144").expect("it is SQLite");
    let per_commit = 100_000;
    for from in (0..records).step_by(per_commit) {
        sql.execute_batch("BEGIN").expect("nobody else writes");
        for number in from..records.min(from + per_commit as u64) {
            write(&sql, number, records);
        }
        sql.execute_batch("COMMIT").expect("there is room");
    }
    sql.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").expect("nobody else reads");
    drop(sql);
    File::open(file).and_then(|file| file.sync_all()).expect("the disk takes it");
}

fn write(sql: &Connection, number: u64, records: u64) {
    let transaction = FIRST + number * DISTANCE;
    let key = format!("pay/{transaction}/success");
    let mut digest = [0_u8; 32];
    for (piece, salt) in digest.chunks_mut(8).zip(1_u64..) {
        piece.copy_from_slice(&number.wrapping_add(salt).wrapping_mul(0x9E37_79B9_7F4A_7C15).to_le_bytes());
    }
    let body = format!(
        "amount=499.95&currency=USD&reference=order-{transaction}&settleCurrency=USD&status=success\
         &time=20261122142817&transactionNo={transaction}&verifySign=36f56ed08db58115953176ea1248f95a"
    );
    let received = 1_700_000_000_000 + number * 20;
    let waits = number + 100 >= records;
    let (state, due_at) = if waits { ("waiting", Some(received)) } else { ("done", None) };
    let mut insert = sql
        .prepare_cached(
            "INSERT INTO pockyt_notices (route, state, due_at, received_at, changed_at, key, fingerprint, \
                 content, key_label, format, body) VALUES (1, ?1, ?2, ?3, ?3, ?4, ?5, ?5, 'current', 'form', ?6)",
        )
        .expect("the tables are there");
    let id = insert.insert(params![state, due_at, received, key, digest, body.as_bytes()]);
    sql.prepare_cached(
        "INSERT INTO pockyt_seen (route, key, fingerprint, notice, first) VALUES (1, ?1, ?2, ?3, ?3)",
    )
    .expect("the tables are there")
    .execute(params![key, digest, id.expect("there is room")])
    .expect("there is room");
}
