//! From a typed request to the bytes on the wire.

use std::borrow::Cow;

use pockyt_sign::{SigningKey, VERIFY_SIGN, send};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::{Merchant, Operation, Params};

/// A request with its signature: the pairs that were signed are the pairs that are sent.
///
/// `Debug` shows the parameters' names only.
#[derive(Clone, Debug)]
pub struct SignedRequest<'a> {
    path: &'a str,
    params: Params<'a>,
}

impl<'a> SignedRequest<'a> {
    /// Writes the operation's parameters, adds the merchant's and `extra`, orders them by name and
    /// signs them.
    ///
    /// `extra` is for fields this crate does not know; a name it does know is refused as repeated.
    ///
    /// # Errors
    ///
    /// The sending policy of pockyt-sign refused a parameter; only `extra` can make that happen.
    pub fn new<O: Operation>(
        operation: &'a O,
        merchant: &'a Merchant,
        extra: &'a [(String, String)],
        key: &SigningKey,
    ) -> Result<Self, send::Refusal> {
        let mut params = Params::with_capacity(16);
        operation.write_params(&mut params);
        merchant.write(&mut params);
        for (name, value) in extra {
            params.push(name.as_str(), value.as_str());
        }
        params.sort();
        let signature = send::sign(params.pairs(), key)?;
        params.push(VERIFY_SIGN, signature.as_str().to_owned());
        Ok(Self { path: operation.path(), params })
    }

    /// The path below the base URL.
    pub fn path(&self) -> &'a str {
        self.path
    }

    /// The pairs, `verifySign` last.
    pub fn pairs(&self) -> &[(Cow<'a, str>, Cow<'a, str>)] {
        self.params.pairs()
    }

    /// The body as a JSON object whose values are all strings (`application/json`).
    pub fn to_json(&self) -> String {
        // A map of strings to strings always serialises.
        serde_json::to_string(&JsonObject(self.pairs())).unwrap_or_default()
    }

    /// The body as form fields (`application/x-www-form-urlencoded`).
    pub fn to_form(&self) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(self.pairs());
        form.finish()
    }
}

struct JsonObject<'a>(&'a [(Cow<'a, str>, Cow<'a, str>)]);

impl Serialize for JsonObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}
