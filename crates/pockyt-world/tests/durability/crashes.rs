//! A listener that is killed at any moment.
//!
//! Each way of handling survives half of [`KILLS`]. The environment variable `POCKYT_KILLS` asks for
//! another number.

use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;
use std::path::PathBuf;

use fastrand::Rng;
use pockyt_mock::{ClockMode, MockPockyt};
use pockyt_store::SqliteStore;
use tokio::sync::mpsc::unbounded_channel;

use crate::child::{Moment, Process, Said};
use crate::folder::Folder;
use crate::pockyt::Pockyt;
use crate::program::{Mode, Task, WORKERS};

/// How often it is killed unless the environment says otherwise.
const KILLS: u32 = 200;

/// How many orders are paid in each life.
const ORDERS: usize = 12;

/// What was seen of all lives so far.
struct Lives {
    task: Task,
    /// Keys that were found on opening, and their notices.
    found: BTreeMap<String, u64>,
    /// What was in hand when a life ended, as the next one found it, by the number of that next one.
    held: BTreeMap<u32, BTreeSet<u64>>,
    /// The lives in which a notice had its effect.
    effects: BTreeMap<u64, Vec<u32>>,
    /// How many deliveries were cut off by a kill and made again.
    resent: usize,
}

impl Lives {
    fn begin(database: PathBuf, mode: Mode) -> Self {
        let task = Task { database, mode, life: 0, known: 0, batch: 64, last: false };
        Self { task, found: BTreeMap::new(), held: BTreeMap::new(), effects: BTreeMap::new(), resent: 0 }
    }

    fn next(&mut self, last: bool) -> &Task {
        self.task.life += 1;
        self.task.known = self.found.values().copied().max().unwrap_or_default();
        self.task.last = last;
        &self.task
    }

    /// Writes down what a life said, and checks that what was answered `success` before it began was there.
    fn write_down(&mut self, said: Said, answered: &BTreeSet<String>) {
        let life = self.task.life;
        for id in said.effects {
            self.effects.entry(id).or_default().push(life);
        }
        if said.opened {
            self.found.extend(said.found);
            for number in answered {
                assert!(self.found.contains_key(&key(number)), "life {life} has no {number}");
            }
            let held: BTreeSet<u64> = said.held.into_iter().collect();
            let before = self.held.values().next_back();
            let new = held.iter().filter(|id| before.is_none_or(|before| !before.contains(id)));
            assert!(new.count() <= WORKERS, "before life {life}: {held:?}, and before that {before:?}");
            self.held.insert(life, held);
        }
    }

    fn in_short(&self) -> String {
        let (lives, heard, resent) = (self.task.life, self.found.len(), self.resent);
        format!("{lives} lives, {heard} notifications, {resent} deliveries again")
    }

    /// That processes were killed while they heard and while they handled.
    fn assert_they_were_hard(&self) {
        assert!(self.held.values().any(|held| !held.is_empty()), "nobody was killed at work");
        assert!(self.resent > 0, "no delivery was cut off");
    }

    /// Whether a notice was in hand when this life ended.
    fn was_in_hand_after(&self, life: u32, id: u64) -> bool {
        self.held.range(life + 1..).next().is_some_and(|(_, held)| held.contains(&id))
    }
}

fn key(number: &str) -> String {
    format!("pay/{number}/success")
}

fn kills() -> u32 {
    let asked = std::env::var("POCKYT_KILLS").ok();
    asked.map_or(KILLS, |asked| asked.parse().expect("POCKYT_KILLS is a number")) / 2
}

