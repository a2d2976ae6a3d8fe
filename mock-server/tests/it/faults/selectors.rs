//! Which request a fault hits, and faults that never hit.

use pockyt_mock::{Account, BadBody, Fault, FaultKind, MockPockyt};
use pockyt_sign::{ApiToken, SigningKey};
use serde_json::json;

use super::{ADD, Raw, add, add_body, refuses};
use crate::support::{get, post, signed_by};

const HTML: FaultKind = FaultKind::ReplaceBody(BadBody::Html);

async fn is_hit(mock: &MockPockyt, reference: &str) -> bool {
    post(mock, ADD, &add_body(reference)).await.body.starts_with("<!doctype")
}

#[tokio::test]
async fn a_number_is_that_of_the_request_among_its_merchant_s() {
    let token = "secret-of-a-test";
    let other: Account = format!("900001:1:{token}").parse().unwrap();
    let key = SigningKey::new(&ApiToken::new(token).unwrap());
    let mock = MockPockyt::builder().account(other).start().await.unwrap();
    mock.fault(Fault::any(HTML).for_merchant("200043").request(3)).unwrap();
    assert!(!is_hit(&mock, "a").await);
    let body = signed_by(
        ("900001", "1"),
        &key,
        &[("amount", "1.00"), ("currency", "USD"), ("settleCurrency", "USD"), ("reference", "a")],
    );
    for _ in 0..3 {
        assert!(!post(&mock, ADD, &body).await.body.starts_with("<!doctype"));
    }
    assert!(!is_hit(&mock, "b").await);
    assert!(is_hit(&mock, "c").await);
    assert!(!is_hit(&mock, "d").await);
    // The number begins again with the merchant.
    mock.reset_merchant("200043").unwrap();
    mock.fault(Fault::any(HTML).request(1)).unwrap();
    assert!(is_hit(&mock, "a").await);
}

#[tokio::test]
async fn requests_are_counted_before_any_fault_is_set() {
    let mock = MockPockyt::start().await.unwrap();
    assert!(!is_hit(&mock, "a").await);
    mock.fault(Fault::any(HTML).request(2)).unwrap();
    assert!(is_hit(&mock, "b").await);
    assert!(mock.journal_lines().iter().any(|line| line.contains(r#""request":2"#)));
}

#[tokio::test]
async fn a_path_is_one_of_an_operation_s_many() {
    let mock = MockPockyt::start().await.unwrap();
    mock.fault(Fault::any(HTML).path("/app-data-search/v3/tran-query").times(2)).unwrap();
    assert!(!is_hit(&mock, "a").await);
    let query = crate::support::signed(&[("reference", "a")]);
    assert!(post(&mock, "/app-data-search/v3/tran-query", &query).await.body.starts_with("<!doctype"));
    assert_eq!(mock.unfired_faults(), []);
}

#[tokio::test]
async fn a_fault_that_never_fired_is_told_at_the_end() {
    let mock = MockPockyt::start().await.unwrap();
    let (used, unused) = (Fault::new("a", HTML).times(2), Fault::new("zzz", FaultKind::LoseReply));
    mock.fault(used.clone()).unwrap();
    mock.fault(unused.clone()).unwrap();
    assert_eq!(mock.unfired_faults(), [used, unused.clone()]);
    assert!(is_hit(&mock, "a").await);
    let listed = get(&mock, "/_mock/faults/unfired").await.json();
    assert_eq!(listed, json!([{"reference": "zzz", "kind": "lose-reply", "times": 1}]));
    assert_eq!(mock.shutdown().await, [unused]);
}

#[tokio::test]
async fn the_control_api_sets_every_fault() {
    let mock = MockPockyt::start().await.unwrap();
    let faults = [
        json!({"path": ADD, "kind": "reset-before-read", "times": 1}),
        json!({"operation": "add", "request": 9, "kind": {"delay-handling": {"ms": 5}}, "times": 1}),
        json!({"kind": {"server-error": {"status": 503, "booked": true, "retryAfter": 2}}, "times": 3}),
        json!({"kind": {"slow-body": {"pieces": 3, "everyMs": 10}}, "times": 1}),
        json!({"kind": {"replace-body": "invalid-utf8"}, "times": 1}),
        json!({"kind": {"wrong-headers": {"many": {"count": 7}}}, "times": 1}),
        json!({"kind": {"flood-body": {"bytes": 7}}, "times": 1}),
        json!({"kind": {"redirect": {"status": 308}}, "times": 1}),
        json!({"kind": {"connection": "reset"}, "times": 1}),
        json!({"reference": "r", "attempt": 2, "kind": {"notification": "recut"}, "times": 1}),
    ];
    for fault in &faults {
        let answer = post(&mock, "/_mock/faults", &fault.to_string()).await;
        assert!(answer.status.is_success(), "{fault}: {answer:?}");
        assert_eq!(answer.json().as_array().unwrap().last().unwrap(), fault);
        // Not by the control API: a fault of connections would hit that one.
        mock.clear_faults();
    }
    for (senseless, why) in [
        (json!({"kind": {"server-error": {"status": 200}}}), "400 to 599"),
        (json!({"kind": {"redirect": {"status": 200}}}), "307"),
        (json!({"kind": {"slow-body": {"pieces": 0, "everyMs": 1}}}), "pieces"),
        (json!({"kind": {"flood-body": {"bytes": 1u64 << 40}}}), "GiB"),
        (json!({"kind": "lose-reply", "request": 0}), "from 1"),
        (json!({"kind": "lose-reply", "attempt": 1}), "notification"),
        (json!({"kind": "lose-reply", "path": "add"}), "slash"),
        (json!({"kind": {"notification": "drop"}, "operation": "add"}), "operation"),
        (json!({"kind": "no-such"}), "unknown variant"),
        (json!({"kind": {"delay-answer": {"seconds": 1}}}), "unknown field"),
    ] {
        let answer = post(&mock, "/_mock/faults", &senseless.to_string()).await;
        assert_eq!(answer.status, 400, "{senseless}");
        assert!(answer.body.contains(why), "{senseless}: {}", answer.body);
    }
    assert_eq!(get(&mock, "/_mock/faults").await.json(), json!([]));
}

#[tokio::test]
async fn a_port_that_refuses_can_still_be_told_by_who_is_connected() {
    let mock = MockPockyt::start().await.unwrap();
    let mut operator = Raw::connect(mock.addr()).await;
    let tell = |method: &str, path: &str, body: &str| {
        format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n{body}", body.len())
    };
    operator
        .send(tell("POST", "/_mock/faults", r#"{"kind":{"connection":{"refuse":{"ms":60000}}}}"#).as_bytes())
        .await;
    operator.answer().await;
    assert!(refuses(mock.addr()));
    operator.send(tell("POST", "/_mock/clock", r#"{"advance_ms":60000}"#).as_bytes()).await;
    operator.answer().await;
    assert!(!refuses(mock.addr()));
    operator.send(&add("a")).await;
    operator.answer().await;
}
