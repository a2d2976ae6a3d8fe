//! The examples do what they say, against the mock.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt as _;
use pockyt_client::Settled;
use pockyt_mock::{Fault, FaultKind, MockPockyt, Script, Wallet};
use pockyt_model::operation::{Add, Prepay};
use pockyt_model::{CallbackUrl, PaymentBarcode, Standing};
use tower::ServiceExt as _;

use crate::mock::builder;
use crate::support::{Reply, client_of, json, price, reference};

#[allow(dead_code, unreachable_pub, reason = "its main is not called here")]
#[path = "../../examples/checkout.rs"]
mod checkout;
#[allow(dead_code, unreachable_pub, reason = "its main is not called here")]
#[path = "../../examples/refund.rs"]
mod refund;
#[allow(dead_code, unreachable_pub, reason = "its main is not called here")]
#[path = "../../examples/resume.rs"]
mod resume;
#[allow(dead_code, unreachable_pub, reason = "its main is not called here")]
#[path = "../../examples/till.rs"]
mod till;

fn barcode() -> PaymentBarcode {
    PaymentBarcode::new("286498530672949108").unwrap()
}

async fn mock() -> Arc<MockPockyt> {
    Arc::new(MockPockyt::start().await.unwrap())
}

#[tokio::test]
async fn the_till_sells_whatever_answers_are_lost() {
    let mock = mock().await;
    let client = builder(&mock).build().unwrap();
    let lose =
        |name: &str, operation: &str, kind| mock.fault(Fault::new(name, kind).operation(operation)).unwrap();
    lose("t-2", "add", FaultKind::LoseReply);
    lose("t-3", "prepay", FaultKind::ResetReply);
    lose("t-4", "add", FaultKind::LoseRequest);
    mock.script(Script::new("t-5", Wallet::DeclineAfter(Duration::from_secs(20)))).unwrap();
    mock.script(Script::new("t-6", Wallet::Never)).unwrap();
    for (name, end) in [
        ("t-1", till::Till::Paid),
        ("t-2", till::Till::Paid),
        ("t-3", till::Till::Paid),
        ("t-4", till::Till::AskLater),
        ("t-5", till::Till::NotPaid),
        ("t-6", till::Till::NotPaid),
    ] {
        assert_eq!(
            till::sell(&client, price("13.00"), reference(name), barcode()).await.unwrap(),
            end,
            "{name}"
        );
    }
}

