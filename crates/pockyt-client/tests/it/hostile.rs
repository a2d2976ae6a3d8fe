//! A hostile or broken server: each of its answers is an error of a kind of its own, nothing grows without
//! bound, and nothing waits past its time.

use std::time::Duration;

use pockyt_client::{CallError, ErrorKind};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::support::{
    Behaviour, Reply, add, builder, cancel, client_of, json, query, raw_server, read_request, refund,
    until_closed,
};

async fn against(behaviour: Behaviour) -> (CallError, CallError) {
    within(Duration::from_secs(5), behaviour).await
}

/// For a server that never comes to an end: what is waited for is the attempt's time.
async fn without_end(behaviour: Behaviour) -> (CallError, CallError) {
    within(Duration::from_millis(60), behaviour).await
}

async fn within(attempt: Duration, behaviour: Behaviour) -> (CallError, CallError) {
    let (url, _) = raw_server(behaviour).await;
    let client = builder(&url)
        .attempt_budget(attempt)
        .total_budget(Duration::from_secs(5))
        .randomness(|| 0.0)
        .build()
        .unwrap();
    let start = Instant::now();
    let charged = client.in_store().add(&add()).await.unwrap_err();
    let asked = client.orders().query(&query()).await.unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(12), "{charged}");
    assert!(charged.may_have_moved_money() && !charged.may_retry(), "{charged}");
    assert!(!asked.may_have_moved_money(), "{asked}");
    (charged, asked)
}

async fn send(stream: &mut TcpStream, bytes: &[u8]) {
    let _ = stream.write_all(bytes).await;
}

