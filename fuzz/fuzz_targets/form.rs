//! Form bodies: accepted exactly when the rules say so, and read as the `form_urlencoded` crate reads them.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pockyt_fuzz::{Pairs, are_acceptable, check_accepted, fields, form_pairs, key, signature, to_pairs};
use pockyt_sign::{KeyRing, Rejection, Verifier, decode};

fuzz_target!(|body: &[u8]| {
    as_it_came(body);
    signed_by_us(body);
});

fn as_it_came(body: &[u8]) {
    let verdict = Verifier::new(key()).form(body);
    let by_ring = KeyRing::from(key()).form(body, 0);
    assert_eq!(verdict.as_ref().map(fields).map_err(|e| *e), by_ring.as_ref().map(fields).map_err(|e| *e));
    let broken = matches!(verdict, Err(Rejection::InvalidEscape | Rejection::InvalidUtf8));
    let pairs = form_pairs(body);
    assert_eq!(decode::form(body).ok(), pairs);
    assert_eq!(broken, pairs.is_none());
    if let (Ok(received), Some(pairs)) = (&verdict, pairs) {
        let presented = pairs.iter().find(|(name, _)| name == "verifySign");
        check_accepted(received, &presented.expect("only signed bodies are accepted").1);
    }
}

fn signed_by_us(body: &[u8]) {
    let Some(pairs) = form_pairs(body) else { return };
    if pairs.iter().any(|(name, _)| name == "verifySign") {
        return;
    }
    check(body, &pairs, &pairs);
    let filled: Pairs = pairs.iter().filter(|(_, value)| !value.is_empty()).cloned().collect();
    check(body, &pairs, &filled);
}

/// The body with a signature over some of its pairs, by other code.
fn check(body: &[u8], pairs: &Pairs, signed: &Pairs) {
    let signature = signature(signed);
    let body = [body, b"&verifySign=", signature.as_bytes()].concat();
    match Verifier::new(key()).form(&body) {
        Ok(received) => {
            assert!(are_acceptable(pairs), "accepted with odd or repeated names");
            assert_eq!(to_pairs(fields(&received)), *signed);
            check_accepted(&received, &signature);
        }
        Err(Rejection::NameNotAllowed | Rejection::DuplicateName) => assert!(!are_acceptable(pairs)),
        Err(other) => panic!("a right signature is refused as {other}"),
    }
}
