//! A strict reader of `application/x-www-form-urlencoded` bodies.
//!
//! The usual decoders replace what is not valid, which changes what was signed; this one refuses it.
//! Stray separators (`a=1&&b=2&`) are skipped, as both vendor verifiers of raw bodies do.
//!
//! A body without escapes is its own decoded text: its `name=value` pieces are the very bytes that were
//! signed, so they are noted where they stand. Any other body is decoded into one text of that form.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use memchr::{memchr, memchr2};

use crate::fields::{Decoded, Span, Spans, fits};
use crate::{Fields, Rejection, words};

/// Decodes a whole body. Names may repeat here and be odd; the caller refuses that.
#[inline]
pub(crate) fn decode<'a>(body: &'a [u8], decoded: &mut Decoded<'a>) -> Result<(), Rejection> {
    fits(body.len())?;
    if memchr2(b'%', b'+', body).is_none() {
        let text = core::str::from_utf8(body).map_err(|_| Rejection::InvalidUtf8)?;
        if in_place(body, &mut decoded.fields.spans).is_some() {
            decoded.fields.text = Cow::Borrowed(text);
            // A body is cut at every `&`, and without escapes there are no others.
            decoded.plain = true;
            return Ok(());
        }
        decoded.fields.spans.clear();
    }
    decoded.fields = unescaped(body)?;
    Ok(())
}

/// `None` when a name is odd or has no `=`: such bodies are rare, and are read the long way.
#[inline]
fn in_place(bytes: &[u8], spans: &mut Spans) -> Option<()> {
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
    Some(())
}

/// Decodes into one text of `name=value&` pieces.
fn unescaped(body: &[u8]) -> Result<Fields<'static>, Rejection> {
    // Decoding makes nothing longer, but the last piece gets a separator, and one without `=` gets that.
    let mut bytes = Vec::with_capacity(body.len() + 2);
    let mut spans = Spans::new();
    for piece in body.split(|b| *b == b'&').filter(|piece| !piece.is_empty()) {
        let start = bytes.len();
        let equals = memchr(b'=', piece).unwrap_or(piece.len());
        let (name, value) = piece.split_at_checked(equals).unwrap_or((piece, &[]));
        append(&mut bytes, name)?;
        let equals = bytes.len();
        bytes.push(b'=');
        append(&mut bytes, value.strip_prefix(b"=").unwrap_or_default())?;
        let end = bytes.len();
        bytes.push(b'&');
        fits(end)?;
        spans.push(Span::new(start, equals, end));
    }
    // Pieces are cut at ASCII, so the whole is UTF-8 when every piece is.
    let text = String::from_utf8(bytes).map_err(|_| Rejection::InvalidUtf8)?;
    Ok(Fields { text: Cow::Owned(text), spans, ..Fields::default() })
}

/// Decodes one name or value: `+` is a blank, `%` and two hexadecimal digits of either case a byte.
fn append(bytes: &mut Vec<u8>, mut raw: &[u8]) -> Result<(), Rejection> {
    while let Some(plain) = memchr2(b'%', b'+', raw) {
        let (head, rest) = raw.split_at_checked(plain).unwrap_or((raw, &[]));
        bytes.extend_from_slice(head);
        raw = match rest {
            [b'%', high, low, rest @ ..] => {
                let byte = hex_value(*high).zip(hex_value(*low)).map(|(high, low)| high << 4 | low);
                bytes.push(byte.ok_or(Rejection::InvalidEscape)?);
                rest
            }
            [b'+', rest @ ..] => {
                bytes.push(b' ');
                rest
            }
            _ => return Err(Rejection::InvalidEscape),
        };
    }
    bytes.extend_from_slice(raw);
    Ok(())
}

fn hex_value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}
