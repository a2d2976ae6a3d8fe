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

pub(crate) async fn send(addr: SocketAddr, request: Request<Full<Bytes>>) -> Answer {
    let stream = TcpStream::connect(addr).await.unwrap();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let (parts, body) = sender.send_request(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Answer { status: parts.status, headers: parts.headers, body: String::from_utf8(body.into()).unwrap() }
}

pub(crate) async fn get(mock: &MockPockyt, path: &str) -> Answer {
    send(mock.addr(), request(mock, "GET", path).body(Full::default()).unwrap()).await
}

/// Posts JSON.
pub(crate) async fn post(mock: &MockPockyt, path: &str, body: &str) -> Answer {
    let request = request(mock, "POST", path).header("content-type", "application/json");
    send(mock.addr(), request.body(Full::from(body.to_owned())).unwrap()).await
}
