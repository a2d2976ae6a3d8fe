//! A strict reader of `application/x-www-form-urlencoded` bodies.
//!
//! The usual decoders replace what is not valid, which changes what was signed; this one refuses it.
//! Stray separators (`a=1&&b=2&`) are skipped, as both vendor verifiers of raw bodies do.
//!
//! A body without escapes is its own decoded text: its `name=value` pieces are the very bytes that were
//! signed, so they are noted where they stand. Any other body is decoded into one text of that form.

use alloc::borrow::Cow;
use alloc::string::String;

use memchr::memchr2;
use smallvec::SmallVec;

use crate::fields::{Decoded, Span, Writing, fits};
use crate::{Rejection, words};

/// Decodes a whole body. Names may repeat here and be odd; the caller refuses that.
#[inline]
pub(crate) fn decode(body: &[u8]) -> Result<Decoded<'_>, Rejection> {
    fits(body.len())?;
    if memchr2(b'%', b'+', body).is_none() {
        let text = core::str::from_utf8(body).map_err(|_| Rejection::InvalidUtf8)?;
        if let Some(decoded) = in_place(text) {
            return Ok(decoded);
        }
    }
    decoded(body)
}

/// `None` when a name is odd or has no `=`: such bodies are rare, and are read the long way.
#[inline]
fn in_place(text: &str) -> Option<Decoded<'_>> {
    let bytes = text.as_bytes();
    let mut spans = SmallVec::new();
    let mut start = 0;
    while let Some(first) = bytes.get(start) {
        if *first == b'&' {
            start += 1; // a stray separator
            continue;
        }
        let equals = words::name_end(bytes, start);
        if equals == start || bytes.get(equals) != Some(&b'=') || first.is_ascii_digit() {
            return None;
        }
        let end = words::find(bytes, equals, b'&');
        spans.push(Span::new(start, equals, end));
        start = end + 1;
    }
    // A body is cut at every `&`, and without escapes there are no others.
    Some(Decoded { text: Cow::Borrowed(text), spans, plain: true })
}

fn decoded(body: &[u8]) -> Result<Decoded<'static>, Rejection> {
    // Decoding never makes a text longer, but the last piece gets a separator, and one without `=` gets it.
    let mut fields = Writing::with_capacity(body.len() + 2);
    for piece in body.split(|b| *b == b'&').filter(|piece| !piece.is_empty()) {
        let mut halves = piece.splitn(2, |b| *b == b'=');
        let name = halves.next().unwrap_or_default();
        let value = halves.next().unwrap_or_default();
        fields.push(|text| append(text, name), |text| append(text, value))?;
    }
    Ok(fields.finish())
}

/// Decodes one name or value: `+` is a blank, `%` and two hexadecimal digits of either case a byte.
fn append(text: &mut String, mut raw: &[u8]) -> Result<(), Rejection> {
    while !raw.is_empty() {
        let plain = memchr2(b'%', b'+', raw).unwrap_or(raw.len());
        let (head, rest) = raw.split_at_checked(plain).unwrap_or((raw, &[]));
        text.push_str(core::str::from_utf8(head).map_err(|_| Rejection::InvalidUtf8)?);
        raw = match rest {
            [b'+', rest @ ..] => {
                text.push(' ');
                rest
            }
            [b'%', ..] => append_escaped(text, rest)?,
            rest => rest,
        };
    }
    Ok(())
}

/// Decodes a run of escapes, which together must be UTF-8; gives back what follows it.
fn append_escaped<'a>(text: &mut String, mut raw: &'a [u8]) -> Result<&'a [u8], Rejection> {
    let mut character = [0; 4];
    let mut length = 0;
    while let [b'%', rest @ ..] = raw {
        let byte = match rest {
            [high, low, ..] => hex_value(*high).zip(hex_value(*low)).map(|(high, low)| high << 4 | low),
            _ => None,
        };
        let (Some(byte), Some(place)) = (byte, character.get_mut(length)) else {
            return Err(if byte.is_none() { Rejection::InvalidEscape } else { Rejection::InvalidUtf8 });
        };
        *place = byte;
        length += 1;
        raw = rest.get(2..).unwrap_or_default();
        let so_far = character.get(..length).unwrap_or_default();
        match core::str::from_utf8(so_far) {
            Ok(complete) => {
                text.push_str(complete);
                length = 0;
            }
            Err(error) if error.error_len().is_some() => return Err(Rejection::InvalidUtf8),
            Err(_) => {} // the rest of the character is to come
        }
    }
    if length == 0 { Ok(raw) } else { Err(Rejection::InvalidUtf8) }
}

fn hex_value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}
