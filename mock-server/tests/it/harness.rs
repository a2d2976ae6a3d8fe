//! Assertions of the harness: what passes, and what a failure says.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pockyt_mock::{ClockMode, Fault, FaultKind, MockPockyt, Script, Status, Wallet};

use crate::support::{Listener, SUCCESS, call, secure_pay, with_listener};

/// The message of an assertion that fails.
fn said(assertion: impl FnOnce()) -> String {
    let failed = catch_unwind(AssertUnwindSafe(assertion)).expect_err("it should fail");
    failed.downcast_ref::<String>().expect("a message").clone()
}

#[tokio::test]
async fn a_payment_that_went_well_passes() {
    let listener = Listener::start(|_| SUCCESS).await;
    let mock = with_listener(&listener).await;
    let number = secure_pay(&mock, "web-1", &[]).await;
    mock.expect_no_notification("web-1");
    mock.expect_order("web-1").status(Status::Pending).refunded("0.00");
    mock.approve(&number).await.unwrap();
    mock.expect_order("web-1").status(Status::Success);
    let expected =
        mock.expect_notification("web-1").status("success").attempts(1).acknowledged().answered(200);
    assert_eq!(expected.field("amount", "13.00").view().transaction_no, number);
}

#[tokio::test]
async fn a_notification_that_is_not_there_is_explained() {
    let mock = MockPockyt::start().await.unwrap();
    secure_pay(&mock, "web-1", &[("ipnUrl", "http://127.0.0.1:9/ipn")]).await;
    for (reference, parts) in [
        (
            "web-1",
            &[
                "- expected a notification about \"web-1\"",
                "+ but there is none",
                "pending: approve it",
                "+7200.000 s",
                "secure-pay answered 000100",
                "made, pending by merchant",
            ][..],
        ),
        ("web-7", &["no order has this reference; there are \"web-1\"", "nothing"]),
        ("test20200101206", &["no ipnUrl"]),
    ] {
        let said = said(|| drop(mock.expect_notification(reference)));
        for part in parts {
            assert!(said.contains(part), "{part}: {said}");
        }
    }
    assert!(said(|| drop(mock.expect_order("web-7"))).contains("there are \"web-1\""));
}

#[tokio::test]
async fn a_difference_shows_both_sides_and_why() {
    let listener = Listener::start(|_| (500, "no room")).await;
    let mock = with_listener(&listener).await;
    let number = secure_pay(&mock, "web-1", &[]).await;
    mock.approve(&number).await.unwrap();
    let expect = || mock.expect_notification("web-1");
    expect().not_acknowledged().answered(500).attempts(1);
    for (said, parts) in [
        (
            said(|| drop(expect().acknowledged())),
            [
                "- expected acknowledged yes",
                "+ but acknowledged answered 500 \"no room\"",
                "`success` acknowledge",
                "attempt 1 answered 500: not acknowledged",
                "somebody chose approve",
                "the next event is at +900.000 s",
            ],
        ),
        (
            said(|| drop(expect().attempts(2))),
            ["- expected attempts 2 of the notification about \"web-1\"", "+ but attempts 1", "", "", "", ""],
        ),
        (
            said(|| drop(expect().field("amount", "14.00"))),
            ["expected amount 14.00", "but amount 13.00", "", "", "", ""],
        ),
        (said(|| drop(expect().field("colour", "red"))), ["but colour no such field", "", "", "", "", ""]),
        (said(|| drop(expect().status("failed"))), ["but status success", "", "", "", "", ""]),
        (said(|| drop(expect().answered(200))), ["but answered answered 500", "", "", "", "", ""]),
        (
            said(|| mock.expect_no_notification("web-1")),
            ["there is one of success, with 1 attempts", "", "", "", "", ""],
        ),
        (
            said(|| drop(mock.expect_order("web-1").status(Status::Closed))),
            ["but status success", "", "", "", "", ""],
        ),
        (
            said(|| drop(mock.expect_order("web-1").refunded("1.00"))),
            ["but refunded 0.00", "", "", "", "", ""],
        ),
    ] {
        for part in parts {
            assert!(said.contains(part), "{part}: {said}");
        }
    }
}

