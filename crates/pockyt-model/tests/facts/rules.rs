//! What single facts mean, case by case.

use std::error::Error as _;
use std::slice::from_ref;
use std::time::Duration;

use pockyt_model::operation::Refund;
use pockyt_model::{ASK_AGAIN_AFTER, Amount, Conflict, Counter, Currency, Facts, Payment, PaymentView};
use pockyt_model::{TransactionNo, Unpaid, Unreadable};

use crate::support::{
    Event, Listed, Order, UNREADABLE, accepted, facts, listed, notification, order, query, query_answer,
};

pub(crate) const PAID: PaymentView = PaymentView::Paid;

pub(crate) fn view(events: &[Event]) -> PaymentView {
    facts(events).view()
}

pub(crate) fn left(events: &[Event]) -> String {
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
    let refunded = facts(&[told, paid, Event::Refund { at: 2, refund: listed("r1", "a", "4") }]);
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
fn a_reversal_of_another_number_conflicts() {
    let differ = PaymentView::Conflict(Conflict::PaymentsDiffer);
    let (paid, other) = (query(1, "success", &[]), Order { number: "502", ..order("reversed") });
    let notified = Event::Notification { at: 2, order: other.clone() };
    let queried = Event::Query { at: 2, order: other, refunds: vec![] };
    for reversed in [notified, queried] {
        assert_eq!(view(from_ref(&reversed)), PaymentView::Reversed);
        assert_eq!(view(&[paid.clone(), reversed.clone()]), differ);
        assert_eq!(view(&[query(3, "reversed", &[]), reversed.clone()]), differ);
        assert_eq!(left(&[paid.clone(), reversed.clone()]), "0");
        let numbers: Vec<String> = facts(&[reversed]).reversed().map(ToString::to_string).collect();
        assert_eq!(numbers, ["502"]);
    }
}

#[test]
fn a_message_about_a_refund_is_no_payment() {
    let paid = order("success");
    for (name, value) in [
        ("refundAmount", "20.00"),
        ("refundAmount", "0"),
        ("refundTransactionNo", "r1"),
        ("refundTransactionId", "r1"),
        ("refundYuansferId", "r1"),
        ("refundReference", "a"),
        ("refundStatus", "success"),
        ("transactionType", "refund"),
        ("transactionType", "VOID"),
        ("transactionType", "a-new-word"),
    ] {
        let error = paid.notified_with(&[(name, value)]).unwrap_err();
        assert_eq!(error.path(), name, "{value}");
    }
    for (name, value) in [("transactionType", "Payment"), ("transactionType", ""), ("refundAmount", "")] {
        assert!(paid.notified_with(&[(name, value)]).is_ok(), "{name}={value}");
    }
    for nothing in ["0", "0.00", "000"] {
        for status in ["success", "pending"] {
            let error = Order { amount: nothing, ..order(status) }.notified_with(&[]).unwrap_err();
            assert_eq!(error.path(), "amount", "{nothing}");
        }
    }
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
        ("$.result.transactionNo", whole.replace("501", "5 0 1").replace("success", "reversed")),
        ("amount", whole.replace("\"10\"", "\"0.00\"")),
        ("transactionType", format!(r#"{whole},"transactionType":"a-new-word""#)),
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
    let error: Unreadable = after.observe_refund(Counter::new(2), &accepted::<Refund>(refund)).unwrap_err();
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
    let unreadable = Listed { amount: UNREADABLE, ..listed("r1", "a", "") };
    let known = facts(&[
        query(1, "closed", &[]),
        Event::ToldUnpaid { at: 2 },
        notification(3, "success"),
        Event::Asked { at: 2, reference: "a", amount: "4.00" },
        query(4, "success", &[listed("r1", "a", "4.00")]),
        Event::Asked { at: 2, reference: "b", amount: "1" },
        Event::RefundRefused { at: 3, reference: "b" },
        query(1, "pending", &[unreadable.clone(), unreadable]),
        query(4, "success", &[Listed { status: "failed", ..listed("r2", "c", "2") }]),
        Event::Dispute { at: 5 },
        Event::SettleDispute { at: 6 },
        notification(7, "reversed"),
    ]);
    let text = concat!(
        r#"{"version":1,"pending":true,"unpaid":["closed"],"#,
        r#""paid":[{"transactionNo":"501","amount":"10","currency":"USD","firstSeen":3}],"#,
        r#""refunds":[{"number":"r1","amounts":["4"],"currencies":["USD"],"references":["a"],"state":"success"},"#,
        r#"{"number":"r2","amounts":["2"],"currencies":["USD"],"references":["c"],"failedAt":4,"state":"failed"}],"#,
        r#""refundsAsked":[{"reference":"a","amounts":["4"],"currencies":["USD"],"asked":2},"#,
        r#"{"reference":"b","amounts":["1"],"currencies":["USD"],"asked":2,"refused":3}],"#,
        r#""listRead":{"counter":4,"items":1},"listUnread":{"counter":1,"items":2},"#,
        r#""reversed":["501"],"toldUnpaid":2,"disputed":5,"disputeSettled":6,"#,
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
    for (text, plain) in
        [("0.000001", "0.000001"), ("0013.500", "13.5"), ("999999999999999.999999", "999999999999999.999999")]
    {
        assert_eq!(of(text).unwrap().amount().as_str(), plain);
    }
    for text in ["0", "0.00", "-0.00", "-0.01", "1000000000000000", "0.0000001"] {
        assert_eq!(of(text).unwrap_err().field(), "amount", "{text}");
    }
}

#[test]
fn unpaid_answers_are_asked_again() {
    let minutes: Vec<u64> = ASK_AGAIN_AFTER.iter().map(Duration::as_secs).map(|s| s / 60).collect();
    assert_eq!(minutes, [5, 120, 1440]);
}
