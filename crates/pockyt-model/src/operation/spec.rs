//! What is known of an operation, as data.

/// What is known of an operation.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct OperationSpec {
    /// The name used in logs and spans, and on the command line.
    pub name: &'static str,
    /// The path below the base URL. Empty when no source shows it: such a request is given its path.
    pub path: &'static str,
    /// Other paths that sources give for the same call.
    pub path_aliases: &'static [&'static str],
    /// What a call may do.
    pub effect: Effect,
    /// Whom to ask after a lost answer.
    pub settlement: Settlement,
    /// How sure the sources are.
    pub confidence: Confidence,
    /// Where it is described.
    pub source: &'static str,
    /// What no source says; empty when nothing is missing.
    pub unknown: &'static str,
    /// The request's own fields, in groups that are sent together.
    pub fields: &'static [FieldGroup],
    /// Where in the answer the result is.
    pub envelope: Envelope,
    /// The result's fields that have accessors.
    pub answer: &'static [FieldSpec],
    /// The name of the request's type.
    pub request_type: &'static str,
    /// The name of the answer's type.
    pub answer_type: &'static str,
}

impl OperationSpec {
    /// The request's own fields one by one.
    pub fn fields(&self) -> impl Iterator<Item = FieldSpec> {
        self.fields.iter().flat_map(|group| {
            let spec = |field: &FieldSpec| FieldSpec {
                name: field.name,
                required: field.required && group.required,
            };
            group.fields.iter().map(spec)
        })
    }

    /// The request's field of this name.
    pub fn field(&self, name: &str) -> Option<FieldSpec> {
        self.fields().find(|field| field.name == name)
    }
}

/// A field on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldSpec {
    /// Pockyt's name.
    pub name: &'static str,
    /// In a request: always sent. In an answer: always shown by the documentation.
    pub required: bool,
}

/// Fields that are sent together or not at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldGroup {
    /// Whether the group is always sent.
    pub required: bool,
    /// The fields; of the group, those that are required.
    pub fields: &'static [FieldSpec],
}

/// Where in an answer the result is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Envelope {
    /// The members stand beside `ret_code`.
    Flat,
    /// In the first of these members that is there; an acceptance without any is an error.
    In(&'static [&'static str]),
    /// In the first of these members that is there, else beside `ret_code`: no source shows it.
    Open(&'static [&'static str]),
}

/// What a call may do; what may be retried hangs on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Effect {
    /// Doing it twice may do something twice, but moves no money: a second customer, a second consent page.
    Changes,
    /// Doing it twice leaves what doing it once leaves.
    Idempotent,
    /// Doing it twice may move money twice.
    MovesMoney,
    /// Nothing changes.
    Read,
}

/// Whom to ask what became of a call whose answer was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Settlement {
    /// `auth-detail-query` by the merchant's own identifiers.
    AuthDetailQuery,
    /// `mixedQuery` by record or reference.
    MixedQuery,
    /// Nobody can be asked: what became of it stays unresolved.
    Nobody,
    /// Nobody needs to be asked: the call can be repeated.
    NotNeeded,
    /// `payouts/inquiry` by the invoice.
    PayoutInquiry,
    /// `tran-query` of the sale; its `refundInfo` says.
    RefundInfoOfSale,
    /// `tran-query` by the reference.
    TranQueryByReference,
}

/// How sure the sources are of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Confidence {
    /// Named by Pockyt's current reference or guides.
    Current,
    /// Only in the older documentation.
    Older,
    /// Only in the vendor's SDKs.
    SdkOnly,
}

impl Confidence {
    /// Words for it: `current`, `older`, `SDK only`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Older => "older",
            Self::SdkOnly => "SDK only",
        }
    }
}

pub(crate) const fn needed(name: &'static str) -> FieldSpec {
    FieldSpec { name, required: true }
}

pub(crate) const fn maybe(name: &'static str) -> FieldSpec {
    FieldSpec { name, required: false }
}
