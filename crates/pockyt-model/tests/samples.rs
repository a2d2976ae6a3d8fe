//! The documentation's own examples, read through the typed views.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

use pockyt_model::operation::{Add, Cancel, CreateTransQrcode, Prepay, Refund, SecurePay, TranQuery};
use pockyt_model::{Amount, Answer, Currency, Object, Operation, PaymentNotification, TransactionStatus};
use pockyt_model::{Merchant, OrderKey, Price, Reference, SignedRequest, TransactionNo, Vendor};
use pockyt_model::{PaymentBarcode, Problem, Standing};
use pockyt_sign::{Received, SigningKey, Verifier};

const TOKEN: &str = "5cbfb079f15b150122261c8537086d77a";

macro_rules! sample {
    ($name:literal) => {
        include_bytes!(concat!("samples/", $name)).as_slice()
    };
}

fn accepted<O: Operation>(body: &[u8]) -> O::Answer {
    match O::read_answer(body).expect("the sample can be read") {
        Answer::Accepted(answer) => answer,
        Answer::Refused(refusal) => panic!("{refusal}"),
    }
}

fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

#[test]
fn add_answers_an_order_in_state_init() {
    let order = accepted::<Add>(sample!("instore-add.response.json"));
    assert_eq!(order.transaction_no().unwrap().as_str(), "297553638241892410");
    assert_eq!(order.status().unwrap(), TransactionStatus::Init);
    assert_eq!(order.amount().unwrap(), amount("13"));
    assert_eq!(order.amount().unwrap().as_str(), "13.00");
    assert_eq!(order.payment_time().unwrap(), None);
    assert_eq!(order.original_transaction_no().unwrap(), None);
    // 21:38:16 in UTC+8.
    let created = order.create_time().unwrap().unwrap().to_utc().unwrap();
    assert_eq!(created.get(), 1_602_509_896_000);
}

#[test]
fn prepay_answers_a_paid_order() {
    let order = accepted::<Prepay>(sample!("instore-prepay.response.json"));
    assert_eq!(order.status().unwrap(), TransactionStatus::Success);
    assert_eq!(order.payment_time().unwrap().unwrap().as_str(), "2020-10-12 22:38:16");
    assert_eq!(order.currency().unwrap(), Currency::USD);
    assert_eq!(order.envelope().text("ret_msg").unwrap(), "add success");
}

#[test]
fn create_trans_qrcode_answers_the_code() {
    let code = accepted::<CreateTransQrcode>(sample!("create-trans-qrcode.response.json"));
    assert_eq!(code.deep_link().unwrap(), "https://qr.alipay.com/bax05773sia4dshxhw7100f3");
    assert_eq!(code.timeout().unwrap(), Some(120));
    assert!(code.qrcode_url().unwrap().is_some());
}

#[test]
fn tran_query_answers_the_state() {
    let order = accepted::<TranQuery>(sample!("tran-query.response.json"));
    assert_eq!(order.status().unwrap(), TransactionStatus::Success);
    assert_eq!((order.amount().unwrap(), order.currency().unwrap()), (amount("10"), Currency::CNY));
    assert!(order.refunds().unwrap().is_empty());
}

#[test]
fn refund_answers_the_refund() {
    let refund = accepted::<Refund>(sample!("refund.response.json"));
    assert_eq!(refund.refund_transaction_no().unwrap().as_str(), "297553638302358781");
    assert_eq!(refund.refund_reference().unwrap().as_deref(), Some("refund2020101305"));
    assert_eq!(refund.refund_amount().unwrap(), amount("0.01"));
}

#[test]
fn cancel_answers_a_number_as_amount() {
    let cancelled = accepted::<Cancel>(sample!("cancel.response.json"));
    assert_eq!(cancelled.amount().unwrap(), amount("0.01"));
    assert_eq!(cancelled.result().raw("amount"), Some("0.01"));
    assert_eq!(cancelled.status().unwrap(), TransactionStatus::Closed);
}

#[test]
fn secure_pay_answers_the_cashier_page() {
    let checkout = accepted::<SecurePay>(sample!("secure-pay-v3.response.json"));
    assert!(checkout.cashier_url().unwrap().unwrap().ends_with("297553638298245023"));
    let fields = accepted::<SecurePay>(sample!("secure-pay-yip.response.json"));
    assert_eq!(fields.cashier_url().unwrap(), None);
    assert_eq!(fields.client_token().unwrap().as_deref(), Some("<client_token>"));
    assert_eq!(fields.client_script().unwrap().as_deref(), Some("<client_script_url>"));
}

#[test]
fn answers_show_the_order_and_nothing_else() {
    let order = accepted::<TranQuery>(sample!("tran-query.response.json"));
    assert_eq!(
        format!("{order:?}"),
        "Transaction { transactionNo: 297553638300708562, reference: test202001011305, amount: 10.00, \
         currency: CNY, status: success, .. }"
    );
    let fields = accepted::<SecurePay>(sample!("secure-pay-yip.response.json"));
    assert!(!format!("{fields:?}").contains("client_token"), "{fields:?}");
}

