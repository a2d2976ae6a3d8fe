//! What can go wrong with a call, and what it means for the money.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use pockyt_model::{DecodeError, Effect, RetCodeClass, Settlement};

use crate::message::{Budget, Call, CallFacts, Cause, Failure};
use crate::random::RequestId;
use crate::retry_after;

pub(crate) type BoxError = Box<dyn StdError + Send + Sync>;

/// A failed call.
///
/// It answers three questions: [`may_have_moved_money`](Self::may_have_moved_money),
/// [`may_retry`](Self::may_retry), and [`ask`](Self::ask). Neither `Display` nor `Debug` shows anything of
/// the request or of the answer but the code that Pockyt refused with.
pub struct CallError(Box<Inner>);

struct Inner {
    facts: CallFacts,
    kind: ErrorKind,
    source: Option<BoxError>,
    timed_out: Option<Budget>,
    untrusted: bool,
    sent_before: bool,
    attempts: u32,
    request_id: Option<RequestId>,
    retry_after: Option<Duration>,
    status: Option<u16>,
    body: Option<Bytes>,
}

/// How far a call came.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Pockyt answered with another `ret_code` than success.
    Api(pockyt_model::Refusal),
    /// The request could not be made from what was given.
    Build,
    /// Pockyt answered success, but the body could not be read.
    Decode(DecodeError),
    /// Something answered with this HTTP status and a body that is no answer of this API. A redirect is
    /// one of these: a signed body is never sent to where an answer points.
    Http(u16),
    /// The request, or a part of it, was handed to a connection, and no whole answer came back.
    MaybeSent,
    /// Something answered that is not HTTP, or has more headers than are taken.
    NotHttp,
    /// The connection never took the request's body: Pockyt cannot have acted on it.
    NotSent,
    /// Pockyt answered success about another order, refund or payout than the request named.
    OtherTransaction,
    /// The answer's body is above 1 MiB.
    TooLarge,
}

/// What is kept of an answer that could not be used.
const KEPT: usize = 64 * 1024;

impl CallError {
    pub(crate) fn new(call: &Call, kind: ErrorKind) -> Self {
        Self(Box::new(Inner {
            facts: *call.facts(),
            kind,
            source: None,
            timed_out: None,
            untrusted: false,
            sent_before: call.may_be_sent_before(),
            attempts: call.attempts(),
            request_id: call.request_id.clone(),
            retry_after: None,
            status: None,
            body: None,
        }))
    }

    pub(crate) fn unanswered(call: &Call, failure: Failure) -> Self {
        // A call is as good as sent when any of its attempts was.
        let sent = failure.sent || call.may_be_sent();
        let kind = match failure.cause {
            Cause::Refused => ErrorKind::Build,
            Cause::TooLarge => ErrorKind::TooLarge,
            Cause::NotHttp if sent => ErrorKind::NotHttp,
            _ if sent => ErrorKind::MaybeSent,
            _ => ErrorKind::NotSent,
        };
        let mut error = Self::new(call, kind);
        if let Cause::TimedOut(budget) = failure.cause {
            error.0.timed_out = Some(budget);
        }
        error.0.untrusted = failure.cause == Cause::Untrusted;
        error.0.source = Some(failure.source);
        match failure.partial {
            Some(partial) => error.with_answer(&partial),
            None => error,
        }
    }

    pub(crate) fn with_answer(mut self, answer: &http::Response<Bytes>) -> Self {
        let body = answer.body();
        self.0.status = Some(answer.status().as_u16());
        self.0.retry_after = retry_after::of(answer);
        // A copy: the answer may be a part of the connection's own memory, which would be held with it.
        self.0.body = Some(Bytes::copy_from_slice(body.get(..KEPT).unwrap_or(body)));
        self
    }

