//! What is given back, and what may still be.

use std::slice::from_ref;

use pockyt_model::{Amount, Conflict, Counter, Facts, PaymentView, Reference, RefundState, Standing};

use crate::rules::{PAID, left, view};
use crate::support::{
    Event, Listed, Order, UNREADABLE, facts, listed, notification, order, query, query_answer,
};

#[test]
fn refunds_that_cannot_be_conflict() {
    let paid = query(1, "success", &[]);
    let refund =
        |number, reference, amount| Event::Refund { at: 2, refund: listed(number, reference, amount) };
    let conflict = |events: &[Event]| view(&[from_ref(&paid), events].concat());
    let above = PaymentView::Conflict(Conflict::RefundsAbovePayment);
    assert_eq!(conflict(&[refund("r1", "a", "10.01")]), above);
    assert_eq!(conflict(&[refund("r1", "a", "6"), refund("r2", "b", "4.01")]), above);
    assert_eq!(conflict(&[refund("r1", "a", "6"), refund("r2", "b", "4.00")]), PaymentView::Refunded);
    let lost = view(&[query(1, "closed", &[listed("r1", "a", "10")])]);
    assert_eq!(lost, PaymentView::Conflict(Conflict::RefundWithoutPayment));

    let disagree = PaymentView::Conflict(Conflict::RefundsDisagree);
    let ask = |reference, amount| Event::Asked { at: 2, reference, amount };
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
    let in_state =
        |status, amount| Event::Refund { at: 2, refund: Listed { status, ..listed("r1", "a", amount) } };
    let ask = Event::Asked { at: 2, reference: "a", amount: "4.00" };
    let refused = Event::RefundRefused { at: 3, reference: "a" };
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
    let asked = Event::Asked { at: 2, reference: "a", amount: "4.00" };
    let refused = Event::RefundRefused { at: 3, reference: "a" };
    let on_the_list = |status| query(3, "success", &[Listed { status, ..listed("r1", "a", "4") }]);
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
fn a_refund_says_how_it_stands_in_one_way() {
    let table = [
        ("", RefundState::Success),
        (r#","status":"","refundStatus":null"#, RefundState::Success),
        (r#","status":"SUCCESS""#, RefundState::Success),
        (r#","refundStatus":"success""#, RefundState::Success),
        (r#","status":"","refundStatus":"failed""#, RefundState::Failed),
        (r#","status":"fail""#, RefundState::Failed),
        (r#","status":"closed""#, RefundState::Failed),
        (r#","status":"pending""#, RefundState::Pending),
        (r#","refundStatus":"dealing""#, RefundState::Pending),
        (r#","status":"a-new-word""#, RefundState::Pending),
        (r#","status":7"#, RefundState::Pending),
        // Two words that differ prove neither.
        (r#","status":"success","refundStatus":"failed""#, RefundState::Pending),
        (r#","status":"fail","refundStatus":"failed""#, RefundState::Failed),
    ];
    for (members, expected) in table {
        let answer = query_answer(&format!(
            r#""transactionNo":"501","amount":"10","currency":"USD","status":"success",
               "refundInfo":[{{"refundTransactionId":"r1","refundReference":"a","refundAmount":"4"{members}}}]"#
        ));
        assert_eq!(answer.refunds().unwrap()[0].state(), Ok(expected), "{members}");
        let mut facts = Facts::default();
        facts.observe_query(Counter::new(1), &answer).unwrap();
        assert_eq!(facts.refund_state(&Reference::new("a").unwrap()), Some(expected), "{members}");
        assert_eq!(facts.view() == PaymentView::PartRefunded, expected == RefundState::Success, "{members}");
    }
    let half_a_pair = query_answer(r#""refundInfo":[{"refundAmount":"4","status":"\ud800"}]"#);
    let error = half_a_pair.refunds().unwrap()[0].state().unwrap_err();
    assert_eq!(error.path(), "$.result.refundInfo[0].status");
}

#[test]
fn a_refund_that_is_asked_for_again_is_in_flight_again() {
    let paid = query(1, "success", &[]);
    let ask = |at| Event::Asked { at, reference: "a", amount: "4.00" };
    let refused = |at| Event::RefundRefused { at, reference: "a" };
    let failed = Listed { status: "failed", ..listed("r1", "a", "4") };
    let answered = |at| Event::Refund { at, refund: failed.clone() };
    let on_the_list = |at| query(at, "success", from_ref(&failed));
    let (in_flight, done) = ((Some(RefundState::Pending), "6"), (Some(RefundState::Failed), "10"));
    let table = [
        (in_flight, vec![ask(2)]),
        (done, vec![ask(2), refused(3)]),
        (in_flight, vec![ask(2), refused(3), ask(4)]),
        (in_flight, vec![ask(4), refused(3), ask(2)]),
        (done, vec![ask(2), refused(3), ask(4), refused(5)]),
        (in_flight, vec![ask(2), refused(2)]),
        (done, vec![ask(2), answered(3)]),
        (in_flight, vec![ask(2), answered(3), ask(4)]),
        // The failure that is listed later may still be the first one.
        (in_flight, vec![ask(2), answered(3), ask(4), on_the_list(5)]),
        (done, vec![ask(2), answered(3), ask(4), answered(5)]),
        (done, vec![ask(2), on_the_list(3)]),
        (in_flight, vec![ask(2), on_the_list(3), ask(4), on_the_list(5)]),
        (
            in_flight,
            vec![
                ask(2),
                answered(3),
                ask(4),
                query(5, "success", &[Listed { status: "pending", ..failed.clone() }]),
            ],
        ),
        (
            (Some(RefundState::Success), "6"),
            vec![ask(2), refused(3), ask(4), query(5, "success", &[listed("r1", "a", "4")])],
        ),
    ];
    for ((state, left), events) in table {
        let known = facts(&[from_ref(&paid), &events].concat());
        let seen = (known.refund_state(&Reference::new("a").unwrap()), known.refundable().to_string());
        assert_eq!(seen, (state, left.to_owned()), "{events:?}");
    }
}

#[test]
fn refunds_that_cannot_be_read_do_not_hide_a_payment() {
    let whole = r#""transactionNo":"501","amount":"10","currency":"USD","status":"success""#;
    let good = r#"{"refundTransactionId":"r1","refundAmount":"4"}"#;
    let (unknown, part) = (Standing::Unknown, Standing::PartRefunded);
    // A refund without a number is one for the standing, and none that facts can tell from another.
    let lists = [
        ("{}", PAID, unknown),
        ("\"[]\"", PAID, unknown),
        ("\"none\"", PAID, unknown),
        ("[7]", PAID, unknown),
        (r#"[{"refundAmount":"1"}]"#, PAID, part),
        (r#"[{"refundTransactionId":"","refundAmount":"1"}]"#, PAID, part),
        (r#"[{"refundTransactionId":"r1"}]"#, PAID, unknown),
        (r#"[{"refundTransactionId":"r1","refundAmount":""}]"#, PAID, unknown),
        (r#"[{"refundTransactionId":"r1","refundAmount":"-1"}]"#, PAID, unknown),
        (r#"[{"refundTransactionId":"r1","refundAmount":"1","currency":"dollars"}]"#, PAID, part),
        (r#"[{"refundTransactionId":"r2","refundAmount":"x"},GOOD]"#, PaymentView::PartRefunded, unknown),
    ];
    for (list, view, standing) in lists {
        let answer = query_answer(&format!(r#"{whole},"refundInfo":{}"#, list.replace("GOOD", good)));
        let mut facts = Facts::default();
        facts.observe_query(Counter::new(1), &answer).unwrap();
        assert_eq!((facts.view(), facts.refundable()), (view, Amount::zero()), "{list}");
        assert!(facts.has_unreadable_refunds() && facts.payment().is_some(), "{list}");
        assert_eq!(answer.standing(), standing, "{list}");
    }
    for list in ["", r#","refundInfo":null"#, r#","refundInfo":"""#, r#","refundInfo":[]"#] {
        let answer = query_answer(&format!("{whole}{list}"));
        let mut facts = Facts::default();
        facts.observe_query(Counter::new(1), &answer).unwrap();
        assert!(!facts.has_unreadable_refunds(), "{list}");
        assert_eq!(facts.refundable().as_str(), "10", "{list}");
    }
    let empty_names = r#"[{"refundTransactionId":"r1","refundReference":"","refundAmount":"4","currency":"","settleCurrency":""}]"#;
    let answer = query_answer(&format!(r#"{whole},"refundInfo":{empty_names}"#));
    let mut facts = Facts::default();
    facts.observe_query(Counter::new(1), &answer).unwrap();
    assert_eq!((facts.view(), facts.refundable().as_str()), (PaymentView::PartRefunded, "6"));
}

#[test]
fn an_order_with_refunds_is_not_said_to_be_unpaid() {
    let refund = |status, amount| Listed { status, ..listed("r1", "a", amount) };
    for word in ["closed", "failed"] {
        for odd in [refund("pending", "4"), refund("failed", "4"), refund("success", UNREADABLE)] {
            assert_eq!(view(&[query(1, word, from_ref(&odd))]), PaymentView::Pending, "{word} {odd:?}");
            let denied = view(&[notification(1, "success"), query(2, word, from_ref(&odd))]);
            assert_eq!(denied, PaymentView::Conflict(Conflict::PaymentDenied), "{word} {odd:?}");
        }
    }
}
