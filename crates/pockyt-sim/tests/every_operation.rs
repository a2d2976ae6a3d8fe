//! Laws that hold whatever operations are called, with whatever fields.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

mod support;

use pockyt_sim::{JournalEvent, Profile, Reply, catalogue};
use proptest::collection::vec;
use proptest::prelude::*;
use support::everything::Everything;
use support::{MERCHANT, acknowledged, answered};

const BALANCE: u64 = 49_900_000;

#[derive(Clone, Debug)]
struct Step {
    operation: usize,
    /// Which field is changed, if any, and how.
    field: Option<(usize, String)>,
    /// Makes references new, so that not all are duplicates.
    fresh: u8,
    wait: u64,
    /// What the operator does to which number that was given.
    act: Option<(u8, usize)>,
}

fn step() -> impl Strategy<Value = Step> {
    let value = prop_oneof![
        Just(String::new()),
        Just("0.01".to_owned()),
        Just("99999999".to_owned()),
        Just("mock-decline".to_owned()),
        Just("mock-return".to_owned()),
        Just("mock-late".to_owned()),
        Just("mock-insufficient".to_owned()),
        ".{0,12}",
    ];
    (
        0..catalogue::operations().len(),
        prop::option::of((0..20usize, value)),
        0..6u8,
        prop_oneof![Just(0), 0..400u64, Just(8000)],
        prop::option::of((0..3u8, 0..40usize)),
    )
        .prop_map(|(operation, field, fresh, wait, act)| Step { operation, field, fresh, wait, act })
}

fn play(all: &mut Everything, step: &Step) {
    let operation = &catalogue::operations()[step.operation];
    let mut fields = all.good(operation.name);
    for (name, value) in &mut fields {
        let is_a_name =
            ["reference", "invoiceId", "autoReference", "outAuthInfoNo", "outAuthDetailNo"].contains(name);
        if is_a_name && value == "new" {
            value.push_str(&step.fresh.to_string());
        }
    }
    if let Some((position, value)) = &step.field {
        let field = operation.fields[position % operation.fields.len()];
        fields.retain(|(name, _)| *name != field.name);
        if field.name != "verifySign" {
            fields.push((field.name, value.clone()));
        }
    }
    let answer = all.send(operation.name, &fields);
    assert_ne!(answer.json["ret_msg"], "data error : path", "{} is carried out", operation.name);
    let outcome = if step.wait % 2 == 0 { acknowledged() } else { answered(500, "no") };
    if let Some((action, place)) = step.act {
        let numbers = numbers(all);
        let number = &numbers[place % numbers.len()];
        let (sim, now) = (&mut all.world.sim, all.world.now);
        let _ = match action {
            0 => sim.approve(number, now),
            1 => sim.decline(number, now),
            _ => sim.expire(number, now),
        };
        let _ = (sim.browser_return(number), sim.page(number));
    }
    all.world.play(step.wait, &outcome);
}

/// Every number that the journal knows.
fn numbers(all: &Everything) -> Vec<String> {
    let journal = all.world.sim.journal_of(MERCHANT);
    journal
        .filter_map(|entry| match &entry.event {
            JournalEvent::RecordChanged { number, .. } => Some(number.clone()),
            JournalEvent::StatusChanged { transaction_no, .. } => Some(transaction_no.clone()),
            _ => None,
        })
        .collect()
}

fn hundredths(text: &str) -> u64 {
    text.replace('.', "").parse().unwrap()
}

fn balance(all: &mut Everything) -> u64 {
    let answer = all.call("payouts-balance", &[]);
    assert_eq!((answer.code(), answer.response.reply), ("000100", Reply::Send));
    let text = answer.body().split(r#""amount":"#).nth(1).unwrap().split(',').next().unwrap();
    hundredths(text)
}

/// What is in the balance and what was paid out are always all there ever was.
fn check(all: &mut Everything) {
    let payouts = all.world.sim.payouts();
    let gone = payouts.iter().filter(|payout| ["pending", "success"].contains(&payout.status));
    let gone: u64 =
        gone.map(|payout| if payout.currency == "USD" { hundredths(&payout.amount) } else { 0 }).sum();
    assert_eq!(balance(all) + gone, BALANCE);
    for order in all.world.sim.transactions() {
        let is_whole = !order.amount.contains('.');
        let refunded: u64 = order.refunds.iter().map(|refund| hundredths(&refund.refund_amount)).sum();
        assert!(is_whole || refunded <= hundredths(&order.amount), "{order:?}");
    }
}

fn history(steps: &[Step], profile: Profile) -> String {
    let mut all = Everything::new(profile);
    for step in steps {
        play(&mut all, step);
    }
    all.world.journal()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn money_is_neither_made_nor_lost(steps in vec(step(), 1..30)) {
        let mut all = Everything::new(Profile::lenient());
        for step in &steps {
            play(&mut all, step);
            check(&mut all);
        }
    }

    #[test]
    fn equal_inputs_give_equal_journals(steps in vec(step(), 1..30)) {
        for profile in [Profile::lenient(), Profile::strict()] {
            prop_assert_eq!(history(&steps, profile.clone()), history(&steps, profile));
        }
    }
}

#[test]
fn a_repeated_request_id_is_answered_alike_by_every_operation_that_changes_something() {
    for operation in catalogue::operations() {
        let mut all = Everything::new(Profile::strict());
        let good = all.good(operation.name);
        let fields: Vec<(&str, &str)> = good.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let path = operation.path.replace("{payorNo}", &all.payor);
        let first = all.world.call_with_id(&path, &fields, Some("key"));
        all.world.wait(30);
        let second = all.world.call_with_id(&path, &fields, Some("key"));
        assert_eq!(first.code(), "000100", "{}", operation.name);
        let is_replayed = all.world.journal().lines().last().unwrap().contains(r#""replayed":true"#);
        assert_eq!(is_replayed, operation.changes, "{}", operation.name);
        if operation.changes {
            assert_eq!(first.response, second.response, "{}", operation.name);
        }
    }
}

#[test]
fn captures_of_a_hold_and_what_is_let_go_never_exceed_it() {
    let mut all = Everything::new(Profile::lenient());
    let mut taken = 0;
    for n in 0..20 {
        let (step, reference) = (format!("s{n}"), format!("r{n}"));
        let captured = all.call(
            "auth-capture",
            &[("outAuthDetailNo", &step), ("reference", &reference), ("amount", "1.30")],
        );
        taken += if captured.code() == "000100" { 130 } else { 0 };
        let freed =
            all.call("auth-unfreeze", &[("outAuthDetailNo", &format!("u{n}")), ("unfreezeAmount", "0.70")]);
        taken += if freed.code() == "000100" { 70 } else { 0 };
        assert!(taken <= 1300);
    }
    assert_eq!(taken, 1270, "what is left is less than either");
}
