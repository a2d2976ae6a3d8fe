//! One attempt at delivering one notification: an HTTP POST, by TLS or without, and what came of it.

mod in_process;

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST, USER_AGENT};
use http::{HeaderName, Request, Response, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::Body;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use pockyt_sim::{Delivery, DeliveryOutcome, FailureReason};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tower_service::Service;

use crate::egress::Egress;
use crate::tls::Trust;
use in_process::InProcess;

/// The longest answer that can acknowledge. One byte more is read, which tells the simulation that it was
/// longer.
const ANSWER_LIMIT: usize = 1024;
const AGENT: &str = concat!("pockyt-mock/", env!("CARGO_PKG_VERSION"));

/// Marks a delivery, with the number of the attempt, so that no mock takes it for an operator's request.
pub(crate) const DELIVERY_HEADER: HeaderName = HeaderName::from_static("pockyt-mock-delivery");

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
#[derive(Default)]
pub(crate) struct Courier {
    pub(crate) egress: Egress,
    pub(crate) limits: Limits,
    pub(crate) trust: Trust,
    /// By host and port.
    in_process: BTreeMap<String, InProcess>,
    /// Made when the first notification goes to an https listener.
    connector: OnceLock<Option<TlsConnector>>,
}

impl fmt::Debug for Courier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Courier")
            .field("egress", &self.egress)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl Courier {
    /// Makes `host:port` mean a service in this process.
    pub(crate) fn listen_in_process<S, B>(&mut self, host_and_port: &str, service: S)
    where
        S: Service<Request<Full<Bytes>>, Response = Response<B>> + Clone + Send + Sync + 'static,
        S::Error: Send,
        S::Future: Send,
        B: Body<Data = Bytes> + Send + 'static,
    {
        self.in_process.insert(host_and_port.to_ascii_lowercase(), InProcess::new(service));
    }

    /// Makes the attempt; takes at most the total time limit.
    pub(crate) async fn deliver(&self, delivery: &Delivery) -> DeliveryOutcome {
        match timeout(self.limits.total, self.post(delivery)).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(reason)) => DeliveryOutcome::Failed { reason },
            Err(_) => DeliveryOutcome::Failed { reason: FailureReason::TimedOut },
        }
    }

    async fn post(&self, delivery: &Delivery) -> Result<DeliveryOutcome, FailureReason> {
        let target = Target::of(&delivery.url)?;
        let request = target.request(delivery).ok_or(FailureReason::Other)?;
        if let Some(listener) = self.in_process.get(&target.host_and_port()) {
            return listener.deliver(request).await;
        }
        let stream = self.connect(&target).await?;
        if !target.is_https {
            return exchange(stream, request).await;
        }
        let host = target.host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = ServerName::try_from(host).map_err(|_| FailureReason::Other)?;
        let connector = self.connector.get_or_init(|| self.trust.connector()).as_ref();
        let stream = connector.ok_or(FailureReason::Tls)?.connect(name, stream).await;
        exchange(stream.map_err(|_| FailureReason::Tls)?, request).await
    }

    async fn connect(&self, target: &Target) -> Result<TcpStream, FailureReason> {
        let connecting = async {
            let found = self.egress.addresses(&target.host, target.port).await;
            connect_to_first(&found.map_err(|_| FailureReason::Unresolved)?).await
        };
        timeout(self.limits.connect, connecting).await.unwrap_or(Err(FailureReason::TimedOut))
    }
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    request: Request<Full<Bytes>>,
) -> Result<DeliveryOutcome, FailureReason> {
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|error| reason_of(&error))?;
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

async fn first_bytes<B: Body<Data = Bytes>>(answer: Response<B>) -> Result<DeliveryOutcome, B::Error> {
    let status = answer.status().as_u16();
    let mut incoming = pin!(answer.into_body());
    let mut body = Vec::new();
    while body.len() <= ANSWER_LIMIT
        && let Some(frame) = incoming.frame().await
    {
        if let Ok(data) = frame?.into_data() {
            body.extend_from_slice(&data);
        }
    }
    body.truncate(ANSWER_LIMIT + 1);
    Ok(DeliveryOutcome::Answered { status, body })
}

/// A notification URL taken apart.
struct Target {
    is_https: bool,
    host: String,
    port: u16,
    path_and_query: String,
}

impl Target {
    fn of(url: &str) -> Result<Self, FailureReason> {
        // A fragment never travels.
        let before_fragment = url.split('#').next().unwrap_or_default();
        let uri: Uri = before_fragment.parse().map_err(|_| FailureReason::Other)?;
        let is_https = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            Some(_) => return Err(FailureReason::Unsupported),
            None => return Err(FailureReason::Other),
        };
        let host = uri.host().filter(|host| !host.is_empty()).ok_or(FailureReason::Other)?;
        Ok(Self {
            is_https,
            host: host.to_owned(),
            port: uri.port_u16().unwrap_or(if is_https { 443 } else { 80 }),
            path_and_query: uri.path_and_query().map_or("/", |p| p.as_str()).to_owned(),
        })
    }

    fn host_and_port(&self) -> String {
        format!("{}:{}", self.host.to_ascii_lowercase(), self.port)
    }

    fn authority(&self) -> String {
        let usual = if self.is_https { 443 } else { 80 };
        if self.port == usual { self.host.clone() } else { format!("{}:{}", self.host, self.port) }
    }

    fn request(&self, delivery: &Delivery) -> Option<Request<Full<Bytes>>> {
        Request::post(&self.path_and_query)
            .header(HOST, self.authority())
            .header(CONTENT_TYPE, delivery.content_type)
            .header(CONTENT_LENGTH, delivery.body.len())
            .header(USER_AGENT, AGENT)
            .header(CONNECTION, "close")
            .header(DELIVERY_HEADER, delivery.attempt.0)
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
            ("http://shop.example/ipn?a=1#x", Ok(("shop.example", 80, "/ipn?a=1", "shop.example"))),
            ("http://shop.example:8080", Ok(("shop.example", 8080, "/", "shop.example:8080"))),
            ("http://user:secret@shop.example/", Ok(("shop.example", 80, "/", "shop.example"))),
            ("http://[::1]:81/i", Ok(("[::1]", 81, "/i", "[::1]:81"))),
            ("https://shop.example/ipn", Ok(("shop.example", 443, "/ipn", "shop.example"))),
            ("https://shop.example:80/", Ok(("shop.example", 80, "/", "shop.example:80"))),
            ("ftp://shop.example/", Err(FailureReason::Unsupported)),
            ("/ipn", Err(FailureReason::Other)),
            ("http://", Err(FailureReason::Other)),
            ("http://bad host/", Err(FailureReason::Other)),
            ("", Err(FailureReason::Other)),
        ];
        for (url, expected) in table {
            let found = Target::of(url).map(|t| (t.authority(), t.host, t.port, t.path_and_query));
            let expected = expected.map(|(host, port, path, authority)| {
                (authority.to_owned(), host.to_owned(), port, path.to_owned())
            });
            assert_eq!(found, expected, "{url}");
        }
    }
}
