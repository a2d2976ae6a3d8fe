//! A program that records, to be killed; and what is to be found afterwards.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use futures_util::future::join_all;
use pockyt_model::UtcMillis;
use pockyt_store::conformance::{payment, route};
use pockyt_store::sqlite::SqliteOptions;
use pockyt_store::{Inbox, Outcome, OwnerToken, SqliteStore};

use crate::support::block_on;

/// What the program is told, as a variable of its environment.
const TASK: &str = "POCKYT_STORE_TEST_TASK";

/// What a program does: `callers` record at once, each message up to 3 times until it is kept, and handle
/// what is due meanwhile.
#[derive(Clone, Debug)]
pub(crate) struct Task {
    pub(crate) database: PathBuf,
    pub(crate) first: u32,
    pub(crate) messages: u32,
    pub(crate) callers: u32,
    pub(crate) batch: usize,
}

/// What a program said, which is then a promise.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub(crate) kept: BTreeSet<u32>,
    pub(crate) done: BTreeSet<u64>,
    pub(crate) failed: u32,
    pub(crate) finished: bool,
    pub(crate) not_opened: bool,
}

/// Not a test: the program itself, when it is started as one.
#[test]
fn program() {
    let Some(task) = std::env::var_os(TASK) else { return };
    let task = task.into_string().unwrap();
    let mut parts = task.split('|');
    let mut next = || parts.next().unwrap();
    let number = |text: &str| text.parse::<u32>().unwrap();
    run(&Task {
        database: next().into(),
        first: number(next()),
        messages: number(next()),
        callers: number(next()),
        batch: number(next()) as usize,
    });
}

fn run(task: &Task) {
    let Ok(store) = SqliteOptions::new(&task.database).batch(task.batch).open() else {
        return say("not opened");
    };
    say("opened");
    block_on(join_all((0..task.callers).map(|caller| call(&store, task, caller))));
    say("finished");
    // It stays, with the store open, until whoever started it lets go.
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

async fn call(store: &SqliteStore, task: &Task, caller: u32) {
    let (shop, owner) = (route("shop"), OwnerToken::new(&caller.to_string()));
    let numbers = task.first..task.first + task.messages;
    for number in numbers.skip(caller as usize).step_by(task.callers as usize) {
        for _ in 0..3 {
            match store.record(payment(&shop, number, 5, "success", 10)).await {
                Ok(_) => {
                    say(&format!("kept {number}"));
                    break;
                }
                Err(_) => say(&format!("failed {number}")),
            }
        }
        if number % 4 != 0 {
            continue;
        }
        let (now, lease) = (UtcMillis::new(20), std::time::Duration::from_secs(9));
        if let Ok(Some(claimed)) = store.claim(&shop, &owner, now, lease).await {
            if store.finish(&claimed.lease, Outcome::Done, now).await.is_ok() {
                say(&format!("done {}", claimed.notice.id));
            }
        }
    }
}

/// One write, so that it is said wholly or not at all.
fn say(word: &str) {
    std::io::stdout().lock().write_all(format!("#{word}\n").as_bytes()).unwrap();
}

impl Task {
    pub(crate) fn start(&self, shim: &[(&str, &Path)], fail: Option<String>) -> Child {
        let Self { database, first, messages, callers, batch } = self;
        let task = format!("{}|{first}|{messages}|{callers}|{batch}", database.display());
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "child::program", "--nocapture", "--test-threads=1"]).env(TASK, task);
        if !shim.is_empty() {
            command.env("LD_PRELOAD", shim_library());
        }
        command.envs(shim.iter().copied());
        command.envs(fail.map(|fail| ("SHIM_FAIL", fail)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// Lets it run to its end.
    pub(crate) fn finish(&self, shim: &[(&str, &Path)], fail: Option<String>) -> Said {
        let mut child = self.start(shim, fail);
        drop(child.stdin.take());
        let said = Said::read(&mut child, |_| false);
        child.wait().unwrap();
        said
    }
}

impl Said {
    /// Reads what it says; kills it when `enough`, and reads what it had said by then.
    pub(crate) fn read(child: &mut Child, enough: impl Fn(&Said) -> bool) -> Self {
        let mut said = Self::default();
        let mut killed = false;
        let out = child.stdout.take().unwrap();
        for line in BufReader::new(out).lines() {
            let line = line.unwrap();
            // The harness says something too, even on the same line.
            let Some((_, words)) = line.split_once('#') else { continue };
            match words.split_once(' ') {
                Some(("kept", number)) => drop(said.kept.insert(number.parse().unwrap())),
                Some(("done", id)) => drop(said.done.insert(id.parse().unwrap())),
                Some(("failed", _)) => said.failed += 1,
                _ => {
                    said.finished |= words == "finished";
                    said.not_opened |= words == "not opened";
                }
            }
            if !killed && enough(&said) {
                child.kill().unwrap();
                killed = true;
            }
        }
        child.wait().unwrap();
        said
    }

    pub(crate) fn add(&mut self, more: Self) {
        self.kept.extend(more.kept);
        self.done.extend(more.done);
    }

    /// That everything that was said is so in this database, and that it is sound.
    pub(crate) fn assert_is_so(&self, database: &Path, about: &str) {
        // Whatever recovery does happens here.
        SqliteStore::open(database).unwrap().close();
        let sql = rusqlite::Connection::open(database).unwrap();
        let sound: String = sql.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(sound, "ok", "{about}");
        let mut rows = sql.prepare("SELECT id, key, state FROM pockyt_notices").unwrap();
        let rows =
            rows.query_map([], |row| Ok((row.get("key")?, (row.get("id")?, row.get("state")?)))).unwrap();
        let rows: BTreeMap<String, (u64, String)> = rows.collect::<Result<_, _>>().unwrap();
        for number in &self.kept {
            let key = format!("pay/3000{number:014}/success");
            assert!(rows.contains_key(&key), "{about}: {number} was said to be kept");
        }
        let states: BTreeMap<u64, String> = rows.into_values().collect();
        for id in &self.done {
            assert_eq!(states.get(id).map(String::as_str), Some("done"), "{about}: {id} was said to be done");
        }
    }
}

/// Compiles the shim, once.
fn shim_library() -> &'static Path {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let library = folder.join(format!("pockyt-store-shim-{}.so", std::process::id()));
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sqlite/shim.c");
        let compiler = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .args([&library, &source])
            .arg("-ldl")
            .status();
        assert!(compiler.expect("a C compiler, as for SQLite itself").success());
        library
    })
}
