//! The answer table, a test per row.

use std::sync::atomic::Ordering;

use pockyt_ipn::{BuildError, Limits, Listener, Reply, Verdict};
use pockyt_model::{Clock, NotificationKind};
use pockyt_sign::{ApiToken, SigningKey};
use pockyt_store::{Finished, Inbox, InboxAdmin, MemoryInbox, Quarantine, Standing, State};

use crate::support::{FORM, JSON, Script, TestListener, builder, fields, form, genuine, json, listener};
use crate::support::{recut, reversed, signed, states};

fn is_success(reply: Reply) -> bool {
    (reply.status.as_u16(), reply.body) == (200, "success")
}

async fn accept(listener: &TestListener, body: &str) -> Reply {
    listener.accept(FORM, body.as_bytes()).await
}

#[tokio::test]
async fn a_verified_message_is_stored_and_answered_success() {
    let (listener, _) = listener();
    let reply = accept(&listener, &genuine(1)).await;
    assert!(is_success(reply));
    let Verdict::Recorded(id) = reply.verdict else { panic!("{reply:?}") };
    let stored = listener.inbox().get(id).await.unwrap().unwrap();
    assert_eq!(&*stored.body, genuine(1).as_bytes());
}

#[tokio::test]
async fn a_duplicate_is_answered_success_in_every_state() {
    let (listener, clock) = listener();
    let reply = accept(&listener, &genuine(1)).await;
    let Verdict::Recorded(id) = reply.verdict else { panic!("{reply:?}") };
    let same = [genuine(1), form(&signed(fields(1, "13", "SUCCESS"))), format!("{}&unsigned=&&", genuine(1))];
    let all_are_duplicates = async || {
        for body in &same {
            let reply = accept(&listener, body).await;
            assert!(is_success(reply));
            assert_eq!(reply.verdict, Verdict::Duplicate(id));
        }
    };
    all_are_duplicates().await;
    listener.run_until_idle(&Script::new(Vec::new())).await.unwrap();
    all_are_duplicates().await;
    clock.advance(std::time::Duration::from_secs(1));
    assert_eq!(listener.inbox().prune(Finished::Done, clock.now(), 9).await.unwrap(), 1);
    all_are_duplicates().await;
}

#[tokio::test]
async fn a_conflict_is_quarantined_and_answered_success() {
    let (listener, _) = listener();
    let Verdict::Recorded(first) = accept(&listener, &genuine(1)).await.verdict else { panic!() };
    let reply = accept(&listener, &form(&signed(fields(1, "14.00", "success")))).await;
    assert!(is_success(reply));
    let Verdict::Conflict(id) = reply.verdict else { panic!("{reply:?}") };
    let stored = listener.inbox().get(id).await.unwrap().unwrap();
    let conflict = Some(Quarantine::Conflict { with: first });
    assert_eq!((&stored.standing, stored.quarantine), (&Standing::Quarantined, conflict));
}

#[tokio::test]
async fn one_transaction_under_two_references_is_a_conflict() {
    let (listener, _) = listener();
    let Verdict::Recorded(first) = accept(&listener, &genuine(1)).await.verdict else { panic!() };
    let mut elsewhere = fields(1, "13.00", "success");
    elsewhere[2].1 = "order-2".into();
    let reply = accept(&listener, &form(&signed(elsewhere))).await;
    assert!(is_success(reply));
    let Verdict::Conflict(id) = reply.verdict else { panic!("{reply:?}") };
    let stored = listener.inbox().get(id).await.unwrap().unwrap();
    let conflict = Some(Quarantine::Conflict { with: first });
    assert_eq!((&stored.standing, stored.quarantine), (&Standing::Quarantined, conflict));
    let script = Script::new(Vec::new());
    listener.run_until_idle(&script).await.unwrap();
    assert_eq!(script.told(), ["order-1 success #1"]);
}

#[tokio::test]
async fn ambiguous_and_unreadable_messages_are_quarantined_once_and_answered_success() {
    let mut without_amount = fields(2, "13.00", "success");
    without_amount.remove(0);
    let unreadable = [
        form(&signed(without_amount)),
        form(&signed(fields(3, "13,00", "success"))),
        form(&signed(fields(4, "-13.00", "success"))),
    ];
    for body in unreadable.iter().chain([&recut(1)]) {
        let (listener, _) = listener();
        let reply = accept(&listener, body).await;
        assert!(is_success(reply), "{body}");
        let Verdict::Quarantined(id) = reply.verdict else { panic!("{reply:?}") };
        // Written differently it is still the same message, and takes no more room.
        for again in [format!("&{body}&nothing=&&"), reversed(body)] {
            let again = accept(&listener, &again).await;
            assert_eq!((again.verdict, is_success(again)), (Verdict::Duplicate(id), true));
        }
        assert_eq!(listener.run_until_idle(&Script::new(Vec::new())).await.unwrap(), 0);
        assert_eq!(states(listener.inbox().counts().await.unwrap()), [0, 0, 0, 1, 0]);
    }
}

