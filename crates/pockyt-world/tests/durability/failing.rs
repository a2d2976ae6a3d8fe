//! A store that fails: nothing is answered `success` meanwhile, and the mock's resends deliver everything
//! when it is back. Two hours pass at once, since the mock's clock stands still until it is moved.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use pockyt_ipn::{Handled, Limits, Listener, Notice};
use pockyt_mock::{MockPockyt, Schedule};
use pockyt_store::conformance::{Fault, Faulty};
use pockyt_store::sqlite::SqliteOptions;
use pockyt_store::{Inbox, SqliteStore};

use crate::folder::Folder;
use crate::pockyt::{Pockyt, key};

const TWO_HOURS: Duration = Duration::from_hours(2);

/// The mock, and a listener on a store in the same process.
struct Scene<S> {
    pockyt: Pockyt,
    listener: Listener<Arc<S>>,
    /// How often each payment was handed over.
    handled: Arc<Mutex<BTreeMap<String, u32>>>,
    serving: tokio::task::JoinHandle<std::io::Result<()>>,
}

impl<S: Inbox + 'static> Scene<S> {
    async fn set(store: S, limits: Limits, schedule: Schedule) -> Self {
        let listener = Listener::builder(key(), Arc::new(store))
            .tenant("shop")
            .limits(limits)
            .allow_published_sandbox_key()
            .build()
            .unwrap();
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let shop = socket.local_addr().unwrap();
        let app: Router = Router::new().route_service("/ipn", listener.service());
        let serving = tokio::spawn(axum::serve(socket, app).into_future());
        let pockyt = Pockyt::start(MockPockyt::builder().schedule(schedule), shop, None).await;
        Self { pockyt, listener, handled: Arc::default(), serving }
    }

    async fn pay(&mut self, payments: usize) {
        for _ in 0..payments {
            let number = self.pockyt.order().await;
            self.pockyt.pay(&[number]).await;
        }
    }

    fn heard(&self) -> usize {
        self.pockyt.acknowledged().len()
    }

    /// The statuses of all attempts so far, by notification.
    fn statuses(&self) -> Vec<Vec<Option<u16>>> {
        let all = self.pockyt.mock.notifications(None);
        all.iter().map(|notification| notification.attempts.iter().map(|a| a.status).collect()).collect()
    }

    /// The rest of the two hours passes; then everything was heard, and is handled once.
    async fn see_through(self, about: &str) {
        self.pockyt.mock.advance(TWO_HOURS).await;
        assert_eq!(self.heard(), self.pockyt.ordered(), "{about}: {:?}", self.statuses());
        for notification in self.pockyt.mock.notifications(None) {
            assert!(notification.attempts.len() <= 9, "{about}");
        }
        let handled = Arc::clone(&self.handled);
        let handler = move |notice: Notice| {
            let number = notice.payment().unwrap().transaction_no().to_string();
            *handled.lock().unwrap().entry(number).or_default() += 1;
            async { Handled::Done }
        };
        self.listener.run_until_idle(&handler).await.unwrap();
        let handled = self.handled.lock().unwrap().clone();
        let once: BTreeMap<_, _> = self.pockyt.acknowledged().into_iter().map(|number| (number, 1)).collect();
        assert_eq!(handled, once, "{about}");
        self.serving.abort();
    }
}

fn sqlite(database: &Path) -> SqliteOptions {
    SqliteOptions::new(database)
}

#[tokio::test]
async fn whichever_call_fails_is_answered_503_and_made_good_by_a_resend() {
    let folder = Folder::new();
    for fault in [Fault::BeforeDoing, Fault::AfterDoing] {
        for (first, failures) in [(1, 1), (2, 1), (3, 1), (1, 3), (2, 6), (1, 8)] {
            let about = format!("{fault:?}, {failures} from {first}");
            let inner = sqlite(&folder.file(&format!("{about}.db"))).open().unwrap();
            let store = Faulty::new(inner, fault, first..first + failures);
            let mut scene = Scene::set(store, Limits::default(), Schedule::Even).await;
            scene.pay(3).await;
            let failed = scene.statuses().concat().iter().filter(|status| **status == Some(503)).count();
            // The deliveries follow one another, and each is one call.
            assert_eq!(failed as u64, failures.min(4 - first), "{about}");
            assert_eq!(scene.heard(), 3 - failed, "{about}");
            scene.see_through(&about).await;
        }
    }
}

#[tokio::test]
async fn a_locked_database_answers_503_and_hears_everything_when_it_is_free_again() {
    let folder = Folder::new();
    for schedule in [Schedule::Even, Schedule::Doubling, Schedule::Burst] {
        let file = folder.file(&format!("{schedule:?}.db"));
        let store = sqlite(&file).busy_timeout(Duration::from_millis(1)).open().unwrap();
        let somebody = rusqlite::Connection::open(&file).unwrap();
        somebody.execute_batch("BEGIN IMMEDIATE").unwrap();
        let mut scene = Scene::set(store, Limits::default(), schedule).await;
        scene.pay(3).await;
        scene.pockyt.mock.advance(Duration::from_secs(3)).await;
        assert!(scene.statuses().concat().iter().all(|status| *status == Some(503)));
        somebody.execute_batch("ROLLBACK").unwrap();
        scene.see_through(&format!("{schedule:?}")).await;
    }
}

#[tokio::test]
async fn a_store_that_takes_too_long_answers_503_even_if_it_keeps_the_message_after_all() {
    let folder = Folder::new();
    let database = folder.file("inbox.db");
    let store = sqlite(&database).busy_timeout(Duration::from_mins(1)).open().unwrap();
    let somebody = rusqlite::Connection::open(&database).unwrap();
    somebody.execute_batch("BEGIN IMMEDIATE").unwrap();
    let limits = Limits::default().store_time(Duration::from_millis(30));
    let mut scene = Scene::set(store, limits, Schedule::Even).await;
    scene.pay(2).await;
    assert_eq!(scene.statuses(), [[Some(503)], [Some(503)]]);
    somebody.execute_batch("ROLLBACK").unwrap();
    scene.see_through("locked for long").await;
}

#[tokio::test]
async fn when_the_file_is_gone_nothing_is_answered_success_until_it_is_back() {
    let folder = Folder::new();
    let database = folder.file("inbox.db");
    let mut scene =
        Scene::set(SqliteStore::open(&database).unwrap(), Limits::default(), Schedule::Even).await;
    scene.pay(1).await;
    assert_eq!(scene.heard(), 1);
    let moved = folder.file("moved.db");
    std::fs::rename(&database, &moved).unwrap();
    scene.pay(2).await;
    assert_eq!(scene.heard(), 1);
    std::fs::rename(&moved, &database).unwrap();
    scene.see_through("moved and moved back").await;
}
