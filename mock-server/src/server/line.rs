//! A connection that can be cut from inside: in order (FIN) or with a reset (RST).

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant;

/// What is to become of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Requests are served.
    Open = 0,
    /// The answer under way is finished, and then it ends.
    Finish = 1,
    /// It ends now, in order.
    Close = 2,
    /// It ends now, with a reset.
    Reset = 3,
}

/// What the one who answers and the one who holds the connection share.
#[derive(Debug)]
pub(crate) struct Line {
    fate: AtomicU8,
    /// Who is to look at the fate when it changes.
    watcher: Mutex<Option<Waker>>,
    /// Requests under way.
    busy: AtomicUsize,
    began: Instant,
    /// When the last request ended, in milliseconds from the beginning of the connection.
    last_end: AtomicU64,
    outlives_silence: AtomicBool,
}

/// A request under way on a connection.
#[derive(Debug)]
pub(crate) struct Busy(Arc<Line>);

impl Busy {
    pub(crate) fn line(&self) -> &Line {
        &self.0
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let since = u64::try_from(self.0.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.0.last_end.store(since, Ordering::Relaxed);
        self.0.busy.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Default for Line {
    fn default() -> Self {
        Self {
            fate: AtomicU8::new(Fate::Open as u8),
            watcher: Mutex::new(None),
            busy: AtomicUsize::new(0),
            began: Instant::now(),
            last_end: AtomicU64::new(0),
            outlives_silence: AtomicBool::new(false),
        }
    }
}

impl Line {
    /// Marks a request under way until the mark is dropped.
    pub(crate) fn work(self: Arc<Self>) -> Busy {
        self.busy.fetch_add(1, Ordering::AcqRel);
        Busy(self)
    }

    pub(crate) fn is_idle(&self) -> bool {
        !self.is_busy() && self.fate() == Fate::Open
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.busy.load(Ordering::Acquire) > 0
    }

    pub(crate) fn idle_since(&self) -> Instant {
        self.began + Duration::from_millis(self.last_end.load(Ordering::Relaxed))
    }

    /// Says that the protocol itself finds out whether anybody is still there.
    pub(crate) fn outlive_silence(&self) {
        self.outlives_silence.store(true, Ordering::Relaxed);
    }

    pub(crate) fn ends_by_silence(&self) -> bool {
        !self.outlives_silence.load(Ordering::Relaxed)
    }

    pub(crate) fn fate(&self) -> Fate {
        match self.fate.load(Ordering::Acquire) {
            0 => Fate::Open,
            1 => Fate::Finish,
            2 => Fate::Close,
            _ => Fate::Reset,
        }
    }

    /// Decides; what was decided before stays unless this is graver.
    pub(crate) fn decide(&self, fate: Fate) {
        self.fate.fetch_max(fate as u8, Ordering::AcqRel);
        if let Some(watcher) = &*self.watcher() {
            watcher.wake_by_ref();
        }
    }

    /// Looks out for decisions, one task at a time.
    pub(crate) fn watch(&self) -> Watch<'_> {
        Watch { line: self, seen: Fate::Open, known: None }
    }

    fn watcher(&self) -> MutexGuard<'_, Option<Waker>> {
        self.watcher.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sees each decision, also one from before it began to look.
#[derive(Debug)]
pub(crate) struct Watch<'a> {
    line: &'a Line,
    seen: Fate,
    known: Option<Waker>,
}

impl Watch<'_> {
    pub(crate) fn poll_decided(&mut self, context: &Context<'_>) -> Poll<Fate> {
        let waker = context.waker();
        // It is the same task nearly always, and this is asked more than once a request.
        if !self.known.as_ref().is_some_and(|known| known.will_wake(waker)) {
            *self.line.watcher() = Some(waker.clone());
            self.known = Some(waker.clone());
        }
        let fate = self.line.fate();
        if fate == self.seen {
            return Poll::Pending;
        }
        self.seen = fate;
        Poll::Ready(fate)
    }

    pub(crate) async fn decided(&mut self) -> Fate {
        std::future::poll_fn(|context| self.poll_decided(context)).await
    }
}

/// The socket. When it is dropped, the connection ends as its line says.
#[derive(Debug)]
pub(crate) struct Wire {
    /// What was read to find out the protocol.
    ahead: Vec<u8>,
    stream: TcpStream,
    line: Arc<Line>,
    looks_for_hang_up: bool,
}

impl Wire {
    pub(crate) fn new(stream: TcpStream, line: Arc<Line>) -> Self {
        Self { ahead: Vec::new(), stream, line, looks_for_hang_up: false }
    }

    /// Breaks, from now on, when the client hangs up while a request is under way, though nobody reads then.
    pub(crate) fn look_for_hang_up(&mut self) {
        self.looks_for_hang_up = true;
    }

    fn break_if_hung_up(&self, context: &mut Context<'_>) -> io::Result<()> {
        let mut next = [0];
        match self.stream.poll_peek(context, &mut ReadBuf::new(&mut next)) {
            Poll::Ready(Ok(0)) => Err(io::ErrorKind::UnexpectedEof.into()),
            Poll::Ready(Err(error)) => Err(error),
            Poll::Ready(Ok(_)) | Poll::Pending => Ok(()),
        }
    }

    /// Reads on until what was read is no longer a beginning of `expected`, or all of it. It is read again
    /// by who serves the connection.
    pub(crate) async fn begins_with(&mut self, expected: &[u8]) -> io::Result<bool> {
        while self.ahead.len() < expected.len() && expected.starts_with(&self.ahead) {
            self.stream.readable().await?;
            let mut more = [0; 32];
            let wanted = (expected.len() - self.ahead.len()).min(more.len());
            match self.stream.try_read(more.get_mut(..wanted).unwrap_or_default()) {
                Ok(0) => return Ok(false),
                Ok(read) => self.ahead.extend_from_slice(more.get(..read).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        Ok(self.ahead.starts_with(expected))
    }

    /// Says that nothing more will be written, and reads what still comes for a while: a socket that is
    /// closed with unread bytes would reset the connection.
    pub(crate) async fn end_in_order(mut self) {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        const PATIENCE: Duration = Duration::from_secs(5);
        let _ = self.stream.shutdown().await;
        let mut unread = [0; 1024];
        let drain = async { while self.stream.read(&mut unread).await.is_ok_and(|read| read > 0) {} };
        let _ = tokio::time::timeout(PATIENCE, drain).await;
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if self.line.fate() == Fate::Reset {
            // With no time to linger the kernel sends RST and forgets what is unsent.
            let _ = SockRef::from(&self.stream).set_linger(Some(Duration::ZERO));
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.ahead.is_empty() {
            return Pin::new(&mut self.stream).poll_read(context, buffer);
        }
        let taken = self.ahead.len().min(buffer.remaining());
        for byte in self.ahead.drain(..taken) {
            buffer.put_slice(&[byte]);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// Hyper flushes each time it looks after the connection, and so whenever the client does something.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.looks_for_hang_up && self.line.is_busy() {
            self.break_if_hung_up(context)?;
        }
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
