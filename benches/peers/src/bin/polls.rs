//! The memory of ten thousand polls at once: `cargo run --release --bin polls`.
//!
//! Every poll asks for an order that stays open, by pockyt-client with all its defaults. The figures are of
//! the whole process, the server included, less what it took before the first poll began.

use std::time::{Duration, Instant};

use pockyt_client::{Client, Environment, Polling};
use pockyt_figures::Figure;
use pockyt_model::TransactionNo;
use pockyt_peers::Error;
use pockyt_peers::query::{NUMBER, PENDING, credentials};
use pockyt_peers::server::Server;
use tokio::runtime::Builder;

const POLLS: u32 = 10_000;
/// How often each is asked on average before the memory is read.
const QUESTIONS: u64 = 3;
const PATIENCE: Duration = Duration::from_mins(2);

fn main() -> Result<(), Error> {
    let server = Server::answering(PENDING)?;
    let client = Client::builder(Environment::at(&server.url())?, credentials()?).build()?;
    Builder::new_multi_thread().enable_all().build()?.block_on(poll(&server, &client))
}

async fn poll(server: &Server, client: &Client) -> Result<(), Error> {
    let number = TransactionNo::new(NUMBER)?;
    client.orders().query(&pockyt_peers::query::tran_query()?).await?;
    let before = memory("VmRSS")?;
    let start = Instant::now();
    let polls: Vec<_> = (0..POLLS)
        .map(|_| {
            let (client, number) = (client.clone(), number.clone());
            tokio::spawn(async move { client.poll(number, &Polling::until(Duration::from_hours(1))).await })
        })
        .collect();
    let wanted = u64::from(POLLS) * QUESTIONS;
    while server.answers() <= wanted {
        if start.elapsed() > PATIENCE {
            return Err(format!("only {} answers in {PATIENCE:?}", server.answers()).into());
        }
        if let Some(ended) = polls.iter().position(tokio::task::JoinHandle::is_finished) {
            return Err(format!("poll {ended} ended early").into());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let (now, most) = (memory("VmRSS")?, memory("VmHWM")?);
    println!(
        "{POLLS} polls, {} questions in {:.1} s, {} connections",
        server.answers(),
        start.elapsed().as_secs_f64(),
        server.connections()
    );
    println!("before              {:>8.1} MB", mega(before));
    let more = mega(now.saturating_sub(before));
    println!("polling             {more:>8.1} MB more");
    Figure::of("10,000 polls at once", "memory", more, "MB").at_most(100.0).record()?;
    println!(
        "at the most         {:>8.1} MB more, {} bytes a poll",
        mega(most.saturating_sub(before)),
        most.saturating_sub(before) / u64::from(POLLS)
    );
    for poll in polls {
        poll.abort();
    }
    Ok(())
}

/// A figure of `/proc/self/status`, in bytes.
fn memory(name: &str) -> Result<u64, Error> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let kibibytes: u64 =
        line.and_then(|line| line.split_whitespace().next()).ok_or("no such figure")?.parse()?;
    Ok(kibibytes * 1024)
}

#[expect(clippy::cast_precision_loss, reason = "memory is below 2^52 bytes")]
fn mega(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
