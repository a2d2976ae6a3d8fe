//! What Pockyt says by itself: instant payment notifications (IPN).
//!
//! Of every kind only the required fields, each of a strict form, are facts. The rest are hints, since the
//! signed text of a genuine message with an odd note could be cut into other optional fields.

use pockyt_sign::{Fields, Verified};

use crate::FieldError;

mod identity;
mod mandate;
mod payee_account;
mod payment;
mod payout;
mod read;
mod refund;
mod unknown;

pub use identity::{DedupeKey, Fingerprint, NotificationIdentity};
pub use mandate::MandateNotification;
pub use payee_account::PayeeAccountNotification;
pub use payment::PaymentNotification;
pub use payout::PayoutNotification;
pub use refund::RefundNotification;
pub use unknown::UnknownNotification;

/// What a notification is about. It comes from the route it was posted to, never from its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum NotificationKind {
    /// A customer signed an auto-debit agreement.
    Mandate,
    /// The state of a payee's account.
    PayeeAccount,
    /// The outcome of a payment: a classic one, a capture, or one of a mixed QR code.
    Payment,
    /// The outcome of a payout.
    Payout,
    /// The outcome of a refund.
    Refund,
    /// Anything else.
    Unknown,
}

impl NotificationKind {
    /// All kinds.
    pub const ALL: [Self; 6] =
        [Self::Mandate, Self::PayeeAccount, Self::Payment, Self::Payout, Self::Refund, Self::Unknown];

    /// A stable word for it, as in routes and records: `pay`, `refund`, `payout`, `mandate`,
    /// `payee-account`, `unknown`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mandate => "mandate",
            Self::PayeeAccount => "payee-account",
            Self::Payment => "pay",
            Self::Payout => "payout",
            Self::Refund => "refund",
            Self::Unknown => "unknown",
        }
    }

    /// The kind of this word; `None` for any other.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Whether such a notification only causes a query. Those of mandates, payees' accounts and refunds, and
    /// unknown ones, change no money by themselves.
    pub fn is_trigger(self) -> bool {
        !matches!(self, Self::Payment | Self::Payout)
    }
}

impl std::fmt::Display for NotificationKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A verified notification of any kind.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Notification {
    /// A customer signed an auto-debit agreement.
    Mandate(MandateNotification),
    /// The state of a payee's account.
    PayeeAccount(PayeeAccountNotification),
    /// The outcome of a payment.
    Payment(PaymentNotification),
    /// The outcome of a payout.
    Payout(PayoutNotification),
    /// The outcome of a refund.
    Refund(RefundNotification),
    /// Anything else.
    Unknown(UnknownNotification),
}

/// Does the same with whatever kind it is.
macro_rules! each {
    ($notification:expr, $one:ident => $result:expr) => {
        match $notification {
            Notification::Mandate($one) => $result,
            Notification::PayeeAccount($one) => $result,
            Notification::Payment($one) => $result,
            Notification::Payout($one) => $result,
            Notification::Refund($one) => $result,
            Notification::Unknown($one) => $result,
        }
    };
}

impl Notification {
    /// Reads a verified message that was posted to the route of this kind.
    ///
    /// # Errors
    ///
    /// A required field of the kind is missing or not of its form. Unknown kinds have none.
    pub fn read(kind: NotificationKind, message: &Verified<'_>) -> Result<Self, FieldError> {
        match kind {
            NotificationKind::Mandate => MandateNotification::read(message).map(Self::Mandate),
            NotificationKind::PayeeAccount => PayeeAccountNotification::read(message).map(Self::PayeeAccount),
            NotificationKind::Payment => PaymentNotification::read(message).map(Self::Payment),
            NotificationKind::Payout => PayoutNotification::read(message).map(Self::Payout),
            NotificationKind::Refund => RefundNotification::read(message).map(Self::Refund),
            NotificationKind::Unknown => Ok(Self::Unknown(UnknownNotification::read(message))),
        }
    }

    /// Its kind.
    pub fn kind(&self) -> NotificationKind {
        match self {
            Self::Mandate(_) => NotificationKind::Mandate,
            Self::PayeeAccount(_) => NotificationKind::PayeeAccount,
            Self::Payment(_) => NotificationKind::Payment,
            Self::Payout(_) => NotificationKind::Payout,
            Self::Refund(_) => NotificationKind::Refund,
            Self::Unknown(_) => NotificationKind::Unknown,
        }
    }

    /// What makes this notification the same as another delivery of it, within one environment and tenant.
    pub fn dedupe_key(&self) -> DedupeKey {
        each!(self, one => one.dedupe_key())
    }

    /// What two deliveries of one notification must agree on.
    pub fn fingerprint(&self) -> Fingerprint {
        each!(self, one => one.fingerprint())
    }

    /// All signed fields as they came.
    pub fn fields(&self) -> &Fields<'static> {
        each!(self, one => one.fields())
    }
}
