//! What the benchmarks measure the Pockyt crates against.
//!
//! * [`raw_md5`] is the floor: one MD5 over bytes that somebody else has already put in order.
//! * [`naive`] is the obvious way, as vendors' SDKs and plug-ins do it: a sorted map and `format!`.
//!
//! A benchmark that compares different work says nothing, so tests hold all of them to one answer.

pub mod naive;

use md5::{Digest, Md5};

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

/// The sandbox token that Pockyt's documentation prints.
pub const TOKEN: &str = "5cbfb079f15b150122261c8537086d77a";

/// The text that is hashed: the canonical text with the key at its end.
pub fn signed_text(canonical_text: &str) -> String {
    format!("{canonical_text}{}", hex::encode(Md5::digest(TOKEN)))
}

/// One MD5 and nothing else.
pub fn raw_md5(signed_text: &[u8]) -> [u8; 16] {
    Md5::digest(signed_text).into()
}
