//! What can be wrong with a field, on the way out and on the way in.

use std::fmt;

/// A value that may not be sent: the field and the rule it breaks. It does not repeat the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidField {
    field: &'static str,
    rule: &'static str,
}

impl InvalidField {
    pub(crate) const fn new(field: &'static str, rule: &'static str) -> Self {
        Self { field, rule }
    }

    /// Pockyt's name of the field.
    pub fn field(&self) -> &'static str {
        self.field
    }

    /// The rule, as a clause that follows "the field …".
    pub fn rule(&self) -> &'static str {
        self.rule
    }
}

impl fmt::Display for InvalidField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.field, self.rule)
    }
}

impl std::error::Error for InvalidField {}

/// A field of an answer or a notification that cannot be read as its type.
///
/// Only the accessor of that field fails; the rest of the message is still there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    path: String,
    problem: Problem,
}

impl FieldError {
    pub(crate) fn new(path: impl Into<String>, problem: Problem) -> Self {
        Self { path: path.into(), problem }
    }

    /// Where the field is, as a JSON path such as `$.result.amount`, or its name in a form body.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong with it.
    pub fn problem(&self) -> Problem {
        self.problem
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problem {
            Problem::Missing => write!(f, "{} is missing", self.path),
            Problem::Malformed(rule) => write!(f, "{} {rule}", self.path),
        }
    }
}

impl std::error::Error for FieldError {}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// It breaks this rule, a clause that follows the field's name.
    Malformed(&'static str),
    /// It is absent, or null where a value is needed.
    Missing,
}

/// A body that is not an answer of this API at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    path: String,
    reason: String,
}

impl DecodeError {
    pub(crate) fn new(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { path: path.into(), reason: reason.into() }
    }

    /// Where it went wrong, as a JSON path; `$` is the body itself.
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the body cannot be read at {}: {}", self.path, self.reason)
    }
}

impl std::error::Error for DecodeError {}
