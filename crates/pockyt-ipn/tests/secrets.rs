#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

//! No secret and no body is ever written down but in the store.

use std::fmt::{Debug, Write};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pockyt_ipn::{
    Expectation, Handled, IpnRouter, LookupError, Notice, OrderName, Retention, SealKey, SealedTerms, Sealer,
};
use pockyt_model::{Amount, AutoReference, Currency};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

#[allow(dead_code, reason = "shared with the other tests, which need more of it")]
#[path = "listener/support.rs"]
mod support;

use self::support::{
    FORM, Ledger, ManualClock, Pockyt, TOKEN, builder, fields, form, genuine, key, recut, signed,
};

/// The lower-case hex MD5 of the token, by `md5sum`.
const KEY: &str = "b6d99cccbd7c137d696cb8eec4203ea6";

const NOTE: &str = "a personal note";

const SEAL_KEY: &[u8; 32] = b"canary-seal-key-canary-seal-key-";

/// Everything that any event says.
#[derive(Clone, Default)]
struct Ears(Arc<Mutex<String>>);

struct Text<'a>(&'a mut String);

impl Visit for Text<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, "{}={value:?} ", field.name()).unwrap();
    }
}

impl Subscriber for Ears {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut Text(&mut self.0.lock().unwrap()));
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut Text(&mut self.0.lock().unwrap()));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Text(&mut self.0.lock().unwrap()));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// Lets everything happen that is reported, and gathers the `Debug` of everything public.
async fn a_full_day(shown: &mut String) {
    let inbox = Arc::default();
    shown.push_str(&format!("{:?}", builder(&inbox)));
    let listener = builder(&inbox).build().unwrap();
    let mut noted = fields(1, "13.00", "success");
    noted.push(("note".into(), NOTE.into()));
    let noted = form(&signed(noted));
    let forged = noted.replace("amount=13", "amount=99");
    let conflicting = form(&signed(fields(1, "14.00", "success")));
    let malformed = format!("{noted}&amount=1");
    for body in
        [&noted, &noted, &forged, &conflicting, &malformed, &recut(2), &genuine(2), &genuine(3), &genuine(4)]
    {
        let reply = listener.accept(FORM, body.as_bytes()).await;
        shown.push_str(&format!("{reply:?}"));
    }
    inbox.down.store(true, Ordering::SeqCst);
    shown.push_str(&format!("{:?}", listener.accept(FORM, genuine(5).as_bytes()).await));
    shown.push_str(&format!("{:?}", listener.run_until_idle(&|_: Notice| async { Handled::Done }).await));
    inbox.down.store(false, Ordering::SeqCst);
    let notices = Mutex::new(String::new());
    let handler = |notice: Notice| {
        notices.lock().unwrap().push_str(&format!("{notice:?}"));
        let reference = notice.payment().unwrap().reference().as_str().to_owned();
        async move {
            match reference.as_str() {
                "order-1" => Handled::Done,
                "order-2" => Handled::retry(TOKEN),
                "order-3" => Handled::deferred(TOKEN),
                _ => Handled::dead(TOKEN),
            }
        }
    };
    assert_eq!(listener.run_until_idle(&handler).await.unwrap(), 4);
    listener.accept(FORM, genuine(5).as_bytes()).await;
    *inbox.body_on_claim.lock().unwrap() = Some(forged);
    listener.run_until_idle(&handler).await.unwrap();
    assert!(listener.counts().unreadable > 0);
    a_day_of_doubts(shown).await;
    shown.push_str(&notices.into_inner().unwrap());
    shown.push_str(&format!("{listener:?} {:?} {:?} {:?}", listener.service(), listener.counts(), key()));
}

/// The same for seals, expectations and confirmations.
async fn a_day_of_doubts(shown: &mut String) {
    let (inbox, clock) = (Arc::default(), ManualClock::default());
    let pockyt = Pockyt::default().with(1, "13.00", "success").with(2, "12.00", "success");
    let pockyt = Arc::new(pockyt.with(4, "13.00", "success"));
    let sealer = Sealer::new("production", SealKey::new(*SEAL_KEY));
    let expected = |_: OrderName| async {
        let exactly = Expectation::exactly(Amount::parse("13").unwrap(), Currency::USD);
        Ok::<_, LookupError>(Some(exactly.settled_in(Currency::PHP)))
    };
    let builder = builder(&inbox).clock(clock.clone()).sealer(sealer.clone()).expect(expected);
    let listener = builder.confirm_with(Arc::clone(&pockyt)).build().unwrap();
    let mut noted = fields(1, "13.00", "success");
    noted.extend([("note".into(), NOTE.into()), ("settleCurrency".into(), "USD".into())]);
    for body in [form(&signed(noted)), recut(2), genuine(3)] {
        listener.accept_sealed(FORM, body.as_bytes(), Some(&"0".repeat(32))).await;
        shown.push_str(&format!("{:?}", listener.accept(FORM, body.as_bytes()).await));
    }
    let ledger = Ledger::default();
    pockyt.down.store(true, Ordering::SeqCst);
    listener.run_until_idle(&ledger).await.unwrap();
    pockyt.down.store(false, Ordering::SeqCst);
    clock.advance(Duration::from_secs(3600));
    listener.run_until_idle(&ledger).await.unwrap();
    listener.accept(FORM, genuine(4).as_bytes()).await;
    let stuck = |_: Notice| std::future::pending::<Handled>();
    let _ = tokio::time::timeout(Duration::from_millis(1), listener.run_until_idle(&stuck)).await;
    clock.advance(Duration::from_secs(3600));
    listener.run_until_idle(&ledger).await.unwrap();
    let pruned = listener.prune_until(Retention::default(), Duration::from_secs(3600), async {
        tokio::task::yield_now().await;
    });
    pruned.await;
    let terms = SealedTerms::mandate(&AutoReference::new("a-1").unwrap());
    shown.push_str(&format!(
        "{sealer:?} {terms:?} {listener:?} {:?} {:?}",
        ledger.notices(),
        IpnRouter::default().with(listener.clone())
    ));
}

#[test]
fn no_token_key_signature_or_body_is_shown_or_logged() {
    let ears = Ears::default();
    let mut shown = String::new();
    // For the whole process, since a scoped one may miss events that another thread came upon first.
    tracing::subscriber::set_global_default(ears.clone()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(a_full_day(&mut shown));
    let logged = ears.0.lock().unwrap().clone();
    let events =
        ["recorded", "duplicate", "conflict", "quarantined", "refused", "store failed", "done", "retried"];
    let doubts = ["unsealed", "confirmed", "not confirmed", "cannot be confirmed", "settle currency differs"];
    let others = ["deferred", "dead", "unreadable", "lease taken over", "pruned"];
    for event in events.iter().chain(&others).chain(&doubts) {
        assert!(logged.contains(&format!("message=ipn {event} ")), "ipn {event} is not among\n{logged}");
    }
    let signature = genuine(2).split("verifySign=").nth(1).unwrap().to_owned();
    for secret in [
        TOKEN,
        KEY,
        NOTE,
        "a%20personal%20note",
        &signature,
        "verifySign=",
        " currency=",
        "canary-seal-key",
        "[99, 97, 110",
    ] {
        for text in [&logged, &shown] {
            assert!(!text.contains(secret), "{secret} is in\n{text}");
        }
    }
    assert!(!logged.contains("order-"), "an event names no order:\n{logged}");
}
