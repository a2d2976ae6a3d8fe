//! The simulator without sockets: histories beside MD5 alone, what an order takes, what many of them cost.
#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a bench prints, and stops when something is wrong"
)]

use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use pockyt_figures::{Figure, median};
use pockyt_mock::simulate::Simulation;
use pockyt_sign::{ApiToken, SigningKey, send};
use pockyt_sim::{Account, ApiRequest, Config, FaultProfile, Millis, Sim};

const START: Millis = Millis(1_767_225_600_000);
const TOKEN: &str = "token-of-a-simulated-merchant";
/// After this an open order closes by itself.
const TIMEOUT_MS: u64 = 7_200_000;
const ROUNDS: u64 = 30_000;
/// How often the histories and MD5 take turns, and how many histories each time.
const TURNS: usize = 11;
const PAYMENTS: u64 = 20_000;
const MANY: u64 = 1_000_000;
/// What the report calls the figures.
const MESSAGES: &str = "Signed messages a second";
const ROUND: &str = "A round";
const KEPT: &str = "Memory";

fn main() {
    // `cargo bench` says so; else somebody runs all benchmarks once to see that they run, and this one takes too
    // long for that.
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    histories();
    let few = Crowd::filled(1000, 1).cost_of_a_round();
    // What is made once, such as the journal's ring, is there by then.
    let mut many = Crowd::new(MANY, 1);
    many.make_up_to(MANY / 8);
    let before = resident();
    many.make_up_to(MANY);
    let bytes = (resident() - before) / as_f64(MANY - MANY / 8);
    println!("an open order: {bytes:.0} bytes of resident memory");
    record(Figure::of(KEPT, "an open order, resident", bytes, "bytes").at_most(300.0));
    let cost = many.cost_of_a_round();
    println!(
        "a round with 1,000 open orders {:.2} us, with 1,000,000 {:.2} us: {:.2} times",
        few * 1e6,
        cost * 1e6,
        cost / few
    );
    record(Figure::ratio(ROUND, "1,000,000 open orders / 1,000", cost / few).at_most(3.0));
    questions();
    let before = resident();
    let mut crowd = Crowd::filled(10_000, 10_000);
    let bytes = (resident() - before) / 10_000.0;
    let cost = crowd.cost_of_a_round();
    let one = Crowd::filled(10_000, 1).cost_of_a_round();
    println!(
        "a round with 10,000 orders in 10,000 namespaces {:.2} us, in one {:.2} us: {:.2} times; {bytes:.0} bytes a namespace with its order",
        cost * 1e6,
        one * 1e6,
        cost / one
    );
    record(Figure::ratio(ROUND, "10,000 namespaces / one", cost / one));
}

/// For the report, which the figures reach when it asks for them.
fn record(figure: Figure<'_>) {
    figure.record().expect("the report's file can be written to");
}

/// Signed messages a second beside what MD5 alone allows for the same messages on one thread. They take turns, a
/// ratio is taken within a round, and the median of the rounds counts.
fn histories() {
    let simulation = Simulation { payments: PAYMENTS, seed: 7, faults: FaultProfile::NONE };
    let run = |threads| simulation.run(NonZeroUsize::new(threads).expect("one or two"), &|_| {});
    let rounds: Vec<Round> = (0..TURNS)
        .map(|_| {
            let floor = simulation.md5_rate().expect("there are histories");
            let (one, two) = (run(1), run(2));
            let million = two.took.as_secs_f64() * 1e6 / as_f64(PAYMENTS);
            Round { floor, one: one.rate() / floor, two: two.rate() / floor, million }
        })
        .collect();
    let of = |what: fn(&Round) -> f64| median(rounds.iter().map(what));
    let (floor, one, two, million) = (of(|r| r.floor), of(|r| r.one), of(|r| r.two), of(|r| r.million));
    let least = rounds.iter().map(|round| round.two).fold(f64::INFINITY, f64::min);
    let most = rounds.iter().map(|round| round.two).fold(0.0, f64::max);
    println!("MD5 alone, one thread: {floor:.0} messages a second, the median of {TURNS} rounds");
    println!("simulate on one thread: {one:.3} of that");
    println!("on two: {two:.3}, from {least:.3} to {most:.3}; {million:.1} s for a million payments");
    record(Figure::ratio(MESSAGES, "one thread / MD5 on one thread", one));
    // As the program runs when it is not told otherwise: with a thread for each processor.
    record(Figure::ratio(MESSAGES, "two threads / MD5 on one thread", two).at_least(0.5));
    record(Figure::of(MESSAGES, "a million payments on two threads", million, "s").at_most(30.0));
}

