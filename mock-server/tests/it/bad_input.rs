//! What nobody should send, on a socket: each is answered by a code, a status and a reason, and the mock
//! goes on.

use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http_body_util::Full;
use pockyt_mock::{MockPockyt, Profile};
use tokio::io::AsyncReadExt;

use crate::faults::{ADD, Raw, add, add_body, head_of};
use crate::support::{Answer, call, post, request, send, signed};

const QUERY: &str = "/app-data-search/v3/tran-query";
const QRCODE: &str = "/app-instore/v3/create-trans-qrcode";

async fn mock(profile: Profile) -> MockPockyt {
    MockPockyt::builder().profile(profile).start().await.unwrap()
}

fn profiles() -> [Profile; 2] {
    [Profile::lenient(), Profile::strict()]
}

/// The status, the code, the message, and the field that the header names.
fn refusal(answer: &Answer) -> (u16, String, String, String) {
    let body = answer.json();
    let text = |name: &str| body[name].as_str().unwrap_or_else(|| panic!("no {name}: {answer:?}")).to_owned();
    assert!(!answer.header("pockyt-mock-rule").is_empty());
    let field = answer.header("pockyt-mock-field").to_owned();
    (answer.status.as_u16(), text("ret_code"), text("ret_msg"), field)
}

fn refused_for(code: &str, field: &str) -> (u16, String, String, String) {
    (200, code.to_owned(), format!("data error : {field}"), field.to_owned())
}

#[tokio::test]
async fn bad_amounts() {
    for profile in profiles() {
        let mock = mock(profile).await;
        for amount in ["-1", "1.001", "1e3", "NaN", "１３", "0", "+1", "1,000", "0x10", "99999999999"] {
            let fields = [
                ("amount", amount),
                ("currency", "USD"),
                ("settleCurrency", "USD"),
                ("reference", "a"),
                ("vendor", "alipay"),
                ("needQrcode", "true"),
                ("ipnUrl", "http://shop.example/ipn"),
            ];
            let answer = post(&mock, QRCODE, &signed(&fields)).await;
            assert_eq!(refusal(&answer), refused_for("000023", "amount"), "{amount}");
        }
        assert!(mock.transactions().iter().all(|order| order.reference.as_deref() != Some("a")));
    }
}

#[tokio::test]
async fn a_currency_that_the_vendor_does_not_take() {
    for profile in profiles() {
        let mock = mock(profile).await;
        for (vendor, currency) in
            [("alipay", "PHP"), ("gcash", "EUR"), ("wechatpay", "GBP"), ("venmo", "CAD")]
        {
            let fields = [
                ("amount", "13.00"),
                ("currency", currency),
                ("settleCurrency", "USD"),
                ("reference", "a"),
                ("vendor", vendor),
                ("needQrcode", "true"),
                ("ipnUrl", "http://shop.example/ipn"),
            ];
            let answer = post(&mock, QRCODE, &signed(&fields)).await;
            assert_eq!(refusal(&answer), refused_for("000022", "currency"), "{vendor} {currency}");
        }
    }
}

#[tokio::test]
async fn both_or_neither_of_number_and_reference() {
    for (profile, accepts_both) in [(Profile::lenient(), true), (Profile::strict(), false)] {
        let mock = mock(profile).await;
        let fields = [("amount", "1.00"), ("currency", "USD"), ("settleCurrency", "USD"), ("reference", "a")];
        let made = call(&mock, ADD, &fields).await;
        let number = made["result"]["transactionNo"].as_str().unwrap();
        for path in [QUERY, "/app-data-search/v3/cancel"] {
            let neither = post(&mock, path, &signed(&[])).await;
            assert_eq!(refusal(&neither), refused_for("000020", "transactionNo"));
            let agreeing = post(&mock, path, &signed(&[("transactionNo", number), ("reference", "a")])).await;
            let other = post(&mock, path, &signed(&[("transactionNo", number), ("reference", "b")])).await;
            assert_eq!(refusal(&other), refused_for("000022", "reference"));
            if accepts_both {
                assert_eq!(agreeing.json()["ret_code"], "000100", "{agreeing:?}");
            } else {
                assert_eq!(refusal(&agreeing), refused_for("000022", "reference"));
            }
        }
    }
}

