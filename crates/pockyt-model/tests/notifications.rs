//! Notifications of every kind: their strict forms, and when two deliveries are of one.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

use pockyt_model::{Notification, NotificationKind};
use pockyt_sign::{Received, SigningKey, Verifier, algorithm};

/// The fields of a message.
type Fields<'a> = &'a [(&'a str, &'a str)];
/// A field that is changed, or left out.
type Change<'a> = (&'a str, Option<&'a str>);

const PAYMENT: &[(&str, &str)] = &[
    ("transactionNo", "297553636764407286"),
    ("reference", "order-1"),
    ("amount", "13.00"),
    ("currency", "USD"),
    ("status", "success"),
    ("time", "20260101120000"),
];
const PAYOUT: &[(&str, &str)] = &[
    ("transactionNo", "318453016214317262"),
    ("invoiceId", "inv-1"),
    ("amount", "60.00"),
    ("currency", "USD"),
    ("status", "success"),
    ("vendor", "BANK_ACCOUNT"),
];
const REFUND: &[(&str, &str)] = &[
    ("transactionNo", "297553638301777927"),
    ("refundTransactionNo", "297553638302358781"),
    ("status", "success"),
];
const MANDATE: &[(&str, &str)] = &[
    ("autoDebitNo", "298222562856331071"),
    ("autoReference", "agreement-1"),
    ("vendor", "GCASH"),
    ("time", "20210108103000"),
];
const PAYEE_ACCOUNT: &[(&str, &str)] = &[
    ("accountToken", "2010305228249079846486"),
    ("customerNo", "2000305228249079101184"),
    ("accountStatus", "activated"),
    ("accountTag", "tag-1"),
];

