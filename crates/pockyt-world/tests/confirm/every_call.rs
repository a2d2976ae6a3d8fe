//! A store of which one call fails, whichever it is and however: what was answered `success` is there, and in the
//! end every payment was heard and told.

use std::any::Any;
use std::borrow::Borrow;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pockyt_ipn::{Handled, Limits, Notice};
use pockyt_model::{Notification, UtcMillis};
use pockyt_store::conformance::{Fault, Faulty};
use pockyt_store::sqlite::SqliteOptions;
use pockyt_store::{Claimed, Counts, FinishError, Inbox, Lease, MemoryInbox, NewNotice, Outcome};
use pockyt_store::{OwnerToken, Recorded, Route, SqliteStore, State, StoreError};
use rusqlite::Connection;

use crate::folder::Folder;
use crate::world::{Kept, World, builder};

/// Two that are clean, and one that must be asked about.
const NOTES: [&str; 3] = ["tea", "tea&ox=1", "coffee"];

/// No call of the store in memory takes any time, unless it is never answered.
const PATIENCE: Duration = Duration::from_millis(5);

/// Tokio's time, which is paused and so runs as fast as nothing else happens: while a call is never answered, the
/// only thing that anybody waits for is the end of patience.
struct Hurried;

impl Hurried {
    fn begin() -> Box<dyn Any + Send> {
        tokio::time::pause();
        Box::new(Self)
    }
}

impl Drop for Hurried {
    fn drop(&mut self) {
        tokio::time::resume();
    }
}

/// In which all nine deliveries are made.
const STEPS: u32 = 10;
const STEP: Duration = Duration::from_mins(15);
const USUAL: Duration = Duration::from_mins(1);
/// The shortest that there is.
const SHORT: Duration = Duration::from_secs(1);

type Shop<S> = World<Faulty<S>>;

/// What came of one run.
struct Played {
    /// How many calls there were of which one could have failed.
    calls: u64,
    /// Whether a delivery was answered 503.
    was_refused: bool,
}

/// Plays the story with a store that fails at the first call, then at the second, and so on, until it is over
/// before the call that would fail. In how many of the runs a delivery was answered 503.
async fn at_every_call(least: u64, play: impl AsyncFn(u64) -> Played) -> usize {
    let (mut failing, mut refused) = (1, 0);
    loop {
        let played = play(failing).await;
        refused += usize::from(played.was_refused);
        if played.calls < failing {
            assert!(failing > least, "there are {} calls", failing - 1);
            return refused;
        }
        failing += 1;
    }
}

/// The shop hears of three payments, while `work` is done after every delivery.
async fn play<S: Kept>(shop: &Shop<S>, about: &str, work: impl AsyncFn(&Shop<S>)) -> BTreeSet<String> {
    let mut numbers = BTreeSet::new();
    for (row, note) in NOTES.into_iter().enumerate() {
        let number = shop.order_of(&format!("order-{row}"), &[("note", note)]).await;
        shop.pay(&number).await;
        numbers.insert(number);
        is_kept(shop, &numbers, about).await;
        work(shop).await;
    }
    for _ in 0..STEPS {
        shop.mock.advance(STEP).await;
        is_kept(shop, &numbers, about).await;
        work(shop).await;
    }
    assert!(numbers.iter().all(|number| shop.is_acknowledged(number)), "{about}");
    numbers
}

/// That what was answered `success` is in the store beneath, which does not fail.
async fn is_kept<S: Kept>(shop: &Shop<S>, numbers: &BTreeSet<String>, about: &str) {
    let mut kept = Vec::new();
    for state in State::ALL {
        let notices = shop.listener.inbox().inner().list(state, None, 100).await.unwrap();
        kept.extend(notices.into_iter().map(|notice| String::from_utf8(notice.body.to_vec()).unwrap()));
    }
    for number in numbers.iter().filter(|number| shop.is_acknowledged(number)) {
        assert!(kept.iter().any(|body| body.contains(number.as_str())), "{about}: {number} is not there");
    }
}

