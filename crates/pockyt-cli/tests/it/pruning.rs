//! `pockyt listen --prune-after`.

use std::time::Duration;

use pockyt_ipn::{Handled, Listener, Notice};
use pockyt_model::{Clock, UtcMillis};
use pockyt_sign::{ApiToken, SigningKey};
use pockyt_store::SqliteStore;
use serde_json::Value;

use crate::listening::{Folder, Listening, ambiguous, dead_letters, genuine, json_lines};
use crate::support::CANARY;

const DAY: Duration = Duration::from_hours(24);

/// So long ago.
struct Ago(Duration);

impl Clock for Ago {
    fn now(&self) -> UtcMillis {
        let then = std::time::SystemTime::now() - self.0;
        let since = then.duration_since(std::time::UNIX_EPOCH).unwrap();
        UtcMillis::new(u64::try_from(since.as_millis()).unwrap())
    }
}

/// What a listener kept and handled so long ago.
fn handled_before(store: &str, ago: Duration, bodies: &[String]) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let inbox = SqliteStore::open(store.strip_prefix("sqlite:").unwrap()).unwrap();
    let key = SigningKey::new(&ApiToken::new(CANARY).unwrap());
    let listener = Listener::builder(key, inbox).tenant("shop").clock(Ago(ago)).build().unwrap();
    runtime.block_on(async {
        for body in bodies {
            assert_eq!(listener.accept(None, body.as_bytes()).await.body, "success");
        }
        let done = |_: Notice| async { Handled::Done };
        listener.run_until_idle(&done).await.unwrap();
    });
}

fn kept(store: &str, state: &str) -> Vec<Value> {
    json_lines(&dead_letters(store, &["list", "--state", state, "--json"]))
}

#[test]
fn what_was_handled_long_ago_is_removed_and_stays_a_duplicate() {
    let folder = Folder::new("pruning");
    let store = folder.store();
    handled_before(&store, 31 * DAY, &[genuine(1), ambiguous(2)]);
    handled_before(&store, 29 * DAY, &[genuine(3)]);

    let listening = Listening::start(&["--store", &store]);
    assert_eq!(listening.terminate().code, 0);
    assert_eq!(kept(&store, "done").len(), 2, "nothing is removed unless somebody says so");

    let mut listening = Listening::start(&["--store", &store, "--prune-after", "30"]);
    assert!((0..500).any(|_| kept(&store, "done").len() == 1), "{:?}", kept(&store, "done"));
    assert_eq!(kept(&store, "quarantined").len(), 1, "what waits for people stays");
    for body in [genuine(1), ambiguous(2), genuine(3), genuine(4)] {
        assert!(listening.post("/ipn/shop/pay", &body).ends_with("success"));
    }
    assert!(listening.line().contains("order-4"), "all others are duplicates");
    let ran = listening.terminate();
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    assert_eq!((kept(&store, "done").len(), kept(&store, "quarantined").len()), (2, 1));
}
