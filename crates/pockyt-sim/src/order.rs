//! One order: what was agreed, what became of it, what went back.

use serde::{Deserialize, Serialize};

use crate::agenda::Key;
use crate::money::Amount;
use crate::view::{RefundView, TransactionView};
use crate::{Millis, Wallet};

/// The status of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Unpaid for ever: timed out, expired or cancelled.
    Closed,
    /// The customer declined.
    Failed,
    /// Made, not yet given to a payment channel.
    Init,
    /// Waits for the customer.
    Pending,
    /// Paid. Refunds are recorded beside it.
    Success,
}

impl Status {
    /// The word that the API uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Failed => "failed",
            Self::Init => "init",
            Self::Pending => "pending",
            Self::Success => "success",
        }
    }

    /// Whether it never changes again.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Closed | Self::Failed | Self::Success)
    }

    /// Every change of status there is. A payment needs a customer, so a new order is never paid at once.
    pub(crate) fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Init, Self::Pending | Self::Closed)
                | (Self::Pending, Self::Success | Self::Failed | Self::Closed)
        )
    }
}

/// The digits of a wallet's code. They are a secret, so this has no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Barcode(pub(crate) String);

#[derive(Clone)]
pub(crate) struct Order {
    /// Counts the orders of the simulator as they are made.
    pub(crate) position: u64,
    pub(crate) merchant_no: String,
    pub(crate) store_no: String,
    pub(crate) transaction_no: String,
    pub(crate) reference: Option<String>,
    pub(crate) created_by: &'static str,
    pub(crate) amount: Amount,
    pub(crate) currency: String,
    pub(crate) settle_currency: String,
    pub(crate) status: Status,
    pub(crate) vendor: Option<String>,
    pub(crate) vendor_id: Option<String>,
    pub(crate) store_admin_no: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) ipn_url: Option<String>,
    pub(crate) callback_url: Option<String>,
    pub(crate) barcode: Option<Barcode>,
    pub(crate) deep_link: Option<String>,
    pub(crate) has_cashier: bool,
    pub(crate) wants_qrcode: bool,
    pub(crate) timeout_minutes: u32,
    pub(crate) created: Millis,
    pub(crate) changed: Millis,
    pub(crate) paid: Option<Millis>,
    pub(crate) expires: Option<Millis>,
    pub(crate) wallet: Wallet,
    pub(crate) queries_before_confirm: Option<u32>,
    pub(crate) refunds: Vec<Refund>,
    pub(crate) expiry_timer: Option<Key>,
    pub(crate) wallet_timer: Option<Key>,
    pub(crate) role: Role,
    /// Not yet to be seen by queries: booked late, or behind a code that nobody has scanned.
    pub(crate) is_hidden: bool,
    pub(crate) customer_no: Option<String>,
    /// What was kept of the payment method.
    pub(crate) vault_id: Option<String>,
}

/// What an order is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// A payment by card, with a notification of its own kind.
    Card,
    /// Not a payment: the customer agrees that money is held.
    Hold,
    /// A payment.
    Payment,
}

#[derive(Clone)]
pub(crate) struct Refund {
    pub(crate) transaction_no: String,
    pub(crate) reference: Option<String>,
    pub(crate) amount: Amount,
    pub(crate) at: Millis,
}

impl Order {
    pub(crate) fn refunded(&self) -> Amount {
        self.refunds.iter().fold(Amount::ZERO, |sum, refund| sum.plus(refund.amount))
    }

    /// What can still be refunded: the payment less the refunds, nothing before it is paid.
    pub(crate) fn remainder(&self) -> Amount {
        if self.status == Status::Success { self.amount.minus(self.refunded()) } else { Amount::ZERO }
    }

    /// Whether queries, lists and refunds see it.
    pub(crate) fn is_visible(&self) -> bool {
        !self.is_hidden && self.role != Role::Hold
    }

    pub(crate) fn amount_text(&self) -> String {
        self.amount.text(&self.currency)
    }

    pub(crate) fn cashier_url(&self, public_url: &str) -> String {
        format!("{public_url}/cashier/{}", self.transaction_no)
    }

    /// Where the customer of a card payment that waits confirms it.
    pub(crate) fn auth_url(&self, public_url: &str) -> Option<String> {
        (self.role == Role::Card && self.status == Status::Pending).then(|| self.cashier_url(public_url))
    }

    pub(crate) fn view(&self, public_url: &str) -> TransactionView {
        TransactionView {
            merchant_no: self.merchant_no.clone(),
            store_no: self.store_no.clone(),
            transaction_no: self.transaction_no.clone(),
            reference: self.reference.clone(),
            created_by: self.created_by,
            amount: self.amount_text(),
            currency: self.currency.clone(),
            settle_currency: self.settle_currency.clone(),
            status: self.status,
            vendor: self.vendor.clone(),
            description: self.description.clone(),
            note: self.note.clone(),
            ipn_url: self.ipn_url.clone(),
            callback_url: self.callback_url.clone(),
            cashier_url: self.has_cashier.then(|| self.cashier_url(public_url)),
            deep_link: self.deep_link.clone(),
            create_time: self.created.in_answers(),
            payment_time: self.paid.map(Millis::in_answers),
            expires_at: self.expires.filter(|_| !self.status.is_final()),
            refunded_amount: self.refunded().text(&self.currency),
            refunds: self.refunds.iter().map(|refund| refund.view(&self.currency)).collect(),
        }
    }
}

impl Refund {
    fn view(&self, currency: &str) -> RefundView {
        RefundView {
            refund_transaction_no: self.transaction_no.clone(),
            refund_reference: self.reference.clone(),
            refund_amount: self.amount.text(currency),
            at: self.at,
        }
    }
}
