//! Numbers of orders and refunds: 18 digits.

use std::fmt;
use std::ops::Deref;

use crate::money::{ascii, digit};

/// How many digits an order's number has.
const DIGITS: usize = 18;
/// How many merchants get numbers of their own.
const ORDINALS: u64 = 1_000_000;
/// How many numbers one merchant can have.
pub(crate) const NUMBERS: u64 = 100_000_000_000;

/// A `transactionNo` of an order or a refund, as its text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Number([u8; DIGITS]);

impl Number {
    /// It begins with a 4 and the merchant's ordinal; the documentation's own numbers begin with 2 or 3.
    pub(crate) fn new(ordinal: u64, within: u64) -> Self {
        Self::of_value((4 * ORDINALS + ordinal % ORDINALS) * NUMBERS + within % NUMBERS)
    }

    /// `None` for what no order can have.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits: [u8; DIGITS] = text.as_bytes().try_into().ok()?;
        digits.iter().all(u8::is_ascii_digit).then_some(Self(digits))
    }

    pub(crate) fn as_str(&self) -> &str {
        ascii(&self.0)
    }

    pub(crate) fn digits(&self) -> &[u8; DIGITS] {
        &self.0
    }

    /// Equal for equal numbers, since all are of one length.
    pub(crate) fn value(self) -> u64 {
        let eights = self.0.chunks_exact(8);
        let last_digits = eights.remainder().iter();
        let eights = eights.filter_map(|digits| digits.first_chunk());
        let value = eights.fold(0, |sum, digits| sum * 100_000_000 + value_of_eight(*digits));
        last_digits.fold(value, |sum, digit| sum * 10 + u64::from(digit & 0x0f))
    }

    pub(crate) fn of_value(value: u64) -> Self {
        let (mut digits, mut rest) = ([b'0'; DIGITS], value);
        for place in digits.iter_mut().rev() {
            *place = digit(rest % 10);
            rest /= 10;
        }
        Self(digits)
    }

    /// The ordinal of the merchant that a number of the simulator's was given to.
    pub(crate) fn ordinal(self) -> Option<u64> {
        let head = self.value() / NUMBERS;
        (head / ORDINALS == 4).then_some(head % ORDINALS)
    }
}

/// What may name an order: its number, or the text of one.
pub(crate) trait OrderName: Copy {
    /// `None` for what no order can have.
    fn number(self) -> Option<Number>;
}

impl OrderName for Number {
    fn number(self) -> Option<Number> {
        Some(self)
    }
}

impl OrderName for &str {
    fn number(self) -> Option<Number> {
        Number::parse(self)
    }
}

impl OrderName for &String {
    fn number(self) -> Option<Number> {
        Number::parse(self)
    }
}

/// The value of eight digits, by halves: neighbours become one number of two digits, then of four, then of eight.
fn value_of_eight(digits: [u8; 8]) -> u64 {
    let ones = u64::from_le_bytes(digits) & 0x0f0f_0f0f_0f0f_0f0f;
    let pairs = (ones.wrapping_mul(10 << 8 | 1) >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs.wrapping_mul(100 << 16 | 1) >> 16) & 0x0000_ffff_0000_ffff;
    fours.wrapping_mul(10_000 << 32 | 1) >> 32
}

/// The merchant that has this ordinal, where no two share one.
pub(crate) fn only_of_ordinal<M>(merchants: &[M], ordinal: u64) -> Option<&M> {
    let are_few = u64::try_from(merchants.len()).is_ok_and(|count| count <= ORDINALS);
    merchants.get(usize::try_from(ordinal).ok()?).filter(|_| are_few)
}

/// Those of a list of merchants, one for each ordinal in turn, that have this one: one, but where there are more
/// than a million.
pub(crate) fn of_ordinal<M>(merchants: &[M], ordinal: u64) -> impl Iterator<Item = &M> {
    let [first, step] = [ordinal, ORDINALS].map(|number| usize::try_from(number).unwrap_or(usize::MAX));
    merchants.iter().skip(first).step_by(step)
}

impl Default for Number {
    fn default() -> Self {
        Self([b'0'; DIGITS])
    }
}

impl Deref for Number {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl From<Number> for String {
    fn from(number: Number) -> Self {
        number.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_a_million_merchants_share_ordinals() {
        let merchants: Vec<u64> = (0..2_000_002).collect();
        let of = |ordinal| of_ordinal(&merchants, ordinal).copied().collect::<Vec<_>>();
        assert_eq!(of(1), [1, 1_000_001, 2_000_001]);
        assert_eq!(of(2), [2, 1_000_002]);
        assert!(of(1).into_iter().all(|place| Number::new(place, 7).ordinal() == Some(1)));
        assert_eq!(of_ordinal(&merchants[..9], 9).next(), None);
    }

    #[test]
    fn a_number_is_its_text_and_knows_its_merchant() {
        let number = Number::new(12, 345);
        assert_eq!(&*number, "400001200000000345");
        assert!(Number::of_value(number.value()) == number && number.ordinal() == Some(12));
        for value in [0, 1, 90, 123_456_789_012_345_678, 999_999_999_999_999_999] {
            assert_eq!(Number::of_value(value).as_str(), format!("{value:018}"));
            assert_eq!(Number::of_value(value).value(), value);
        }
        let published = Number::parse("297553638300708562").unwrap();
        assert_eq!((&*published, published.ordinal()), ("297553638300708562", None));
        for odd in ["", "29755363830070856", "2975536383007085620", "29755363830070856x"] {
            assert!(Number::parse(odd).is_none(), "{odd}");
        }
    }
}
