//! What travels through the stages: a call before it is signed, what is known of it, and how it failed.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use pockyt_model::{Effect, Operation, OperationSpec, Params, Settlement};

use crate::error::BoxError;
use crate::pairs::Pairs;
use crate::random::RequestId;

/// What the stages need to know of an operation.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CallFacts {
    /// The operation's name; `raw` for one that the model does not know.
    pub operation: &'static str,
    /// What it may do.
    pub effect: Effect,
    /// Whom to ask after a lost answer.
    pub settlement: Settlement,
}

impl CallFacts {
    /// The facts of a call.
    pub fn of<O: Operation>(operation: &O) -> Self {
        Self { operation: O::SPEC.name, effect: operation.effect(), settlement: operation.settlement() }
    }

    /// Whether doing it twice is as good as doing it once.
    pub fn is_repeatable(&self) -> bool {
        matches!(self.effect, Effect::Read | Effect::Idempotent)
    }

    /// Whether it changes something at Pockyt's side.
    pub fn changes_something(&self) -> bool {
        self.effect != Effect::Read
    }
}

/// A call under way: its facts, and what has become of it so far. It is an extension of the HTTP
/// request, so that each stage finds it there; clones share the progress.
#[derive(Clone, Debug)]
pub struct Call {
    facts: CallFacts,
    pub(crate) request_id: Option<RequestId>,
    /// Whether it is never made again once it may have been sent, whatever the server promises.
    pub(crate) charges_card: bool,
    pub(crate) within: Option<Duration>,
    pub(crate) until: Option<tokio::time::Instant>,
    /// Whether another stage watches the time of its attempts.
    pub(crate) is_timed: bool,
    progress: Arc<Progress>,
}

#[derive(Debug, Default)]
struct Progress {
    sent: AtomicBool,
    sent_before: AtomicBool,
    attempts: AtomicU32,
    /// The time of the newest attempt is over.
    attempt_over: AtomicBool,
}

impl Call {
    /// A call of which nothing has been done.
    pub fn new(facts: CallFacts) -> Self {
        Self {
            facts,
            request_id: None,
            charges_card: false,
            within: None,
            until: None,
            is_timed: false,
            progress: Arc::default(),
        }
    }

    /// The operation's facts.
    pub fn facts(&self) -> &CallFacts {
        &self.facts
    }

    /// Whether a connection took the request's body, in any attempt so far.
    pub fn may_be_sent(&self) -> bool {
        self.progress.sent.load(Ordering::SeqCst)
    }

    /// Whether a connection took the request's body in an attempt before the newest one. What the newest one
    /// heard says nothing of that.
    pub fn may_be_sent_before(&self) -> bool {
        self.progress.sent_before.load(Ordering::SeqCst)
    }

    /// How many attempts were begun.
    pub fn attempts(&self) -> u32 {
        self.progress.attempts.load(Ordering::SeqCst)
    }

    pub(crate) fn name(&mut self, operation: &'static str) {
        self.facts.operation = operation;
    }

    pub(crate) fn note_sent(&self) {
        self.progress.sent.store(true, Ordering::SeqCst);
    }

    pub(crate) fn note_attempt(&self) {
        if self.may_be_sent() {
            self.progress.sent_before.store(true, Ordering::SeqCst);
        }
        if self.attempt_is_over() {
            self.progress.attempt_over.store(false, Ordering::SeqCst);
        }
        self.progress.attempts.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn end_attempt(&self) {
        self.progress.attempt_over.store(true, Ordering::SeqCst);
    }

    pub(crate) fn attempt_is_over(&self) -> bool {
        self.progress.attempt_over.load(Ordering::SeqCst)
    }
}

/// A call that is not signed yet: a path and parameters without `merchantNo`, `storeNo` and
/// `verifySign`.
///
/// `Debug` shows the parameters' names only: values may be card numbers. For the same reason its memory is
/// overwritten when it is dropped.
#[derive(Clone)]
pub struct Unsigned {
    pub(crate) call: Call,
    pub(crate) spec: OperationSpec,
    pub(crate) path: String,
    pub(crate) params: Pairs,
    pub(crate) extra: Pairs,
}

impl Unsigned {
    /// The parameters of an operation.
    pub fn new<O: Operation>(operation: &O) -> Self {
        let mut params = Params::default();
        operation.write_params(&mut params);
        let owned = params.pairs().iter().map(|(name, value)| (name.to_string(), value.to_string()));
        Self {
            call: Call::new(CallFacts::of(operation)),
            spec: O::SPEC,
            path: operation.path().to_owned(),
            params: owned.collect(),
            extra: Pairs::default(),
        }
    }

    /// What is known of the call; shared with the request that is made of it.
    pub fn call(&self) -> &Call {
        &self.call
    }
}

impl fmt::Debug for Unsigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unsigned")
            .field("call", &self.call)
            .field("path", &self.path)
            .field("params", &self.params)
            .finish_non_exhaustive()
    }
}

/// What a transport gave.
pub(crate) type Incoming = http::Response<Bytes>;

/// Which time budget was used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Budget {
    /// One attempt's.
    Attempt,
    /// Connecting: name, TCP and TLS.
    Connect,
    /// The whole call's, or the caller's own deadline.
    Total,
}

impl Budget {
    /// A word for logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Attempt => "attempt",
            Self::Connect => "connect",
            Self::Total => "total",
        }
    }
}

/// A time budget was used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimedOut(pub Budget);

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the time for {} is over",
            match self.0 {
                Budget::Attempt => "one attempt",
                Budget::Connect => "connecting",
                Budget::Total => "the call",
            }
        )
    }
}

impl std::error::Error for TimedOut {}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// The connection could not be made, broke, or was closed early.
    Connection,
    /// What came back cannot be read as HTTP, or has more headers than are taken.
    NotHttp,
    /// The request could not be made or signed from what was given.
    Refused,
    /// A time budget was used up.
    TimedOut(Budget),
    /// The answer's body is larger than is taken.
    TooLarge,
    /// The server's certificate is not trusted.
    Untrusted,
}

/// A call, or one attempt of it, that has no answer.
#[derive(Debug)]
pub struct Failure {
    pub(crate) sent: bool,
    pub(crate) cause: Cause,
    pub(crate) source: BoxError,
    /// The beginning of an answer that was cut off.
    pub(crate) partial: Option<Box<Incoming>>,
}

impl Failure {
    pub(crate) fn new(sent: bool, cause: Cause, source: impl Into<BoxError>) -> Self {
        Self { sent, cause, source: source.into(), partial: None }
    }

    /// Whether a connection took the request's body. If not, none ever will.
    pub fn may_be_sent(&self) -> bool {
        self.sent
    }

    /// Why.
    pub fn cause(&self) -> Cause {
        self.cause
    }

    /// A word for `error.type` in traces and metrics.
    pub fn kind(&self) -> &'static str {
        match self.cause {
            Cause::Connection => "connection",
            Cause::NotHttp => "not_http",
            Cause::Refused => "refused",
            Cause::TimedOut(Budget::Attempt) => "timeout_attempt",
            Cause::TimedOut(Budget::Connect) => "timeout_connect",
            Cause::TimedOut(Budget::Total) => "timeout_total",
            Cause::TooLarge => "too_large",
            Cause::Untrusted => "untrusted",
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.sent { "no answer" } else { "not sent" })
    }
}

impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.source)
    }
}
