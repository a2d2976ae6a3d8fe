//! The merchant's account, and how it writes and reads messages.

use pockyt_sign::{ApiToken, SigningKey, VERIFY_SIGN, Verifier, send};
use pockyt_sim::{Account, Config, Reply};

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

pub(super) const MERCHANT_NO: &str = "900001";
pub(super) const STORE_NO: &str = "800001";
pub(super) const IPN_URL: &str = "http://shop.example/ipn";
/// What the merchant's secret is: of no use anywhere.
const TOKEN: &str = "token-of-a-simulated-merchant";

impl Merchant {
    #[expect(clippy::expect_used, reason = "the token is a constant that is neither empty nor padded")]
    pub(super) fn new() -> Self {
        let token = ApiToken::new(TOKEN).expect("a token that is neither empty nor padded");
        let key = SigningKey::new(&token);
        Self {
            pockyt: Config {
                accounts: vec![Account::new(MERCHANT_NO, STORE_NO, &token)],
                public_url: "http://pockyt.example".to_owned(),
                journal_capacity: 0,
                ..Config::default()
            },
            verifier: Verifier::new(key.clone()),
            key,
        }
    }

    /// Writes a signed request; `None` when a field cannot be signed, which those of a simulation can.
    pub(super) fn write(&self, encoding: Encoding, fields: &[(&str, &str)], body: &mut String) -> Option<()> {
        let signature = send::sign(fields, &self.key).ok()?;
        let all = fields.iter().copied().chain([(VERIFY_SIGN, signature.as_str())]);
        body.clear();
        match encoding {
            Encoding::Form => {
                for (name, value) in all {
                    body.push_str(if body.is_empty() { "" } else { "&" });
                    body.push_str(name);
                    body.push('=');
                    push_form_value(body, value);
                }
            }
            Encoding::Json => {
                for (name, value) in all {
                    body.push_str(if body.is_empty() { "{\"" } else { ",\"" });
                    body.push_str(name);
                    body.push_str("\":");
                    push_json_value(body, value)?;
                }
                body.push('}');
            }
        }
        Some(())
    }
}

/// Most values are their own form: numbers and words.
fn push_form_value(body: &mut String, value: &str) {
    // Without an early end, so that the loop is wide.
    let is_odd = |byte: u8| !(byte.is_ascii_alphanumeric() || matches!(byte, b'*' | b'-' | b'.' | b'_'));
    if value.bytes().fold(0, |odd, byte| odd | u8::from(is_odd(byte))) == 0 {
        body.push_str(value);
    } else {
        body.extend(form_urlencoded::byte_serialize(value.as_bytes()));
    }
}

fn push_json_value(body: &mut String, value: &str) -> Option<()> {
    let is_odd = |byte: u8| byte < b' ' || byte == b'"' || byte == b'\\';
    if value.bytes().fold(0, |odd, byte| odd | u8::from(is_odd(byte))) == 0 {
        body.push('"');
        body.push_str(value);
        body.push('"');
    } else {
        body.push_str(&serde_json::to_string(value).ok()?);
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
