//! Which names are allowed, and which values could be read as another field.

use crate::words;

/// Whether a name is one that this crate signs and believes: `[A-Za-z_][A-Za-z0-9_]*`.
///
/// Every field name of Pockyt's API is of this form. A name with `=` or `&` in it would let the signed
/// text be cut differently.
#[inline]
pub fn is_plain_name(name: &str) -> bool {
    is_plain(name.as_bytes())
}

/// The same of bytes that need not be a text.
#[inline]
pub(crate) fn is_plain(name: &[u8]) -> bool {
    name.first().is_some_and(|first| !first.is_ascii_digit()) && words::is_name(name)
}

/// Whether a value holds `&name=`, so that the signed text could also be cut into another field there.
///
/// `Tom & Ann`, `a=b` and `AT&T` do not; a URL with `?a=1&b=2` does.
///
/// ```
/// use pockyt_sign::reads_as_another_field;
///
/// assert!(!reads_as_another_field("Tom & Ann"));
/// assert!(!reads_as_another_field("AT&T"));
/// assert!(reads_as_another_field("gift&amount=0.01"));
/// ```
pub fn reads_as_another_field(value: &str) -> bool {
    value.split('&').skip(1).any(|piece| piece.split_once('=').is_some_and(|(name, _)| is_plain_name(name)))
}
