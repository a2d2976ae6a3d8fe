//! What can go wrong with a call, and what it means for the money.

use std::error::Error as StdError;
use std::fmt;

use pockyt_model::{DecodeError, Effect, OperationSpec, RetCodeClass, Settlement};

pub(crate) type BoxError = Box<dyn StdError + Send + Sync>;

/// A failed call.
///
/// It answers three questions: [`may_have_moved_money`](Self::may_have_moved_money),
/// [`may_retry`](Self::may_retry), and [`ask`](Self::ask). It shows neither the request nor the answer.
pub struct CallError(Box<Inner>);

struct Inner {
    spec: &'static OperationSpec,
    kind: ErrorKind,
    source: Option<BoxError>,
}

/// How far a call came.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Pockyt answered with another `ret_code` than success.
    Api(pockyt_model::Refusal),
    /// The request could not be made from what was given.
    Build,
    /// Something answered with this HTTP status and a body that is no answer of this API.
    Http(u16),
    /// Pockyt answered success, but the body could not be read.
    Decode(DecodeError),
    /// The request, or a part of it, was handed to a connection, and no whole answer came back.
    MaybeSent,
    /// The connection never took the request's body: Pockyt cannot have acted on it.
    NotSent,
}

impl CallError {
    pub(crate) fn new(spec: &'static OperationSpec, kind: ErrorKind, source: Option<BoxError>) -> Self {
        Self(Box::new(Inner { spec, kind, source }))
    }

    /// How far the call came.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// The operation's name, such as `prepay`.
    pub fn operation(&self) -> &'static str {
        self.0.spec.name
    }

    /// What Pockyt refused with, when it did.
    pub fn refusal(&self) -> Option<&pockyt_model::Refusal> {
        match &self.0.kind {
            ErrorKind::Api(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// Whether money may have moved for what this call was to do, by this call or by an earlier one under
    /// the same reference. While it is `true`, the payment must not be taken for failed.
    ///
    /// Beside lost and unreadable answers these refusals count: "system error" (but for a wrong signature,
    /// which comes under the same code), a duplicate (the first
    /// one may have been booked), and 000040, which is also what a second prepay of a paid order hears.
    pub fn may_have_moved_money(&self) -> bool {
        if self.0.spec.effect == Effect::Read {
            return false;
        }
        match &self.0.kind {
            ErrorKind::Build | ErrorKind::NotSent => false,
            ErrorKind::Decode(_) | ErrorKind::Http(_) | ErrorKind::MaybeSent => true,
            ErrorKind::Api(refusal) if refusal.is_wrong_signature() => false,
            ErrorKind::Api(refusal) => {
                refusal.is_duplicate()
                    || refusal.code().as_str() == "000040"
                    || refusal.code().class() != RetCodeClass::Permanent
            }
        }
    }

    /// Whether the very same call may be made again without moving money twice, and might succeed.
    pub fn may_retry(&self) -> bool {
        match &self.0.kind {
            ErrorKind::NotSent => true,
            ErrorKind::Build => false,
            ErrorKind::Decode(_) | ErrorKind::Http(_) | ErrorKind::MaybeSent => {
                self.0.spec.effect == Effect::Read
            }
            ErrorKind::Api(refusal) => {
                self.0.spec.effect == Effect::Read
                    && !refusal.is_wrong_signature()
                    && refusal.code().class() == RetCodeClass::AskFirst
            }
        }
    }

    /// Whom to ask what became of it, before anything else is tried under another reference.
    ///
    /// Codes 000022 and 000023 name somebody too, although this call was refused: no source says with
    /// which code and words Pockyt refuses a reference that it has booked before.
    pub fn ask(&self) -> Settlement {
        let doubtful = matches!(&self.0.kind, ErrorKind::Api(refusal)
            if matches!(refusal.code().as_str(), "000022" | "000023"));
        if self.may_have_moved_money() || doubtful { self.0.spec.settlement } else { Settlement::NotNeeded }
    }
}

impl fmt::Debug for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallError")
            .field("operation", &self.operation())
            .field("kind", &self.0.kind)
            .field("source", &self.0.source)
            .finish()
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.operation())?;
        match &self.0.kind {
            ErrorKind::Api(refusal) => write!(f, "refused, {refusal}"),
            ErrorKind::Build => f.write_str("the request could not be made"),
            ErrorKind::Http(status) => write!(f, "HTTP status {status} and no answer of this API"),
            ErrorKind::Decode(error) => error.fmt(f),
            ErrorKind::MaybeSent => f.write_str("the answer was lost; the request may have been carried out"),
            ErrorKind::NotSent => f.write_str("the request was not sent"),
        }
    }
}

impl StdError for CallError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_ref().map(|source| &**source as _)
    }
}

/// Why a client could not be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildError {
    /// One of the two sandbox tokens that Pockyt publishes, in a place where real money moves.
    PublishedTokenInProduction,
    /// The crate was built without the `tls` feature, and the environment wants `https`.
    TlsNotCompiled,
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PublishedTokenInProduction => "anybody can sign with a published sandbox token",
            Self::TlsNotCompiled => "https needs the feature `tls`",
        })
    }
}

impl StdError for BuildError {}

const _: () = assert!(size_of::<CallError>() == size_of::<usize>());
const _: fn() = || {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<CallError>();
};
