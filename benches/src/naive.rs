//! Signing and verifying in the way that comes to mind first.

use std::collections::BTreeMap;

use md5::{Digest, Md5};

/// Signs: a sorted map, a string that grows by `format!`, and the token hashed on every call.
pub fn sign(params: &[(&str, &str)], token: &str) -> String {
    let sorted: BTreeMap<&str, &str> = params.iter().copied().collect();
    sign_map(&sorted, token)
}

/// Verifies a form body whose values need no decoding. It compares with `==`, takes the last of repeated
/// names and knows of no ambiguity: it is quicker than it is right.
pub fn verify(body: &str, token: &str) -> bool {
    let mut sorted: BTreeMap<String, String> = BTreeMap::new();
    for pair in body.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        sorted.insert(name.to_owned(), value.to_owned());
    }
    let Some(given) = sorted.remove("verifySign") else {
        return false;
    };
    sign_map(&sorted, token) == given
}

fn sign_map<T: AsRef<str> + std::fmt::Display>(sorted: &BTreeMap<T, T>, token: &str) -> String {
    let mut text = String::new();
    for (name, value) in sorted {
        text += &format!("{name}={value}&");
    }
    text += &hex::encode(Md5::digest(token));
    hex::encode(Md5::digest(text))
}
