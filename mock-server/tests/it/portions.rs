//! Long lists are read a portion at a time, and others have their turn in between.

use std::collections::BTreeSet;

use axum::Router;
use axum::body::Body;
use http::Request;
use http_body_util::BodyExt;
use pockyt_mock::MockPockyt;
use serde_json::Value;
use tower_service::Service;

use crate::support::signed;

/// More than are looked at in one portion.
const MANY: usize = 400;

async fn answer_to(mut router: Router, request: Request<Body>) -> String {
    let answer = router.call(request).await.unwrap();
    assert!(answer.status().is_success(), "{answer:?}");
    String::from_utf8(answer.into_body().collect().await.unwrap().to_bytes().into()).unwrap()
}

async fn get(mock: &MockPockyt, path: &str) -> String {
    answer_to(mock.router(), Request::get(format!("/_mock/{path}")).body(Body::empty()).unwrap()).await
}

async fn reset(mock: &MockPockyt) {
    answer_to(mock.router(), Request::post("/_mock/reset").body(Body::empty()).unwrap()).await;
}

/// An order that is paid at once, and notified of.
async fn pay(mock: &MockPockyt, number: usize) {
    let reference = format!("till-{number}-mock-confirm");
    let body = signed(&[
        ("amount", "13.00"),
        ("currency", "USD"),
        ("settleCurrency", "USD"),
        ("vendor", "alipay"),
        ("terminal", "ONLINE"),
        ("reference", &reference),
        ("ipnUrl", "http://shop.example/ipn"),
        ("callbackUrl", "http://shop.example/back"),
    ]);
    let request = Request::post("/online/v3/secure-pay").header("content-type", "application/json");
    let answer = answer_to(mock.router(), request.body(Body::from(body)).unwrap()).await;
    assert!(answer.contains("000100"), "{answer}");
}

async fn filled() -> MockPockyt {
    let mock = MockPockyt::builder().journal_capacity(2 * MANY).start().await.unwrap();
    for number in 0..MANY {
        pay(&mock, number).await;
    }
    mock
}

const LISTS: [&str; 5] = [
    "transactions",
    "transactions?search=in-vain",
    "notifications",
    "notifications?transaction=1",
    "journal",
];

#[tokio::test]
async fn a_call_does_not_wait_for_the_end_of_a_long_list() {
    let mock = filled().await;
    for list in LISTS {
        tokio::select! {
            biased;
            _ = get(&mock, list) => panic!("{list}: the call came to its turn too late"),
            () = pay(&mock, MANY) => {}
        }
        reset_to_filled(&mock).await;
    }
}

async fn reset_to_filled(mock: &MockPockyt) {
    reset(mock).await;
    for number in 0..MANY {
        pay(mock, number).await;
    }
}

#[tokio::test]
async fn a_short_page_of_many_orders_takes_one_portion() {
    let mock = filled().await;
    tokio::select! {
        biased;
        page = get(&mock, "transactions?limit=51") => assert_eq!(listed(&page).len(), 51),
        () = std::future::ready(()) => panic!("more was looked at than is shown"),
    }
}

#[tokio::test]
async fn a_list_that_a_reset_interrupts_is_that_of_after_the_reset() {
    let mock = filled().await;
    for list in ["transactions", "notifications", "journal"] {
        let (found, ()) = tokio::join!(biased; get(&mock, list), reset(&mock));
        assert_eq!(found, get(&mock, list).await, "{list}");
        assert!(found.matches("\"reference\"").count() < 4, "{list}: {found}");
        reset_to_filled(&mock).await;
    }
}

#[tokio::test]
async fn a_journal_that_loses_entries_meanwhile_has_no_gap() {
    let mock = filled().await;
    let busy = async {
        for number in 0..MANY / 8 {
            pay(&mock, MANY + number).await;
        }
    };
    let (journal, ()) = tokio::join!(biased; get(&mock, "journal"), busy);
    let numbers: Vec<u64> = journal
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["seq"].as_u64().unwrap())
        .collect();
    assert!(numbers.windows(2).all(|two| two[1] == two[0] + 1), "{numbers:?}");
    assert!(!numbers.is_empty() && numbers.len() < 2 * MANY, "some were dropped: {}", numbers.len());
}

#[tokio::test]
async fn what_happens_meanwhile_makes_no_order_appear_twice_or_not_at_all() {
    let mock = filled().await;
    let before = numbers(&get(&mock, "transactions").await);
    let busy = async {
        for number in 0..MANY {
            pay(&mock, MANY + number).await;
        }
    };
    let (found, ()) = tokio::join!(biased; get(&mock, "transactions"), busy);
    let found = numbers(&found);
    assert_eq!(found, before);
    assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), found.len());
}

fn listed(page: &str) -> Vec<Value> {
    serde_json::from_str(page).unwrap()
}

fn numbers(page: &str) -> Vec<String> {
    listed(page).iter().map(|order| order["transactionNo"].as_str().unwrap().to_owned()).collect()
}
