//! The documented rule, and nothing else: any token, any names, any values.
//!
//! Of a name that occurs twice the last value counts, and `verifySign` is left out. With no parameters
//! the canonical text is empty and the signature is the MD5 of the key alone (no `&`). Whether such
//! input should be signed or believed at all is policy: see [`crate::send`] and [`crate::Verifier`].

use alloc::string::String;
use alloc::vec::Vec;

use md5::{Digest, Md5};

use crate::token::hex_digest;
use crate::{Signature, SigningKey, VERIFY_SIGN};

/// The text that is signed, before the key is appended: `name=value&` for each parameter, by name.
///
/// It holds every value, card numbers included: not for logs.
///
/// ```
/// let text = pockyt_sign::algorithm::canonical_text(&[("storeNo", "300014"), ("amount", "13")]);
/// assert_eq!(text, "amount=13&storeNo=300014&");
/// ```
pub fn canonical_text<N: AsRef<str>, V: AsRef<str>>(params: &[(N, V)]) -> String {
    let ordered = ordered(params);
    let length = ordered.iter().map(|(name, value)| name.len() + value.len() + 2).sum();
    let mut text = String::with_capacity(length);
    for (name, value) in ordered {
        text.push_str(name);
        text.push('=');
        text.push_str(value);
        text.push('&');
    }
    text
}

/// The signature of the parameters.
///
/// ```
/// use pockyt_sign::{SigningKey, algorithm};
///
/// let key = SigningKey::from_any_text("5cbfb079f15b150122261c8537086d77a");
/// assert_eq!(algorithm::signature(&[("a", "1")], &key).as_str(), "83c6fe84bc448d923f561cb46aa6ffbd");
/// ```
pub fn signature<N: AsRef<str>, V: AsRef<str>>(params: &[(N, V)], key: &SigningKey) -> Signature {
    signature_of_ordered(ordered(params), key)
}

/// The signature of pairs that are already in order, without `verifySign` and without repetitions.
pub(crate) fn signature_of_ordered<'a>(
    ordered: impl IntoIterator<Item = (&'a str, &'a str)>,
    key: &SigningKey,
) -> Signature {
    let mut hasher = Md5::new();
    for (name, value) in ordered {
        hasher.update(name);
        hasher.update(b"=");
        hasher.update(value);
        hasher.update(b"&");
    }
    hasher.update(key.as_bytes());
    Signature::from_hex(hex_digest(hasher))
}

fn ordered<N: AsRef<str>, V: AsRef<str>>(params: &[(N, V)]) -> Vec<(&str, &str)> {
    let mut pairs: Vec<(&str, &str)> = params
        .iter()
        .map(|(name, value)| (name.as_ref(), value.as_ref()))
        .filter(|(name, _)| *name != VERIFY_SIGN)
        .collect();
    // The sort is stable, so of equal names the last one given ends last and is the one kept.
    pairs.sort_by_key(|(name, _)| *name);
    pairs.dedup_by(|later, kept| {
        let same = later.0 == kept.0;
        if same {
            kept.1 = later.1;
        }
        same
    });
    pairs
}
