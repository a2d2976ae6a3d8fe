//! A plain HTTP request over a connection of its own: what curl or a browser would do.

use std::net::SocketAddr;

use anyhow::Context as _;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST, LOCATION};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub(crate) fn location(&self) -> Option<&str> {
        self.header(LOCATION.as_str())
    }
}

pub(crate) const JSON: &str = "application/json";
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

pub(crate) async fn get(to: SocketAddr, url: &http::Uri) -> anyhow::Result<Answer> {
    exchange(to, http::Request::get(path_of(url)).header(HOST, host_of(url)).body(Full::default())?).await
}

pub(crate) async fn post(
    to: SocketAddr,
    url: &http::Uri,
    content_type: &str,
    body: impl Into<Bytes>,
) -> anyhow::Result<Answer> {
    let request = http::Request::post(path_of(url))
        .header(HOST, host_of(url))
        .header(CONTENT_TYPE, content_type)
        .body(Full::new(body.into()))?;
    exchange(to, request).await
}

/// The name in the URL is what the server is told; the address is where the connection goes.
async fn exchange(to: SocketAddr, request: http::Request<Full<Bytes>>) -> anyhow::Result<Answer> {
    let stream = TcpStream::connect(to).await.context("cannot connect")?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // The connection ends when the sender is dropped, which is why this takes it along.
    let sending = async move {
        let (head, body) = sender.send_request(request).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        anyhow::Ok((head, body))
    };
    let (answer, _) = tokio::join!(sending, connection);
    let (head, body) = answer?;
    Ok(Answer {
        status: head.status.as_u16(),
        headers: head.headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    })
}

fn path_of(url: &http::Uri) -> String {
    url.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string)
}

fn host_of(url: &http::Uri) -> String {
    url.authority().map_or_else(|| "localhost".to_owned(), ToString::to_string)
}
