//! Writing a request as a JSON body with its signature, in three ways that give the same bytes.
//!
//! Each begins with the request as it is held in memory: [`ours`] with the model's types, the others with
//! a struct of `String`s that nobody has checked. The fields are in the order in which they are signed, in
//! the struct because it was written so.

/// By pockyt-model.
pub(crate) mod ours;

/// By serde_json and structs with `derive(Serialize)`, all fields `String`s.
pub(crate) mod derive;

use pockyt_sign::{SigningKey, send};
use serde_json::{Map, Value};

use derive::{Checkout, InStore};

/// Where a body's signature comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Signing<'a> {
    /// It is known beforehand.
    Given(&'a str),
    /// It is made of the fields.
    With(&'a SigningKey),
}

/// The prepay request by way of a [`Value`], which keeps names in order.
pub(crate) fn value_in_store(request: &InStore, signing: Signing<'_>) -> Option<String> {
    value(&request.pairs(), signing)
}

/// The secure-pay request by way of a [`Value`].
pub(crate) fn value_checkout(request: &Checkout, signing: Signing<'_>) -> Option<String> {
    value(&request.pairs(), signing)
}

fn value(pairs: &[(&str, &str)], signing: Signing<'_>) -> Option<String> {
    let mut map = Map::new();
    for (name, value) in pairs {
        map.insert((*name).to_owned(), Value::String((*value).to_owned()));
    }
    let signature = match signing {
        Signing::Given(signature) => signature.to_owned(),
        Signing::With(key) => {
            let text = |(name, value)| Some((String::as_str(name), Value::as_str(value)?));
            let signed: Vec<_> = map.iter().map(text).collect::<Option<_>>()?;
            send::sign(&signed, key).ok()?.as_str().to_owned()
        }
    };
    map.insert("verifySign".to_owned(), Value::String(signature));
    serde_json::to_string(&Value::Object(map)).ok()
}
