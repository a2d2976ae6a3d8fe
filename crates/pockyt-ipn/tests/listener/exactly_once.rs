//! Whatever is delivered in whatever order, each genuine notification is dealt with exactly once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pockyt_ipn::{ConfirmPolicy, Handled, Handler, Listener, ListenerBuilder, Notice, RetryPolicy};
use pockyt_sign::SigningKey;
use pockyt_store::{Finished, InboxAdmin};
use proptest::prelude::*;

use crate::support::{
    FORM, JSON, ManualClock, Pockyt, TestInbox, fields, form, genuine, json, key, recut, signed,
};

#[derive(Clone, Debug)]
enum Event {
    Deliver(u32, Delivery),
    Advance(u64),
    CrashWhileHandling,
    PockytIsAway(bool),
    PruneWhatIsDone,
    Run,
    StoreFails(bool),
    /// The listener is started with a token, the right one or another.
    TokenIsRight(bool),
}

#[derive(Clone, Copy, Debug)]
enum Delivery {
    AsJson,
    AsSent,
    Conflicting,
    Forged,
    Recut,
    Unsigned,
    WithUnsignedEmptyFields,
}

const PAYMENTS: u32 = 4;

fn event() -> impl Strategy<Value = Event> {
    use Delivery::{AsJson, AsSent, Conflicting, Forged, Recut, Unsigned, WithUnsignedEmptyFields};
    let delivery = prop_oneof![
        4 => Just(AsSent),
        1 => Just(AsJson),
        1 => Just(Conflicting),
        1 => Just(Forged),
        1 => Just(Recut),
        1 => Just(Unsigned),
        1 => Just(WithUnsignedEmptyFields),
    ];
    prop_oneof![
        8 => (0..PAYMENTS, delivery).prop_map(|(payment, delivery)| Event::Deliver(payment, delivery)),
        3 => (0..90_000_u64).prop_map(Event::Advance),
        1 => Just(Event::CrashWhileHandling),
        1 => any::<bool>().prop_map(Event::PockytIsAway),
        1 => Just(Event::PruneWhatIsDone),
        3 => Just(Event::Run),
        1 => any::<bool>().prop_map(Event::StoreFails),
        1 => any::<bool>().prop_map(Event::TokenIsRight),
    ]
}

/// Fails so many times for each payment; counts what it did, and what was asked of it.
struct Till {
    failures_left: Mutex<BTreeMap<String, u32>>,
    paid: Mutex<BTreeMap<String, Vec<String>>>,
    hangs: AtomicBool,
}

impl Handler for Till {
    async fn handle(&self, notice: &Notice) -> Handled {
        if self.hangs.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        let payment = notice.payment().unwrap();
        let reference = payment.reference().to_string();
        if let Some(left) = self.failures_left.lock().unwrap().get_mut(&reference).filter(|left| **left > 0) {
            *left -= 1;
            return if *left % 2 == 0 { Handled::retry("bad day") } else { Handled::deferred("no order") };
        }
        let amount = payment.amount().to_string();
        self.paid.lock().unwrap().entry(reference).or_default().push(amount);
        Handled::Done
    }
}

fn body(payment: u32, delivery: Delivery) -> (Option<&'static str>, String) {
    let fields = |amount| fields(payment, amount, "success");
    match delivery {
        Delivery::AsJson => (JSON, json(&signed(fields("13")))),
        Delivery::AsSent => (FORM, genuine(payment)),
        Delivery::Conflicting => (FORM, form(&signed(fields("14.00")))),
        Delivery::Forged => (FORM, genuine(payment).replace("amount=13", "amount=99")),
        Delivery::Recut => (FORM, recut(payment)),
        Delivery::Unsigned => (FORM, form(&fields("13.00"))),
        Delivery::WithUnsignedEmptyFields => (None, format!("{}&note=&&x=", genuine(payment))),
    }
}

