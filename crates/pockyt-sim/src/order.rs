//! One order: what was agreed, what became of it, what went back.

use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::agenda::Key;
use crate::money::{Amount, ascii};
use crate::number::Number;
use crate::short::Short;
use crate::view::{RefundView, TransactionView};
use crate::{Millis, fixtures};

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

/// The digits of a wallet's code, up to 32, two in a byte. They are a secret, so this has no `Debug`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Barcode([u8; 16]);

impl Barcode {
    /// What is not a digit has been refused.
    pub(crate) fn new(digits: &str) -> Self {
        let mut packed = [0xff; 16];
        for (byte, pair) in packed.iter_mut().zip(digits.as_bytes().chunks(2)) {
            let nibble = |at: usize| pair.get(at).map_or(0x0f, |digit| digit & 0x0f);
            *byte = nibble(0) << 4 | nibble(1);
        }
        Self(packed)
    }
}

/// What the orders of a shop have in common, so that it is kept once for many of them; in texts of its own, or in
/// those of a request.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Terms<S = String> {
    pub(crate) merchant_no: S,
    pub(crate) store_no: S,
    pub(crate) created_by: &'static str,
    pub(crate) currency: S,
    pub(crate) settle_currency: S,
    pub(crate) vendor: Option<S>,
    pub(crate) store_admin_no: Option<S>,
    pub(crate) ipn_url: Option<S>,
    pub(crate) callback_url: Option<S>,
    pub(crate) timeout_minutes: u32,
}

impl<S: AsRef<str>> Terms<S> {
    pub(crate) fn as_texts(&self) -> Terms<&str> {
        self.map(S::as_ref)
    }

    fn map<'s, T>(&'s self, text: impl Fn(&'s S) -> T) -> Terms<T> {
        Terms {
            merchant_no: text(&self.merchant_no),
            store_no: text(&self.store_no),
            created_by: self.created_by,
            currency: text(&self.currency),
            settle_currency: text(&self.settle_currency),
            vendor: self.vendor.as_ref().map(&text),
            store_admin_no: self.store_admin_no.as_ref().map(&text),
            ipn_url: self.ipn_url.as_ref().map(&text),
            callback_url: self.callback_url.as_ref().map(&text),
            timeout_minutes: self.timeout_minutes,
        }
    }
}

impl From<&Terms<&str>> for Terms {
    fn from(texts: &Terms<&str>) -> Self {
        texts.map(|text| (*text).to_owned())
    }
}

/// What few orders have.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Rare {
    pub(crate) description: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) customer_no: Option<String>,
    /// What was kept of the payment method.
    pub(crate) vault_id: Option<String>,
    pub(crate) refunds: Vec<Refund>,
}

/// An order. Its [`Terms`] are its fields as well.
#[derive(Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each says something of its own")]
pub(crate) struct Order {
    pub(crate) terms: Arc<Terms>,
    pub(crate) reference: Option<Box<str>>,
    pub(crate) rare: Option<Box<Rare>>,
    /// Counts the orders of the simulator as they are made.
    pub(crate) position: u32,
    pub(crate) amount: Amount,
    pub(crate) created: Millis,
    /// When the status last changed.
    pub(crate) changed: Millis,
    /// Closes it; it has none before a payment channel knows it, nor when it is final.
    pub(crate) expiry_timer: Option<Key>,
    pub(crate) wallet_timer: Option<Key>,
    pub(crate) queries_before_confirm: Option<u32>,
    pub(crate) number: Number,
    pub(crate) barcode: Option<Barcode>,
    /// Of its QR code, if it has one.
    pub(crate) code: Option<[u8; CODE]>,
    /// The end of the payment channel's number of it, two digits in a byte.
    pub(crate) channel_id: Option<[u8; CHANNEL_DIGITS / 2]>,
    pub(crate) status: Status,
    pub(crate) role: Role,
    pub(crate) has_cashier: bool,
    pub(crate) wants_qrcode: bool,
    /// Not yet to be seen by queries: booked late, or behind a code that nobody has scanned.
    pub(crate) is_hidden: bool,
    /// The customer confirms in the instant before a cancel.
    pub(crate) confirms_on_cancel: bool,
}

/// How long the code in a link of a wallet is.
pub(crate) const CODE: usize = 20;
/// How many digits follow the day in a payment channel's number.
pub(crate) const CHANNEL_DIGITS: usize = 20;

impl Deref for Order {
    type Target = Terms;

    fn deref(&self) -> &Terms {
        &self.terms
    }
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

#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Refund {
    pub(crate) transaction_no: Number,
    pub(crate) reference: Option<String>,
    pub(crate) amount: Amount,
    pub(crate) at: Millis,
}