#[tokio::test]
async fn the_checkout_sends_the_browser_and_believes_only_the_query() {
    let mock = mock().await;
    let client = builder(&mock).build().unwrap();
    let back = CallbackUrl::new("http://shop.example/thanks?reference={reference}").unwrap();
    let shop = checkout::shop(client, back);
    let order = http::Request::post("/checkout")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(axum::body::Body::from("order=web-1&amount=42.00"))
        .unwrap();
    let answer = shop.clone().oneshot(order).await.unwrap();
    assert_eq!(answer.status(), 303);
    assert!(answer.headers()["location"].to_str().unwrap().starts_with(mock.url()));
    let thanks = || {
        let request = http::Request::get("/thanks?reference=web-1&status=success");
        shop.clone().oneshot(request.body(axum::body::Body::empty()).unwrap())
    };
    let said = |answer: http::Response<axum::body::Body>| async {
        String::from_utf8(answer.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
    };
    assert_eq!(said(thanks().await.unwrap()).await, "we are waiting for the payment");
    let orders = mock.transactions();
    let order = orders.iter().find(|order| order.reference.as_deref() == Some("web-1")).unwrap();
    mock.approve(&order.transaction_no).await.unwrap();
    assert_eq!(said(thanks().await.unwrap()).await, "thank you, it is paid");
}

async fn paid(mock: &Arc<MockPockyt>, name: &str, wallet: Wallet) -> pockyt_client::Client {
    let client = builder(mock).build().unwrap();
    mock.script(Script::new(name, wallet)).unwrap();
    client.in_store().add(&Add::new(price("13.00"), reference(name))).await.unwrap();
    client.in_store().prepay(&Prepay::new(reference(name), barcode())).await.unwrap();
    client
}

#[tokio::test]
async fn a_lost_refund_is_found_and_one_that_was_never_booked_stays_open() {
    let mock = mock().await;
    let client = paid(&mock, "s-1", Wallet::ConfirmAfter(Duration::ZERO)).await;
    let fault = |kind| mock.fault(Fault::new("s-1", kind).operation("refund")).unwrap();
    fault(FaultKind::LoseReply);
    let back = |name: &str, amount: &str| {
        refund::give_back(&client, reference("s-1"), price(amount), reference(name))
    };
    assert_eq!(back("s-1-a", "5.00").await.unwrap(), Some(true));
    fault(FaultKind::LoseRequest);
    assert_eq!(back("s-1-b", "5.00").await.unwrap(), None);
    assert_eq!(back("s-1-c", "9.00").await.unwrap(), None, "000040 also comes after a booked one");
    assert_eq!(back("s-1-d", "3.00").await.unwrap(), Some(true));
}

#[tokio::test]
async fn polling_goes_on_after_a_restart() {
    let mock = mock().await;
    let client = paid(&mock, "r-1", Wallet::ConfirmAfter(Duration::from_secs(20))).await;
    let file = std::env::temp_dir().join(format!("pockyt-resume-test-{}.json", std::process::id()));
    let open = || resume::open(&client, &file, reference("r-1"), price("13.00")).unwrap();
    assert!(resume::steps(&mut open(), &file, 2).await.unwrap().is_none());
    let settled = resume::steps(&mut open(), &file, 100).await.unwrap();
    assert!(matches!(settled, Some(Settled::Final(order)) if order.standing() == Standing::Paid));
    assert!(!file.exists());
}

#[tokio::test(start_paused = true)]
async fn a_refund_that_is_taken_in_is_given_back_only_when_its_status_says_so() {
    for (status, given) in
        [("success", Some(true)), ("failed", Some(false)), ("pending", None), ("odd", None)]
    {
        let (client, _) = client_of(
            |b| b,
            move |_, request| {
                let refund = request.uri().path().ends_with("/refund");
                let refund = if refund { r#","refundAmount":"5.00","refundReference":"r-1""# } else { "" };
                let status = if refund.is_empty() { "success" } else { status };
                Reply::Answer(json(
                    200,
                    &format!(
                        r#"{{"ret_code":"000100","result":{{"transactionNo":"1","reference":"s-1","amount":"13.00","currency":"USD","status":"{status}"{refund}}}}}"#
                    ),
                ))
            },
        );
        let back =
            refund::give_back(&client, reference("s-1"), price("5.00"), reference("r-1")).await.unwrap();
        assert_eq!(back, given, "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_till_calls_nothing_unpaid_that_it_cannot_read() {
    for (refunds, end) in [
        ("", till::Till::Paid),
        (
            r#","refundInfo":[{"refundAmount":"13.00","refundTransactionId":"2","status":"success"}]"#,
            till::Till::NotPaid,
        ),
        (
            r#","refundInfo":[{"refundAmount":"3.00","refundTransactionId":"2","status":"success"}]"#,
            till::Till::AskLater,
        ),
        (
            r#","refundInfo":[{"refundAmount":"99.00","refundTransactionId":"2","status":"success"}]"#,
            till::Till::AskLater,
        ),
        (r#","refundInfo":"soon""#, till::Till::AskLater),
    ] {
        let body = format!(
            r#"{{"ret_code":"000100","result":{{"transactionNo":"1","reference":"t-1","amount":"13.00","currency":"USD","status":"success"{refunds}}}}}"#
        );
        let (client, _) = client_of(|b| b, move |_, _| Reply::Answer(json(200, &body)));
        let sold = till::sell(&client, price("13.00"), reference("t-1"), barcode()).await.unwrap();
        assert_eq!(sold, end, "{refunds}");
    }
}
