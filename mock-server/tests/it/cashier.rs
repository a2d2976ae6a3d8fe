//! The cashier page.

use bytes::Bytes;
use http::StatusCode;
use http_body_util::Full;
use pockyt_mock::{MockPockyt, Status};

use crate::support::waiting::{self, text};
use crate::support::{
    Answer, Listener, SUCCESS, call, get, order, post, request, secure_pay, send, signed, with_listener,
};

async fn press(mock: &MockPockyt, transaction_no: &str, body: &'static str) -> Answer {
    let request = request(mock, "POST", &format!("/cashier/{transaction_no}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("origin", mock.url());
    send(mock.addr(), request.body(Full::<Bytes>::from(body)).unwrap()).await
}

#[tokio::test]
async fn the_cashier_url_of_an_answer_leads_to_a_page_that_says_what_it_is() {
    let mock = MockPockyt::start().await.unwrap();
    let transaction_no = secure_pay(&mock, "web-1", &[("description", "Two teas")]).await;
    let cashier_url = order(&mock, &transaction_no).cashier_url.unwrap();
    let path = cashier_url.strip_prefix(mock.url()).unwrap();
    let page = get(&mock, path).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
    for text in
        ["This is a mock", "13.00 USD", "web-1", "Two teas", "200043", "Time left", "value=\"approve\""]
    {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    assert_eq!(get(&mock, "/cashier/style.css").await.header("content-type"), "text/css; charset=utf-8");
}

#[tokio::test]
async fn approving_returns_to_the_shop_with_the_macros_filled_and_notifies() {
    let listener = Listener::start(|_| SUCCESS).await;
    let mock = with_listener(&listener).await;
    let callback =
        "http://shop.example/back?no={transactionNo}&status={status}&ref={reference}&amount={amount}";
    let transaction_no = secure_pay(&mock, "web 1", &[("callbackUrl", callback)]).await;
    let answer = press(&mock, &transaction_no, "action=approve").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let (target, query) = answer.header("location").split_once('?').unwrap();
    assert_eq!(target, "http://shop.example/back");
    let filled: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    let expected =
        [("no", transaction_no.as_str()), ("status", "success"), ("ref", "web 1"), ("amount", "13.00")];
    assert_eq!(filled, expected.map(|(name, value)| (name.into(), value.into())));
    assert_eq!(listener.received().len(), 1);
    assert_eq!(order(&mock, &transaction_no).status, Status::Success);
}

#[tokio::test]
async fn each_button_does_what_it_says_and_only_once() {
    for (body, status, text) in [
        ("action=approve", Status::Success, "Payment successful"),
        ("action=decline", Status::Failed, "Payment declined"),
        ("action=expire", Status::Closed, "Payment closed"),
    ] {
        let mock = MockPockyt::start().await.unwrap();
        let transaction_no = secure_pay(&mock, "web-1", &[]).await;
        assert_eq!(press(&mock, &transaction_no, body).await.status, StatusCode::SEE_OTHER);
        assert_eq!(order(&mock, &transaction_no).status, status);
        let page = get(&mock, &format!("/cashier/{transaction_no}")).await.body;
        assert!(page.contains(text), "{page}");
        assert!(!page.contains("<form"), "{page}");
        assert!(page.contains("href=\"http://shop.example/back\""), "{page}");
        let again = press(&mock, &transaction_no, "action=approve").await;
        assert_eq!(again.status, StatusCode::CONFLICT);
        assert!(again.body.contains("no longer waits"));
        assert_eq!(order(&mock, &transaction_no).status, status);
    }
}

#[tokio::test]
async fn odd_forms_and_unknown_orders_change_nothing() {
    let mock = MockPockyt::start().await.unwrap();
    let transaction_no = secure_pay(&mock, "web-1", &[]).await;
    for body in ["", "action=", "action=refund", "approve"] {
        assert_eq!(press(&mock, &transaction_no, body).await.status, StatusCode::BAD_REQUEST, "{body}");
    }
    assert_eq!(order(&mock, &transaction_no).status, Status::Pending);
    assert_eq!(press(&mock, "999", "action=approve").await.status, StatusCode::NOT_FOUND);
    let page = get(&mock, "/cashier/%3Cscript%3E").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.body.contains("There is no such order"));
    assert!(!page.body.contains("<script"), "{}", page.body);
}

#[tokio::test]
async fn what_the_merchant_wrote_is_shown_as_text() {
    let mock = MockPockyt::start().await.unwrap();
    let nasty = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>";
    let transaction_no = secure_pay(&mock, nasty, &[("description", nasty)]).await;
    let page = get(&mock, &format!("/cashier/{transaction_no}")).await.body;
    assert!(!page.contains("<script"), "{page}");
    assert!(!page.contains("<img"), "{page}");
    assert_eq!(page.matches("&#60;script&#62;").count(), 2, "{page}");
}

#[tokio::test]
async fn an_order_without_a_way_back_returns_to_its_page() {
    let mock = MockPockyt::start().await.unwrap();
    let fields = [("amount", "1.00"), ("currency", "USD"), ("settleCurrency", "USD"), ("vendor", "alipay")];
    let made = call(&mock, "/app-instore/v3/create-trans-qrcode", &fields).await;
    let transaction_no = made["result"]["transactionNo"].as_str().unwrap();
    let answer = press(&mock, transaction_no, "action=approve").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), transaction_no);
    assert!(get(&mock, &format!("/cashier/{transaction_no}")).await.body.contains("Payment successful"));
}

