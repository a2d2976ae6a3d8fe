//! One call: what is sent, and what each way to fail means for the money.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use pockyt_client::{BodyForm, CallError, CallOptions, Client, ErrorKind, RequestBody};
use pockyt_model::operation::Raw;
use pockyt_model::{Merchant, Reference, Settlement};
use pockyt_sign::{Received, SigningKey, Verifier};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::support::{
    Behaviour, Reply, TOKEN, add, builder, client_of, json, query, raw_server, read_request,
};

/// A client whose requests are answered by a function.
fn answered_by(
    form: BodyForm,
    answer: impl Fn(http::Request<Bytes>) -> http::Response<Full<Bytes>> + Clone + Send + Sync + 'static,
) -> Client {
    let service = tower::service_fn(move |request: http::Request<RequestBody>| {
        let answer = answer.clone();
        async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await.expect("nobody gave it up").to_bytes();
            Ok::<_, Infallible>(answer(http::Request::from_parts(head, body)))
        }
    });
    builder("http://127.0.0.1:1").body_form(form).build_on(service).unwrap()
}

#[tokio::test]
async fn what_is_sent_is_what_was_signed_in_both_forms() {
    for form in [BodyForm::Json, BodyForm::Form] {
        let client = answered_by(form, move |request| {
            assert_eq!(request.method(), "POST");
            assert_eq!(request.uri().path(), "/app-instore/v3/add");
            let verifier = Verifier::new(SigningKey::from_any_text(TOKEN));
            let content_type = request.headers()["content-type"].to_str().unwrap();
            let received = match content_type {
                "application/json" => verifier.json(request.body()),
                "application/x-www-form-urlencoded" => verifier.form(request.body()),
                other => panic!("{other}"),
            };
            let Ok(Received::Verified(message)) = received else { panic!("not verified") };
            assert_eq!(message.fields().get("merchantNo"), Some("200043"));
            assert_eq!(message.fields().get("amount"), Some("13.00"));
            json(200, r#"{"ret_code":"000100","result":{"transactionNo":"1","transactionStatus":"init"}}"#)
        });
        let order = client.in_store().add(&add()).await.unwrap();
        assert_eq!(order.transaction_no().unwrap().as_str(), "1");
    }
}

#[tokio::test(start_paused = true)]
async fn answers_say_whether_money_may_have_moved() {
    // (status, body, of a call that moves money: may have moved, of a query: may retry)
    let table: &[(u16, &str, bool, bool)] = &[
        (200, r#"{"ret_code":"000020","ret_msg":"missing"}"#, false, false),
        (200, r#"{"ret_code":"000040","ret_msg":"transaction status error"}"#, true, false),
        (200, r#"{"ret_code":"000023","ret_msg":"Duplicate request error"}"#, true, false),
        (200, r#"{"ret_code":"000000","ret_msg":"system error"}"#, true, true),
        (200, r#"{"ret_code":"000080"}"#, true, true),
        (200, r#"{"ret_code":"999999"}"#, true, true),
        (400, r#"{"ret_code":"000000","retMsg":"data error : verifySign"}"#, false, false),
        (200, "", true, true),
        (200, r#"{"ret_code":"000100"}"#, true, true),
        (200, "<html>", true, true),
        (404, "<html>", true, true),
        (500, "", true, true),
        (503, "busy", true, true),
    ];
    for &(status, body, may_have_moved, may_retry) in table {
        let client = answered_by(BodyForm::Json, move |_| json(status, body));
        let error = client.in_store().add(&add()).await.unwrap_err();
        assert_eq!(error.may_have_moved_money(), may_have_moved, "{status} {body}: {error}");
        assert!(!error.may_retry(), "{status} {body}");
        let asked = if may_have_moved { Settlement::TranQueryByReference } else { Settlement::NotNeeded };
        assert_eq!(error.ask(), asked);
        let error = client.orders().query(&query()).await.unwrap_err();
        assert!(!error.may_have_moved_money());
        assert_eq!(error.may_retry(), may_retry, "{status} {body}: {error}");
    }
}

#[tokio::test]
async fn a_refused_value_may_hide_an_earlier_call_that_was_booked() {
    for code in ["000022", "000023"] {
        let body = format!(r#"{{"ret_code":"{code}","ret_msg":"reference already exists"}}"#);
        let client = answered_by(BodyForm::Json, move |_| json(200, &body));
        let error = client.in_store().add(&add()).await.unwrap_err();
        assert!(error.may_have_moved_money() && !error.may_retry(), "{code}");
        assert_eq!(error.ask(), Settlement::TranQueryByReference, "{code}");
    }
}

/// A transport that takes the body long after it was handed the request, as a proxy's queue might.
#[tokio::test(start_paused = true)]
async fn what_was_called_not_sent_can_never_be_sent() {
    for delay in [Duration::from_secs(25), Duration::from_secs(70)] {
        let booked = Arc::new(AtomicUsize::new(0));
        let counter = booked.clone();
        let service = tower::service_fn(move |request: http::Request<RequestBody>| {
            let counter = counter.clone();
            tokio::spawn(async move {
                tokio::time::sleep(delay).await;
                if request.into_body().collect().await.is_ok() {
                    counter.fetch_add(1, Ordering::SeqCst);
                }
            });
            std::future::pending::<Result<http::Response<Full<Bytes>>, Infallible>>()
        });
        let client = builder("http://127.0.0.1:1").build_on(service).unwrap();
        let error = client.in_store().add(&add()).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::NotSent), "{error}");
        tokio::time::sleep(Duration::from_secs(300)).await;
        assert_eq!(booked.load(Ordering::SeqCst), 0, "after {delay:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_taken_before_the_time_was_over_is_maybe_sent_once() {
    let booked = Arc::new(AtomicUsize::new(0));
    let counter = booked.clone();
    let service = tower::service_fn(move |request: http::Request<RequestBody>| {
        let counter = counter.clone();
        async move {
            request.into_body().collect().await.map(|_| counter.fetch_add(1, Ordering::SeqCst)).unwrap();
            std::future::pending::<Result<http::Response<Full<Bytes>>, Infallible>>().await
        }
    });
    let client = builder("http://127.0.0.1:1").build_on(service).unwrap();
    let error = client.in_store().add(&add()).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::MaybeSent), "{error}");
    assert_eq!(booked.load(Ordering::SeqCst), 1);
}

async fn add_against(behaviour: Behaviour) -> (CallError, usize) {
    let (url, seen) = raw_server(behaviour).await;
    let client = builder(&url).attempt_budget(Duration::from_millis(100)).build().unwrap();
    let error = client.in_store().add(&add()).await.unwrap_err();
    (error, seen.load(Ordering::SeqCst))
}

#[tokio::test]
async fn a_refused_connection_is_not_sent_and_tried_three_times() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = builder(&url).build().unwrap().in_store().add(&add()).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NotSent), "{error}");
    assert!(error.may_retry() && !error.may_have_moved_money());
}

#[cfg(feature = "tls")]
#[tokio::test]
async fn an_unknown_host_is_not_sent() {
    let client = builder("https://no-such-host.invalid").build().unwrap();
    let error = client.in_store().add(&add()).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NotSent), "{error}");
}

#[cfg(feature = "tls")]
#[tokio::test]
async fn a_failed_handshake_is_not_sent() {
    let (url, _) = raw_server(|mut stream| {
        Box::pin(async move {
            let _ = stream.write_all(b"this is not TLS").await;
        })
    })
    .await;
    let client = builder(&url.replace("http://", "https://")).build().unwrap();
    let error = client.in_store().add(&add()).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NotSent), "{error}");
}

#[tokio::test]
async fn a_lost_answer_is_maybe_sent_and_never_repeated() {
    let behaviours: [(&str, Behaviour); 4] = [
        ("closed after the request", |mut stream| Box::pin(async move { read_request(&mut stream).await })),
        ("never answered", |mut stream| {
            Box::pin(async move {
                read_request(&mut stream).await;
                let mut rest = [0; 1];
                let _ = stream.read(&mut rest).await; // until the client gives up
            })
        }),
        ("half an answer", |mut stream| {
            Box::pin(async move {
                read_request(&mut stream).await;
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"ret").await;
            })
        }),
        ("not HTTP", |mut stream| {
            Box::pin(async move {
                read_request(&mut stream).await;
                let _ = stream.write_all(b"\x00\x01\x02 nonsense\r\n\r\n").await;
            })
        }),
    ];
    for (name, behaviour) in behaviours {
        let (error, connections) = add_against(behaviour).await;
        let garbled = name == "not HTTP" && matches!(error.kind(), ErrorKind::NotHttp);
        assert!(garbled || matches!(error.kind(), ErrorKind::MaybeSent), "{name}: {error}");
        assert!(error.may_have_moved_money() && !error.may_retry(), "{name}");
        assert_eq!(error.ask(), Settlement::TranQueryByReference, "{name}");
        assert_eq!(connections, 1, "{name}: a call that moves money was sent again");
    }
}