/// What all the killing left: the folder of the database, and what was seen.
async fn survive(mode: Mode, seed: u64) -> (Folder, Lives, Pockyt) {
    let mut rng = Rng::with_seed(seed);
    let folder = Folder::new();
    let database = folder.file("inbox.db");
    SqliteStore::open(&database).unwrap().close();
    let sql = rusqlite::Connection::open(&database).unwrap();
    sql.execute_batch("CREATE TABLE effects (notice INTEGER NOT NULL)").unwrap();
    drop(sql);

    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let (tell, mut events) = unbounded_channel();
    let builder = MockPockyt::builder().clock(ClockMode::Real).seed(seed);
    let mut pockyt = Pockyt::start(builder, socket.local_addr().unwrap(), Some(tell.clone())).await;
    let mut lives = Lives::begin(database, mode);
    for _ in 0..kills() {
        let mut orders = Vec::new();
        for _ in 0..ORDERS {
            orders.push(pockyt.order().await);
        }
        let answered = pockyt.acknowledged();
        let process = Process::start(lives.next(false), &socket, &tell, &[]);
        // They wait at the socket until the process has opened its store, and come in all at once.
        pockyt.pay(&orders).await;
        lives.resent += pockyt.resend().await;
        let said = process.until(Moment::any(&mut rng, ORDERS), &mut events).await;
        lives.write_down(said, &answered);
    }

    // Whatever is still to be heard is heard by a last one that stays, and handled after that.
    while pockyt.acknowledged().len() < pockyt.ordered() {
        let answered = pockyt.acknowledged();
        let process = Process::start(lives.next(false), &socket, &tell, &[]);
        lives.resent += pockyt.resend().await;
        let missing = pockyt.ordered() - answered.len();
        let said = process.until(Moment::Answers(missing.min(1)), &mut events).await;
        lives.write_down(said, &answered);
    }
    let process = Process::start(lives.next(true), &socket, &tell, &[]);
    let said = process.run_to_its_end(&mut events).await;
    lives.write_down(said, &pockyt.acknowledged());
    (folder, lives, pockyt)
}

/// That the database is sound, has each notification once, and none that is not handled.
fn assert_all_is_handled(lives: &Lives, pockyt: &Pockyt) -> rusqlite::Connection {
    let sql = rusqlite::Connection::open(&lives.task.database).unwrap();
    let sound: String = sql.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
    let mut statement = sql.prepare("SELECT key, state FROM pockyt_notices ORDER BY key").unwrap();
    let done = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let done: Vec<(String, String)> = done.collect::<Result<_, _>>().unwrap();
    drop(statement);
    let all = pockyt.acknowledged().iter().map(|number| (key(number), "done".to_owned())).collect::<Vec<_>>();
    assert_eq!(done, all);
    sql
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_was_acknowledged_is_handled_and_repeated_only_when_it_was_in_hand() {
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let (_folder, lives, pockyt) = survive(Mode::AtLeastOnce, seed).await;
    assert_all_is_handled(&lives, &pockyt);
    assert_eq!(lives.effects.len(), pockyt.ordered(), "each had its effect");
    for (id, when) in &lives.effects {
        for pair in when.windows(2) {
            assert!(pair[0] < pair[1], "{id} was handed over twice in life {}", pair[0]);
            let in_hand = lives.was_in_hand_after(pair[0], *id);
            assert!(in_hand, "{id} was done with in life {}, and handed over again in {}", pair[0], pair[1]);
        }
    }
    let repeated = lives.effects.values().filter(|when| when.len() > 1).count();
    println!("{}, {repeated} handed over again", lives.in_short());
    lives.assert_they_were_hard();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_was_acknowledged_has_its_effect_exactly_once_in_the_transaction() {
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let (_folder, lives, pockyt) = survive(Mode::InTransaction, seed).await;
    let sql = assert_all_is_handled(&lives, &pockyt);
    let count = |of: &str| -> usize {
        sql.query_row(&format!("SELECT count({of}) FROM effects"), [], |row| row.get(0)).unwrap()
    };
    assert_eq!((count("*"), count("DISTINCT notice")), (pockyt.ordered(), pockyt.ordered()));
    println!("{}", lives.in_short());
    lives.assert_they_were_hard();
}
