//! One attempt at delivering one notification: an HTTP POST and what came of it.

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE, HOST, USER_AGENT};
use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use pockyt_sim::{Delivery, DeliveryOutcome, FailureReason};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::egress::Egress;

/// How much of an answer is kept; `success` needs seven bytes.
const ANSWER_LIMIT: usize = 1024;
const AGENT: &str = concat!("pockyt-mock/", env!("CARGO_PKG_VERSION"));

/// Time limits of one attempt, in real time whatever the mock's clock. Pockyt documents none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) connect: Duration,
    /// From looking the name up to the last byte kept of the answer.
    pub(crate) total: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), total: Duration::from_secs(10) }
    }
}

/// Posts notifications. Redirects are an answer like any other: not followed.
#[derive(Debug, Default)]
pub(crate) struct Courier {
    pub(crate) egress: Egress,
    pub(crate) limits: Limits,
}

impl Courier {
    /// Makes the attempt; takes at most the total time limit.
    pub(crate) async fn deliver(&self, delivery: &Delivery) -> DeliveryOutcome {
        match timeout(self.limits.total, self.post(delivery)).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(reason)) => DeliveryOutcome::Failed { reason },
            Err(_) => DeliveryOutcome::Failed { reason: FailureReason::TimedOut },
        }
    }

    async fn post(&self, delivery: &Delivery) -> Result<DeliveryOutcome, FailureReason> {
        let target = Target::of(&delivery.url).ok_or(FailureReason::Other)?;
        let stream = self.connect(&target).await?;
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|error| reason_of(&error))?;
        let request = target.request(delivery).ok_or(FailureReason::Other)?;
        let exchange = async {
            let answer = sender.send_request(request).await?;
            first_bytes(answer).await
        };
        tokio::pin!(exchange, connection);
        // The connection makes progress only while it is polled; when it ends first, the exchange
        // knows why.
        let answered = tokio::select! {
            biased;
            answered = &mut exchange => answered,
            _ = &mut connection => exchange.await,
        };
        answered.map_err(|error| reason_of(&error))
    }

    async fn connect(&self, target: &Target) -> Result<TcpStream, FailureReason> {
        let connecting = async {
            let addresses =
                self.egress.addresses(&target.host, target.port).await.map_err(|_| FailureReason::Other)?;
            connect_to_first(&addresses).await
        };
        timeout(self.limits.connect, connecting).await.unwrap_or(Err(FailureReason::TimedOut))
    }
}

async fn connect_to_first(addresses: &[SocketAddr]) -> Result<TcpStream, FailureReason> {
    let mut reason = FailureReason::NotAllowed;
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => reason = reason_of_io(&error),
        }
    }
    Err(reason)
}

async fn first_bytes(answer: Response<Incoming>) -> hyper::Result<DeliveryOutcome> {
    let status = answer.status().as_u16();
    let mut incoming = answer.into_body();
    let mut body = Vec::new();
    while body.len() < ANSWER_LIMIT
        && let Some(frame) = incoming.frame().await
    {
        if let Ok(data) = frame?.into_data() {
            body.extend_from_slice(&data);
        }
    }
    body.truncate(ANSWER_LIMIT);
    Ok(DeliveryOutcome::Answered { status, body })
}

/// A notification URL taken apart. Only plain HTTP can be delivered.
struct Target {
    host: String,
    port: u16,
    path_and_query: String,
}

impl Target {
    fn of(url: &str) -> Option<Self> {
        // A fragment never travels.
        let uri: Uri = url.split('#').next()?.parse().ok()?;
        (uri.scheme_str() == Some("http")).then_some(())?;
        Some(Self {
            host: uri.host().filter(|host| !host.is_empty())?.to_owned(),
            port: uri.port_u16().unwrap_or(80),
            path_and_query: uri.path_and_query().map_or("/", |p| p.as_str()).to_owned(),
        })
    }

    fn authority(&self) -> String {
        if self.port == 80 { self.host.clone() } else { format!("{}:{}", self.host, self.port) }
    }

    fn request(&self, delivery: &Delivery) -> Option<Request<Full<Bytes>>> {
        Request::post(&self.path_and_query)
            .header(HOST, self.authority())
            .header(CONTENT_TYPE, delivery.content_type)
            .header(USER_AGENT, AGENT)
            .header(CONNECTION, "close")
            .body(Full::from(delivery.body.clone()))
            .ok()
    }
}

fn reason_of(error: &hyper::Error) -> FailureReason {
    if error.is_incomplete_message() || error.is_canceled() || error.is_closed() {
        return FailureReason::Reset;
    }
    let cause = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    cause.map_or(FailureReason::Other, reason_of_io)
}

fn reason_of_io(error: &io::Error) -> FailureReason {
    use io::ErrorKind::{
        BrokenPipe, ConnectionAborted, ConnectionRefused, ConnectionReset, TimedOut, UnexpectedEof,
    };
    match error.kind() {
        ConnectionRefused => FailureReason::Refused,
        BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof => FailureReason::Reset,
        TimedOut => FailureReason::TimedOut,
        _ => FailureReason::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_taken_apart_as_a_browser_would() {
        let table = [
            ("http://shop.example/ipn?a=1#x", Some(("shop.example", 80, "/ipn?a=1", "shop.example"))),
            ("http://shop.example:8080", Some(("shop.example", 8080, "/", "shop.example:8080"))),
            ("http://user:secret@shop.example/", Some(("shop.example", 80, "/", "shop.example"))),
            ("http://[::1]:81/i", Some(("[::1]", 81, "/i", "[::1]:81"))),
            ("https://shop.example/ipn", None),
            ("ftp://shop.example/", None),
            ("/ipn", None),
            ("http://", None),
            ("http://bad host/", None),
            ("", None),
        ];
        for (url, expected) in table {
            let found = Target::of(url);
            let found =
                found.as_ref().map(|t| (t.host.as_str(), t.port, t.path_and_query.as_str(), t.authority()));
            let expected = expected.map(|(h, p, path, authority)| (h, p, path, authority.to_owned()));
            assert_eq!(found, expected, "{url}");
        }
    }
}
