//! What came is compared with what the merchant expects.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pockyt_ipn::{Expectation, LookupError, OrderName, RetryPolicy, UnknownOrder};
use pockyt_model::{Amount, Currency, NotificationKind, Price};
use pockyt_store::{Doubt, Inbox, InboxAdmin, Quarantine, State, StoredNotice};

use crate::support::{
    FORM, Ledger, ManualClock, TestListener, builder, fields, form, genuine, of_kind, signed, states,
};

const SECOND: Duration = Duration::from_secs(1);

fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

/// Expects this of order 1, and knows no other.
fn only_one(order: &OrderName, expected: &Expectation) -> Option<Expectation> {
    let is_one = matches!(order, OrderName::Payment(reference) if reference.as_str() == "order-1");
    is_one.then(|| expected.clone())
}

fn listener(expected: Expectation) -> TestListener {
    let orders = move |order: OrderName| {
        let known = only_one(&order, &expected);
        async move { Ok::<_, LookupError>(known) }
    };
    builder(&Arc::default()).expect(orders).build().unwrap()
}

async fn told(listener: &TestListener, message: Vec<(String, String)>) -> usize {
    assert_eq!(listener.accept(FORM, form(&signed(message)).as_bytes()).await.body, "success");
    let ledger = Ledger::default();
    listener.run_until_idle(&ledger).await.unwrap();
    ledger.notices().len()
}

async fn quarantined(listener: &TestListener) -> Vec<StoredNotice> {
    listener.inbox().list(State::Quarantined, None, 9).await.unwrap()
}

#[tokio::test]
async fn the_amount_is_exact_or_within_the_tip_and_the_currency_is_the_same() {
    let usd = Currency::USD;
    let exact = || Expectation::exactly(amount("13"), usd);
    let tipped = || exact().with_tip_up_to(amount("2.50"));
    let rows = [
        (exact(), "13.00", true),
        (exact(), "12.99", false),
        (exact(), "13.01", false),
        (Expectation::of_price(&Price::new("13.00", usd).unwrap()), "13", true),
        (tipped(), "13", true),
        (tipped(), "15.50", true),
        (tipped(), "15.51", false),
        (tipped(), "12.99", false),
        (Expectation::exactly(amount("13"), Currency::PHP), "13.00", false),
        (Expectation::exactly(amount("13"), Currency::PHP).with_tip_up_to(amount("99")), "13.00", false),
        // The settlement currency is an alarm and no more.
        (exact().settled_in(Currency::PHP), "13.00", true),
    ];
    for (expected, came, fits) in rows {
        let about = format!("{came} for {expected:?}");
        let listener = listener(expected);
        let mut message = fields(1, came, "success");
        message.push(("settleCurrency".into(), "USD".into()));
        assert_eq!(told(&listener, message).await, usize::from(fits), "{about}");
        let kept = quarantined(&listener).await;
        assert_eq!(kept.len(), usize::from(!fits), "{about}");
        assert_eq!(
            (listener.counts().set_aside, listener.counts().retried),
            (u64::from(!fits), 0),
            "{about}"
        );
        for notice in kept {
            let Some(Quarantine::Doubt(Doubt::Mismatch { problem })) = notice.quarantine else {
                panic!("{about}")
            };
            assert!(problem.contains("was expected"), "{problem}");
        }
    }
}

#[tokio::test]
async fn an_unknown_order_is_waited_for_or_handed_over_by_setting() {
    let orders = Arc::new(Mutex::new(Vec::<String>::new()));
    let known = Arc::clone(&orders);
    let lookup = move |order: OrderName| {
        let OrderName::Payment(reference) = order else { panic!("{order:?}") };
        let known = known.lock().unwrap().iter().any(|order| order == reference.as_str());
        async move { Ok(known.then(|| Expectation::exactly(amount("13"), Currency::USD))) }
    };
    let clock = ManualClock::default();
    let listener = builder(&Arc::default()).clock(clock.clone()).expect(lookup.clone()).build().unwrap();
    assert_eq!(told(&listener, fields(1, "13", "success")).await, 0);
    assert_eq!(states(listener.inbox().counts().await.unwrap()), [0, 0, 0, 0, 1]);
    let waiting = listener.inbox().list(State::Waiting, None, 1).await.unwrap().remove(0);
    assert_eq!((waiting.last_reason.as_deref(), waiting.deferrals), (Some("no such order yet"), 1));
    orders.lock().unwrap().push("order-1".into());
    clock.advance(SECOND);
    let ledger = Ledger::default();
    assert_eq!(listener.run_until_idle(&ledger).await.unwrap(), 1);
    assert_eq!(ledger.notices().len(), 1);

    let accepting =
        builder(&Arc::default()).expect(lookup).unknown_orders(UnknownOrder::Accept).build().unwrap();
    assert_eq!(told(&accepting, fields(2, "1", "success")).await, 1);
}

