//! What a payment or a refund asks for.

use std::fmt;

use crate::operation::needed;
use crate::params::Part;
use crate::{Amount, Currency, FieldSpec, InvalidField, Params, Vendor};

/// A positive amount with its currency and the currency it is settled in.
///
/// ```
/// use pockyt_model::{Currency, Price};
///
/// let price = Price::new("13.00", Currency::PHP)?;
/// assert_eq!(price.settle_currency(), Currency::USD);
/// assert_eq!(Price::new("1.001", Currency::USD).unwrap_err().to_string(), "amount has more than two decimals");
/// # Ok::<(), pockyt_model::InvalidField>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    amount: Amount,
    currency: Currency,
    settle_currency: Currency,
}

impl Price {
    /// A price, settled in [`Currency::usual_settlement`]. `amount` is in major units and is sent as it
    /// is written here: Pockyt takes `13` and `13.00` alike.
    ///
    /// # Errors
    ///
    /// The amount is not a plain decimal number, is not above zero, has more than two decimals (the checks of
    /// the vendor's Java, Python and C# SDKs), or begins with zeros that say nothing.
    pub fn new(amount: &str, currency: Currency) -> Result<Self, InvalidField> {
        let amount = Amount::parse(amount)
            .map_err(|_| InvalidField::new("amount", "is not a decimal number such as 13.00"))?;
        Self::of(amount, currency)
    }

    /// The same for an amount that has been read already.
    ///
    /// # Errors
    ///
    /// As [`Price::new`].
    pub fn of(amount: Amount, currency: Currency) -> Result<Self, InvalidField> {
        if !amount.is_positive() {
            return Err(InvalidField::new("amount", "is not above zero"));
        }
        let (whole, decimals) = amount.as_str().split_once('.').unwrap_or((amount.as_str(), ""));
        if decimals.len() > 2 {
            return Err(InvalidField::new("amount", "has more than two decimals"));
        }
        if whole.len() > 1 && whole.starts_with('0') {
            return Err(InvalidField::new("amount", "begins with zeros that say nothing"));
        }
        Ok(Self { amount, currency, settle_currency: currency.usual_settlement() })
    }

    /// A price with as many decimals as are given, for arrangements that know more than two.
    ///
    /// # Errors
    ///
    /// The amount is not above zero.
    pub fn with_any_decimals(amount: Amount, currency: Currency) -> Result<Self, InvalidField> {
        if !amount.is_positive() {
            return Err(InvalidField::new("amount", "is not above zero"));
        }
        Ok(Self { amount, currency, settle_currency: currency.usual_settlement() })
    }

    /// What looks wrong with this price for this payment method, as far as the sources know. Pockyt decides;
    /// so these are warnings and stop nothing.
    ///
    /// ```
    /// use pockyt_model::{Currency, Price, PriceWarning, Vendor};
    ///
    /// let price = Price::new("49.50", Currency::KRW)?;
    /// let warnings = price.warnings(&Vendor::GCASH);
    /// assert_eq!(
    ///     warnings,
    ///     [PriceWarning::BelowMinimum, PriceWarning::MoreDecimalsThanTheCurrency, PriceWarning::CurrencyOfAnotherVendor],
    /// );
    /// assert!(Price::new("50", Currency::KRW)?.warnings(&Vendor::KAKAO_PAY).is_empty());
    /// # Ok::<(), pockyt_model::InvalidField>(())
    /// ```
    pub fn warnings(&self, vendor: &Vendor) -> Vec<PriceWarning> {
        let foreign = |known: &[Currency], used| !known.is_empty() && !known.contains(&used);
        let below = self.currency.minimum().is_some_and(|minimum| self.amount < minimum);
        let decimals = self.currency.decimals().is_some_and(|decimals| self.amount.decimals() > decimals);
        [
            (below, PriceWarning::BelowMinimum),
            (decimals, PriceWarning::MoreDecimalsThanTheCurrency),
            (foreign(vendor.price_currencies(), self.currency), PriceWarning::CurrencyOfAnotherVendor),
            (foreign(vendor.settle_currencies(), self.settle_currency), PriceWarning::UnusualSettlement),
        ]
        .into_iter()
        .filter_map(|(holds, warning)| holds.then_some(warning))
        .collect()
    }

    /// Settles in another currency than the usual one.
    #[must_use]
    pub fn settle_in(mut self, currency: Currency) -> Self {
        self.settle_currency = currency;
        self
    }

    /// The amount, in major units of [`Price::currency`].
    pub fn amount(&self) -> &Amount {
        &self.amount
    }

    /// The currency the customer sees.
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// The currency the merchant is paid in.
    pub fn settle_currency(&self) -> Currency {
        self.settle_currency
    }

    pub(crate) fn write_as<'a>(&'a self, amount_field: &'static str, params: &mut Params<'a>) {
        params.push(amount_field, self.amount.as_str());
        params.push("currency", self.currency.as_str());
        params.push("settleCurrency", self.settle_currency.as_str());
    }
}

/// What looks wrong with a price; see [`Price::warnings`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PriceWarning {
    /// The amount is below [`Currency::minimum`].
    BelowMinimum,
    /// The sources do not name this currency for this payment method.
    CurrencyOfAnotherVendor,
    /// The amount has more decimals than the currency; see [`Currency::decimals`].
    MoreDecimalsThanTheCurrency,
    /// The sources do not name this settlement currency for this payment method.
    UnusualSettlement,
}

impl fmt::Display for PriceWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BelowMinimum => "the amount is below the smallest that is known to be taken",
            Self::CurrencyOfAnotherVendor => "the wallet is not known to take this currency",
            Self::MoreDecimalsThanTheCurrency => "the amount has more decimals than the currency",
            Self::UnusualSettlement => "the wallet is not known to be settled in this currency",
        })
    }
}

impl Part for Price {
    const FIELDS: &'static [FieldSpec] = &[needed("amount"), needed("currency"), needed("settleCurrency")];

    fn write<'a>(&'a self, params: &mut Params<'a>) {
        self.write_as("amount", params);
    }
}

/// A price whose amount has another name on the wire.
macro_rules! price_as {
    ($(#[$meta:meta])* $name:ident = $field:literal) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name($crate::Price);

        impl $name {
            /// The price.
            pub fn price(&self) -> &$crate::Price {
                &self.0
            }
        }

        impl From<$crate::Price> for $name {
            fn from(price: $crate::Price) -> Self {
                Self(price)
            }
        }

        impl $crate::params::Part for $name {
            const FIELDS: &'static [$crate::FieldSpec] = &[
                $crate::operation::needed($field),
                $crate::operation::needed("currency"),
                $crate::operation::needed("settleCurrency"),
            ];

            fn write<'a>(&'a self, params: &mut $crate::Params<'a>) {
                self.0.write_as($field, params);
            }
        }
    };
}
pub(crate) use price_as;
