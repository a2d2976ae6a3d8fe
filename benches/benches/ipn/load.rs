//! The sender: 64 connections, each with one notification under way, on one thread beside the server's.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio::task::JoinSet;

use crate::messages::Batch;
use crate::server::Server;

pub(crate) const CONNECTIONS: usize = 64;

/// What one contender did in one round.
pub(crate) struct Turn {
    pub(crate) count: usize,
    pub(crate) took: Duration,
    /// Of each notification, or of each group, in order of length.
    pub(crate) latencies: Vec<Duration>,
}

impl Turn {
    #[expect(clippy::cast_precision_loss, reason = "there are not that many")]
    pub(crate) fn per_second(&self) -> f64 {
        self.count as f64 / self.took.as_secs_f64()
    }

    /// The latency that this share of all does not exceed.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is an index"
    )]
    pub(crate) fn latency_ms(&self, share: f64) -> f64 {
        let at = (self.latencies.len() as f64 * share) as usize;
        self.latencies.get(at).map_or(0.0, |latency| latency.as_secs_f64() * 1000.0)
    }
}

/// Sends all of them and waits for each `success`.
pub(crate) fn run(server: &Server, batch: &Batch) -> Turn {
    block_on(async {
        let mut streams = Vec::new();
        for _ in 0..CONNECTIONS {
            let stream = TcpStream::connect(server.address).await.expect("the server listens");
            stream.set_nodelay(true).expect("it is connected");
            streams.push(stream);
        }
        let mut tasks = JoinSet::new();
        let begin = Instant::now();
        for (number, stream) in streams.into_iter().enumerate() {
            let mine: Vec<_> = batch.requests.iter().skip(number).step_by(CONNECTIONS).cloned().collect();
            tasks.spawn(converse(stream, mine));
        }
        let mut latencies: Vec<_> = tasks.join_all().await.concat();
        let took = begin.elapsed();
        latencies.sort_unstable();
        Turn { count: batch.len(), took, latencies }
    })
}

async fn converse(mut stream: TcpStream, requests: Vec<Vec<u8>>) -> Vec<Duration> {
    let mut answer = Vec::with_capacity(1024);
    let mut latencies = Vec::with_capacity(requests.len());
    for request in requests {
        let begin = Instant::now();
        stream.write_all(&request).await.expect("loopback does not fail");
        answer.clear();
        while !answer.ends_with(b"success") {
            let read = stream.read_buf(&mut answer).await.expect("loopback does not fail");
            assert!(read > 0 && answer.len() < 1000, "{}", String::from_utf8_lossy(&answer));
        }
        assert!(answer.starts_with(b"HTTP/1.1 200 "));
        latencies.push(begin.elapsed());
    }
    latencies
}

pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    Builder::new_current_thread().enable_all().build().expect("a runtime can be had").block_on(future)
}
