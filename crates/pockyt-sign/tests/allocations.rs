//! Ordinary messages are signed and verified with at most one allocation.
#![allow(clippy::unwrap_used, reason = "a test reports by panicking")]

use allocation_counter::measure;
use pockyt_sign::{KeyRing, Received, SigningKey, Verifier, algorithm, send};

const REQUEST: [(&str, &str); 12] = [
    ("merchantNo", "200043"),
    ("storeNo", "300014"),
    ("amount", "499.95"),
    ("currency", "USD"),
    ("settleCurrency", "USD"),
    ("vendor", "alipay"),
    ("terminal", "ONLINE"),
    ("reference", "order-1"),
    ("ipnUrl", "https://shop.example/ipn"),
    ("callbackUrl", "https://shop.example/done"),
    ("description", "Two pairs of boots"),
    ("timeout", "120"),
];

fn key() -> SigningKey {
    SigningKey::from_any_text("not-a-real-token")
}

/// How many allocations it takes.
fn allocations(work: impl FnOnce()) -> u64 {
    measure(work).count_total
}

fn notification(escaped: bool) -> String {
    let fields = [("amount", "1.00"), ("note", "Tom & Ann"), ("reference", "r-1"), ("status", "success")];
    let signature = algorithm::signature(&fields, &key());
    let note = if escaped { "note=Tom+%26+Ann&" } else { "" };
    let fields: Vec<_> = fields.into_iter().filter(|(name, _)| escaped || *name != "note").collect();
    let signature = if escaped { signature } else { algorithm::signature(&fields, &key()) };
    format!("amount=1.00&{note}reference=r-1&status=success&verifySign={signature}")
}

#[test]
fn signing_allocates_nothing() {
    let key = key();
    assert_eq!(allocations(|| assert!(send::sign(&REQUEST, &key).is_ok())), 0);
    assert_eq!(allocations(|| assert!(!algorithm::signature(&REQUEST, &key).as_str().is_empty())), 0);
    let mut sorted = REQUEST;
    sorted.sort_unstable();
    assert_eq!(allocations(|| assert!(send::sign(&sorted, &key).is_ok())), 0);
}

#[test]
fn verifying_allocates_nothing_for_a_plain_body_and_once_for_an_escaped_one() {
    let verifier = Verifier::new(key());
    let ring = KeyRing::new("new", SigningKey::from_any_text("new")).with_retired("old", key(), 2);
    for (body, expected) in [(notification(false), 0), (notification(true), 1)] {
        assert!(matches!(verifier.form(body.as_bytes()), Ok(Received::Verified(_))));
        assert_eq!(allocations(|| drop(verifier.form(body.as_bytes()).unwrap())), expected, "{body}");
        assert_eq!(allocations(|| drop(ring.form(body.as_bytes(), 1).unwrap())), expected, "{body}");
    }
    let json = r#"{"amount":"1.00","reference":"r-1","status":"success","verifySign":"VS"}"#;
    let fields = [("amount", "1.00"), ("reference", "r-1"), ("status", "success")];
    let json = json.replace("VS", algorithm::signature(&fields, &key()).as_str());
    assert_eq!(allocations(|| drop(verifier.json(json.as_bytes()).unwrap())), 0);
    let spaced = json.replace(':', ": ");
    assert_eq!(allocations(|| drop(verifier.json(spaced.as_bytes()).unwrap())), 1);
}

/// The memory for hostile input is bounded by its size. A field of three bytes needs most of it: its place
/// in the text, and that place again to be ordered.
#[test]
fn hostile_bodies_take_memory_in_proportion() {
    let verifier = Verifier::new(key());
    let value = "x".repeat(1 << 20);
    let fields: String = (0..10_000).map(|i| format!("f{i}=1&")).collect();
    let escapes = "%41".repeat(300_000);
    for body in [format!("a={value}"), fields, format!("a={escapes}"), "&".repeat(1 << 20)] {
        let info = measure(|| assert!(verifier.form(body.as_bytes()).is_err()));
        assert!(
            info.bytes_max <= 32 * body.len() as u64 + 4096,
            "{} bytes for {}",
            info.bytes_max,
            body.len()
        );
    }
    let deep = format!("{{\"a\":{}", "[".repeat(1 << 20));
    let long = format!("{{\"a\":\"{}\"}}", "\\u0041".repeat(100_000));
    for body in [deep, long] {
        let info = measure(|| assert!(verifier.json(body.as_bytes()).is_err()));
        assert!(
            info.bytes_max <= 32 * body.len() as u64 + 4096,
            "{} bytes for {}",
            info.bytes_max,
            body.len()
        );
    }
}
