//! What else the mock promises: how soon it starts, what two hours cost, what it keeps.

use std::path::Path;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use pockyt_figures::{Figure, median};
use pockyt_mock::MockPockyt;
use pockyt_peers::Error;
use tokio::runtime::Builder;
use tower_service::Service as _;

use crate::load::{Load, Requests};
use crate::merchant::{Merchant, TRAN_QUERY, post};
use crate::process::Process;
use crate::shop::Shop;

const CONNECTIONS: usize = 64;
/// What the report calls the figures.
const TIME: &str = "Time of the mock";
const MEMORY: &str = "Memory of the mock";

/// How soon it answers: in the process, and as a program.
pub fn starts(program: &Path) -> Result<(), Error> {
    const TIMES: usize = 301;
    let runtime = Builder::new_multi_thread().enable_all().build()?;
    let (mut start, mut stop, mut bare) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let began = Instant::now();
        let mock = runtime.block_on(MockPockyt::builder().without_socket().start())?;
        bare.push(micros(began.elapsed()));
        drop(mock);
        let began = Instant::now();
        let mock = runtime.block_on(MockPockyt::start())?;
        start.push(micros(began.elapsed()));
        let began = Instant::now();
        drop(mock);
        stop.push(micros(began.elapsed()));
    }
    let (start, stop, bare) = (median(start), median(stop), median(bare));
    println!(
        "start in the process, with a socket: {start:.0} µs, drop {stop:.0} µs; without: {bare:.0} µs; medians of \
         {TIMES} (goal: start 100 µs)"
    );
    Figure::of(TIME, "start in the process", start, "µs").at_most(100.0).record()?;
    Figure::of(TIME, "the same without a socket", bare, "µs").at_most(100.0).record()?;
    let mut listening = Vec::new();
    for _ in 0..51 {
        listening.push(micros(Process::mock(program, &["--clock", "real"])?.started_in));
    }
    let worst = listening.iter().copied().fold(0.0, f64::max);
    let listening = median(listening) / 1e3;
    println!(
        "program, from exec to listening: {listening:.1} ms, at the most {:.1} ms of 51 (goal 20 ms)",
        worst / 1e3
    );
    Figure::of(TIME, "program, from exec to listening", listening, "ms").at_most(20.0).record()?;
    Ok(())
}

