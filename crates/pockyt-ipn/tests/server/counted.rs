//! What is counted, and that docs/operations.md says so.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use pockyt_ipn::server::Server;
use pockyt_ipn::source_limit::SourceLimit;
use pockyt_ipn::{Handled, Listener, Notice, observe_inbox};
use pockyt_model::{Clock, NotificationKind, UtcMillis};
use pockyt_sign::{ApiToken, SigningKey};
use pockyt_store::{Inbox, OwnerToken, Route, Tenant};

use crate::support::{TestInbox, forged, genuine, key, post};

/// Keeps every name with its labels and value.
#[derive(Clone, Default)]
struct Numbers(Arc<Mutex<BTreeMap<String, Arc<AtomicU64>>>>);

impl Numbers {
    fn number(&self, key: &Key) -> Arc<AtomicU64> {
        let labels: Vec<_> = key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
        let line = format!("{} {}", key.name(), labels.join(" "));
        Arc::clone(self.0.lock().unwrap().entry(line.trim_end().to_owned()).or_default())
    }

    fn counter(&self, line: &str) -> u64 {
        self.0.lock().unwrap().get(line).map_or(0, |number| number.load(Ordering::SeqCst))
    }

    fn gauge(&self, line: &str) -> f64 {
        f64::from_bits(self.counter(line))
    }
}

impl Recorder for Numbers {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.number(key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.number(key))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        panic!("{} is no counter and no gauge", key.name())
    }
}

#[derive(Clone, Default)]
struct ManualClock(Arc<AtomicU64>);

impl Clock for ManualClock {
    fn now(&self) -> UtcMillis {
        UtcMillis::new(self.0.load(Ordering::SeqCst))
    }
}

/// Does by the payment's number what leads to each outcome.
async fn handle(notice: Notice, inbox: Arc<TestInbox>, route: Route) -> Handled {
    let reference = notice.notification().fields().get("reference").unwrap_or_default().to_owned();
    match reference.as_str() {
        "order-1" => Handled::Done,
        "order-2" => Handled::retry("CANARY"),
        "order-3" => Handled::deferred("CANARY"),
        "order-4" => Handled::dead("CANARY"),
        _ => {
            // Somebody else believes that this worker is dead, and takes what there is.
            let (late, other) = (UtcMillis::new(10_000_000), OwnerToken::new("another"));
            for _ in ["order-2", "order-3", "order-6"] {
                inbox.claim(&route, &other, late, Duration::from_secs(1)).await.unwrap().unwrap();
            }
            Handled::Done
        }
    }
}

#[tokio::test]
async fn every_name_is_counted_and_documented_and_no_label_shows_a_value() {
    let numbers = Numbers::default();
    let _guard = metrics::set_default_local_recorder(&numbers);
    let (inbox, clock) = (Arc::<TestInbox>::default(), ManualClock::default());
    let builder = Listener::builder(key(), Arc::clone(&inbox)).tenant("CANARY").clock(clock.clone());
    let listener = builder.build().unwrap();
    let route = Route::new(Tenant::new("CANARY").unwrap(), NotificationKind::Payment);

    for payment in 1..=4 {
        listener.accept(None, genuine(payment).as_bytes()).await;
    }
    listener.accept(None, genuine(1).as_bytes()).await;
    listener.accept(None, forged(1).as_bytes()).await;
    listener.accept(None, b"verifySign=%").await;
    inbox.down.store(true, Ordering::SeqCst);
    listener.accept(None, genuine(5).as_bytes()).await;
    inbox.down.store(false, Ordering::SeqCst);
    clock.0.store(7_000, Ordering::SeqCst);
    observe_inbox(&inbox, clock.now()).await.unwrap();
    assert!((numbers.gauge("pockyt_ipn_oldest_unhandled_seconds") - 7.0).abs() < 1e-9);
    assert!((numbers.gauge("pockyt_ipn_notices state=waiting") - 4.0).abs() < 1e-9);

    let handler = |notice: Notice| handle(notice, Arc::clone(&inbox), route.clone());
    listener.run_until_idle(&handler).await.unwrap();
    // One is taken over by another while it is handled, and then all three from that other one, who is not
    // heard of any more.
    listener.accept(None, genuine(6).as_bytes()).await;
    listener.run_until_idle(&handler).await.unwrap();
    clock.0.store(20_000_000, Ordering::SeqCst);
    let done = |_: Notice| async { Handled::Done };
    listener.run_until_idle(&done).await.unwrap();
    // A listener that knows another key cannot read what this one kept.
    listener.accept(None, genuine(8).as_bytes()).await;
    let other_key = SigningKey::new(&ApiToken::new("another token").unwrap());
    let stranger = Listener::builder(other_key, Arc::clone(&inbox)).tenant("CANARY").clock(clock.clone());
    stranger.build().unwrap().run_until_idle(&done).await.unwrap();
    observe_inbox(&inbox, clock.now()).await.unwrap();
    assert!((numbers.gauge("pockyt_ipn_notices state=dead") - 1.0).abs() < 1e-9);

    let limit = SourceLimit::default().refusals(1).refill_per_minute(1);
    let server = Server::default().source_limit(limit);
    for _ in 0..2 {
        let (mut here, there) = tokio::io::duplex(4096);
        let peer = "192.0.2.1:1".parse().unwrap();
        let say = async {
            tokio::io::AsyncWriteExt::write_all(&mut here, post(&forged(1)).as_bytes()).await.unwrap();
            crate::support::rest(&mut here).await
        };
        tokio::join!(say, server.connection(there, peer, listener.service()));
    }

    for (line, expected) in [
        ("pockyt_ipn_deliveries_total verdict=recorded reason=", 6),
        ("pockyt_ipn_deliveries_total verdict=duplicate reason=", 1),
        ("pockyt_ipn_deliveries_total verdict=refused reason=signature-mismatch", 3),
        ("pockyt_ipn_deliveries_total verdict=refused reason=invalid-escape", 1),
        ("pockyt_ipn_deliveries_total verdict=store-failed reason=", 1),
        ("pockyt_ipn_attempts_total outcome=dead", 1),
        ("pockyt_ipn_leases_lost_total", 1),
        ("pockyt_ipn_lease_takeovers_total", 3),
        ("pockyt_ipn_unreadable_total", 1),
        ("pockyt_ipn_source_limited_total", 1),
    ] {
        assert_eq!(numbers.counter(line), expected, "{line}; {:#?}", numbers.0.lock().unwrap());
    }
    let seen: BTreeSet<String> = numbers.0.lock().unwrap().keys().cloned().collect();
    let documented = include_str!("../../../../docs/operations.md");
    let mut counted = BTreeSet::new();
    for line in &seen {
        assert!(!line.contains("CANARY") && !line.contains("order-"), "{line}");
        let (name, labels) = line.split_once(' ').unwrap_or((line, ""));
        counted.insert(name.to_owned());
        for label in labels.split(' ').filter(|label| !label.is_empty()) {
            let (name, value) = label.split_once('=').unwrap();
            assert!(documented.contains(&format!("`{name}`")), "{line}");
            assert!(value.is_empty() || documented.contains(&format!("`{value}`")), "{line}: {value}");
        }
    }
    let promised: BTreeSet<_> = documented
        .lines()
        .filter_map(|line| Some(line.strip_prefix("| `pockyt_ipn_")?.split_once('`')?.0))
        .map(|name| format!("pockyt_ipn_{name}"))
        .collect();
    assert_eq!(counted, promised, "what is promised is what is counted");
}