struct Round {
    /// Messages a second by MD5 alone.
    floor: f64,
    /// Parts of it, on one thread and on two.
    one: f64,
    two: f64,
    /// Seconds for a million payments on two.
    million: f64,
}

/// What is kept of questions: from 10,000 to a million of them.
fn questions() {
    let mut crowd = Crowd::filled(1000, 1);
    let mut ask = |times: u64| {
        for place in 0..times {
            crowd.ask(place * 7919 % 1000);
        }
        resident()
    };
    let (early, late) = (ask(10_000), ask(MANY - 10_000));
    let more = (late - early) / 1e6;
    println!("from 10,000 questions to 1,000,000: {more:.2} MB more");
    record(Figure::of(KEPT, "growth from 10,000 questions to 1,000,000", more, "MB").at_most(5.0));
}

/// Merchants whose orders nobody pays.
struct Crowd {
    sim: Sim,
    key: SigningKey,
    now: Millis,
    open: u64,
    made: u64,
    namespaces: u64,
}

impl Crowd {
    /// So many open orders, made one after another in the time in which the first times out.
    fn filled(open: u64, namespaces: u64) -> Self {
        let mut crowd = Self::new(open, namespaces);
        crowd.make_up_to(open);
        crowd
    }

    fn new(open: u64, namespaces: u64) -> Self {
        let token = ApiToken::new(TOKEN).expect("a token that is neither empty nor padded");
        let account = |place| Account::new(merchant_no(place), "800001", &token);
        let accounts = (0..namespaces).map(account).collect();
        let sim = Sim::new(Config { accounts, ..Config::default() }, START);
        let key = SigningKey::new(&token);
        Self { sim, key, now: START, open, made: 0, namespaces }
    }

    fn make_up_to(&mut self, made: u64) {
        while self.made < made {
            self.make();
        }
    }

    /// Makes an order, at the moment at which the oldest open one times out.
    fn make(&mut self) {
        self.now = Millis(START.0 + TIMEOUT_MS * self.made / self.open);
        let reference = format!("shop-order-{:08}", self.made);
        let merchant_no = merchant_no(self.made % self.namespaces);
        self.made += 1;
        let fields = [
            ("merchantNo", merchant_no.as_str()),
            ("storeNo", "800001"),
            ("amount", "12.50"),
            ("currency", "USD"),
            ("reference", &reference),
            ("settleCurrency", "USD"),
            ("terminal", "ONLINE"),
            ("vendor", "alipay"),
        ];
        self.call("/online/v3/secure-pay", &fields);
    }

    /// Asks for one of the open orders.
    fn ask(&mut self, place: u64) {
        let number = self.made - self.open + place;
        let reference = format!("shop-order-{number:08}");
        let merchant_no = merchant_no(number % self.namespaces);
        let fields = [("merchantNo", merchant_no.as_str()), ("storeNo", "800001"), ("reference", &reference)];
        self.call("/app-data-search/v3/tran-query", &fields);
    }

    fn call(&mut self, path: &str, fields: &[(&str, &str)]) {
        let signature = send::sign(fields, &self.key).expect("fields that can be signed");
        let mut body = String::with_capacity(512);
        for (name, value) in fields {
            body.extend([*name, "=", *value, "&"]);
        }
        body.extend(["verifySign=", signature.as_str()]);
        let request = ApiRequest {
            method: "POST",
            path,
            content_type: Some("application/x-www-form-urlencoded"),
            request_id: None,
            body: body.as_bytes(),
        };
        let answer = self.sim.handle(&request, self.now);
        assert!(answer.body.windows(8).any(|code| code == b"\"000100\""), "{path} was refused");
    }

    /// The time of a round: an order is made, one closes, and one of the open ones is asked for.
    fn cost_of_a_round(&mut self) -> f64 {
        let mut best = Duration::MAX;
        for pass in 0..3 {
            let began = Instant::now();
            for round in 0..ROUNDS / 3 {
                self.make();
                let place = (pass * ROUNDS + round).wrapping_mul(0x9E37_79B9_7F4A_7C15) % self.open;
                self.ask(place);
            }
            best = best.min(began.elapsed());
        }
        best.as_secs_f64() / as_f64(ROUNDS / 3)
    }
}

fn merchant_no(place: u64) -> String {
    (900_000 + place).to_string()
}

/// Resident memory of this process, in bytes; 0 where there is no `/proc`.
fn resident() -> f64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = text.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok());
    as_f64(pages.unwrap_or_default() * 4096)
}

#[expect(clippy::cast_precision_loss, reason = "figures are printed with a few digits")]
fn as_f64(value: u64) -> f64 {
    value as f64
}
