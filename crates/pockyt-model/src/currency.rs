//! Currencies: an open set of three-letter codes.

use std::borrow::Cow;
use std::fmt;

use crate::params::Text;
use crate::{Amount, InvalidField};

/// A currency code: three capital letters, as in ISO 4217, or a blockchain's token such as `USDC`.
///
/// The set is open: Pockyt adds currencies, and no list here would stay complete.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; LONGEST]);

/// The longest token that is taken. Shorter codes end in zero bytes.
const LONGEST: usize = 10;

macro_rules! known {
    ($($code:ident),* $(,)?) => {
        impl Currency {
            $(
                #[doc = concat!("The code `", stringify!($code), "`, named in Pockyt's documentation.")]
                pub const $code: Self = Self::of(stringify!($code));
            )*

            /// The currencies that Pockyt's documentation names.
            pub const KNOWN: &'static [Self] = &[$(Self::$code),*];
        }
    };
}

known!(
    AUD, BDT, BRL, CAD, CHF, CNY, CZK, DKK, EUR, GBP, GHS, HKD, HUF, IDR, ILS, JPY, KES, KRW, MXN, MYR, NGN,
    NOK, NZD, PHP, PKR, PLN, SEK, SGD, THB, TWD, TZS, UGX, USD, XOF, ZMW,
);

impl Currency {
    /// Reads a code.
    ///
    /// # Errors
    ///
    /// The text is not three capital letters.
    pub fn new(code: &str) -> Result<Self, InvalidField> {
        if code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase()) {
            Ok(Self::of(code))
        } else {
            Err(InvalidField::new("currency", Self::RULE))
        }
    }

    /// Reads the name of a blockchain's token, such as `USDC` (Pockyt docs, available payment methods).
    ///
    /// # Errors
    ///
    /// The text is not 2 to 10 capital letters or digits.
    pub fn token(name: &str) -> Result<Self, InvalidField> {
        let allowed = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
        if (2..=LONGEST).contains(&name.len()) && name.bytes().all(allowed) {
            Ok(Self::of(name))
        } else {
            Err(InvalidField::new("currency", "must be 2 to 10 capital letters or digits"))
        }
    }

    pub(crate) const RULE: &'static str = "must be three capital letters";

    const fn of(code: &str) -> Self {
        let mut bytes = [0; LONGEST];
        let (mut rest, mut at) = (code.as_bytes(), 0);
        while let [first, tail @ ..] = rest {
            if at < LONGEST {
                #[expect(clippy::indexing_slicing, reason = "the index was just held to the length")]
                {
                    bytes[at] = *first;
                }
            }
            (rest, at) = (tail, at + 1);
        }
        Self(bytes)
    }

    /// The letters.
    pub fn as_str(&self) -> &str {
        let len = self.0.iter().position(|b| *b == 0).unwrap_or(LONGEST);
        // Only capital letters and digits get in, so the fallbacks are never taken.
        self.0.get(..len).and_then(|code| std::str::from_utf8(code).ok()).unwrap_or_default()
    }

    /// How many digits the currency has after the point, by ISO 4217; `None` for a currency that Pockyt's
    /// documentation does not name.
    ///
    /// Pockyt states no rule for currencies without decimals: what is given here is sent as it is, and
    /// [`Price::warnings`](crate::Price::warnings) says when it looks wrong.
    pub fn decimals(self) -> Option<u32> {
        match self {
            Self::JPY | Self::KRW | Self::UGX | Self::XOF => Some(0),
            known if Self::KNOWN.contains(&known) => Some(2),
            _ => None,
        }
    }

    /// The smallest price of a checkout in this currency, in major units, where the vendor's PHP SDK knows
    /// one.
    pub fn minimum(self) -> Option<Amount> {
        let minimum = match self {
            Self::PHP | Self::THB | Self::MYR => "1",
            Self::IDR => "300",
            Self::KRW => "50",
            Self::HKD => "0.1",
            Self::BDT => "0.01",
            Self::PKR => "100",
            _ => return None,
        };
        Amount::parse(minimum).ok()
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

impl Text for Currency {
    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.as_str())
    }
}
