//! A merchant's program with a listener on SQLite, to be killed.

use std::fmt;
use std::future::pending;
use std::io::Write as _;
use std::os::fd::AsFd as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use futures_util::future::join_all;
use pockyt_ipn::{Handled, Listener, Notice};
use pockyt_model::{Clock, SystemClock, UtcMillis};
use pockyt_store::sqlite::SqliteOptions;
use pockyt_store::{Identity, InboxAdmin as _, NoticeId, SqliteStore, State};
use rusqlite::Connection;

use crate::pockyt::key;

/// What the program is told, as a variable of its environment.
pub(crate) const TASK: &str = "POCKYT_WORLD_TEST_TASK";

/// How many notices are in hand at once.
pub(crate) const WORKERS: usize = 3;

/// How notices are handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// The effect is a word on standard output, which no transaction can take back.
    AtLeastOnce,
    /// The effect is a row of the merchant's own table, written in the transaction that says that the notice
    /// is handled.
    InTransaction,
    /// Not at all before the last life: it only listens.
    NotAtAll,
}

/// What the program does. Its clock is `life` times ten minutes ahead, so that the leases of earlier lives have
/// run out.
#[derive(Clone, Debug)]
pub(crate) struct Task {
    pub(crate) database: PathBuf,
    pub(crate) mode: Mode,
    pub(crate) life: u32,
    /// It says which notices of higher numbers it finds on opening.
    pub(crate) known: u64,
    pub(crate) batch: usize,
    /// It does not listen, and ends when nothing is left to be handled.
    pub(crate) last: bool,
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { database, mode, life, known, batch, last } = self;
        write!(f, "{}|{mode:?}|{life}|{known}|{batch}|{last}", database.display())
    }
}

impl Task {
    fn from_env() -> Option<Self> {
        let text = std::env::var(TASK).ok()?;
        let mut parts = text.split('|');
        let mut next = || parts.next().unwrap();
        Some(Self {
            database: next().into(),
            mode: match next() {
                "AtLeastOnce" => Mode::AtLeastOnce,
                "InTransaction" => Mode::InTransaction,
                _ => Mode::NotAtAll,
            },
            life: next().parse().unwrap(),
            known: next().parse().unwrap(),
            batch: next().parse().unwrap(),
            last: next().parse().unwrap(),
        })
    }
}

/// Not a test: the program itself, when it is started as one.
#[test]
fn program() {
    let Some(task) = Task::from_env() else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(run(&task));
}

async fn run(task: &Task) {
    let store = Arc::new(SqliteOptions::new(&task.database).batch(task.batch).open().unwrap());
    say_what_is_there(&store, NoticeId::new(task.known)).await;
    let listener = Listener::builder(key(), store)
        .tenant("shop")
        .clock(Later(Duration::from_mins(10) * task.life))
        .allow_published_sandbox_key()
        .build()
        .unwrap();
    if task.last {
        if task.mode == Mode::InTransaction {
            listener.run_in_transaction_until_idle(fulfil_in_transaction).await.unwrap();
        } else {
            listener.run_until_idle(&fulfil).await.unwrap();
        }
        return say("idle");
    }
    let app: Router = Router::new().route_service("/ipn", listener.service());
    // The socket belongs to whoever started this, so it stays when this is killed.
    let socket = std::net::TcpListener::from(std::io::stdin().as_fd().try_clone_to_owned().unwrap());
    socket.set_nonblocking(true).unwrap();
    let serving = axum::serve(tokio::net::TcpListener::from_std(socket).unwrap(), app);
    let handling = join_all((0..WORKERS).map(async |_| match task.mode {
        Mode::AtLeastOnce => listener.run_until(&fulfil, pending()).await,
        Mode::InTransaction => listener.run_in_transaction_until(fulfil_in_transaction, pending()).await,
        Mode::NotAtAll => pending().await,
    }));
    tokio::select! {
        served = serving.into_future() => panic!("the server ended: {served:?}"),
        _ = handling => unreachable!("it goes on for ever"),
    }
}

/// Says what an earlier life left: new notices, and those that were in hand.
async fn say_what_is_there(store: &SqliteStore, known: NoticeId) {
    for held in store.list(State::Leased, None, 1000).await.unwrap() {
        say(&format!("held {}", held.id));
    }
    for state in State::ALL {
        for found in store.list(state, Some(known), 10_000).await.unwrap() {
            let Identity::Clean { key, .. } = found.identity else { panic!("doubtful") };
            say(&format!("found {} {key}", found.id));
        }
    }
    say("open");
}

async fn fulfil(notice: Notice) -> Handled {
    say(&format!("effect {}", notice.id()));
    tokio::task::yield_now().await;
    Handled::Done
}

fn fulfil_in_transaction(sql: &Connection, notice: &Notice) -> rusqlite::Result<Handled> {
    say(&format!("effect {}", notice.id()));
    sql.execute("INSERT INTO effects (notice) VALUES (?1)", [notice.id().get()])?;
    Ok(Handled::Done)
}

/// One write, so that it is said wholly or not at all.
fn say(words: &str) {
    std::io::stdout().lock().write_all(format!("#{words}\n").as_bytes()).unwrap();
}

/// The machine's clock, ahead of it.
struct Later(Duration);

impl Clock for Later {
    fn now(&self) -> UtcMillis {
        SystemClock.now().plus(self.0)
    }
}
