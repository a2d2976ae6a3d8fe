//! The control API, as a table.

use http::StatusCode;
use http_body_util::Full;
use pockyt_mock::{ClockMode, MANUAL_START, MockPockyt};
use serde_json::{Value, json};

use crate::support::{Answer, Listener, SUCCESS, get, post, request, secure_pay, send, with_listener};

async fn control(mock: &MockPockyt, method: &str, path: &str, body: &str) -> Answer {
    let request = request(mock, method, path).body(Full::from(body.to_owned())).unwrap();
    send(mock.addr(), request).await
}

#[tokio::test]
async fn every_path_answers_with_its_status_and_errors_are_json() {
    let mock = MockPockyt::start().await.unwrap();
    let open = secure_pay(&mock, "web-1", &[]).await;
    let approve = format!("/_mock/transactions/{open}/approve");
    let script = r#"{"reference":"r","wallet":{"kind":"never"}}"#;
    let fault = r#"{"reference":"r","kind":"lose-reply","times":2}"#;
    let table: &[(&str, &str, &str, u16)] = &[
        ("GET", "/_mock/health", "", 200),
        ("GET", "/_mock/clock", "", 200),
        ("POST", "/_mock/clock", r#"{"advance_ms":0}"#, 200),
        ("POST", "/_mock/clock", r#"{"settle":true}"#, 200),
        ("POST", "/_mock/clock", r#"{"settle":false}"#, 400),
        ("POST", "/_mock/clock", r#"{"advance_ms":-1}"#, 400),
        ("POST", "/_mock/clock", r#"{"advance_ms":1,"settle":true}"#, 400),
        ("POST", "/_mock/clock", r#"{"stop":true}"#, 400),
        ("POST", "/_mock/clock", "", 400),
        ("DELETE", "/_mock/clock", "", 405),
        ("GET", "/_mock/transactions", "", 200),
        ("GET", "/_mock/transactions/1", "", 404),
        ("POST", "/_mock/transactions/1/approve", "", 404),
        ("POST", approve.as_str(), "", 200),
        ("POST", approve.as_str(), "", 409),
        ("POST", &approve.replace("approve", "decline"), "", 409),
        ("POST", &approve.replace("approve", "expire"), "", 409),
        ("POST", &approve.replace("approve", "refund"), "", 404),
        ("GET", approve.as_str(), "", 405),
        ("GET", "/_mock/scripts", "", 200),
        ("POST", "/_mock/scripts", script, 200),
        ("POST", "/_mock/scripts", r#"{"reference":"r"}"#, 400),
        ("POST", "/_mock/scripts", r#"{"reference":"r","wallet":{"kind":"dance"}}"#, 400),
        ("POST", "/_mock/scripts", r#"{"merchantNo":"1","reference":"r","wallet":{"kind":"never"}}"#, 400),
        ("GET", "/_mock/scripts?merchant=200043", "", 200),
        ("GET", "/_mock/scripts?merchant=1", "", 404),
        ("GET", "/_mock/scripts?merchantNo=200043", "", 400),
        ("DELETE", "/_mock/scripts?merchant=200043", "", 200),
        ("DELETE", "/_mock/scripts?merchant=1", "", 404),
        ("DELETE", "/_mock/scripts?merchantNo=200043", "", 400),
        ("DELETE", "/_mock/scripts?merchant=200043&merchant=202333", "", 400),
        ("DELETE", "/_mock/scripts", "", 200),
        ("GET", "/_mock/faults", "", 200),
        ("POST", "/_mock/faults", fault, 200),
        ("POST", "/_mock/faults", "[]", 400),
        ("POST", "/_mock/faults", r#"{"merchantNo":"1","reference":"r","kind":"lose-reply"}"#, 400),
        ("GET", "/_mock/faults?merchant=202333", "", 200),
        ("GET", "/_mock/faults?merchant=1", "", 404),
        ("DELETE", "/_mock/faults?merchant=202333", "", 200),
        ("DELETE", "/_mock/faults?merchant=", "", 404),
        ("DELETE", "/_mock/faults?merchnt=202333", "", 400),
        ("DELETE", "/_mock/faults", "", 200),
        ("GET", "/_mock/notifications", "", 200),
        ("GET", "/_mock/notifications?transaction=1", "", 200),
        ("POST", "/_mock/notifications/99/resend", "", 404),
        ("POST", "/_mock/notifications/x/resend", "", 404),
        ("GET", "/_mock/journal", "", 200),
        ("GET", "/_mock/journal?merchant=1", "", 200),
        ("GET", "/_mock/journal?transaction=1", "", 400),
        ("POST", "/_mock/reset", r#"{"merchantNo":"200043"}"#, 200),
        ("POST", "/_mock/reset", r#"{"merchantNo":"1"}"#, 404),
        ("POST", "/_mock/reset", r#"{"merchantNo":1}"#, 400),
        ("POST", "/_mock/reset", r#"{"merchant":"200043"}"#, 400),
        ("POST", "/_mock/reset", "200043", 400),
        ("POST", "/_mock/reset", "{}", 200),
        ("POST", "/_mock/reset", "", 200),
        ("GET", "/_mock/reset", "", 405),
        ("GET", "/_mock/events?merchant=1", "", 404),
        ("GET", "/_mock/events?after=1", "", 400),
        ("GET", "/_mock/openapi.json", "", 200),
        ("GET", "/_mock", "", 404),
    ];
    for (method, path, body, status) in table {
        let answer = control(&mock, method, path, body).await;
        assert_eq!(answer.status.as_u16(), *status, "{method} {path} {body}: {answer:?}");
        if *status >= 400 {
            assert!(answer.json()["error"].as_str().is_some_and(|error| !error.is_empty()), "{answer:?}");
        }
    }
    let too_large = post(&mock, "/_mock/scripts", &" ".repeat(70_000)).await;
    assert_eq!(too_large.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn the_clock_is_moved_and_says_where_it_is() {
    let mock = MockPockyt::start().await.unwrap();
    let start = MANUAL_START.0;
    let expected = |now: u64, next: Value| json!({"mode": "manual", "now_ms": now, "next_event_ms": next});
    assert_eq!(get(&mock, "/_mock/clock").await.json(), expected(start, Value::Null));
    secure_pay(&mock, "web-1", &[]).await;
    let next = get(&mock, "/_mock/clock").await.json()["next_event_ms"].as_u64().unwrap();
    let moved = post(&mock, "/_mock/clock", r#"{"advance_ms":1500}"#).await.json();
    assert_eq!(moved, expected(start + 1500, json!(next)));
    let moved = post(&mock, "/_mock/clock", r#"{"advance_to_next":true}"#).await.json();
    assert_eq!(moved["now_ms"], next);
    assert_eq!(post(&mock, "/_mock/reset", "").await.json(), expected(start, Value::Null));
}

#[tokio::test]
async fn a_clock_that_runs_by_itself_is_not_moved() {
    let mock = MockPockyt::builder().clock(ClockMode::Real).start().await.unwrap();
    assert_eq!(post(&mock, "/_mock/clock", r#"{"advance_ms":5}"#).await.status, StatusCode::CONFLICT);
    assert_eq!(post(&mock, "/_mock/clock", r#"{"advance_to_next":true}"#).await.status, StatusCode::CONFLICT);
    assert_eq!(post(&mock, "/_mock/clock", r#"{"settle":true}"#).await.status, StatusCode::OK);
    assert_eq!(get(&mock, "/_mock/clock").await.json()["mode"], "real");
}

#[tokio::test]
async fn an_approval_shows_the_order_and_its_notification_with_attempts() {
    let listener = Listener::start(|_| (200, "no")).await;
    let mock = with_listener(&listener).await;
    let transaction_no = secure_pay(&mock, "web-1", &[]).await;
    let approved = post(&mock, &format!("/_mock/transactions/{transaction_no}/approve"), "").await.json();
    assert_eq!(approved["transactionNo"], transaction_no.as_str());
    assert_eq!(approved["status"], "success");

    let path = format!("/_mock/notifications?transaction={transaction_no}");
    let notifications = get(&mock, &path).await.json();
    let attempt = &notifications[0]["attempts"][0];
    assert_eq!(attempt["status"], 200);
    assert_eq!(attempt["body"], "no");
    assert_eq!(attempt["verdict"], "not-acknowledged");

    let id = &notifications[0]["id"];
    let resent = post(&mock, &format!("/_mock/notifications/{id}/resend"), "").await.json();
    assert_eq!(resent["attempts"].as_array().unwrap().len(), 2);
    assert_eq!(listener.received().len(), 2);
}

#[tokio::test]
async fn a_script_that_pays_at_once_is_answered_after_the_delivery() {
    let listener = Listener::start(|_| SUCCESS).await;
    let mock = with_listener(&listener).await;
    let transaction_no = secure_pay(&mock, "web-1", &[]).await;
    let script = r#"{"reference":"web-1","wallet":{"kind":"confirm-after","ms":0}}"#;
    assert_eq!(post(&mock, "/_mock/scripts", script).await.status, StatusCode::OK);
    assert!(mock.notifications(Some(&transaction_no))[0].acknowledged);
}

/// As it was given; a script also says that it waits for an order.
fn listed(path: &str, item: &Value) -> Value {
    let mut item = item.clone();
    if path.ends_with("scripts") {
        item["waiting"] = json!(true);
    }
    item
}

#[tokio::test]
async fn scripts_and_faults_are_listed_as_they_were_given() {
    let mock = MockPockyt::start().await.unwrap();
    let script = json!({"reference": "r", "wallet": {"kind": "confirm-after", "ms": 5000}});
    let fault = json!({"reference": "r", "operation": "prepay", "kind": "lose-reply", "times": 2});
    let for_merchant = |item: &Value| {
        let mut item = item.clone();
        item["merchantNo"] = json!("200043");
        item
    };
    for (path, item) in [
        ("/_mock/scripts", for_merchant(&script)),
        ("/_mock/faults", for_merchant(&fault)),
        ("/_mock/scripts", script),
        ("/_mock/faults", fault),
    ] {
        assert_eq!(post(&mock, path, &item.to_string()).await.json(), json!([listed(path, &item)]));
        assert_eq!(get(&mock, path).await.json(), json!([listed(path, &item)]));
        assert_eq!(control(&mock, "DELETE", path, "").await.json(), json!([]));
    }
}

#[tokio::test]
async fn scripts_and_faults_of_one_merchant_are_listed_and_cleared_alone() {
    let mock = MockPockyt::start().await.unwrap();
    let script =
        |merchant: &str| json!({"merchantNo": merchant, "reference": "r", "wallet": {"kind": "never"}});
    let fault =
        |merchant: &str| json!({"merchantNo": merchant, "reference": "r", "kind": "lose-reply", "times": 1});
    for (path, item) in [("/_mock/scripts", &script as &dyn Fn(&str) -> Value), ("/_mock/faults", &fault)] {
        let (mine, theirs) = (item("200043"), item("202333"));
        for item in [&mine, &theirs] {
            assert_eq!(post(&mock, path, &item.to_string()).await.status, StatusCode::OK);
        }
        let of_mine = format!("{path}?merchant=200043");
        assert_eq!(get(&mock, &of_mine).await.json(), json!([listed(path, &mine)]));
        assert_eq!(control(&mock, "DELETE", &of_mine, "").await.json(), json!([]));
        assert_eq!(get(&mock, path).await.json(), json!([listed(path, &theirs)]));
    }
}

#[tokio::test]
async fn a_fault_for_an_operation_that_is_not_there_is_refused_with_those_that_are() {
    let mock = MockPockyt::start().await.unwrap();
    let fault = |operation: &str| {
        json!({"reference": "r", "operation": operation, "kind": "lose-reply", "times": 1}).to_string()
    };
    let refused = post(&mock, "/_mock/faults", &fault("perpay")).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let error = refused.json()["error"].as_str().unwrap().to_owned();
    for operation in pockyt_sim::catalogue::operations() {
        assert!(error.contains(operation.name), "{error}");
    }
    assert_eq!(get(&mock, "/_mock/faults").await.json(), json!([]));
    let by_alias = post(&mock, "/_mock/faults", &fault("pay")).await.json();
    assert_eq!(by_alias[0]["operation"], "prepay");
}

#[tokio::test]
async fn the_journal_is_lines_of_json() {
    let mock = MockPockyt::start().await.unwrap();
    secure_pay(&mock, "web-1", &[]).await;
    let journal = get(&mock, "/_mock/journal").await;
    assert_eq!(journal.header("content-type"), "application/x-ndjson");
    let lines: Vec<&str> = journal.body.lines().collect();
    assert_eq!(lines, mock.journal_lines());
    assert!(!lines.is_empty());
    for line in lines {
        serde_json::from_str::<Value>(line).unwrap();
    }
}

#[tokio::test]
async fn a_number_that_is_no_text_is_refused_like_any_other() {
    let mock = MockPockyt::start().await.unwrap();
    for (method, path) in [
        ("GET", "transactions/%FF%FE"),
        ("POST", "transactions/%FF/approve"),
        ("POST", "transactions/1/%FF"),
        ("POST", "notifications/%FF/resend"),
        ("GET", "ui/%FF"),
    ] {
        let path = format!("/_mock/{path}");
        let answer = send(mock.addr(), request(&mock, method, &path).body(Full::default()).unwrap()).await;
        assert!(answer.status.is_client_error(), "{method} {path}: {answer:?}");
        assert!(answer.json()["error"].as_str().unwrap().len() > 10, "{answer:?}");
    }
    for method in ["GET", "POST"] {
        let request = request(&mock, method, "/cashier/%FF").body(Full::default()).unwrap();
        let answer = send(mock.addr(), request).await;
        assert!(answer.status.is_client_error(), "{answer:?}");
        assert!(answer.body.contains("<!doctype html>"), "{answer:?}");
    }
}
