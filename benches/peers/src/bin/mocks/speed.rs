//! `tran-query` over loopback, side by side.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use pockyt_figures::{Figure, median};
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
/// Whom the others are compared with.
const OURS: &str = "pockyt-mock";

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

/// Prints how fast they are. The mock comes first.
pub fn side_by_side(program: &Path, rounds: usize) -> Result<(), Error> {
    println!("tran-query over loopback, {rounds} rounds of {} ms each, medians", TURN.as_millis());
    let mut contenders =
        vec![pockyt(OURS, program, &[])?, pockyt("pockyt-mock, 2 threads", program, &["--threads", "2"])?];
    for rival in Rival::ALL {
        let process = Process::rival(rival)?;
        let requests = queries(process.address)?;
        contenders.push(Contender { name: rival.name(), process, requests });
    }
    for connections in CONNECTIONS {
        println!("\n{connections} connections         answers/s      ×   by CPU      ×   p99 µs      ×");
        let turns = measure(&contenders, connections, rounds)?;
        for (contender, theirs) in contenders.iter().zip(&turns) {
            let figures = [|turn: &Turn| turn.speed, |turn: &Turn| turn.by_cpu, |turn: &Turn| turn.p99];
            let ratios = figures.map(|figure| {
                let both = turns[0].iter().zip(theirs);
                median(both.map(|(ours, theirs)| figure(ours) / figure(theirs)))
            });
            let own = figures.map(|figure| median(theirs.iter().map(figure)));
            let line: Vec<String> =
                own.iter().zip(ratios).map(|(own, ratio)| format!("{own:>8.0} {ratio:>6.2}")).collect();
            println!("{:<22} {}", contender.name, line.join("  "));
            record(connections, contender.name, ratios)?;
        }
    }
    println!(
        "\n× is pockyt-mock / the other. Goals: bare hyper 0.70 of answers, 2.0 of p99 at 64; the mocks 1.0"
    );
    Ok(())
}

/// What the report has of one of the others.
fn record(connections: usize, name: &str, [speed, by_cpu, p99]: [f64; 3]) -> std::io::Result<()> {
    let group = |what| format!("{what}, {connections} connections, ours / theirs");
    let (answers, on_cpu, wait) = (group("Answers"), group("Answers by processor time"), group("p99"));
    let [speed, by_cpu, p99] = [(&answers, speed), (&on_cpu, by_cpu), (&wait, p99)]
        .map(|(group, ratio)| Figure::ratio(group, name, ratio));
    let (speed, p99) = match Rival::named(name) {
        Some(Rival::BareHyper) if connections == 64 => (speed.at_least(0.7), p99.at_most(2.0)),
        Some(Rival::BareHyper) => (speed.at_least(0.7), p99),
        Some(Rival::Wiremock | Rival::Httpmock | Rival::Mockito) => (speed.at_least(1.0), p99),
        None if name == OURS => return Ok(()),
        Some(Rival::BareHyperOnOneThread) | None => (speed, p99),
    };
    [speed, by_cpu, p99].iter().try_for_each(Figure::record)
}

/// The mock with its orders.
fn pockyt(name: &'static str, program: &Path, options: &[&str]) -> Result<Contender, Error> {
    let process = Process::mock(program, &[&["--clock", "real"], options].concat())?;
    let merchant = Merchant::published()?;
    let orders = references()
        .map(|reference| merchant.secure_pay(process.address, &reference, "http://shop.example/ipn"));
    let orders: Requests = orders.collect::<Result<Vec<_>, _>>()?.into();
    Load::connect(process.address, 16)?.ask_each(&orders)?;
    let requests = queries(process.address)?;
    Ok(Contender { name, process, requests })
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
