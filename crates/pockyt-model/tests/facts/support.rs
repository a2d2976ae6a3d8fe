//! Observations as data, made through the public ways in, and random ones of them.

use pockyt_model::operation::{Add, Cancel, Refund, TranQuery};
use pockyt_model::{Answer, Counter, Currency, Facts, Operation, PaymentNotification, Price, Reference};
use pockyt_model::{FieldError, Unreadable, operation};
use pockyt_sign::{Received, SigningKey, Verifier, algorithm};
use proptest::prelude::*;

/// One thing that is learned about a payment.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    Accepted,
    Asked { at: u64, reference: &'static str, amount: &'static str },
    Call { at: u64, order: Order },
    Cancel { order: Order },
    Dispute { at: u64 },
    Notification { at: u64, order: Order },
    Query { at: u64, order: Order, refunds: Vec<Listed> },
    Refund { at: u64, refund: Listed },
    RefundRefused { at: u64, reference: &'static str },
    SettleDispute { at: u64 },
    ToldUnpaid { at: u64 },
}

#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) number: &'static str,
    pub(crate) amount: &'static str,
    pub(crate) currency: &'static str,
    pub(crate) status: &'static str,
}

#[derive(Clone, Debug)]
pub(crate) struct Listed {
    pub(crate) number: &'static str,
    pub(crate) reference: &'static str,
    pub(crate) amount: &'static str,
    pub(crate) status: &'static str,
}

/// What no amount is.
pub(crate) const UNREADABLE: &str = "x";

pub(crate) fn order(status: &'static str) -> Order {
    Order { number: "501", amount: "10.00", currency: "USD", status }
}

pub(crate) fn listed(number: &'static str, reference: &'static str, amount: &'static str) -> Listed {
    Listed { number, reference, amount, status: "success" }
}

pub(crate) fn query(at: u64, status: &'static str, refunds: &[Listed]) -> Event {
    Event::Query { at, order: order(status), refunds: refunds.to_vec() }
}

pub(crate) fn notification(at: u64, status: &'static str) -> Event {
    Event::Notification { at, order: order(status) }
}

pub(crate) fn facts(events: &[Event]) -> Facts {
    let mut facts = Facts::default();
    for event in events {
        event.add_to(&mut facts).unwrap();
    }
    facts
}

impl Order {
    fn members(&self) -> String {
        let Self { number, amount, currency, status } = self;
        format!(
            r#""transactionNo":"{number}","amount":"{amount}","currency":"{currency}","status":"{status}""#
        )
    }

    fn notified(&self) -> PaymentNotification {
        self.notified_with(&[]).unwrap()
    }

    pub(crate) fn notified_with(&self, more: &[(&str, &str)]) -> Result<PaymentNotification, FieldError> {
        let mut pairs = vec![
            ("transactionNo", self.number),
            ("reference", "order-1"),
            ("amount", self.amount),
            ("currency", self.currency),
            ("settleCurrency", "USD"),
            ("status", self.status),
            ("time", "20260101120000"),
        ];
        pairs.extend(more);
        let key = SigningKey::from_any_text("not-a-real-token");
        let body: String = pairs.iter().map(|(n, v)| format!("{n}={v}&")).collect();
        let body = format!("{body}verifySign={}", algorithm::signature(&pairs, &key));
        let verifier = Verifier::new(key);
        let Received::Verified(message) = verifier.form(body.as_bytes()).unwrap() else {
            panic!("ambiguous")
        };
        PaymentNotification::read(&message)
    }
}

impl Listed {
    fn members(&self, number_name: &str) -> String {
        let Self { number, reference, amount, status } = self;
        format!(
            r#""{number_name}":"{number}","refundReference":"{reference}","refundAmount":"{amount}","currency":"USD","status":"{status}""#
        )
    }
}