/// With everything confirmed by a query, or with nobody to ask.
async fn play(failures: [u32; PAYMENTS as usize], events: Vec<Event>, asks: bool) {
    let clock = ManualClock::default();
    let policy = RetryPolicy::default().attempts(1000).defer_for(Duration::MAX);
    let inbox = Arc::new(TestInbox::default());
    let pockyt =
        (0..PAYMENTS).fold(Pockyt::default(), |pockyt, payment| pockyt.with(payment, "13", "success"));
    let pockyt = Arc::new(pockyt);
    let listener = |keys: SigningKey| {
        let builder = Listener::builder(keys, Arc::clone(&inbox)).tenant("shop");
        let always = |builder: ListenerBuilder<_>| builder.confirm_policy(ConfirmPolicy::Always);
        let builder = if asks { always(builder.confirm_with(Arc::clone(&pockyt))) } else { builder };
        builder.clock(clock.clone()).retries(policy).build().unwrap()
    };
    let (right, wrong) = (listener(key()), listener(SigningKey::from_any_text("another token")));
    let mut token_is_right = true;
    let references = (0..PAYMENTS).map(|payment| format!("order-{payment}"));
    let till = Till {
        failures_left: Mutex::new(references.clone().zip(failures).collect()),
        paid: Mutex::default(),
        hangs: AtomicBool::new(false),
    };
    // Of two conflicting messages the one that came first is what is handed over, unless Pockyt says otherwise.
    let mut first: BTreeMap<String, &str> = BTreeMap::new();
    let every_payment_arrives = (0..PAYMENTS).map(|payment| Event::Deliver(payment, Delivery::AsSent));
    let end = [Event::PockytIsAway(false), Event::StoreFails(false), Event::TokenIsRight(true)]
        .into_iter()
        .chain(every_payment_arrives);
    for event in events.into_iter().chain(end) {
        let down = inbox.down.load(Ordering::SeqCst);
        let listener = if token_is_right { &right } else { &wrong };
        match event {
            Event::Advance(millis) => clock.advance(Duration::from_millis(millis)),
            Event::CrashWhileHandling => {
                till.hangs.store(true, Ordering::SeqCst);
                let crash = tokio::time::timeout(Duration::from_millis(1), listener.run_until_idle(&till));
                let _ = crash.await;
                till.hangs.store(false, Ordering::SeqCst);
            }
            Event::Deliver(payment, delivery) => {
                let (content_type, body) = body(payment, delivery);
                let reply = listener.accept(content_type, body.as_bytes()).await;
                let believed = !matches!(delivery, Delivery::Forged | Delivery::Unsigned);
                let kept = token_is_right && !down;
                assert_eq!(reply.body == "success", believed && kept, "{delivery:?}");
                let amount = match delivery {
                    Delivery::Conflicting => "14",
                    Delivery::AsJson | Delivery::AsSent | Delivery::WithUnsignedEmptyFields => "13",
                    _ => continue,
                };
                if kept {
                    first.entry(format!("order-{payment}")).or_insert(amount);
                }
            }
            Event::PockytIsAway(is_away) => pockyt.down.store(is_away, Ordering::SeqCst),
            Event::PruneWhatIsDone => {
                let _ = inbox.prune(Finished::Done, pockyt_model::UtcMillis::new(u64::MAX), 99).await;
            }
            Event::Run => assert_eq!(listener.run_until_idle(&till).await.is_err(), down),
            Event::StoreFails(fails) => inbox.down.store(fails, Ordering::SeqCst),
            Event::TokenIsRight(is_right) => token_is_right = is_right,
        }
    }
    for _ in 0..12 {
        right.run_until_idle(&till).await.unwrap();
        clock.advance(Duration::from_secs(600));
    }
    let paid = till.paid.into_inner().unwrap();
    assert_eq!(paid.keys().cloned().collect::<Vec<_>>(), references.collect::<Vec<_>>());
    for (reference, amounts) in paid {
        let [amount] = amounts.as_slice() else { panic!("{reference} was dealt with {amounts:?}") };
        assert!(amount.starts_with(if asks { "13" } else { first[&reference] }), "{reference} with {amount}");
    }
}

proptest! {
    #[test]
    fn each_genuine_notification_is_dealt_with_exactly_once(
        failures in proptest::array::uniform4(0..5_u32),
        events in proptest::collection::vec(event(), 0..40),
        asks in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.unwrap().block_on(play(failures, events, asks));
    }
}
