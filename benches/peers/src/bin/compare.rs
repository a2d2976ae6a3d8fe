//! Throughput of the three, side by side: `cargo run --release [-- ROUNDS]`.
//!
//! The contenders take turns within each round, and each round begins with another one, so that whatever
//! else the machine does hits all of them. A ratio is taken within a round; what is printed is the median of
//! the rounds.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use pockyt_figures::Figure;
use pockyt_peers::Error;
use pockyt_peers::contender::Contender;
use pockyt_peers::query::PAID;
use pockyt_peers::server::Server;
use tokio::runtime::{Builder, Runtime};

const IN_FLIGHT: [usize; 3] = [1, 16, 64];
const TURN: Duration = Duration::from_millis(200);
const WARM_UP: Duration = Duration::from_millis(300);
const ROUNDS: usize = 25;

fn main() -> Result<(), Error> {
    let rounds = std::env::args().nth(1).map_or(Ok(ROUNDS), |rounds| rounds.parse())?;
    println!("{rounds} rounds of {} ms each: medians, and the quarters in brackets", TURN.as_millis());
    let many = Builder::new_multi_thread().enable_all().build()?;
    let one = Builder::new_current_thread().enable_all().build()?;
    println!("\nThe client on tokio's threads, the server on one of its own");
    for in_flight in IN_FLIGHT {
        let rounds = measure(&many, in_flight, rounds)?;
        println!("{in_flight:>3} in flight: requests a second {}", rounds.table(|turn| turn.speed));
        rounds.record("On tokio's threads", in_flight, |turn| turn.speed)?;
    }
    println!("\nThe client on one thread, the server on another");
    for in_flight in IN_FLIGHT {
        let rounds = measure(&one, in_flight, rounds)?;
        println!("{in_flight:>3} in flight: requests a second       {}", rounds.table(|turn| turn.speed));
        println!("{in_flight:>3} in flight: a second of client's CPU  {}", rounds.table(|turn| turn.by_cpu));
        rounds.record("On one thread", in_flight, |turn| turn.speed)?;
        rounds.record("On one thread, by its processor time", in_flight, |turn| turn.by_cpu)?;
    }
    Ok(())
}

/// What one contender did in one round.
#[derive(Clone, Copy, Debug)]
struct Turn {
    /// Requests in a second.
    speed: f64,
    /// Requests in a second of this thread's time on a processor. Other people's work on the machine
    /// disturbs it much less; it means nothing when the client runs on more than this thread.
    by_cpu: f64,
}

/// The turns of each contender, and the connections that were made meanwhile.
#[derive(Debug, Default)]
struct Rounds {
    turns: [Vec<Turn>; 3],
    connections: u64,
}

impl Rounds {
    fn of(&self, figure: impl Fn(&Turn) -> f64) -> [Vec<f64>; 3] {
        self.turns.each_ref().map(|turns| turns.iter().map(&figure).collect())
    }

    /// For the report.
    fn record(&self, group: &str, in_flight: usize, figure: impl Fn(&Turn) -> f64) -> std::io::Result<()> {
        let [pockyt, bare, reqwest] = self.of(figure);
        for (theirs, name, goal) in [(bare, "bare hyper-util", 0.9), (reqwest, "reqwest", 1.0)] {
            let ratio = quarter(ratios(&pockyt, &theirs), 2);
            let name = format!("{in_flight} in flight / {name}");
            Figure::ratio(group, &name, ratio).at_least(goal).record()?;
        }
        Ok(())
    }

    fn table(&self, figure: impl Fn(&Turn) -> f64) -> String {
        let [pockyt, bare, reqwest] = self.of(figure);
        format!(
            "pockyt {:>6.0}, bare {:>6.0}, reqwest {:>6.0}; pockyt / bare {}, pockyt / reqwest {}; {} new connections",
            quarter(pockyt.clone(), 2),
            quarter(bare.clone(), 2),
            quarter(reqwest.clone(), 2),
            ratio(&pockyt, &bare),
            ratio(&pockyt, &reqwest),
            self.connections,
        )
    }
}

fn measure(runtime: &Runtime, in_flight: usize, rounds: usize) -> Result<Rounds, Error> {
    let server = Server::answering(PAID)?;
    let contenders = Contender::all(&server.url())?.map(Arc::new);
    for contender in &contenders {
        turn(runtime, contender, in_flight, WARM_UP)?;
    }
    let before = server.connections();
    let mut measured = Rounds::default();
    for round in 0..rounds {
        for place in 0..contenders.len() {
            let who = (round + place) % contenders.len();
            measured.turns[who].push(turn(runtime, &contenders[who], in_flight, TURN)?);
        }
    }
    measured.connections = server.connections() - before;
    Ok(measured)
}

#[expect(clippy::cast_precision_loss, reason = "there are fewer than 2^52 requests")]
fn turn(
    runtime: &Runtime,
    contender: &Arc<Contender>,
    in_flight: usize,
    time: Duration,
) -> Result<Turn, Error> {
    let over = Arc::new(AtomicBool::new(false));
    let (start, start_on_cpu) = (Instant::now(), on_cpu()?);
    let asked = runtime.block_on(async {
        let askers: Vec<_> =
            (0..in_flight).map(|_| tokio::spawn(ask(contender.clone(), over.clone()))).collect();
        tokio::time::sleep(time).await;
        over.store(true, Ordering::Relaxed);
        let mut asked = 0;
        for asker in askers {
            asked += asker.await??;
        }
        Ok::<_, Error>(asked as f64)
    })?;
    let (took, took_on_cpu) = (start.elapsed(), on_cpu()?.saturating_sub(start_on_cpu));
    Ok(Turn { speed: asked / took.as_secs_f64(), by_cpu: asked / took_on_cpu.as_secs_f64() })
}

async fn ask(contender: Arc<Contender>, over: Arc<AtomicBool>) -> Result<u64, Error> {
    let mut asked = 0;
    while !over.load(Ordering::Relaxed) {
        contender.ask().await?;
        asked += 1;
    }
    Ok(asked)
}

/// How long this thread has been on a processor: the first figure of Linux's `schedstat`.
fn on_cpu() -> Result<Duration, Error> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanos = text.split_whitespace().next().ok_or("no such figure")?.parse()?;
    Ok(Duration::from_nanos(nanos))
}

/// The median of the rounds' ratios, and the quarters of them below and above.
fn ratio(ours: &[f64], theirs: &[f64]) -> String {
    let [low, median, high] = [1, 2, 3].map(|quarters| quarter(ratios(ours, theirs), quarters));
    format!("{median:.2} ({low:.2}-{high:.2})")
}

fn ratios(ours: &[f64], theirs: &[f64]) -> Vec<f64> {
    ours.iter().zip(theirs).map(|(ours, theirs)| ours / theirs).collect()
}

fn quarter(mut figures: Vec<f64>, quarters: usize) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len().saturating_sub(1) * quarters / 4).copied().unwrap_or(f64::NAN)
}
