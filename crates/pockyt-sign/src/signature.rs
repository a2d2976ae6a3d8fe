//! The value of `verifySign`.

use core::fmt;

use subtle::{Choice, ConstantTimeEq};

/// A `verifySign` value: 32 lower-case hexadecimal digits.
///
/// There is no `PartialEq`: compare with [`Signature::matches`], which takes the same time whatever
/// the difference.
#[derive(Clone, Copy)]
pub struct Signature([u8; 32]);

impl Signature {
    pub(crate) fn of_digest(digest: [u8; 16]) -> Self {
        Self(hex_text(&digest))
    }

    /// Whether this is the text of that digest, in constant time.
    pub(crate) fn is_of(&self, digest: [u8; 16]) -> bool {
        self.matches(&Self::of_digest(digest))
    }

    /// Reads a signature; `None` unless the text is exactly 32 lower-case hexadecimal digits.
    ///
    /// Upper case is refused, as by every verifier among the vendor's SDKs.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::parse_bytes(text.as_bytes())
    }

    pub(crate) fn parse_bytes(text: &[u8]) -> Option<Self> {
        let digits: [u8; 32] = text.try_into().ok()?;
        // No early end, so that the compiler looks at many digits at once.
        let wrong = |digit: u8| !matches!(digit, b'0'..=b'9' | b'a'..=b'f');
        let any_wrong = digits.iter().fold(false, |any, digit| any | wrong(*digit));
        (!any_wrong).then_some(Self(digits))
    }

    /// The 32 digits.
    pub fn as_str(&self) -> &str {
        // Only hexadecimal digits get in, so the fallback is never taken.
        core::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Whether both are the same, in constant time.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        let (a, b) = (self.words(), other.words());
        let same = a.iter().zip(&b).fold(Choice::from(1), |same, (a, b)| same & a.ct_eq(b));
        same.into()
    }

    /// The digits eight at a time, since each comparison costs the same.
    fn words(&self) -> [u64; 4] {
        let mut words = [0; 4];
        let mut rest: &[u8] = &self.0;
        for word in &mut words {
            if let Some((digits, tail)) = rest.split_first_chunk::<8>() {
                *word = u64::from_ne_bytes(*digits);
                rest = tail;
            }
        }
        words
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({})", self.as_str())
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The 32 lower-case hexadecimal digits of a digest.
pub(crate) fn hex_text(digest: &[u8; 16]) -> [u8; 32] {
    let mut text = [b'0'; 32];
    for (place, bytes) in text.chunks_exact_mut(8).zip(digest.chunks_exact(4)) {
        if let (Some(place), Some(bytes)) = (place.first_chunk_mut(), bytes.first_chunk()) {
            *place = digits(u32::from_le_bytes(*bytes)).to_le_bytes();
        }
    }
    text
}

/// The digits of four bytes, all at once: looking up one after another takes longer.
#[inline]
fn digits(bytes: u32) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let pairs = (u64::from(bytes) << 16 | u64::from(bytes)) & 0x0000_ffff_0000_ffff;
    let single = (pairs << 8 | pairs) & 0x00ff_00ff_00ff_00ff;
    // The higher half of a byte comes first.
    let halves = (single >> 4 | single << 8) & (ONES * 0x0f);
    let letters = ((halves + ONES * 6) >> 4) & ONES;
    halves + ONES * u64::from(b'0') + letters * u64::from(b'a' - b'0' - 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_its_two_digits_in_every_place() {
        for byte in 0..=255_u8 {
            for place in 0..16 {
                let mut digest = [0x5c; 16];
                digest[place] = byte;
                let expected: alloc::string::String =
                    digest.iter().map(|byte| alloc::format!("{byte:02x}")).collect();
                assert_eq!(hex_text(&digest), expected.as_bytes());
            }
        }
    }
}
