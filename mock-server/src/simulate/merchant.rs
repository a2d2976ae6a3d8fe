//! The merchant's account, and how it writes and reads messages.

use pockyt_sign::{ApiToken, SigningKey, Verifier, send};
use pockyt_sim::{Account, Config, Reply};

use super::names::{self, Field, VERIFY_SIGN, Value};

/// How the merchant writes its requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Form,
    Json,
}

pub(super) struct Merchant {
    /// A Pockyt that knows the merchant and nobody else, but for what each history draws.
    pub(super) pockyt: Config,
    pub(super) key: SigningKey,
    pub(super) verifier: Verifier,
}

/// What the merchant's secret is: of no use anywhere.
const TOKEN: &str = "token-of-a-simulated-merchant";

impl Merchant {
    #[expect(clippy::expect_used, reason = "the token is a constant that is neither empty nor padded")]
    pub(super) fn new() -> Self {
        let token = ApiToken::new(TOKEN).expect("a token that is neither empty nor padded");
        let key = SigningKey::new(&token);
        Self {
            pockyt: Config {
                accounts: vec![Account::new(names::OWN_MERCHANT.as_ref(), names::OWN_STORE.as_ref(), &token)],
                public_url: "http://pockyt.example".to_owned(),
                journal_capacity: 0,
                ..Config::default()
            },
            verifier: Verifier::new(key.clone()),
            key,
        }
    }

    /// Writes a signed request; `None` when a field cannot be signed, which those of a simulation can.
    pub(super) fn write(&self, encoding: Encoding, fields: &[Field<'_>], body: &mut String) -> Option<()> {
        let signature = send::sign(fields, &self.key).ok()?;
        body.clear();
        match encoding {
            Encoding::Form => {
                for (name, value) in fields {
                    // Nothing is before the first value that a separator would stand after.
                    body.push_str(if body.is_empty() { name.in_form.get(1..)? } else { name.in_form });
                    push_form_value(body, *value);
                }
                // Digits are their own form, and JSON.
                body.push_str(VERIFY_SIGN.in_form);
                body.push_str(signature.as_str());
            }
            Encoding::Json => {
                body.push('{');
                for (name, value) in fields {
                    let is_first = body.len() == 1;
                    body.push_str(if is_first { name.in_json.get(2..)? } else { name.in_json });
                    push_json_value(body, *value)?;
                }
                body.push_str(VERIFY_SIGN.in_json);
                body.push_str(signature.as_str());
                body.push_str("\"}");
            }
        }
        Some(())
    }
}

const IN_FORMS: u8 = 1;
const IN_JSON: u8 = 2;
/// Of each byte, where it is its own form.
const PLAIN: [u8; 256] = {
    let mut plain = [IN_JSON; 256];
    let mut byte = 0;
    while byte < u8::MAX {
        let is_word = byte.is_ascii_alphanumeric() || matches!(byte, b'*' | b'-' | b'.' | b'_');
        #[expect(clippy::indexing_slicing, reason = "there are as many as bytes")]
        if is_word {
            plain[byte as usize] = IN_FORMS | IN_JSON;
        } else if byte < b' ' || matches!(byte, b'"' | b'\\') {
            plain[byte as usize] = 0;
        }
        byte += 1;
    }
    plain
};

/// Most values are too short for a wide loop.
fn is_plain(value: &str, place: u8) -> bool {
    value.bytes().all(|byte| PLAIN.get(usize::from(byte)).is_some_and(|plain| plain & place != 0))
}

fn push_form_value(body: &mut String, value: Value<'_>) {
    match value {
        Value::Fixed(fixed) => body.push_str(fixed.in_form),
        Value::Own(text) if is_plain(text, IN_FORMS) => body.push_str(text),
        Value::Own(text) => body.extend(form_urlencoded::byte_serialize(text.as_bytes())),
    }
}

/// Writes it without the quotation marks around it.
fn push_json_value(body: &mut String, value: Value<'_>) -> Option<()> {
    match value {
        Value::Fixed(fixed) => body.push_str(fixed.in_json),
        Value::Own(text) if is_plain(text, IN_JSON) => body.push_str(text),
        Value::Own(text) => {
            let quoted = serde_json::to_string(text).ok()?;
            body.push_str(quoted.strip_prefix('"')?.strip_suffix('"')?);
        }
    }
    Some(())
}

impl Encoding {
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Form => "application/x-www-form-urlencoded",
            Self::Json => "application/json",
        }
    }
}

/// What of a body reaches the merchant; `None` when it is less than all.
pub(super) fn whole(reply: Reply, body: Vec<u8>) -> Option<Vec<u8>> {
    matches!(reply, Reply::Send | Reply::SendAndClose | Reply::SendInPieces { .. }).then_some(body)
}
