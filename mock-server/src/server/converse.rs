//! One connection: which protocol it speaks, and its requests.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, HttpBody};
use bytes::Bytes;
use http::{Request, Response};
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio_rustls::server::TlsStream;
use tower_service::Service;

use super::crowd::Place;
use super::line::{Busy, Fate, Line, Wire};
use crate::ending::{Broken, Ending};
use crate::tls::Tls;

/// From the start of waiting for a request to the end of its headers, so also the idle time of a
/// kept-alive connection.
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a connection of HTTP/2 may say nothing before it is asked whether it is still there, and how
/// long it has to answer.
const PING_AFTER: Duration = Duration::from_secs(30);
const PING_TIMEOUT: Duration = Duration::from_secs(10);
/// Requests at once on a connection of HTTP/2.
const STREAMS: u32 = 256;
/// With these a client of HTTP/2 begins, whether it was told by ALPN or just knows.
const HTTP2_PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The first byte of every TLS connection: a handshake record.
const TLS_RECORD: u8 = 22;

pub(super) async fn converse(
    wire: Wire,
    line: Arc<Line>,
    _place: Place,
    tls: Option<Tls>,
    router: Router,
    stopping: watch::Receiver<bool>,
) {
    let mut told = stopping.clone();
    let opened = tokio::select! {
        // Nothing was asked yet, so there is nothing to finish.
        () = line.decided() => return,
        opened = tokio::time::timeout(HEADER_TIMEOUT, open(wire, tls)) => opened,
        _ = told.changed() => return,
    };
    match opened {
        Ok(Ok(Opened::Plain(wire, is_http2))) => serve(wire, is_http2, line, router, stopping).await,
        Ok(Ok(Opened::Tls(stream))) => {
            let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
            serve(*stream, is_http2, line, router, stopping).await;
        }
        // Broken, or silent for too long.
        Ok(Err(_)) | Err(_) => {}
    }
}

enum Opened {
    Plain(Wire, bool),
    Tls(Box<TlsStream<Wire>>),
}

/// Finds out what is spoken: TLS by its first byte, HTTP/2 by its preface or ALPN.
async fn open(mut wire: Wire, tls: Option<Tls>) -> io::Result<Opened> {
    if let Some(tls) = tls
        && wire.begins_with(&[TLS_RECORD]).await?
    {
        return Ok(Opened::Tls(Box::new(tls.acceptor.accept(wire).await?)));
    }
    let is_http2 = wire.begins_with(HTTP2_PREFACE).await?;
    Ok(Opened::Plain(wire, is_http2))
}

async fn serve<W>(wire: W, is_http2: bool, line: Arc<Line>, router: Router, stopping: watch::Receiver<bool>)
where
    W: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let answering = Answering { router, line: Arc::clone(&line) };
    let io = TokioIo::new(wire);
    if is_http2 {
        let connection = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .keep_alive_interval(PING_AFTER)
            .keep_alive_timeout(PING_TIMEOUT)
            .max_concurrent_streams(STREAMS)
            .serve_connection(io, answering);
        drive(connection, http2::Connection::graceful_shutdown, &line, stopping).await;
    } else {
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADER_TIMEOUT)
            .serve_connection(io, answering);
        drive(connection, http1::Connection::graceful_shutdown, &line, stopping).await;
    }
}

/// Serves until the connection ends by itself, is cut, or has finished what was under way.
async fn drive<C: Future>(
    connection: C,
    finish: impl Fn(Pin<&mut C>),
    line: &Line,
    mut stopping: watch::Receiver<bool>,
) {
    tokio::pin!(connection);
    loop {
        tokio::select! {
            biased;
            () = line.decided() => match line.fate() {
                Fate::Open => {}
                Fate::Finish => finish(connection.as_mut()),
                Fate::Close | Fate::Reset => return,
            },
            // A broken connection is the client's affair.
            _ = connection.as_mut() => return,
            Ok(()) = stopping.changed() => finish(connection.as_mut()),
        }
    }
}

/// The router as hyper wants it, which cuts the line where an answer says so.
#[derive(Clone)]
struct Answering {
    router: Router,
    line: Arc<Line>,
}

impl hyper::service::Service<Request<Incoming>> for Answering {
    type Response = Response<Spoken>;
    type Error = Broken;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Broken>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let Self { mut router, line } = self.clone();
        let busy = line.work();
        Box::pin(async move {
            let Ok(response) = router.call(request.map(Body::new)).await;
            match response.extensions().get() {
                Some(Ending::NoAnswer(broken)) => {
                    line.decide(fate_of(*broken));
                    Err(*broken)
                }
                Some(Ending::CloseAfter) => {
                    Ok(response.map(|body| Spoken { body, line, closes: true, _busy: busy }))
                }
                None => Ok(response.map(|body| Spoken { body, line, closes: false, _busy: busy })),
            }
        })
    }
}

fn fate_of(broken: Broken) -> Fate {
    match broken {
        Broken::Closed => Fate::Close,
        Broken::Reset | Broken::Refused => Fate::Reset,
    }
}

/// The body of an answer on its way out.
struct Spoken {
    body: Body,
    line: Arc<Line>,
    closes: bool,
    _busy: Busy,
}

impl HttpBody for Spoken {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Err(error))) = &polled {
            self.line.decide(Broken::of(error).map_or(Fate::Close, fate_of));
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Spoken {
    fn drop(&mut self) {
        if self.closes {
            self.line.decide(Fate::Finish);
        }
    }
}
