//! Identifiers.

use std::fmt;

use pockyt_sign::reads_as_another_field;
use zeroize::Zeroizing;

use crate::{InvalidField, Params};

/// Who asks: the merchant and the store, from Pockyt's support or portal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Merchant {
    merchant_no: String,
    store_no: String,
}

impl Merchant {
    /// The numbers as Pockyt gave them, six digits each in every published example.
    ///
    /// # Errors
    ///
    /// One of them is not made of digits.
    pub fn new(merchant_no: &str, store_no: &str) -> Result<Self, InvalidField> {
        let digits = |field, text: &str| {
            let right = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            right.then(|| text.to_owned()).ok_or(InvalidField::new(field, "must be digits"))
        };
        Ok(Self { merchant_no: digits("merchantNo", merchant_no)?, store_no: digits("storeNo", store_no)? })
    }

    /// The merchant number.
    pub fn merchant_no(&self) -> &str {
        &self.merchant_no
    }

    /// The store number.
    pub fn store_no(&self) -> &str {
        &self.store_no
    }
}

/// The merchant's own identifier of one attempt to be paid: unique for ever.
///
/// Pockyt refuses a reference that it has seen, and after a lost answer it is what the merchant asks
/// by. The alphabet is ours, since Pockyt states none: 1 to 64 of the letters, digits and `. _ - : /`,
/// which pass through URLs, forms and the signed text unchanged.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reference(String);

impl Reference {
    /// Checks and takes the text.
    ///
    /// # Errors
    ///
    /// It is empty, longer than 64 characters, or has another character.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidField> {
        let text = text.into();
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"._-:/".contains(&b);
        if text.is_empty() || text.len() > 64 || !text.bytes().all(allowed) {
            return Err(InvalidField::new("reference", Self::RULE));
        }
        Ok(Self(text))
    }

    pub(crate) const RULE: &'static str = "must be 1 to 64 letters, digits or . _ - : /";

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Pockyt's own number of a transaction, 18 digits in every published example.
///
/// Taken as an opaque text of letters, digits, `-` and `_`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TransactionNo(String);

impl TransactionNo {
    /// Checks and takes the text.
    ///
    /// # Errors
    ///
    /// It is empty, longer than 64 characters, or has another character.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidField> {
        let text = text.into();
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_-".contains(&b);
        if text.is_empty() || text.len() > 64 || !text.bytes().all(allowed) {
            return Err(InvalidField::new("transactionNo", Self::RULE));
        }
        Ok(Self(text))
    }

    pub(crate) const RULE: &'static str = "must be 1 to 64 letters or digits";

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TransactionNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which order is meant. Pockyt wants exactly one of the two; every vendor SDK refuses both at once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OrderKey {
    /// The merchant's own identifier: the one that is known even after a lost answer.
    Reference(Reference),
    /// Pockyt's number.
    TransactionNo(TransactionNo),
}

impl OrderKey {
    pub(crate) fn write<'a>(&'a self, params: &mut Params<'a>) {
        match self {
            Self::Reference(reference) => params.push("reference", reference.as_str()),
            Self::TransactionNo(number) => params.push("transactionNo", number.as_str()),
        }
    }
}

impl From<Reference> for OrderKey {
    fn from(reference: Reference) -> Self {
        Self::Reference(reference)
    }
}

impl From<TransactionNo> for OrderKey {
    fn from(number: TransactionNo) -> Self {
        Self::TransactionNo(number)
    }
}

/// The code that a customer's wallet shows at the till. Whoever has it can take money with it, so it
/// is wiped on drop and `Debug` is redacted.
#[derive(Clone)]
pub struct PaymentBarcode(Zeroizing<String>);

impl PaymentBarcode {
    /// Checks and takes the scanned text: 18 digits in the published example, so any visible text of
    /// up to 128 characters that cannot be read as another field.
    ///
    /// # Errors
    ///
    /// It is empty, too long, or has other characters.
    pub fn new(scanned: impl Into<String>) -> Result<Self, InvalidField> {
        let scanned = Zeroizing::new(scanned.into());
        let visible = scanned.bytes().all(|b| b.is_ascii_graphic());
        if scanned.is_empty() || scanned.len() > 128 || !visible || reads_as_another_field(&scanned) {
            return Err(InvalidField::new("paymentBarcode", "must be 1 to 128 visible ASCII characters"));
        }
        Ok(Self(scanned))
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PaymentBarcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PaymentBarcode(redacted)")
    }
}
