//! Card data. It can be sent and can never be shown.

use std::borrow::Cow;
use std::fmt;

use zeroize::Zeroizing;

use crate::operation::needed;
use crate::params::{Part, Text};
use crate::{FieldSpec, InvalidField, Params};

/// Defines a text that only a request's writer can read: wiped on drop, `Debug` redacted, no `Display`, no
/// `Serialize`, no comparison.
macro_rules! secret_text {
    ($( $(#[$meta:meta])* $name:ident($field:literal, $rule:literal): $check:expr; )*) => { $(
        $(#[$meta])*
        #[derive(Clone)]
        pub struct $name(zeroize::Zeroizing<String>);

        impl $name {
            /// Checks and takes the text.
            ///
            /// # Errors
            ///
            #[doc = concat!("It ", $rule, ", and it does not.")]
            pub fn new(text: impl Into<String>) -> Result<Self, $crate::InvalidField> {
                let text = zeroize::Zeroizing::new(text.into());
                let check: fn(&str) -> bool = $check;
                if check(&text) { Ok(Self(text)) } else { Err($crate::InvalidField::new($field, $rule)) }
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(redacted)"))
            }
        }

        impl $crate::params::Text for $name {
            fn text(&self) -> std::borrow::Cow<'_, str> {
                std::borrow::Cow::Borrowed(&self.0)
            }
        }
    )* };
}
pub(crate) use secret_text;

secret_text! {
    /// A card's number (PAN).
    CardNumber("cardNumber", "must be 12 to 19 digits"): |text| digits(text, 12..=19);

    /// A card's verification code.
    Cvv("cardCvv", "must be 3 or 4 digits"): |text| digits(text, 3..=4);
}

fn digits(text: &str, count: std::ops::RangeInclusive<usize>) -> bool {
    count.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// The month until which a card is valid.
#[derive(Clone)]
pub struct CardExpiry {
    month: Zeroizing<String>,
    year: Zeroizing<String>,
}

impl CardExpiry {
    /// A month from 1 to 12 of a year with four digits. Whether it is over is for Pockyt to say.
    ///
    /// # Errors
    ///
    /// The month or the year is not one.
    pub fn new(month: u8, year: u16) -> Result<Self, InvalidField> {
        if !(1..=12).contains(&month) {
            return Err(InvalidField::new("cardExpMonth", "must be 1 to 12"));
        }
        if !(1000..=9999).contains(&year) {
            return Err(InvalidField::new("cardExpYear", "must have four digits"));
        }
        Ok(Self { month: Zeroizing::new(format!("{month:02}")), year: Zeroizing::new(year.to_string()) })
    }
}

impl fmt::Debug for CardExpiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardExpiry(redacted)")
    }
}

/// A card. Handling one wants PCI DSS compliance (SAQ D, says Pockyt's documentation).
#[derive(Clone, Debug)]
pub struct Card {
    number: CardNumber,
    expiry: CardExpiry,
    cvv: Cvv,
}

impl Card {
    /// A card by what is printed on it.
    pub fn new(number: CardNumber, expiry: CardExpiry, cvv: Cvv) -> Self {
        Self { number, expiry, cvv }
    }
}

impl Part for Card {
    const FIELDS: &'static [FieldSpec] =
        &[needed("cardCvv"), needed("cardExpMonth"), needed("cardExpYear"), needed("cardNumber")];

    fn write<'a>(&'a self, params: &mut Params<'a>) {
        params.push("cardCvv", self.cvv.text());
        params.push("cardExpMonth", Cow::Borrowed(self.expiry.month.as_str()));
        params.push("cardExpYear", Cow::Borrowed(self.expiry.year.as_str()));
        params.push("cardNumber", self.number.text());
    }
}
