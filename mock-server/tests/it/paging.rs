//! Some of many: orders page by page, by merchant and by name, and the newest of the journal.

use std::collections::BTreeSet;

use pockyt_mock::MockPockyt;
use serde_json::{Value, json};

use crate::support::contract::{DOCUMENT, check};
use crate::support::{get, secure_pay};

/// Five orders of one merchant, `Web-0` to `Web-4`, beside the documentation's; their numbers.
async fn five() -> (MockPockyt, Vec<String>) {
    let mock = MockPockyt::start().await.unwrap();
    let mut numbers = Vec::new();
    for n in 0..5 {
        numbers.push(secure_pay(&mock, &format!("Web-{n}"), &[]).await);
    }
    (mock, numbers)
}

async fn numbers_of(mock: &MockPockyt, query: &str) -> Vec<String> {
    let orders = get(mock, &format!("/_mock/transactions{query}")).await.json();
    let number = |order: &Value| order["transactionNo"].as_str().unwrap().to_owned();
    orders.as_array().unwrap().iter().map(number).collect()
}

#[tokio::test]
async fn the_pages_together_are_all_orders() {
    let (mock, _) = five().await;
    let all = numbers_of(&mock, "").await;
    assert!(all.len() > 5, "the documentation's are there: {all:?}");
    assert_eq!(all, mock.transactions().into_iter().map(|order| order.transaction_no).collect::<Vec<_>>());
    for limit in [1, 2, 3, all.len(), all.len() + 1] {
        let mut paged = numbers_of(&mock, &format!("?limit={limit}")).await;
        while paged.len() < all.len() {
            let page = numbers_of(&mock, &format!("?limit={limit}&before={}", paged[0])).await;
            assert!((1..=limit).contains(&page.len()), "{limit}: {page:?}");
            paged.splice(0..0, page);
        }
        assert_eq!(paged, all, "{limit}");
        assert!(numbers_of(&mock, &format!("?before={}", paged[0])).await.is_empty());
    }
}

#[tokio::test]
async fn orders_are_found_by_merchant_and_by_any_part_of_their_name_or_number() {
    let (mock, numbers) = five().await;
    let those = |places: &[usize]| places.iter().map(|place| numbers[*place].clone()).collect::<Vec<_>>();
    for (query, expected) in [
        ("?published=false".to_owned(), those(&[0, 1, 2, 3, 4])),
        ("?published=false&limit=2".to_owned(), those(&[3, 4])),
        ("?search=web-".to_owned(), those(&[0, 1, 2, 3, 4])),
        ("?search=EB-3".to_owned(), those(&[3])),
        ("?search=web-&limit=1".to_owned(), those(&[4])),
        (format!("?search=web-&limit=2&before={}", numbers[3]), those(&[1, 2])),
        (format!("?search={}", &numbers[1][3..]), those(&[1])),
        ("?search=web+3".to_owned(), those(&[])),
        ("?merchant=200043&search=web-2".to_owned(), those(&[2])),
        ("?merchant=202333&search=web-2".to_owned(), those(&[])),
    ] {
        assert_eq!(numbers_of(&mock, &query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn the_notifications_of_several_orders_are_asked_for_at_once() {
    let (mock, numbers) = five().await;
    for number in &numbers {
        mock.approve(number).await.unwrap();
    }
    for (wanted, count) in [(&numbers[..0], 5), (&numbers[..1], 1), (&numbers[1..4], 3)] {
        let query: Vec<String> = wanted.iter().map(|number| format!("transaction={number}")).collect();
        let listed = get(&mock, &format!("/_mock/notifications?{}", query.join("&"))).await.json();
        let listed = listed.as_array().unwrap();
        assert_eq!(listed.len(), count);
        assert!(wanted.iter().all(|number| listed.iter().any(|one| one["transactionNo"] == number.as_str())));
    }
}

#[tokio::test]
async fn the_newest_entries_of_the_journal_are_its_end() {
    let (mock, _) = five().await;
    for merchant in ["", "&merchant=200043", "&merchant=202333"] {
        let all = get(&mock, &format!("/_mock/journal?{}", merchant.trim_start_matches('&'))).await.body;
        let all: Vec<&str> = all.lines().collect();
        for limit in [1, 3, 1000] {
            let newest = get(&mock, &format!("/_mock/journal?limit={limit}{merchant}")).await.body;
            let expected = &all[all.len().saturating_sub(limit)..];
            assert_eq!(newest.lines().collect::<Vec<_>>(), expected, "{limit}{merchant}");
        }
    }
}

/// The parameters that the document allows in the query of a path.
fn documented(path: &str) -> impl Iterator<Item = &'static Value> {
    let parameters = DOCUMENT["paths"][path]["get"]["parameters"].as_array().unwrap();
    parameters.iter().filter(|parameter| parameter["in"] == "query")
}

#[tokio::test]
async fn what_the_document_says_of_parameters_is_what_the_mock_takes() {
    let (mock, numbers) = five().await;
    let number = numbers[0].as_str();
    let paths = ["/_mock/transactions", "/_mock/notifications", "/_mock/journal"];
    let mut left: BTreeSet<(&str, &str)> = BTreeSet::new();
    for path in paths {
        left.extend(documented(path).map(|parameter| (path, parameter["name"].as_str().unwrap())));
    }
    for (path, name, value, fits) in [
        (paths[0], "limit", json!(1), true),
        (paths[0], "limit", json!(0), false),
        (paths[0], "limit", json!(-1), false),
        (paths[0], "limit", json!("many"), false),
        (paths[0], "before", json!(number), true),
        (paths[0], "merchant", json!("200043"), true),
        (paths[0], "search", json!("%FF%00"), true),
        (paths[0], "published", json!(true), true),
        (paths[0], "published", json!(1), false),
        (paths[1], "transaction", json!([number, "1"]), true),
        (paths[2], "limit", json!(1), true),
        (paths[2], "limit", json!(0), false),
        (paths[2], "merchant", json!("200043"), true),
    ] {
        let schema = &documented(path).find(|parameter| parameter["name"] == name).unwrap()["schema"];
        assert_eq!(check(&value, schema).is_ok(), fits, "{path} {name} {value}");
        let values = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
        let pair = |value: &Value| format!("{name}={}", value.to_string().trim_matches('"'));
        let query = values.iter().map(pair).collect::<Vec<_>>().join("&");
        let answer = get(&mock, &format!("{path}?{query}")).await;
        assert_eq!(answer.status.is_success(), fits, "{path} {query}: {answer:?}");
        left.remove(&(path, name));
    }
    assert!(left.is_empty(), "not tried: {left:?}");
}

#[tokio::test]
async fn what_nobody_can_mean_is_refused() {
    let (mock, _) = five().await;
    for (query, status) in [
        ("transactions?limt=1", 400),
        ("transactions?limit=1&limit=2", 400),
        ("transactions?limit=", 400),
        ("transactions?limit=99999999999999999999999", 400),
        ("transactions?published=yes", 400),
        ("transactions?before=1", 404),
        ("transactions?merchant=1", 404),
        ("notifications?transaction=1&order=2", 400),
        ("journal?limit=1.5", 400),
        ("journal?newest=1", 400),
    ] {
        let answer = get(&mock, &format!("/_mock/{query}")).await;
        assert_eq!(answer.status, status, "{query}: {answer:?}");
        assert!(answer.json()["error"].as_str().unwrap().len() > 10, "{answer:?}");
    }
}