#[tokio::test]
async fn a_lost_answer_to_a_query_is_asked_again() {
    let (url, seen) = raw_server(|mut stream| Box::pin(async move { read_request(&mut stream).await })).await;
    let error = builder(&url).build().unwrap().orders().query(&query()).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::MaybeSent), "{error}");
    assert!(!error.may_have_moved_money() && error.may_retry());
    assert_eq!(seen.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let (url, _) = raw_server(|mut stream| {
        Box::pin(async move {
            read_request(&mut stream).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").await;
            let blanks = vec![b' '; 65536];
            while stream.write_all(&blanks).await.is_ok() {}
        })
    })
    .await;
    let client = builder(&url).attempt_budget(Duration::from_secs(10)).build().unwrap();
    let error = client.in_store().add(&add()).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TooLarge), "{error}");
    assert!(error.may_have_moved_money() && !error.may_retry());
    assert_eq!(error.body().map(<[u8]>::len), Some(64 * 1024), "a bounded part is kept");
    let source = std::error::Error::source(&error).expect("a cause").to_string();
    assert!(source.contains("limit"), "{source}");
}

#[tokio::test]
async fn extra_fields_that_clash_stop_the_call_before_it_is_sent() {
    let client = builder("http://127.0.0.1:1").extra_field("reference", "x").build().unwrap();
    let error = client.in_store().add(&add()).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Build) && !error.may_have_moved_money() && !error.may_retry());
}

