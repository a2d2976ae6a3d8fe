//! What must hold for every amount, body and notification.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

use pockyt_model::operation::TranQuery;
use pockyt_model::{Amount, Answer, Object, Operation, PaymentNotification, TransactionStatus};
use pockyt_sign::{Received, SigningKey, Verified, Verifier, algorithm};
use proptest::prelude::*;

fn verified(pairs: &[(&str, &str)]) -> Option<Verified<'static>> {
    let key = SigningKey::from_any_text("not-a-real-token");
    let signature = algorithm::signature(pairs, &key);
    let escape = |t: &str| t.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
    let body: String = pairs.iter().map(|(n, v)| format!("{n}={}&", escape(v))).collect();
    match Verifier::new(key).form(format!("{body}verifySign={signature}").as_bytes()).unwrap() {
        Received::Verified(message) => Some(message.into_owned()),
        Received::Ambiguous(_) => None,
    }
}

fn notification(changes: &[(&str, &str)]) -> Result<PaymentNotification, String> {
    let mut pairs = vec![
        ("transactionNo", "297553636764407286"),
        ("reference", "order-1"),
        ("amount", "13.00"),
        ("currency", "USD"),
        ("settleCurrency", "USD"),
        ("status", "success"),
        ("time", "20260101120000"),
    ];
    for (name, value) in changes {
        pairs.retain(|(n, _)| n != name);
        pairs.push((name, value));
    }
    let message = verified(&pairs).ok_or("ambiguous")?;
    PaymentNotification::read(&message).map_err(|e| e.to_string())
}

#[test]
fn fields_that_decide_money_have_a_strict_form() {
    assert!(notification(&[]).is_ok());
    let table = [
        ("amount", "1e3"),
        ("amount", "-1"),
        ("amount", " 1"),
        ("amount", "1 "),
        ("amount", "13.00USD"),
        ("currency", "usd"),
        ("currency", "USD "),
        ("status", "success "),
        ("status", "succ=ess"),
        ("transactionNo", "29755 3"),
        ("reference", "a b"),
        ("reference", "a=b"),
    ];
    for (name, value) in table {
        let error = notification(&[(name, value)]).unwrap_err();
        assert!(error.starts_with(name), "{name}={value:?}: {error}");
    }
    assert_eq!(notification(&[("note", "x&amount=1")]).unwrap_err(), "ambiguous");
}

#[test]
fn a_sum_that_would_be_rounded_is_none() {
    let (large, small) =
        (Amount::parse("7922816251426433759354395033").unwrap(), Amount::parse("0.04").unwrap());
    assert_eq!(large.checked_add(&small), None);
    assert_eq!(large.checked_sub(&small), None);
}

#[test]
fn deliveries_of_one_notification_agree_and_others_do_not() {
    let first = notification(&[]).unwrap();
    for same in [("time", "20260101130000"), ("note", "hello"), ("amount", "13"), ("status", "SUCCESS")] {
        let other = notification(&[same]).unwrap();
        assert_eq!(other.fingerprint(), first.fingerprint(), "{same:?}");
        assert_eq!(other.dedupe_key(), first.dedupe_key(), "{same:?}");
    }
    for contradiction in [("amount", "13.01"), ("currency", "PHP"), ("reference", "order-2")] {
        let other = notification(&[contradiction]).unwrap();
        assert_eq!(other.dedupe_key(), first.dedupe_key(), "{contradiction:?}");
        assert_ne!(other.fingerprint(), first.fingerprint(), "{contradiction:?}");
    }
    for other in [("status", "closed"), ("transactionNo", "1")] {
        assert_ne!(notification(&[other]).unwrap().dedupe_key(), first.dedupe_key(), "{other:?}");
    }
}

