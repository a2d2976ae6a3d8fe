//! One call: write, hand to the stages, read, and see that the answer is about what was asked.

use std::time::Duration;

use pockyt_model::{Answer, Object, Operation, OperationSpec};
use tower::ServiceExt as _;
use tracing::Instrument as _;

use crate::message::{Call, Incoming, Unsigned};
use crate::pairs::Pairs;
use crate::random::RequestId;
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

    /// The caller's deadline: the call ends after this long, if its own budgets do not end it before.
    pub fn within(mut self, time: Duration) -> Self {
        self.within = Some(time);
        self
    }
}

pub(crate) async fn typed<O: Operation>(
    client: &Client,
    operation: &O,
    options: CallOptions,
) -> Result<O::Answer, CallError> {
    checked::<O>(client, Unsigned::new(operation), options, true).await
}

/// A call whose answer the caller compares with its intent by itself.
pub(crate) async fn uncompared<O: Operation>(
    client: &Client,
    operation: &O,
    options: CallOptions,
) -> Result<O::Answer, CallError> {
    checked::<O>(client, Unsigned::new(operation), options, false).await
}

async fn checked<O: Operation>(
    client: &Client,
    unsigned: Unsigned,
    options: CallOptions,
    compare: bool,
) -> Result<O::Answer, CallError> {
    let asked = if compare { Identity::of(&unsigned) } else { Identity::default() };
    let (call, result) = exchange(client, unsigned, options, |call, answer| {
        let kind = match O::read_answer(answer.body()) {
            Ok(Answer::Accepted(result)) if asked.fits(answer.body()) => return Ok(result),
            Ok(Answer::Accepted(_)) => ErrorKind::OtherTransaction,
            Ok(Answer::Refused(refusal)) => ErrorKind::Api(refusal),
            Err(error) => unreadable(answer, error),
        };
        Err(CallError::new(call, kind).with_answer(answer))
    })
    .await;
    drop(call);
    result
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

async fn exchange<T>(
    client: &Client,
    mut unsigned: Unsigned,
    options: CallOptions,
    read: impl FnOnce(&Call, &Incoming) -> Result<T, CallError>,
) -> (Call, Result<T, CallError>) {
    let shared = &client.shared;
    unsigned.extra.extend_from_slice(&options.extra);
    if let Some(operation) = options.operation {
        unsigned.call.name(operation);
    }
    unsigned.call.within = options.within;
    if shared.request_ids && unsigned.call.facts().changes_something() {
        // Drawn here and not in the stage, so that an error can name it.
        unsigned.call.request_id = Some(options.request_id.unwrap_or_else(RequestId::random));
    }
    let call = unsigned.call.clone();
    let operation = call.facts().operation;
    let span = tracing::debug_span!(target: "pockyt_client", "pockyt.call", pockyt.operation = operation);
    let start = shared.timer.elapsed();
    let outcome = client.stack.clone().oneshot(unsigned).instrument(span.clone()).await;
    let result = match outcome {
        Ok(answer) => read(&call, &answer),
        Err(failure) => Err(CallError::unanswered(&call, failure)),
    };
    let took = shared.timer.elapsed().saturating_sub(start);
    let _entered = span.enter();
    match &result {
        Ok(_) => {
            observe::call(operation, "accepted", took);
            tracing::debug!(target: "pockyt_client", operation, "accepted");
        }
        Err(error) => {
            observe::call(operation, error.outcome(), took);
            let may_have_moved_money = error.may_have_moved_money();
            tracing::debug!(target: "pockyt_client", operation, may_have_moved_money, "{error}");
        }
    }
    (call, result)
}

/// The identifiers that a request names, as far as an answer may repeat them.
#[derive(Default)]
struct Identity(Vec<(&'static str, String)>);

/// What answers repeat under the same name. Amounts are left out: Pockyt writes `13` as `13.00`.
const ECHOED: [&str; 8] = [
    "autoDebitNo",
    "invoiceId",
    "outAuthDetailNo",
    "outAuthInfoNo",
    "recordNo",
    "reference",
    "refundReference",
    "transactionNo",
];

impl Identity {
    fn of(unsigned: &Unsigned) -> Self {
        let named = |name| unsigned.param(name).map(|value| (name, value.to_owned()));
        Self(ECHOED.into_iter().filter_map(named).collect())
    }

    /// Whether what the answer repeats of the identifiers is what was asked for. What it does not repeat
    /// proves nothing, either way.
    fn fits(&self, body: &[u8]) -> bool {
        if self.0.is_empty() {
            return true;
        }
        let Ok(body) = Object::parse(body) else { return true };
        // Most answers keep the result in a member, a few beside the code.
        let result = body.object("result").ok().flatten().unwrap_or(body);
        self.0.iter().all(|(name, asked)| result.text(name).is_none_or(|named| named == asked.as_str()))
    }
}
