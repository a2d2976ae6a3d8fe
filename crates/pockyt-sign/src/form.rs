//! A strict reader of `application/x-www-form-urlencoded` bodies.
//!
//! The usual decoders replace what is not valid, which changes what was signed; this one refuses it.
//! Stray separators (`a=1&&b=2&`) are skipped, as both vendor verifiers of raw bodies do.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::{Fields, Rejection};

/// Decodes a whole body. Names may repeat here; the caller refuses that.
pub(crate) fn decode(body: &[u8]) -> Result<Fields<'_>, Rejection> {
    body.split(|b| *b == b'&')
        .filter(|piece| !piece.is_empty())
        .map(|piece| {
            let mut halves = piece.splitn(2, |b| *b == b'=');
            let name = text(halves.next().unwrap_or_default())?;
            let value = text(halves.next().unwrap_or_default())?;
            Ok((name, value))
        })
        .collect::<Result<Vec<_>, _>>()
        .map(Fields::from_pairs)
}

/// Decodes one name or value: `+` is a blank, `%` and two hexadecimal digits of either case a byte.
fn text(raw: &[u8]) -> Result<Cow<'_, str>, Rejection> {
    if !raw.iter().any(|b| matches!(b, b'+' | b'%')) {
        return core::str::from_utf8(raw).map(Cow::Borrowed).map_err(|_| Rejection::InvalidUtf8);
    }
    let mut decoded = Vec::with_capacity(raw.len());
    let mut rest = raw.iter().copied();
    while let Some(byte) = rest.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => match (rest.next().and_then(hex_value), rest.next().and_then(hex_value)) {
                (Some(high), Some(low)) => high << 4 | low,
                _ => return Err(Rejection::InvalidEscape),
            },
            other => other,
        });
    }
    alloc::string::String::from_utf8(decoded).map(Cow::Owned).map_err(|_| Rejection::InvalidUtf8)
}

fn hex_value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}
