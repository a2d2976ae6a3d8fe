//! Laws that hold for every history.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

mod support;

use std::collections::BTreeMap;
use std::time::Duration;

use pockyt_sim::{ApiRequest, CancelOfPaid, Config, FaultProfile, Profile, Schedule, Sim, Status, Wallet};
use proptest::collection::vec;
use proptest::prelude::*;
use support::{START, World, acknowledged, answered, config, deliveries};

const REFERENCES: [&str; 4] = ["a", "b", "c", "d"];
const AMOUNTS: [&str; 6] = ["0.01", "1", "5.5", "10", "13", "0"];

#[derive(Clone, Debug)]
enum Step {
    Add(usize, usize),
    Prepay(usize),
    Qrcode(usize, usize),
    Query(usize),
    Cancel(usize),
    Refund(usize, usize, u8),
    Script(usize, Wallet),
    Approve(usize),
    Decline(usize),
    Expire(usize),
    Resend(u64),
    Wait { seconds: u64, acknowledge: bool },
    Garbage(Vec<u8>),
}

fn wallet() -> impl Strategy<Value = Wallet> {
    prop_oneof![
        (0..200u64).prop_map(|s| Wallet::ConfirmAfter(Duration::from_secs(s))),
        (0..3u32).prop_map(Wallet::ConfirmAfterQueries),
        (0..200u64).prop_map(|s| Wallet::DeclineAfter(Duration::from_secs(s))),
        Just(Wallet::Never),
        Just(Wallet::ConfirmOnCancel),
        (0..200u64).prop_map(|s| Wallet::BookLate(Duration::from_secs(s))),
        Just(Wallet::Insufficient),
        Just(Wallet::ReturnAfter(Duration::from_secs(9))),
        Just(Wallet::SystemError),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let reference = || 0..REFERENCES.len();
    let amount = || 0..AMOUNTS.len();
    prop_oneof![
        (reference(), amount()).prop_map(|(r, a)| Step::Add(r, a)),
        reference().prop_map(Step::Prepay),
        (reference(), amount()).prop_map(|(r, a)| Step::Qrcode(r, a)),
        reference().prop_map(Step::Query),
        reference().prop_map(Step::Cancel),
        (reference(), amount(), 0..6u8).prop_map(|(r, a, n)| Step::Refund(r, a, n)),
        (reference(), wallet()).prop_map(|(r, w)| Step::Script(r, w)),
        (0..4usize).prop_map(Step::Approve),
        (0..4usize).prop_map(Step::Decline),
        (0..4usize).prop_map(Step::Expire),
        (0..4u64).prop_map(Step::Resend),
        (0..9000u64, any::<bool>()).prop_map(|(seconds, acknowledge)| Step::Wait { seconds, acknowledge }),
        vec(any::<u8>(), 0..40).prop_map(Step::Garbage),
    ]
}

fn play(world: &mut World, step: &Step) {
    let nth = |world: &World, index: usize| {
        world.sim.transactions().get(3 + index).map(|view| view.transaction_no.clone()).unwrap_or_default()
    };
    match step {
        Step::Add(r, a) => drop(world.add(REFERENCES[*r], AMOUNTS[*a])),
        Step::Prepay(r) => drop(world.prepay(REFERENCES[*r])),
        Step::Qrcode(r, a) => drop(world.qrcode(REFERENCES[*r], &[("amount", AMOUNTS[*a])])),
        Step::Query(r) => drop(world.query(REFERENCES[*r])),
        Step::Cancel(r) => drop(world.cancel(REFERENCES[*r])),
        Step::Refund(r, a, n) => {
            let reference = if *n == 0 { String::new() } else { format!("refund{n}") };
            world.refund(REFERENCES[*r], AMOUNTS[*a], &reference);
        }
        Step::Script(r, wallet) => world.script(REFERENCES[*r], *wallet),
        Step::Approve(n) => drop(world.sim.approve(&nth(world, *n), world.now)),
        Step::Decline(n) => drop(world.sim.decline(&nth(world, *n), world.now)),
        Step::Expire(n) => drop(world.sim.expire(&nth(world, *n), world.now)),
        Step::Resend(n) => drop(world.sim.resend(pockyt_sim::NotificationId(*n), world.now)),
        Step::Wait { seconds, acknowledge } => {
            let outcome = if *acknowledge { acknowledged() } else { answered(500, "no") };
            world.play(*seconds, &outcome);
        }
        Step::Garbage(bytes) => drop(world.send("/app-instore/v3/add", None, None, bytes)),
    }
}

fn hundredths(text: &str) -> u64 {
    text.replace('.', "").parse().unwrap()
}

/// What must hold at any time, given the statuses before.
fn check(world: &World, before: &mut BTreeMap<String, Status>) {
    for view in world.sim.transactions() {
        let refunds: u64 = view.refunds.iter().map(|refund| hundredths(&refund.refund_amount)).sum();
        assert!(refunds <= hundredths(&view.amount), "refunds above the payment: {view:?}");
        assert_eq!(refunds, hundredths(&view.refunded_amount));
        assert_eq!(
            view.payment_time.is_some(),
            view.status == Status::Success,
            "closed or paid, not both: {view:?}"
        );
        assert!(view.refunds.is_empty() || view.status == Status::Success);
        if let Some(old) = before.insert(view.transaction_no.clone(), view.status) {
            assert!(old == view.status || !old.is_final(), "{old:?} became {:?}", view.status);
        }
    }
    let mut numbers: Vec<String> = world
        .sim
        .transactions()
        .into_iter()
        .flat_map(|view| {
            view.refunds.into_iter().map(|refund| refund.refund_transaction_no).chain([view.transaction_no])
        })
        .collect();
    let count = numbers.len();
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), count, "a number was given twice");
    assert!(numbers.iter().all(|number| number.len() == 18));
}

