//! What must hold for the facts of every payment, whatever is observed and in whatever order.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

use std::collections::BTreeSet;
use std::slice::from_ref;

use pockyt_model::{Amount, Conflict, Counter, Facts, PaymentView, RefundState};
use proptest::prelude::*;
use support::{
    Event, Listed, Order, UNREADABLE, any_event, any_events, any_facts, facts, listed, notification, order,
};
use support::{query, query_answer};

#[path = "facts/refunds.rs"]
mod refunds;
#[path = "facts/rules.rs"]
mod rules;
#[path = "facts/support.rs"]
mod support;

fn merged(a: &Facts, b: &Facts) -> Facts {
    let mut both = a.clone();
    both.merge(b);
    both
}

fn json(facts: &Facts) -> String {
    serde_json::to_string(facts).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn merge_is_commutative_associative_and_idempotent(a in any_facts(), b in any_facts(), c in any_facts()) {
        prop_assert_eq!(merged(&a, &b), merged(&b, &a));
        prop_assert_eq!(json(&merged(&a, &b)), json(&merged(&b, &a)));
        prop_assert_eq!(merged(&merged(&a, &b), &c), merged(&a, &merged(&b, &c)));
        prop_assert_eq!(merged(&a, &a), a.clone());
        prop_assert_eq!(merged(&a, &Facts::default()), a);
    }

    #[test]
    fn the_order_of_observations_does_not_matter(
        (events, shuffled) in any_events().prop_flat_map(|e| (Just(e.clone()), Just(e).prop_shuffle())),
        at in any::<prop::sample::Index>(),
    ) {
        let in_order = facts(&events);
        prop_assert_eq!(&facts(&shuffled), &in_order);
        prop_assert_eq!(json(&facts(&shuffled)), json(&in_order));
        // Nor which of two records learned it, nor whether it was learned twice.
        let (one, other) = shuffled.split_at(at.index(shuffled.len() + 1));
        prop_assert_eq!(merged(&facts(one), &facts(other)), in_order.clone());
        prop_assert_eq!(facts(&[events.clone(), shuffled].concat()), in_order);
    }

    #[test]
    fn nothing_observed_is_lost(known in any_facts(), event in any_event()) {
        let mut after = known.clone();
        event.add_to(&mut after).unwrap();
        prop_assert!(after.includes(&known));
        prop_assert!(after.includes(&facts(&[event])));
    }

    #[test]
    fn the_view_never_goes_back(a in any_facts(), b in any_facts()) {
        let (before, after) = (a.view(), merged(&a, &b).view());
        prop_assert!(before.may_become(after), "{before} -> {after}");
    }

    #[test]
    fn in_one_record_a_payment_is_late_or_not_for_ever(events in any_events()) {
        let mut facts = Facts::default();
        let mut lateness = None;
        for (event, count) in events.into_iter().zip(1..) {
            event.at(count).add_to(&mut facts).unwrap();
            if facts.payment().is_some() {
                prop_assert_eq!(*lateness.get_or_insert(facts.is_late()), facts.is_late());
            }
        }
    }

    #[test]
    fn refunds_never_give_away_more_than_the_payment(known in any_facts()) {
        let left = known.refundable();
        let open = [PaymentView::Paid, PaymentView::PaidLate, PaymentView::PartRefunded];
        if known.is_disputed() || !open.contains(&known.view()) {
            prop_assert_eq!(left, Amount::zero());
            return Ok(());
        }
        let paid = known.payment().unwrap().amount();
        let with_the_rest = known.refunded().unwrap().checked_add(&left).unwrap();
        prop_assert!(left >= Amount::zero() && with_the_rest <= *paid, "{with_the_rest} of {paid}");
    }

    #[test]
    fn asking_for_what_is_left_leaves_nothing(known in any_facts()) {
        let mut after = known.clone();
        let left = known.refundable();
        if !left.is_positive() {
            return Ok(());
        }
        let price = pockyt_model::Price::of(left, known.payment().unwrap().currency()).unwrap();
        let reference = pockyt_model::Reference::new("the-rest").unwrap();
        after.refund_asked(Counter::new(7), &reference, &price).unwrap();
        prop_assert_eq!(after.refundable(), Amount::zero());
        prop_assert_eq!(after.view(), known.view());
        after.refund_refused(Counter::new(8), &reference);
        prop_assert_eq!(after.refundable(), known.refundable());
        after.refund_asked(Counter::new(9), &reference, &price).unwrap();
        prop_assert_eq!(after.refundable(), Amount::zero());
        prop_assert_eq!(after.refund_state(&reference), Some(RefundState::Pending));
    }

    #[test]
    fn a_refund_that_is_asked_for_holds_its_money_whatever_became_of_it_before(known in any_facts()) {
        let event = Event::Asked { at: 7, reference: "a", amount: "4" };
        let mut after = known.clone();
        event.add_to(&mut after).unwrap();
        let state = after.refund_state(&pockyt_model::Reference::new("a").unwrap());
        prop_assert!(matches!(state, Some(RefundState::Pending | RefundState::Success)), "{state:?}");
        prop_assert!(after.refundable() <= known.refundable());
        if known.payment().is_some_and(|paid| paid.amount().as_str() == "10") {
            prop_assert!(after.refundable() <= Amount::parse("6").unwrap());
        }
    }

    #[test]
    fn refunds_that_cannot_be_read_block_refunds_until_they_can(
        known in any_facts(),
        word in prop::sample::select(vec!["success", "closed", "pending", "a-new-word"]),
    ) {
        let listed = |amount, status| [Listed { status, ..listed("r9", "z", amount) }];
        let mut after = known.clone();
        query(6, word, &listed(UNREADABLE, "failed")).add_to(&mut after).unwrap();
        prop_assert!(after.has_unreadable_refunds());
        prop_assert_eq!(after.refundable(), Amount::zero());
        let [r9] = listed("1", "failed");
        let (r8, r7) = (Listed { number: "r8", reference: "y", ..r9.clone() }, Listed { number: "r7", reference: "x", ..r9.clone() });
        // At least as long as every list before it.
        let readable = query(8, "success", &[r7, r8, r9]);
        readable.clone().at(6).add_to(&mut after).unwrap();
        prop_assert!(after.has_unreadable_refunds(), "not newer");
        query(7, "success", &[]).add_to(&mut after).unwrap();
        prop_assert_eq!(after.refundable(), Amount::zero(), "it is not listed at all");
        readable.add_to(&mut after).unwrap();
        prop_assert!(!after.has_unreadable_refunds());
        // As if it had always been readable.
        let mut expected = merged(&known, &facts(&[readable.clone().at(6), query(7, "success", &[]), readable]));
        query(6, "success", &listed("1", "failed")).add_to(&mut expected).unwrap();
        prop_assert_eq!(after.refundable(), expected.refundable());
    }

    #[test]
    fn a_dispute_leaves_the_view(known in any_facts(), at in 0..6_u64) {
        let mut after = known.clone();
        after.dispute(Counter::new(at));
        prop_assert_eq!(after.view(), known.view());
        after.dispute(Counter::new(6));
        prop_assert_eq!(after.view(), known.view());
        prop_assert!(after.is_disputed());
    }

    #[test]
    fn stored_facts_come_back_as_they_were(known in any_facts()) {
        let text = json(&known);
        let back: Facts = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(json(&back), text);
        prop_assert_eq!(back, known);
    }

    #[test]
    fn one_answer_means_what_its_standing_says(event in any_event()) {
        use pockyt_model::Standing;
        let Event::Query { order: Order { number, amount, currency, status }, refunds, .. } = &event else {
            return Ok(());
        };
        let numbers: BTreeSet<_> = refunds.iter().flat_map(|refund| [refund.number, refund.reference]).collect();
        prop_assume!(numbers.len() == 2 * refunds.len() && *currency == "USD");
        let list: Vec<_> = refunds
            .iter()
            .map(|r| {
                let Listed { number, amount, status, .. } = r;
                format!(r#"{{"refundTransactionId":"{number}","refundAmount":"{amount}","status":"{status}"}}"#)
            })
            .collect();
        let answer = query_answer(&format!(
            r#""transactionNo":"{number}","amount":"{amount}","currency":"{currency}","status":"{status}","refundInfo":[{}]"#,
            list.join(",")
        ));
        let facts = facts(from_ref(&event));
        if refunds.iter().any(|refund| refund.amount == UNREADABLE) {
            prop_assert_eq!(answer.standing(), Standing::Unknown);
            prop_assert!(facts.has_unreadable_refunds() && facts.view() != PaymentView::Unpaid);
            return Ok(());
        }
        let standing = match facts.view() {
            PaymentView::Conflict(_) => Standing::Conflict,
            PaymentView::Paid => Standing::Paid,
            PaymentView::PartRefunded => Standing::PartRefunded,
            PaymentView::Pending => Standing::Open,
            PaymentView::Refunded => Standing::Refunded,
            PaymentView::Reversed => Standing::Reversed,
            PaymentView::Unpaid => Standing::Unpaid,
            other => panic!("one query made {other}"),
        };
        // An order that is still open has refunds only by mistake; facts call that a conflict.
        prop_assume!(answer.standing() != Standing::Open || refunds.is_empty());
        prop_assert_eq!(standing, answer.standing());
    }
}

const VIEWS: [PaymentView; 14] = [
    PaymentView::Unknown,
    PaymentView::Pending,
    PaymentView::Unpaid,
    PaymentView::Conflict(Conflict::RefundWithoutPayment),
    PaymentView::Paid,
    PaymentView::PaidLate,
    PaymentView::Conflict(Conflict::PaymentDenied),
    PaymentView::PartRefunded,
    PaymentView::Conflict(Conflict::RemainderDenied),
    PaymentView::Refunded,
    PaymentView::Reversed,
    PaymentView::Conflict(Conflict::RefundsAbovePayment),
    PaymentView::Conflict(Conflict::RefundsDisagree),
    PaymentView::Conflict(Conflict::PaymentsDiffer),
];

/// One elementary observation of every sort, so that all sets of them reach every view.
fn elements() -> Vec<Facts> {
    let other_order = Order { number: "502", ..order("success") };
    let events = [
        Event::Accepted,
        query(3, "closed", &[]),
        query(5, "closed", &[]),
        query(6, "success", &[]),
        notification(2, "success"),
        notification(4, "success"),
        Event::Notification { at: 4, order: other_order },
        Event::ToldUnpaid { at: 3 },
        Event::Refund { at: 4, refund: listed("r1", "a", "4.00") },
        Event::Refund { at: 4, refund: listed("r2", "b", "6.00") },
        Event::Refund { at: 4, refund: listed("r3", "c", "6.00") },
        Event::Refund { at: 4, refund: listed("r1", "a", "4.01") },
        notification(4, "reversed"),
        Event::Notification { at: 4, order: Order { number: "502", ..order("reversed") } },
        query(5, "closed", &[Listed { amount: UNREADABLE, ..listed("r1", "a", "") }]),
    ];
    events.iter().map(|event| facts(from_ref(event))).collect()
}

#[test]
fn the_steps_of_the_view_are_exactly_those_that_are_written_down() {
    let elements = elements();
    let all = 1_usize << elements.len();
    let mut sets: Vec<Facts> = vec![Facts::default()];
    for set in 1..all {
        let first = set.trailing_zeros() as usize;
        let known = merged(&sets[set & (set - 1)], &elements[first]);
        sets.push(known);
    }
    let place = |facts: &Facts| VIEWS.iter().position(|view| *view == facts.view()).unwrap();
    let views: Vec<usize> = sets.iter().map(place).collect();
    let mut seen = [[false; VIEWS.len()]; VIEWS.len()];
    for (set, view) in views.iter().enumerate() {
        // Every set that has this one as a part.
        let missing = !set & (all - 1);
        let mut added = missing;
        loop {
            seen[*view][views[set | added]] = true;
            if added == 0 {
                break;
            }
            added = (added - 1) & missing;
        }
    }
    for (row, from) in seen.iter().zip(VIEWS) {
        for (seen, to) in row.iter().zip(VIEWS) {
            assert_eq!(*seen, from.may_become(to), "{from} -> {to}");
        }
    }
}

#[test]
fn the_order_of_views_is_a_preorder() {
    for a in VIEWS {
        assert!(a.may_become(a), "{a}");
        for b in VIEWS {
            for c in VIEWS {
                let both = a.may_become(b) && b.may_become(c);
                assert!(!both || a.may_become(c), "{a} -> {b} -> {c}");
            }
        }
    }
}

#[test]
fn money_once_seen_is_never_unseen() {
    let before_money = [PaymentView::Unknown, PaymentView::Pending, PaymentView::Unpaid];
    for view in VIEWS.into_iter().filter(|view| !before_money.contains(view)) {
        for earlier in before_money {
            assert!(!view.may_become(earlier), "{view} -> {earlier}");
        }
    }
}
