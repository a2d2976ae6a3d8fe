//! JSON bodies: read as `serde_json`'s own values read them, with numbers as their literals and nested values
//! without the blanks between their tokens.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pockyt_fuzz::{Pairs, are_acceptable, check_accepted, fields, key, members, signature, to_pairs};
use pockyt_sign::{KeyRing, Rejection, Verifier, decode};
use serde_json::Value;
use serde_json::value::RawValue;

fuzz_target!(|body: &[u8]| {
    let verdict = Verifier::new(key()).json(body);
    let by_ring = KeyRing::from(key()).json(body, 0);
    assert_eq!(verdict.as_ref().map(fields).map_err(|e| *e), by_ring.as_ref().map(fields).map_err(|e| *e));
    let text = std::str::from_utf8(body);
    assert_eq!(matches!(verdict, Err(Rejection::InvalidUtf8)), text.is_err());
    let Ok(text) = text else { return };
    let Ok(Value::Object(values)) = serde_json::from_str(text) else {
        // What is no value at all is not accepted, but numbers too large for one are.
        return;
    };
    assert!(!matches!(verdict, Err(Rejection::InvalidJson)), "refused, though it is an object");
    let members = members(text).expect("what was read as a value can be read raw");
    let pairs = pairs(&members, &values);
    assert_eq!(decode::json(body).as_ref(), Ok(&pairs));
    if let Ok(received) = &verdict {
        let presented = pairs.iter().find(|(name, _)| name == "verifySign");
        check_accepted(received, &presented.expect("only signed bodies are accepted").1);
    } else if !values.contains_key("verifySign") {
        check(text, &pairs);
    }
});

/// The body with a right signature as its last member.
fn check(text: &str, pairs: &Pairs) {
    let signature = signature(pairs);
    let open = text.trim_end().strip_suffix('}').expect("an object ends so");
    let comma = if pairs.is_empty() { "" } else { "," };
    let body = format!(r#"{open}{comma}"verifySign":"{signature}"}}"#);
    match Verifier::new(key()).json(body.as_bytes()) {
        Ok(received) => {
            assert!(are_acceptable(pairs), "accepted with odd or repeated names");
            assert_eq!(to_pairs(fields(&received)), *pairs);
            check_accepted(&received, &signature);
        }
        Err(Rejection::NameNotAllowed | Rejection::DuplicateName) => assert!(!are_acceptable(pairs)),
        Err(other) => panic!("a right signature is refused as {other}"),
    }
}

/// The texts that count as the members' values. Where a name occurs once, they are held against the value.
fn pairs(members: &[(String, Box<RawValue>)], values: &serde_json::Map<String, Value>) -> Pairs {
    let is_unique = members.len() == values.len();
    let text = |(name, raw): &(String, Box<RawValue>)| {
        let literal = raw.get();
        let value: Value = serde_json::from_str(literal).expect("it was read before");
        assert!(!is_unique || values[name] == value);
        let text = match &value {
            Value::String(text) => text.clone(),
            Value::Array(_) | Value::Object(_) => compact(literal),
            Value::Null | Value::Bool(_) | Value::Number(_) => literal.to_owned(),
        };
        (name.clone(), text)
    };
    members.iter().map(text).collect()
}

/// JSON without the blanks between its tokens: strings are skipped whole, at each quote that ends one.
fn compact(json: &str) -> String {
    let mut kept = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(open) = rest.find('"') {
        kept.extend(rest[..open].split_ascii_whitespace());
        let inside = &rest[open + 1..];
        let mut end = 0;
        while !inside[end..].starts_with('"') {
            end += if inside[end..].starts_with('\\') { 2 } else { 1 };
            while !inside.is_char_boundary(end) {
                end += 1;
            }
        }
        kept.push_str(&rest[open..=open + 1 + end]);
        rest = &inside[end + 1..];
    }
    kept.extend(rest.split_ascii_whitespace());
    kept
}
