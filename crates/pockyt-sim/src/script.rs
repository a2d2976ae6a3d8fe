//! What a tester asks of the customers and of the network.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How the customer behaves for one reference.
///
/// It holds for every merchant's order with that reference: for one that is still unpaid from now on,
/// and for one that is yet to come. A later script for the same reference replaces it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Script {
    /// The merchant's `reference` of the order.
    pub reference: String,
    /// The behaviour.
    pub wallet: Wallet,
}

/// How a customer behaves once an order waits for them.
///
/// In JSON `{"kind":"confirm-after","ms":5000}`, `{"kind":"confirm-after-queries","count":3}`,
/// `{"kind":"decline-after","ms":20000}`, `{"kind":"never"}`, `{"kind":"confirm-on-cancel"}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "WalletForm", into = "WalletForm")]
pub enum Wallet {
    /// Confirms after this time. Zero: before the call that made the order wait is answered.
    ConfirmAfter(Duration),
    /// Lets this many `tran-query` calls see `pending`; the next one sees `success`.
    ConfirmAfterQueries(u32),
    /// Confirms in the very instant before a cancel is booked, so that the cancel finds a paid order.
    ConfirmOnCancel,
    /// Declines after this time. Zero: before the call that made the order wait is answered.
    DeclineAfter(Duration),
    /// Does nothing; the order closes when its timeout is over.
    Never,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
enum WalletForm {
    ConfirmAfter { ms: u64 },
    ConfirmAfterQueries { count: u32 },
    ConfirmOnCancel,
    DeclineAfter { ms: u64 },
    Never,
}

impl From<WalletForm> for Wallet {
    fn from(form: WalletForm) -> Self {
        match form {
            WalletForm::ConfirmAfter { ms } => Self::ConfirmAfter(Duration::from_millis(ms)),
            WalletForm::ConfirmAfterQueries { count } => Self::ConfirmAfterQueries(count),
            WalletForm::ConfirmOnCancel => Self::ConfirmOnCancel,
            WalletForm::DeclineAfter { ms } => Self::DeclineAfter(Duration::from_millis(ms)),
            WalletForm::Never => Self::Never,
        }
    }
}

impl From<Wallet> for WalletForm {
    fn from(wallet: Wallet) -> Self {
        let ms = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        match wallet {
            Wallet::ConfirmAfter(delay) => Self::ConfirmAfter { ms: ms(delay) },
            Wallet::ConfirmAfterQueries(count) => Self::ConfirmAfterQueries { count },
            Wallet::ConfirmOnCancel => Self::ConfirmOnCancel,
            Wallet::DeclineAfter(delay) => Self::DeclineAfter { ms: ms(delay) },
            Wallet::Never => Self::Never,
        }
    }
}

/// Something that goes wrong for the next requests about one reference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fault {
    /// The merchant's `reference` of the order that the request makes or finds.
    pub reference: String,
    /// Only for this operation, by its name in the catalogue, such as `prepay`; none: for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// What happens.
    pub kind: FaultKind,
    /// How many more requests it hits. A fault that is used up is forgotten.
    #[serde(default = "once")]
    pub times: u32,
}

fn once() -> u32 {
    1
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FaultKind {
    /// The request is carried out and its answer is lost. Refusals that come after a right signature
    /// are lost too: the line is down whatever Pockyt says.
    LoseReply,
}
