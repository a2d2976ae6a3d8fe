//! The load: connections that are kept, on one thread, each with one request under way.
//!
//! A request is bytes that were made beforehand; of an answer nothing is read but its status and its length,
//! so that little of the machine goes to who asks.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use pockyt_peers::Error;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};

const LENGTH: &[u8] = b"content-length:";

/// Requests that are sent again and again, from the first to the last.
pub type Requests = Arc<[Vec<u8>]>;

/// Connections to one server.
pub struct Load {
    runtime: Runtime,
    lines: Vec<Line>,
}

/// What came of a turn: how long each answer took, and all of them.
pub struct Turn {
    pub waits: Vec<Duration>,
    pub took: Duration,
}

impl Load {
    /// Connects.
    ///
    /// # Errors
    ///
    /// The server accepts no connection.
    pub fn connect(at: SocketAddr, connections: usize) -> Result<Self, Error> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let lines = runtime.block_on(async {
            let mut lines = Vec::new();
            for _ in 0..connections {
                lines.push(Line::to(at).await?);
            }
            Ok::<_, Error>(lines)
        })?;
        Ok(Self { runtime, lines })
    }

    /// Asks for so long.
    ///
    /// # Errors
    ///
    /// An answer is none, or no success.
    pub fn ask_for(&mut self, requests: &Requests, time: Duration) -> Result<Turn, Error> {
        let end = Instant::now() + time;
        self.ask(requests, move |now, _| now < end)
    }

    /// Asks each request once.
    ///
    /// # Errors
    ///
    /// An answer is none, or no success.
    pub fn ask_each(&mut self, requests: &Requests) -> Result<Turn, Error> {
        let count = requests.len();
        self.ask(requests, move |_, asked| asked < count)
    }

    /// Asks so often.
    ///
    /// # Errors
    ///
    /// An answer is none, or no success.
    pub fn ask_times(&mut self, requests: &Requests, times: usize) -> Result<Turn, Error> {
        self.ask(requests, move |_, asked| asked < times)
    }

    fn ask(
        &mut self,
        requests: &Requests,
        goes_on: impl Fn(Instant, usize) -> bool + Clone + 'static,
    ) -> Result<Turn, Error> {
        let asked = std::rc::Rc::new(std::cell::Cell::new(0));
        let began = Instant::now();
        let local = tokio::task::LocalSet::new();
        let lines: Vec<_> = self.lines.drain(..).collect();
        let (lines, waits) = local.block_on(&self.runtime, async {
            let askers: Vec<_> = lines
                .into_iter()
                .map(|line| {
                    let (requests, asked, goes_on) = (requests.clone(), asked.clone(), goes_on.clone());
                    tokio::task::spawn_local(async move {
                        let mut line = line;
                        let mut waits = Vec::new();
                        let mut before = Instant::now();
                        while goes_on(before, asked.get()) {
                            let request = &requests[asked.get() % requests.len()];
                            asked.set(asked.get() + 1);
                            line.ask(request).await?;
                            let now = Instant::now();
                            waits.push(now - before);
                            before = now;
                        }
                        Ok::<_, Error>((line, waits))
                    })
                })
                .collect();
            let (mut lines, mut waits) = (Vec::new(), Vec::new());
            for asker in askers {
                let (line, its_waits) = asker.await??;
                lines.push(line);
                waits.extend(its_waits);
            }
            Ok::<_, Error>((lines, waits))
        })?;
        self.lines = lines;
        Ok(Turn { waits, took: began.elapsed() })
    }
}

impl Turn {
    /// Answers in a second.
    #[expect(clippy::cast_precision_loss, reason = "there are fewer than 2^52 answers")]
    pub fn speed(&self) -> f64 {
        self.waits.len() as f64 / self.took.as_secs_f64()
    }

    /// What all but one in a hundred answers took, in microseconds.
    pub fn p99(&mut self) -> f64 {
        let place = self.waits.len().saturating_sub(1) * 99 / 100;
        if self.waits.is_empty() {
            return f64::NAN;
        }
        self.waits.select_nth_unstable(place).1.as_secs_f64() * 1e6
    }
}

/// One connection, made anew when the server says that it closes it.
pub struct Line {
    at: SocketAddr,
    stream: TcpStream,
    closes: bool,
    buffer: Vec<u8>,
}

impl Line {
    /// Connects.
    ///
    /// # Errors
    ///
    /// The server accepts no connection.
    pub async fn to(at: SocketAddr) -> Result<Self, Error> {
        Ok(Self { at, stream: connected(at).await?, closes: false, buffer: Vec::with_capacity(4096) })
    }

    /// Sends a request and reads its answer; returns the body.
    ///
    /// # Errors
    ///
    /// The connection breaks, or the answer is no 200 with a length.
    pub async fn ask(&mut self, request: &[u8]) -> Result<&[u8], Error> {
        if self.closes {
            self.stream = connected(self.at).await?;
        }
        self.stream.write_all(request).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err("the server hung up".into());
            }
            if let Some(answer) = Answer::read(&self.buffer)?
                && self.buffer.len() >= answer.end
            {
                self.closes = answer.closes;
                return Ok(&self.buffer[answer.body..answer.end]);
            }
        }
    }
}

async fn connected(at: SocketAddr) -> Result<TcpStream, Error> {
    let stream = TcpStream::connect(at).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Where the body begins and ends, and whether the connection ends with it.
struct Answer {
    body: usize,
    end: usize,
    closes: bool,
}

impl Answer {
    /// Reads a head; `None` when there is more of it to come.
    fn read(bytes: &[u8]) -> Result<Option<Self>, Error> {
        let Some(head) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
        if !bytes.starts_with(b"HTTP/1.1 200") {
            return Err(String::from_utf8_lossy(bytes).into_owned().into());
        }
        let (mut length, mut closes) = (None, false);
        for line in bytes[..head].split(|byte| *byte == b'\n') {
            let line = line.trim_ascii_end();
            closes |= line.eq_ignore_ascii_case(b"connection: close");
            if let Some((name, value)) = line.split_at_checked(LENGTH.len())
                && name.eq_ignore_ascii_case(LENGTH)
            {
                length = Some(std::str::from_utf8(value)?.trim().parse::<usize>()?);
            }
        }
        let body = head + 4;
        Ok(Some(Self { body, end: body + length.ok_or("an answer without a length")?, closes }))
    }
}
