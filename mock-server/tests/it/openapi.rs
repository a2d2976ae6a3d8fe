//! The document of the control API is true. Its answers are held against it wherever a test asks (see
//! `support/contract.rs`); here are its requests, and that nothing is missing.

use std::collections::BTreeSet;

use http_body_util::Full;
use pockyt_mock::MockPockyt;
use serde_json::{Value, json};

use crate::support::contract::{DOCUMENT, check, operation, path_of};
use crate::support::{Answer, Listener, SUCCESS, call, get, request, secure_pay, send, with_listener};

async fn control(mock: &MockPockyt, method: &str, path: &str, body: &str) -> Answer {
    let request = request(mock, method, path).body(Full::from(body.to_owned())).unwrap();
    send(mock.addr(), request).await
}

fn schema(name: &str) -> &'static Value {
    &DOCUMENT["components"]["schemas"][name]
}

#[tokio::test]
async fn it_is_served_and_says_which_version_it_describes() {
    let mock = MockPockyt::start().await.unwrap();
    let served = get(&mock, "/_mock/openapi.json").await.json();
    assert_eq!(served, *DOCUMENT);
    assert_eq!(served["openapi"], "3.1.0");
    assert_eq!(served["info"]["version"], env!("CARGO_PKG_VERSION"));
}

#[test]
fn every_reference_leads_somewhere_and_every_schema_is_used() {
    let text = DOCUMENT.to_string();
    let named: BTreeSet<&str> =
        text.split("#/components/schemas/").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let known: BTreeSet<&str> = schema_names().collect();
    // Only the text of the events names it.
    assert_eq!(named, known.into_iter().filter(|name| *name != "Missed").collect());
}

fn schema_names() -> impl Iterator<Item = &'static str> {
    DOCUMENT["components"]["schemas"].as_object().unwrap().keys().map(String::as_str)
}

/// Each with what the document says about it and what the mock does with it.
fn scripts_and_faults() -> Vec<(&'static str, Value, bool)> {
    let script = |wallet: Value| ("/_mock/scripts", json!({"reference": "r", "wallet": wallet}));
    let fault = |kind: Value| ("/_mock/faults", json!({"kind": kind}));
    let mut all = Vec::new();
    for wallet in [
        json!({"kind": "book-late", "ms": 1}),
        json!({"kind": "confirm-after", "ms": 0}),
        json!({"kind": "confirm-after-queries", "count": 3}),
        json!({"kind": "confirm-on-cancel"}),
        json!({"kind": "decline-after", "ms": 1}),
        json!({"kind": "insufficient"}),
        json!({"kind": "never"}),
        json!({"kind": "return-after", "ms": 1}),
        json!({"kind": "system-error"}),
    ] {
        all.push((script(wallet), true));
    }
    for wallet in [
        json!({"kind": "confirm-after"}),
        json!({"kind": "confirm-after", "ms": -1}),
        json!({"kind": "confirm-after", "ms": "1"}),
        json!({"kind": "confirm-after-queries", "count": 4_294_967_296_u64}),
        json!({"kind": "dance"}),
        json!("never"),
    ] {
        all.push((script(wallet), false));
    }
    for kind in [
        json!("reset-before-read"),
        json!("reset-during-read"),
        json!("lose-request"),
        json!("reject-signature"),
        json!({"delay-handling": {"ms": 1}}),
        json!({"delay-answer": {"ms": 1}}),
        json!({"server-error": {"status": 503}}),
        json!({"server-error": {"status": 599, "booked": true, "retryAfter": 2}}),
        json!("lose-reply"),
        json!("reset-reply"),
        json!("truncate-body"),
        json!("reset-during-body"),
        json!({"slow-body": {"pieces": 4, "everyMs": 500}}),
        json!({"replace-body": "invalid-utf8"}),
        json!({"flood-body": {"bytes": 1_073_741_824}}),
        json!({"wrong-headers": "gzip"}),
        json!({"wrong-headers": {"many": {"count": 20000}}}),
        json!("wrong-answer"),
        json!({"redirect": {"status": 308}}),
        json!("close-after-answer"),
        json!({"notification": "recut"}),
    ] {
        all.push((fault(kind), true));
    }
    for kind in [
        json!("break"),
        json!("delay-answer"),
        json!({"delay-answer": {}}),
        json!({"server-error": {"status": 399}}),
        json!({"server-error": {"status": 600}}),
        json!({"slow-body": {"pieces": 0, "everyMs": 1}}),
        json!({"slow-body": {"pieces": 1001, "everyMs": 1}}),
        json!({"flood-body": {"bytes": 1_073_741_825}}),
        json!({"wrong-headers": {"many": {"count": 20001}}}),
        json!({"redirect": {"status": 304}}),
        json!({"replace-body": "rot13"}),
        json!({"notification": "burn"}),
        json!({"connection": "cut"}),
    ] {
        all.push((fault(kind), false));
    }
    let all = all.into_iter().map(|((path, body), fits)| (path, body, fits));
    let odd = [
        json!({"kind": "lose-reply", "times": 2, "reference": "r", "operation": "pay", "path": "/a", "request": 1}),
        json!({"kind": {"notification": "drop"}, "attempt": 2, "merchantNo": "200043"}),
    ];
    let odd = odd.map(|body| ("/_mock/faults", body, true));
    let wrong =
        [json!({"kind": "lose-reply", "request": 0}), json!({"kind": "lose-reply", "tims": 2}), json!({})];
    all.chain(odd).chain(wrong.map(|body| ("/_mock/faults", body, false))).collect()
}

