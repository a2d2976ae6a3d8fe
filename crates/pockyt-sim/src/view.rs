//! What a tester sees of orders and notifications.

use std::fmt;

use serde::Serialize;

use crate::order::{Order, Status};
use crate::{AttemptId, FailureReason, Millis, NotificationId, Verdict};

/// An order as a tester sees it. Names and texts are those of the API where the API has them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TransactionView {
    /// The merchant.
    pub merchant_no: String,
    /// The store.
    pub store_no: String,
    /// Pockyt's number.
    pub transaction_no: String,
    /// The merchant's name for it, if it was given.
    pub reference: Option<String>,
    /// The catalogue name of the operation that made it; `published` for the documentation's orders.
    pub created_by: &'static str,
    /// The amount, as answered.
    pub amount: String,
    /// The currency of the price.
    pub currency: String,
    /// The currency of the settlement.
    pub settle_currency: String,
    /// The present status.
    pub status: Status,
    /// The payment method, if known, as the merchant wrote it.
    pub vendor: Option<String>,
    /// Shown to the customer.
    pub description: Option<String>,
    /// Echoed in notifications.
    pub note: Option<String>,
    /// Where notifications go.
    pub ipn_url: Option<String>,
    /// Where the customer's browser returns to, macros unfilled.
    pub callback_url: Option<String>,
    /// The page on which the customer pays.
    pub cashier_url: Option<String>,
    /// The text of the QR code.
    pub deep_link: Option<String>,
    /// When it was made, `yyyy-MM-dd HH:mm:ss` in UTC+8.
    pub create_time: String,
    /// When it was paid, in the same form.
    pub payment_time: Option<String>,
    /// When it closes by itself unless it is paid.
    pub expires_at: Option<Millis>,
    /// The sum of all refunds.
    pub refunded_amount: String,
    /// The refunds, oldest first.
    pub refunds: Vec<RefundView>,
}

/// An order at a glance: what it is chosen by, before a whole [`TransactionView`] is made of it.
#[derive(Clone, Copy)]
pub struct Glance<'a> {
    pub(crate) order: &'a Order,
    pub(crate) public_url: &'a str,
}

/// Where an order stands among all: older ones come before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(pub(crate) u32);

impl<'a> Glance<'a> {
    /// Pockyt's number.
    pub fn transaction_no(self) -> &'a str {
        self.order.number.as_str()
    }

    /// The merchant's name for it, if it was given.
    pub fn reference(self) -> Option<&'a str> {
        self.order.reference.as_deref()
    }

    /// As [`TransactionView::created_by`].
    pub fn created_by(self) -> &'static str {
        self.order.created_by
    }

    /// Where it stands among all.
    pub fn place(self) -> Place {
        Place(self.order.position)
    }

    /// All of it.
    pub fn view(self) -> TransactionView {
        self.order.view(self.public_url)
    }
}

impl fmt::Debug for Glance<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Glance").field(&self.transaction_no()).finish()
    }
}

/// What became of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing<'a> {
    /// The merchant's name for it, if it was given.
    pub reference: Option<&'a str>,
    /// The present status.
    pub status: Status,
    /// The sum of all refunds, in major units as answered.
    pub refunded_amount: String,
}

/// One refund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RefundView {
    /// Pockyt's number.
    pub refund_transaction_no: String,
    /// The merchant's name for it; a cancel has none.
    pub refund_reference: Option<String>,
    /// How much went back.
    pub refund_amount: String,
    /// When.
    pub at: Millis,
}

/// What a notification is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotificationKind {
    /// An agreement to automatic debits was signed.
    AutoDebit,
    /// A payment by card is final.
    Capture,
    /// An account of a payee was activated or refused.
    PayeeAccount,
    /// A payment is final.
    Payment,
    /// A payout is final, or came back.
    Payout,
    /// Money of a payment went back.
    Refund,
}

/// What a page shows that waits for somebody: an agreement to sign, or an account to complete.
///
/// Orders have [`TransactionView`]; this is for the other pages under `authUrl` and `link`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PageView {
    /// `agreement` or `account`.
    pub kind: &'static str,
    /// The merchant.
    pub merchant_no: String,
    /// Pockyt's number of it, to be named in [`crate::Sim::approve`] and [`crate::Sim::decline`].
    pub number: String,
    /// The merchant's name for it.
    pub reference: Option<String>,
    /// The payment method or the type of account, in capitals.
    pub vendor: String,
    /// Its status, in a word.
    pub status: &'static str,
    /// Whether it still waits.
    pub is_open: bool,
}

/// A payout as a tester sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PayoutView {
    /// The merchant.
    pub merchant_no: String,
    /// Pockyt's number.
    pub transaction_no: String,
    /// The merchant's name for it.
    pub invoice_id: Option<String>,
    /// Who is paid, in the form of 2021.
    pub receiver: Option<String>,
    /// The account that is paid.
    pub account_token: Option<String>,
    /// How much, as answered.
    pub amount: String,
    /// In which currency.
    pub currency: String,
    /// `pending`, `success`, `failed` or `returned`.
    pub status: &'static str,
}

/// A notification and its attempts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NotificationView {
    /// Its number.
    pub id: NotificationId,
    /// What it is about.
    pub kind: NotificationKind,
    /// The order, or Pockyt's number of the payout, agreement or account.
    pub transaction_no: String,
    /// The merchant's name for it.
    pub reference: Option<String>,
    /// The status that it announces: the word of the body, or for an agreement, which has none, `signed`.
    pub status: &'static str,
    /// Where it goes.
    pub url: String,
    /// How its body is written.
    pub content_type: &'static str,
    /// The body as sent.
    pub body: String,
    /// Whether an attempt was acknowledged.
    pub acknowledged: bool,
    /// When the next attempt is due, if there is one.
    pub next_due_at: Option<Millis>,
    /// The attempts so far, oldest first.
    pub attempts: Vec<AttemptView>,
}

/// One attempt to deliver a notification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AttemptView {
    /// Its number among all attempts.
    pub id: AttemptId,
    /// Which attempt of its notification it is, from 1.
    pub number: u32,
    /// When it was due.
    pub due_at: Millis,
    /// The HTTP status of the answer.
    pub status: Option<u16>,
    /// The start of the answer's body, as text; what is not UTF-8 is replaced.
    pub body: Option<String>,
    /// Why there was no answer.
    pub failure: Option<FailureReason>,
    /// The verdict; none while the attempt is under way.
    pub verdict: Option<Verdict>,
}
