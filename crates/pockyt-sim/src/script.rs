//! What a tester asks of the customers and of the network.

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
    /// The merchant's `reference` of the order.
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
///
/// ```
/// use pockyt_sim::{Fault, FaultKind};
///
/// let fault = Fault::new("till-1", FaultKind::LoseReply).operation("prepay").times(2);
/// assert_eq!((fault.merchant_no, fault.times), (None, 2));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Fault {
    /// Only for this merchant; none: for every merchant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merchant_no: Option<String>,
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

impl Fault {
    /// A fault that hits the next request of every merchant about this reference, once.
    #[must_use]
    pub fn new(reference: impl Into<String>, kind: FaultKind) -> Self {
        Self { merchant_no: None, reference: reference.into(), operation: None, kind, times: once() }
    }

    /// Only for this operation, by its name in the catalogue or an alias of it, such as `pay`.
    #[must_use]
    pub fn operation(mut self, name: impl Into<String>) -> Self {
        self.operation = Some(name.into());
        self
    }

    /// For this many requests.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// Only for this merchant.
    #[must_use]
    pub fn for_merchant(mut self, merchant_no: impl Into<String>) -> Self {
        self.merchant_no = Some(merchant_no.into());
        self
    }

    pub(crate) fn hits(&self, merchant_no: &str, reference: &str, operation: &str) -> bool {
        self.times > 0
            && self.reference == reference
            && self.merchant_no.as_deref().is_none_or(|own| own == merchant_no)
            && self.operation.as_deref().is_none_or(|wanted| wanted == operation)
    }
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
