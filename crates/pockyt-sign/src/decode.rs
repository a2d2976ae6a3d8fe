//! Raw bodies as pairs, strictly: what is not valid is refused, never replaced.
//!
//! For tools, and for those who sign a body that is there already. It verifies nothing: a body that came
//! from outside goes to [`crate::Verifier`] as it is.

use alloc::string::String;
use alloc::vec::Vec;

use crate::Rejection;

/// The pairs of an `application/x-www-form-urlencoded` body, in the order in which they came. Names may
/// repeat and be odd.
///
/// # Errors
///
/// [`Rejection::InvalidEscape`], [`Rejection::InvalidUtf8`] or [`Rejection::TooLarge`].
///
/// ```
/// let pairs = pockyt_sign::decode::form(b"a=1+2&&b=%E4%BE%8B")?;
/// assert_eq!(pairs, [("a".into(), "1 2".into()), ("b".into(), "例".into())]);
/// assert!(pockyt_sign::decode::form(b"a=%zz").is_err());
/// # Ok::<(), pockyt_sign::Rejection>(())
/// ```
pub fn form(body: &[u8]) -> Result<Vec<(String, String)>, Rejection> {
    crate::fields::Decoded::by(crate::form::decode, body).map(crate::fields::Decoded::into_pairs)
}

/// The members of a JSON object as the texts that are signed, in the order in which they came: strings
/// unescaped, numbers by their literal, `true`, `false` and `null` as those words, nested values as
/// compact JSON. Names may repeat and be odd.
///
/// # Errors
///
/// [`Rejection::InvalidJson`], [`Rejection::InvalidUtf8`] or [`Rejection::TooLarge`].
#[cfg(feature = "json")]
pub fn json(body: &[u8]) -> Result<Vec<(String, String)>, Rejection> {
    crate::fields::Decoded::by(crate::json::decode, body).map(crate::fields::Decoded::into_pairs)
}
