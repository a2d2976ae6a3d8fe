//! The outcome of a payout.

use pockyt_sign::{Fields, Verified};

use super::identity::{lower, normalized};
use super::read::{amount, currency, number, owned, required, text, word};
use super::{DedupeKey, Fingerprint, NotificationKind};
use crate::{AccountToken, Amount, Currency, FieldError, InvoiceId, PayoutStatus, PockytTime, TransactionNo};

/// The outcome of a payout, read from a verified message (Pockyt docs, transaction notification reference).
#[derive(Clone, Debug)]
pub struct PayoutNotification {
    transaction_no: TransactionNo,
    invoice_id: InvoiceId,
    amount: Amount,
    currency: Currency,
    status: PayoutStatus,
    fields: Fields<'static>,
}

impl PayoutNotification {
    /// Reads a verified message as a payout's notification.
    ///
    /// # Errors
    ///
    /// A required field is missing or not of its form: `transactionNo` digits, `invoiceId` as its type
    /// says, `status` letters, `currency` three capital letters, `amount` digits and at most one point.
    pub fn read(message: &Verified<'_>) -> Result<Self, FieldError> {
        let fields = message.fields();
        Ok(Self {
            transaction_no: owned("transactionNo", number("transactionNo", text(fields, "transactionNo")?)?)?,
            invoice_id: required(fields, "invoiceId")?,
            amount: owned("amount", amount(text(fields, "amount")?)?)?,
            currency: currency(text(fields, "currency")?)?,
            status: PayoutStatus::from_wire(word("status", text(fields, "status")?)?),
            fields: fields.clone().into_owned(),
        })
    }

    /// Pockyt's number of the payout.
    pub fn transaction_no(&self) -> &TransactionNo {
        &self.transaction_no
    }

    /// The merchant's identifier.
    pub fn invoice_id(&self) -> &InvoiceId {
        &self.invoice_id
    }

    /// How much, in major units of the currency.
    pub fn amount(&self) -> &Amount {
        &self.amount
    }

    /// The currency.
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// The state.
    pub fn status(&self) -> &PayoutStatus {
        &self.status
    }

    /// The account it was sent to; absent in the form of 2021, which had a `receiver`. A hint.
    pub fn account_token(&self) -> Option<AccountToken> {
        self.fields.get("accountToken").and_then(|token| AccountToken::new(token).ok())
    }

    /// When it was paid, UTC. A hint, and it orders nothing.
    pub fn payment_time(&self) -> Option<PockytTime> {
        self.fields.get("paymentTime").map(PockytTime::from_wire)
    }

    /// All signed fields as they came.
    pub fn fields(&self) -> &Fields<'static> {
        &self.fields
    }

    /// Kind, invoice and status.
    pub fn dedupe_key(&self) -> DedupeKey {
        let status = lower(self.status.as_str());
        DedupeKey::of(NotificationKind::Payout, &[self.invoice_id.as_str(), &status])
    }

    /// What two deliveries must agree on: transaction number, invoice, amount, currency and status.
    pub fn fingerprint(&self) -> Fingerprint {
        let amount = normalized(self.amount.as_str());
        let status = lower(self.status.as_str());
        let parts =
            [self.transaction_no.as_str(), self.invoice_id.as_str(), amount, self.currency.as_str(), &status];
        Fingerprint::over(NotificationKind::Payout, parts)
    }
}
