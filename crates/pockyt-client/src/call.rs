//! One call: write, hand to the stages, read, and see that the answer is about what was asked.

use std::borrow::Cow;
use std::time::Duration;

use pockyt_model::operation::View as _;
use pockyt_model::{Answer, Object, Operation, OperationSpec, SignedRequest};
use smallvec::SmallVec;
use tracing::{Instrument as _, debug_span};

use crate::client::Shared;
use crate::layers::Signed;
use crate::message::{Call, CallFacts, Failure, Incoming};
use crate::pairs::Pairs;
use crate::random::RequestId;
use crate::timer::Timer;
use crate::{CallError, Client, ErrorKind, observe};

/// What one call has of its own. `Debug` shows no values of fields.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct CallOptions {
    extra: Pairs,
    operation: Option<&'static str>,
    request_id: Option<RequestId>,
    within: Option<Duration>,
}

impl CallOptions {
    /// A parameter that the request type does not know.
    pub fn field(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.extra.push((name.into(), value.into()));
        self
    }

    /// For a [`Raw`](pockyt_model::operation::Raw) call of a known operation: its name in errors, logs and
    /// metrics, and in the settings that the builder has by operation. What the call may do is still said
    /// by the call itself.
    pub fn as_operation(mut self, spec: &'static OperationSpec) -> Self {
        self.operation = Some(spec.name);
        self
    }

    /// The `Pockyt-Request-ID` of this call, in place of a new one. Use one key for one call only.
    pub fn request_id(mut self, key: RequestId) -> Self {
        self.request_id = Some(key);
        self
    }

    /// The caller's deadline: the call ends so long after it was first polled, if its own budgets do not end it
    /// before.
    pub fn within(mut self, time: Duration) -> Self {
        self.within = Some(time);
        self
    }
}

/// Makes a call, and refuses an answer about something else than the request named.
pub(crate) async fn typed<O: Operation>(
    client: &Client,
    operation: &O,
    options: CallOptions,
) -> Result<O::Answer, CallError> {
    exchange(client, operation, options, true).await
}

/// A call whose answer the caller compares with its intent by itself.
pub(crate) async fn uncompared<O: Operation>(
    client: &Client,
    operation: &O,
    options: CallOptions,
) -> Result<O::Answer, CallError> {
    exchange(client, operation, options, false).await
}

async fn exchange<O: Operation>(
    client: &Client,
    operation: &O,
    options: CallOptions,
    compare: bool,
) -> Result<O::Answer, CallError> {
    let shared = &*client.shared;
    let mut call = Call::new(CallFacts::of(operation));
    if let Some(name) = options.operation {
        call.name(name);
    }
    call.within = options.within;
    if shared.request_ids && call.facts().changes_something() {
        // Drawn here and not in the stage, so that an error can name it.
        call.request_id = Some(options.request_id.unwrap_or_else(RequestId::random));
    }
    let span = debug_span!(
        target: "pockyt_client",
        "pockyt.call",
        pockyt.operation = call.facts().operation
    );
    let start = observe::Start::of(&*shared.timer);
    let extra = shared.sign.with_extra(options.extra);
    let result = match signed::<O>(shared, operation, &extra, &mut call, compare) {
        Ok((request, asked)) => match shared.stack.exchange(request).instrument(span.clone()).await {
            Ok(answer) => read::<O>(&asked, &call, &answer),
            Err(failure) => Err(CallError::unanswered(&call, failure)),
        },
        Err(failure) => Err(CallError::unanswered(&call, failure)),
    };
    let _entered = span.enter();
    report(&call, start, &*shared.timer, result.as_ref().err());
    result
}

fn signed<'a, O: Operation>(
    shared: &'a Shared,
    operation: &'a O,
    extra: &'a Pairs,
    call: &mut Call,
    compare: bool,
) -> Result<(Signed, Identity<'a>), Failure> {
    let signed = shared.sign.sign(operation, extra)?;
    let asked = if compare { Identity::of(&signed, extra) } else { Identity::default() };
    Ok((shared.sign.address::<O>(&signed, call)?, asked))
}

fn read<O: Operation>(asked: &Identity<'_>, call: &Call, answer: &Incoming) -> Result<O::Answer, CallError> {
    let kind = match O::read_answer(answer.body()) {
        Ok(Answer::Accepted(accepted)) if asked.fits(accepted.result()) => return Ok(accepted),
        Ok(Answer::Accepted(_)) => ErrorKind::OtherTransaction,
        Ok(Answer::Refused(refusal)) => ErrorKind::Api(refusal),
        Err(error) => unreadable(answer, error),
    };
    Err(CallError::new(call, kind).with_answer(answer))
}

/// Any body with a `ret_code` is an answer, whatever the HTTP status: Pockyt's documentation shows a
/// wrong signature with status 400, and its own SDKs part over the rest.
fn unreadable(answer: &Incoming, error: pockyt_model::DecodeError) -> ErrorKind {
    if answer.status().is_success() {
        ErrorKind::Decode(error)
    } else {
        ErrorKind::Http(answer.status().as_u16())
    }
}

fn report(call: &Call, start: observe::Start, timer: &dyn Timer, error: Option<&CallError>) {
    let operation = call.facts().operation;
    start.end(timer, operation, error.map_or("accepted", CallError::outcome));
    match error {
        None => tracing::debug!(target: "pockyt_client", operation, "accepted"),
        Some(error) => {
            let may_have_moved_money = error.may_have_moved_money();
            tracing::debug!(target: "pockyt_client", operation, may_have_moved_money, "{error}");
        }
    }
}

/// The identifiers that a request names, as far as an answer may repeat them.
#[derive(Default)]
struct Identity<'a>(SmallVec<[(&'static str, Cow<'a, str>); 2]>);

/// The name, if answers repeat what is under it. Amounts are left out: Pockyt writes `13` as `13.00`.
fn echoed(name: &str) -> Option<&'static str> {
    Some(match name {
        "autoDebitNo" => "autoDebitNo",
        "invoiceId" => "invoiceId",
        "outAuthDetailNo" => "outAuthDetailNo",
        "outAuthInfoNo" => "outAuthInfoNo",
        "recordNo" => "recordNo",
        "reference" => "reference",
        "refundReference" => "refundReference",
        "transactionNo" => "transactionNo",
        _ => return None,
    })
}

impl<'a> Identity<'a> {
    /// Of the operation's own parameters; what was added to them is the caller's to compare.
    fn of(signed: &SignedRequest<'a>, extra: &[(String, String)]) -> Self {
        let own = signed.pairs().iter().filter(|(name, _)| !extra.iter().any(|(added, _)| added == name));
        let named = own.filter_map(|(name, value)| Some((echoed(name)?, value.clone())));
        Self(named.collect())
    }

    /// Whether what the answer repeats of the identifiers is what was asked for. What it does not repeat
    /// proves nothing, either way.
    fn fits(&self, result: &Object) -> bool {
        let mut asked = self.0.iter();
        asked.all(|(name, asked)| result.text(name).is_none_or(|named| named == *asked))
            || is_record_of_refund(result)
    }
}

/// The answer to a cancel in API version 2: a transaction with a number of its own, beside that of the order.
fn is_record_of_refund(result: &Object) -> bool {
    result.root().raw("refundTransaction") == Some(result.as_str())
}
