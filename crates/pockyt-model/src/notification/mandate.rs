//! A signed auto-debit agreement.

use pockyt_sign::{Fields, Verified};

use super::read::{malformed, required, text};
use super::{DedupeKey, Fingerprint, NotificationKind};
use crate::{AutoDebitNo, AutoReference, FieldError, PockytTime, Vendor};

/// A customer signed an auto-debit agreement, read from a verified message (docs.yuansfer.com, auto-debit).
/// A trigger: apply for the token, which fails for an agreement that is not signed.
#[derive(Clone, Debug)]
pub struct MandateNotification {
    auto_debit_no: AutoDebitNo,
    auto_reference: AutoReference,
    time: PockytTime,
    fields: Fields<'static>,
}

impl MandateNotification {
    /// Reads a verified message as an agreement's notification.
    ///
    /// # Errors
    ///
    /// A required field is missing or not of its form: `autoDebitNo` and `autoReference` as their types say,
    /// `time` 14 digits.
    pub fn read(message: &Verified<'_>) -> Result<Self, FieldError> {
        let fields = message.fields();
        let time = text(fields, "time")?;
        if time.len() != 14 || !time.bytes().all(|b| b.is_ascii_digit()) {
            return Err(malformed("time", "must be 14 digits, yyyyMMddHHmmss"));
        }
        Ok(Self {
            auto_debit_no: required(fields, "autoDebitNo")?,
            auto_reference: required(fields, "autoReference")?,
            time: PockytTime::from_wire(time),
            fields: fields.clone().into_owned(),
        })
    }

    /// Pockyt's number of the agreement.
    pub fn auto_debit_no(&self) -> &AutoDebitNo {
        &self.auto_debit_no
    }

    /// The merchant's identifier of the agreement.
    pub fn auto_reference(&self) -> &AutoReference {
        &self.auto_reference
    }

    /// When it happened, by Pockyt's clock. It tells this signing from another one, and orders nothing.
    pub fn time(&self) -> &PockytTime {
        &self.time
    }

    /// The wallet; older messages call the field `customerBelongsTo`. A hint.
    pub fn vendor(&self) -> Option<Vendor> {
        let wire = self.fields.get("vendor").or_else(|| self.fields.get("customerBelongsTo"))?;
        Vendor::new(wire).ok()
    }

    /// The note of the request. A hint.
    pub fn note(&self) -> Option<&str> {
        self.fields.get("note")
    }

    /// All signed fields as they came.
    pub fn fields(&self) -> &Fields<'static> {
        &self.fields
    }

    /// Kind, agreement and time: there is no status.
    pub fn dedupe_key(&self) -> DedupeKey {
        DedupeKey::of(NotificationKind::Mandate, &[self.auto_debit_no.as_str(), self.time.as_str()])
    }

    /// What two deliveries must agree on: both identifiers.
    pub fn fingerprint(&self) -> Fingerprint {
        let parts = [self.auto_debit_no.as_str(), self.auto_reference.as_str()];
        Fingerprint::over(NotificationKind::Mandate, parts)
    }
}
