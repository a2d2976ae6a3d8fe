//! What a simulator is made from.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use pockyt_sign::{ApiToken, SigningKey, TokenError};
use serde::Deserialize;

use crate::{FaultProfile, Profile, Schedule, Wallet};

/// What a simulator is made from. Equal configurations and inputs give equal journals.
#[derive(Clone, Debug)]
pub struct Config {
    /// The seed of everything that looks random: transaction numbers, codes, channel ids.
    pub seed: u64,
    /// The choices where sources differ.
    pub profile: Profile,
    /// The accounts. Accounts of one merchant number are its stores.
    pub accounts: Vec<Account>,
    /// When notifications are resent.
    pub schedule: Schedule,
    /// The base of `cashierUrl` and `qrcodeUrl`, such as `http://127.0.0.1:8080`, without a slash at
    /// its end.
    pub public_url: String,
    /// How a customer who shows a barcode behaves, unless a script or a magic value says otherwise.
    pub wallet: Wallet,
    /// Which faults strike by themselves.
    pub fault_profile: FaultProfile,
    /// How many journal entries are kept.
    pub journal_capacity: usize,
}

impl Default for Config {
    /// Seed 0, lenient, the two published sandbox accounts, resends every 15 minutes,
    /// `http://127.0.0.1`, customers who confirm after 5 seconds, no faults, 10 000 journal entries.
    fn default() -> Self {
        Self {
            seed: 0,
            profile: Profile::default(),
            accounts: Account::published().into(),
            schedule: Schedule::default(),
            public_url: "http://127.0.0.1".into(),
            wallet: Wallet::ConfirmAfter(Duration::from_secs(5)),
            fault_profile: FaultProfile::NONE,
            journal_capacity: 10_000,
        }
    }
}

/// An account at Pockyt: a merchant number, a store number, and the token with which they sign.
///
/// As text `NO:STORE:TOKEN`, the numbers in digits. `Debug` shows the numbers only.
#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct Account {
    merchant_no: String,
    store_no: String,
    key: SigningKey,
}

impl Account {
    /// An account from its parts.
    pub fn new(merchant_no: impl Into<String>, store_no: impl Into<String>, token: &ApiToken) -> Self {
        Self { merchant_no: merchant_no.into(), store_no: store_no.into(), key: SigningKey::new(token) }
    }

    /// The two sandbox accounts whose tokens Pockyt prints in its documentation and SDKs.
    #[expect(clippy::expect_used, clippy::missing_panics_doc, reason = "both tokens are as they must be")]
    pub fn published() -> [Self; 2] {
        [
            ("200043", "300014", "5cbfb079f15b150122261c8537086d77a"),
            ("202333", "301854", "17cfc0170ef1c017b4a929d233d6e65e"),
        ]
        .map(|(merchant_no, store_no, token)| {
            let token = ApiToken::new(token).expect("a published token is neither empty nor padded");
            Self::new(merchant_no, store_no, &token)
        })
    }

    /// The merchant number.
    pub fn merchant_no(&self) -> &str {
        &self.merchant_no
    }

    /// The store number.
    pub fn store_no(&self) -> &str {
        &self.store_no
    }

    pub(crate) fn key(&self) -> &SigningKey {
        &self.key
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Account({}:{}:redacted)", self.merchant_no, self.store_no)
    }
}

/// Why a text is not an account. It does not repeat the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccountError {
    /// It is not of the form `NO:STORE:TOKEN` with digits for the numbers.
    #[error("an account is written NO:STORE:TOKEN, the numbers in digits")]
    Form,
    /// The token cannot be used.
    #[error("the token of the account cannot be used")]
    Token(#[source] TokenError),
}

impl FromStr for Account {
    type Err = AccountError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.splitn(3, ':');
        let (Some(merchant_no), Some(store_no), Some(token)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(AccountError::Form);
        };
        let is_number =
            |part: &str| !part.is_empty() && part.len() <= 32 && part.bytes().all(|b| b.is_ascii_digit());
        if !is_number(merchant_no) || !is_number(store_no) {
            return Err(AccountError::Form);
        }
        let token = ApiToken::new(token).map_err(AccountError::Token)?;
        Ok(Self::new(merchant_no, store_no, &token))
    }
}

impl TryFrom<String> for Account {
    type Error = AccountError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}