    /// How far the call came.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// The operation's name, such as `prepay`.
    pub fn operation(&self) -> &'static str {
        self.0.facts.operation
    }

    /// What Pockyt refused with, when it did.
    pub fn refusal(&self) -> Option<&pockyt_model::Refusal> {
        match &self.0.kind {
            ErrorKind::Api(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// The time budget that was used up, when that is why there is no answer.
    pub fn timed_out(&self) -> Option<Budget> {
        self.0.timed_out
    }

    /// How many attempts were begun.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The `Pockyt-Request-ID` that the call carried.
    pub fn request_id(&self) -> Option<&RequestId> {
        self.0.request_id.as_ref()
    }

    /// How long the answer asked to wait before another call.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The HTTP status of the answer, when there was one.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The answer's body as it came, or its first 64 KiB. It may hold personal data: do not log it.
    pub fn body(&self) -> Option<&[u8]> {
        self.0.body.as_deref()
    }

    /// Whether what the call was to do may have been done, money or not, by this call or by an earlier one
    /// under the same reference.
    ///
    /// Beside lost and unreadable answers these refusals count: "system error" (but for a wrong signature,
    /// which comes under the same code), a duplicate (the first one may have been booked), 000040, which is
    /// also what a second prepay of a paid order hears, and, where money moves and somebody can be asked,
    /// 000022 and 000023: no source says with which code and words Pockyt refuses a reference that it has
    /// booked before. After an earlier attempt of the same call that was sent and lost, every refusal counts:
    /// it says nothing of that attempt.
    pub fn may_have_taken_effect(&self) -> bool {
        if !self.0.facts.changes_something() {
            return false;
        }
        if self.0.sent_before {
            return true;
        }
        match &self.0.kind {
            ErrorKind::Build | ErrorKind::NotSent => false,
            ErrorKind::Decode(_)
            | ErrorKind::Http(_)
            | ErrorKind::MaybeSent
            | ErrorKind::NotHttp
            | ErrorKind::OtherTransaction
            | ErrorKind::TooLarge => true,
            ErrorKind::Api(refusal) if refusal.is_wrong_signature() => false,
            ErrorKind::Api(refusal) => {
                refusal.is_duplicate()
                    || refusal.code().as_str() == "000040"
                    || (self.may_hide_a_duplicate(refusal) && self.can_be_asked_about())
                    || refusal.code().class() != RetCodeClass::Permanent
            }
        }
    }

    /// Codes under which a reference that was used before may be refused.
    fn may_hide_a_duplicate(&self, refusal: &pockyt_model::Refusal) -> bool {
        self.moves_money() && matches!(refusal.code().as_str(), "000022" | "000023")
    }

    fn can_be_asked_about(&self) -> bool {
        !matches!(self.0.facts.settlement, Settlement::Nobody | Settlement::NotNeeded)
    }

    fn moves_money(&self) -> bool {
        !matches!(self.0.facts.effect, Effect::Read | Effect::Idempotent | Effect::Changes)
    }

    /// Whether money may have moved for what this call was to do. While it is `true`, the payment must
    /// not be taken for failed. Only operations that move money can; see also
    /// [`may_have_taken_effect`](Self::may_have_taken_effect).
    pub fn may_have_moved_money(&self) -> bool {
        self.moves_money() && self.may_have_taken_effect()
    }

    /// Whether the very same call may be made again without moving money twice, and might succeed.
    pub fn may_retry(&self) -> bool {
        match &self.0.kind {
            ErrorKind::NotSent => !self.0.untrusted,
            // A redirect is a wrong base URL, and stays one.
            ErrorKind::Build | ErrorKind::Http(300..400) => false,
            ErrorKind::Decode(_)
            | ErrorKind::Http(_)
            | ErrorKind::MaybeSent
            | ErrorKind::NotHttp
            | ErrorKind::OtherTransaction
            | ErrorKind::TooLarge => self.0.facts.is_repeatable(),
            ErrorKind::Api(refusal) => {
                self.0.facts.is_repeatable()
                    && !refusal.is_wrong_signature()
                    && refusal.code().class() == RetCodeClass::AskFirst
            }
        }
    }

    /// Whom to ask what became of it, before anything else is tried under another reference. It names
    /// somebody whenever [`may_have_taken_effect`](Self::may_have_taken_effect) is `true` and somebody knows,
    /// and after 000022 and 000023 whatever the effect.
    pub fn ask(&self) -> Settlement {
        let doubtful = matches!(&self.0.kind, ErrorKind::Api(refusal)
            if matches!(refusal.code().as_str(), "000022" | "000023"));
        if self.may_have_taken_effect() || doubtful { self.0.facts.settlement } else { Settlement::NotNeeded }
    }

    /// A word for logs and metrics.
    pub(crate) fn outcome(&self) -> &'static str {
        match &self.0.kind {
            ErrorKind::Api(_) => "refused",
            ErrorKind::Build => "build",
            ErrorKind::Decode(_) => "decode",
            ErrorKind::Http(_) => "http",
            ErrorKind::MaybeSent => "maybe_sent",
            ErrorKind::NotHttp => "not_http",
            ErrorKind::NotSent => "not_sent",
            ErrorKind::OtherTransaction => "other_transaction",
            ErrorKind::TooLarge => "too_large",
        }
    }
}

impl fmt::Debug for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallError")
            .field("operation", &self.operation())
            .field("kind", &self.0.kind)
            .field("timed_out", &self.0.timed_out)
            .field("attempts", &self.0.attempts)
            .field("status", &self.0.status)
            .field("source", &self.0.source)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.operation())?;
        match &self.0.kind {
            ErrorKind::Api(refusal) => write!(f, "refused, {refusal}"),
            ErrorKind::Build => f.write_str("the request could not be made"),
            ErrorKind::Http(status @ 300..400) => {
                write!(f, "redirected (HTTP status {status}), which is never followed: check the base URL")
            }
            ErrorKind::Http(status) => write!(f, "HTTP status {status} and no answer of this API"),
            ErrorKind::Decode(error) => error.fmt(f),
            ErrorKind::MaybeSent => f.write_str("the answer was lost; the request may have been carried out"),
            ErrorKind::NotHttp => f.write_str("the answer is not HTTP that can be read"),
            ErrorKind::NotSent => f.write_str("the request was not sent"),
            ErrorKind::OtherTransaction => f.write_str("the answer is about another transaction"),
            ErrorKind::TooLarge => f.write_str("the answer is larger than 1 MiB"),
        }?;
        match self.0.timed_out {
            Some(budget) => write!(f, " (no time left: {})", budget.as_str()),
            None => Ok(()),
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
    /// The crate was built without cryptography or without roots for TLS, and the environment wants `https`.
    TlsNotCompiled,
    /// The roots of TLS cannot be loaded, or a given one is no certificate.
    TlsNotUsable,
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PublishedTokenInProduction => "anybody can sign with a published sandbox token",
            Self::TlsNotCompiled => "https needs the feature `tls`",
            Self::TlsNotUsable => "the roots that TLS is to trust cannot be used",
        })
    }
}

impl StdError for BuildError {}

const _: () = assert!(size_of::<CallError>() == size_of::<usize>());
const _: fn() = || {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<CallError>();
};