fn was_refused<S: Kept>(shop: &Shop<S>) -> bool {
    let all = shop.mock.notifications(None);
    let mut attempts = all.iter().flat_map(|notification| &notification.attempts);
    attempts.any(|attempt| attempt.status == Some(503))
}

/// At least once, and once more only where the word that it is done was lost.
async fn by_a_handler(fault: Fault, failing: u64) -> Played {
    let about = format!("{fault:?} at call {failing}");
    let faulty = Faulty::new(MemoryInbox::default(), fault, failing..failing + 1);
    let store = Arc::new(faulty.while_unanswered(Hurried::begin));
    let limits = Limits::default().store_time(PATIENCE);
    // What takes or ends a lease is waited for as long as the lease.
    let lease = if matches!(fault, Fault::Unanswered) { SHORT } else { USUAL };
    let shop = World::new(Arc::clone(&store), |builder| builder.limits(limits).lease(lease)).await;
    // A worker that was stopped comes back at the next step.
    let numbers = play(&shop, &about, async |shop| drop(shop.try_to_work().await)).await;
    let calls = store.calls();

    let told = shop.told();
    let of = |number: &String| told.iter().filter(|told| told.number == *number).count();
    assert!(numbers.iter().all(|number| of(number) >= 1), "{about}: {told:?}");
    assert!(told.len() <= numbers.len() + 1, "{about}: {told:?}");
    assert!(told.iter().all(|told| told.money == "13.00 USD" && told.status == "success"), "{about}");
    let counts = store.inner().counts().await.unwrap();
    assert_eq!((counts.done, counts.waiting, counts.leased), (numbers.len(), 0, 0), "{about}");
    assert_eq!((counts.dead, counts.quarantined), (0, 0), "{about}");
    Played { calls, was_refused: was_refused(&shop) }
}

#[tokio::test]
async fn whichever_call_fails_before_it_is_done_nothing_is_lost() {
    let refused = at_every_call(20, async |failing| by_a_handler(Fault::BeforeDoing, failing).await).await;
    assert_eq!(refused, NOTES.len(), "each first delivery once");
}

#[tokio::test]
async fn whichever_call_fails_after_it_was_done_nothing_is_lost() {
    let refused = at_every_call(20, async |failing| by_a_handler(Fault::AfterDoing, failing).await).await;
    assert_eq!(refused, NOTES.len(), "each first delivery once");
}

#[tokio::test]
async fn whichever_call_is_never_answered_nothing_is_lost() {
    let refused = at_every_call(20, async |failing| by_a_handler(Fault::Unanswered, failing).await).await;
    assert_eq!(refused, NOTES.len(), "each first delivery once");
}

/// Handled in transactions, each payment is told exactly once.
async fn in_transactions(file: &Path, worker: Worker, about: &str) -> Played {
    let store = Arc::clone(&worker.store);
    let tables = Connection::open(file).unwrap();
    tables.execute_batch("CREATE TABLE told (number TEXT NOT NULL)").unwrap();
    let shop = World::new(Arc::clone(&store), |builder| builder).await;
    let transactions = Arc::clone(&worker.transactions);
    let worker = builder(&shop.mock, worker).build().unwrap();
    let numbers = play(&shop, about, async |_| drop(worker.run_in_transaction_until_idle(tell).await)).await;

    let mut asked = tables.prepare("SELECT number FROM told ORDER BY number").unwrap();
    let told =
        asked.query_map([], |row| row.get(0)).unwrap().collect::<rusqlite::Result<Vec<String>>>().unwrap();
    assert_eq!(told, Vec::from_iter(numbers), "{about}");
    let calls = if worker.inbox().locked_at == 0 { store.calls() } else { transactions.load(SeqCst) };
    Played { calls, was_refused: was_refused(&shop) }
}

