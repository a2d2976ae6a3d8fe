//! Whatever the network does, a merchant who does what the errors say books each intent at most once,
//! calls nothing failed that was booked, and gives back no more than was paid.
//!
//! The mock accepts duplicate references here, so that a call which is made twice is booked twice.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use pockyt_client::{CallError, Client, ClientBuilder, Intent, Outcome};
use pockyt_mock::{BadBody, Fault, FaultKind, MockPockyt, Profile, Script, Status, TransactionView, Wallet};
use pockyt_model::operation::{Add, Prepay, Refund};
use pockyt_model::{Amount, Operation, PaymentBarcode, Price, Reference, Standing};

use crate::mock::builder;
use crate::support::{price, reference};

/// Intents whose call had no certain answer.
const AMBIGUOUS: usize = 10_000;
/// The threads that share them.
const SHARDS: usize = 2;
/// Orders that one mock keeps before the next one starts.
const RUNS_PER_MOCK: usize = 25;

/// What the merchant believes at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Belief {
    Paid,
    Unpaid,
    Unresolved,
}

struct Merchant<'a> {
    client: &'a Client,
    ambiguous: usize,
}

/// How one call ended for a merchant who does what the error says.
enum Ended {
    Done,
    Refused,
    Unknown,
}

impl Merchant<'_> {
    async fn make<O: Operation>(&mut self, call: &O, intent: &Intent) -> Ended {
        for _ in 0..3 {
            let error: CallError = match self.client.call(call).await {
                Ok(_) => return Ended::Done,
                Err(error) => error,
            };
            if error.may_have_moved_money() {
                self.ambiguous += 1;
                return match self.client.settle(intent, Duration::from_secs(4)).await {
                    // An error is an answer about another order: for a person to look at.
                    Ok(Outcome::Unresolved { last: None }) | Err(_) => Ended::Unknown,
                    Ok(_) => Ended::Done,
                };
            }
            if !error.may_retry() {
                return Ended::Refused;
            }
        }
        Ended::Refused
    }

    /// Takes the price, and gives a part of it back.
    async fn sell(&mut self, order: &Reference, price: &Price, back: &[(Reference, Price)]) -> Belief {
        let intent = Intent::payment(order.clone(), price.clone());
        match self.make(&Add::new(price.clone(), order.clone()), &intent).await {
            Ended::Refused => return Belief::Unpaid,
            Ended::Unknown => return Belief::Unresolved,
            Ended::Done => {}
        }
        let barcode = PaymentBarcode::new("286498530672949108").unwrap();
        match self.make(&Prepay::new(order.clone(), barcode), &intent).await {
            Ended::Refused => return Belief::Unpaid,
            Ended::Unknown => return Belief::Unresolved,
            Ended::Done => {}
        }
        let paid = match self.client.settle(&intent, Duration::from_secs(60)).await {
            Ok(Outcome::Final(order)) => order.standing() == Standing::Paid,
            _ => return Belief::Unresolved,
        };
        if !paid {
            return Belief::Unpaid;
        }
        for (refund, amount) in back {
            let intent = Intent::refund(order.clone(), amount.clone(), refund.clone());
            let call = Refund::new(order.clone(), amount.clone(), refund.clone());
            if matches!(self.make(&call, &intent).await, Ended::Unknown) {
                break; // nothing more is given back while one refund is open
            }
        }
        Belief::Paid
    }
}

fn any_fault(rng: &mut fastrand::Rng) -> FaultKind {
    let ms = rng.u64(1..40_000);
    let bad = [BadBody::Empty, BadBody::Html, BadBody::InvalidUtf8, BadBody::NoResult, BadBody::NotJson];
    let status = *rng.choice(&[400, 404, 429, 500, 502, 503]).unwrap();
    match rng.u32(0..13) {
        0 => FaultKind::ResetBeforeRead,
        1 => FaultKind::LoseRequest,
        2 | 3 => FaultKind::LoseReply,
        4 => FaultKind::ResetReply,
        5 => FaultKind::DelayHandling { ms },
        6 => FaultKind::DelayAnswer { ms },
        7 | 8 => FaultKind::ServerError { status, booked: rng.bool(), retry_after: rng.bool().then_some(2) },
        9 => FaultKind::TruncateBody,
        10 => FaultKind::ResetDuringBody,
        11 => FaultKind::WrongAnswer,
        _ => FaultKind::ReplaceBody(*rng.choice(&bad).unwrap()),
    }
}

fn any_wallet(rng: &mut fastrand::Rng) -> Wallet {
    match rng.u32(0..6) {
        0 => Wallet::DeclineAfter(Duration::from_secs(rng.u64(0..20))),
        1 => Wallet::Never,
        2 => Wallet::ConfirmAfterQueries(rng.u32(0..4)),
        _ => Wallet::ConfirmAfter(Duration::from_secs(rng.u64(0..30))),
    }
}

