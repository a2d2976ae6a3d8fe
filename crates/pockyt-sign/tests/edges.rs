//! The small promises: what words and positions say, and sizes at which the code takes another path.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

use std::collections::BTreeSet;

use md5::{Digest, Md5};
use pockyt_sign::send::RefusalKind;
use pockyt_sign::{
    Ambiguous, ApiToken, KeyRing, Received, Rejection, Signature, SigningKey, TokenError, Verified, Verifier,
    algorithm, is_plain_name, send,
};

const TOKEN: &str = "not-a-real-token";
const SANDBOX: &str = "5cbfb079f15b150122261c8537086d77a";

fn key() -> SigningKey {
    SigningKey::from_any_text(TOKEN)
}

fn md5(text: impl AsRef<[u8]>) -> String {
    Md5::digest(text).iter().map(|b| format!("{b:02x}")).collect()
}

/// A body of pairs that need no escapes, signed with this token.
fn form(pairs: &[(&str, &str)], token: &str) -> String {
    let signature = algorithm::signature(pairs, &SigningKey::from_any_text(token));
    let fields: String = pairs.iter().map(|(name, value)| format!("{name}={value}&")).collect();
    format!("{fields}verifySign={signature}")
}

fn verified(received: Received<'_>) -> Verified<'_> {
    match received {
        Received::Verified(message) => message,
        Received::Ambiguous(message) => panic!("{} is ambiguous", message.field()),
    }
}

fn ambiguous(received: Received<'_>) -> Ambiguous<'_> {
    match received {
        Received::Ambiguous(message) => message,
        Received::Verified(message) => panic!("{:?} is verified", message.fields()),
    }
}

/// Names and values of every small size, on either side of the place where a buffer of any size up to a
/// few hundred bytes would be full.
#[test]
fn fields_are_hashed_alike_whatever_their_sizes() {
    for filler in (0..40).chain(235..262).chain(500..516) {
        for (name, value) in [(1, 1), (1, 2), (2, 1), (3, 3), (1, 9), (4, 16), (9, 17), (5, 40)] {
            let (filler, name, value) = ("f".repeat(filler), "n".repeat(name), "v".repeat(value));
            let pairs = [("a", filler.as_str()), (&name, value.as_str()), ("z", "last")];
            let text = format!("a={filler}&{name}={value}&z=last&{}", md5(TOKEN));
            assert_eq!(algorithm::signature(&pairs, &key()).as_str(), md5(&text), "{text}");
            if !filler.is_empty() {
                assert_eq!(send::sign(&pairs, &key()).unwrap().as_str(), md5(&text), "{text}");
                assert!(Verifier::new(key()).form(form(&pairs, TOKEN).as_bytes()).is_ok(), "{text}");
            }
        }
    }
    for empties in 120..130 {
        let names: Vec<String> = (0..empties).map(|at| format!("n{at:03}")).collect();
        let pairs: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
        let text: String = names.iter().map(|name| format!("{name}=&")).collect();
        assert_eq!(algorithm::signature(&pairs, &key()).as_str(), md5(text + &md5(TOKEN)));
    }
}

#[test]
fn the_canonical_text_is_allocated_once_at_its_size() {
    for pairs in [&[("amount", "13"), ("storeNo", "300014"), ("a", "")][..], &[("a", "1")], &[]] {
        let text = algorithm::canonical_text(pairs);
        assert_eq!(text.capacity(), text.len(), "{text}");
    }
}

#[test]
fn names_that_begin_like_the_signature_are_fields() {
    for name in ["verifySi", "verifySig", "verifySigm", "verifySigns", "verifySignature", "verifySize"] {
        let body = form(&[(name, "1"), ("a", "2")], TOKEN);
        let message = verified(Verifier::new(key()).form(body.as_bytes()).unwrap()).into_owned();
        assert_eq!(message.fields().get(name), Some("1"));
    }
}

#[test]
fn names_that_part_after_eight_bytes_are_put_in_order() {
    let sorted = [("reference", "1"), ("referenceA", "2"), ("referenceNo", "3"), ("referenced", "4")];
    let text: String = sorted.iter().map(|(name, value)| format!("{name}={value}&")).collect();
    let expected = md5(text + &md5(TOKEN));
    for rotation in 0..sorted.len() {
        let mut given = sorted;
        given.rotate_left(rotation);
        let body: String = given.iter().map(|(name, value)| format!("{name}={value}&")).collect();
        assert!(Verifier::new(key()).form(format!("{body}verifySign={expected}").as_bytes()).is_ok());
        assert_eq!(send::sign(&given, &key()).unwrap().as_str(), expected);
    }
    let twice = b"reference=1&referenceNo=2&reference=1&verifySign=00000000000000000000000000000000";
    assert_eq!(Verifier::new(key()).form(twice).map(|_| ()), Err(Rejection::DuplicateName));
}

#[test]
fn an_odd_character_is_found_anywhere_in_a_name() {
    for length in 1..40 {
        let name = "n".repeat(length);
        assert!(is_plain_name(&name));
        for place in 0..length {
            for odd in ["-", "=", "&", " ", ".", "/", ":", "@", "[", "`", "{", "\u{7f}"] {
                let mut name = name.clone();
                name.replace_range(place..=place, odd);
                assert!(!is_plain_name(&name), "{name}");
                let body = md5(format!("{name}=1&{}", md5(TOKEN)));
                let escaped: String = name.bytes().map(|b| format!("%{b:02x}")).collect();
                let body = format!("{escaped}=1&verifySign={body}");
                assert_eq!(
                    Verifier::new(key()).form(body.as_bytes()).map(|_| ()),
                    Err(Rejection::NameNotAllowed),
                    "{name}"
                );
            }
        }
    }
}

#[test]
fn fields_say_what_they_hold() {
    let (one, two) = (form(&[("a", "1"), ("b", "2")], TOKEN), form(&[("a", "1"), ("b", "3")], TOKEN));
    let read = |body: &str| verified(Verifier::new(key()).form(body.as_bytes()).unwrap()).into_owned();
    let (message, other) = (read(&one), read(&two));
    let fields = message.fields();
    assert_eq!(
        (fields.len(), fields.is_empty(), fields.get("b"), fields.get("c")),
        (2, false, Some("2"), None)
    );
    assert_eq!(fields.clone().into_owned(), *fields);
    assert_eq!(fields.clone().into_owned().iter().collect::<Vec<_>>(), [("a", "1"), ("b", "2")]);
    assert_ne!(fields, other.fields());
    assert_ne!(fields, read(&form(&[("a", "1")], TOKEN)).fields());
    assert_eq!(format!("{fields:?}"), r#"Fields["a", "b"]"#, "names only");
    assert!(!message.dropped_empties());

    let nothing = read(&format!("verifySign={}", md5(md5(TOKEN))));
    assert!(nothing.fields().is_empty());
}

#[test]
fn fields_are_counted_and_walked_from_either_end() {
    let body = form(&[("b", "1"), ("a", "2"), ("c", "3")], TOKEN);
    let message = verified(Verifier::new(key()).form(body.as_bytes()).unwrap());
    let mut fields = message.fields().iter();
    assert_eq!((fields.len(), format!("{fields:?}")), (3, r#"Iter["b", "a", "c"]"#.to_owned()));
    assert_eq!((fields.next_back(), fields.len()), (Some(("c", "3")), 2));
    assert_eq!((fields.next(), fields.len()), (Some(("b", "1")), 1));
    assert_eq!((fields.next(), fields.size_hint()), (Some(("a", "2")), (0, Some(0))));
    assert_eq!((fields.next(), fields.next_back()), (None, None));
}

#[test]
fn it_is_said_whether_empty_fields_were_dropped() {
    for (signed, dropped) in [("a=1&b=&", false), ("a=1&", true)] {
        let body = format!("a=1&b=&verifySign={}", md5(format!("{signed}{}", md5(TOKEN))));
        let message = verified(Verifier::new(key()).form(body.as_bytes()).unwrap());
        assert_eq!((message.dropped_empties(), message.fields().len()), (dropped, 2 - usize::from(dropped)));
        assert_eq!(message.into_owned().dropped_empties(), dropped);
    }
    for (signed, dropped) in [("a=1&c=2&d=&", false), ("a=1&c=2&", true)] {
        let body = format!("a=1%26c%3D2&d=&verifySign={}", md5(format!("{signed}{}", md5(TOKEN))));
        let message = ambiguous(Verifier::new(key()).form(body.as_bytes()).unwrap());
        assert_eq!(message.dropped_empties(), dropped);
        assert_eq!(message.into_owned().dropped_empties(), dropped);
    }
}

#[test]
fn ambiguous_fields_are_kept_apart_and_owned() {
    let body = format!("b=x%26a%3D1&c=%26d%3D&verifySign={}", md5(format!("b=x&a=1&c=&d=&{}", md5(TOKEN))));
    let message = ambiguous(Verifier::new(key()).form(body.as_bytes()).unwrap()).into_owned();
    assert_eq!((message.field(), message.key()), ("b", 0), "the first of them");
    assert_eq!(message.unconfirmed_fields().iter().collect::<Vec<_>>(), [("b", "x&a=1"), ("c", "&d=")]);
}

#[test]
fn a_ring_says_which_key_matched_and_until_when() {
    let key = SigningKey::from_any_text;
    let ring = KeyRing::new("new", key("1")).with_retired("old", key("2"), 1000).with_retired(
        "older",
        key("3"),
        500,
    );
    for (token, now, expected) in [
        ("1", 0, Ok((0, "new"))),
        ("1", u64::MAX, Ok((0, "new"))),
        ("2", 999, Ok((1, "old"))),
        ("2", 1000, Err(Rejection::SignatureMismatch)),
        ("2", 1001, Err(Rejection::SignatureMismatch)),
        ("3", 499, Ok((2, "older"))),
        ("3", 500, Err(Rejection::SignatureMismatch)),
        ("4", 0, Err(Rejection::SignatureMismatch)),
    ] {
        let expected = expected.map(|(place, label)| (place, Some(label)));
        let body = form(&[("a", "1")], token);
        let got = ring.form(body.as_bytes(), now).map(|received| verified(received).key());
        assert_eq!(got.map(|place| (place, ring.label(place))), expected, "{token} at {now}");
        let json = format!(r#"{{"a":"1","verifySign":"{}"}}"#, md5(format!("a=1&{}", md5(token))));
        let got = ring.json(json.as_bytes(), now).map(|received| verified(received).key());
        assert_eq!(got.map(|place| (place, ring.label(place))), expected, "{token} at {now}, JSON");
        let cut = format!("a=%26b%3D&verifySign={}", md5(format!("a=&b=&{}", md5(token))));
        let got = ring.form(cut.as_bytes(), now).map(|received| ambiguous(received).key());
        assert_eq!(got.map(|place| (place, ring.label(place))), expected, "{token} at {now}, ambiguous");
    }
    assert_eq!(ring.label(3), None);
    assert_eq!(KeyRing::from(key("1")).label(0), Some("only"));
}

#[test]
fn a_ring_knows_of_published_keys() {
    let (own, published) = (key(), SigningKey::from_any_text(SANDBOX));
    assert!(!KeyRing::new("own", own.clone()).has_published_sandbox_key());
    assert!(KeyRing::new("own", own).with_retired("old", published, 1).has_published_sandbox_key());
}

#[test]
fn broken_escapes_are_named_before_broken_utf_8() {
    for (body, expected) in [
        (&b"a=%ff%zz"[..], Rejection::InvalidEscape),
        (b"a=%c3%28", Rejection::InvalidUtf8),
        (b"a=%c3%zz", Rejection::InvalidEscape),
        (b"a=%c3", Rejection::InvalidUtf8),
        (b"a=%c3x", Rejection::InvalidUtf8),
        (b"a=%f0%9f%98%80%f0%9f%98", Rejection::InvalidUtf8),
    ] {
        assert_eq!(Verifier::new(key()).form(body).map(|_| ()), Err(expected), "{}", body.escape_ascii());
    }
}

#[test]
fn a_refusal_names_the_place_and_the_rule() {
    let refused = |params: &[(&str, &str)]| send::sign(params, &key()).unwrap_err();
    for (params, position, kind, word) in [
        (&[("a", "1"), ("b", "1"), ("a", "2")][..], 2, RefusalKind::DuplicateName, "duplicate-name"),
        (&[("c", "1"), ("b", "1"), ("d", "2"), ("b", "3")], 3, RefusalKind::DuplicateName, "duplicate-name"),
        (&[("", "1")], 0, RefusalKind::NameNotAllowed, "name-not-allowed"),
        (&[("b", "1"), ("a", "2"), ("c", "")], 2, RefusalKind::EmptyValue, "empty-value"),
        (&[("verifySign", "1")], 0, RefusalKind::AlreadySigned, "already-signed"),
    ] {
        let refusal = refused(params);
        assert_eq!((refusal.position(), refusal.kind(), refusal.kind().as_str()), (position, kind, word));
        assert!(refusal.to_string().starts_with(&format!("parameter {position} ")), "{refusal}");
    }
}

#[test]
fn each_refusal_and_rejection_has_words_of_its_own() {
    let rejections = [
        (Rejection::DuplicateName, "duplicate-name"),
        (Rejection::InvalidEscape, "invalid-escape"),
        (Rejection::InvalidJson, "invalid-json"),
        (Rejection::InvalidUtf8, "invalid-utf8"),
        (Rejection::NameNotAllowed, "name-not-allowed"),
        (Rejection::SignatureEmpty, "signature-empty"),
        (Rejection::SignatureMalformed, "signature-malformed"),
        (Rejection::SignatureMismatch, "signature-mismatch"),
        (Rejection::SignatureMissing, "signature-missing"),
        (Rejection::TooLarge, "too-large"),
    ];
    let sentences: BTreeSet<String> = rejections.iter().map(|(rejection, _)| rejection.to_string()).collect();
    assert_eq!(sentences.len(), rejections.len(), "each has its own sentence");
    assert!(!sentences.contains(""));
    for (rejection, word) in rejections {
        assert_eq!(rejection.as_str(), word, "scripts go by it");
    }
    let errors: BTreeSet<String> = [TokenError::Empty, TokenError::Padded].map(|e| e.to_string()).into();
    assert!(errors.len() == 2 && !errors.contains(""));
}

#[test]
fn a_signature_is_exactly_32_lower_case_digits() {
    let digits = "0123456789abcdef0123456789abcdef";
    let signature = Signature::parse(digits).unwrap();
    assert_eq!((signature.as_str(), signature.to_string().as_str()), (digits, digits));
    assert_eq!(format!("{signature:?}"), format!("Signature({digits})"));
    for wrong in ["", &digits[1..], &format!("{digits}0"), &digits.to_ascii_uppercase()] {
        assert!(Signature::parse(wrong).is_none(), "{wrong}");
    }
    for place in 0..32 {
        for wrong in ["/", ":", "`", "g", "A"] {
            let mut text = digits.to_owned();
            text.replace_range(place..=place, wrong);
            assert!(Signature::parse(&text).is_none(), "{text}");
        }
        let mut other = digits.to_owned();
        other.replace_range(place..=place, if &digits[place..=place] == "7" { "8" } else { "7" });
        assert!(!signature.matches(&Signature::parse(&other).unwrap()), "{other}");
    }
    assert!(signature.matches(&Signature::parse(digits).unwrap()));
}

#[test]
fn only_the_two_published_tokens_are_known() {
    for (token, expected) in [
        (SANDBOX, true),
        ("17cfc0170ef1c017b4a929d233d6e65e", true),
        (TOKEN, false),
        ("5cbfb079f15b150122261c8537086d77", false),
    ] {
        let token = ApiToken::new(token).unwrap();
        assert_eq!(token.is_published_sandbox(), expected);
        assert_eq!(SigningKey::new(&token).is_published_sandbox(), expected);
    }
}