const KINDS: &[(NotificationKind, Fields<'_>, &str)] = &[
    (NotificationKind::Payment, PAYMENT, "pay/297553636764407286/success"),
    (NotificationKind::Payout, PAYOUT, "payout/inv-1/success"),
    (NotificationKind::Refund, REFUND, "refund/297553638301777927/297553638302358781/success"),
    (NotificationKind::Mandate, MANDATE, "mandate/298222562856331071/20210108103000"),
    (NotificationKind::PayeeAccount, PAYEE_ACCOUNT, "payee-account/2010305228249079846486/activated"),
];

fn read(
    kind: NotificationKind,
    base: &[(&str, &str)],
    changes: &[(&str, Option<&str>)],
) -> Result<Notification, String> {
    let mut pairs: Vec<(&str, &str)> = base.to_vec();
    for (name, value) in changes {
        pairs.retain(|(n, _)| n != name);
        pairs.extend(value.map(|value| (*name, value)));
    }
    let key = SigningKey::from_any_text("not-a-real-token");
    let signature = algorithm::signature(&pairs, &key);
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(&pairs).append_pair("verifySign", signature.as_str());
    match Verifier::new(key).form(form.finish().as_bytes()).unwrap() {
        Received::Verified(message) => Notification::read(kind, &message).map_err(|e| e.to_string()),
        Received::Ambiguous(_) => Err("ambiguous".into()),
    }
}

#[test]
fn each_kind_is_read_and_has_its_key() {
    for (kind, base, key) in KINDS {
        let notification = read(*kind, base, &[]).unwrap();
        assert_eq!(notification.kind(), *kind);
        assert_eq!(notification.dedupe_key().as_str(), *key);
        assert_eq!(notification.fields().get(base[0].0), Some(base[0].1));
        assert_eq!(NotificationKind::from_word(kind.as_str()), Some(*kind));
    }
    assert_eq!(NotificationKind::from_word("payment"), None);
    assert!(
        NotificationKind::ALL
            .iter()
            .filter(|kind| !kind.is_trigger())
            .eq(&[NotificationKind::Payment, NotificationKind::Payout])
    );
}

#[test]
fn required_fields_have_a_strict_form() {
    let table: &[(NotificationKind, Fields<'_>, &str, Option<&str>)] = &[
        (NotificationKind::Payout, PAYOUT, "invoiceId", None),
        (NotificationKind::Payout, PAYOUT, "invoiceId", Some("a b")),
        (NotificationKind::Payout, PAYOUT, "amount", Some("1e3")),
        (NotificationKind::Payout, PAYOUT, "amount", Some("-1")),
        (NotificationKind::Payout, PAYOUT, "amount", Some("１３")),
        (NotificationKind::Payout, PAYOUT, "currency", Some("usd")),
        (NotificationKind::Payout, PAYOUT, "status", Some("suc cess")),
        (NotificationKind::Payout, PAYOUT, "transactionNo", Some("")),
        (NotificationKind::Refund, REFUND, "transactionNo", None),
        (NotificationKind::Refund, REFUND, "transactionNo", Some("1 2")),
        (NotificationKind::Mandate, MANDATE, "autoDebitNo", None),
        (NotificationKind::Mandate, MANDATE, "autoReference", Some("a=b")),
        (NotificationKind::Mandate, MANDATE, "time", Some("2021-01-08 10:30:00")),
        (NotificationKind::Mandate, MANDATE, "time", Some("2021010810300x")),
        (NotificationKind::PayeeAccount, PAYEE_ACCOUNT, "accountToken", None),
        (NotificationKind::PayeeAccount, PAYEE_ACCOUNT, "accountStatus", Some("")),
        (NotificationKind::PayeeAccount, PAYEE_ACCOUNT, "customerNo", Some("x y")),
        (NotificationKind::Payment, PAYMENT, "status", Some("abcdefghijklmnopqrstuvwxyzabcdefg")),
        (NotificationKind::Payment, PAYMENT, "reference", None),
    ];
    for (kind, base, name, value) in table {
        let error = read(*kind, base, &[(name, *value)]).unwrap_err();
        assert!(error.starts_with(name), "{kind} {name}={value:?}: {error}");
    }
}

/// What may differ between two deliveries of one notification, and what contradicts.
#[test]
fn fingerprints_cover_the_required_fields() {
    let same: &[(NotificationKind, Fields<'_>, Change<'_>)] = &[
        (NotificationKind::Payout, PAYOUT, ("amount", Some("60"))),
        (NotificationKind::Payout, PAYOUT, ("status", Some("completed"))),
        (NotificationKind::Payout, PAYOUT, ("vendor", None)),
        (NotificationKind::Payment, PAYMENT, ("note", Some("hello"))),
        (NotificationKind::Refund, REFUND, ("time", Some("20260101120001"))),
        (NotificationKind::Mandate, MANDATE, ("vendor", None)),
        (NotificationKind::PayeeAccount, PAYEE_ACCOUNT, ("accountStatus", Some("ACTIVE"))),
        (NotificationKind::PayeeAccount, PAYEE_ACCOUNT, ("accountTag", None)),
    ];
    for (kind, base, change) in same {
        let (first, other) = (read(*kind, base, &[]).unwrap(), read(*kind, base, &[*change]).unwrap());
        assert_eq!(first.dedupe_key(), other.dedupe_key(), "{kind} {change:?}");
        assert_eq!(first.fingerprint(), other.fingerprint(), "{kind} {change:?}");
    }
    let contradicting: &[(NotificationKind, Fields<'_>, Change<'_>)] = &[
        (NotificationKind::Payout, PAYOUT, ("amount", Some("61"))),
        (NotificationKind::Payout, PAYOUT, ("transactionNo", Some("1"))),
        (NotificationKind::Payout, PAYOUT, ("currency", Some("CNY"))),
        (NotificationKind::Mandate, MANDATE, ("autoReference", Some("other"))),
        (NotificationKind::PayeeAccount, PAYEE_ACCOUNT, ("customerNo", Some("1"))),
    ];
    for (kind, base, change) in contradicting {
        let (first, other) = (read(*kind, base, &[]).unwrap(), read(*kind, base, &[*change]).unwrap());
        assert_eq!(first.dedupe_key(), other.dedupe_key(), "{kind} {change:?}");
        assert_ne!(first.fingerprint(), other.fingerprint(), "{kind} {change:?}");
    }
    let another: &[(NotificationKind, Fields<'_>, Change<'_>)] = &[
        (NotificationKind::Payout, PAYOUT, ("status", Some("returned"))),
        (NotificationKind::Mandate, MANDATE, ("time", Some("20210108103001"))),
        (NotificationKind::PayeeAccount, PAYEE_ACCOUNT, ("accountStatus", Some("INVALID"))),
        (NotificationKind::Refund, REFUND, ("refundTransactionNo", Some("2"))),
        (NotificationKind::Refund, REFUND, ("refundTransactionNo", None)),
    ];
    for (kind, base, change) in another {
        let (first, other) = (read(*kind, base, &[]).unwrap(), read(*kind, base, &[*change]).unwrap());
        assert_ne!(first.dedupe_key(), other.dedupe_key(), "{kind} {change:?}");
    }
}

#[test]
fn refunds_without_a_number_do_not_hide_one_another() {
    let nameless = [("refundTransactionNo", None)];
    let first = read(NotificationKind::Refund, REFUND, &nameless).unwrap();
    let second = read(NotificationKind::Refund, REFUND, &[nameless[0], ("amount", Some("2"))]).unwrap();
    assert_ne!(first.dedupe_key(), second.dedupe_key());
}

#[test]
fn an_unknown_kind_takes_anything_and_is_its_own_fingerprint() {
    let one = read(NotificationKind::Unknown, &[("b", "2"), ("a", "1")], &[]).unwrap();
    let same = read(NotificationKind::Unknown, &[("a", "1"), ("b", "2")], &[]).unwrap();
    let other = read(NotificationKind::Unknown, &[("a", "1"), ("b", "3")], &[]).unwrap();
    assert_eq!(one.dedupe_key(), same.dedupe_key());
    assert_ne!(one.dedupe_key(), other.dedupe_key());
    assert_eq!(one.dedupe_key().as_str().len(), "unknown/".len() + 64);
}

#[test]
fn one_message_under_two_kinds_has_two_keys() {
    let both = [PAYMENT, &[("invoiceId", "inv-1")]].concat();
    let payment = read(NotificationKind::Payment, &both, &[]).unwrap();
    let payout = read(NotificationKind::Payout, &both, &[]).unwrap();
    assert_ne!(payment.dedupe_key(), payout.dedupe_key());
    assert_ne!(payment.fingerprint(), payout.fingerprint());
}
