//! The servers that answer a constant: bare hyper as the floor, and three mocks.
//!
//! Bare hyper runs as programs with tokio mostly do, on its threads, one for each processor, and once more as
//! `pockyt-mock serve` does, on one thread: with a task for each connection, and it reads each request whole.
//! The mocks run as they do by default, on the threads that they make themselves; wiremock is told not to keep
//! the requests.

use std::convert::Infallible;
use std::io::Write as _;
use std::net::SocketAddr;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use pockyt_peers::Error;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use wiremock::matchers::{method, path};

use crate::merchant::{CONSTANT, TRAN_QUERY};

/// The argument before the name of a rival.
pub const ROLE: &str = "rival";

const JSON: &str = "application/json";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rival {
    BareHyper,
    BareHyperOnOneThread,
    Wiremock,
    Httpmock,
    Mockito,
}

impl Rival {
    pub const ALL: [Self; 5] =
        [Self::BareHyper, Self::BareHyperOnOneThread, Self::Wiremock, Self::Httpmock, Self::Mockito];

    pub fn name(self) -> &'static str {
        match self {
            Self::BareHyper => "bare hyper",
            Self::BareHyperOnOneThread => "bare hyper, 1 thread",
            Self::Wiremock => "wiremock",
            Self::Httpmock => "httpmock",
            Self::Mockito => "mockito",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rival| rival.name() == name)
    }

    /// Serves until the process is ended; the first line on standard output says where, as pockyt-mock's does.
    pub fn serve(self) -> Result<(), Error> {
        match self {
            Self::BareHyper => runtime()?.block_on(serve_bare()),
            Self::BareHyperOnOneThread => {
                Builder::new_current_thread().enable_all().build()?.block_on(serve_bare())
            }
            Self::Wiremock => runtime()?.block_on(serve_wiremock()),
            Self::Httpmock => {
                let server = httpmock::MockServer::start();
                server.mock(|when, then| {
                    when.method(httpmock::Method::POST).path(TRAN_QUERY);
                    then.status(200).header("content-type", JSON).body(CONSTANT);
                });
                stay(*server.address())
            }
            Self::Mockito => {
                let mut server = mockito::Server::new();
                let mock = server.mock("POST", TRAN_QUERY).with_header("content-type", JSON);
                let _mock = mock.with_body(CONSTANT).create();
                stay(server.socket_address())
            }
        }
    }
}

fn runtime() -> std::io::Result<Runtime> {
    Builder::new_multi_thread().enable_all().build()
}

fn greet(address: SocketAddr) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "listening on http://{address}")?;
    out.flush()
}

fn stay(address: SocketAddr) -> Result<(), Error> {
    greet(address)?;
    loop {
        std::thread::park();
    }
}

async fn serve_bare() -> Result<(), Error> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    greet(listener.local_addr()?)?;
    loop {
        let (stream, _) = listener.accept().await?;
        let connection = hyper::server::conn::http1::Builder::new()
            .serve_connection(TokioIo::new(stream), service_fn(answer));
        tokio::spawn(connection);
    }
}

async fn answer(request: http::Request<Incoming>) -> Result<http::Response<Full<Bytes>>, Infallible> {
    let _read = request.into_body().collect().await;
    let mut response = http::Response::new(Full::new(Bytes::from_static(CONSTANT.as_bytes())));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
    Ok(response)
}

async fn serve_wiremock() -> Result<(), Error> {
    let server = wiremock::MockServer::builder().disable_request_recording().start().await;
    let answer = wiremock::ResponseTemplate::new(200).set_body_raw(CONSTANT, JSON);
    wiremock::Mock::given(method("POST")).and(path(TRAN_QUERY)).respond_with(answer).mount(&server).await;
    greet(*server.address())?;
    std::future::pending().await
}