fn schedule_of(seed: u64) -> Schedule {
    Schedule::ALL[usize::try_from(seed % 5).unwrap()]
}

fn history(seed: u64, steps: &[Step]) -> String {
    let profile = Profile { cancel_of_paid: CancelOfPaid::Reversed, ..Profile::lenient() };
    told(&mut World::with(Config { seed, schedule: schedule_of(seed), profile, ..config() }), steps)
}

/// Everything that can be seen of a history.
fn told(world: &mut World, steps: &[Step]) -> String {
    let mut answers = String::new();
    for step in steps {
        play(world, step);
        let answer = world.query("a").response;
        answers.push_str(&format!("{answer:?}"));
    }
    let (counts, next) = (world.sim.journal_counts(), world.sim.next_event());
    let (orders, sent) = (world.sim.transactions(), world.sim.notifications(None));
    format!("{}{answers}{counts:?}{next:?}{orders:?}{sent:?}", world.journal())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn money_and_statuses_stay_in_order(steps in vec(step(), 1..40)) {
        let mut world = World::new();
        let mut before = BTreeMap::new();
        for step in &steps {
            play(&mut world, step);
            check(&world, &mut before);
        }
    }

    #[test]
    fn equal_seeds_and_inputs_give_equal_bytes(seed in any::<u64>(), steps in vec(step(), 1..40)) {
        prop_assert_eq!(history(seed, &steps), history(seed, &steps));
    }

    #[test]
    fn starting_over_is_beginning(
        seed in any::<u64>(),
        before in vec(step(), 1..40),
        steps in vec(step(), 1..40),
        faults in prop::sample::select(&[FaultProfile::NONE, FaultProfile::POST, FaultProfile::FORGER]),
    ) {
        let config = Config { fault_profile: faults, journal_capacity: 100, ..config() };
        let mut again = World::with(Config { seed: !seed, schedule: Schedule::Even, ..config.clone() });
        // A refund of a paid order is too rare among the others.
        let refund = [Step::Qrcode(0, 4), Step::Approve(0), Step::Refund(0, 1, 1)];
        told(&mut again, &[&refund[..], &before].concat());
        let steps = [&refund[..], &steps].concat();
        again.sim.start_over(seed, schedule_of(seed), START);
        again.now = START;
        let mut fresh = World::with(Config { seed, schedule: schedule_of(seed), ..config });
        prop_assert_eq!(told(&mut again, &steps), told(&mut fresh, &steps));
    }

    #[test]
    fn the_schedule_delivers_at_most_nine_times_within_two_hours(
        steps in vec(step().prop_filter("by hand", |step| !matches!(step, Step::Resend(_))), 1..40),
        schedule in 0..4usize,
    ) {
        let mut world = World::with(Config { schedule: Schedule::ALL[schedule], ..config() });
        for step in &steps {
            play(&mut world, step);
        }
        world.play(50_000, &answered(500, ""));
        for notification in world.sim.notifications(None) {
            let first = notification.attempts.first().unwrap().due_at.0;
            let last = notification.attempts.last().unwrap().due_at.0;
            prop_assert!(notification.attempts.len() <= 9 && last - first <= 7_200_000);
            prop_assert!(notification.acknowledged || notification.attempts.len() == 9);
        }
    }

    #[test]
    fn no_bytes_make_it_panic(
        body in vec(any::<u8>(), 0..200),
        method in ".{0,8}",
        path in prop_oneof![
            ".{0,20}".boxed(),
            Just("/online/v3/secure-pay".to_owned()).boxed(),
            Just("/app-data-search/v3/refund".to_owned()).boxed(),
        ],
        content_type in proptest::option::of(prop_oneof![".{0,20}", Just("application/json".to_owned())]),
        request_id in proptest::option::of(".{0,10}"),
        now in any::<u64>(),
    ) {
        let mut sim = Sim::new(config(), START);
        for method in [method.as_str(), "POST"] {
            let request = ApiRequest {
                method,
                path: &path,
                content_type: content_type.as_deref(),
                request_id: request_id.as_deref(),
                body: &body,
            };
            let response = sim.handle(&request, pockyt_sim::Millis(now));
            prop_assert!(serde_json::from_slice::<serde_json::Value>(&response.body).is_ok());
            for (_, value) in &response.headers {
                prop_assert!(value.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()));
            }
        }
    }

    #[test]
    fn signed_fields_of_any_text_make_no_panic_and_one_journal_line(
        fields in proptest::collection::btree_map("[a-zA-Z]{1,12}|amount|reference|timeout|ipnUrl|callbackUrl|vendor", ".{0,30}", 0..8),
        path in 0..7usize,
    ) {
        let mut world = World::new();
        let pairs: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        world.call(pockyt_sim::catalogue::operations()[path].path, &pairs);
        let last = world.sim.journal().last().unwrap().to_json_line();
        prop_assert!(!last.contains('\n') && serde_json::from_str::<serde_json::Value>(&last).is_ok());
    }
}

