//! What single facts mean, case by case.

use std::error::Error as _;
use std::slice::from_ref;
use std::time::Duration;

use pockyt_model::operation::Refund;
use pockyt_model::{ASK_AGAIN_AFTER, Amount, Conflict, Counter, Currency, Facts, Payment, PaymentView};
use pockyt_model::{Reference, RefundState, TransactionNo, Unpaid, Unreadable};

use crate::support::{
    Event, Listed, Order, accepted, facts, listed, notification, order, query, query_answer,
};

const PAID: PaymentView = PaymentView::Paid;

fn view(events: &[Event]) -> PaymentView {
    facts(events).view()
}

fn left(events: &[Event]) -> String {
    facts(events).refundable().to_string()
}

#[test]
fn a_single_answer_means_what_it_says() {
    assert_eq!(view(&[]), PaymentView::Unknown);
    for open in ["init", "dealing", "pending", "PENDING", "a-new-word"] {
        assert_eq!(view(&[query(1, open, &[])]), PaymentView::Pending, "{open}");
    }
    for unpaid in ["failed", "fail", "closed"] {
        assert_eq!(view(&[query(1, unpaid, &[])]), PaymentView::Unpaid, "{unpaid}");
    }
    assert_eq!(view(&[query(1, "success", &[])]), PAID);
    assert_eq!(view(&[query(1, "reversed", &[])]), PaymentView::Reversed);
    let both = facts(&[query(1, "failed", &[]), query(2, "closed", &[])]);
    assert_eq!(both.unpaid().collect::<Vec<_>>(), [Unpaid::Closed, Unpaid::Failed]);
}

#[test]
fn only_a_query_says_unpaid() {
    for status in ["failed", "closed"] {
        assert_eq!(view(&[Event::Call { at: 1, order: order(status) }]), PaymentView::Pending);
        assert_eq!(view(&[notification(1, status)]), PaymentView::Pending);
    }
    assert_eq!(view(&[Event::Call { at: 1, order: order("success") }]), PAID);
    assert_eq!(view(&[Event::Call { at: 1, order: order("reversed") }]), PaymentView::Pending);
}

#[test]
fn the_answer_of_a_cancel_is_a_hint() {
    for status in ["closed", "success", "reversed", "failed"] {
        let hint = Event::Cancel { order: order(status) };
        assert_eq!(view(from_ref(&hint)), PaymentView::Pending, "{status}");
        assert_eq!(view(&[query(1, "success", &[]), hint]), PAID, "{status}");
    }
}

#[test]
fn what_follows_a_payment_is_succession() {
    let paid = notification(1, "success");
    assert_eq!(view(&[paid.clone(), query(2, "reversed", &[])]), PaymentView::Reversed);
    assert_eq!(view(&[paid.clone(), notification(2, "reversed")]), PaymentView::Reversed);
    let part = query(2, "success", &[listed("r1", "a", "4")]);
    assert_eq!(view(&[paid.clone(), part.clone()]), PaymentView::PartRefunded);
    let all = query(3, "success", &[listed("r1", "a", "4.00"), listed("r2", "b", "6")]);
    assert_eq!(view(&[paid.clone(), part, all]), PaymentView::Refunded);
    assert_eq!(view(&[paid.clone(), query(2, "pending", &[])]), PAID);
    assert_eq!(view(&[paid, notification(2, "pending")]), PAID);
}

#[test]
fn a_payment_after_closed_is_late_only_if_the_merchant_had_been_told_before() {
    let (closed, told) = (query(1, "closed", &[]), Event::ToldUnpaid { at: 2 });
    let paid = notification(3, "success");
    assert_eq!(view(&[closed.clone(), paid.clone()]), PAID);
    assert_eq!(view(&[closed.clone(), told.clone(), paid.clone()]), PaymentView::PaidLate);
    assert_eq!(view(&[closed, told.clone().at(4), paid.clone()]), PAID);
    assert_eq!(view(&[told.clone().at(3), paid.clone()]), PAID);
    // Told again later is still told before.
    assert_eq!(view(&[told.clone(), told.clone().at(9), paid.clone()]), PaymentView::PaidLate);
    // Known to another record before the merchant was told: not late.
    assert_eq!(view(&[told.clone(), paid.clone(), paid.clone().at(1)]), PAID);
    let refunded = facts(&[told, paid, Event::Refund { refund: listed("r1", "a", "4") }]);
    assert_eq!(refunded.view(), PaymentView::PartRefunded);
    assert!(refunded.is_late());
}

