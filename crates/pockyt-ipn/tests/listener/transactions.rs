//! Handlers that write in the transaction that says that their notice is handled.

use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use futures_util::FutureExt;
use pockyt_ipn::{Handled, Listener, Notice};
use pockyt_store::sqlite::rusqlite::{self, Connection};
use pockyt_store::{Inbox, InboxAdmin, SqliteStore, State, StoreErrorKind};

use crate::support::{FORM, ManualClock, Pockyt, genuine, key, recut, states};

/// A folder of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::SeqCst));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pockyt-ipn").join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn sql(&self) -> Connection {
        Connection::open(self.0.join("shop.db")).unwrap()
    }

    fn shop(&self) -> Shop {
        let (store, clock) =
            (Arc::new(SqliteStore::open(self.0.join("shop.db")).unwrap()), ManualClock::default());
        self.sql()
            .execute_batch("CREATE TABLE IF NOT EXISTS paid (reference TEXT, amount TEXT) STRICT")
            .unwrap();
        let pockyt = Pockyt::default().with(1, "13.00", "success");
        let listener =
            Listener::builder(key(), store).tenant("shop").clock(clock.clone()).confirm_with(pockyt);
        Shop { listener: listener.build().unwrap(), clock }
    }

    fn paid(&self) -> Vec<String> {
        let sql = self.sql();
        let mut all = sql.prepare("SELECT reference || ' ' || amount FROM paid").unwrap();
        all.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

struct Shop {
    listener: Listener<Arc<SqliteStore>>,
    clock: ManualClock,
}

impl Shop {
    async fn deliver(&self, body: &str) {
        assert_eq!(self.listener.accept(FORM, body.as_bytes()).await.body, "success");
    }

    async fn states(&self) -> [usize; 5] {
        states(self.listener.inbox().counts().await.unwrap())
    }
}

fn book(sql: &Connection, notice: &Notice) -> rusqlite::Result<Handled> {
    let payment = notice.payment().unwrap();
    let row = [payment.reference().as_str(), payment.amount().as_str()];
    sql.execute("INSERT INTO paid VALUES (?1, ?2)", row)?;
    Ok(Handled::Done)
}

#[tokio::test]
async fn what_the_handler_wrote_and_that_the_notice_is_done_are_there_together() {
    let folder = Folder::new();
    let shop = folder.shop();
    for body in [genuine(1), genuine(2), genuine(1)] {
        shop.deliver(&body).await;
    }
    assert_eq!(shop.listener.run_in_transaction_until_idle(book).await.unwrap(), 2);
    assert_eq!(
        (folder.paid(), shop.states().await),
        (vec!["order-1 13.00".into(), "order-2 13.00".into()], [0, 2, 0, 0, 0])
    );
}

#[tokio::test]
async fn what_is_not_done_is_undone_and_what_the_handler_said_is_kept() {
    let folder = Folder::new();
    let said = [
        (Ok(Handled::retry("no stock")), "no stock", State::Waiting),
        (Ok(Handled::deferred("no order")), "no order", State::Waiting),
        (Ok(Handled::dead("no such product")), "no such product", State::Dead),
        (Err("no such table: nowhere"), "no such table: nowhere", State::Waiting),
    ];
    for (payment, (says, reason, state)) in (1..).zip(said) {
        let shop = folder.shop();
        shop.deliver(&genuine(payment)).await;
        let work = move |sql: &Connection, notice: &Notice| {
            let _ = book(sql, notice)?;
            match &says {
                Ok(handled) => Ok(handled.clone()),
                Err(_) => sql.execute("INSERT INTO nowhere VALUES (1)", []).map(|_| Handled::Done),
            }
        };
        // Those of earlier rows that wait are due again, and fail again.
        shop.listener.run_in_transaction_until_idle(work).await.unwrap();
        assert_eq!(folder.paid().len(), 0, "{reason}");
        let all = shop.listener.inbox().list(state, None, 99).await.unwrap();
        assert_eq!(all.last().unwrap().last_reason.as_deref(), Some(reason));
    }
}

#[tokio::test]
async fn a_handler_that_dies_in_the_middle_leaves_nothing_and_is_called_again() {
    let folder = Folder::new();
    let shop = folder.shop();
    shop.deliver(&genuine(1)).await;
    let dies = |sql: &Connection, notice: &Notice| {
        let _ = book(sql, notice)?;
        panic!("the power went")
    };
    let died = AssertUnwindSafe(shop.listener.run_in_transaction_until_idle(dies)).catch_unwind().await;
    assert!(died.is_err());
    assert_eq!((folder.paid().len(), shop.states().await), (0, [0, 0, 1, 0, 0]));
    shop.clock.advance(Duration::from_secs(60));
    assert_eq!(shop.listener.run_in_transaction_until_idle(book).await.unwrap(), 1);
    assert_eq!((folder.paid(), shop.states().await), (vec!["order-1 13.00".into()], [0, 1, 0, 0, 0]));
}

#[tokio::test]
async fn a_process_that_goes_between_claiming_and_handling_does_not_lose_the_notice() {
    let folder = Folder::new();
    let shop = folder.shop();
    shop.deliver(&genuine(1)).await;
    let route = shop.listener.inbox().list(State::Waiting, None, 1).await.unwrap().remove(0).route;
    let (owner, now) = (pockyt_store::OwnerToken::new("gone"), pockyt_model::UtcMillis::new(0));
    shop.listener.inbox().claim(&route, &owner, now, Duration::from_secs(60)).await.unwrap().unwrap();
    drop(shop);
    let shop = folder.shop();
    assert_eq!(shop.listener.run_in_transaction_until_idle(book).await.unwrap(), 0, "the lease still runs");
    shop.clock.advance(Duration::from_secs(60));
    assert_eq!(shop.listener.run_in_transaction_until_idle(book).await.unwrap(), 1);
    assert_eq!(folder.paid().len(), 1);
}

#[tokio::test]
async fn a_confirmed_notice_and_its_clean_copy_are_booked_once() {
    for bodies in [[recut(1), genuine(1)], [genuine(1), recut(1)]] {
        let folder = Folder::new();
        let shop = folder.shop();
        for body in &bodies {
            shop.deliver(body).await;
            shop.listener.run_in_transaction_until_idle(book).await.unwrap();
        }
        assert_eq!(folder.paid(), ["order-1 13.00"]);
        drop(shop);
        // What was confirmed is remembered by the file.
        let shop = folder.shop();
        for body in &bodies {
            shop.deliver(body).await;
        }
        assert_eq!(shop.listener.counts().duplicates, 2);
        assert_eq!(shop.listener.run_in_transaction_until_idle(book).await.unwrap(), 0);
    }
}

/// The disk may hang, and so may a handler. What it writes then is written together with the word that it is done, or
/// not at all.
#[tokio::test]
async fn work_that_never_ends_holds_up_no_one_longer_than_its_lease() {
    let folder = Folder::new();
    let shop = folder.shop();
    shop.deliver(&genuine(1)).await;
    let (release, stuck) = mpsc::channel();
    let stuck = Mutex::new(stuck);
    let begun = Arc::new(tokio::sync::Notify::new());
    let told = Arc::clone(&begun);
    let work = move |sql: &Connection, notice: &Notice| {
        told.notify_one();
        stuck.lock().unwrap().recv().unwrap();
        book(sql, notice)
    };
    let hurrying = async {
        begun.notified().await;
        tokio::time::pause();
        // Longer than any lease: whoever waits for that is not held up by the work.
        tokio::time::sleep(Duration::from_secs(7200)).await;
    };
    let given_up = tokio::select! {
        biased;
        worked = shop.listener.run_in_transaction_until_idle(work) => worked,
        () = hurrying => panic!("it waits still"),
    };
    assert_eq!(given_up.unwrap_err().kind(), StoreErrorKind::Unavailable);
    tokio::time::resume();
    release.send(()).unwrap();
    shop.listener.inbox().check().await.unwrap();
    assert_eq!((shop.states().await, folder.paid()), ([0, 1, 0, 0, 0], vec!["order-1 13.00".into()]));
    assert_eq!(shop.listener.run_in_transaction_until_idle(book).await.unwrap(), 0);
}

#[tokio::test]
async fn it_runs_until_it_is_told_to_stop() {
    let folder = Folder::new();
    let shop = folder.shop();
    shop.deliver(&genuine(1)).await;
    let booked = Arc::new((AtomicBool::new(false), tokio::sync::Notify::new()));
    let told = Arc::clone(&booked);
    let work = move |sql: &Connection, notice: &Notice| {
        told.0.store(true, Ordering::SeqCst);
        told.1.notify_one();
        book(sql, notice)
    };
    shop.listener.run_in_transaction_until(work, async { booked.1.notified().await }).await;
    assert_eq!((folder.paid().len(), shop.states().await), (1, [0, 1, 0, 0, 0]));
}
