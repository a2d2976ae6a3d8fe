//! `tran-query` over loopback, side by side.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use pockyt_peers::Error;

use crate::load::{Load, Requests};
use crate::merchant::Merchant;
use crate::process::Process;
use crate::rivals::Rival;

const CONNECTIONS: [usize; 2] = [16, 64];
const TURN: Duration = Duration::from_millis(200);
const WARM_UP: Duration = Duration::from_millis(300);
/// Orders that are asked for in turn.
const ORDERS: usize = 1000;

/// A server, and what it is asked.
struct Contender {
    name: &'static str,
    process: Process,
    requests: Requests,
}

/// What one of them did in one round.
#[derive(Clone, Copy)]
struct Turn {
    /// Answers in a second.
    speed: f64,
    /// Answers in a second of the server's time on processors. Other people's work on the machine disturbs
    /// it less, and the cost of asking is not in it.
    by_cpu: f64,
    /// Microseconds.
    p99: f64,
}

/// Prints how fast they are. The mock comes first and bare hyper second.
pub fn side_by_side(program: &Path, rounds: usize) -> Result<(), Error> {
    println!("tran-query over loopback, {rounds} rounds of {} ms each, medians", TURN.as_millis());
    let mut contenders = vec![pockyt(program)?];
    for rival in Rival::ALL {
        let process = Process::rival(rival)?;
        let requests = queries(process.address)?;
        contenders.push(Contender { name: rival.name(), process, requests });
    }
    for connections in CONNECTIONS {
        println!("\n{connections} connections     answers/s      ×   by CPU      ×   p99 µs      ×");
        let turns = measure(&contenders, connections, rounds)?;
        for (contender, theirs) in contenders.iter().zip(&turns) {
            let line =
                [|turn: &Turn| turn.speed, |turn: &Turn| turn.by_cpu, |turn: &Turn| turn.p99].map(|figure| {
                    let mut own: Vec<f64> = theirs.iter().map(figure).collect();
                    let mut ratios: Vec<f64> = turns[0]
                        .iter()
                        .zip(theirs)
                        .map(|(ours, theirs)| figure(ours) / figure(theirs))
                        .collect();
                    format!("{:>8.0} {:>6.2}", median(&mut own), median(&mut ratios))
                });
            println!("{:<18} {}", contender.name, line.join("  "));
        }
    }
    println!(
        "\n× is pockyt-mock / the other. Goals: bare hyper 0.70 of answers, 2.0 of p99 at 64; the mocks 1.0"
    );
    Ok(())
}

/// The mock with its orders.
fn pockyt(program: &Path) -> Result<Contender, Error> {
    let process = Process::mock(program, &["--clock", "real"])?;
    let merchant = Merchant::published()?;
    let orders = references()
        .map(|reference| merchant.secure_pay(process.address, &reference, "http://shop.example/ipn"));
    let orders: Requests = orders.collect::<Result<Vec<_>, _>>()?.into();
    Load::connect(process.address, 16)?.ask_each(&orders)?;
    let requests = queries(process.address)?;
    Ok(Contender { name: "pockyt-mock", process, requests })
}

fn references() -> impl Iterator<Item = String> {
    (0..ORDERS).map(|number| format!("order-20261122-{number:06}"))
}

fn queries(at: SocketAddr) -> Result<Requests, Error> {
    let merchant = Merchant::published()?;
    let queries = references().map(|reference| merchant.tran_query(at, &reference));
    Ok(queries.collect::<Result<Vec<_>, _>>()?.into())
}

fn measure(contenders: &[Contender], connections: usize, rounds: usize) -> Result<Vec<Vec<Turn>>, Error> {
    let mut loads = Vec::new();
    for contender in contenders {
        let mut load = Load::connect(contender.process.address, connections)?;
        load.ask_for(&contender.requests, WARM_UP)?;
        loads.push(load);
    }
    let mut turns = vec![Vec::new(); contenders.len()];
    for round in 0..rounds {
        for place in 0..contenders.len() {
            let who = (round + place) % contenders.len();
            turns[who].push(turn(&contenders[who], &mut loads[who])?);
        }
    }
    Ok(turns)
}

#[expect(clippy::cast_precision_loss, reason = "there are fewer than 2^52 answers")]
fn turn(contender: &Contender, load: &mut Load) -> Result<Turn, Error> {
    let before = contender.process.on_cpu()?;
    let mut turn = load.ask_for(&contender.requests, TURN)?;
    let on_cpu = contender.process.on_cpu()?.saturating_sub(before);
    let by_cpu = turn.waits.len() as f64 / on_cpu.as_secs_f64();
    Ok(Turn { speed: turn.speed(), by_cpu, p99: turn.p99() })
}

/// The middle one, the lower of two.
pub fn median(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len().saturating_sub(1) / 2).copied().unwrap_or(f64::NAN)
}
