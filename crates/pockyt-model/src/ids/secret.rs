//! The code on a customer's phone.

use std::borrow::Cow;
use std::fmt;

use pockyt_sign::reads_as_another_field;
use zeroize::Zeroizing;

use super::InvalidField;
use crate::object::FromWire;
use crate::params::Text;

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
}

impl Text for PaymentBarcode {
    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.0)
    }
}

impl fmt::Debug for PaymentBarcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PaymentBarcode(redacted)")
    }
}

/// Pockyt's number of a saved card, from [`OrderProcess`](crate::operation::OrderProcess): with it the card
/// can be charged again, so `Debug` is redacted. Its form is shown nowhere: 1 to 64 letters, digits, `_` or
/// `-`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct VaultId(String);

impl VaultId {
    const RULE: &'static str = "must be 1 to 64 letters, digits, _ or -";

    /// Checks and takes the text.
    ///
    /// # Errors
    ///
    /// It is empty, longer than 64 characters, or has other characters.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidField> {
        let text = text.into();
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_-".contains(&b);
        if text.is_empty() || text.len() > 64 || !text.bytes().all(allowed) {
            return Err(InvalidField::new("vaultId", Self::RULE));
        }
        Ok(Self(text))
    }

    /// The text, to keep it: treat it like a card's number.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl Text for VaultId {
    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.0)
    }
}

impl FromWire for VaultId {
    fn from_wire(text: &str) -> Result<Self, &'static str> {
        Self::new(text).map_err(|_| Self::RULE)
    }
}

impl fmt::Debug for VaultId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VaultId(redacted)")
    }
}
