//! The outcome of a refund.

use pockyt_sign::{Fields, Verified};

use super::read::required;
use super::{DedupeKey, Fingerprint, NotificationKind};
use crate::{FieldError, TransactionNo};

/// News of a refund, read from a verified message. A trigger: ask for the sale, its `refundInfo` tells.
///
/// The documentation lets a refund have an `ipnUrl` and does not show what is posted to it. All that is
/// required is therefore the number of a transaction.
#[derive(Clone, Debug)]
pub struct RefundNotification {
    transaction_no: TransactionNo,
    fields: Fields<'static>,
}

impl RefundNotification {
    /// Reads a verified message as a refund's notification.
    ///
    /// # Errors
    ///
    /// `transactionNo` is missing or not of its form.
    pub fn read(message: &Verified<'_>) -> Result<Self, FieldError> {
        let fields = message.fields();
        Ok(Self { transaction_no: required(fields, "transactionNo")?, fields: fields.clone().into_owned() })
    }

    /// The transaction it names: the sale, as in the answer to a refund.
    pub fn transaction_no(&self) -> &TransactionNo {
        &self.transaction_no
    }

    /// Pockyt's number of the refund, or the merchant's: 1 to 64 letters, digits, `_`, `-`, `.` or `:`. A hint.
    pub fn refund_number(&self) -> Option<&str> {
        ["refundTransactionNo", "refundTransactionId", "refundReference"]
            .into_iter()
            .find_map(|name| self.fields.get(name))
            .filter(|number| {
                let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_-.:".contains(&b);
                (1..=64).contains(&number.len()) && number.bytes().all(allowed)
            })
    }

    /// All signed fields as they came.
    pub fn fields(&self) -> &Fields<'static> {
        &self.fields
    }

    /// Kind, transaction, the refund's number and status, as far as they are words; each is checked, so that
    /// two different lists never make one key. Where the message names no refund, all its fields stand for
    /// the number, so that a second refund is not taken for the first.
    pub fn dedupe_key(&self) -> DedupeKey {
        let status = self.status();
        let number = match self.refund_number() {
            Some(number) => number.to_owned(),
            None => Fingerprint::over_all(NotificationKind::Refund, &self.fields).to_hex(),
        };
        DedupeKey::of(NotificationKind::Refund, &[self.transaction_no.as_str(), &number, &status])
    }

    /// What two deliveries must agree on: the transaction, the refund's number and status. Where the message
    /// names no refund, all its fields.
    pub fn fingerprint(&self) -> Fingerprint {
        let Some(number) = self.refund_number() else {
            return Fingerprint::over_all(NotificationKind::Refund, &self.fields);
        };
        let status = self.status();
        let parts = [self.transaction_no.as_str(), number, status.as_str()];
        Fingerprint::over(NotificationKind::Refund, parts)
    }

    /// The state as a word; empty when there is none, or when it is no word.
    fn status(&self) -> String {
        let word = self.fields.get("status").unwrap_or_default().to_ascii_lowercase();
        if word.len() <= 32 && word.bytes().all(|b| b.is_ascii_alphabetic()) { word } else { String::new() }
    }
}