#[test]
fn both_spellings_of_a_wrong_signature_are_recognised() {
    for body in [sample!("error-bad-verifysign.json"), sample!("error-bad-verifysign-ret_msg.json")] {
        let Answer::Refused(refusal) = TranQuery::read_answer(body).unwrap() else { panic!("accepted") };
        assert!(refusal.is_wrong_signature(), "{refusal}");
        assert!(!refusal.is_duplicate() && !refusal.is_not_found());
        assert_eq!(refusal.message(), "data error : verifySign");
        assert_eq!(refusal.to_string(), "a wrong signature: check token, merchantNo and storeNo");
    }
}

/// A request built with the types is signed as the documentation printed it.
#[test]
fn typed_requests_carry_the_published_signatures() {
    let merchant = Merchant::new("200043", "300014").unwrap();
    let key = SigningKey::from_any_text(TOKEN);
    let number = |text: &str| OrderKey::from(TransactionNo::new(text).unwrap());

    let barcode = PaymentBarcode::new("286498530672949108").unwrap();
    let pay = Prepay::new(number("297553636764407286"), barcode).vendor(Vendor::ALIPAY);
    let refund = Refund::new(
        number("297553638301777927"),
        Price::new("0.01", Currency::USD).unwrap(),
        Reference::new("refund2020101305").unwrap(),
    );
    let query = TranQuery::new(number("297553638300708562"));
    let code = CreateTransQrcode::new(
        Price::new("0.11", Currency::USD).unwrap(),
        Vendor::ALIPAY,
        Reference::new("test2020102023").unwrap(),
    )
    .ipn_url(pockyt_model::IpnUrl::new("http://zk-tys.yunkeguan.com/login/test").unwrap())
    .timeout(pockyt_model::OrderTimeout::minutes(120).unwrap());

    let requests = [
        (SignedRequest::new(&pay, &merchant, &[], &key).unwrap(), sample!("instore-prepay.request.json")),
        (SignedRequest::new(&refund, &merchant, &[], &key).unwrap(), sample!("refund.request.json")),
        (SignedRequest::new(&query, &merchant, &[], &key).unwrap(), sample!("tran-query.request.json")),
        (
            SignedRequest::new(&code, &merchant, &[], &key).unwrap(),
            sample!("create-trans-qrcode.request.json"),
        ),
    ];
    for (request, sample) in requests {
        let expected = Object::parse(sample).unwrap();
        let sent = Object::parse(request.to_json().as_bytes()).unwrap();
        for name in expected.names() {
            assert_eq!(sent.text(name), expected.text(name), "{}: {name}", request.path());
        }
        assert_eq!(sent.names().count(), expected.names().count());
        let form = request.to_form();
        let verified = Verifier::new(SigningKey::from_any_text(TOKEN)).form(form.as_bytes());
        assert!(matches!(verified, Ok(Received::Verified(_))));
    }
}

#[test]
fn the_vendors_own_notification_is_read() {
    let verifier = Verifier::new(SigningKey::from_any_text(TOKEN));
    let Received::Verified(message) = verifier.form(sample!("ipn-payment.form").trim_ascii()).unwrap() else {
        panic!("ambiguous")
    };
    let notification = PaymentNotification::read(&message).unwrap();
    assert_eq!(notification.transaction_no().as_str(), "305680500880311923");
    assert_eq!(notification.reference().as_str(), "test1666247277861");
    assert_eq!(notification.status(), &TransactionStatus::Success);
    assert_eq!(notification.amount(), &amount("0.01"));
    assert_eq!(notification.currency(), Currency::USD);
    assert_eq!(notification.time().unwrap().to_utc().unwrap().get(), 1_666_247_297_000);
    assert_eq!(notification.note(), None);
    assert_eq!(notification.dedupe_key().as_str(), "pay/305680500880311923/success");
}

#[test]
fn a_field_that_cannot_be_read_names_its_path_and_leaves_the_rest() {
    let body = br#"{"ret_code":"000100","result":{"amount":"1e3","status":"paid","transactionNo":null}}"#;
    let order = accepted::<TranQuery>(body);
    assert_eq!(order.amount().unwrap_err().path(), "$.result.amount");
    assert_eq!(order.transaction_no().unwrap_err().problem(), Problem::Missing);
    assert_eq!(order.status().unwrap(), TransactionStatus::Other("paid".into()));
}

