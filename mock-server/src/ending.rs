//! How an answer ends that does not arrive as it should, between who makes it and who sends it.

use std::error::Error;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use http::{Response, StatusCode};
use hyper::body::{Frame, SizeHint};
use tokio::sync::mpsc;

use crate::transport::ReplyLost;

/// How a connection breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Broken {
    /// It was closed in order (FIN) before an answer came.
    #[error("the connection was closed before an answer came")]
    Closed,
    /// Nobody accepts connections: nothing was sent.
    #[error("the connection was refused")]
    Refused,
    /// It was reset (RST).
    #[error("the connection was reset")]
    Reset,
}

impl Broken {
    /// The kind of error that a socket reports for it.
    pub fn io_kind(self) -> io::ErrorKind {
        match self {
            Self::Closed => io::ErrorKind::UnexpectedEof,
            Self::Refused => io::ErrorKind::ConnectionRefused,
            Self::Reset => io::ErrorKind::ConnectionReset,
        }
    }

    /// Finds it among the causes of an error.
    pub(crate) fn of(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if let Some(broken) = error.downcast_ref::<Self>() {
                return Some(*broken);
            }
            cause = error.source();
        }
        None
    }
}

/// What a response carries beside itself, as an extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// It is not sent at all.
    NoAnswer(Broken),
    /// It is sent, and then the connection is closed.
    CloseAfter,
}

impl Ending {
    /// The mark of an answer that a socket would not send: 502 and an empty body for who looks no further.
    pub(crate) fn no_answer(broken: Broken) -> Response<Body> {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::BAD_GATEWAY;
        response.extensions_mut().insert(Self::NoAnswer(broken));
        response.extensions_mut().insert(broken);
        if broken == Broken::Closed {
            response.extensions_mut().insert(ReplyLost);
        }
        response
    }
}

/// Half of a body, and then a broken connection.
#[derive(Debug)]
pub(crate) struct HalfBody {
    whole: u64,
    half: Option<Bytes>,
    rests: bool,
    broken: Broken,
}

impl HalfBody {
    pub(crate) fn new(body: Vec<u8>, broken: Broken) -> Self {
        let whole = u64::try_from(body.len()).unwrap_or(u64::MAX);
        let mut half = Bytes::from(body);
        half.truncate(half.len() / 2);
        Self { whole, half: Some(half), rests: true, broken }
    }
}

impl HttpBody for HalfBody {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        if let Some(half) = self.half.take() {
            return Poll::Ready(Some(Ok(Frame::data(half))));
        }
        if std::mem::take(&mut self.rests) {
            // Whoever sends it gets a turn to write the half out before the line breaks.
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(self.broken)))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.whole)
    }
}

/// The beginning of an object and then one letter, again and again.
#[derive(Debug)]
pub(crate) struct Flood {
    begun: bool,
    left: u64,
}

impl Flood {
    pub(crate) fn new(bytes: u64) -> Self {
        Self { begun: false, left: bytes }
    }
}

impl HttpBody for Flood {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        static LETTERS: [u8; 16 * 1024] = [b'x'; 16 * 1024];
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let begun = std::mem::replace(&mut self.begun, true);
        let mut data =
            if begun { Bytes::from_static(&LETTERS) } else { Bytes::from_static(b"{\"padding\":\"") };
        data.truncate(usize::try_from(self.left).unwrap_or(usize::MAX));
        self.left -= u64::try_from(data.len()).unwrap_or(self.left);
        Poll::Ready(Some(Ok(Frame::data(data))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

/// A body of which a piece is sent whenever one is due.
#[derive(Debug)]
pub(crate) struct InPieces {
    rest: Bytes,
    pieces_left: usize,
    due: mpsc::UnboundedReceiver<()>,
}

impl InPieces {
    pub(crate) fn new(body: Vec<u8>, pieces: u16, due: mpsc::UnboundedReceiver<()>) -> Self {
        Self { rest: body.into(), pieces_left: pieces.into(), due }
    }
}

impl HttpBody for InPieces {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let polled = self.due.poll_recv(context);
        polled.map(|due| {
            let Some(()) = due else { return Some(Err(Broken::Closed)) };
            let size = self.rest.len().div_ceil(self.pieces_left.max(1));
            self.pieces_left = self.pieces_left.saturating_sub(1);
            let piece = self.rest.split_to(size);
            Some(Ok(Frame::data(piece)))
        })
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(u64::try_from(self.rest.len()).unwrap_or(u64::MAX))
    }
}
