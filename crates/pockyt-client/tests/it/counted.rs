//! What is counted, and that docs/operations.md says so.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use pockyt_client::{Intent, Polling};

use crate::support::{Reply, add, client_of, json, order, price, query, reference};

/// Keeps every name with its labels.
#[derive(Clone, Default)]
struct Names(Arc<Mutex<BTreeSet<String>>>);

impl Names {
    fn keep(&self, key: &Key) {
        let labels: Vec<_> = key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
        self.0.lock().unwrap().insert(format!("{} {}", key.name(), labels.join(" ")));
    }
}

impl Recorder for Names {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        self.keep(key);
        Counter::noop()
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        self.keep(key);
        Gauge::noop()
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        self.keep(key);
        Histogram::noop()
    }
}

#[tokio::test(start_paused = true)]
async fn every_name_is_documented_and_no_label_shows_a_value() {
    let names = Names::default();
    let _guard = metrics::set_default_local_recorder(&names);
    let plays: [fn() -> Reply; 6] = [
        || Reply::Answer(json(200, &order("success"))),
        || Reply::Answer(json(200, r#"{"ret_code":"000021","ret_msg":"CANARY"}"#)),
        || Reply::Answer(json(503, "CANARY")),
        || Reply::Break,
        || Reply::Never,
        || Reply::Untaken,
    ];
    for play in plays {
        let (client, _) = client_of(|b| b, move |_, _| play());
        let _ = client.in_store().add(&add()).await;
        for _ in 0..20 {
            let _ = client.orders().query(&query()).await;
        }
        let _ = client.poll(reference("order-1"), &Polling::at_a_till()).await;
        let intent = Intent::payment(reference("order-1"), price("13.00"));
        let _ = client.settle(&intent, std::time::Duration::from_secs(9)).await;
    }
    let seen = names.0.lock().unwrap().clone();
    let documented = include_str!("../../../../docs/operations.md");
    let mut counted = BTreeSet::new();
    for line in &seen {
        let (name, labels) = line.split_once(' ').unwrap();
        assert!(documented.contains(&format!("`{name}`")), "{name} is not in docs/operations.md");
        counted.insert(name.to_owned());
        for secret in ["CANARY", "order-1", "13.00", "200043"] {
            assert!(!labels.contains(secret), "{line}");
        }
        for label in labels.split_whitespace() {
            let (_, value) = label.split_once('=').unwrap();
            let operation = pockyt_model::operations().iter().any(|spec| spec.name == value);
            let known = operation || documented.contains(value) || value.parse::<u16>().is_ok();
            assert!(known, "{line}: {value} is not in docs/operations.md");
        }
    }
    let promised: BTreeSet<_> = documented
        .lines()
        .filter_map(|line| Some(line.strip_prefix("| `pockyt_client_")?.split_once('`')?.0))
        .map(|name| format!("pockyt_client_{name}"))
        .collect();
    assert_eq!(counted, promised, "what is promised is what is counted");
}
