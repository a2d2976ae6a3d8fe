//! The smallest HTTP client that does: a connection a request.

use std::net::SocketAddr;

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use pockyt_mock::MockPockyt;
use serde_json::Value;
use tokio::net::TcpStream;

use super::contract::check_answer;

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no {name}: {self:?}")).to_str().unwrap()
    }
}

/// A request with the Host of the mock, which a test may replace.
pub(crate) fn request(mock: &MockPockyt, method: &str, path: &str) -> http::request::Builder {
    Request::builder().method(method).uri(path).header("host", mock.addr().to_string())
}

/// What the control API answers must be as its document says.
pub(crate) async fn send(addr: SocketAddr, request: Request<Full<Bytes>>) -> Answer {
    let (method, path) = (request.method().to_string(), request.uri().to_string());
    let stream = TcpStream::connect(addr).await.unwrap();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let (parts, body) = sender.send_request(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let answer = Answer {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8(body.into()).unwrap(),
    };
    if path.starts_with("/_mock/") && !path.starts_with("/_mock/ui") {
        let (status, body) = (answer.status.as_u16(), &answer.body);
        let checked = check_answer(&method, &path, status, answer.header("content-type"), body);
        assert_eq!(checked, Ok(()), "{method} {path}: {answer:?}");
    }
    answer
}

pub(crate) async fn get(mock: &MockPockyt, path: &str) -> Answer {
    send(mock.addr(), request(mock, "GET", path).body(Full::default()).unwrap()).await
}

/// Posts JSON.
pub(crate) async fn post(mock: &MockPockyt, path: &str, body: &str) -> Answer {
    let request = request(mock, "POST", path).header("content-type", "application/json");
    send(mock.addr(), request.body(Full::from(body.to_owned())).unwrap()).await
}
