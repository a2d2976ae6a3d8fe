//! Money: exact decimals that remember how they were written.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use rust_decimal::Decimal;

/// An amount of money in major units (dollars, not cents), exact.
///
/// It keeps the text it was read from, since that text is what is signed and sent, and compares by
/// value: `13` equals `13.00`. Never a float. The currency is a field of its own in Pockyt's API.
///
/// ```
/// use pockyt_model::Amount;
///
/// let thirteen = Amount::parse("13")?;
/// assert_eq!(thirteen, Amount::parse("13.00")?);
/// assert_eq!(thirteen.as_str(), "13");
/// assert_eq!(thirteen.checked_sub(&Amount::parse("0.01")?).unwrap().as_str(), "12.99");
/// assert!(Amount::parse("1e3").is_err());
/// # Ok::<(), pockyt_model::AmountError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Amount {
    text: Box<str>,
    value: Decimal,
}

impl Amount {
    pub(crate) const RULE: &'static str = "is not a decimal number such as 13.00";

    /// Reads digits, optionally a point and more digits, optionally a minus sign before them.
    ///
    /// # Errors
    ///
    /// [`AmountError`] for any other text (exponents, blanks, signs, `NaN`) and for more than 28
    /// significant digits.
    pub fn parse(text: &str) -> Result<Self, AmountError> {
        Ok(Self { value: Self::value_of(text)?, text: text.into() })
    }

    /// The value of a text that [`Self::parse`] would read.
    pub(crate) fn value_of(text: &str) -> Result<Decimal, AmountError> {
        if let Some(value) = short(text) {
            return Ok(value);
        }
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(fraction) {
            return Err(AmountError(()));
        }
        Decimal::from_str_exact(text).map_err(|_| AmountError(()))
    }

    /// Reads a JSON number, which may have an exponent; it is exact or refused. The text of one
    /// with an exponent is that of its value, so that it can be sent.
    pub(crate) fn from_json_number(literal: &str) -> Result<Self, AmountError> {
        let Some((mantissa, exponent)) = literal.split_once(['e', 'E']) else { return Self::parse(literal) };
        let exponent: i32 = exponent.parse().map_err(|_| AmountError(()))?;
        let mantissa = Self::parse(mantissa)?.value.normalize();
        let scale = i64::from(mantissa.scale()) - i64::from(exponent);
        let value = match u32::try_from(scale) {
            Ok(scale) => Decimal::try_from_i128_with_scale(mantissa.mantissa(), scale),
            Err(_) => u32::try_from(-scale)
                .ok()
                .filter(|zeros| *zeros <= 28)
                .and_then(|zeros| mantissa.mantissa().checked_mul(10_i128.pow(zeros)))
                .ok_or(rust_decimal::Error::ExceedsMaximumPossibleValue)
                .and_then(|whole| Decimal::try_from_i128_with_scale(whole, 0)),
        };
        value.map(Self::from_value).map_err(|_| AmountError(()))
    }

    /// Nothing.
    pub fn zero() -> Self {
        Self::from_value(Decimal::ZERO)
    }

    /// The text as it was written or received.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is more than nothing.
    pub fn is_positive(&self) -> bool {
        self.value > Decimal::ZERO
    }

    /// How many digits stand after the point, without trailing zeros.
    pub fn decimals(&self) -> u32 {
        self.value.normalize().scale()
    }

    /// The sum; `None` when it has more than 28 digits.
    pub fn checked_add(&self, other: &Self) -> Option<Self> {
        self.value.checked_add(other.value).and_then(|sum| self.exact(other, sum))
    }

    /// The difference; `None` when it has more than 28 digits.
    pub fn checked_sub(&self, other: &Self) -> Option<Self> {
        self.value.checked_sub(other.value).and_then(|difference| self.exact(other, difference))
    }

    /// The one text of this value, whatever the notation: no trailing zeros, no leading ones.
    pub fn normalized(&self) -> String {
        self.value.normalize().to_string()
    }

    /// The result of an operation, unless digits had to be dropped to hold it.
    fn exact(&self, other: &Self, result: Decimal) -> Option<Self> {
        let needed = self.value.scale().max(other.value.scale());
        (result.scale() >= needed).then(|| Self::from_value(result))
    }

    fn from_value(value: Decimal) -> Self {
        Self { text: value.to_string().into(), value }
    }
}

impl PartialEq for Amount {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Eq for Amount {}

impl Hash for Amount {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.normalize().hash(state);
    }
}

impl PartialOrd for Amount {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Amount {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.value.cmp(&other.value)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Amount {
    type Err = AmountError;

    fn from_str(text: &str) -> Result<Self, AmountError> {
        Self::parse(text)
    }
}

/// The value of a short text that is an amount, which nearly all are; a sum of digits costs less than the general
/// reading.
fn short(text: &str) -> Option<Decimal> {
    const DIGITS_OF_ANY_I64: usize = 18;
    if text.is_empty() || text.len() > DIGITS_OF_ANY_I64 {
        return None;
    }
    let mut digits: i64 = 0;
    let mut scale = None;
    for (i, byte) in text.bytes().enumerate() {
        match byte {
            b'0'..=b'9' => digits = digits * 10 + i64::from(byte - b'0'),
            b'.' if i > 0 && scale.is_none() => scale = Some(text.len() - 1 - i),
            _ => return None,
        }
    }
    match scale {
        None => Some(Decimal::from(digits)),
        Some(0) => None,
        Some(decimals) => Decimal::try_new(digits, u32::try_from(decimals).ok()?).ok(),
    }
}

/// The text is not an amount: digits with at most one point among them, at most 28 of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AmountError(());

impl fmt::Display for AmountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Amount::RULE)
    }
}

impl std::error::Error for AmountError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The short way reads no text that the general one would not, and reads the same.
        #[test]
        fn both_ways_read_the_same_amount(text in "[0-9]{0,12}\\.?[0-9]{0,8}|-?[0-9.]{0,20}") {
            if let Some(value) = short(&text) {
                let general = Decimal::from_str_exact(&text).unwrap();
                prop_assert_eq!((value, value.scale()), (general, general.scale()), "{}", text);
                prop_assert!(!text.starts_with('.') && !text.ends_with('.'));
            }
        }
    }

    #[test]
    fn an_ordinary_amount_goes_the_short_way() {
        for (text, is_short) in
            [("13.00", true), ("0", true), (".5", false), ("5.", false), ("", false), ("-1", false)]
        {
            assert_eq!(short(text).is_some(), is_short, "{text}");
        }
    }
}