#[tokio::test]
async fn an_endless_body_is_cut_off() {
    let (charged, _) = against(|mut stream| {
        Box::pin(async move {
            read_request(&mut stream).await;
            send(&mut stream, b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").await;
            while stream.write_all(&[b' '; 8192]).await.is_ok() {}
        })
    })
    .await;
    assert!(matches!(charged.kind(), ErrorKind::TooLarge), "{charged}");
    assert_eq!((charged.status(), charged.body().map(<[u8]>::len)), (Some(200), Some(64 * 1024)));
}

#[tokio::test]
async fn a_body_of_a_hundred_megabytes_is_not_waited_for() {
    let (charged, _) = against(|mut stream| {
        Box::pin(async move {
            read_request(&mut stream).await;
            send(&mut stream, b"HTTP/1.1 200 OK\r\ncontent-length: 104857600\r\n\r\n").await;
            while stream.write_all(&[b'x'; 8192]).await.is_ok() {}
        })
    })
    .await;
    assert!(matches!(charged.kind(), ErrorKind::TooLarge), "{charged}");
}

#[tokio::test]
async fn ten_thousand_headers_are_no_answer() {
    let (charged, asked) = against(|mut stream| {
        Box::pin(async move {
            read_request(&mut stream).await;
            send(&mut stream, b"HTTP/1.1 200 OK\r\n").await;
            for _ in 0..10_000 {
                send(&mut stream, b"x-header: value\r\n").await;
            }
            send(&mut stream, b"content-length: 2\r\n\r\n{}").await;
        })
    })
    .await;
    assert!(matches!(charged.kind(), ErrorKind::NotHttp), "{charged:?}");
    assert!(matches!(asked.kind(), ErrorKind::NotHttp), "{asked:?}");
}

#[tokio::test]
async fn one_endless_header_is_no_answer() {
    let (charged, _) = against(|mut stream| {
        Box::pin(async move {
            read_request(&mut stream).await;
            send(&mut stream, b"HTTP/1.1 200 OK\r\nx-header: ").await;
            while stream.write_all(&[b'x'; 8192]).await.is_ok() {}
        })
    })
    .await;
    assert!(matches!(charged.kind(), ErrorKind::NotHttp), "{charged:?}");
}

#[tokio::test]
async fn a_body_that_drips_ends_with_the_attempts_time() {
    let (charged, _) = without_end(|mut stream| {
        Box::pin(async move {
            read_request(&mut stream).await;
            send(&mut stream, b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n").await;
            while stream.write_all(b" ").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        })
    })
    .await;
    assert!(matches!(charged.kind(), ErrorKind::MaybeSent), "{charged}");
    assert_eq!(charged.timed_out(), Some(pockyt_client::Budget::Attempt));
}

#[tokio::test]
async fn interim_answers_without_end_do_not_hold_it() {
    let (charged, _) = without_end(|mut stream| {
        Box::pin(async move {
            read_request(&mut stream).await;
            while stream.write_all(b"HTTP/1.1 103 Early Hints\r\nx: y\r\n\r\n").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
    })
    .await;
    assert!(matches!(charged.kind(), ErrorKind::MaybeSent), "{charged}");
}

#[tokio::test]
async fn a_chunked_body_that_breaks_off_is_lost() {
    let (charged, _) = against(|mut stream| {
        Box::pin(async move {
            read_request(&mut stream).await;
            send(&mut stream, b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\n{\"re\r\n").await;
        })
    })
    .await;
    assert!(matches!(charged.kind(), ErrorKind::MaybeSent), "{charged}");
    assert_eq!(charged.body(), Some(b"{\"re".as_slice()), "what came is kept");
}

#[tokio::test]
async fn a_redirect_is_never_followed() {
    let (charged, _) = against(|mut stream| {
        Box::pin(async move {
            read_request(&mut stream).await;
            let location = stream.local_addr().unwrap();
            let head = format!(
                "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://{location}/elsewhere\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            );
            send(&mut stream, head.as_bytes()).await;
            until_closed(&mut stream).await;
        })
    })
    .await;
    assert!(matches!(charged.kind(), ErrorKind::Http(307)), "{charged}");
    assert!(charged.to_string().contains("redirected"), "{charged}");
    assert_eq!(charged.attempts(), 1);
}

/// Answers that are HTTP and no answer of this API.
#[tokio::test(start_paused = true)]
async fn each_wrong_body_is_an_error_that_keeps_it() {
    type Right = fn(&CallError) -> bool;
    fn decode(error: &CallError) -> bool {
        matches!(error.kind(), ErrorKind::Decode(_))
    }
    fn http(error: &CallError) -> bool {
        matches!(error.kind(), ErrorKind::Http(_))
    }
    fn other(error: &CallError) -> bool {
        matches!(error.kind(), ErrorKind::OtherTransaction)
    }
    const ANOTHER: &str = r#"{"ret_code":"000100","result":{"transactionNo":"2","reference":"order-2"}}"#;
    let table: &[(u16, &[u8], Right)] = &[
        (200, b"", decode),
        (204, b"", decode),
        (200, b"<html>it works</html>", decode),
        (200, b"\xff\xfe\x00", decode),
        (200, b"{\"ret_code\":\"000100\",\"result\":{\"reference\":\"\xff\"}}", decode),
        (200, b"[]", decode),
        (200, b"null", decode),
        (200, b"{\"ret_code\":\"000100\"}", decode),
        (200, b"{\"ret_code\":\"000100\",\"result\":[]}", decode),
        (200, b"{\"ret_code\":\"000100\",\"ret_code\":\"000100\",\"result\":{}}", decode),
        (200, b"{\"result\":{}}", decode),
        (200, br#"{"ret_code":"000100","result":{"a":1}"#, decode),
        (502, b"<html>bad gateway</html>", http),
        (301, b"", http),
        (200, ANOTHER.as_bytes(), other),
    ];
    for &(status, body, right) in table {
        let play = move |_, _: &http::Request<bytes::Bytes>| {
            let answer = http::Response::builder().status(status).header("content-type", "text/html");
            Reply::Answer(answer.body(http_body_util::Full::from(body)).unwrap())
        };
        let (client, _) = client_of(|b| b, play);
        let shown = String::from_utf8_lossy(body);
        for error in [
            client.in_store().add(&add()).await.unwrap_err(),
            client.orders().refund(&refund()).await.unwrap_err(),
            client.orders().cancel(&cancel()).await.unwrap_err(),
        ] {
            assert!(right(&error), "{status} {shown}: {error}");
            assert!(error.may_have_moved_money() && !error.may_retry(), "{status} {shown}");
            assert_eq!((error.status(), error.body()), (Some(status), Some(body)));
        }
        let error = client.orders().query(&query()).await.unwrap_err();
        // What redirects once does so again.
        assert!(right(&error) && error.may_retry() == (status != 301), "{status} {shown}: {error}");
    }
}

#[tokio::test]
async fn the_body_decides_and_not_its_type() {
    let play = |_, _: &http::Request<bytes::Bytes>| {
        let mut answer = json(200, &crate::support::order("success"));
        answer.headers_mut().insert("content-type", "text/html; charset=gbk".parse().unwrap());
        Reply::Answer(answer)
    };
    let (client, _) = client_of(|b| b, play);
    assert!(client.orders().query(&query()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_large_wrong_body_is_kept_in_part() {
    let page = "x".repeat(300_000);
    let (client, _) = client_of(|b| b, move |_, _| Reply::Answer(json(200, &page)));
    let error = client.in_store().add(&add()).await.unwrap_err();
    assert_eq!(error.body().map(<[u8]>::len), Some(64 * 1024));
    assert!(format!("{error:?}").len() < 1000);
}

#[tokio::test]
async fn the_record_of_a_refund_that_answers_a_cancel_has_a_number_of_its_own() {
    let record = r#"{"transactionNo":"2","originalTransactionNo":"1","reference":"refund-of-order-1","amount":"13.00","currency":"USD","transactionStatus":"success"}"#;
    let by_number = || pockyt_model::operation::Cancel::new(pockyt_model::TransactionNo::new("1").unwrap());
    for (member, is_its_own) in [("refundTransaction", true), ("result", false)] {
        let body = format!(r#"{{"ret_code":"000100","{member}":{record}}}"#);
        let (client, _) = client_of(|b| b, move |_, _| Reply::Answer(json(200, &body)));
        for cancel in [cancel(), by_number()] {
            match client.orders().cancel(&cancel).await {
                Ok(cancelled) => assert!(is_its_own, "{cancelled:?}"),
                Err(error) => {
                    assert!(!is_its_own && matches!(error.kind(), ErrorKind::OtherTransaction), "{error}");
                }
            }
        }
    }
}
