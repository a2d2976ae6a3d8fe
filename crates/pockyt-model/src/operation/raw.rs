//! A call that has no type here.

use std::borrow::Cow;

use crate::operation::macros::view;
use crate::operation::{Confidence, Effect, Envelope, Operation, OperationSpec, Settlement, View};
use crate::{InvalidField, Params};

/// Any call by its path and parameters, for what this crate has no type for: operations that are new, or
/// whose path or field names no source shows (deleting and deactivating a payee, adding a PayPal or Venmo
/// account, checking an exchange rate, merchants' own arrangements).
///
/// It counts as moving money, and nobody is asked after a lost answer, unless the caller says more.
///
/// ```
/// use pockyt_model::{Effect, Operation, operation::Raw};
///
/// let call = Raw::new("/v3/something/new")?.field("customerNo", "2000305228303182610217").effect(Effect::Read);
/// assert_eq!(call.path(), "/v3/something/new");
/// # Ok::<(), pockyt_model::InvalidField>(())
/// ```
#[derive(Clone)]
pub struct Raw {
    path: String,
    effect: Effect,
    settlement: Settlement,
    fields: Vec<(String, String)>,
}

impl Raw {
    /// A call of this path below the base URL.
    ///
    /// # Errors
    ///
    /// The path does not begin with `/`, or has other than visible ASCII characters, `?` or `#`.
    pub fn new(path: impl Into<String>) -> Result<Self, InvalidField> {
        let path = checked_path(path.into())?;
        Ok(Self { path, effect: Effect::MovesMoney, settlement: Settlement::Nobody, fields: Vec::new() })
    }

    /// Adds a field. The sending policy judges it when the request is signed.
    pub fn field(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.fields.push((name.into(), value.into()));
        self
    }

    /// What the call may do.
    pub fn effect(mut self, effect: Effect) -> Self {
        self.effect = effect;
        self
    }

    /// Whom to ask after a lost answer.
    pub fn settlement(mut self, settlement: Settlement) -> Self {
        self.settlement = settlement;
        self
    }
}

/// Path and names; values may be anything.
impl std::fmt::Debug for Raw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.fields.iter().map(|(name, _)| name).collect();
        f.debug_struct("Raw").field("path", &self.path).field("fields", &names).finish_non_exhaustive()
    }
}

pub(crate) fn checked_path(path: String) -> Result<String, InvalidField> {
    let plain = path.bytes().all(|b| b.is_ascii_graphic() && b != b'?' && b != b'#');
    if path.starts_with('/') && plain {
        Ok(path)
    } else {
        Err(InvalidField::new("path", "must begin with / and have visible ASCII characters but ? and #"))
    }
}

impl Operation for Raw {
    type Answer = RawAnswer;

    const SPEC: OperationSpec = OperationSpec {
        name: "raw",
        path: "",
        path_aliases: &[],
        effect: Effect::MovesMoney,
        settlement: Settlement::Nobody,
        confidence: Confidence::SdkOnly,
        source: "the caller",
        unknown: "everything",
        fields: &[],
        envelope: Envelope::Open(&["result"]),
        answer: RawAnswer::FIELDS,
        request_type: "Raw",
        answer_type: "RawAnswer",
    };

    fn write_params<'a>(&'a self, params: &mut Params<'a>) {
        for (name, value) in &self.fields {
            params.push(Cow::Borrowed(name.as_str()), Cow::Borrowed(value.as_str()));
        }
    }

    fn path(&self) -> &str {
        &self.path
    }

    fn effect(&self) -> Effect {
        self.effect
    }

    fn settlement(&self) -> Settlement {
        self.settlement
    }
}

view! {
    /// An answer, or an item of a list, whose fields no source shows: see [`RawAnswer::result`].
    RawAnswer {}
}