#[test]
fn two_payments_that_differ_conflict() {
    let paid = notification(1, "success");
    let others = [
        Order { number: "502", ..order("success") },
        Order { amount: "10.01", ..order("success") },
        Order { currency: "PHP", ..order("success") },
    ];
    for other in others {
        let both = facts(&[paid.clone(), Event::Notification { at: 2, order: other.clone() }]);
        assert_eq!(both.view(), PaymentView::Conflict(Conflict::PaymentsDiffer), "{other:?}");
        assert_eq!((both.payment(), both.payments().count()), (None, 2));
        assert_eq!(both.refundable(), Amount::zero());
    }
    for same in ["10", "10.0", "10.000", "010"] {
        let again = Event::Notification { at: 2, order: Order { amount: same, ..order("success") } };
        assert_eq!(facts(&[paid.clone(), again.clone()]), facts(&[again.at(1), paid.clone().at(2)]));
        assert_eq!(view(from_ref(&paid)), PAID);
    }
}

#[test]
fn a_newer_query_that_denies_the_payment_conflicts_until_it_is_explained() {
    let denied = PaymentView::Conflict(Conflict::PaymentDenied);
    let paid = notification(3, "success");
    for word in ["failed", "closed"] {
        assert_eq!(view(&[paid.clone(), query(2, word, &[])]), PAID, "older");
        assert_eq!(view(&[paid.clone(), query(3, word, &[])]), PAID, "not newer");
        assert_eq!(view(&[paid.clone(), query(4, word, &[])]), denied);
        assert_eq!(view(&[query(4, word, &[]), paid.clone()]), denied, "learned the other way round");
        assert_eq!(view(&[paid.clone(), query(4, word, &[]), query(5, "success", &[])]), PAID);
        assert_eq!(view(&[paid.clone(), query(5, "success", &[]), query(4, word, &[])]), PAID);
        assert_eq!(view(&[paid.clone(), query(4, word, &[listed("r1", "a", "10")])]), PaymentView::Refunded);
        assert_eq!(
            view(&[paid.clone(), notification(3, "reversed"), query(4, word, &[])]),
            PaymentView::Reversed
        );
    }
    // Two answers at one count: the one that raises the alarm is kept, whichever came first.
    let (yes, no) = (query(5, "success", &[]), query(5, "closed", &[]));
    assert_eq!(view(&[paid.clone(), yes.clone(), no.clone()]), denied);
    assert_eq!(view(&[paid.clone(), no, yes]), denied);

    let part = query(4, "closed", &[listed("r1", "a", "4")]);
    assert_eq!(view(&[paid.clone(), part.clone()]), PaymentView::Conflict(Conflict::RemainderDenied));
    let in_flight = Listed { status: "pending", ..listed("r1", "a", "10") };
    assert_eq!(view(&[paid, query(4, "closed", &[in_flight])]), denied);
}

#[test]
fn refunds_that_cannot_be_conflict() {
    let paid = query(1, "success", &[]);
    let refund = |number, reference, amount| Event::Refund { refund: listed(number, reference, amount) };
    let conflict = |events: &[Event]| view(&[from_ref(&paid), events].concat());
    let above = PaymentView::Conflict(Conflict::RefundsAbovePayment);
    assert_eq!(conflict(&[refund("r1", "a", "10.01")]), above);
    assert_eq!(conflict(&[refund("r1", "a", "6"), refund("r2", "b", "4.01")]), above);
    assert_eq!(conflict(&[refund("r1", "a", "6"), refund("r2", "b", "4.00")]), PaymentView::Refunded);
    let lost = view(&[query(1, "closed", &[listed("r1", "a", "10")])]);
    assert_eq!(lost, PaymentView::Conflict(Conflict::RefundWithoutPayment));

    let disagree = PaymentView::Conflict(Conflict::RefundsDisagree);
    let ask = |reference, amount| Event::Asked { reference, amount };
    assert_eq!(conflict(&[refund("r1", "a", "4"), refund("r1", "a", "5")]), disagree);
    assert_eq!(conflict(&[refund("r1", "a", "4"), refund("r1", "b", "4")]), disagree);
    assert_eq!(conflict(&[refund("r1", "a", "4"), refund("r2", "a", "4")]), disagree);
    assert_eq!(conflict(&[ask("a", "5"), refund("r1", "a", "4")]), disagree);
    assert_eq!(conflict(&[ask("a", "5"), ask("a", "4")]), disagree);
    assert_eq!(conflict(&[ask("a", "4"), refund("r1", "a", "4.00")]), PaymentView::PartRefunded);
    assert_eq!(conflict(&[refund("r1", "a", "4"), refund("r1", "a", "4.00")]), PaymentView::PartRefunded);
    assert_eq!(conflict(&[refund("r1", "a", "4"), refund("r1", "", "4")]), PaymentView::PartRefunded);
    let pesos = Event::Query { at: 1, order: Order { currency: "PHP", ..order("success") }, refunds: vec![] };
    assert_eq!(view(&[pesos, refund("r1", "a", "4")]), disagree);
}

