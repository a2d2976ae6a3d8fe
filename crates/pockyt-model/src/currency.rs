//! Currencies: an open set of three-letter codes.

use std::fmt;

use crate::InvalidField;

/// A currency code: three capital letters, as in ISO 4217.
///
/// The set is open: Pockyt adds currencies, and no list here would stay complete.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

macro_rules! known {
    ($($code:ident),* $(,)?) => {
        impl Currency {
            $(
                #[doc = concat!("The code `", stringify!($code), "`, named in Pockyt's documentation.")]
                pub const $code: Self = Self::of(stringify!($code));
            )*
        }
    };
}

known!(BDT, CNY, GBP, HKD, IDR, JPY, KRW, MYR, PHP, PKR, THB, USD);

impl Currency {
    /// Reads a code.
    ///
    /// # Errors
    ///
    /// The text is not three capital letters.
    pub fn new(code: &str) -> Result<Self, InvalidField> {
        match code.as_bytes() {
            &[a, b, c] if [a, b, c].iter().all(u8::is_ascii_uppercase) => Ok(Self([a, b, c])),
            _ => Err(InvalidField::new("currency", Self::RULE)),
        }
    }

    pub(crate) const RULE: &'static str = "must be three capital letters";

    const fn of(code: &'static str) -> Self {
        match code.as_bytes() {
            &[a, b, c] => Self([a, b, c]),
            _ => Self(*b"USD"),
        }
    }

    /// The three letters.
    pub fn as_str(&self) -> &str {
        // Only capital letters get in, so the fallback is never taken.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// What such a price is settled in unless the merchant's contract says otherwise: GBP in GBP,
    /// everything else in USD (Pockyt docs, SecurePay API).
    #[must_use]
    pub fn usual_settlement(self) -> Self {
        if self == Self::GBP { Self::GBP } else { Self::USD }
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