/// JSON texts of objects with known and unknown names and any values.
fn json_object() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        "[0-9]{1,8}(\\.[0-9]{1,4})?",
        "\"[a-zA-Z0-9 .é&=]{0,8}\"",
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("1e999".to_owned()),
        Just("499000.00".to_owned()),
        Just("[{\"refundAmount\":1.50}, 2]".to_owned()),
        Just("{\"a\" : {}}".to_owned()),
        Just("\"\\u00e9\\/\"".to_owned()),
    ]
    .prop_filter("JSON forbids leading zeros", |text| {
        serde_json::from_str::<serde_json::Value>(text).is_ok()
    });
    let name = prop_oneof![
        Just("amount".to_owned()),
        Just("status".to_owned()),
        Just("transactionNo".to_owned()),
        Just("currency".to_owned()),
        Just("refundInfo".to_owned()),
        Just("reference".to_owned()),
        "[a-zA-Z_]{1,6}",
    ];
    prop::collection::vec((name, value), 0..8).prop_map(|mut members| {
        let mut seen = std::collections::BTreeSet::new();
        members.retain(|(name, _)| seen.insert(name.clone()));
        let members: Vec<_> = members.iter().map(|(n, v)| format!("\"{n}\":{v}")).collect();
        format!("{{{}}}", members.join(","))
    })
}

proptest! {
    #[test]
    fn decoding_and_encoding_loses_nothing(result in json_object(), code in "[0-9]{6}") {
        let body = format!("{{\"result\":{result},\"ret_code\":\"{code}\",\"new\":[1, 2.0]}}");
        let object = Object::parse(body.as_bytes()).unwrap();
        prop_assert_eq!(&serde_json::to_string(&object).unwrap(), &body);
        let view = object.object("result").unwrap().unwrap();
        prop_assert_eq!(serde_json::to_string(&view).unwrap(), result);
    }

    #[test]
    fn no_answer_makes_an_accessor_panic(result in json_object()) {
        let body = format!("{{\"result\":{result},\"ret_code\":\"000100\"}}");
        if let Ok(Answer::Accepted(order)) = TranQuery::read_answer(body.as_bytes()) {
            let _ = (order.amount(), order.status(), order.currency(), order.refunds(), order.reference());
        }
    }

    #[test]
    fn no_body_panics(body in prop::collection::vec(any::<u8>(), 0..80), text in "\\PC{0,60}") {
        let _ = TranQuery::read_answer(&body);
        let _ = TranQuery::read_answer(text.as_bytes());
    }

    #[test]
    fn amounts_keep_their_text_and_compare_by_value(whole in 0_u64..1_000_000, cents in 0_u32..100, zeros in 0_usize..4) {
        let short = format!("{whole}.{cents:02}");
        let long = format!("{short}{}", "0".repeat(zeros));
        let (a, b) = (Amount::parse(&short).unwrap(), Amount::parse(&long).unwrap());
        prop_assert_eq!(b.as_str(), &long);
        prop_assert_eq!(&a, &b);
        prop_assert_eq!(a.normalized(), b.normalized());
        let minor = whole * 100 + u64::from(cents);
        let cent = Amount::parse("0.01").unwrap();
        let next = Amount::parse(&format!("{}.{:02}", (minor + 1) / 100, (minor + 1) % 100)).unwrap();
        prop_assert_eq!(a.checked_add(&cent).unwrap(), next.clone());
        prop_assert_eq!(next.checked_sub(&cent).unwrap(), a.clone());
        prop_assert!(next > a);
    }

    #[test]
    fn sums_are_exact_or_nothing(a in "[0-9]{1,28}", b in "[0-9]{1,20}\\.[0-9]{1,8}") {
        let (a, b) = (Amount::parse(&a).unwrap(), Amount::parse(&b).unwrap());
        if let Some(sum) = a.checked_add(&b) {
            prop_assert_eq!(sum.checked_sub(&b), Some(a.clone()));
            prop_assert_eq!(sum.checked_sub(&a), Some(b));
        }
    }

    #[test]
    fn amounts_are_digits_with_at_most_one_point(text in "[-+0-9.eE ]{0,6}") {
        let unsigned = text.strip_prefix('-').unwrap_or(&text);
        let parts: Vec<&str> = unsigned.split('.').collect();
        let expected = parts.len() <= 2 && parts.iter().all(|p| !p.is_empty() && p.chars().all(|c| c.is_ascii_digit()));
        prop_assert_eq!(Amount::parse(&text).is_ok(), expected, "{:?}", text);
    }

    #[test]
    fn unknown_statuses_survive(text in "[a-zA-Z_]{1,10}") {
        let status = TransactionStatus::from_wire(&text);
        if let TransactionStatus::Other(kept) = &status {
            prop_assert_eq!(kept, &text);
            prop_assert!(!status.is_final());
        }
    }
}
