//! Reading fields of a strict form.

use pockyt_sign::Fields;

use crate::object::FromWire;
use crate::{Amount, Currency, FieldError, Problem, TransactionNo};

pub(super) fn required<T: FromWire>(fields: &Fields<'_>, name: &str) -> Result<T, FieldError> {
    owned(name, text(fields, name)?)
}

pub(super) fn text<'f>(fields: &'f Fields<'_>, name: &str) -> Result<&'f str, FieldError> {
    present(name, fields.get(name))
}

pub(super) fn present<'f>(name: &str, value: Option<&'f str>) -> Result<&'f str, FieldError> {
    value.ok_or_else(|| FieldError::new(name, Problem::Missing))
}

/// A value of its own, made from the text.
pub(super) fn owned<T: FromWire>(name: &str, text: &str) -> Result<T, FieldError> {
    T::from_wire(text).map_err(|rule| malformed(name, rule))
}

/// Digits with at most one point among them, and no sign.
pub(super) fn amount(text: &str) -> Result<&str, FieldError> {
    if Amount::value_of(text).is_err() {
        return Err(malformed("amount", Amount::RULE));
    }
    if text.starts_with('-') {
        return Err(malformed("amount", "is below zero"));
    }
    Ok(text)
}

/// One word of letters.
pub(super) fn word<'f>(name: &str, text: &'f str) -> Result<&'f str, FieldError> {
    if text.is_empty() || text.len() > 32 || !text.bytes().all(|b| b.is_ascii_alphabetic()) {
        return Err(malformed(name, "must be 1 to 32 letters"));
    }
    Ok(text)
}

pub(super) fn malformed(name: &str, rule: &'static str) -> FieldError {
    FieldError::new(name, Problem::Malformed(rule))
}

/// Three capital letters.
pub(super) fn currency(text: &str) -> Result<Currency, FieldError> {
    Currency::new(text).map_err(|_| malformed("currency", Currency::RULE))
}

/// Digits, as all of Pockyt's numbers are.
pub(super) fn number<'f>(name: &str, text: &'f str) -> Result<&'f str, FieldError> {
    if !TransactionNo::allows(text) {
        return Err(malformed(name, TransactionNo::RULE));
    }
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(malformed(name, "must be digits"));
    }
    Ok(text)
}
