//! The merchant's account, and what it signs and verifies with.

use pockyt_sign::{ApiToken, Signature, SigningKey, Verifier, send};
use pockyt_sim::{Account, Config, Reply};

use super::requests::{MERCHANT_NO, Requests, STORE_NO};

pub(super) struct Merchant {
    /// A Pockyt that knows the merchant and nobody else, but for what each history draws.
    pub(super) pockyt: Config,
    pub(super) key: SigningKey,
    pub(super) verifier: Verifier,
    pub(super) requests: Requests,
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
                accounts: vec![Account::new(MERCHANT_NO, STORE_NO, &token)],
                public_url: "http://pockyt.example".to_owned(),
                journal_capacity: 0,
                ..Config::default()
            },
            verifier: Verifier::new(key.clone()),
            key,
            requests: Requests::new(),
        }
    }

    /// Signs a request; `None` when a field cannot be signed, which those of a simulation can.
    pub(super) fn sign(&self, fields: &[(&str, &str)]) -> Option<Signature> {
        send::sign(fields, &self.key).ok()
    }
}

/// What of a body reaches the merchant; `None` when it is less than all.
pub(super) fn whole(reply: Reply, body: Vec<u8>) -> Option<Vec<u8>> {
    matches!(reply, Reply::Send | Reply::SendAndClose | Reply::SendInPieces { .. }).then_some(body)
}