#[test]
fn bodies_that_are_no_answers_are_errors() {
    let table: &[(&str, &str)] = &[
        ("", "$"),
        ("[]", "$"),
        ("<html>", "$"),
        (r#"{"a":1}"#, "$.ret_code"),
        (r#"{"ret_code":null}"#, "$.ret_code"),
        (r#"{"ret_code":"000100"}"#, "$.result"),
        (r#"{"ret_code":"000100","result":[]}"#, "$.result"),
        (r#"{"ret_code":"000100","result":{"a":1,"a":2}}"#, "$.result"),
        (r#"{"ret_code":"000100","ret_code":"000000"}"#, "$"),
    ];
    for (body, path) in table {
        assert_eq!(TranQuery::read_answer(body.as_bytes()).unwrap_err().path(), *path, "{body}");
    }
    // A code that came as a number is still a code.
    assert!(matches!(TranQuery::read_answer(br#"{"ret_code":21}"#), Ok(Answer::Refused(_))));
}

#[test]
fn refunds_of_a_sale_are_listed_under_both_names() {
    let body = br#"{"ret_code":"000100","result":{"refundInfo":[
        {"refundTransactionId":"1","refundReference":"r1","refundAmount":"1.00"},
        {"refundTransactionNo":"2","refundAmount":2.50}]}}"#;
    let refunds = accepted::<TranQuery>(body).refunds().unwrap();
    assert_eq!(refunds[0].refund_transaction_no().unwrap().unwrap().as_str(), "1");
    assert_eq!(refunds[1].refund_transaction_no().unwrap().unwrap().as_str(), "2");
    assert_eq!(refunds[1].refund_amount().unwrap(), amount("2.5"));
    assert_eq!(refunds[1].refund_reference().unwrap(), None);
    let bad = br#"{"ret_code":"000100","result":{"refundInfo":"x"}}"#;
    assert_eq!(accepted::<TranQuery>(bad).refunds().unwrap_err().path(), "$.result.refundInfo");
}

#[test]
fn an_orders_standing_counts_its_refunds() {
    let table = [
        (r#""status":"success","amount":"3.00""#, "", Standing::Paid),
        (r#""status":"success","amount":"3.00""#, r#"{"refundAmount":"1"}"#, Standing::PartRefunded),
        (
            r#""status":"success","amount":"3.00""#,
            r#"{"refundAmount":"1"},{"refundAmount":2.0}"#,
            Standing::Refunded,
        ),
        (r#""status":"success","amount":"3.00""#, r#"{"refundAmount":"3.01"}"#, Standing::Conflict),
        (
            r#""status":"success","amount":"3.00""#,
            r#"{"refundAmount":"3","status":"failed"}"#,
            Standing::Paid,
        ),
        (
            r#""status":"success","amount":"3.00""#,
            r#"{"refundAmount":"3","status":"pending"}"#,
            Standing::Paid,
        ),
        (
            r#""status":"success","amount":"3.00""#,
            r#"{"refundAmount":"1","refundStatus":"success"},{"refundAmount":"2","refundStatus":"dealing"}"#,
            Standing::PartRefunded,
        ),
        (r#""status":"success","amount":"3.00""#, r#"{"refundAmount":"-1"}"#, Standing::Unknown),
        (
            r#""status":"success","amount":"3.00""#,
            r#"{"refundAmount":"x","status":"failed"}"#,
            Standing::Unknown,
        ),
        (r#""status":"success","amount":"3.00","transactionType":"payment""#, "", Standing::Paid),
        (r#""status":"success","amount":"3.00","transactionType":"""#, "", Standing::Paid),
        (r#""status":"success","amount":"3.00","transactionType":"refund""#, "", Standing::Unknown),
        (r#""status":"reversed","amount":"3.00","transactionType":"Void""#, "", Standing::Unknown),
        (r#""status":"closed","amount":"3.00","transactionType":"refund""#, "", Standing::Unknown),
        (r#""status":"success""#, "", Standing::Unknown),
        (r#""status":"success","amount":"0.00""#, "", Standing::Unknown),
        (r#""status":"success","amount":"3.00""#, r#"{"refundAmount":"x"}"#, Standing::Unknown),
        (r#""status":"success""#, r#"{"refundAmount":"1"}"#, Standing::Unknown),
        (r#""status":"closed","amount":"3.00""#, "", Standing::Unpaid),
        (r#""status":"fail","amount":"3.00""#, "", Standing::Unpaid),
        (r#""status":"closed","amount":"3.00""#, r#"{"refundAmount":"3"}"#, Standing::Conflict),
        (
            r#""status":"closed","amount":"3.00""#,
            r#"{"refundAmount":"3","status":"pending"}"#,
            Standing::Open,
        ),
        (r#""status":"closed","amount":"3.00""#, r#"{"refundAmount":"3","status":"failed"}"#, Standing::Open),
        (r#""status":"reversed","amount":"3.00""#, "", Standing::Reversed),
        (r#""status":"pending","amount":"3.00""#, "", Standing::Open),
        (r#""status":"something new","amount":"3.00""#, "", Standing::Open),
        (r#""amount":"3.00""#, "", Standing::Unknown),
    ];
    for (fields, refunds, expected) in table {
        let body = format!(r#"{{"ret_code":"000100","result":{{{fields},"refundInfo":[{refunds}]}}}}"#);
        assert_eq!(accepted::<TranQuery>(body.as_bytes()).standing(), expected, "{body}");
    }
}
