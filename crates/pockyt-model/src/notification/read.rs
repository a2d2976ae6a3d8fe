//! Reading fields of a strict form.

use pockyt_sign::Fields;

use crate::object::FromWire;
use crate::{Amount, FieldError, Problem};

pub(super) fn required<T: FromWire>(fields: &Fields<'_>, name: &str) -> Result<T, FieldError> {
    let text = fields.get(name).ok_or_else(|| FieldError::new(name, Problem::Missing))?;
    T::from_wire(text).map_err(|rule| malformed(name, rule))
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
pub(super) fn word(fields: &Fields<'_>, name: &str) -> Result<String, FieldError> {
    let word: String = required(fields, name)?;
    if word.is_empty() || word.len() > 32 || !word.bytes().all(|b| b.is_ascii_alphabetic()) {
        return Err(malformed(name, "must be 1 to 32 letters"));
    }
    Ok(word)
}

pub(super) fn malformed(name: &str, rule: &'static str) -> FieldError {
    FieldError::new(name, Problem::Malformed(rule))
}
