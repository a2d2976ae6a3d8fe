//! What the benchmarks measure the Pockyt crates against.
//!
//! * [`raw_md5`] is the floor: one MD5 over bytes that somebody else has already put in order.
//! * [`naive`] is the obvious way, as vendors' SDKs and plug-ins do it: a sorted map and `format!`.
//!
//! A benchmark that compares different work says nothing, so tests hold all of them to one answer.

pub mod naive;

use std::hint::black_box;

use md5::{Digest, Md5};
use pockyt_sign::{ApiToken, SigningKey, TokenError, Verifier, algorithm, send};

/// The fields of a `secure-pay` request of an ordinary web shop, in the order of the documentation.
pub const SECURE_PAY: [(&str, &str); 12] = [
    ("merchantNo", "200043"),
    ("storeNo", "300014"),
    ("amount", "499.95"),
    ("currency", "USD"),
    ("settleCurrency", "USD"),
    ("vendor", "alipay"),
    ("terminal", "ONLINE"),
    ("reference", "order-20261122-000417"),
    ("ipnUrl", "https://shop.example/pockyt/ipn/5f2c91"),
    ("callbackUrl", "https://shop.example/checkout/done?order=000417"),
    ("description", "Two pairs of boots"),
    ("timeout", "120"),
];

/// A payment notification of eight fields, its signature included, as Pockyt sends it.
pub const NOTIFICATION: &str = "amount=499.95&currency=USD&reference=order-20261122-000417&settleCurrency=USD\
    &status=success&time=20261122142817&transactionNo=305680500880311923\
    &verifySign=36f56ed08db58115953176ea1248f95a";

/// The same with its values escaped as some senders do, so that it has to be decoded.
pub const ESCAPED: &str = "amount=499%2E95&currency=USD&reference=order%2D20261122%2D000417&settleCurrency=USD\
    &status=success&time=20261122142817&transactionNo=305680500880311923\
    &verifySign=36f56ed08db58115953176ea1248f95a";

/// The sandbox token that Pockyt's documentation prints.
pub const TOKEN: &str = "5cbfb079f15b150122261c8537086d77a";

/// The request's fields in the order in which they are signed, as pockyt-model writes them.
pub fn sorted_secure_pay() -> Vec<(&'static str, &'static str)> {
    let mut fields = SECURE_PAY.to_vec();
    fields.sort_unstable();
    fields
}

/// The text that is hashed: the canonical text with the key at its end.
pub fn signed_text(canonical_text: &str) -> String {
    format!("{canonical_text}{}", hex::encode(Md5::digest(TOKEN)))
}

/// One MD5 and nothing else.
pub fn raw_md5(signed_text: &[u8]) -> [u8; 16] {
    Md5::digest(signed_text).into()
}

/// The key of [`TOKEN`].
///
/// # Errors
///
/// None: the published token is well formed.
pub fn key() -> Result<SigningKey, TokenError> {
    Ok(SigningKey::new(&ApiToken::new(TOKEN)?))
}

/// What is hashed to sign the request.
pub fn request_text() -> String {
    signed_text(&algorithm::canonical_text(&SECURE_PAY))
}

/// What is hashed to verify the notification.
pub fn notification_text() -> String {
    signed_text(NOTIFICATION.split("verifySign=").next().unwrap_or_default())
}

/// The names of the cases whose instructions are counted.
pub const CASES: [&str; 6] =
    ["sign-md5", "sign-sorted", "sign-unsorted", "verify-md5", "verify-form", "verify-escaped"];

/// A case, ready to be run again and again; `None` when there is none of this name.
pub fn prepared(case: &str) -> Option<Box<dyn FnMut() -> bool>> {
    let key = key().ok()?;
    let verifier = Verifier::new(key.clone());
    let sorted = sorted_secure_pay();
    let (request, notification) = (request_text(), notification_text());
    Some(match case {
        "sign-md5" => Box::new(move || raw_md5(black_box(request.as_bytes())).starts_with(&[0])),
        "sign-sorted" => Box::new(move || send::sign(black_box(&sorted), &key).is_ok()),
        "sign-unsorted" => Box::new(move || send::sign(black_box(&SECURE_PAY), &key).is_ok()),
        "verify-md5" => Box::new(move || raw_md5(black_box(notification.as_bytes())).starts_with(&[0])),
        "verify-form" => Box::new(move || verifier.form(black_box(NOTIFICATION.as_bytes())).is_ok()),
        "verify-escaped" => Box::new(move || verifier.form(black_box(ESCAPED.as_bytes())).is_ok()),
        _ => return None,
    })
}