fn tell(sql: &Connection, notice: &Notice) -> rusqlite::Result<Handled> {
    let number = notice.payment().unwrap().transaction_no().to_string();
    sql.execute("INSERT INTO told VALUES (?1)", [number])?;
    Ok(Handled::Done)
}

fn sqlite(file: &Path) -> SqliteStore {
    SqliteOptions::new(file).busy_timeout(Duration::from_millis(1)).open().unwrap()
}

#[tokio::test]
async fn in_transactions_each_is_told_exactly_once_whichever_call_fails() {
    let folder = Folder::new();
    for fault in [Fault::BeforeDoing, Fault::AfterDoing] {
        let refused = at_every_call(15, async |failing| {
            let file = folder.file(&format!("{fault:?}-{failing}.db"));
            let store = Arc::new(Faulty::new(sqlite(&file), fault, failing..failing + 1));
            in_transactions(&file, Worker::new(store, &file, 0), &format!("{fault:?} at call {failing}"))
                .await
        })
        .await;
        assert_eq!(refused, NOTES.len(), "each first delivery once");
    }
}

#[tokio::test]
async fn in_transactions_each_is_told_exactly_once_whichever_transaction_fails() {
    let folder = Folder::new();
    let refused = at_every_call(NOTES.len() as u64, async |locked_at| {
        let file = folder.file(&format!("{locked_at}.db"));
        let store = Arc::new(Faulty::new(sqlite(&file), Fault::BeforeDoing, 0..0));
        in_transactions(&file, Worker::new(store, &file, locked_at), &format!("locked at {locked_at}")).await
    })
    .await;
    assert_eq!(refused, NOTES.len() - 1, "each delivery that comes before the file is free again");
}

/// The store of a worker that handles notices in transactions; while one of these is made, another program
/// writes the file.
struct Worker {
    store: Arc<Faulty<SqliteStore>>,
    /// Which one, counted from 1; 0 for none.
    locked_at: u64,
    transactions: Arc<AtomicU64>,
    somebody: Mutex<Connection>,
}

impl Worker {
    fn new(store: Arc<Faulty<SqliteStore>>, file: &Path, locked_at: u64) -> Self {
        let somebody = Mutex::new(Connection::open(file).unwrap());
        Self { store, locked_at, transactions: Arc::default(), somebody }
    }

    /// The store for anything but a transaction, for which it is free again.
    fn freed(&self) -> &Faulty<SqliteStore> {
        let somebody = self.somebody.lock().unwrap();
        if !somebody.is_autocommit() {
            somebody.execute_batch("ROLLBACK").unwrap();
        }
        &self.store
    }
}

impl Borrow<SqliteStore> for Worker {
    fn borrow(&self) -> &SqliteStore {
        if self.transactions.fetch_add(1, SeqCst) + 1 == self.locked_at {
            self.somebody.lock().unwrap().execute_batch("BEGIN IMMEDIATE").unwrap();
        }
        self.store.inner()
    }
}

impl Inbox for Worker {
    async fn record(&self, notice: NewNotice) -> Result<Recorded, StoreError> {
        self.freed().record(notice).await
    }

    async fn claim(
        &self,
        route: &Route,
        owner: &OwnerToken,
        now: UtcMillis,
        lease_for: Duration,
    ) -> Result<Option<Claimed>, StoreError> {
        self.freed().claim(route, owner, now, lease_for).await
    }

    async fn finish(&self, lease: &Lease, outcome: Outcome, now: UtcMillis) -> Result<(), FinishError> {
        self.freed().finish(lease, outcome, now).await
    }

    async fn identify(&self, lease: &Lease, notification: &Notification) -> Result<Recorded, FinishError> {
        self.freed().identify(lease, notification).await
    }

    async fn next_due(&self, route: &Route) -> Result<Option<UtcMillis>, StoreError> {
        self.freed().next_due(route).await
    }

    async fn counts(&self) -> Result<Counts, StoreError> {
        self.freed().counts().await
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.freed().check().await
    }
}
