//! Reading fields of a strict form.

use pockyt_sign::Fields;

use crate::object::FromWire;
use crate::{Amount, Currency, FieldError, Problem, TransactionNo};

pub(super) fn required<T: FromWire>(fields: &Fields<'_>, name: &str) -> Result<T, FieldError> {
    T::from_wire(text(fields, name)?).map_err(|rule| malformed(name, rule))
}

pub(super) fn text<'f>(fields: &'f Fields<'_>, name: &str) -> Result<&'f str, FieldError> {
    fields.get(name).ok_or_else(|| FieldError::new(name, Problem::Missing))
}

/// Digits with at most one point among them, and no sign.
pub(super) fn amount(fields: &Fields<'_>) -> Result<Amount, FieldError> {
    let amount: Amount = required(fields, "amount")?;
    if amount.as_str().starts_with('-') {
        return Err(malformed("amount", "is below zero"));
    }
    Ok(amount)
}

/// One word of letters.
pub(super) fn word<'f>(fields: &'f Fields<'_>, name: &str) -> Result<&'f str, FieldError> {
    let word = text(fields, name)?;
    if word.is_empty() || word.len() > 32 || !word.bytes().all(|b| b.is_ascii_alphabetic()) {
        return Err(malformed(name, "must be 1 to 32 letters"));
    }
    Ok(word)
}

pub(super) fn malformed(name: &str, rule: &'static str) -> FieldError {
    FieldError::new(name, Problem::Malformed(rule))
}

/// Three capital letters.
pub(super) fn currency(fields: &Fields<'_>) -> Result<Currency, FieldError> {
    Currency::new(text(fields, "currency")?).map_err(|_| malformed("currency", Currency::RULE))
}

/// Digits, as all of Pockyt's numbers are.
pub(super) fn number(fields: &Fields<'_>, name: &str) -> Result<TransactionNo, FieldError> {
    let number: TransactionNo = required(fields, name)?;
    if !number.as_str().bytes().all(|b| b.is_ascii_digit()) {
        return Err(malformed(name, "must be digits"));
    }
    Ok(number)
}
