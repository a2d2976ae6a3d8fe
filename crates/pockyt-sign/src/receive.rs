//! The receiving policy: what may be believed of a signed message.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::algorithm::signature_of_ordered;
use crate::{Fields, Signature, SigningKey, VERIFY_SIGN, form, is_plain_name, reads_as_another_field};

/// Judges signed messages: notifications, and requests at a server.
///
/// The rules, in this order: the body decodes strictly; names are `[A-Za-z_][A-Za-z0-9_]*` and occur
/// once; `verifySign` is there, exactly 32 lower-case hexadecimal digits, and equals, in constant time,
/// the signature over all other fields, or else over all that are not empty (vendor SDKs part over
/// empty values). In the second case the empty fields are dropped from what is handed over, since
/// nobody signed them. A message that passes and has a value that could be read as another field is
/// [`Ambiguous`], else it is [`Verified`].
#[derive(Clone, Debug)]
pub struct Verifier {
    key: SigningKey,
}

impl Verifier {
    /// A verifier for messages signed with this key.
    pub fn new(key: SigningKey) -> Self {
        Self { key }
    }

    /// Judges a raw `application/x-www-form-urlencoded` body.
    ///
    /// # Errors
    ///
    /// The rule that refused it.
    pub fn form<'a>(&self, body: &'a [u8]) -> Result<Received<'a>, Rejection> {
        self.judge(form::decode(body)?)
    }

    /// Judges a raw JSON object. Numbers count as their literal text, nested values as compact JSON.
    ///
    /// # Errors
    ///
    /// The rule that refused it.
    #[cfg(feature = "json")]
    pub fn json<'a>(&self, body: &'a [u8]) -> Result<Received<'a>, Rejection> {
        self.judge(crate::json::decode(body)?)
    }

    fn judge<'a>(&self, mut fields: Fields<'a>) -> Result<Received<'a>, Rejection> {
        let empties_signed = self.check(&fields)?;
        fields.retain(|name, value| name != VERIFY_SIGN && (empties_signed || !value.is_empty()));
        let ambiguous = fields.iter().find(|(_, value)| reads_as_another_field(value));
        let ambiguous = ambiguous.map(|(name, _)| String::from(name));
        Ok(match ambiguous {
            Some(field) => Received::Ambiguous(Ambiguous { fields, field }),
            None => Received::Verified(Verified { fields }),
        })
    }

    /// Whether the signature covers the empty fields too; an error when it covers neither reading.
    fn check(&self, fields: &Fields<'_>) -> Result<bool, Rejection> {
        let mut ordered: Vec<(&str, &str)> = fields.iter().collect();
        if ordered.iter().any(|(name, _)| !is_plain_name(name)) {
            return Err(Rejection::NameNotAllowed);
        }
        ordered.sort_unstable_by_key(|(name, _)| *name);
        if ordered.windows(2).any(|pair| matches!(pair, [(a, _), (b, _)] if a == b)) {
            return Err(Rejection::DuplicateName);
        }
        let presented = match fields.get(VERIFY_SIGN) {
            None => return Err(Rejection::SignatureMissing),
            Some("") => return Err(Rejection::SignatureEmpty),
            Some(text) => Signature::parse(text).ok_or(Rejection::SignatureMalformed)?,
        };
        ordered.retain(|(name, _)| *name != VERIFY_SIGN);
        if self.signs(&ordered, &presented) {
            return Ok(true);
        }
        let given = ordered.len();
        ordered.retain(|(_, value)| !value.is_empty());
        if ordered.len() < given && self.signs(&ordered, &presented) {
            return Ok(false);
        }
        Err(Rejection::SignatureMismatch)
    }

    fn signs(&self, ordered: &[(&str, &str)], presented: &Signature) -> bool {
        signature_of_ordered(ordered.iter().copied(), &self.key).matches(presented)
    }
}

/// A message whose signature is right.
#[derive(Clone, Debug)]
#[must_use]
pub enum Received<'a> {
    /// It can be read in one way only.
    Verified(Verified<'a>),
    /// It can be read in more than one way.
    Ambiguous(Ambiguous<'a>),
}

/// A message whose signature is right and whose signed text can be read in one way only.
///
/// Only a [`Verifier`] makes one. Of all messages that share one signed text, at most one is verified.
#[derive(Clone, Debug)]
pub struct Verified<'a> {
    fields: Fields<'a>,
}

impl<'a> Verified<'a> {
    /// The signed fields, without `verifySign`.
    pub fn fields(&self) -> &Fields<'a> {
        &self.fields
    }

    /// The same message without borrowing from the body.
    pub fn into_owned(self) -> Verified<'static> {
        Verified { fields: self.fields.into_owned() }
    }
}

/// A message whose signature is right, but whose signed text can also be cut into other fields.
///
/// A genuine message can be cut into this one by somebody who does not have the key, so its fields are
/// a hint of what to ask Pockyt about, not a fact.
#[derive(Clone, Debug)]
pub struct Ambiguous<'a> {
    fields: Fields<'a>,
    field: String,
}

impl<'a> Ambiguous<'a> {
    /// The fields as they came. Do not act on them before Pockyt has confirmed them by a query.
    pub fn unconfirmed_fields(&self) -> &Fields<'a> {
        &self.fields
    }

    /// The name of the first field whose value could be read as another field.
    pub fn field(&self) -> &str {
        &self.field
    }

    /// The same message without borrowing from the body.
    pub fn into_owned(self) -> Ambiguous<'static> {
        Ambiguous { fields: self.fields.into_owned(), field: self.field }
    }
}

/// Why a message is not believed. It does not repeat the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rejection {
    /// A name occurs twice; implementations differ over which one counts.
    DuplicateName,
    /// A `%` is not followed by two hexadecimal digits.
    InvalidEscape,
    /// The body is not one valid JSON object.
    InvalidJson,
    /// The body, once decoded, is not UTF-8.
    InvalidUtf8,
    /// A name is not of the form `[A-Za-z_][A-Za-z0-9_]*`.
    NameNotAllowed,
    /// `verifySign` has no value.
    SignatureEmpty,
    /// `verifySign` is not 32 lower-case hexadecimal digits.
    SignatureMalformed,
    /// `verifySign` does not belong to these fields and this key.
    SignatureMismatch,
    /// There is no `verifySign`.
    SignatureMissing,
}

impl Rejection {
    /// A stable word for it, in kebab case, for logs, metrics and scripts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DuplicateName => "duplicate-name",
            Self::InvalidEscape => "invalid-escape",
            Self::InvalidJson => "invalid-json",
            Self::InvalidUtf8 => "invalid-utf8",
            Self::NameNotAllowed => "name-not-allowed",
            Self::SignatureEmpty => "signature-empty",
            Self::SignatureMalformed => "signature-malformed",
            Self::SignatureMismatch => "signature-mismatch",
            Self::SignatureMissing => "signature-missing",
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DuplicateName => "a name occurs twice",
            Self::InvalidEscape => "a percent escape is broken",
            Self::InvalidJson => "the body is not one valid JSON object",
            Self::InvalidUtf8 => "the text is not UTF-8",
            Self::NameNotAllowed => "a name is not [A-Za-z_][A-Za-z0-9_]*",
            Self::SignatureEmpty => "verifySign is empty",
            Self::SignatureMalformed => "verifySign is not 32 lower-case hexadecimal digits",
            Self::SignatureMismatch => "verifySign does not match",
            Self::SignatureMissing => "verifySign is missing",
        })
    }
}

impl core::error::Error for Rejection {}