/// A thousand orders of which a quarter each is paid and acknowledged, paid and never acknowledged, declined
/// and acknowledged, left to time out, with everything that two hours bring.
pub fn two_hours(program: &Path) -> Result<(), Error> {
    const ORDERS: u64 = 1000;
    let shop = Shop::open()?;
    let mock = Process::mock(program, &["--clock", "manual"])?;
    let merchant = Merchant::published()?;
    let orders = (0..ORDERS).map(|number| {
        let (word, path) = match number % 4 {
            0 => ("slow", "ipn"),
            1 => ("slow", "deaf"),
            2 => ("decline", "ipn"),
            _ => ("never", "ipn"),
        };
        let url = format!("http://{}/{path}", shop.address);
        merchant.secure_pay(mock.address, &format!("order-{number}-mock-{word}"), &url)
    });
    let orders: Requests = orders.collect::<Result<Vec<_>, _>>()?.into();
    // The time-out of an order is two hours as well; its notification comes then.
    let advance: Requests = vec![post(mock.address, "/_mock/clock", r#"{"advance_ms":7260000}"#)].into();
    let mut load = Load::connect(mock.address, CONNECTIONS)?;
    let began = Instant::now();
    load.ask_each(&orders)?;
    let placed = began.elapsed();
    load.ask_each(&advance)?;
    let took = began.elapsed();
    println!(
        "{ORDERS} orders and two hours over sockets: {:.0} ms, {:.0} ms of it placing them; {} notifications \
         delivered (goal 1000 ms)",
        micros(took) / 1e3,
        micros(placed) / 1e3,
        shop.heard()
    );
    let took = micros(took) / 1e3;
    Figure::of(TIME, "1,000 orders and their two hours", took, "ms").at_most(1000.0).record()?;
    Ok(())
}

/// Ten thousand merchants at once, each with an order of the same name.
pub fn namespaces(program: &Path) -> Result<(), Error> {
    const MERCHANTS: u32 = 10_000;
    const REFERENCE: &str = "web-1";
    let numbers: Vec<String> = (0..MERCHANTS).map(|number| (500_000 + number).to_string()).collect();
    let options: Vec<String> = numbers
        .iter()
        .flat_map(|number| ["--merchant".to_owned(), format!("{number}:1:token{number}")])
        .collect();
    let mock = Process::mock(program, &options)?;
    let merchants = numbers.iter().map(|number| Merchant::new(number, "1", &format!("token{number}")));
    let merchants: Vec<Merchant> = merchants.collect::<Result<_, _>>()?;
    let before = mock.memory()?;
    let url = "http://shop.example/ipn";
    let orders = merchants.iter().map(|merchant| merchant.secure_pay(mock.address, REFERENCE, url));
    let orders: Requests = orders.collect::<Result<Vec<_>, _>>()?.into();
    let queries = merchants.iter().map(|merchant| merchant.tran_query(mock.address, REFERENCE));
    let queries: Requests = queries.collect::<Result<Vec<_>, _>>()?.into();
    let mut load = Load::connect(mock.address, CONNECTIONS)?;
    let placed = load.ask_each(&orders)?;
    let asked = load.ask_each(&queries)?;
    println!(
        "{MERCHANTS} merchants at once: listening after {:.0} ms with {:.1} MB; an order each in {:.0} ms, a query \
         each in {:.0} ms; {:.1} MB then",
        micros(mock.started_in) / 1e3,
        mega(before),
        micros(placed.took) / 1e3,
        micros(asked.took) / 1e3,
        mega(mock.memory()?),
    );
    Ok(())
}

/// Queries by the tower service, one after another on one thread.
pub fn without_socket() -> Result<(), Error> {
    const QUERIES: u32 = 100_000;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let took = runtime.block_on(async {
        let mock = MockPockyt::start().await?;
        let (_, body) = pockyt_peers::query::written()?;
        let body = Bytes::from(body);
        let mut transport = mock.transport();
        let began = Instant::now();
        for _ in 0..QUERIES {
            let request = http::Request::post(TRAN_QUERY)
                .header(http::header::CONTENT_TYPE, "application/json")
                .body(Full::new(body.clone()))?;
            let answer = transport.call(request).await?;
            let read = answer.into_body().collect().await?.to_bytes();
            if !read.starts_with(b"{\"result\"") {
                return Err("not the answer that was expected".into());
            }
        }
        Ok::<_, Error>(began.elapsed())
    })?;
    println!(
        "without a socket, on one thread: {:.2} µs a query, {:.0} a second",
        micros(took) / f64::from(QUERIES),
        f64::from(QUERIES) / took.as_secs_f64()
    );
    Figure::of(TIME, "one query without a socket", micros(took) / f64::from(QUERIES), "µs").record()?;
    Ok(())
}

/// What a million queries leave behind.
pub fn memory(program: &Path) -> Result<(), Error> {
    const FEW: usize = 10_000;
    const MANY: usize = 1_000_000;
    let mock = Process::mock(program, &["--clock", "real"])?;
    let merchant = Merchant::published()?;
    let order = merchant.secure_pay(mock.address, "web-1", "http://shop.example/ipn")?;
    let query: Requests = vec![merchant.tran_query(mock.address, "web-1")?].into();
    let mut load = Load::connect(mock.address, CONNECTIONS)?;
    load.ask_each(&vec![order].into())?;
    load.ask_times(&query, FEW)?;
    let before = mock.memory()?;
    let turn = load.ask_times(&query, MANY - FEW)?;
    let after = mock.memory()?;
    println!(
        "memory: {:.1} MB after {FEW} queries, {:.1} MB after {MANY}, in {:.0} s (goal: 5 MB more at the most)",
        mega(before),
        mega(after),
        turn.took.as_secs_f64()
    );
    let more = mega(after.saturating_sub(before));
    Figure::of(MEMORY, "from 10,000 to 1,000,000 queries", more, "MB").at_most(5.0).record()?;
    Ok(())
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

#[expect(clippy::cast_precision_loss, reason = "there are fewer than 2^52 bytes")]
fn mega(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