/// A customer's payment code and the signature are in the request, and in nothing that is printed.
#[tokio::test]
async fn requests_and_errors_show_neither_codes_nor_signatures() {
    let shown = Arc::new(std::sync::Mutex::new(String::new()));
    let log = shown.clone();
    let service = tower::service_fn(move |request: http::Request<RequestBody>| {
        *log.lock().unwrap() = format!("{request:?}");
        let refusal = r#"{"ret_code":"000000","ret_msg":"call Ann on 555-0100"}"#;
        std::future::ready(Ok::<_, Infallible>(json(200, refusal)))
    });
    let client = builder("http://127.0.0.1:1").build_on(service).unwrap();
    let barcode = pockyt_model::PaymentBarcode::new("286498530672949108").unwrap();
    let prepay = pockyt_model::operation::Prepay::new(Reference::new("order-1").unwrap(), barcode);
    let error = client.in_store().prepay(&prepay).await.unwrap_err();
    let all = format!("{} {error} {:?}", shown.lock().unwrap(), prepay);
    for secret in ["286498530672949108", "verifySign", TOKEN, "555-0100"] {
        assert!(!all.contains(secret), "{secret} is in {all}");
    }
    assert_eq!(error.refusal().unwrap().message(), "call Ann on 555-0100");
}

#[test]
fn clients_do_not_show_secrets() {
    let client = builder("http://127.0.0.1:1").build().unwrap();
    let merchant = Merchant::new("200043", "300014").unwrap();
    assert_eq!(
        format!("{client:?}"),
        format!(
            "Client {{ environment: Environment {{ base_url: \"http://127.0.0.1:1\", production: false }}, \
             credentials: Credentials {{ merchant: {merchant:?}, key: SigningKey(redacted) }}, .. }}"
        )
    );
}

#[tokio::test]
async fn a_raw_call_of_a_known_operation_goes_under_its_name() {
    let spec = pockyt_model::operations().iter().find(|spec| spec.name == "tran-query").unwrap();
    let answer = |_, _: &http::Request<Bytes>| Reply::Answer(json(200, r#"{"ret_code":"000021"}"#));
    let (client, requests) = client_of(|b| b.path_of("tran-query", "/other"), answer);
    let raw = Raw::new(spec.path).unwrap().field("reference", "order-1");
    let named = client.call_with(&raw, CallOptions::default().as_operation(spec)).await.unwrap_err();
    assert_eq!(
        (named.operation(), named.to_string().split_once(':').unwrap().0),
        ("tran-query", "tran-query")
    );
    let plain = client.call(&raw).await.unwrap_err();
    assert_eq!(plain.operation(), "raw");
    let paths: Vec<_> = requests.lock().unwrap().iter().map(|r| r.uri().path().to_owned()).collect();
    assert_eq!(paths, ["/other", spec.path]);
}
