//! Bad days by name.

use std::collections::BTreeSet;
use std::time::Duration;

use pockyt_mock::{FaultProfile, MockPockyt};
use tower_service::Service;

use super::{ADD, add_body};
use crate::support::{IPN_URL, Listener, SUCCESS, signed};

/// Asks without a socket, so that nothing but the inputs decides; what comes back may be anything.
async fn ask(mock: &MockPockyt, path: &str, body: String) {
    let request = http::Request::post(path).header("content-type", "application/json").body(body).unwrap();
    let _ = mock.transport().call(request).await;
}

async fn bad_day(profile: FaultProfile, seed: u64, orders: u32) -> Vec<String> {
    let listener = Listener::start(|_| SUCCESS).await;
    let mock = MockPockyt::builder()
        .seed(seed)
        .fault_profile(profile)
        .public_url("http://pockyt.example")
        .resolve("shop.example:80", listener.addr())
        .start()
        .await
        .unwrap();
    for n in 0..orders {
        let reference = format!("c-{n}");
        let fields = [
            ("amount", "13.00"),
            ("currency", "USD"),
            ("settleCurrency", "USD"),
            ("vendor", "alipay"),
            ("terminal", "ONLINE"),
            ("reference", reference.as_str()),
            ("ipnUrl", IPN_URL),
            ("callbackUrl", "http://shop.example/back"),
        ];
        ask(&mock, "/online/v3/secure-pay", signed(&fields)).await;
        let made =
            mock.transactions().into_iter().find(|order| order.reference.as_deref() == Some(&reference));
        if let Some(order) = made {
            mock.approve(&order.transaction_no).await.unwrap();
        }
    }
    mock.advance(Duration::from_hours(3)).await;
    mock.journal_lines()
}

#[tokio::test]
async fn a_bad_day_is_the_same_twice_and_each_stroke_is_in_the_journal() {
    let first = bad_day(FaultProfile::CHAOS, 7, 40).await;
    assert_eq!(first, bad_day(FaultProfile::CHAOS, 7, 40).await);
    assert_ne!(first, bad_day(FaultProfile::CHAOS, 8, 40).await);
    let kinds: BTreeSet<&str> = first
        .iter()
        .filter(|line| line.contains("faultUsed"))
        .filter_map(|line| line.split("\"kind\":").nth(1)?.split(",\"request\"").next())
        .collect();
    assert!(kinds.len() >= 6, "{kinds:?}");
}

#[tokio::test]
async fn a_hundred_bad_days_are_each_the_same_twice() {
    for seed in 0..100 {
        let (first, second) =
            (bad_day(FaultProfile::CHAOS, seed, 6).await, bad_day(FaultProfile::CHAOS, seed, 6).await);
        assert_eq!(
            first, second,
            "seed {seed}: pockyt-mock serve --clock manual --faults chaos --seed {seed}"
        );
    }
}

#[tokio::test]
async fn on_a_good_day_nothing_strikes() {
    assert!(!bad_day(FaultProfile::NONE, 7, 40).await.iter().any(|line| line.contains("faultUsed")));
}

#[tokio::test]
async fn a_fault_set_by_hand_goes_before_the_profile() {
    use pockyt_mock::{Fault, FaultKind};
    let mock = MockPockyt::builder().fault_profile(FaultProfile::LOSSY).start().await.unwrap();
    let by_hand = FaultKind::RejectSignature;
    mock.fault(Fault::any(by_hand).times(200)).unwrap();
    for n in 0..200 {
        ask(&mock, ADD, add_body(&format!("p-{n}"))).await;
    }
    let lines = mock.journal_lines();
    assert_eq!(lines.iter().filter(|line| line.contains(r#""kind":"reject-signature""#)).count(), 200);
    assert!(!lines.iter().any(|line| line.contains("lose-reply")));
}
