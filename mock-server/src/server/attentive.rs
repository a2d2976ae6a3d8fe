//! A connection by TLS that sees its client hang up.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncBufRead, AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::server::TlsStream;

use super::line::{Line, Wire};

/// While a request is under way nobody reads, and a good-bye comes encrypted like everything else: the socket cannot
/// tell it from another request, but TLS can.
pub(super) struct Attentive {
    stream: TlsStream<Wire>,
    line: Arc<Line>,
}

impl Attentive {
    pub(super) fn new(stream: TlsStream<Wire>, line: Arc<Line>) -> Self {
        Self { stream, line }
    }

    /// What comes instead stays where it is until it is read.
    fn break_if_hung_up(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        match Pin::new(&mut self.stream).poll_fill_buf(context) {
            Poll::Ready(Ok([])) => Err(io::ErrorKind::UnexpectedEof.into()),
            Poll::Ready(Err(error)) => Err(error),
            Poll::Ready(Ok(_)) | Poll::Pending => Ok(()),
        }
    }
}

impl AsyncRead for Attentive {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Attentive {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    /// Hyper flushes each time it looks after the connection, and so whenever the client does something.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.line.is_busy() {
            self.break_if_hung_up(context)?;
        }
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
