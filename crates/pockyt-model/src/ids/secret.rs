//! The code on a customer's phone.

use std::borrow::Cow;
use std::fmt;

use pockyt_sign::reads_as_another_field;
use zeroize::Zeroizing;

use super::InvalidField;
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
