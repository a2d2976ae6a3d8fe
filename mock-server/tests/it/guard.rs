//! Who may use the control API.

use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Full};
use pockyt_mock::MockPockyt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tower_service::Service;

use crate::support::send;

async fn status(mock: &MockPockyt, path: &str, headers: &[(&str, &str)]) -> StatusCode {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(mock.addr(), request.body(Full::<Bytes>::default()).unwrap()).await.status
}

#[tokio::test]
async fn on_loopback_only_its_own_names_and_its_own_pages_get_in() {
    let mock = MockPockyt::builder().public_url("https://pockyt.example:8443").start().await.unwrap();
    let own = mock.addr().to_string();
    let own_origin = format!("http://{own}");
    let table: &[(&[(&str, &str)], bool)] = &[
        (&[("host", &own)], true),
        (&[("host", "localhost:1")], true),
        (&[("host", "LOCALHOST")], true),
        (&[("host", "127.8.9.1:1")], true),
        (&[("host", "[::1]:1")], true),
        (&[("host", "pockyt.example:8443")], true),
        (&[("host", "evil.example")], false),
        (&[("host", "localhost.evil.example")], false),
        (&[("host", "10.0.0.1")], false),
        (&[("host", "0.0.0.0")], false),
        (&[("host", &own), ("origin", &own_origin)], true),
        (&[("host", "pockyt.example:8443"), ("origin", "https://pockyt.example:8443")], true),
        (&[("host", &own), ("origin", "http://evil.example")], false),
        (&[("host", &own), ("origin", "http://localhost:1")], false),
        (&[("host", &own), ("origin", "null")], false),
        (&[("host", &own), ("origin", "")], false),
        (&[("host", "evil.example"), ("origin", "http://evil.example")], false),
        (&[("host", &own), ("pockyt-mock-delivery", "1")], false),
        (&[("host", &own), ("pockyt-mock-delivery", "")], false),
    ];
    for (headers, allowed) in table {
        for path in ["/_mock/clock", "/_mock/health"] {
            let status = status(&mock, path, headers).await;
            let expected = if *allowed { StatusCode::OK } else { StatusCode::FORBIDDEN };
            assert_eq!(status, expected, "{path} {headers:?}");
        }
    }
}

#[tokio::test]
async fn two_hosts_are_no_host() {
    let mock = MockPockyt::start().await.unwrap();
    let mut stream = TcpStream::connect(mock.addr()).await.unwrap();
    let request =
        b"GET /_mock/clock HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
}

#[tokio::test]
async fn the_api_itself_is_open_to_any_host_name() {
    let mock = MockPockyt::start().await.unwrap();
    let headers = [("host", "mapi.yuansfer.com"), ("origin", "http://shop.example")];
    assert_ne!(status(&mock, "/app-instore/v3/add", &headers).await, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_token_that_is_set_is_wanted() {
    let mock = MockPockyt::builder().control_token("open-sesame").start().await.unwrap();
    let host = ("host", "localhost");
    assert_eq!(status(&mock, "/_mock/health", &[host]).await, StatusCode::OK);
    for wrong in [
        "",
        "Bearer",
        "Bearer ",
        "Bearer open-sesam",
        "Bearer open-sesame1",
        "Basic open-sesame",
        "open-sesame",
    ] {
        let status = status(&mock, "/_mock/clock", &[host, ("authorization", wrong)]).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{wrong}");
    }
    assert_eq!(status(&mock, "/_mock/clock", &[host]).await, StatusCode::UNAUTHORIZED);
    let right = [host, ("authorization", "Bearer open-sesame")];
    assert_eq!(status(&mock, "/_mock/clock", &right).await, StatusCode::OK);
    let delivered = [right[0], right[1], ("pockyt-mock-delivery", "1")];
    assert_eq!(status(&mock, "/_mock/clock", &delivered).await, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn off_loopback_the_control_api_is_closed_without_a_token() {
    let anywhere = "0.0.0.0:0".parse().unwrap();
    let closed = MockPockyt::builder().listen(anywhere).start().await.unwrap();
    let open = MockPockyt::builder().listen(anywhere).control_token("open-sesame").start().await.unwrap();
    for (mock, header, expected) in [
        (&closed, None, StatusCode::FORBIDDEN),
        (&closed, Some("Bearer "), StatusCode::FORBIDDEN),
        (&open, None, StatusCode::UNAUTHORIZED),
        (&open, Some("Bearer open-sesame"), StatusCode::OK),
    ] {
        // In the process, so that the test needs no interface beyond loopback.
        let mut request = Request::get("/_mock/clock").header("host", "mock.internal:8080");
        if let Some(header) = header {
            request = request.header("authorization", header);
        }
        let response = mock.transport().call(request.body(Full::<Bytes>::default()).unwrap()).await.unwrap();
        assert_eq!(response.status(), expected, "{header:?}");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert!(!body.windows(11).any(|window| window == b"open-sesame"));
    }
}
