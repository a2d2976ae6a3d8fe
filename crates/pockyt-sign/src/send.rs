//! The sending policy: sign only what every implementation reads alike.
//!
//! Pockyt's own SDKs part over empty values, repeated names and the order of odd names. A request that
//! has none of these means the same to all of them.

use alloc::vec::Vec;
use core::fmt;

use crate::algorithm::signature_of_ordered;
use crate::{Signature, SigningKey, VERIFY_SIGN, is_plain_name};

/// Signs the parameters of a request. They need not be sorted; `verifySign` must not be among them.
///
/// Whether a free-text value could be read as another field (`gift&amount=0.01`) is not judged here:
/// URL fields may well hold that, and only the caller knows which is which. pockyt-model's builders
/// refuse it in fields that Pockyt echoes.
///
/// # Errors
///
/// The first [`Refusal`] in the order given.
pub fn sign<N: AsRef<str>, V: AsRef<str>>(params: &[(N, V)], key: &SigningKey) -> Result<Signature, Refusal> {
    let mut pairs: Vec<(&str, &str)> = params.iter().map(|(n, v)| (n.as_ref(), v.as_ref())).collect();
    for (position, (name, value)) in pairs.iter().enumerate() {
        let refuse = |kind| Err(Refusal { position, kind });
        if *name == VERIFY_SIGN {
            return refuse(RefusalKind::AlreadySigned);
        }
        if !is_plain_name(name) {
            return refuse(RefusalKind::NameNotAllowed);
        }
        if value.is_empty() {
            return refuse(RefusalKind::EmptyValue);
        }
        if pairs.iter().take(position).any(|(earlier, _)| earlier == name) {
            return refuse(RefusalKind::DuplicateName);
        }
    }
    pairs.sort_unstable_by_key(|(name, _)| *name);
    Ok(signature_of_ordered(pairs, key))
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
