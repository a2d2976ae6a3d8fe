//! What a payment or a refund asks for.

use crate::{Amount, Currency, InvalidField, Params};

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
    /// The amount is not a plain decimal number, is not above zero, or has more than two decimals (the
    /// checks of the vendor's Java, Python and C# SDKs).
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
        if amount.decimals() > 2 {
            return Err(InvalidField::new("amount", "has more than two decimals"));
        }
        Ok(Self { amount, currency, settle_currency: currency.usual_settlement() })
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

    pub(crate) fn write<'a>(&'a self, amount_field: &'static str, params: &mut Params<'a>) {
        params.push(amount_field, self.amount.as_str());
        params.push("currency", self.currency.as_str());
        params.push("settleCurrency", self.settle_currency.as_str());
    }
}