#[tokio::test]
async fn what_it_says_of_requests_is_what_the_mock_takes() {
    let mock = MockPockyt::start().await.unwrap();
    for (path, body, fits) in scripts_and_faults() {
        let wanted =
            &operation("POST", path).unwrap()["requestBody"]["content"]["application/json"]["schema"];
        assert_eq!(check(&body, wanted).is_ok(), fits, "{path} {body}: {:?}", check(&body, wanted));
        let answer = control(&mock, "POST", path, &body.to_string()).await;
        assert_eq!(answer.status.is_success(), fits, "{path} {body}: {answer:?}");
        control(&mock, "DELETE", path, "").await;
    }
    for (body, fits) in [
        (json!({"advance_ms": 5}), true),
        (json!({"advance_to_next": true}), true),
        (json!({"settle": true}), true),
        (json!({"settle": false}), false),
        (json!({"advance_ms": -5}), false),
        (json!({"advance_ms": 1, "settle": true}), false),
        (json!({}), false),
    ] {
        assert_eq!(check(&body, schema("Move")).is_ok(), fits, "{body}");
        assert_eq!(
            control(&mock, "POST", "/_mock/clock", &body.to_string()).await.status.is_success(),
            fits,
            "{body}"
        );
    }
}

/// All that can be seen of a mock, but for the journal of what was asked.
async fn everything(mock: &MockPockyt) -> Vec<String> {
    let mut seen = Vec::new();
    for path in ["clock", "transactions", "scripts", "faults", "faults/unfired", "notifications", "journal"] {
        seen.push(get(mock, &format!("/_mock/{path}")).await.body);
    }
    seen
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_with_a_reason_and_changes_nothing() {
    let listener = Listener::start(|_| SUCCESS).await;
    let mock = with_listener(&listener).await;
    let open = secure_pay(&mock, "web-1", &[]).await;
    let paid = secure_pay(&mock, "web-2", &[]).await;
    mock.approve(&paid).await.unwrap();
    control(&mock, "POST", "/_mock/scripts", r#"{"reference":"web-9","wallet":{"kind":"never"}}"#).await;
    control(&mock, "POST", "/_mock/faults", r#"{"reference":"web-9","kind":"lose-reply"}"#).await;
    let before = everything(&mock).await;
    let long = "9".repeat(5000);
    let (pay_again, refund) =
        (format!("/_mock/transactions/{paid}/approve"), format!("/_mock/transactions/{open}/refund"));
    let unknown = format!("/_mock/transactions/{long}/approve");
    for (method, path, body) in [
        ("POST", "/_mock/clock", r#"{"advance_ms":18446744073709551616}"#),
        ("POST", "/_mock/clock", r#"{"advance_ms":1.5}"#),
        ("POST", "/_mock/clock", r#"{"advance_ms":"1"}"#),
        ("POST", "/_mock/clock", r#"{"advance_ms":1"#),
        ("POST", "/_mock/clock", "null"),
        ("POST", "/_mock/reset", r#"{"merchantNo":"1"}"#),
        ("POST", "/_mock/reset", r#"{"merchantNo":["200043"]}"#),
        ("POST", "/_mock/reset", "\u{0}"),
        ("POST", pay_again.as_str(), ""),
        ("POST", refund.as_str(), ""),
        ("POST", unknown.as_str(), ""),
        ("DELETE", "/_mock/transactions", ""),
        ("DELETE", "/_mock/scripts?merchant=1", ""),
        ("DELETE", "/_mock/faults?all=1", ""),
        ("PUT", "/_mock/faults", "{}"),
        ("POST", "/_mock/faults", r#"{"kind":"lose-reply","attempt":1}"#),
        ("POST", "/_mock/faults", r#"{"kind":{"connection":"reset"},"reference":"r"}"#),
        ("POST", "/_mock/faults", r#"{"kind":"lose-reply","operation":"dance"}"#),
        ("POST", "/_mock/scripts", r#"{"reference":"r","wallet":{"kind":"never","ms":1},"x":1}"#),
        ("POST", "/_mock/notifications/18446744073709551616/resend", ""),
        ("POST", "/_mock/notifications/-1/resend", ""),
        ("POST", "/_mock/openapi.json", "{}"),
        ("POST", "/_mock/events", ""),
    ] {
        let answer = control(&mock, method, path, body).await;
        assert!(answer.status.is_client_error(), "{method} {path} {body}: {answer:?}");
        assert!(answer.json()["error"].as_str().unwrap().len() > 10, "{answer:?}");
        assert_eq!(everything(&mock).await, before, "{method} {path} {body}");
    }
}

#[tokio::test]
async fn every_operation_is_in_it_and_can_succeed() {
    let listener = Listener::start(|_| SUCCESS).await;
    let mock = with_listener(&listener).await;
    let mut numbers = Vec::new();
    for n in 0..3 {
        numbers.push(secure_pay(&mock, &format!("web-{n}"), &[]).await);
    }
    let mut left: BTreeSet<String> = BTreeSet::new();
    for (path, methods) in DOCUMENT["paths"].as_object().unwrap() {
        left.extend(methods.as_object().unwrap().keys().map(|method| format!("{method} {path}")));
    }
    // A stream does not end; `events.rs` reads it.
    left.remove("get /_mock/events");
    for (method, path, body) in [
        ("GET", "/_mock/health".to_owned(), ""),
        ("GET", "/_mock/openapi.json".to_owned(), ""),
        ("GET", "/_mock/clock".to_owned(), ""),
        ("POST", "/_mock/clock".to_owned(), r#"{"advance_ms":1}"#),
        ("GET", "/_mock/transactions".to_owned(), ""),
        ("GET", format!("/_mock/transactions/{}", numbers[0]), ""),
        ("POST", format!("/_mock/transactions/{}/approve", numbers[0]), ""),
        ("POST", format!("/_mock/transactions/{}/decline", numbers[1]), ""),
        ("POST", format!("/_mock/transactions/{}/expire", numbers[2]), ""),
        ("GET", "/_mock/scripts".to_owned(), ""),
        ("POST", "/_mock/scripts".to_owned(), r#"{"reference":"r","wallet":{"kind":"never"}}"#),
        ("DELETE", "/_mock/scripts".to_owned(), ""),
        ("GET", "/_mock/faults".to_owned(), ""),
        ("POST", "/_mock/faults".to_owned(), r#"{"kind":"lose-reply"}"#),
        ("GET", "/_mock/faults/unfired".to_owned(), ""),
        ("DELETE", "/_mock/faults".to_owned(), ""),
        ("GET", "/_mock/notifications".to_owned(), ""),
        ("POST", "/_mock/notifications/1/resend".to_owned(), ""),
        ("GET", "/_mock/journal".to_owned(), ""),
        ("POST", "/_mock/reset".to_owned(), ""),
    ] {
        let answer = control(&mock, method, &path, body).await;
        assert!(answer.status.is_success(), "{method} {path}: {answer:?}");
        left.remove(&format!("{} {}", method.to_ascii_lowercase(), path_of(&path).unwrap()));
    }
    assert!(left.is_empty(), "not tried: {left:?}");
}

#[tokio::test]
async fn every_kind_of_entry_of_the_journal_is_as_it_says() {
    let listener = Listener::start(|_| (500, "")).await;
    let mock = with_listener(&listener).await;
    for fault in [
        r#"{"kind":"close-after-answer"}"#,
        r#"{"kind":{"notification":"tamper"}}"#,
        r#"{"reference":"r-0","kind":"lose-reply"}"#,
    ] {
        control(&mock, "POST", "/_mock/faults", fault).await;
    }
    let number = secure_pay(&mock, "web-1", &[]).await;
    mock.approve(&number).await.unwrap();
    let back = [
        ("transactionNo", number.as_str()),
        ("refundAmount", "1.00"),
        ("currency", "USD"),
        ("settleCurrency", "USD"),
    ];
    call(&mock, "/app-data-search/v3/refund", &back).await;
    mock.resend(mock.notifications(Some(&number))[0].id).await.unwrap();
    let journal = get(&mock, "/_mock/journal").await.body;
    control(&mock, "POST", "/_mock/reset", r#"{"merchantNo":"200043"}"#).await;
    let journal = journal + &get(&mock, "/_mock/journal").await.body;
    let seen: BTreeSet<String> = journal
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["event"].as_str().unwrap().to_owned())
        .collect();
    let documented = schema("JournalEntry")["oneOf"].as_array().unwrap().iter();
    let documented: BTreeSet<String> =
        documented.map(|entry| entry["properties"]["event"]["const"].as_str().unwrap().to_owned()).collect();
    let elsewhere = ["faultUnfired", "recordChanged"].map(str::to_owned);
    assert_eq!(documented.difference(&seen).cloned().collect::<Vec<_>>(), elsewhere);
    let sample = |event: Value| check(&event, schema("JournalEntry"));
    let fault = json!({"seq": 1, "at": 5, "merchantNo": null, "event": "faultUnfired", "fault": {"kind": "lose-reply", "times": 1}});
    assert_eq!(sample(fault), Ok(()));
    assert!(sample(json!({"seq": 1, "at": 5, "merchantNo": null, "event": "somethingElse"})).is_err());
}
