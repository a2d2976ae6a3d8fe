//! Replacing the token.

use std::sync::Arc;
use std::time::Duration;

use pockyt_ipn::{BuildError, Listener, Verdict};
use pockyt_model::Clock;
use pockyt_sign::{ApiToken, KeyRing, SigningKey};
use pockyt_store::{Decision, Inbox, InboxAdmin, Mode, State};

use crate::support::{FORM, ManualClock, Script, TestInbox, TestListener, cuts, fields, form, genuine, key};
use crate::support::{signed, signed_with, states};

const SECOND: Duration = Duration::from_secs(1);

/// From when on the old key, which is the one that [`signed`] signs with, is no longer good.
const UNTIL: u64 = 7_200_000;

fn new_key() -> SigningKey {
    SigningKey::new(&ApiToken::new("the token that comes after").unwrap())
}

fn both_keys() -> KeyRing {
    KeyRing::new("2026", new_key()).with_retired("2025", key(), UNTIL)
}

fn listener(keys: impl Into<KeyRing>, inbox: &Arc<TestInbox>, clock: &ManualClock) -> TestListener {
    Listener::builder(keys, Arc::clone(inbox)).tenant("shop").clock(clock.clone()).build().unwrap()
}

async fn deliver(listener: &TestListener, body: &str) {
    assert_eq!(listener.accept(FORM, body.as_bytes()).await.body, "success");
}

async fn run(listener: &TestListener) -> Vec<String> {
    let script = Script::new(Vec::new());
    listener.run_until_idle(&script).await.unwrap();
    script.told()
}

async fn count(inbox: &TestInbox) -> [usize; 5] {
    states(inbox.counts().await.unwrap())
}

#[tokio::test]
async fn a_notice_is_handed_over_though_its_key_was_retired_and_has_expired_since() {
    let (inbox, clock) = (Arc::default(), ManualClock::default());
    deliver(&listener(key(), &inbox, &clock), &genuine(1)).await;
    clock.advance(Duration::from_millis(UNTIL));
    let listener = listener(both_keys(), &inbox, &clock);
    assert_eq!(run(&listener).await, ["order-1 success #1"]);
    assert_eq!((count(&inbox).await, listener.counts().unreadable), ([0, 1, 0, 0, 0], 0));
}

#[tokio::test]
async fn a_retired_key_is_good_for_messages_that_come_before_its_end() {
    let (inbox, clock) = (Arc::default(), ManualClock::default());
    let listener = listener(both_keys(), &inbox, &clock);
    clock.advance(Duration::from_millis(UNTIL - 1));
    deliver(&listener, &genuine(1)).await;
    clock.advance(Duration::from_millis(1));
    let reply = listener.accept(FORM, genuine(2).as_bytes()).await;
    assert_eq!((reply.status.as_u16(), reply.body), (401, "not accepted"));
    deliver(&listener, &form(&signed_with(&new_key(), fields(2, "13.00", "success")))).await;
    assert_eq!(run(&listener).await, ["order-1 success #1", "order-2 success #1"]);
}

#[tokio::test]
async fn each_record_says_which_key_matched() {
    let label = async |keys: KeyRing, message: Vec<(String, String)>| {
        let inbox = Arc::default();
        let reply =
            listener(keys, &inbox, &ManualClock::default()).accept(FORM, form(&message).as_bytes()).await;
        let (Verdict::Recorded(id) | Verdict::Quarantined(id)) = reply.verdict else { panic!("{reply:?}") };
        inbox.get(id).await.unwrap().unwrap().key_label
    };
    let (clean, unreadable) = (fields(1, "13.00", "success"), fields(1, "13,00", "success"));
    assert_eq!(label(key().into(), signed(clean.clone())).await, "only");
    assert_eq!(label(both_keys(), signed_with(&new_key(), clean.clone())).await, "2026");
    assert_eq!(label(both_keys(), signed(clean.clone())).await, "2025");
    assert_eq!(label(both_keys(), signed(unreadable)).await, "2025");
    assert_eq!(label(both_keys(), cuts(clean).remove(1)).await, "2025");
}

#[tokio::test]
async fn the_same_message_under_the_new_key_is_a_duplicate() {
    let (inbox, clock) = (Arc::default(), ManualClock::default());
    let listener = listener(both_keys(), &inbox, &clock);
    let message = fields(1, "13.00", "success");
    deliver(&listener, &form(&signed(message.clone()))).await;
    deliver(&listener, &form(&signed_with(&new_key(), message))).await;
    assert_eq!((listener.counts().recorded, listener.counts().duplicates), (1, 1));
    assert_eq!(inbox.list(State::Waiting, None, 9).await.unwrap()[0].key_label, "2025");
}

#[tokio::test]
async fn a_notice_whose_key_is_gone_is_put_off_with_growing_delays_and_handed_over_when_it_is_back() {
    let (inbox, clock) = (Arc::default(), ManualClock::default());
    deliver(&listener(key(), &inbox, &clock), &genuine(1)).await;
    let without = listener(new_key(), &inbox, &clock);
    let mut delays = Vec::new();
    for _ in 0..12 {
        assert_eq!(run(&without).await, [""; 0]);
        let delay = inbox.next_due(&route(&inbox).await).await.unwrap().unwrap().since(clock.now());
        delays.push(delay.as_secs());
        clock.advance(delay);
    }
    assert_eq!(delays, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
    let counts = without.counts();
    assert_eq!((counts.unreadable, counts.deferred, counts.dead), (12, 12, 0));
    let reason = inbox.list(State::Waiting, None, 1).await.unwrap().remove(0).last_reason;
    assert_eq!(reason.as_deref(), Some("the stored message does not verify: verifySign does not match"));

    assert_eq!(run(&listener(both_keys(), &inbox, &clock)).await, ["order-1 success #13"]);
}

async fn route(inbox: &TestInbox) -> pockyt_store::Route {
    inbox.list(State::Waiting, None, 1).await.unwrap().remove(0).route
}

#[tokio::test]
async fn a_notice_that_is_unreadable_for_a_day_is_dead_and_can_be_redriven_when_its_key_is_back() {
    let (inbox, clock) = (Arc::default(), ManualClock::default());
    deliver(&listener(key(), &inbox, &clock), &genuine(1)).await;
    let without = listener(new_key(), &inbox, &clock);
    for _ in 0..24 {
        run(&without).await;
        assert_eq!(count(&inbox).await, [0, 0, 0, 0, 1]);
        clock.advance(60 * 60 * SECOND);
    }
    run(&without).await;
    assert_eq!(count(&inbox).await, [1, 0, 0, 0, 0]);
    assert_eq!((without.counts().unreadable, without.counts().dead), (25, 1));

    let dead = inbox.list(State::Dead, None, 1).await.unwrap().remove(0);
    assert!(inbox.decide(dead.id, Decision::Redrive, clock.now(), Mode::Apply).await.unwrap().is_moved());
    assert_eq!(run(&listener(both_keys(), &inbox, &clock)).await, ["order-1 success #1"]);
    assert_eq!(count(&inbox).await, [0, 1, 0, 0, 0]);
}

#[test]
fn a_published_key_is_none_the_better_for_being_retired() {
    let published = SigningKey::new(&ApiToken::new("17cfc0170ef1c017b4a929d233d6e65e").unwrap());
    let keys = KeyRing::new("2026", new_key()).with_retired("2025", published, UNTIL);
    let builder = || Listener::builder(keys.clone(), Arc::new(TestInbox::default()));
    assert_eq!(builder().build().unwrap_err(), BuildError::PublishedSandboxKey);
    assert!(builder().allow_published_sandbox_key().build().is_ok());
}
