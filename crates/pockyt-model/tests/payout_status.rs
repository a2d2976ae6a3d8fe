//! What payouts become: their words, their order, and the laws of their facts.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

use std::collections::BTreeSet;

use pockyt_model::TransactionNo;
use pockyt_model::{
    Amount, Counter, Currency, Payment, PayoutConflict, PayoutFacts, PayoutStatus, PayoutView,
};
use proptest::prelude::*;

const WORDS: [&str; 11] = [
    "pending",
    "onhold",
    "unclaimed",
    "blocked",
    "failed",
    "success",
    "completed",
    "returned",
    "reversed",
    "refunded",
    "a-new-word",
];

type Event = (u64, &'static str, &'static str, &'static str);

fn facts(events: &[Event]) -> PayoutFacts {
    let mut facts = PayoutFacts::default();
    for (at, word, number, amount) in events {
        let number = TransactionNo::new(*number).unwrap();
        let payout = Payment::new(number, &Amount::parse(amount).unwrap(), Currency::USD).unwrap();
        facts.observe(Counter::new(*at), &PayoutStatus::from_wire(word), &payout);
    }
    facts
}

fn view(words: &[&'static str]) -> PayoutView {
    let events: Vec<Event> = words.iter().zip(1..).map(|(word, at)| (at, *word, "318", "10.00")).collect();
    facts(&events).view()
}

fn merged(a: &PayoutFacts, b: &PayoutFacts) -> PayoutFacts {
    let mut both = a.clone();
    both.merge(b);
    both
}

fn any_events() -> impl Strategy<Value = Vec<Event>> {
    let number = prop_oneof![9 => Just("318"), 1 => Just("319")];
    let amount = prop_oneof![5 => Just("10"), 5 => Just("10.00"), 1 => Just("10.01")];
    prop::collection::vec((0..4_u64, prop::sample::select(WORDS.to_vec()), number, amount), 0..5)
}

fn any_facts() -> impl Strategy<Value = PayoutFacts> {
    any_events().prop_map(|events| facts(&events))
}

#[test]
fn words_are_read_without_regard_to_case_and_new_ones_survive() {
    for (word, status) in [
        ("PENDING", PayoutStatus::Pending),
        ("onHold", PayoutStatus::OnHold),
        ("Unclaimed", PayoutStatus::Unclaimed),
        ("blocked", PayoutStatus::Blocked),
        ("FAIL", PayoutStatus::Failed),
        ("Failed", PayoutStatus::Failed),
        ("success", PayoutStatus::Success),
        ("COMPLETED", PayoutStatus::Success),
        ("Returned", PayoutStatus::Returned),
        ("reversed", PayoutStatus::Reversed),
        ("refunded", PayoutStatus::Refunded),
        ("Lost At Sea", PayoutStatus::Other("Lost At Sea".to_owned())),
    ] {
        assert_eq!(PayoutStatus::from_wire(word), status);
        assert_eq!(PayoutStatus::from_wire(status.as_str()), status);
    }
    let finals: Vec<_> = WORDS.iter().filter(|word| PayoutStatus::from_wire(word).is_final()).collect();
    assert_eq!(finals, [&"failed", &"success", &"completed", &"returned", &"reversed", &"refunded"]);
}

#[test]
fn states_follow_one_another() {
    let conflict = PayoutView::Conflict(PayoutConflict::FailedAndPaid);
    assert_eq!(view(&[]), PayoutView::Unknown);
    for open in ["pending", "onhold", "unclaimed", "blocked", "a-new-word"] {
        let status = PayoutStatus::from_wire(open);
        assert_eq!(view(&["pending", open]), PayoutView::Open(status));
        assert_eq!(view(&[open, "failed"]), PayoutView::Failed);
        assert_eq!(view(&[open, "completed", open]), PayoutView::Paid);
        assert_eq!(view(&["failed", open]), PayoutView::Failed);
    }
    for (back, news) in [
        ("returned", PayoutView::Returned),
        ("reversed", PayoutView::Reversed),
        ("refunded", PayoutView::Refunded),
    ] {
        assert_eq!(view(&["pending", "success", back]), news);
        assert_eq!(view(&[back, "success", "pending"]), news);
        assert_eq!(view(&[back]), news);
        assert_eq!(view(&["failed", back]), conflict);
    }
    assert_eq!(view(&["failed", "success"]), conflict);
    assert_eq!(view(&["success", "failed"]), conflict);
    assert_eq!(view(&["returned", "reversed", "refunded"]), PayoutView::Reversed);
}

#[test]
fn two_payouts_under_one_invoice_conflict() {
    for other in [(2, "success", "319", "10"), (2, "success", "318", "10.01")] {
        let both = facts(&[(1, "success", "318", "10"), other]);
        assert_eq!(both.view(), PayoutView::Conflict(PayoutConflict::PayoutsDiffer));
        assert_eq!(both.payout(), None);
    }
    let same = facts(&[(1, "success", "318", "10"), (2, "success", "318", "10.00")]);
    assert_eq!((same.view(), same.payout().unwrap().amount().as_str()), (PayoutView::Paid, "10"));
}

#[test]
fn the_steps_of_the_view_are_exactly_those_that_are_written_down() {
    let once = WORDS.iter().filter(|word| **word != "completed").map(|word| (1, *word, "318", "10"));
    let is_open = |word: &str| !PayoutStatus::from_wire(word).is_final();
    let later = WORDS.iter().filter(|word| is_open(word)).map(|word| (2, *word, "318", "10"));
    let other = (1, "pending", "319", "10");
    let elements: Vec<PayoutFacts> = once.chain(later).chain([other]).map(|event| facts(&[event])).collect();
    let all = 1_usize << elements.len();
    let mut sets = vec![PayoutFacts::default()];
    for set in 1..all {
        sets.push(merged(&sets[set & (set - 1)], &elements[set.trailing_zeros() as usize]));
    }
    let views: Vec<PayoutView> = sets.iter().map(PayoutFacts::view).collect();
    // Adding one fact at a time; longer steps are made of these, and the order is transitive.
    let mut seen: Vec<(PayoutView, PayoutView)> = Vec::new();
    for set in 0..all {
        for step in (0..elements.len()).map(|bit| (&views[set], &views[set | 1 << bit])) {
            if !seen.iter().any(|(from, to)| (from, to) == step) {
                seen.push((step.0.clone(), step.1.clone()));
            }
        }
    }
    let mut distinct: Vec<PayoutView> = Vec::new();
    for view in views {
        if !distinct.contains(&view) {
            distinct.push(view);
        }
    }
    let mut open = distinct.iter().filter(|view| matches!(view, PayoutView::Open(_)));
    assert_eq!((distinct.len(), open.by_ref().count()), (13, 5));
    for from in &distinct {
        for to in &distinct {
            let mut reached: Vec<&PayoutView> = vec![from];
            let mut next = 0;
            while let Some(at) = reached.get(next).copied() {
                let further = seen.iter().filter(|(a, _)| a == at).map(|(_, b)| b);
                let new: Vec<_> = further.filter(|b| !reached.contains(b)).collect();
                reached.extend(new);
                next += 1;
            }
            assert_eq!(reached.contains(&to), from.may_become(to), "{from:?} -> {to:?}");
        }
    }
}

#[test]
fn stored_payouts_have_stable_names_and_other_versions_are_refused() {
    let known = facts(&[(1, "pending", "318", "10.00"), (2, "completed", "318", "10")]);
    let text = r#"{"version":1,"payouts":[["318","10","USD"]],"reached":["success"],"open":[1,"pending"]}"#;
    assert_eq!(serde_json::to_string(&known).unwrap(), text);
    assert_eq!(serde_json::from_str::<PayoutFacts>(text).unwrap(), known);
    for (text, word) in [
        (r#"{"reached":["vanished"],"version":2}"#, "version 2"),
        (r#"{"version":1,"reached":["vanished"]}"#, "vanished"),
        (r#"{"version":1,"payouts":[["318","ten","USD"]]}"#, "amount"),
        (r#"{"version":1,"more":1}"#, "more"),
    ] {
        let error = serde_json::from_str::<PayoutFacts>(text).unwrap_err().to_string();
        assert!(error.contains(word), "{text}: {error}");
    }
}

proptest! {
    #[test]
    fn merge_is_commutative_associative_and_idempotent(a in any_facts(), b in any_facts(), c in any_facts()) {
        prop_assert_eq!(merged(&a, &b), merged(&b, &a));
        prop_assert_eq!(merged(&merged(&a, &b), &c), merged(&a, &merged(&b, &c)));
        prop_assert_eq!(merged(&a, &a), a.clone());
        prop_assert!(merged(&a, &b).includes(&a));
    }

    #[test]
    fn the_order_of_observations_does_not_matter(
        (events, shuffled) in any_events().prop_flat_map(|e| (Just(e.clone()), Just(e).prop_shuffle()))
    ) {
        prop_assert_eq!(facts(&events), facts(&shuffled));
    }

    #[test]
    fn the_view_never_goes_back(a in any_facts(), b in any_facts()) {
        let (before, after) = (a.view(), merged(&a, &b).view());
        prop_assert!(before.may_become(&after), "{before:?} -> {after:?}");
    }

    #[test]
    fn failed_and_paid_is_a_conflict_and_nothing_else_is(events in any_events()) {
        let words: BTreeSet<&str> = events.iter().map(|(_, word, _, _)| *word).collect();
        let paid = words.iter().any(|w| ["success", "completed", "returned", "reversed", "refunded"].contains(w));
        let one: BTreeSet<_> = events.iter().map(|(_, _, number, amount)| (number, amount.len() == 5 && amount.ends_with('1'))).collect();
        let expected = (words.contains("failed") && paid) || one.len() > 1;
        prop_assert_eq!(matches!(facts(&events).view(), PayoutView::Conflict(_)), expected);
    }

    #[test]
    fn stored_payouts_come_back_as_they_were(known in any_facts()) {
        let text = serde_json::to_string(&known).unwrap();
        prop_assert_eq!(serde_json::from_str::<PayoutFacts>(&text).unwrap(), known);
    }

    #[test]
    fn unknown_words_survive(text in "[a-zA-Z_-]{1,12}") {
        let status = PayoutStatus::from_wire(&text);
        if let PayoutStatus::Other(kept) = &status {
            prop_assert_eq!(kept, &text);
            prop_assert!(!status.is_final());
        } else {
            prop_assert_eq!(PayoutStatus::from_wire(&text.to_uppercase()), status);
        }
    }
}
