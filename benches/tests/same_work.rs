//! What is measured side by side must give the same answer.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

use pockyt_benches::{CASES, NOTIFICATION, SECURE_PAY, TOKEN, naive, prepared, raw_md5, signed_text};
use pockyt_sign::{ApiToken, Received, SigningKey, Verifier, algorithm, send};

fn key() -> SigningKey {
    SigningKey::new(&ApiToken::new(TOKEN).unwrap())
}

#[test]
fn signing_in_three_ways_gives_one_signature() {
    let ours = send::sign(&SECURE_PAY, &key()).unwrap();
    let text = signed_text(&algorithm::canonical_text(&SECURE_PAY));
    assert_eq!(ours.as_str(), hex::encode(raw_md5(text.as_bytes())));
    assert_eq!(ours.as_str(), naive::sign(&SECURE_PAY, TOKEN));
}

#[test]
fn verifying_in_three_ways_gives_one_verdict() {
    let Received::Verified(message) = Verifier::new(key()).form(NOTIFICATION.as_bytes()).unwrap() else {
        panic!("the notification is not ambiguous")
    };
    assert_eq!(message.fields().get("amount"), Some("499.95"));
    let (pairs, signature) = NOTIFICATION.rsplit_once("verifySign=").unwrap();
    assert_eq!(signature, hex::encode(raw_md5(signed_text(pairs).as_bytes())));
    assert!(naive::verify(NOTIFICATION, TOKEN));
}

#[test]
fn none_verifies_what_was_changed() {
    let changed = NOTIFICATION.replace("amount=499.95", "amount=4.95");
    assert!(Verifier::new(key()).form(changed.as_bytes()).is_err());
    assert!(!naive::verify(&changed, TOKEN));
}

/// A case that is refused would be measured as fast.
#[test]
fn every_counted_case_does_its_work() {
    for case in CASES.iter().filter(|case| !case.ends_with("md5")) {
        assert!(prepared(case).unwrap()(), "{case}");
    }
    assert!(prepared("no such case").is_none());
}
