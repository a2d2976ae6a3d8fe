//! Answers that are not what they should be.

use pockyt_mock::{BadBody, BadHeaders, Fault, FaultKind, MockPockyt};

use super::{ADD, End, Raw, add, is_booked, struck};
use crate::support::{call, signed};

/// Head and body of the answer to an `add` of `f-1`.
async fn answered(kind: FaultKind) -> (MockPockyt, String, Vec<u8>) {
    let (mock, mut client) = struck(kind).await;
    let (head, body) = client.answer().await;
    (mock, head.to_ascii_lowercase(), body)
}

#[tokio::test]
async fn a_body_breaks_off_in_the_middle_as_named() {
    for (kind, expected) in [(FaultKind::TruncateBody, End::Fin), (FaultKind::ResetDuringBody, End::Rst)] {
        let (mock, mut client) = struck(kind).await;
        let (answer, end) = client.read_all().await;
        assert_eq!(end, expected, "{kind:?}");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let announced: usize = head
            .to_ascii_lowercase()
            .split("content-length: ")
            .nth(1)
            .unwrap()
            .lines()
            .next()
            .unwrap()
            .parse()
            .unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        assert_eq!(body.len(), announced / 2, "{kind:?}");
        assert!(is_booked(&mock, "f-1"));
    }
}

#[tokio::test]
async fn a_server_error_comes_with_or_without_the_booking() {
    for (booked, retry_after) in [(false, Some(7)), (true, None)] {
        let kind = FaultKind::ServerError { status: 503, booked, retry_after };
        let (mock, head, body) = answered(kind).await;
        assert!(head.starts_with("http/1.1 503"), "{head}");
        assert!(head.contains("content-type: text/html"), "{head}");
        assert_eq!(head.contains("retry-after: 7\r\n"), retry_after.is_some(), "{head}");
        assert!(body.starts_with(b"<html>"));
        assert_eq!(is_booked(&mock, "f-1"), booked);
    }
}

#[tokio::test]
async fn bodies_are_bad_as_named() {
    for bad in [BadBody::Empty, BadBody::Html, BadBody::InvalidUtf8, BadBody::NoResult, BadBody::NotJson] {
        let (mock, head, body) = answered(FaultKind::ReplaceBody(bad)).await;
        assert!(head.starts_with("http/1.1 200") && head.contains("application/json"), "{head}");
        assert!(is_booked(&mock, "f-1"), "{bad:?}");
        let text = std::str::from_utf8(&body);
        let json = serde_json::from_slice::<serde_json::Value>(&body).ok();
        let is_as_named = match bad {
            BadBody::Empty => body.is_empty(),
            BadBody::Html => body.starts_with(b"<!doctype html>"),
            BadBody::InvalidUtf8 => text.is_err(),
            BadBody::NoResult => {
                json.is_some_and(|json| json["ret_code"] == "000100" && json["result"].is_null())
            }
            _ => text.is_ok() && json.is_none(),
        };
        assert!(is_as_named, "{bad:?}: {body:?}");
    }
}

#[tokio::test]
async fn a_flood_has_the_length_it_says() {
    let (mock, head, body) = answered(FaultKind::FloodBody { bytes: 3_000_000 }).await;
    assert!(head.contains("content-length: 3000000"), "{head}");
    assert!(body.starts_with(b"{\"padding\":\"xxx") && body.ends_with(b"xxx"));
    assert!(is_booked(&mock, "f-1"));
}

#[tokio::test]
async fn headers_are_wrong_as_named() {
    for (bad, present, absent) in [
        (BadHeaders::Html, "content-type: text/html\r\n", "application/json"),
        (BadHeaders::NoType, "content-length: ", "content-type"),
        (BadHeaders::Gzip, "content-encoding: gzip\r\n", "text/html"),
        (BadHeaders::Many { count: 500 }, "pockyt-mock-padding: 499\r\n", "text/html"),
    ] {
        let (mock, head, body) = answered(FaultKind::WrongHeaders(bad)).await;
        assert!(head.contains(present), "{bad:?}: {head}");
        assert!(!head.contains(absent), "{bad:?}: {head}");
        assert!(serde_json::from_slice::<serde_json::Value>(&body).is_ok());
        assert!(is_booked(&mock, "f-1"));
    }
}

#[tokio::test]
async fn a_wrong_answer_is_about_an_order_that_nobody_asked_for() {
    let (mock, _, body) = answered(FaultKind::WrongAnswer).await;
    let answer: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let result = &answer["result"];
    assert_eq!(answer["ret_code"], "000100");
    assert_eq!(result["reference"], "f-1-other");
    assert!(mock.transaction(result["transactionNo"].as_str().unwrap()).is_none());
    assert!(is_booked(&mock, "f-1"));
}

#[tokio::test]
async fn a_redirect_leads_to_where_a_second_request_would_be_seen() {
    let (mock, head, body) = answered(FaultKind::Redirect { status: 307 }).await;
    assert!(head.starts_with("http/1.1 307"), "{head}");
    assert!(head.contains(&format!("location: {}{ADD}\r\n", mock.url())), "{head}");
    assert!(body.is_empty());
    assert!(!is_booked(&mock, "f-1"));
    assert_eq!(mock.counts().requests, 0);
}

#[tokio::test]
async fn a_right_signature_is_called_wrong() {
    let (mock, head, body) = answered(FaultKind::RejectSignature).await;
    assert!(head.contains("pockyt-mock-field: verifysign"), "{head}");
    assert!(String::from_utf8(body).unwrap().contains("verifySign"));
    assert!(!is_booked(&mock, "f-1"));
}

#[tokio::test]
async fn the_next_request_is_answered_as_ever() {
    let mock = MockPockyt::start().await.unwrap();
    mock.fault(Fault::new("f-1", FaultKind::ReplaceBody(BadBody::Html))).unwrap();
    let mut client = Raw::connect(mock.addr()).await;
    client.send(&add("f-1")).await;
    client.answer().await;
    assert_eq!(
        call(&mock, "/app-data-search/v3/tran-query", &[("reference", "f-1")]).await["ret_code"],
        "000100"
    );
    // On the same connection too.
    let body = signed(&[("reference", "f-1")]);
    client
        .send(format!("{}{body}", super::head_of("/app-data-search/v3/tran-query", body.len())).as_bytes())
        .await;
    assert!(String::from_utf8(client.answer().await.1).unwrap().contains("000100"));
}