#[tokio::test]
async fn a_listener_that_cannot_be_reached_is_named_with_the_reason() {
    let mock = MockPockyt::start().await.unwrap();
    let number = secure_pay(&mock, "web-1", &[("ipnUrl", "http://203.0.113.9/ipn")]).await;
    mock.approve(&number).await.unwrap();
    let said = said(|| drop(mock.expect_notification("web-1").acknowledged()));
    assert!(said.contains("http://203.0.113.9/ipn could not be reached: not-allowed"), "{said}");
}

#[tokio::test]
async fn the_journal_tells_of_one_order_and_compares_two_runs() {
    let run = async |reference: &'static str| {
        let mock = MockPockyt::builder().public_url("http://pockyt.example").start().await.unwrap();
        mock.script(Script::new("web-1", Wallet::ConfirmAfterQueries(0))).unwrap();
        let number = secure_pay(&mock, "web-1", &[("ipnUrl", "http://203.0.113.9/ipn")]).await;
        secure_pay(&mock, reference, &[]).await;
        call(&mock, "/app-data-search/v3/tran-query", &[("transactionNo", &number)]).await;
        mock.settle().await;
        mock.journal()
    };
    let (a, b, other) = (run("web-2").await, run("web-2").await, run("web-3").await);
    a.expect_same(&b);
    let difference = said(|| a.expect_same(&other));
    assert!(
        difference.contains("two journals differ in entry")
            && difference.contains("\n  - ")
            && difference.contains("web-3"),
        "{difference}"
    );
    let about = a.about("web-1");
    assert_eq!((about.requests("secure-pay").len(), about.requests("tran-query").len()), (1, 1));
    let story = about.to_string();
    assert!(!story.contains("web-2"));
    for part in
        ["made, pending by merchant", "pending -> success by customer", "attempt 1 answered not-allowed"]
    {
        assert!(story.contains(part), "{story}");
    }
    assert_eq!(a.about("nobody").entries(), []);
    assert_eq!(a.requests("secure-pay").len(), 2);
}

#[tokio::test]
async fn refusals_and_lost_answers_are_told() {
    let mock = MockPockyt::builder().clock(ClockMode::manual()).start().await.unwrap();
    mock.fault(Fault::new("till-1", FaultKind::LoseReply).operation("add")).unwrap();
    let body = crate::support::signed(&[
        ("amount", "1.00"),
        ("reference", "till-1"),
        ("settleCurrency", "USD"),
        ("currency", "USD"),
    ]);
    let request: http::Request<http_body_util::Full<bytes::Bytes>> =
        http::Request::post("/app-instore/v3/add")
            .header("content-type", "application/json")
            .body(body.into())
            .unwrap();
    assert!(tower_service::Service::call(&mut mock.transport(), request).await.is_err());
    let answer =
        crate::support::post(&mock, "/app-instore/v3/add", r#"{"merchantNo":"200043","verifySign":"0"}"#)
            .await;
    assert!(answer.body.contains("ret_code"), "{answer:?}");
    let journal = mock.journal();
    assert_eq!(journal.refusals().len(), 1);
    let story = journal.to_string();
    for part in ["fault LoseReply", "and the answer was lost", "add answered 000"] {
        assert!(story.contains(part), "{story}");
    }
    assert_eq!(mock.journal_of("202333").entries(), []);
}

#[tokio::test]
async fn the_port_is_free_when_the_drop_returns() {
    for _ in 0..50 {
        let mock = MockPockyt::start().await.unwrap();
        let addr = mock.addr();
        drop(mock);
        let again = MockPockyt::builder().listen(addr).start().await.expect("the port is free");
        assert_eq!(again.addr(), addr);
        assert!(again.shutdown().await.is_empty());
        drop(std::net::TcpListener::bind(addr).expect("the port is free"));
    }
}
