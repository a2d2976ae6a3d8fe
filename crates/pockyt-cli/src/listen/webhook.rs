//! Webhooks as the Standard Webhooks specification 1.0 writes and signs them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use pockyt_ipn::Notice;
use pockyt_model::UtcMillis;
use serde::{Serialize, Serializer};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::json;
use crate::store::moment;

/// HMAC-SHA-256 takes a key of this many bytes; a shorter one is filled up with zeros.
const BLOCK: usize = 64;

/// What sender and receiver share: `whsec_` and the Base64 of 24 to 64 bytes.
#[derive(Clone)]
pub(crate) struct Secret(Zeroizing<[u8; BLOCK]>);

impl Secret {
    /// Reads `whsec_…`; the error repeats nothing of it.
    pub(crate) fn read(text: &str) -> Result<Self, &'static str> {
        const RULE: &str = "a webhook secret is whsec_ and the Base64 of 24 to 64 random bytes";
        let base64 = text.strip_prefix("whsec_").ok_or(RULE)?;
        let bytes = Zeroizing::new(STANDARD.decode(base64).map_err(|_| RULE)?);
        if !(24..=BLOCK).contains(&bytes.len()) {
            return Err(RULE);
        }
        let mut block = Zeroizing::new([0; BLOCK]);
        for (to, from) in block.iter_mut().zip(bytes.iter()) {
            *to = *from;
        }
        Ok(Self(block))
    }

    /// What stands in the header `webhook-signature`: `v1,` and the Base64 of HMAC-SHA-256 over id, time in
    /// seconds and body, with dots between them.
    pub(crate) fn sign(&self, id: &str, seconds: u64, body: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new(&(*self.0).into());
        mac.update(format!("{id}.{seconds}.").as_bytes());
        mac.update(body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

/// A notice as it is handed on.
pub(crate) struct Webhook {
    /// The same at every attempt, after a redrive and in another store too, and another one for whatever says
    /// something else: a receiver that keeps it acts once.
    pub(crate) id: String,
    /// Without anything that differs between attempts.
    pub(crate) body: Vec<u8>,
}

impl Webhook {
    pub(crate) fn of(notice: &Notice) -> serde_json::Result<Self> {
        let id = id_of(notice);
        let body = json::to_vec(&Body::of(notice))?;
        Ok(Self { id, body })
    }
}

/// From what makes the notification the same as another, and from what it says. Not from its number in the
/// store, which begins anew in a new store.
fn id_of(notice: &Notice) -> String {
    let notification = notice.notification();
    let mut hash = Sha256::new();
    let (tenant, key) = (notice.tenant().as_str(), notification.dedupe_key());
    for part in [tenant, notification.kind().as_str(), key.as_str()] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.update(notification.fingerprint().as_bytes());
    let short: String = hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("ntc_{short}")
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: String,
    timestamp: String,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    notice: u64,
    tenant: &'a str,
    /// Whether it is only a reason to ask Pockyt: nothing in it moves money.
    trigger: bool,
    /// Whether somebody released it from quarantine.
    released: bool,
    /// Whether the fields are what Pockyt answered when it was asked.
    confirmed: bool,
    fields: Fields<'a>,
}

/// The signed fields as they came or were answered, every value a text.
struct Fields<'a>(&'a pockyt_sign::Fields<'static>);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter())
    }
}

impl<'a> Body<'a> {
    fn of(notice: &'a Notice) -> Self {
        let notification = notice.notification();
        Self {
            kind: format!("pockyt.{}", notification.kind()),
            timestamp: moment(notice.received_at()),
            data: Data {
                notice: notice.id().get(),
                tenant: notice.tenant().as_str(),
                trigger: notice.is_trigger(),
                released: notice.was_released(),
                confirmed: notice.is_confirmed(),
                fields: Fields(notification.fields()),
            },
        }
    }
}

/// A moment as `webhook-timestamp` has it.
pub(crate) fn seconds(at: UtcMillis) -> u64 {
    at.get() / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    #[test]
    fn the_specifications_example_comes_out() {
        let signature = Secret::read(SECRET).unwrap().sign(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            br#"{"test": 2432232314}"#,
        );
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn an_independent_implementation_believes_it() {
        let (id, body, time) = ("ntc_1", "{\"type\":\"pockyt.pay\"}", seconds(crate::store::now()));
        let signature = Secret::read(SECRET).unwrap().sign(id, time, body.as_bytes());
        let verifier = standardwebhooks::Webhook::new(SECRET).unwrap();
        let mut headers = http::HeaderMap::new();
        for (name, value) in
            [("webhook-id", id), ("webhook-timestamp", &time.to_string()), ("webhook-signature", &signature)]
        {
            headers.insert(name.parse::<http::HeaderName>().unwrap(), value.parse().unwrap());
        }
        verifier.verify(body.as_bytes(), &headers).unwrap();
        assert!(verifier.verify(b"{}", &headers).is_err());
    }

    #[test]
    fn secrets_have_their_form_and_length() {
        for text in ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2hvcnQ=", "whsec_not base64!"]
        {
            assert!(Secret::read(text).is_err(), "{text}");
        }
        assert!(Secret::read(&format!("whsec_{}", STANDARD.encode([1; 65]))).is_err());
        for length in [24, 64] {
            assert!(Secret::read(&format!("whsec_{}", STANDARD.encode(vec![1; length]))).is_ok());
        }
    }
}
