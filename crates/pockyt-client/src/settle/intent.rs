//! What a call was to do.

mod of;

use std::time::Duration;

use pockyt_model::operation::PayoutAmount;
use pockyt_model::{
    AuthDetailKey, AuthInfoKey, InvoiceId, MixedKey, OrderKey, Price, Reference, TransactionNo, UtcMillis,
};

/// What a call was to do, as the merchant recorded it before sending: read off the request by
/// [`Intent::of`], or said by hand.
#[derive(Clone, Debug)]
#[must_use]
pub struct Intent {
    pub(super) transaction_no: Option<TransactionNo>,
    pub(super) wanted: Wanted,
    sent: Option<UtcMillis>,
    timeout: Duration,
}

#[derive(Clone, Debug)]
pub(super) enum Wanted {
    /// A step of an authorisation hold.
    AuthStep {
        authorisation: AuthInfoKey,
        step: AuthDetailKey,
    },
    Cancel {
        sale: OrderKey,
        price: Option<Price>,
    },
    Mixed(MixedKey),
    /// Nobody can be asked what became of it.
    Nothing,
    Payment {
        order: OrderKey,
        price: Option<Price>,
    },
    Payout {
        invoice: InvoiceId,
        amount: PayoutAmount,
    },
    Refund {
        sale: OrderKey,
        price: Price,
        reference: Reference,
    },
}

/// Pockyt's default for an order's timeout.
const TIMEOUT: Duration = Duration::from_secs(120 * 60);
/// How much later than the timeout an order that nobody knows is taken for unpaid. Ours: no source says
/// how long a booking may take to show.
const GRACE: Duration = Duration::from_secs(10 * 60);

impl Intent {
    /// To take this price under this reference: add, prepay, a code to scan, a checkout, a capture.
    pub fn payment(reference: Reference, price: Price) -> Self {
        Self::new(Wanted::Payment { order: reference.into(), price: Some(price) })
    }

    /// To give this much of a sale back, under this `refundReference`.
    pub fn refund(sale: impl Into<OrderKey>, price: Price, refund_reference: Reference) -> Self {
        Self::new(Wanted::Refund { sale: sale.into(), price, reference: refund_reference })
    }

    /// To cancel a sale.
    pub fn cancel(sale: impl Into<OrderKey>) -> Self {
        Self::new(Wanted::Cancel { sale: sale.into(), price: None })
    }

    /// To pay this much out under this invoice.
    pub fn payout(invoice: InvoiceId, amount: PayoutAmount) -> Self {
        Self::new(Wanted::Payout { invoice, amount })
    }

    /// To create or cancel a mixed code.
    pub fn mixed(code: impl Into<MixedKey>) -> Self {
        Self::new(Wanted::Mixed(code.into()))
    }

    /// A step of an authorisation hold.
    pub fn auth_step(authorisation: impl Into<AuthInfoKey>, step: impl Into<AuthDetailKey>) -> Self {
        Self::new(Wanted::AuthStep { authorisation: authorisation.into(), step: step.into() })
    }

    fn new(wanted: Wanted) -> Self {
        Self { transaction_no: None, wanted, sent: None, timeout: TIMEOUT }
    }

    /// The price of the sale, for a call that does not name it itself, such as a prepay or a cancel: so that
    /// somebody else's order under the same reference is told apart.
    pub fn of_price(mut self, sale_price: Price) -> Self {
        if let Wanted::Cancel { price, .. } | Wanted::Payment { price, .. } = &mut self.wanted {
            *price = Some(sale_price);
        }
        self
    }

    /// Pockyt's number of the order, when an earlier answer gave it. An order that has one exists, so it never
    /// counts as provisionally unpaid.
    pub fn known_as(mut self, number: TransactionNo) -> Self {
        self.transaction_no = Some(number);
        self
    }

    /// When the call was sent. Without it an order that nobody knows stays unresolved for ever.
    pub fn sent_at(mut self, sent: UtcMillis) -> Self {
        self.sent = Some(sent);
        self
    }

    /// The order's timeout; Pockyt's default is 120 minutes.
    pub fn order_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Whether there is somebody to ask. If not, what became of the call stays unresolved; a call that only
    /// reads, or that does no more when it is done twice, can simply be made again.
    pub fn can_be_asked(&self) -> bool {
        !matches!(self.wanted, Wanted::Nothing)
    }

    /// Whether the order's timeout and a grace of ten minutes have gone by since a payment
    /// was sent. What moves money back has no such time, and neither has an order whose number is known:
    /// that it has one proves that it exists.
    pub(super) fn is_long_gone(&self, now: UtcMillis) -> bool {
        let only_named_by_us = matches!(self.wanted, Wanted::Payment { order: OrderKey::Reference(_), .. });
        if !only_named_by_us || self.transaction_no.is_some() {
            return false;
        }
        let wait = self.timeout.saturating_add(GRACE).as_millis();
        self.sent.is_some_and(|sent| u128::from(now.get().saturating_sub(sent.get())) >= wait)
    }
}
