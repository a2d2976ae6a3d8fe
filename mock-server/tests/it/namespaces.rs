//! Two merchants of one mock, each with a test of its own.

use pockyt_mock::{Fault, FaultKind, MockPockyt, Script, Status, Wallet};
use pockyt_sign::{ApiToken, SigningKey};

use crate::support::{Listener, MERCHANT, get, order, post, secure_pay, signed_by, with_listener};

/// The second of the published sandbox accounts.
const OTHER: (&str, &str) = ("202333", "301854");
const OTHER_TOKEN: &str = "17cfc0170ef1c017b4a929d233d6e65e";

async fn other_order(mock: &MockPockyt, reference: &str) -> String {
    let key = SigningKey::new(&ApiToken::new(OTHER_TOKEN).unwrap());
    let fields = [
        ("amount", "1.00"),
        ("currency", "USD"),
        ("settleCurrency", "USD"),
        ("vendor", "alipay"),
        ("terminal", "ONLINE"),
        ("reference", reference),
        ("ipnUrl", "http://shop.example/ipn"),
        ("callbackUrl", "http://shop.example/back"),
    ];
    let answer = post(mock, "/online/v3/secure-pay", &signed_by(OTHER, &key, &fields)).await;
    answer.json()["result"]["transactionNo"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_reset_of_one_merchant_leaves_the_clock_and_the_other_alone() {
    let listener = Listener::start(|_| (500, "")).await;
    let mock = with_listener(&listener).await;
    let mine = secure_pay(&mock, "web-1", &[]).await;
    let theirs = other_order(&mock, "web-1").await;
    for transaction_no in [&mine, &theirs] {
        mock.approve(transaction_no).await.unwrap();
    }
    mock.advance(std::time::Duration::from_mins(7)).await;
    mock.script(Script::new("web-1", Wallet::Never).for_merchant(MERCHANT.0)).unwrap();
    mock.fault(Fault::new("web-1", FaultKind::LoseReply).for_merchant(MERCHANT.0)).unwrap();
    let before = mock.now();
    let body = format!(r#"{{"merchantNo":"{}"}}"#, MERCHANT.0);
    let answer = post(&mock, "/_mock/reset", &body).await.json();
    assert_eq!((mock.now(), &answer["now_ms"]), (before, &before.0.into()));

    assert!(mock.transaction(&mine).is_none());
    assert_eq!(order(&mock, &theirs).status, Status::Success);
    assert!(mock.notifications(Some(&mine)).is_empty());
    assert_eq!(get(&mock, "/_mock/scripts").await.body, "[]");
    assert_eq!(get(&mock, "/_mock/faults").await.body, "[]");
    // What is still to come is the other's second attempt.
    mock.advance_to_next().await;
    assert_eq!(mock.notifications(Some(&theirs))[0].attempts.len(), 2);
    assert_eq!(listener.received().len(), 3);
    assert_eq!(secure_pay(&mock, "web-1", &[]).await, mine, "its numbers begin again");
}

#[tokio::test]
async fn a_delivery_that_waits_is_dropped_with_its_merchant() {
    let listener = Listener::start(|_| (200, "success")).await;
    let mock = with_listener(&listener).await;
    let mine = secure_pay(&mock, "web-1", &[]).await;
    // On one thread the delivery that this makes due waits until the test waits.
    mock.script(Script::new("web-1", Wallet::ConfirmAfter(std::time::Duration::ZERO))).unwrap();
    assert_eq!(mock.notifications(Some(&mine))[0].attempts.len(), 1);
    mock.reset_merchant(MERCHANT.0).unwrap();
    mock.settle().await;
    assert!(listener.received().is_empty());
    assert!(mock.reset_merchant("1").is_err());
}

#[tokio::test]
async fn the_journal_can_be_read_for_one_merchant() {
    let mock = MockPockyt::start().await.unwrap();
    let mine = secure_pay(&mock, "web-1", &[]).await;
    let theirs = other_order(&mock, "web-1").await;
    for (merchant_no, own, foreign) in [(MERCHANT.0, &mine, &theirs), (OTHER.0, &theirs, &mine)] {
        let journal = get(&mock, &format!("/_mock/journal?merchant={merchant_no}")).await.body;
        assert!(journal.contains(own.as_str()) && !journal.contains(foreign.as_str()), "{journal}");
        assert_eq!(journal.lines().collect::<Vec<_>>(), mock.journal_lines_of(merchant_no));
        assert_eq!(mock.counts_of(merchant_no).unwrap().requests, 1);
    }
    assert!(mock.journal_lines_of("1").is_empty());
    mock.reset_merchant(MERCHANT.0).unwrap();
    assert!(mock.journal_lines_of(MERCHANT.0).is_empty());
    assert!(!mock.journal_lines_of(OTHER.0).is_empty());
}
