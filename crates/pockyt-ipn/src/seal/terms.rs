//! What is sealed.

use pockyt_model::operation::PayoutAmount;
use pockyt_model::{
    Amount, AutoReference, Currency, CustomerNo, InvoiceId, Notification, NotificationKind, Price, Reference,
    TransactionNo,
};

/// What a notification may be about, known when the request goes out and said again by the required fields of
/// the notification:
///
/// | Kind | Sealed |
/// | --- | --- |
/// | payment | `reference`, `currency`, and `amount` unless tips are allowed |
/// | payout | `invoiceId`, `currency`, `amount` |
/// | auto-debit agreement | `autoReference` |
/// | payee's account | `customerNo` |
/// | refund | the sale's `transactionNo`, which is all that is known to be in such a notice |
/// | unknown | nothing but the kind |
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedTerms {
    pub(super) kind: NotificationKind,
    pub(super) identifier: String,
    /// Empty where the kind has none.
    pub(super) currency: String,
    pub(super) amount: SealedAmount,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SealedAmount {
    /// Normalised, so that 13 and 13.00 are the same.
    Exact(String),
    /// The kind has none.
    None,
    /// Whatever it is.
    Open,
}

impl SealedAmount {
    pub(super) fn parts(&self) -> (&'static str, &str) {
        match self {
            Self::Exact(amount) => ("exact", amount),
            Self::None => ("none", ""),
            Self::Open => ("open", ""),
        }
    }
}

impl SealedTerms {
    /// A payment of exactly this price: add, secure-pay, a code to scan, a capture, an auto-debit.
    pub fn payment(reference: &Reference, price: &Price) -> Self {
        Self::exactly(NotificationKind::Payment, reference.as_str(), price.currency(), price.amount())
    }

    /// A payment to which the customer may add a tip. What it may come to is for
    /// [`Expectation::with_tip_up_to`](crate::Expectation::with_tip_up_to) to say.
    pub fn payment_with_tip(reference: &Reference, currency: Currency) -> Self {
        let (kind, amount) = (NotificationKind::Payment, SealedAmount::Open);
        let (identifier, currency) = (reference.as_str().to_owned(), currency.as_str().to_owned());
        Self { kind, identifier, currency, amount }
    }

    /// A payout.
    pub fn payout(invoice_id: &InvoiceId, amount: &PayoutAmount) -> Self {
        Self::exactly(NotificationKind::Payout, invoice_id.as_str(), amount.currency(), amount.amount())
    }

    /// An auto-debit agreement, for `autoIpnUrl`.
    pub fn mandate(auto_reference: &AutoReference) -> Self {
        Self::only(NotificationKind::Mandate, auto_reference.as_str())
    }

    /// The account of this payee.
    pub fn payee_account(customer_no: &CustomerNo) -> Self {
        Self::only(NotificationKind::PayeeAccount, customer_no.as_str())
    }

    /// A refund of this sale.
    pub fn refund(sale: &TransactionNo) -> Self {
        Self::only(NotificationKind::Refund, sale.as_str())
    }

    /// Anything else.
    pub fn unknown() -> Self {
        Self::only(NotificationKind::Unknown, "")
    }

    /// What kind of notification it is.
    pub fn kind(&self) -> NotificationKind {
        self.kind
    }

    /// What this notification says. `None` of a kind that this version does not know.
    pub(crate) fn of(notification: &Notification) -> Option<Self> {
        Some(match notification {
            Notification::Mandate(mandate) => Self::mandate(mandate.auto_reference()),
            Notification::PayeeAccount(account) => Self::payee_account(account.customer_no()),
            Notification::Payment(payment) => {
                let (currency, amount) = (payment.currency(), payment.amount());
                Self::exactly(NotificationKind::Payment, payment.reference().as_str(), currency, amount)
            }
            Notification::Payout(payout) => {
                let (currency, amount) = (payout.currency(), payout.amount());
                Self::exactly(NotificationKind::Payout, payout.invoice_id().as_str(), currency, amount)
            }
            Notification::Refund(refund) => Self::refund(refund.transaction_no()),
            Notification::Unknown(_) => Self::unknown(),
            _ => return None,
        })
    }

    /// The same, were the amount left open; `None` where it never is.
    pub(super) fn with_open_amount(&self) -> Option<Self> {
        let is_payment = self.kind == NotificationKind::Payment;
        is_payment.then(|| Self { amount: SealedAmount::Open, ..self.clone() })
    }

    fn exactly(kind: NotificationKind, identifier: &str, currency: Currency, amount: &Amount) -> Self {
        let amount = SealedAmount::Exact(amount.normalized());
        let (identifier, currency) = (identifier.to_owned(), currency.as_str().to_owned());
        Self { kind, identifier, currency, amount }
    }

    fn only(kind: NotificationKind, identifier: &str) -> Self {
        let (identifier, currency) = (identifier.to_owned(), String::new());
        Self { kind, identifier, currency, amount: SealedAmount::None }
    }
}
