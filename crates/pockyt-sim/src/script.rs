//! What a tester asks of the customers.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How the customer behaves for one reference.
///
/// It holds for the order of its merchant, or of every merchant when it names none: for one that is still
/// unpaid from now on, and for one that is yet to come. A later script for the same reference and the
/// same merchant replaces it; one that names the merchant goes before one that does not.
///
/// ```
/// use pockyt_sim::{Script, Wallet};
///
/// let script = Script::new("till-1", Wallet::Never).for_merchant("200043");
/// assert_eq!(script.merchant_no.as_deref(), Some("200043"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Script {
    /// Only for this merchant; none: for every merchant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merchant_no: Option<String>,
    /// The merchant's `reference` of the order; `autoReference` of an agreement, `outAuthInfoNo` of a hold,
    /// `invoiceId` of a payout, `accountTag` of an account.
    pub reference: String,
    /// The behaviour.
    pub wallet: Wallet,
}

impl Script {
    /// A script for every merchant's order with this reference.
    #[must_use]
    pub fn new(reference: impl Into<String>, wallet: Wallet) -> Self {
        Self { merchant_no: None, reference: reference.into(), wallet }
    }

    /// Only for this merchant.
    #[must_use]
    pub fn for_merchant(mut self, merchant_no: impl Into<String>) -> Self {
        self.merchant_no = Some(merchant_no.into());
        self
    }

    pub(crate) fn holds_for(&self, merchant_no: &str, reference: &str) -> bool {
        self.reference == reference && self.merchant_no.as_deref().is_none_or(|own| own == merchant_no)
    }
}

/// How a customer behaves once an order waits for them.
///
/// In JSON `{"kind":"confirm-after","ms":5000}`, `{"kind":"confirm-after-queries","count":3}`,
/// `{"kind":"decline-after","ms":20000}`, `{"kind":"never"}`, `{"kind":"confirm-on-cancel"}`,
/// `{"kind":"book-late","ms":60000}`, `{"kind":"insufficient"}`, `{"kind":"return-after","ms":60000}`,
/// `{"kind":"system-error"}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "WalletForm", into = "WalletForm")]
pub enum Wallet {
    /// The answer to the call is lost, and for this time nothing is to be seen of the payment; then it is
    /// paid.
    BookLate(Duration),
    /// Confirms after this time. Zero: before the call that made the order wait is answered.
    ConfirmAfter(Duration),
    /// Lets this many `tran-query` calls see `pending`; the next one sees `success`.
    ConfirmAfterQueries(u32),
    /// Confirms in the very instant before a cancel is booked, so that the cancel finds a paid order.
    ConfirmOnCancel,
    /// Declines after this time. Zero: before the call that made the order wait is answered.
    DeclineAfter(Duration),
    /// Has not enough money: the payment fails at once. A payout is refused for want of balance.
    Insufficient,
    /// Does nothing; the order closes when its timeout is over.
    Never,
    /// A payout succeeds, and comes back after this time. Payments are confirmed at once.
    ReturnAfter(Duration),
    /// The call is refused with a system error, 000000, and books nothing.
    SystemError,
}

/// Those without data are written as if they had some, or members that mean nothing would be passed over.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
enum WalletForm {
    BookLate { ms: u64 },
    ConfirmAfter { ms: u64 },
    ConfirmAfterQueries { count: u32 },
    ConfirmOnCancel {},
    DeclineAfter { ms: u64 },
    Insufficient {},
    Never {},
    ReturnAfter { ms: u64 },
    SystemError {},
}

impl From<WalletForm> for Wallet {
    fn from(form: WalletForm) -> Self {
        match form {
            WalletForm::BookLate { ms } => Self::BookLate(Duration::from_millis(ms)),
            WalletForm::ConfirmAfter { ms } => Self::ConfirmAfter(Duration::from_millis(ms)),
            WalletForm::ConfirmAfterQueries { count } => Self::ConfirmAfterQueries(count),
            WalletForm::ConfirmOnCancel {} => Self::ConfirmOnCancel,
            WalletForm::DeclineAfter { ms } => Self::DeclineAfter(Duration::from_millis(ms)),
            WalletForm::Insufficient {} => Self::Insufficient,
            WalletForm::Never {} => Self::Never,
            WalletForm::ReturnAfter { ms } => Self::ReturnAfter(Duration::from_millis(ms)),
            WalletForm::SystemError {} => Self::SystemError,
        }
    }
}

impl From<Wallet> for WalletForm {
    fn from(wallet: Wallet) -> Self {
        let ms = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        match wallet {
            Wallet::BookLate(delay) => Self::BookLate { ms: ms(delay) },
            Wallet::ConfirmAfter(delay) => Self::ConfirmAfter { ms: ms(delay) },
            Wallet::ConfirmAfterQueries(count) => Self::ConfirmAfterQueries { count },
            Wallet::ConfirmOnCancel => Self::ConfirmOnCancel {},
            Wallet::DeclineAfter(delay) => Self::DeclineAfter { ms: ms(delay) },
            Wallet::Insufficient => Self::Insufficient {},
            Wallet::Never => Self::Never {},
            Wallet::ReturnAfter(delay) => Self::ReturnAfter { ms: ms(delay) },
            Wallet::SystemError => Self::SystemError {},
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wallet_is_read_as_it_is_written_and_nothing_is_passed_over() {
        let wallets = [
            Wallet::BookLate(Duration::from_secs(1)),
            Wallet::ConfirmAfter(Duration::ZERO),
            Wallet::ConfirmAfterQueries(3),
            Wallet::ConfirmOnCancel,
            Wallet::DeclineAfter(Duration::from_millis(7)),
            Wallet::Insufficient,
            Wallet::Never,
            Wallet::ReturnAfter(Duration::from_secs(60)),
            Wallet::SystemError,
        ];
        for wallet in wallets {
            let written = serde_json::to_value(wallet).unwrap();
            assert_eq!(serde_json::from_value::<Wallet>(written.clone()).unwrap(), wallet);
            let mut more = written;
            more["seconds"] = 5.into();
            let refused = serde_json::from_value::<Wallet>(more.clone()).unwrap_err().to_string();
            assert!(refused.contains("seconds"), "{more}: {refused}");
        }
        assert_eq!(serde_json::to_string(&Wallet::Never).unwrap(), r#"{"kind":"never"}"#);
    }
}