#[test]
fn sums_of_the_largest_amounts_are_exact() {
    let text =
        |i: u32| format!(r#"{{"number":"r{i}","amounts":["999999999999999.999999"],"state":"success"}}"#);
    let refunds: Vec<_> = (0..10).map(text).collect();
    let stored = format!(
        r#"{{"version":1,"paid":[{{"transactionNo":"501","amount":"999999999999999","currency":"USD","firstSeen":1}}],"refunds":[{}]}}"#,
        refunds.join(",")
    );
    let facts: Facts = serde_json::from_str(&stored).unwrap();
    assert_eq!(facts.refunded().unwrap().as_str(), "9999999999999999.999990");
    assert_eq!(facts.view(), PaymentView::Conflict(Conflict::RefundsAbovePayment));
    assert_eq!(facts.refundable(), Amount::zero());
}

#[test]
fn what_may_still_be_refunded() {
    let paid = query(1, "success", &[]);
    let in_state = |status, amount| Event::Refund { refund: Listed { status, ..listed("r1", "a", amount) } };
    let ask = Event::Asked { reference: "a", amount: "4.00" };
    let refused = Event::RefundRefused { reference: "a" };
    let table: [(&str, &[Event]); 10] = [
        ("10", &[]),
        ("6", &[in_state("success", "4")]),
        ("6", &[in_state("pending", "4")]),
        ("6", &[in_state("a-new-word", "4")]),
        ("10", &[in_state("failed", "4")]),
        ("10", &[in_state("failed", "4"), in_state("pending", "4")]),
        ("6", &[in_state("failed", "4"), in_state("success", "4")]),
        ("6", from_ref(&ask)),
        ("10", &[ask.clone(), refused.clone()]),
        ("6", &[ask.clone(), refused, in_state("success", "4")]),
    ];
    for (expected, events) in table {
        assert_eq!(left(&[from_ref(&paid), events].concat()), expected, "{events:?}");
    }
    assert_eq!(left(&[paid.clone(), ask, in_state("success", "4")]), "6", "counted once");
    assert_eq!(left(&[]), "0");
    assert_eq!(left(&[query(1, "closed", &[])]), "0");
    assert_eq!(left(&[paid.clone(), notification(2, "reversed")]), "0");
    assert_eq!(left(&[paid, query(2, "closed", &[])]), "0", "a conflict");
}

#[test]
fn a_refund_whose_answer_was_lost_is_found_by_its_reference() {
    let state = |events: &[Event]| facts(events).refund_state(&Reference::new("a").unwrap());
    let asked = Event::Asked { reference: "a", amount: "4.00" };
    let refused = Event::RefundRefused { reference: "a" };
    let on_the_list = |status| query(2, "success", &[Listed { status, ..listed("r1", "a", "4") }]);
    assert_eq!(state(&[query(1, "success", &[listed("r2", "b", "4")])]), None);
    assert_eq!(state(from_ref(&asked)), Some(RefundState::Pending));
    assert_eq!(state(&[asked.clone(), refused.clone()]), Some(RefundState::Failed));
    assert_eq!(state(&[asked.clone(), on_the_list("success")]), Some(RefundState::Success));
    assert_eq!(state(&[asked, on_the_list("failed")]), Some(RefundState::Failed));
    assert_eq!(state(&[refused, on_the_list("pending")]), Some(RefundState::Pending));
}

#[test]
fn a_dispute_blocks_refunds_until_it_is_settled() {
    let paid = query(1, "success", &[]);
    let (opened, settled) = (Event::Dispute { at: 2 }, Event::SettleDispute { at: 3 });
    assert_eq!(left(&[paid.clone(), opened.clone()]), "0");
    assert_eq!(left(&[paid.clone(), settled.clone(), opened.clone()]), "10");
    assert_eq!(left(&[paid.clone(), opened, settled.clone(), Event::Dispute { at: 4 }]), "0");
    assert_eq!(left(&[paid, settled, Event::Dispute { at: 3 }]), "0");
}

#[test]
fn a_refund_in_a_query_has_succeeded_unless_it_says_otherwise() {
    let with = |refund: &str| {
        let mut facts = Facts::default();
        let members = format!(
            r#""transactionNo":"501","amount":10,"currency":"USD","status":"success","refundInfo":[{refund}]"#
        );
        facts.observe_query(Counter::new(1), &query_answer(&members)).unwrap();
        facts.view()
    };
    assert_eq!(with(r#"{"refundTransactionId":"r1","refundAmount":4}"#), PaymentView::PartRefunded);
    assert_eq!(with(r#"{"refundTransactionNo":"r1","refundAmount":"10.00"}"#), PaymentView::Refunded);
    assert_eq!(with(r#"{"refundTransactionId":"r1","refundAmount":4,"status":"pending"}"#), PAID);
}

#[test]
fn a_field_that_cannot_be_read_is_named_and_adds_nothing() {
    let whole = r#""transactionNo":"501","amount":"10","currency":"USD","status":"success""#;
    let table = [
        ("$.result.status", r#""amount":"10""#.to_owned()),
        ("$.result.transactionNo", whole.replace("501", "5 0 1")),
        ("$.result.amount", whole.replace("\"10\"", "\"1e1\"")),
        ("$.result.amount", whole.replace(r#","amount":"10""#, "")),
        ("amount", whole.replace("\"10\"", "-10")),
        ("amount", whole.replace("\"10\"", "\"0.0000001\"")),
        ("amount", whole.replace("\"10\"", "\"1000000000000000\"")),
        ("$.result.currency", whole.replace("USD", "usd")),
        ("transactionType", format!(r#"{whole},"transactionType":"Refund""#)),
        ("$.result.refundInfo", format!(r#"{whole},"refundInfo":"none""#)),
        ("refundInfo[0].refundTransactionId", format!(r#"{whole},"refundInfo":[{{"refundAmount":"1"}}]"#)),
        (
            "refundInfo[0].refundAmount",
            format!(r#"{whole},"refundInfo":[{{"refundTransactionId":"r1","refundAmount":"-1"}}]"#),
        ),
        (
            "$.result.refundInfo[0].refundAmount",
            format!(r#"{whole},"refundInfo":[{{"refundTransactionId":"r1"}}]"#),
        ),
    ];
    let before = facts(&[Event::ToldUnpaid { at: 1 }]);
    for (path, members) in table {
        let mut after = before.clone();
        let error = after.observe_query(Counter::new(2), &query_answer(&members)).unwrap_err();
        assert_eq!(error.path(), path, "{members}");
        assert!(error.to_string().contains(path) && error.source().is_some());
        assert_eq!(after, before, "{members}");
    }
    let mut after = before.clone();
    let refund = r#""refundTransactionNo":"r1","refundAmount":"x","currency":"USD","status":"success""#;
    let error: Unreadable = after.observe_refund(&accepted::<Refund>(refund)).unwrap_err();
    assert_eq!((error.path(), after), ("$.result.refundAmount", before.clone()));
    let mut after = before.clone();
    let huge = Event::Notification { at: 2, order: Order { amount: "9999999999999999", ..order("success") } };
    assert_eq!((huge.add_to(&mut after).unwrap_err().path(), after), ("amount", before));
}

#[test]
fn what_is_not_needed_may_be_unreadable() {
    let mut facts = Facts::default();
    facts.observe_query(Counter::new(1), &query_answer(r#""status":"closed","amount":"?""#)).unwrap();
    assert_eq!((facts.view(), facts.last_query()), (PaymentView::Unpaid, Some(Counter::new(1))));
}

#[test]
fn stored_facts_have_stable_names() {
    let known = facts(&[
        query(1, "closed", &[]),
        Event::ToldUnpaid { at: 2 },
        notification(3, "success"),
        Event::Asked { reference: "a", amount: "4.00" },
        query(4, "success", &[listed("r1", "a", "4.00")]),
        Event::Asked { reference: "b", amount: "1" },
        Event::RefundRefused { reference: "b" },
        Event::Dispute { at: 5 },
        Event::SettleDispute { at: 6 },
        notification(7, "reversed"),
    ]);
    let text = concat!(
        r#"{"version":1,"pending":true,"unpaid":["closed"],"#,
        r#""paid":[{"transactionNo":"501","amount":"10","currency":"USD","firstSeen":3}],"#,
        r#""refunds":[{"number":"r1","amounts":["4"],"currencies":["USD"],"references":["a"],"state":"success"}],"#,
        r#""refundsAsked":[{"reference":"a","amounts":["4"],"currencies":["USD"]},"#,
        r#"{"reference":"b","amounts":["1"],"currencies":["USD"],"refused":true}],"#,
        r#""reversed":true,"toldUnpaid":2,"disputed":5,"disputeSettled":6,"#,
        r#""lastQuery":{"counter":4,"said":"paid"}}"#,
    );
    assert_eq!(serde_json::to_string(&known).unwrap(), text);
    assert_eq!(serde_json::from_str::<Facts>(text).unwrap(), known);
    assert_eq!(serde_json::to_string(&Facts::default()).unwrap(), r#"{"version":1}"#);
    // A store may give the names back in another order, and literals as a person wrote them.
    let other = r#"{"paid":[{"firstSeen":3,"currency":"USD","amount":"10.00","transactionNo":"501"},
        {"firstSeen":2,"currency":"USD","amount":"10","transactionNo":"501"}],"version":1}"#;
    assert_eq!(serde_json::from_str::<Facts>(other).unwrap(), facts(&[notification(2, "success")]));
}

#[test]
fn stored_facts_that_cannot_be_taken_whole_are_refused() {
    let table = [
        (r#"{"chargebacks":[1],"pending":7,"version":2}"#, "version 2"),
        (r#"{"pending":true}"#, "no version"),
        (r#"{"version":0}"#, "ever written"),
        (r#"{"version":"1"}"#, "ever written"),
        (r#"{"version":1,"chargebacks":[]}"#, "chargebacks"),
        (r#"{"version":1,"unpaid":["lost"]}"#, "lost"),
        (
            r#"{"version":1,"paid":[{"transactionNo":"501","amount":"-1","currency":"USD","firstSeen":1}]}"#,
            "amount",
        ),
        (
            r#"{"version":1,"paid":[{"transactionNo":"501","amount":"1","currency":"usd","firstSeen":1}]}"#,
            "currency",
        ),
        (
            r#"{"version":1,"paid":[{"transactionNo":"","amount":"1","currency":"USD","firstSeen":1}]}"#,
            "transactionNo",
        ),
        (r#"{"version":1,"refunds":[{"number":"r1","amounts":[],"state":"success"}]}"#, "amount"),
    ];
    for (text, word) in table {
        let error = serde_json::from_str::<Facts>(text).unwrap_err().to_string();
        assert!(error.contains(word), "{text}: {error}");
    }
}

#[test]
fn amounts_of_a_payment_have_bounds() {
    let of = |text: &str| {
        let amount = Amount::parse(text).unwrap();
        Payment::new(TransactionNo::new("501").unwrap(), &amount, Currency::USD)
    };
    for (text, plain) in [
        ("0", "0"),
        ("-0.00", "0"),
        ("0013.500", "13.5"),
        ("999999999999999.999999", "999999999999999.999999"),
    ] {
        assert_eq!(of(text).unwrap().amount().as_str(), plain);
    }
    for text in ["-0.01", "1000000000000000", "0.0000001"] {
        assert_eq!(of(text).unwrap_err().field(), "amount", "{text}");
    }
}

#[test]
fn unpaid_answers_are_asked_again() {
    let minutes: Vec<u64> = ASK_AGAIN_AFTER.iter().map(Duration::as_secs).map(|s| s / 60).collect();
    assert_eq!(minutes, [5, 120, 1440]);
}
