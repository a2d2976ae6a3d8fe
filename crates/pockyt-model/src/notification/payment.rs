//! The outcome of a payment.

use pockyt_sign::{Fields, Verified};

use super::identity::{lower, normalized};
use super::read::{amount, currency, malformed, number, owned, present, word};
use super::{DedupeKey, Fingerprint, NotificationIdentity, NotificationKind};
use crate::standing::is_of_payment;
use crate::{
    Amount, Currency, CustomerNo, FieldError, PockytTime, Reference, TransactionNo, TransactionStatus,
};

/// The outcome of a payment, read from a verified message (Pockyt docs, webhook notification format; for
/// captures and saved cards, webhook notification reference).
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
    /// A required field is missing or not of its form: `transactionNo` digits, `reference` as its type says,
    /// `status` letters, `currency` three capital letters, `amount` digits and at most one point, above
    /// zero. Or the message is about something else than a payment: it carries a field of a refund, or a
    /// `transactionType` other than `payment`. Such a message says nothing about money here; a query does.
    pub fn read(message: &Verified<'_>) -> Result<Self, FieldError> {
        let terms = Terms::read(message.fields())?;
        Ok(Self {
            transaction_no: owned("transactionNo", terms.transaction_no)?,
            reference: owned("reference", terms.reference)?,
            amount: owned("amount", terms.amount)?,
            currency: terms.currency,
            status: terms.status,
            fields: message.fields().clone().into_owned(),
        })
    }

    /// The identity of what [`Self::read`] would read, without the copies.
    pub(super) fn identify(message: &Verified<'_>) -> Result<NotificationIdentity, FieldError> {
        let terms = Terms::read(message.fields())?;
        Ok(NotificationIdentity { dedupe_key: terms.dedupe_key(), fingerprint: terms.fingerprint() })
    }

    fn terms(&self) -> Terms<'_> {
        Terms {
            transaction_no: self.transaction_no.as_str(),
            reference: self.reference.as_str(),
            amount: self.amount.as_str(),
            currency: self.currency,
            status: self.status.clone(),
        }
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

    /// When it happened, by Pockyt's clock: `time`, or `completedAt` for captures. A hint, and it orders
    /// nothing.
    pub fn time(&self) -> Option<PockytTime> {
        self.fields.get("time").or_else(|| self.fields.get("completedAt")).map(PockytTime::from_wire)
    }

    /// The note of the request. A hint.
    pub fn note(&self) -> Option<&str> {
        self.fields.get("note")
    }

    /// The customer of a capture or a saved card. A hint.
    pub fn customer_no(&self) -> Option<CustomerNo> {
        self.fields.get("customerNo").and_then(|number| CustomerNo::new(number).ok())
    }

    /// The currency the merchant is paid in. A hint.
    pub fn settle_currency(&self) -> Option<Currency> {
        self.fields.get("settleCurrency").and_then(|code| Currency::new(code).ok())
    }

    /// All signed fields as they came.
    pub fn fields(&self) -> &Fields<'static> {
        &self.fields
    }

    /// What makes this notification the same as another delivery of it, within one environment and
    /// tenant: kind, transaction number and status. A transaction has one reference, so a message that
    /// names another one under the same number contradicts the first instead of standing beside it.
    pub fn dedupe_key(&self) -> DedupeKey {
        self.terms().dedupe_key()
    }

    /// What two deliveries of one notification must agree on: transaction number, reference, amount,
    /// currency and status.
    pub fn fingerprint(&self) -> Fingerprint {
        self.terms().fingerprint()
    }
}

/// The required fields, where they lie.
struct Terms<'f> {
    transaction_no: &'f str,
    reference: &'f str,
    amount: &'f str,
    currency: Currency,
    status: TransactionStatus,
}

impl<'f> Terms<'f> {
    fn read(fields: &'f Fields<'_>) -> Result<Self, FieldError> {
        let [mut transaction_no, mut reference, mut amount_text, mut currency_text, mut status] = [None; 5];
        let mut could_be_of_another = false;
        for (name, value) in fields {
            match name {
                "amount" => amount_text = Some(value),
                "currency" => currency_text = Some(value),
                "reference" => reference = Some(value),
                "status" => status = Some(value),
                "transactionNo" => transaction_no = Some(value),
                _ => could_be_of_another |= name == "transactionType" || name.starts_with("refund"),
            }
        }
        if could_be_of_another {
            refuse_another_subject(fields)?;
        }
        let amount = amount(present("amount", amount_text)?)?;
        if !is_above_zero(amount) {
            return Err(malformed("amount", "is not above zero"));
        }
        let transaction_no = number("transactionNo", present("transactionNo", transaction_no)?)?;
        let reference = present("reference", reference)?;
        if !Reference::allows(reference) {
            return Err(malformed("reference", Reference::RULE));
        }
        let currency = currency(present("currency", currency_text)?)?;
        let status = TransactionStatus::from_wire(word("status", present("status", status)?)?);
        Ok(Self { transaction_no, reference, amount, currency, status })
    }

    fn dedupe_key(&self) -> DedupeKey {
        DedupeKey::of(NotificationKind::Payment, &[self.transaction_no, &lower(self.status.as_str())])
    }

    fn fingerprint(&self) -> Fingerprint {
        let (amount, status) = (normalized(self.amount), lower(self.status.as_str()));
        let parts = [self.transaction_no, self.reference, amount, self.currency.as_str(), &status];
        Fingerprint::over(NotificationKind::Payment, parts)
    }
}

/// Of an amount without a sign.
fn is_above_zero(amount: &str) -> bool {
    amount.bytes().any(|b| (b'1'..=b'9').contains(&b))
}

/// The fields of refunds, by the names that answers and notices give them.
const OF_A_REFUND: [&str; 6] = [
    "refundAmount",
    "refundReference",
    "refundStatus",
    "refundTransactionId",
    "refundTransactionNo",
    "refundYuansferId",
];

fn refuse_another_subject(fields: &Fields<'_>) -> Result<(), FieldError> {
    // Most messages have no field that could matter here, and one look at them is enough to know.
    if !fields.iter().any(|(name, _)| name.starts_with("refund") || name == "transactionType") {
        return Ok(());
    }
    let carries = |name: &&&str| fields.get(name).is_some_and(|value| !value.is_empty());
    if let Some(name) = OF_A_REFUND.iter().find(carries) {
        return Err(malformed(name, "belongs to a refund, not to a payment"));
    }
    if !is_of_payment(fields.get("transactionType").unwrap_or_default()) {
        return Err(malformed("transactionType", "is not that of a payment"));
    }
    Ok(())
}
