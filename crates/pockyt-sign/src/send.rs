//! The sending policy: sign only what every implementation reads alike.
//!
//! Pockyt's own SDKs part over empty values, repeated names and the order of odd names. A request that
//! has none of these means the same to all of them.

use core::fmt;

use crate::algorithm::signature_of_ordered;
use crate::order::{self, Keyed, Ordered};
use crate::{Signature, SigningKey, VERIFY_SIGN, is_plain_name};

/// Signs the parameters of a request. `verifySign` must not be among them. They need not be in order,
/// but are signed faster when they are.
///
/// Whether a free-text value could be read as another field (`gift&amount=0.01`) is not judged here:
/// URL fields may well hold that, and only the caller knows which is which. pockyt-model's builders
/// refuse it in fields that Pockyt echoes.
///
/// # Errors
///
/// A [`Refusal`]: of the first parameter that breaks a rule by itself, else of one that is repeated.
pub fn sign<N: AsRef<str>, V: AsRef<str>>(params: &[(N, V)], key: &SigningKey) -> Result<Signature, Refusal> {
    let mut fields: Ordered<(&str, &str)> = Ordered::new();
    for (position, (name, value)) in params.iter().enumerate() {
        let (name, value) = (name.as_ref(), value.as_ref());
        let refuse = |kind| Err(Refusal { position, kind });
        if !is_plain_name(name) {
            return refuse(RefusalKind::NameNotAllowed);
        }
        if value.is_empty() {
            return refuse(RefusalKind::EmptyValue);
        }
        if name == VERIFY_SIGN {
            return refuse(RefusalKind::AlreadySigned);
        }
        fields.push(Keyed { prefix: order::prefix(name.as_bytes()), item: (name, value) });
    }
    if order::sort(&mut fields, |(name, _)| name.as_bytes()) {
        return Err(repeated(params));
    }
    Ok(signature_of_ordered(&fields, key))
}

/// The first parameter whose name stands earlier too. Only called when there is one.
fn repeated<N: AsRef<str>, V>(params: &[(N, V)]) -> Refusal {
    let mut seen = alloc::collections::BTreeSet::new();
    let position = params.iter().position(|(name, _)| !seen.insert(name.as_ref())).unwrap_or_default();
    Refusal { position, kind: RefusalKind::DuplicateName }
}

/// Why parameters were not signed. It does not repeat the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    position: usize,
    kind: RefusalKind,
}

impl Refusal {
    /// The rule that was broken.
    pub fn kind(&self) -> RefusalKind {
        self.kind
    }

    /// Which of the parameters broke it, counted from 0 in the order given.
    pub fn position(&self) -> usize {
        self.position
    }
}

/// The rules of the sending policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RefusalKind {
    /// `verifySign` is among the parameters.
    AlreadySigned,
    /// A name occurs twice.
    DuplicateName,
    /// A value is empty; leave the parameter out instead.
    EmptyValue,
    /// A name is not of the form `[A-Za-z_][A-Za-z0-9_]*`.
    NameNotAllowed,
}

impl RefusalKind {
    /// A stable word for it, in kebab case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AlreadySigned => "already-signed",
            Self::DuplicateName => "duplicate-name",
            Self::EmptyValue => "empty-value",
            Self::NameNotAllowed => "name-not-allowed",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rule = match self.kind {
            RefusalKind::AlreadySigned => "is verifySign itself",
            RefusalKind::DuplicateName => "has a name that occurs twice",
            RefusalKind::EmptyValue => "has an empty value",
            RefusalKind::NameNotAllowed => "has a name that is not [A-Za-z_][A-Za-z0-9_]*",
        };
        write!(f, "parameter {} {rule}", self.position)
    }
}

impl core::error::Error for Refusal {}