#[tokio::test]
async fn an_unknown_path_says_which_paths_are_near() {
    let mock = mock(Profile::lenient()).await;
    for (path, near) in
        [("/app-instore/v3/ad", ADD), ("/app-data-search/v3/transquery", QUERY), ("/v9", "/exchangerate")]
    {
        let answer = post(&mock, path, &signed(&[])).await;
        let (status, code, ..) = refusal(&answer);
        assert_eq!((status, code.as_str()), (404, "000010"));
        assert!(answer.header("pockyt-mock-rule").contains(near), "{path}: {answer:?}");
    }
}

#[tokio::test]
async fn what_is_not_utf_8() {
    let mock = mock(Profile::lenient()).await;
    let form = "application/x-www-form-urlencoded";
    for (content_type, body) in [
        (
            "application/json",
            &b"{\"merchantNo\":\"200043\",\"storeNo\":\"300014\",\"reference\":\"\xff\xfe\"}"[..],
        ),
        ("application/json", b"{\"merchantNo\":\"200043\",\"reference\":\"\\ud800\"}"),
        ("application/json", b"\xef\xbb\xbf{}"),
        (form, b"merchantNo=200043&storeNo=300014&reference=%FF%FE&verifySign=x"),
        (form, b"merchantNo=200043&storeNo=300014&reference=\xc3\x28&verifySign=x"),
        (form, b"merchantNo=200043&storeNo=300014&reference=%zz&verifySign=x"),
    ] {
        let request = request(&mock, "POST", QUERY).header("content-type", content_type);
        let answer = send(mock.addr(), request.body(Full::<Bytes>::from(body)).unwrap()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body:?}");
        assert_ne!(answer.json()["ret_code"], "000100");
    }
    // In the head: not a path and not a value that this API knows.
    for head in [
        &b"POST /app-instore/v3/\xff\xfe HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"[..],
        b"POST /app-instore/v3/%FF%FE HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
        b"POST /app-instore/v3/add HTTP/1.1\r\nHost: x\r\nContent-Type: \xff\r\nContent-Length: 0\r\n\r\n",
        b"POST /app-instore/v3/add HTTP/1.1\r\nHost: x\r\nPockyt-Request-ID: \xff\r\nContent-Length: 0\r\n\r\n",
    ] {
        let mut client = Raw::connect(mock.addr()).await;
        client.send(head).await;
        let mut status = [0; 10];
        client.0.read_exact(&mut status).await.unwrap();
        assert_eq!(&status, b"HTTP/1.1 4", "{head:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_is_given_up_and_books_nothing() {
    let mock = mock(Profile::lenient()).await;
    let body = add_body("slow");
    let mut client = Raw::connect(mock.addr()).await;
    client.send(format!("{}{}", head_of(ADD, body.len()), &body[..body.len() / 2]).as_bytes()).await;
    // Paused time goes on by itself when nothing else happens.
    let mut answer = Vec::new();
    client.0.read_to_end(&mut answer).await.unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 408"), "{answer:?}");
    assert!(mock.transactions().iter().all(|order| order.reference.as_deref() != Some("slow")));
}

#[tokio::test]
async fn slow_clients_hold_up_nobody() {
    let mock = mock(Profile::lenient()).await;
    let body = add_body("late");
    let mut slow = Vec::new();
    for part in [0, 1, body.len() - 1] {
        let mut client = Raw::connect(mock.addr()).await;
        client.send(format!("{}{}", head_of(ADD, body.len()), &body[..part]).as_bytes()).await;
        slow.push((client, part));
    }
    for n in 0..20 {
        let mut client = Raw::connect(mock.addr()).await;
        client.send(&add(&format!("p-{n}"))).await;
        let answered = tokio::time::timeout(Duration::from_secs(10), client.answer()).await;
        assert!(answered.expect("held up").0.starts_with("HTTP/1.1 200"));
    }
    let (mut client, part) = slow.pop().unwrap();
    client.send(&body.as_bytes()[part..]).await;
    assert!(client.answer().await.0.starts_with("HTTP/1.1 200"));
}
