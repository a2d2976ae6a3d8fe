//! Every shared vector, through the pure algorithm and through the receiving policy.
//!
//! The vectors were computed independently and compared with the vendor's own SDKs; see
//! `vectors/README.md`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

use pockyt_sign::{Received, Rejection, SigningKey, Verifier, algorithm};
use serde_json::Value;

fn vectors() -> Vec<Value> {
    include_str!("../vectors/verify-sign.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).expect("a vector is JSON"))
        .collect()
}

fn text<'a>(vector: &'a Value, field: &str) -> &'a str {
    vector[field].as_str().unwrap_or_else(|| panic!("{field} is missing in {vector}"))
}

fn params(vector: &Value) -> Vec<(String, String)> {
    serde_json::from_value(vector["params"].clone()).expect("params are pairs of strings")
}

#[test]
fn canonical_text_and_signature_are_those_of_every_vector() {
    let vectors = vectors();
    assert!(vectors.len() >= 265, "only {} vectors", vectors.len());
    for vector in &vectors {
        let name = text(vector, "name");
        let params = params(vector);
        assert_eq!(algorithm::canonical_text(&params), text(vector, "canonical"), "{name}");
        let key = SigningKey::from_any_text(text(vector, "token"));
        assert_eq!(algorithm::signature(&params, &key).as_str(), text(vector, "expected"), "{name}");
    }
}

#[test]
fn published_signatures_are_reproduced() {
    let published: Vec<Value> = vectors().into_iter().filter(|v| v["group"] == "published").collect();
    assert!(published.iter().any(|v| v["name"] == "published-pay"));
    for vector in published {
        let key = SigningKey::from_any_text(text(&vector, "token"));
        let signature = algorithm::signature(&params(&vector), &key);
        assert_eq!(signature.as_str(), text(&vector, "published"), "{}", vector["name"]);
    }
}

/// Where the vendor's verifiers agree, ours agrees with them.
#[test]
fn verdicts_are_those_on_which_the_vendors_verifiers_agree() {
    let mut seen = 0;
    for (name, case, verdict) in verdicts() {
        let Some(accept) = case["accept"].as_bool() else { continue };
        seen += 1;
        assert_eq!(verdict.is_ok(), accept, "{name}, {}: {verdict:?}", case["case"]);
    }
    assert!(seen > 200, "only {seen} verdicts");
}

/// Where they part, the policy decides: repeated names are refused, and empty values may be unsigned.
#[test]
fn verdicts_on_which_they_part_follow_the_policy() {
    for (name, case, verdict) in verdicts() {
        if case.get("answers").is_none() {
            continue;
        }
        let kind = text(&case, "case");
        let expected = match kind {
            "valid" | "an empty field added" => Ok(()),
            _ if kind.contains("twice") => Err(Rejection::DuplicateName),
            _ => panic!("{name}: no rule for {kind:?}"),
        };
        assert_eq!(verdict, expected, "{name}, {kind}");
    }
}

fn verdicts() -> impl Iterator<Item = (String, Value, Result<(), Rejection>)> {
    vectors().into_iter().flat_map(|vector| {
        let name = text(&vector, "name").to_owned();
        let token = text(&vector, "token").to_owned();
        let cases = vector["verify"].as_array().cloned().unwrap_or_default();
        cases.into_iter().map(move |case| {
            let key = SigningKey::from_any_text(case["token"].as_str().unwrap_or(&token));
            let body = text(&case, "form_body").to_owned();
            let verdict = Verifier::new(key).form(body.as_bytes()).map(|received| match received {
                Received::Verified(_) => (),
                Received::Ambiguous(message) => panic!("{name}: {} is ambiguous", message.field()),
            });
            (name.clone(), case, verdict)
        })
    })
}
