//! Hearing notifications over real sockets: verifying, recording and answering, beside what nobody is spared.
//!
//! A program of its own, not criterion's, since it counts requests of 64 connections at once. What is compared
//! takes turns, and ratios are taken within a round. With `--big` it compares a store of five million records
//! with one of ten thousand instead.
//!
//! ```console
//! $ cargo bench -p pockyt-benches --bench ipn
//! $ cargo bench -p pockyt-benches --bench ipn -- --big
//! ```

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "it measures, prints, and reports by panicking"
)]

mod big;
mod load;
mod messages;
mod raw;
mod server;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use pockyt_figures::{Figure, RATIO, median};
use pockyt_store::{MemoryInbox, SqliteStore};

use crate::load::Turn;
use crate::messages::Batch;
use crate::server::Server;

/// How many notifications a turn has, and how many turns each contender. On a shared machine a turn can be off by a
/// third, and a median of five rounds still by a twentieth.
const NOTIFICATIONS: usize = 48_000;
const ROUNDS: usize = 15;

fn main() {
    let asked = |flag: &str| std::env::args().any(|arg| arg == flag);
    // `cargo bench` says so; else somebody runs all benchmarks once to see that they run, and this one takes too
    // long for that.
    if !asked("--bench") {
        return;
    }
    let folder = Folder::new();
    if asked("--big") { big::compare(&folder.0) } else { side_by_side(&folder.0) }
}

/// Removed at the end, if the end is reached.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("ipn-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("the target folder can be written to");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn side_by_side(folder: &Path) {
    let mut rounds = Vec::new();
    let mut next = 0;
    for round in 0..ROUNDS {
        let mut turn = |file: &str, run: &mut dyn FnMut(&Batch, &Path) -> Turn| {
            let batch = Batch::signed(next, NOTIFICATIONS);
            next += NOTIFICATIONS as u64;
            run(&batch, &folder.join(format!("{file}-{round}.db")))
        };
        let bare = turn("bare", &mut |batch, _| load::run(&Server::bare(), batch));
        let memory = turn("memory", &mut |batch, _| heard(MemoryInbox::default(), batch));
        let sqlite = turn("sqlite", &mut |batch, file| {
            heard(SqliteStore::open(file).expect("the file can be made"), batch)
        });
        let raw = turn("raw", &mut |batch, file| raw::insert(file, batch));
        rounds.push([bare, memory, sqlite, raw]);
    }
    report(&rounds);
}

/// A turn of the listener over a store.
fn heard<I: pockyt_store::Inbox + 'static>(inbox: I, batch: &Batch) -> Turn {
    let inbox = Arc::new(inbox);
    let turn = load::run(&Server::listener(Arc::clone(&inbox)), batch);
    let counts = load::block_on(inbox.counts()).expect("the store is there");
    assert_eq!(counts.waiting, batch.len(), "each was recorded, and nothing else");
    turn
}

fn report(rounds: &[[Turn; 4]]) {
    let of = |who: usize, what: fn(&Turn) -> f64| median(rounds.iter().filter_map(|r| r.get(who)).map(what));
    let ratio = |ours: usize, theirs: usize| {
        let within =
            |round: &[Turn; 4]| Some(round.get(ours)?.per_second() / round.get(theirs)?.per_second());
        median(rounds.iter().filter_map(within))
    };
    println!(
        "{ROUNDS} rounds of {NOTIFICATIONS} notifications each, {} connections; medians",
        load::CONNECTIONS
    );
    println!("{:<34}{:>12}{:>10}{:>10}", "", "a second", "p50 ms", "p99 ms");
    let names = ["bare hyper (a)", "listener, in memory", "listener, SQLite", "raw grouped inserts (b)"];
    for (who, name) in names.iter().enumerate() {
        let millis = |share| median(rounds.iter().filter_map(|r| r.get(who)).map(|t| t.latency_ms(share)));
        println!("{name:<34}{:>12.0}{:>10.2}{:>10.2}", of(who, Turn::per_second), millis(0.5), millis(0.99));
    }
    let durable = of(2, Turn::per_second);
    let p99 = median(rounds.iter().map(|[_, _, sqlite, _]| sqlite.latency_ms(0.99)));
    let goal = 8000.0_f64.min(0.7 * of(3, Turn::per_second));
    let rate = "Notifications a second";
    verdict([rate, "in memory / bare hyper (a)", RATIO], ratio(1, 0), 0.85, true);
    verdict([rate, "SQLite / bare hyper (a)", RATIO], ratio(2, 0), 0.0, true);
    verdict([rate, "SQLite / raw inserts (b)", RATIO], ratio(2, 3), 0.0, true);
    verdict([rate, "durable, on SQLite", ""], durable, goal, true);
    verdict(["Waiting for success", "p99 on SQLite", "ms"], p99, 25.0, false);
}

/// One figure of a group beside its goal, if it has one.
pub(crate) fn verdict([group, what, unit]: [&str; 3], figure: f64, goal: f64, at_least: bool) {
    let record = Figure::of(group, what, figure, unit);
    let record = match (goal > 0.0, at_least) {
        (false, _) => record,
        (true, true) => record.at_least(goal),
        (true, false) => record.at_most(goal),
    };
    record.record().expect("the report's file can be written to");
    let met = if at_least { figure >= goal } else { figure <= goal };
    let goal = match (goal > 0.0, at_least, met) {
        (false, ..) => String::new(),
        (_, true, true) => format!("goal >= {goal:.2}: met"),
        (_, true, false) => format!("goal >= {goal:.2}: MISSED"),
        (_, false, true) => format!("goal <= {goal:.2}: met"),
        (_, false, false) => format!("goal <= {goal:.2}: MISSED"),
    };
    println!("{what:<34}{figure:>12.2} {unit:<2} {goal}");
}