#[tokio::test]
async fn a_failing_lookup_is_a_failed_attempt() {
    let fails = Arc::new(AtomicBool::new(true));
    let down = Arc::clone(&fails);
    let lookup = move |_: OrderName| {
        let down = down.load(Ordering::SeqCst);
        async move { if down { Err(LookupError::from("no database")) } else { Ok(None) } }
    };
    let clock = ManualClock::default();
    let listener = builder(&Arc::default())
        .clock(clock.clone())
        .retries(RetryPolicy::default().attempts(3))
        .expect(lookup)
        .unknown_orders(UnknownOrder::Accept)
        .build()
        .unwrap();
    assert_eq!(told(&listener, fields(1, "13", "success")).await, 0);
    let waiting = listener.inbox().list(State::Waiting, None, 1).await.unwrap().remove(0);
    let reason = "the order could not be looked up: no database";
    assert_eq!((waiting.last_reason.as_deref(), waiting.failures), (Some(reason), 1));
    fails.store(false, Ordering::SeqCst);
    clock.advance(SECOND);
    let ledger = Ledger::default();
    listener.run_until_idle(&ledger).await.unwrap();
    assert_eq!(ledger.notices().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_lookup_that_hangs_is_cut_off_and_tried_again() {
    let lookup = |_: OrderName| std::future::pending::<Result<Option<Expectation>, LookupError>>();
    let listener = builder(&Arc::default()).expect(lookup).build().unwrap();
    let started = tokio::time::Instant::now();
    assert_eq!(told(&listener, fields(1, "13", "success")).await, 0);
    assert_eq!(started.elapsed(), Duration::from_millis(7500), "an eighth of the lease");
    assert_eq!(listener.counts().retried, 1);
}

#[tokio::test]
async fn payouts_are_compared_by_their_invoice_and_triggers_are_not_asked_about() {
    let lookup = |order: OrderName| async move {
        assert!(matches!(&order, OrderName::Payout(invoice) if invoice.as_str() == "invoice-1"), "{order:?}");
        Ok(Some(Expectation::exactly(Amount::parse("60").unwrap(), Currency::USD)))
    };
    for kind in NotificationKind::ALL.into_iter().filter(|kind| *kind != NotificationKind::Payment) {
        let listener = builder(&Arc::default()).kind(kind).expect(lookup).build().unwrap();
        assert_eq!(told(&listener, of_kind(kind)).await, 1, "{kind}");
    }
    let listener = builder(&Arc::default()).kind(NotificationKind::Payout).expect(lookup).build().unwrap();
    let mut other = of_kind(NotificationKind::Payout);
    other[0].1 = "600.00".into();
    assert_eq!(told(&listener, other).await, 0);
}

#[tokio::test]
async fn whoever_releases_a_mismatch_takes_it_upon_himself() {
    let listener = listener(Expectation::exactly(amount("50"), Currency::USD));
    assert_eq!(listener.accept(FORM, genuine(1).as_bytes()).await.body, "success");
    let ledger = Ledger::default();
    listener.run_until_idle(&ledger).await.unwrap();
    let id = listener.quarantined(None, 9).await.unwrap()[0].id;
    assert!(listener.release(id, "it was a voucher", pockyt_store::Mode::Apply).await.unwrap().is_moved());
    listener.run_until_idle(&ledger).await.unwrap();
    let [notice] = &ledger.notices()[..] else { panic!("not handed over once") };
    assert!(notice.was_released() && !notice.is_confirmed());
    assert_eq!(notice.payment().unwrap().amount().as_str(), "13.00");
}
