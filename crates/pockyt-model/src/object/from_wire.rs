//! How the text of a field becomes a value.

use crate::{Amount, Currency, PayoutStatus, PockytTime, RetCode, TransactionStatus, Vendor};

/// A type that reads the text of a field. The error is a rule that follows the field's name.
pub(crate) trait FromWire: Sized {
    fn from_wire(text: &str) -> Result<Self, &'static str>;

    /// Reads a JSON number, or another literal that is no string.
    fn from_number(literal: &str) -> Result<Self, &'static str> {
        Self::from_wire(literal)
    }
}

impl FromWire for String {
    fn from_wire(text: &str) -> Result<Self, &'static str> {
        Ok(text.to_owned())
    }
}

impl FromWire for Amount {
    fn from_wire(text: &str) -> Result<Self, &'static str> {
        Self::parse(text).map_err(|_| Self::RULE)
    }

    /// Some servers write large numbers as `1.0E7`; that is as exact as `10000000`.
    fn from_number(literal: &str) -> Result<Self, &'static str> {
        Self::from_json_number(literal).map_err(|_| Self::RULE)
    }
}

impl FromWire for Currency {
    fn from_wire(text: &str) -> Result<Self, &'static str> {
        Self::token(text).map_err(|error| error.rule())
    }
}

impl FromWire for TransactionStatus {
    fn from_wire(text: &str) -> Result<Self, &'static str> {
        Ok(Self::from_wire(text))
    }
}

impl FromWire for PockytTime {
    fn from_wire(text: &str) -> Result<Self, &'static str> {
        Ok(Self::from_wire(text))
    }
}

impl FromWire for RetCode {
    fn from_wire(text: &str) -> Result<Self, &'static str> {
        Ok(Self::from_wire(text))
    }
}

impl FromWire for u32 {
    fn from_wire(text: &str) -> Result<Self, &'static str> {
        text.parse().map_err(|_| "is not a whole number")
    }
}

impl FromWire for Vendor {
    fn from_wire(text: &str) -> Result<Self, &'static str> {
        Self::new(text).map_err(|_| "must be 1 to 32 letters, digits or _")
    }
}

impl FromWire for PayoutStatus {
    fn from_wire(text: &str) -> Result<Self, &'static str> {
        Ok(Self::from_wire(text))
    }
}
