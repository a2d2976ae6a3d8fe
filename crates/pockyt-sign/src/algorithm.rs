//! The documented rule, and nothing else: any token, any names, any values.
//!
//! Of a name that occurs twice the last value counts, and `verifySign` is left out. With no parameters
//! the canonical text is empty and the signature is the MD5 of the key alone (no `&`). Whether such
//! input should be signed or believed at all is policy: see [`crate::send`] and [`crate::Verifier`].
//!
//! Nothing is copied but the text that is asked for: parameters are slices or iterators of borrowed
//! texts, and those that come in order already are not sorted.

use alloc::string::String;

use crate::hashing::Text;
use crate::order::{self, Keyed, Ordered};
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
    let ordered = ordered(borrowed(params));
    let length = ordered.iter().map(|field| field.item.0.len() + field.item.1.len() + 2).sum();
    let mut text = String::with_capacity(length);
    for Keyed { item: (name, value), .. } in ordered {
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
    signature_of(borrowed(params), key)
}

/// The same for parameters that are not in a slice.
///
/// ```
/// use std::collections::HashMap;
/// use pockyt_sign::{SigningKey, algorithm};
///
/// let key = SigningKey::from_any_text("5cbfb079f15b150122261c8537086d77a");
/// let params: HashMap<String, String> = [("b".into(), "2".into()), ("a".into(), "1".into())].into();
/// let signature = algorithm::signature_of(params.iter().map(|(n, v)| (n.as_str(), v.as_str())), &key);
/// assert_eq!(signature.as_str(), "c8abb9651892a7b39ac1132e03435c1d");
/// ```
pub fn signature_of<'a>(params: impl IntoIterator<Item = (&'a str, &'a str)>, key: &SigningKey) -> Signature {
    signature_of_ordered(&ordered(params), key)
}

/// The signature of pairs that are already in order, without `verifySign` and without repetitions.
pub(crate) fn signature_of_ordered(ordered: &[Keyed<(&str, &str)>], key: &SigningKey) -> Signature {
    let mut text = Text::new();
    for Keyed { item: (name, value), .. } in ordered {
        text.push_field(name.as_bytes(), value.as_bytes());
    }
    Signature::of_digest(text.digest(key))
}

fn borrowed<N: AsRef<str>, V: AsRef<str>>(params: &[(N, V)]) -> impl Iterator<Item = (&str, &str)> {
    params.iter().map(|(name, value)| (name.as_ref(), value.as_ref()))
}

fn ordered<'a>(params: impl IntoIterator<Item = (&'a str, &'a str)>) -> Ordered<(&'a str, &'a str)> {
    let mut pairs: Ordered<(&str, &str)> = params
        .into_iter()
        .filter(|(name, _)| *name != VERIFY_SIGN)
        .map(|(name, value)| Keyed { prefix: order::prefix(name.as_bytes()), item: (name, value) })
        .collect();
    let repeated = order::sort(&mut pairs, |(name, _)| name.as_bytes());
    if repeated {
        // The sort keeps the given order of equal names, so the last one given is the last of them.
        pairs.dedup_by(|later, kept| {
            let same = later.item.0 == kept.item.0;
            if same {
                kept.item.1 = later.item.1;
            }
            same
        });
    }
    pairs
}
