//! What Pockyt says by itself: instant payment notifications (IPN).

use std::fmt;

use pockyt_sign::{Fields, Verified};
use sha2::{Digest, Sha256};

use crate::object::FromWire;
use crate::{Amount, Currency, FieldError, PockytTime, Problem, Reference, TransactionNo, TransactionStatus};

/// What a notification is about. It comes from the route it was posted to, never from its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum NotificationKind {
    /// The outcome of a payment.
    Payment,
}

impl NotificationKind {
    /// A stable word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Payment => "pay",
        }
    }
}

/// The outcome of a payment, read from a verified message (Pockyt docs, webhook notification format).
///
/// Only the required fields, each of a strict form, are facts; the rest are hints, since the signed text
/// of a genuine message with an odd note could be cut into other optional fields.
#[derive(Clone, Debug)]
pub struct PaymentNotification {
    transaction_no: TransactionNo,
    reference: Reference,
    amount: Amount,
    currency: Currency,
    status: TransactionStatus,
    fields: Fields<'static>,
}

impl PaymentNotification {
    /// Reads a verified message as a payment's notification.
    ///
    /// # Errors
    ///
    /// A required field is missing or not of its form: `transactionNo`, `status` and `reference` as
    /// their types say, `currency` three capital letters, `amount` digits and at most one point.
    pub fn read(message: &Verified<'_>) -> Result<Self, FieldError> {
        let fields = message.fields();
        let amount: Amount = required(fields, "amount")?;
        if amount.as_str().starts_with('-') {
            return Err(malformed("amount", "is below zero"));
        }
        let status: String = required(fields, "status")?;
        if status.is_empty() || !status.bytes().all(|b| b.is_ascii_alphabetic()) {
            return Err(malformed("status", "must be letters"));
        }
        Ok(Self {
            transaction_no: required(fields, "transactionNo")?,
            reference: required(fields, "reference")?,
            amount,
            currency: required(fields, "currency")?,
            status: TransactionStatus::from_wire(&status),
            fields: fields.clone().into_owned(),
        })
    }

    /// Pockyt's number of the order.
    pub fn transaction_no(&self) -> &TransactionNo {
        &self.transaction_no
    }

    /// The merchant's identifier.
    pub fn reference(&self) -> &Reference {
        &self.reference
    }

    /// The price, in major units of the currency.
    pub fn amount(&self) -> &Amount {
        &self.amount
    }

    /// The currency of the price.
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// The state.
    pub fn status(&self) -> &TransactionStatus {
        &self.status
    }

    /// When it happened, by Pockyt's clock. A hint, and it orders nothing.
    pub fn time(&self) -> Option<PockytTime> {
        self.fields.get("time").map(PockytTime::from_wire)
    }

    /// The note of the request. A hint.
    pub fn note(&self) -> Option<&str> {
        self.fields.get("note")
    }

    /// All signed fields as they came.
    pub fn fields(&self) -> &Fields<'static> {
        &self.fields
    }

    /// What makes this notification the same as another delivery of it, within one environment and
    /// tenant: kind, transaction number and status. A transaction has one reference, so a message that
    /// names another one under the same number contradicts the first instead of standing beside it.
    pub fn dedupe_key(&self) -> DedupeKey {
        let status = self.status.as_str().to_ascii_lowercase();
        DedupeKey(format!("{}/{}/{status}", NotificationKind::Payment.as_str(), self.transaction_no))
    }

    /// What two deliveries of one notification must agree on: the required fields, normalised, so that
    /// `13` and `13.00` are the same and another `time` or `note` does not matter.
    pub fn fingerprint(&self) -> Fingerprint {
        let amount = self.amount.normalized();
        let status = self.status.as_str().to_ascii_lowercase();
        let parts = [
            "pockyt-fingerprint-1",
            NotificationKind::Payment.as_str(),
            self.transaction_no.as_str(),
            self.reference.as_str(),
            &amount,
            self.currency.as_str(),
            &status,
        ];
        let mut hasher = Sha256::new();
        for part in parts {
            // Length-prefixed, so that no two lists of parts run together alike; 64 bits on every machine.
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        Fingerprint(hasher.finalize().into())
    }
}

fn required<T: FromWire>(fields: &Fields<'_>, name: &str) -> Result<T, FieldError> {
    let text = fields.get(name).ok_or_else(|| FieldError::new(name, Problem::Missing))?;
    T::from_wire(text).map_err(|rule| malformed(name, rule))
}

fn malformed(name: &str, rule: &'static str) -> FieldError {
    FieldError::new(name, Problem::Malformed(rule))
}

/// Says which deliveries are of one notification.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DedupeKey(String);

impl DedupeKey {
    /// A readable text, for records and logs: it holds identifiers and the status only.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DedupeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// SHA-256 over what deliveries of one notification must agree on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}
