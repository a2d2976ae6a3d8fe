//! Exact amounts.

use serde::Serialize;

use crate::short::Short;

/// Currencies without a smaller unit, as the vendor's sample back end treats them.
const WHOLE_UNITS_ONLY: [&str; 3] = ["IDR", "JPY", "KRW"];
/// The least amounts of the vendor's PHP SDK, in hundredths.
const MINIMUMS: [(&str, u64); 8] = [
    ("PHP", 100),
    ("THB", 100),
    ("MYR", 100),
    ("IDR", 30_000),
    ("KRW", 5_000),
    ("HKD", 10),
    ("BDT", 1),
    ("PKR", 10_000),
];
/// No source states a maximum; ten digits hold any till.
const MAX_WHOLE_DIGITS: usize = 10;

/// Whether a currency has no smaller unit.
pub(crate) fn has_no_fractions(currency: &str) -> bool {
    WHOLE_UNITS_ONLY.contains(&currency)
}

/// An amount of money in hundredths of the major unit, in a currency known from elsewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub(crate) struct Amount(u64);

impl Amount {
    pub(crate) const ZERO: Self = Self(0);

    pub(crate) const fn from_hundredths(hundredths: u64) -> Self {
        Self(hundredths)
    }

    /// So many major units.
    pub(crate) fn from_units(units: u64) -> Self {
        Self(units.saturating_mul(100))
    }

    /// Reads a decimal text in major units, or says which rule it breaks.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        match Self::parse_or_zero(text)? {
            Self::ZERO => Err("an amount is above zero"),
            amount => Ok(amount),
        }
    }

    /// The same, but zero is an amount.
    pub(crate) fn parse_or_zero(text: &str) -> Result<Self, &'static str> {
        let mut parts = text.as_bytes().splitn(2, |byte| *byte == b'.');
        let (whole, fraction) = (parts.next().unwrap_or_default(), parts.next());
        if fraction == Some(b"") {
            return Err("an amount has digits after its point");
        }
        let fraction = fraction.unwrap_or_default();
        let is_digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
        if whole.is_empty() || !is_digits(whole) || !is_digits(fraction) {
            return Err("an amount is digits and at most one point");
        }
        if fraction.len() > 2 {
            return Err("an amount has at most two decimals");
        }
        if whole.len() > MAX_WHOLE_DIGITS {
            return Err("an amount has at most 10 digits before its point");
        }
        if whole.len() > 1 && whole.first() == Some(&b'0') {
            return Err("an amount has no superfluous zeros in front");
        }
        // At most twelve digits, so neither this nor the caller's sums overflow.
        let digits = whole.iter().chain(fraction);
        let value = digits.fold(0, |sum, digit| sum * 10 + u64::from(digit & 0x0f));
        let place = match fraction.len() {
            0 => 100,
            1 => 10,
            _ => 1,
        };
        Ok(Self(value * place))
    }

    /// Whether it is so many major units and no fraction.
    pub(crate) fn is_whole(self) -> bool {
        self.0 % 100 == 0
    }

    /// Whether it is below the least amount that the vendor's PHP SDK lets through.
    pub(crate) fn is_below_minimum(self, currency: &str) -> bool {
        MINIMUMS.iter().any(|(code, minimum)| *code == currency && self.0 < *minimum)
    }

    /// `13.00`; `13` in a currency without a smaller unit.
    pub(crate) fn text(self, currency: &str) -> String {
        self.short(currency).into()
    }

    /// Writes the same into as many bytes as it asks for.
    pub(crate) fn write<'p>(self, currency: &str, place: impl FnOnce(usize) -> &'p mut [u8]) {
        let (mut whole, hundredths) = (self.0 / 100, self.0 % 100);
        let length = whole.checked_ilog10().unwrap_or_default() as usize + 1;
        let before_point = if has_no_fractions(currency) {
            place(length)
        } else {
            let all = place(length + ".00".len());
            let (before_point, after) = all.split_at_mut(length.min(all.len()));
            if let [point, tenths, last] = after {
                (*point, *tenths, *last) = (b'.', digit(hundredths / 10), digit(hundredths % 10));
            }
            before_point
        };
        for place in before_point.iter_mut().rev() {
            *place = digit(whole % 10);
            whole /= 10;
        }
    }

    /// The same, without memory of its own.
    pub(crate) fn short(self, currency: &str) -> Short {
        let mut text = Short::default();
        self.write(currency, |length| text.place(length));
        text
    }

    /// `100` for a whole amount, else as [`Amount::text`]: the number in the answer of an automatic debit.
    pub(crate) fn short_text(self, currency: &str) -> String {
        let text = self.text(currency);
        text.strip_suffix(".00").map(str::to_owned).unwrap_or(text)
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// What is left; nothing when more is taken than there is.
    pub(crate) fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a digit is below ten")]
pub(crate) fn digit(value: u64) -> u8 {
    b'0' + value as u8
}

/// Text that was made of digits and points.
pub(crate) fn ascii(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}