#[tokio::test]
async fn a_recut_message_does_not_block_the_genuine_one_nor_the_other_way_round() {
    for bodies in [[recut(1), genuine(1)], [genuine(1), recut(1)]] {
        let (listener, _) = listener();
        for body in &bodies {
            assert!(is_success(accept(&listener, body).await));
        }
        let counts = listener.counts();
        assert_eq!((counts.recorded, counts.quarantined, counts.duplicates), (1, 1, 0));
        let script = Script::new(Vec::new());
        listener.run_until_idle(&script).await.unwrap();
        assert_eq!(script.told(), ["order-1 success #1"]);
    }
}

#[tokio::test]
async fn while_the_store_is_down_the_answer_is_503_and_afterwards_the_resend_is_recorded() {
    let (listener, _) = listener();
    for body in [genuine(1), recut(1)] {
        listener.inbox().down.store(true, Ordering::SeqCst);
        let reply = accept(&listener, &body).await;
        assert_eq!(reply.status.as_u16(), 503);
        assert!(!reply.body.contains("success"));
        listener.inbox().down.store(false, Ordering::SeqCst);
        assert!(is_success(accept(&listener, &body).await));
    }
    assert_eq!(listener.counts().store_failures, 2);
}

#[tokio::test]
async fn every_fault_of_a_signature_has_the_same_answer() {
    let mut tampered = signed(fields(1, "13.00", "success"));
    tampered[0].1 = "0.01".into();
    let unsigned = form(&fields(1, "13.00", "success"));
    let bodies = [
        (form(&tampered), "signature-mismatch"),
        (unsigned.clone(), "signature-missing"),
        (format!("{unsigned}&verifySign="), "signature-empty"),
        (format!("{unsigned}&verifySign=success"), "signature-malformed"),
        (genuine(1).to_uppercase().replace("VERIFYSIGN", "verifySign"), "signature-malformed"),
        (String::new(), "signature-missing"),
    ];
    for (body, reason) in bodies {
        let (listener, _) = listener();
        let reply = accept(&listener, &body).await;
        assert_eq!((reply.status.as_u16(), reply.body), (401, "not accepted"), "{body}");
        assert_eq!(listener.counts().refused.get(reason), Some(&1), "{body}");
        assert_eq!(states(listener.inbox().counts().await.unwrap()), [0; 5]);
    }
}

#[tokio::test]
async fn what_is_out_of_bounds_or_not_decodable_is_refused_and_not_stored() {
    let genuine = genuine(1);
    let padding = |length: usize| format!("{genuine}&padding={}", "x".repeat(length));
    let many = |count: usize| format!("{genuine}{}", "&x=1".repeat(count));
    let members: Vec<String> = (0..65).map(|n| format!("\"x{n}\": [1, {{\"a\": 2}}]")).collect();
    let rows = [
        (FORM, padding(64 * 1024), 413, "too-large"),
        (FORM, many(58), 400, "too-many-fields"),
        (JSON, format!("{{{}}}", members.join(",")), 400, "too-many-fields"),
        (JSON, format!("{{{}}}", members[..64].join(",")), 401, "signature-missing"),
        (FORM, format!("{genuine}&amount=13.00"), 400, "duplicate-name"),
        (FORM, "a=%zz".into(), 400, "invalid-escape"),
        (FORM, "a=%ff".into(), 400, "invalid-utf8"),
        (FORM, "a-b=1".into(), 400, "name-not-allowed"),
        (JSON, "{\"a\":".into(), 400, "invalid-json"),
        (JSON, "{\\\"{[:]}".into(), 400, "invalid-json"),
        (JSON, "\\\"{[:]}".into(), 400, "name-not-allowed"),
        (JSON, "[]".into(), 400, "name-not-allowed"),
    ];
    for (content_type, body, status, reason) in rows {
        let (listener, _) = listener();
        let reply = listener.accept(content_type, body.as_bytes()).await;
        assert_eq!(reply.status.as_u16(), status, "{reason}");
        assert!(!reply.body.contains("success"));
        assert_eq!(listener.counts().refused.keys().collect::<Vec<_>>(), [&reason]);
        assert_eq!(states(listener.inbox().counts().await.unwrap()), [0; 5]);
    }
}

#[tokio::test]
async fn limits_are_the_callers_to_choose_and_include_their_bound() {
    let body = genuine(1);
    let of = |limits| builder(&std::sync::Arc::default()).limits(limits).build().unwrap();
    assert!(is_success(accept(&of(Limits::default().body_bytes(body.len()).fields(7)), &body).await));
    let short = of(Limits::default().body_bytes(body.len() - 1));
    assert_eq!(accept(&short, &body).await.status.as_u16(), 413);
    assert_eq!(accept(&of(Limits::default().fields(6)), &body).await.status.as_u16(), 400);
}