#[tokio::test]
async fn another_sites_page_cannot_press_the_buttons() {
    let mock = MockPockyt::start().await.unwrap();
    let transaction_no = secure_pay(&mock, "web-1", &[]).await;
    for origin in ["http://evil.example", "null", "https://127.0.0.1"] {
        let request = request(&mock, "POST", &format!("/cashier/{transaction_no}")).header("origin", origin);
        let answer = send(mock.addr(), request.body(Full::from("action=approve")).unwrap()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{origin}");
    }
    assert_eq!(order(&mock, &transaction_no).status, Status::Pending);
}

#[tokio::test]
async fn leaving_without_paying_returns_and_changes_nothing() {
    let mock = MockPockyt::start().await.unwrap();
    let callback = "http://shop.example/back?status={status}";
    let transaction_no = secure_pay(&mock, "web-1", &[("callbackUrl", callback)]).await;
    let answer = press(&mock, &transaction_no, "action=leave").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), "http://shop.example/back?status=pending");
    assert_eq!(order(&mock, &transaction_no).status, Status::Pending);
    // The same customer may come back, and still pay.
    press(&mock, &transaction_no, "action=approve").await;
    assert_eq!(order(&mock, &transaction_no).status, Status::Success);
    assert_eq!(press(&mock, "999", "action=leave").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_agreement_is_signed_or_refused_on_its_page() {
    for (action, approved) in [("action=approve", true), ("action=decline", false)] {
        let mock = MockPockyt::start().await.unwrap();
        let agreement = waiting::agreement(&mock, "http://shop.example/signed?no={autoDebitNo}").await;
        let number = text(&agreement, "autoDebitNo");
        let path = text(&agreement, "authUrl").strip_prefix(mock.url()).unwrap();
        let page = get(&mock, path).await.body;
        for text in ["This is a mock", "Allow automatic payments", "agreement-1", "GCASH", "Agree</button>"] {
            assert!(page.contains(text), "{text}: {page}");
        }
        assert_eq!(press(&mock, number, "action=leave").await.status, StatusCode::SEE_OTHER);
        let answer = press(&mock, number, action).await;
        assert_eq!(answer.header("location"), format!("http://shop.example/signed?no={number}"));
        assert!(!get(&mock, path).await.body.contains("<form"));
        assert_eq!(press(&mock, number, action).await.status, StatusCode::CONFLICT);
        let fields = [("autoDebitNo", number), ("grantType", "AUTHORIZATION_CODE")];
        let token = post(&mock, "/auto-debit/v3/apply-token", &signed(&fields)).await.json();
        assert_eq!(token["ret_code"] == "000100", approved, "{token}");
    }
}

#[tokio::test]
async fn the_step_of_a_card_s_bank_is_a_page_too() {
    let mock = MockPockyt::start().await.unwrap();
    let captured = waiting::card(&mock).await;
    let path = text(&captured, "authUrl").strip_prefix(mock.url()).unwrap();
    let page = get(&mock, path).await.body;
    assert!(page.contains("3-D Secure") && page.contains("13.00 USD"), "{page}");
    assert!(!page.contains("4111"), "{page}");
    let number = text(&captured, "transactionNo");
    assert_eq!(press(&mock, number, "action=approve").await.header("location"), "http://shop.example/back");
    assert_eq!(order(&mock, number).status, Status::Success);
}

#[tokio::test]
async fn an_account_is_confirmed_or_refused_by_its_payee_on_its_page() {
    for (action, status) in [("action=approve", "activated"), ("action=decline", "invalid")] {
        let mock = MockPockyt::start().await.unwrap();
        let (customer, opened) = waiting::account(&mock).await;
        let number = text(&opened, "accountToken");
        let path = text(&opened, "link").strip_prefix(mock.url()).unwrap();
        let page = get(&mock, path).await.body;
        for text in
            ["This is a mock", "Complete your account", "PAYPAL", "200043", "Confirm the account</button>"]
        {
            assert!(page.contains(text), "{text}: {page}");
        }
        let left = press(&mock, number, "action=leave").await;
        assert_eq!(left.header("location"), "http://shop.example/account?is=pending&tag=tag%2D1");
        let answer = press(&mock, number, action).await;
        let back = format!("http://shop.example/account?is={status}&tag=tag%2D1");
        assert_eq!(answer.header("location"), back);
        let page = get(&mock, path).await.body;
        assert!(!page.contains("<form") && page.contains("Nothing is asked any more."), "{page}");
        assert_eq!(press(&mock, number, action).await.status, StatusCode::CONFLICT);
        let payout = [
            ("customerNo", customer.as_str()),
            ("accountToken", number),
            ("invoiceId", "invoice-1"),
            ("amount", "5.00"),
            ("currency", "USD"),
        ];
        let paid = post(&mock, "/v3/payouts/pay", &signed(&payout)).await.json();
        assert_eq!(paid["ret_code"] == "000100", status == "activated", "{paid}");
    }
}

#[tokio::test]
async fn every_magic_value_is_in_the_table() {
    let mock = MockPockyt::start().await.unwrap();
    let page = get(&mock, "/cashier/magic").await;
    assert_eq!(page.status, StatusCode::OK);
    for magic in &pockyt_sim::magic::TABLE {
        assert!(page.body.contains(&format!("mock-{}</code>", magic.word)), "{}", page.body);
    }
}