pub(crate) fn accepted<O: Operation>(members: &str) -> O::Answer {
    let body = format!(r#"{{"result":{{{members}}},"ret_code":"000100"}}"#);
    let Answer::Accepted(answer) = O::read_answer(body.as_bytes()).unwrap() else { panic!("refused") };
    answer
}

pub(crate) fn query_answer(members: &str) -> operation::Transaction {
    accepted::<TranQuery>(members)
}

impl Event {
    pub(crate) fn add_to(&self, facts: &mut Facts) -> Result<(), Unreadable> {
        match self {
            Self::Accepted => facts.observe_accepted(),
            Self::Asked { at, reference, amount } => {
                let price = Price::new(amount, Currency::USD).unwrap();
                facts.refund_asked(Counter::new(*at), &Reference::new(*reference).unwrap(), &price)?;
            }
            Self::Call { at, order } => {
                facts.observe_call(Counter::new(*at), &accepted::<Add>(&order.members()))?;
            }
            Self::Cancel { order } => facts.observe_cancel(&accepted::<Cancel>(&order.members())),
            Self::Dispute { at } => facts.dispute(Counter::new(*at)),
            Self::Notification { at, order } => {
                facts.observe_notification(Counter::new(*at), &order.notified())?;
            }
            Self::Query { at, order, refunds } => {
                let refunds: Vec<_> =
                    refunds.iter().map(|r| format!("{{{}}}", r.members("refundTransactionId"))).collect();
                let members = format!(r#"{},"refundInfo":[{}]"#, order.members(), refunds.join(","));
                facts.observe_query(Counter::new(*at), &query_answer(&members))?;
            }
            Self::Refund { at, refund } => {
                let answer = accepted::<Refund>(&refund.members("refundTransactionNo"));
                facts.observe_refund(Counter::new(*at), &answer)?;
            }
            Self::RefundRefused { at, reference } => {
                facts.refund_refused(Counter::new(*at), &Reference::new(*reference).unwrap());
            }
            Self::SettleDispute { at } => facts.settle_dispute(Counter::new(*at)),
            Self::ToldUnpaid { at } => facts.told_unpaid(Counter::new(*at)),
        }
        Ok(())
    }

    /// The same, learned at another count.
    pub(crate) fn at(mut self, count: u64) -> Self {
        match &mut self {
            Self::Asked { at, .. }
            | Self::Call { at, .. }
            | Self::Dispute { at }
            | Self::Notification { at, .. }
            | Self::Query { at, .. }
            | Self::Refund { at, .. }
            | Self::RefundRefused { at, .. }
            | Self::SettleDispute { at }
            | Self::ToldUnpaid { at } => *at = count,
            _ => {}
        }
        self
    }
}

fn any_order() -> impl Strategy<Value = Order> {
    let status = prop_oneof![
        4 => Just("success"),
        2 => Just("closed"),
        1 => prop::sample::select(vec!["init", "dealing", "pending", "failed", "fail", "reversed", "brandNew"]),
    ];
    let other = prop_oneof![
        7 => Just(("501", "USD")),
        1 => Just(("502", "USD")),
        1 => Just(("501", "PHP")),
    ];
    let amount = prop_oneof![
        8 => prop::sample::select(vec!["10", "10.00", "10.0", "010.00"]),
        1 => Just("12"),
    ];
    (status, other, amount).prop_map(|(status, (number, currency), amount)| Order {
        number,
        amount,
        currency,
        status,
    })
}

fn any_listed() -> impl Strategy<Value = Listed> {
    let names = prop_oneof![
        3 => Just(("r1", "a")),
        3 => Just(("r2", "b")),
        1 => Just(("r1", "")),
        1 => Just(("r3", "a")),
    ];
    let status = prop_oneof![3 => Just("success"), 1 => Just("pending"), 1 => Just("failed")];
    (names, prop_oneof![6 => Just(0_usize), 1 => 0..3_usize], status).prop_map(
        |((number, reference), odd, status)| {
            let usual = if number == "r1" { ["4", "4.00", "5"] } else { ["6.0", "6", "10"] };
            Listed { number, reference, amount: usual[odd], status }
        },
    )
}

/// Now and then one that cannot be read.
fn any_in_a_list() -> impl Strategy<Value = Listed> {
    (any_listed(), prop::bool::weighted(0.1))
        .prop_map(|(refund, odd)| if odd { Listed { amount: UNREADABLE, ..refund } } else { refund })
}

pub(crate) fn any_event() -> impl Strategy<Value = Event> {
    let at = || 0..6_u64;
    let reference = || prop::sample::select(vec!["a", "b"]);
    prop_oneof![
        1 => Just(Event::Accepted),
        2 => (at(), reference(), prop::sample::select(vec!["4", "4.00", "6", "10"]))
            .prop_map(|(at, reference, amount)| Event::Asked { at, reference, amount }),
        2 => (at(), any_order()).prop_map(|(at, order)| Event::Call { at, order }),
        1 => any_order().prop_map(|order| Event::Cancel { order }),
        1 => at().prop_map(|at| Event::Dispute { at }),
        4 => (at(), any_order()).prop_map(|(at, order)| Event::Notification { at, order }),
        8 => (at(), any_order(), prop::collection::vec(any_in_a_list(), 0..3))
            .prop_map(|(at, order, refunds)| Event::Query { at, order, refunds }),
        2 => (at(), any_listed()).prop_map(|(at, refund)| Event::Refund { at, refund }),
        1 => (at(), reference()).prop_map(|(at, reference)| Event::RefundRefused { at, reference }),
        1 => at().prop_map(|at| Event::SettleDispute { at }),
        2 => at().prop_map(|at| Event::ToldUnpaid { at }),
    ]
}

pub(crate) fn any_events() -> impl Strategy<Value = Vec<Event>> {
    prop::collection::vec(any_event(), 0..8)
}

pub(crate) fn any_facts() -> impl Strategy<Value = Facts> {
    any_events().prop_map(|events| facts(&events))
}
