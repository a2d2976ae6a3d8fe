//! The value of `verifySign`.

use core::fmt;

use subtle::ConstantTimeEq;

/// A `verifySign` value: 32 lower-case hexadecimal digits.
///
/// There is no `PartialEq`: compare with [`Signature::matches`], which takes the same time whatever
/// the difference.
#[derive(Clone, Copy)]
pub struct Signature([u8; 32]);

impl Signature {
    pub(crate) fn from_hex(hex: [u8; 32]) -> Self {
        Self(hex)
    }

    /// Reads a signature; `None` unless the text is exactly 32 lower-case hexadecimal digits.
    ///
    /// Upper case is refused, as by every verifier among the vendor's SDKs.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; 32] = text.as_bytes().try_into().ok()?;
        bytes.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')).then_some(Self(bytes))
    }

    /// The 32 digits.
    pub fn as_str(&self) -> &str {
        // Only hexadecimal digits get in, so the fallback is never taken.
        core::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Whether both are the same, in constant time.
    pub fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
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
