//! A connection's end to the system, and whether the system has taken all that was written.

use std::io::{IoSlice, Result};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use hyper::rt::{Read, ReadBufCursor, Write};

use super::Io;

/// Tells what hyper keeps to itself: whether it has more to write than the system takes.
pub(super) struct Watched {
    io: Io,
    is_behind: Arc<AtomicBool>,
}

impl Watched {
    /// The end, and the word on it: `true` while something waits to be written.
    pub(super) fn new(io: Io) -> (Self, Arc<AtomicBool>) {
        let is_behind = Arc::<AtomicBool>::default();
        (Self { io, is_behind: is_behind.clone() }, is_behind)
    }

    /// hyper writes and flushes until it is done or has to wait, so the newest outcome says which.
    fn noted<T>(&self, outcome: Poll<T>) -> Poll<T> {
        self.is_behind.store(outcome.is_pending(), Ordering::Relaxed);
        outcome
    }
}

impl Read for Watched {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: ReadBufCursor<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buf)
    }
}

impl Write for Watched {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<Result<usize>> {
        let outcome = Pin::new(&mut self.io).poll_write(cx, buf);
        self.noted(outcome)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let outcome = Pin::new(&mut self.io).poll_flush(cx);
        self.noted(outcome)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let outcome = Pin::new(&mut self.io).poll_write_vectored(cx, bufs);
        self.noted(outcome)
    }
}
