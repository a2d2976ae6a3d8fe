//! From a raw body to what it is worth. Pure.

use pockyt_model::{FieldError, PaymentNotification};
use pockyt_sign::{Ambiguous, Received, Rejection, Verified, Verifier};
use pockyt_store::BodyFormat;

use crate::{Limits, Refusal};

/// A message whose signature is right.
pub(crate) enum Judged<'a> {
    Ambiguous(Ambiguous<'a>),
    Payment(PaymentNotification),
    Unreadable(Verified<'a>, FieldError),
}

/// Reads the Content-Type; without one, looks at the body.
pub(crate) fn format_of(content_type: Option<&str>, body: &[u8]) -> Result<BodyFormat, Refusal> {
    let essence = content_type.map(|text| text.split(';').next().unwrap_or_default().trim());
    match essence.map(str::to_ascii_lowercase).as_deref() {
        Some("application/x-www-form-urlencoded") => Ok(BodyFormat::Form),
        Some("application/json") => Ok(BodyFormat::Json),
        None | Some("") => Ok(sniff(body)),
        Some(_) => Err(Refusal::UnsupportedType),
    }
}

/// No field name begins with a brace, so a form never looks like an object.
fn sniff(body: &[u8]) -> BodyFormat {
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
        _ => body.split(|b| *b == b'&').filter(|piece| !piece.is_empty()).count(),
    };
    if fields > limits.fields { Err(Refusal::TooManyFields) } else { Ok(()) }
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

/// Verifies a body and reads it as a payment's notification.
pub(crate) fn judge<'a>(
    verifier: &Verifier,
    format: BodyFormat,
    body: &'a [u8],
) -> Result<Judged<'a>, Rejection> {
    let received = match format {
        BodyFormat::Json => verifier.json(body)?,
        _ => verifier.form(body)?,
    };
    Ok(match received {
        Received::Ambiguous(message) => Judged::Ambiguous(message),
        Received::Verified(message) => match PaymentNotification::read(&message) {
            Ok(payment) => Judged::Payment(payment),
            Err(error) => Judged::Unreadable(message, error),
        },
    })
}