#[test]
fn a_hundred_seeds_repeat_themselves_and_differ_from_one_another() {
    let steps: Vec<Step> = vec![
        Step::Qrcode(0, 4),
        Step::Add(1, 3),
        Step::Prepay(1),
        Step::Approve(0),
        Step::Refund(0, 1, 1),
        Step::Wait { seconds: 9000, acknowledge: false },
        Step::Cancel(1),
    ];
    let histories: Vec<String> = (0..100).map(|seed| history(seed, &steps)).collect();
    for (seed, first) in (0..).zip(&histories) {
        assert_eq!(&history(seed, &steps), first, "seed {seed}");
    }
    let mut distinct = histories.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), 100);
}

#[test]
fn the_journal_keeps_its_bounds_and_its_counts() {
    let mut world = World::with(Config { journal_capacity: 5, ..config() });
    for number in 0..20 {
        world.add(&number.to_string(), "1");
    }
    assert_eq!(world.sim.journal().count(), 5);
    let counts = world.sim.journal_counts();
    assert_eq!((counts.requests, counts.entries, counts.dropped, counts.status_changes), (20, 40, 35, 20));
    assert_eq!(world.sim.journal().last().unwrap().seq, 40);
    let mut silent = World::with(Config { journal_capacity: 0, ..config() });
    silent.add("a", "1");
    assert_eq!((silent.sim.journal().count(), silent.sim.journal_counts().requests), (0, 1));
}

#[test]
fn a_reset_is_a_new_simulator() {
    let mut world = World::new();
    world.script("a", Wallet::Never);
    world.paid("a", "1");
    world.wait(100);
    world.sim.reset(START);
    let mut fresh = World::new();
    world.now = START;
    for world in [&mut world, &mut fresh] {
        assert!(world.sim.scripts().is_empty() && world.sim.next_event().is_none());
        world.paid("b", "1");
        let _ = deliveries(world.sim.advance(START));
    }
    assert_eq!(world.journal(), fresh.journal());
    assert_eq!(world.sim.transactions(), fresh.sim.transactions());
    assert_eq!(world.sim.notifications(None), fresh.sim.notifications(None));
}