#[tokio::test]
async fn form_and_json_are_told_by_the_first_character_whatever_the_content_type_says() {
    let types = [
        FORM,
        Some("Application/X-WWW-Form-UrlEncoded;charset=UTF-8"),
        JSON,
        Some("application/json; charset=utf-8"),
        Some("application/octet-stream"),
        Some("text/plain"),
        Some("text/html;charset=ISO-8859-1"),
        Some("multipart"),
        Some("*/*"),
        Some("; /"),
        Some(""),
        None,
    ];
    let signed = signed(fields(1, "13.00", "success"));
    let bodies = [form(&signed), json(&signed), format!(" \r\n\t{}", json(&signed))];
    let (listener, _) = listener();
    for content_type in types {
        for body in &bodies {
            let reply = listener.accept(content_type, body.as_bytes()).await;
            assert!(is_success(reply), "{content_type:?} {body}");
        }
    }
    // However it is written, it is one notification, and it can be handed over from JSON too.
    let deliveries = types.len() * bodies.len();
    assert_eq!((listener.counts().recorded, listener.counts().duplicates), (1, deliveries as u64 - 1));
    let other = json(&crate::support::signed(fields(2, "13.00", "success")));
    listener.accept(FORM, other.as_bytes()).await;
    assert_eq!(listener.run_until_idle(&Script::new(Vec::new())).await.unwrap(), 2);
    assert_eq!(states(listener.inbox().counts().await.unwrap()), [0, 2, 0, 0, 0]);
}

#[tokio::test]
async fn types_that_can_be_neither_form_nor_json_are_refused() {
    let signed = signed(fields(1, "13.00", "success"));
    let (listener, _) = listener();
    let types = ["audio/mpeg", "font/woff", "IMAGE/PNG", "message/http", "model/gltf+json"];
    for content_type in types.iter().chain(&[" multipart/form-data; boundary=x", "video/mp4"]) {
        for body in [form(&signed), json(&signed)] {
            let reply = listener.accept(Some(content_type), body.as_bytes()).await;
            assert_eq!(reply.status.as_u16(), 415, "{content_type}");
        }
    }
    assert_eq!(listener.counts().refused.into_iter().collect::<Vec<_>>(), [("unsupported-type", 14)]);
    assert_eq!(states(listener.inbox().counts().await.unwrap()), [0; 5]);
}

#[tokio::test]
async fn deliveries_are_counted_by_verdict() {
    let (listener, _) = listener();
    for body in [&genuine(1), &genuine(1), &form(&signed(fields(1, "1", "success"))), &recut(1), "a=1"] {
        accept(&listener, body).await;
    }
    let counts = listener.counts();
    let by_verdict = [counts.recorded, counts.duplicates, counts.conflicts, counts.quarantined];
    assert_eq!((counts.deliveries, by_verdict), (5, [1; 4]));
    assert_eq!(counts.refused.into_iter().collect::<Vec<_>>(), [("signature-missing", 1)]);
}

#[tokio::test]
async fn listeners_of_two_tenants_share_an_inbox_and_nothing_else() {
    let inbox = std::sync::Arc::default();
    let shop = builder(&inbox).build().unwrap();
    let cafe = builder(&inbox).tenant("cafe").build().unwrap();
    assert!(matches!(accept(&shop, &genuine(1)).await.verdict, Verdict::Recorded(_)));
    assert!(matches!(accept(&cafe, &genuine(1)).await.verdict, Verdict::Recorded(_)));
    let script = Script::new(Vec::new());
    assert_eq!(cafe.run_until_idle(&script).await.unwrap(), 1);
    assert_eq!(inbox.list(State::Waiting, None, 9).await.unwrap()[0].route.tenant().as_str(), "shop");
}

#[test]
fn a_listener_with_a_published_key_is_not_built_unless_that_is_asked_for() {
    for token in ["5cbfb079f15b150122261c8537086d77a", "17cfc0170ef1c017b4a929d233d6e65e"] {
        let key = SigningKey::new(&ApiToken::new(token).unwrap());
        let builder = || Listener::builder(key.clone(), MemoryInbox::default());
        assert_eq!(builder().build().unwrap_err(), BuildError::PublishedSandboxKey);
        assert!(builder().allow_published_sandbox_key().build().is_ok());
    }
    let odd = builder(&std::sync::Arc::default()).tenant("a/b").kind(NotificationKind::Payment).build();
    assert!(matches!(odd.unwrap_err(), BuildError::InvalidTenant(_)));
}
