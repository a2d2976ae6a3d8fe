//! One connection: which protocol it speaks, and its requests.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::HttpBody;
use bytes::Bytes;
use http::{Request, Response};
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::server::TlsStream;

use super::crowd::Place;
use super::line::{Busy, Fate, Line, Wire};
use crate::ending::{Broken, Ending};
use crate::tls::Tls;
use crate::web::{Offer, Spelled};

/// How long a connection may take to say what it speaks.
const OPENING_TIMEOUT: Duration = Duration::from_secs(30);
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

pub(super) async fn converse(wire: Wire, line: Arc<Line>, _place: Place, tls: Option<Tls>, offer: Offer) {
    let opened = tokio::select! {
        // Nothing was asked yet, so there is nothing to finish.
        () = line.decided() => return,
        opened = tokio::time::timeout(OPENING_TIMEOUT, open(wire, tls)) => opened,
    };
    match opened {
        Ok(Ok(Opened::Plain(wire, is_http2))) => serve(wire, is_http2, line, offer).await,
        Ok(Ok(Opened::Tls(stream))) => {
            let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
            serve(*stream, is_http2, line, offer).await;
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

async fn serve<W>(wire: W, is_http2: bool, line: Arc<Line>, offer: Offer)
where
    W: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let answering = {
        let line = Arc::clone(&line);
        service_fn(move |request| answer(offer.clone(), Arc::clone(&line), request))
    };
    let io = TokioIo::new(wire);
    if is_http2 {
        line.outlive_silence();
        let connection = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .keep_alive_interval(PING_AFTER)
            .keep_alive_timeout(PING_TIMEOUT)
            .max_concurrent_streams(STREAMS)
            .serve_connection(io, answering);
        drive(connection, http2::Connection::graceful_shutdown, &line).await;
    } else {
        // The crowd sees to it that nobody waits for a request for ever: a timer set for each request costs
        // more than reading it.
        let connection = http1::Builder::new().serve_connection(io, answering);
        drive(connection, http1::Connection::graceful_shutdown, &line).await;
    }
}

/// Serves until the connection ends by itself, is cut, or has finished what was under way.
async fn drive<C: Future>(connection: C, finish: impl Fn(Pin<&mut C>), line: &Line) {
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
        }
    }
}

/// Answers a request, and cuts the line where the answer says so.
async fn answer(
    offer: Offer,
    line: Arc<Line>,
    request: Request<Incoming>,
) -> Result<Response<Spoken>, Broken> {
    let busy = line.work();
    let response = offer.answer(request).await;
    let closes = match response.extensions().get() {
        Some(Ending::NoAnswer(broken)) => {
            line.decide(fate_of(*broken));
            return Err(*broken);
        }
        Some(Ending::CloseAfter) => true,
        None => false,
    };
    Ok(response.map(|body| Spoken { body, line, closes, _busy: busy }))
}

fn fate_of(broken: Broken) -> Fate {
    match broken {
        Broken::Closed => Fate::Close,
        Broken::Reset | Broken::Refused => Fate::Reset,
    }
}

/// The body of an answer on its way out.
struct Spoken {
    body: Spelled,
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
