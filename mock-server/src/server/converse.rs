//! One connection: which protocol it speaks, and its requests.

use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
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

use super::attentive::Attentive;
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

/// The most that is handed on at once: a connection keeps the room that it needed once to put together what is
/// sent.
const PART: usize = 16 * 1024;

/// The first byte of every TLS connection: a handshake record.
const TLS_RECORD: u8 = 22;

pub(super) async fn converse(wire: Wire, line: Arc<Line>, _place: Place, tls: Option<Tls>, offer: Offer) {
    let mut watch = line.watch();
    let opened = tokio::select! {
        // Nothing was asked yet, so there is nothing to finish.
        _ = watch.decided() => return,
        opened = tokio::time::timeout(OPENING_TIMEOUT, open(wire, tls)) => opened,
    };
    match opened {
        Ok(Ok(Opened::Plain(wire, true))) => serve_http2(wire, line, offer).await,
        Ok(Ok(Opened::Plain(mut wire, false))) => {
            wire.look_for_hang_up();
            serve_http1(wire, line, offer).await;
        }
        Ok(Ok(Opened::Tls(stream))) => match stream.get_ref().1.alpn_protocol() {
            Some(b"h2") => serve_http2(*stream, line, offer).await,
            _ => serve_http1(Attentive::new(*stream, Arc::clone(&line)), line, offer).await,
        },
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

/// The wire sees by itself that a client hangs up. The crowd sees to it that nobody waits for a request for ever: a
/// timer set for each request costs more than reading it.
async fn serve_http1<W>(wire: W, line: Arc<Line>, offer: Offer)
where
    W: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let answering = service_fn(|request| answer(offer.clone(), Arc::clone(&line), request));
    let connection = http1::Builder::new()
        // Otherwise hyper looks for hang-ups, for which it makes ready to read while a request is under way, and its
        // buffer is still in use then: each request would need a new one.
        .half_close(true)
        // To gather head and body from two places costs the system more than to put short ones together.
        .writev(false)
        .serve_connection(TokioIo::new(wire), answering);
    drive(connection, http1::Connection::graceful_shutdown, &line).await;
}

async fn serve_http2<W>(wire: W, line: Arc<Line>, offer: Offer)
where
    W: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    line.outlive_silence();
    let answering = {
        let line = Arc::clone(&line);
        service_fn(move |request| answer(offer.clone(), Arc::clone(&line), request))
    };
    let connection = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .keep_alive_interval(PING_AFTER)
        .keep_alive_timeout(PING_TIMEOUT)
        .max_concurrent_streams(STREAMS)
        .serve_connection(TokioIo::new(wire), answering);
    drive(connection, http2::Connection::graceful_shutdown, &line).await;
}

/// Serves until the connection ends by itself, is cut, or has finished what was under way.
async fn drive<C: Future>(connection: C, finish: impl Fn(Pin<&mut C>), line: &Line) {
    let mut connection = pin!(connection);
    let mut watch = line.watch();
    poll_fn(|context| {
        while let Poll::Ready(fate) = watch.poll_decided(context) {
            match fate {
                Fate::Open => {}
                Fate::Finish => finish(connection.as_mut()),
                Fate::Close | Fate::Reset => return Poll::Ready(()),
            }
        }
        // A broken connection is the client's affair.
        connection.as_mut().poll(context).map(drop)
    })
    .await;
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
            busy.line().decide(fate_of(*broken));
            return Err(*broken);
        }
        Some(Ending::CloseAfter) => true,
        None => false,
    };
    Ok(response.map(|body| Spoken { body, rest: Bytes::new(), busy, closes }))
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
    /// Of what came last, what is still to be sent.
    rest: Bytes,
    busy: Busy,
    closes: bool,
}

impl HttpBody for Spoken {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if !self.rest.is_empty() {
            return Poll::Ready(Some(Ok(self.next_part())));
        }
        match ready!(Pin::new(&mut self.body).poll_frame(context)) {
            Some(Ok(frame)) => Poll::Ready(Some(Ok(match frame.into_data() {
                Ok(data) => {
                    self.rest = data;
                    self.next_part()
                }
                Err(trailers) => trailers,
            }))),
            Some(Err(error)) => {
                self.busy.line().decide(Broken::of(&error).map_or(Fate::Close, fate_of));
                Poll::Ready(Some(Err(error)))
            }
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (body, rest) = (self.body.size_hint(), self.rest.len() as u64);
        let mut hint = SizeHint::new();
        hint.set_lower(body.lower() + rest);
        if let Some(upper) = body.upper() {
            hint.set_upper(upper + rest);
        }
        hint
    }
}

impl Spoken {
    fn next_part(&mut self) -> Frame<Bytes> {
        let length = self.rest.len().min(PART);
        Frame::data(self.rest.split_to(length))
    }
}

impl Drop for Spoken {
    fn drop(&mut self) {
        if self.closes {
            self.busy.line().decide(Fate::Finish);
        }
    }
}