/// Plays runs until so many intents were ambiguous; calls `judge` with each merchant's belief and its orders.
/// Each shard has seeds of its own.
async fn play(
    shard: usize,
    wanted: usize,
    profile: Profile,
    setup: fn(ClientBuilder) -> ClientBuilder,
    mut judge: impl FnMut(usize, Belief, &[TransactionView]),
) {
    let mut ambiguous = 0;
    let mut seed = shard * 1_000_000;
    while ambiguous < wanted {
        let mock = MockPockyt::builder().profile(profile.clone()).journal_capacity(16).start();
        let mock = Arc::new(mock.await.unwrap());
        let client = setup(builder(&mock)).build_on(mock.transport()).unwrap();
        let mut beliefs = Vec::new();
        for _ in 0..RUNS_PER_MOCK {
            let mut rng = fastrand::Rng::with_seed(seed as u64);
            let name = format!("run-{seed}");
            mock.script(Script::new(&name, any_wallet(&mut rng))).unwrap();
            for operation in ["add", "prepay", "refund", "tran-query"] {
                if rng.u32(0..4) > 0 {
                    let fault = Fault::new(&name, any_fault(&mut rng)).operation(operation);
                    mock.fault(fault).unwrap();
                }
            }
            let back = [
                (reference(&format!("{name}-r1")), price("7.00")),
                (reference(&format!("{name}-r2")), price("6.01")),
            ];
            let mut merchant = Merchant { client: &client, ambiguous: 0 };
            let belief = merchant.sell(&reference(&name), &price("13.00"), &back).await;
            ambiguous += merchant.ambiguous;
            beliefs.push((seed, belief));
            seed += 1;
        }
        // Whatever is still held back comes now, long after everybody has given up.
        mock.advance(Duration::from_secs(3 * 60 * 60)).await;
        let mut orders: HashMap<String, Vec<TransactionView>> = HashMap::new();
        for order in mock.transactions() {
            orders.entry(order.reference.clone().unwrap_or_default()).or_default().push(order);
        }
        for (seed, belief) in beliefs {
            judge(seed, belief, orders.get(&format!("run-{seed}")).map_or(&[], Vec::as_slice));
        }
    }
}

fn accepting_duplicates() -> Profile {
    let mut profile = Profile::lenient();
    profile.refuse_duplicates = false;
    profile
}

/// What must hold of one run.
fn judge(seed: usize, belief: Belief, orders: &[TransactionView]) {
    assert!(orders.len() <= 1, "run {seed}: {} bookings of one intent", orders.len());
    let paid = orders.iter().any(|order| order.status == Status::Success);
    assert!(belief != Belief::Paid || paid, "run {seed}: believed paid and is not");
    assert!(belief != Belief::Unpaid || !paid, "run {seed}: reported failed and is paid");
    for order in orders {
        let mut names: Vec<_> = order.refunds.iter().map(|refund| &refund.refund_reference).collect();
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all, "run {seed}: one refund booked twice");
        let sum = order.refunds.iter().fold(Amount::zero(), |sum, refund| {
            sum.checked_add(&Amount::parse(&refund.refund_amount).unwrap()).unwrap()
        });
        assert!(sum <= Amount::parse("13.00").unwrap(), "run {seed}: more given back than paid");
    }
}

fn paused<T>(run: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    runtime.unwrap().block_on(run)
}

#[test]
fn at_most_one_booking_per_intent_in_ten_thousand_ambiguous_runs() {
    let shard = |shard| {
        let mut seen: HashMap<String, usize> = HashMap::new();
        paused(play(
            shard,
            AMBIGUOUS / SHARDS,
            accepting_duplicates(),
            |b| b,
            |seed, belief, orders| {
                *seen.entry(format!("{belief:?}")).or_default() += 1;
                judge(seed, belief, orders);
            },
        ));
        seen
    };
    std::thread::scope(|scope| {
        let shards: Vec<_> = (0..SHARDS).map(|number| scope.spawn(move || shard(number))).collect();
        for shard in shards {
            let seen = shard.join().unwrap();
            let each = ["Paid", "Unpaid", "Unresolved"].iter().all(|belief| seen[*belief] > 200);
            assert!(each, "the runs end in one way only: {seen:?}");
        }
    });
}

/// That the test above can fail: a client that believes the server honours its keys, and a server that
/// does not.
#[tokio::test(start_paused = true)]
async fn a_client_that_repeats_what_may_have_been_sent_books_twice() {
    let mut profile = accepting_duplicates();
    profile.honour_request_id = false;
    let mut twice = 0;
    let setup = |b: ClientBuilder| b.server_honours_request_ids(true);
    play(0, 100, profile, setup, |_, _, orders| twice += usize::from(orders.len() > 1)).await;
    assert!(twice > 3, "{twice} runs booked twice");
}
