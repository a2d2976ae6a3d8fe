//! The dashboard of a mock with more orders than anybody wants to see at once.

use axum::body::Body;
use http::Request;
use tower_service::Service;

use super::*;
use crate::support::signed;

const ORDERS: usize = 20_000;
/// As the page has them.
const PAGE: usize = 50;
const MOST: usize = 500;

/// Orders by the name of `bulk-` and a number of five digits.
async fn with_many_orders() -> MockPockyt {
    let mock = MockPockyt::start().await.unwrap();
    let mut transport = mock.transport();
    for number in 0..ORDERS {
        let body = signed(&[
            ("amount", "13.00"),
            ("currency", "USD"),
            ("settleCurrency", "USD"),
            ("vendor", "alipay"),
            ("terminal", "ONLINE"),
            ("reference", &format!("bulk-{number:05}")),
            ("ipnUrl", "http://127.0.0.1:9/ipn"),
            ("callbackUrl", "http://shop.example/back"),
        ]);
        let request = Request::post("/online/v3/secure-pay").header("content-type", "application/json");
        let answer = transport.call(request.body(Body::from(body)).unwrap()).await.unwrap();
        assert!(answer.status().is_success());
    }
    mock
}

fn wait_for_rows(tab: &mut Tab<'_>, rows: usize) {
    wait_for(tab, &format!("document.querySelectorAll('#orders li').length === {rows}"));
}

/// What the page has asked the control API for, without what belongs to the page.
fn asked(tab: &mut Tab<'_>) -> Vec<String> {
    let names = tab.eval(
        "performance.getEntriesByType('resource').map(r => r.name.split('/_mock/')[1]).filter(n => !n.startsWith('ui'))",
    );
    names.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

fn text_of(tab: &mut Tab<'_>, selector: &str) -> String {
    tab.eval(&format!("document.querySelector({})?.innerText ?? ''", json!(selector)))
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_orders_it_asks_for_the_newest_and_for_more_when_told() {
    let mock = with_many_orders().await;
    let last = mock.transactions().pop().unwrap().transaction_no;
    tokio::task::block_in_place(|| {
        let mut browser = Chromium::start();
        let mut tab = browser.open(&format!("{}/_mock/ui", mock.url()));
        wait_for(&mut tab, "document.querySelector('#link').textContent === 'live'");
        wait_for_rows(&mut tab, PAGE);
        assert!(text_of(&mut tab, "#orders li").contains("bulk-19999"));
        assert_eq!(text_of(&mut tab, "#count"), "(the newest 50)");
        assert_eq!(text_of(&mut tab, "#detail-title"), "Timeline of bulk-19999");

        let asked_for = asked(&mut tab);
        let times = |what: &str| asked_for.iter().filter(|name| name.starts_with(what)).count();
        assert_eq!(times("journal?limit="), 1, "{asked_for:?}");
        assert!(times("transactions?limit=51") >= 1, "{asked_for:?}");
        // Never all of them, and the notifications only of what is shown, once.
        assert!(
            !asked_for.iter().any(|name| name == "transactions" || name == "notifications"),
            "{asked_for:?}"
        );
        assert_eq!(times("notifications?transaction="), 1, "{asked_for:?}");

        // By keyboard: the older ones come, and the keyboard goes on at the first of them.
        enter(&mut tab, "#more");
        wait_for_rows(&mut tab, 2 * PAGE);
        wait_for(&mut tab, "document.activeElement.innerText.includes('bulk-19949')");

        // Search looks through all of them, and forgets how many were shown.
        tab.eval("(e => { e.value = 'BULK-00007'; e.dispatchEvent(new Event('input')); })(document.querySelector('#search'))");
        wait_for_rows(&mut tab, 1);
        assert!(text_of(&mut tab, "#orders").contains("bulk-00007"));
        assert_eq!(text_of(&mut tab, "#count"), "(1)");
        // The timeline stays with the order that was chosen, though it is not among those that were found.
        assert_eq!(text_of(&mut tab, "#detail-title"), "Timeline of bulk-19999");
        enter(&mut tab, "[data-action='decline']");
        wait_for(&mut tab, "document.querySelector('#d-status').textContent === 'failed'");
        tab.eval(&format!("(e => {{ e.value = '{last}'; e.dispatchEvent(new Event('input')); }})(document.querySelector('#search'))"));
        wait_for(&mut tab, "document.querySelector('#orders').innerText.includes('bulk-19999')");
        wait_for_rows(&mut tab, 1);
    });
    assert_eq!(order(&mock, &last).status, Status::Failed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_shows_no_more_than_a_browser_can_bear_and_points_to_the_search() {
    let mock = with_many_orders().await;
    tokio::task::block_in_place(|| {
        let mut browser = Chromium::start();
        let mut tab = browser.open(&format!("{}/_mock/ui", mock.url()));
        for rows in (PAGE..MOST).step_by(PAGE) {
            wait_for_rows(&mut tab, rows);
            assert_eq!(tab.eval("document.querySelector('#most').hidden"), true);
            enter(&mut tab, "#more");
        }
        wait_for_rows(&mut tab, MOST);
        assert_eq!(tab.eval("document.querySelector('#more').hidden"), true);
        assert_eq!(text_of(&mut tab, "#most"), "Search finds older ones.");
    });
}
