//! Who calls.

use pockyt_model::Merchant;
use pockyt_sign::{ApiToken, SigningKey};

/// A merchant and the key that signs for it. `Debug` does not show the key.
#[derive(Clone, Debug)]
pub struct Credentials {
    pub(crate) merchant: Merchant,
    pub(crate) key: SigningKey,
}

impl Credentials {
    /// The merchant's numbers and token. The token itself is not kept.
    pub fn new(merchant: Merchant, token: &ApiToken) -> Self {
        Self { merchant, key: SigningKey::new(token) }
    }

    /// The merchant's numbers.
    pub fn merchant(&self) -> &Merchant {
        &self.merchant
    }
}
