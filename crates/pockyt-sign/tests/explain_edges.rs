//! Where explaining stops, and what exactly is hidden.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

use md5::{Digest, Md5};
use pockyt_sign::explain::{Explanation, Suspect, Variation, masked};

const TOKEN: &str = "not-a-real-token";

fn md5(text: impl AsRef<[u8]>) -> String {
    Md5::digest(text).iter().map(|b| format!("{b:02x}")).collect()
}

/// Explains fields with the signature of another text.
fn explain(fields: &[(String, String)], signed: &str) -> Explanation {
    let signature = ("verifySign".to_owned(), md5(signed));
    let all = fields.iter().cloned().chain([signature]);
    Suspect::of_pairs(all).token("ours", TOKEN).explain()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn text(fields: &[(String, String)]) -> String {
    fields.iter().map(|(name, value)| format!("{name}={value}&")).collect()
}

fn variations(explanation: &Explanation) -> Vec<&[Variation]> {
    explanation.findings().iter().map(pockyt_sign::explain::Finding::variations).collect()
}

#[test]
fn one_text_is_explained_once() {
    let signature = md5(format!("a=1&{}", md5(format!("{TOKEN}\n"))));
    let body = format!("a=1&verifySign={signature}");
    let suspect = Suspect::of_form(body.as_bytes()).unwrap().token("ours", TOKEN).token("again", TOKEN);
    assert_eq!(variations(&suspect.explain()), [[Variation::TokenPadded]]);
    assert_eq!(format!("{suspect:?}"), r#"Suspect["a", "verifySign"]"#, "names only");
}

/// An odd key is likely with the documented text, or without its empties; with anything else it would be a
/// guess.
#[test]
fn odd_keys_are_tried_with_likely_texts_only() {
    let fields = pairs(&[("b", "1"), ("a", "2"), ("c", "")]);
    for (key, variation) in [
        (md5(format!("{TOKEN}\n")), Variation::TokenPadded),
        (TOKEN.to_owned(), Variation::TokenNotHashed),
        (String::new(), Variation::NoToken),
    ] {
        let explained = explain(&fields, &format!("a=2&b=1&{key}"));
        assert_eq!(variations(&explained), [[Variation::EmptiesDropped, variation]]);
        assert!(explain(&fields, &format!("b=1&a=2&c=&{key}")).findings().is_empty());
    }
    assert_eq!(
        variations(&explain(&fields, &format!("b=1&a=2&c=&{}", md5(TOKEN)))),
        [[Variation::Unordered]]
    );
}

#[test]
fn an_added_field_is_sought_among_64_fields_and_64_kib() {
    let message = |fields: usize, bytes: usize| {
        let mut fields: Vec<_> = (0..fields).map(|at| (format!("f{at:03}"), "1".to_owned())).collect();
        let missing = bytes.saturating_sub(text(&fields).len());
        fields[0].1.push_str(&"x".repeat(missing));
        fields
    };
    for (fields, bytes, found) in [
        (64, 0, true),
        (65, 0, false),
        (2, 64 * 1024, true),
        (2, 64 * 1024 + 1, false),
        (64, 64 * 1024, true),
        (65, 64 * 1024 + 1, false),
    ] {
        let all = message(fields, bytes);
        let signed = text(&all[..all.len() - 1]) + &md5(TOKEN);
        let findings = explain(&all, &signed).findings().to_vec();
        assert_eq!(!findings.is_empty(), found, "{fields} fields in {bytes} bytes");
        assert!(findings.iter().all(|finding| finding.variations() == [Variation::FieldAdded]));
    }
}

#[test]
fn only_json_values_are_tried_with_json_escapes() {
    let signed = |value: &str| format!("a={value}&{}", md5(TOKEN));
    for (sent, signed_as, expected) in [
        (r#"["a/b"]"#, r#"["a\/b"]"#, Some(Variation::JsonEscaped)),
        (r#"{"a":"b/c"}"#, r#"{"a":"b\/c"}"#, Some(Variation::JsonEscaped)),
        (r#"["a\/b"]"#, r#"["a/b"]"#, Some(Variation::JsonUnescaped)),
        ("a/b", r"a\/b", None),
        (r"a\/b", "a/b", None),
    ] {
        let explained = explain(&pairs(&[("a", sent)]), &signed(signed_as));
        let found = variations(&explained);
        assert_eq!(found.first().map(|variations| variations.to_vec()), expected.map(|v| vec![v]), "{sent}");
    }
}

#[test]
fn a_card_number_is_hidden_in_any_value() {
    let table = [
        // Each brand's published test numbers.
        ("4242424242424242", true),
        ("5555555555554444", true),
        ("4000056655665556", true),
        ("6011111111111117", true),
        ("3566002020360505", true),
        ("378282246310005", true),
        ("6799990100000000019", true),
        ("4222222222222", true),
        // A digit off, one too short, one too long, and Pockyt's own numbers.
        ("4242424242424243", false),
        ("5555555555554443", false),
        ("424242424242", false),
        ("42424242424242424", false),
        ("297553638300708562", false),
        ("305680500880311923", false),
    ];
    for (number, is_card) in table {
        let note = |number: &str| format!("note=for {number}, thanks&");
        let expected = note(if is_card { "***" } else { number });
        assert_eq!(masked(&pairs(&[("note", &format!("for {number}, thanks"))])), expected);
    }
}

#[test]
fn a_secret_field_that_was_not_signed_leaves_no_trace() {
    let fields = pairs(&[("amount", "1"), ("cardNumber", "x")]);
    let explained = explain(&fields, &format!("amount=1&{}", md5(TOKEN)));
    let difference = explained.findings()[0].difference().unwrap();
    assert_eq!(
        (difference.field(), difference.documented(), difference.signed()),
        ("cardNumber", "cardNumber=***&", "***")
    );
}

#[test]
fn each_habit_has_words_of_its_own() {
    let mut words: Vec<&str> = Variation::ALL.iter().map(|variation| variation.as_str()).collect();
    let mut sentences: Vec<&str> = Variation::ALL.iter().map(|variation| variation.sentence()).collect();
    for all in [&mut words, &mut sentences] {
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), Variation::ALL.len());
    }
    for variation in Variation::ALL {
        assert_eq!(variation.to_string(), variation.as_str());
    }
}
