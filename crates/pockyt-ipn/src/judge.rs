//! From a raw body to what it is worth. Pure.

use pockyt_model::UtcMillis;
use pockyt_sign::{KeyRing, Received, Rejection};
use pockyt_store::BodyFormat;

use crate::{Limits, Refusal};

/// Types of media that are neither text nor made for programs, whatever the second half says.
const NEITHER_FORM_NOR_JSON: [&str; 7] = ["audio", "font", "image", "message", "model", "multipart", "video"];

/// Whether a body of this type could be a form or JSON.
///
/// A wrong label must not cost a genuine notification: all nine deliveries would bear it. The signature decides
/// what is believed.
pub(crate) fn check_type(content_type: Option<&str>) -> Result<(), Refusal> {
    let media = content_type.and_then(|text| text.split_once('/')).map_or("", |(media, _)| media.trim());
    if NEITHER_FORM_NOR_JSON.iter().any(|neither| media.eq_ignore_ascii_case(neither)) {
        return Err(Refusal::UnsupportedType);
    }
    Ok(())
}

/// How a body is written. An object begins with a brace and no field name does, so the first character tells,
/// whatever the Content-Type says.
pub(crate) fn format_of(body: &[u8]) -> BodyFormat {
    match body.trim_ascii_start().first() {
        Some(b'{') => BodyFormat::Json,
        _ => BodyFormat::Form,
    }
}

/// Everything that can be told before the signature is computed.
pub(crate) fn check_size(format: BodyFormat, body: &[u8], limits: &Limits) -> Result<(), Refusal> {
    if body.len() > limits.body_bytes {
        return Err(Refusal::TooLarge);
    }
    let fields = match format {
        BodyFormat::Json => count_members(body),
        _ => count_pieces(body, limits.fields),
    };
    if fields > limits.fields { Err(Refusal::TooManyFields) } else { Ok(()) }
}

/// How many pieces of a form are not empty, or at least that it is not more than `enough`.
fn count_pieces(body: &[u8], enough: usize) -> usize {
    // A plain count is much faster, in bytes above all, and nearly always all it takes.
    let in_chunk = |chunk: &[u8]| usize::from(chunk.iter().map(|b| u8::from(*b == b'&')).sum::<u8>());
    let at_most = body.chunks(usize::from(u8::MAX)).map(in_chunk).sum::<usize>() + 1;
    if at_most <= enough {
        return at_most;
    }
    body.split(|b| *b == b'&').filter(|piece| !piece.is_empty()).count()
}

/// How many members the outermost object has. Of a body that is no JSON it counts something, and the
/// decoder refuses it afterwards.
fn count_members(body: &[u8]) -> usize {
    let (mut depth, mut in_string, mut escaped, mut members) = (0_usize, false, false, 0);
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b':' if depth == 1 => members += 1,
            _ => {}
        }
    }
    members
}

/// Verifies a body with the keys that are valid at `now`.
pub(crate) fn verify<'a>(
    keys: &KeyRing,
    format: BodyFormat,
    body: &'a [u8],
    now: UtcMillis,
) -> Result<Received<'a>, Rejection> {
    match format {
        BodyFormat::Json => keys.json(body, now.get()),
        _ => keys.form(body, now.get()),
    }
}