impl Order {
    /// A new order of these terms, without a customer.
    pub(crate) fn new(
        number: Number,
        terms: Arc<Terms>,
        amount: Amount,
        status: Status,
        created: Millis,
    ) -> Self {
        Self {
            terms,
            reference: None,
            rare: None,
            position: 0,
            amount,
            created,
            changed: created,
            expiry_timer: None,
            wallet_timer: None,
            queries_before_confirm: None,
            number,
            barcode: None,
            code: None,
            channel_id: None,
            status,
            role: Role::Payment,
            has_cashier: false,
            wants_qrcode: false,
            is_hidden: false,
            confirms_on_cancel: false,
        }
    }

    /// Changes its terms before it is in the books.
    pub(crate) fn with_terms(mut self, change: impl FnOnce(&mut Terms)) -> Self {
        change(Arc::make_mut(&mut self.terms));
        self
    }

    /// What few orders have, to be changed.
    pub(crate) fn rare_mut(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    fn rare(&self) -> Option<&Rare> {
        self.rare.as_deref()
    }

    pub(crate) fn is_called(&self, reference: &str) -> bool {
        self.reference.as_deref() == Some(reference)
    }

    pub(crate) fn owned_reference(&self) -> Option<String> {
        self.reference.as_deref().map(str::to_owned)
    }

    pub(crate) fn description(&self) -> Option<&str> {
        self.rare()?.description.as_deref()
    }

    pub(crate) fn note(&self) -> Option<&str> {
        self.rare()?.note.as_deref()
    }

    pub(crate) fn customer_no(&self) -> Option<&str> {
        self.rare()?.customer_no.as_deref()
    }

    pub(crate) fn vault_id(&self) -> Option<&str> {
        self.rare()?.vault_id.as_deref()
    }

    pub(crate) fn refunds(&self) -> &[Refund] {
        self.rare().map_or(&[], |rare| &rare.refunds)
    }

    /// When it was paid: nothing changes a paid order's status.
    pub(crate) fn paid(&self) -> Option<Millis> {
        (self.status == Status::Success).then_some(self.changed)
    }

    /// The payment channel's number of a paid order: the day and some digits.
    pub(crate) fn vendor_id(&self) -> Option<Short> {
        let mut id = self.paid()?.day();
        for pair in self.channel_id? {
            id.push_two_digits((pair >> 4) * 10 + (pair & 0x0f));
        }
        Some(id)
    }

    /// The text of its QR code.
    pub(crate) fn deep_link(&self, public_url: &str) -> Option<String> {
        let code = self.code?;
        if let Some(link) = fixtures::deep_link(&self.number) {
            return Some(link.to_owned());
        }
        let before = match self.vendor.as_deref().unwrap_or_default().to_ascii_lowercase().as_str() {
            "" | "alipay" | "alipay_cn" | "alipay_hk" => "https://qr.alipay.com/bax0",
            "wechat" | "wechatpay" => "weixin://wxpay/bizpayurl?pr=",
            "unionpay" => "https://qr.95516.com/",
            "cashapppay" => "https://cash.app/qr/",
            "paypal" => "https://www.paypal.com/qrcodes/",
            _ => return Some(self.cashier_url(public_url)),
        };
        Some(format!("{before}{}", ascii(&code)))
    }

    pub(crate) fn refunded(&self) -> Amount {
        self.refunds().iter().fold(Amount::ZERO, |sum, refund| sum.plus(refund.amount))
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
        [public_url, "/cashier/", &self.number].concat()
    }

    /// Where the customer of a card payment that waits confirms it.
    pub(crate) fn auth_url(&self, public_url: &str) -> Option<String> {
        (self.role == Role::Card && self.status == Status::Pending).then(|| self.cashier_url(public_url))
    }

    pub(crate) fn view(&self, public_url: &str) -> TransactionView {
        TransactionView {
            merchant_no: self.merchant_no.clone(),
            store_no: self.store_no.clone(),
            transaction_no: self.number.into(),
            reference: self.owned_reference(),
            created_by: self.created_by,
            amount: self.amount_text(),
            currency: self.currency.clone(),
            settle_currency: self.settle_currency.clone(),
            status: self.status,
            vendor: self.vendor.clone(),
            description: self.description().map(str::to_owned),
            note: self.note().map(str::to_owned),
            ipn_url: self.ipn_url.clone(),
            callback_url: self.callback_url.clone(),
            cashier_url: self.has_cashier.then(|| self.cashier_url(public_url)),
            deep_link: self.deep_link(public_url),
            create_time: self.created.in_answers().into(),
            payment_time: self.paid().map(|paid| paid.in_answers().into()),
            expires_at: self.expiry_timer.map(|(at, _)| at),
            refunded_amount: self.refunded().text(&self.currency),
            refunds: self.refunds().iter().map(|refund| refund.view(&self.currency)).collect(),
        }
    }
}

impl Refund {
    fn view(&self, currency: &str) -> RefundView {
        RefundView {
            refund_transaction_no: self.transaction_no.into(),
            refund_reference: self.reference.clone(),
            refund_amount: self.amount.text(currency),
            at: self.at,
        }
    }
}
