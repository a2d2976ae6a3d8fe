//! Why a signature does not match: which known mistake would have made it.
//!
//! A mock may say this; it never says what the right signature is.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use pockyt_sign::{Signature, SigningKey, VERIFY_SIGN, algorithm};

use crate::body::Reading;
use crate::journal::cut;

/// Trying each field as the one that was not signed takes a hash for each.
const MAX_FIELDS: usize = 64;
/// And each hash is over all of the body.
const MAX_BODY: usize = 64 * 1024;
/// How much of a field's name is repeated.
const MAX_NAME: usize = 64;

/// A sentence that names the mistake, if it is a known one.
pub(crate) fn mismatch<'a>(
    body_length: usize,
    reading: &Reading<'_>,
    key: &SigningKey,
    other_keys: impl Iterator<Item = &'a SigningKey>,
) -> String {
    if body_length > MAX_BODY {
        return "it does not match; in a body above 64 KiB the mistake is not looked for".into();
    }
    let pairs: Vec<(&str, &str)> = reading
        .pairs
        .iter()
        .filter(|(name, _)| name != VERIFY_SIGN)
        .map(|(name, value)| (&**name, &**value))
        .collect();
    let presented = reading.get(VERIFY_SIGN).unwrap_or_default();
    let trimmed = presented.trim().to_ascii_lowercase();
    let Some(presented_loosely) = Signature::parse(&trimmed) else {
        return "verifySign is not 32 lower-case hexadecimal digits".into();
    };
    let fits = |pairs: &[(&str, &str)], key| algorithm::signature(pairs, key).matches(&presented_loosely);
    if fits(&pairs, key) {
        return "it is right but for upper case or white space; send 32 lower-case hexadecimal digits".into();
    }
    if pairs.len() > MAX_FIELDS {
        return "nothing known would match".into();
    }
    if other_keys.into_iter().any(|other| fits(&pairs, other)) {
        return "it would match with the token of another configured merchant or store".into();
    }
    if joined(&pairs).is_some_and(|single| fits(&[(single.0, &single.1)], key)) {
        return "it would match with the fields in the order given; they are signed in the order of their names"
            .into();
    }
    let mut by_culture = pairs.clone();
    by_culture.sort_by_key(|(name, _)| name.to_ascii_lowercase());
    if joined(&by_culture).is_some_and(|single| fits(&[(single.0, &single.1)], key)) {
        return "it would match with names ordered without regard to case; they are ordered by their bytes"
            .into();
    }
    let encoded: Vec<(&str, String)> = pairs
        .iter()
        .map(|(name, value)| (*name, utf8_percent_encode(value, NON_ALPHANUMERIC).to_string()))
        .collect();
    if algorithm::signature(&encoded, key).matches(&presented_loosely) {
        return "it would match with percent-encoded values; they are signed raw".into();
    }
    for (position, (name, _)) in pairs.iter().enumerate() {
        let mut without = pairs.clone();
        without.remove(position);
        if fits(&without, key) {
            let name = cut(name, MAX_NAME);
            return format!("it would match without the field {name}, which was sent but not signed");
        }
    }
    "nothing known would match: a wrong token, or a value changed after signing".into()
}

/// Pairs in a fixed order as one pair with the same signed text: nothing is escaped in it.
fn joined<'a>(pairs: &[(&'a str, &str)]) -> Option<(&'a str, String)> {
    let ((name, value), rest) = pairs.split_first()?;
    let rest: String = rest.iter().map(|(name, value)| format!("&{name}={value}")).collect();
    Some((name, format!("{value}{rest}")))
}
