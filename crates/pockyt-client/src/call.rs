//! One call: sign, send, repeat where that is safe, read.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use pockyt_model::{Answer, Effect, Operation, OperationSpec, SignedRequest};
use tower::ServiceExt as _;
use tower::retry::Retry;

use crate::retry::Repeat;
use crate::transport::{Incoming, Outgoing};
use crate::{BodyForm, CallError, Client, ErrorKind};

pub(crate) async fn call<O: Operation>(client: &Client, operation: &O) -> Result<O::Answer, CallError> {
    let spec = const { &O::SPEC };
    let outgoing = outgoing(client, operation, spec)?;
    let result = match send(client, outgoing, spec).await {
        Ok(answer) => read::<O>(&answer, spec),
        Err(error) => Err(error),
    };
    match &result {
        Ok(_) => tracing::debug!(target: "pockyt_client", operation = spec.name, "accepted"),
        Err(error) => {
            let may_have_moved_money = error.may_have_moved_money();
            tracing::debug!(target: "pockyt_client", operation = spec.name, may_have_moved_money, "{error}");
        }
    }
    result
}

fn outgoing<O: Operation>(
    client: &Client,
    operation: &O,
    spec: &'static OperationSpec,
) -> Result<Outgoing, CallError> {
    let shared = &client.shared;
    let credentials = &shared.credentials;
    let refuse = |source| CallError::new(spec, ErrorKind::Build, Some(source));
    let signed = SignedRequest::new(operation, &credentials.merchant, &shared.extra, &credentials.key)
        .map_err(|refusal| refuse(refusal.into()))?;
    let (content_type, body) = match shared.body_form {
        BodyForm::Form => ("application/x-www-form-urlencoded", signed.to_form()),
        BodyForm::Json => ("application/json", signed.to_json()),
    };
    let request = http::Request::post(format!("{}{}", shared.environment.base_url(), signed.path()))
        .header(CONTENT_TYPE, HeaderValue::from_static(content_type))
        .header(ACCEPT, HeaderValue::from_static("application/json"))
        .body(Bytes::from(body))
        .map_err(|error| refuse(error.into()))?;
    Ok(Outgoing { request, repeatable: spec.effect == Effect::Read, sent: Arc::default() })
}

async fn send(
    client: &Client,
    outgoing: Outgoing,
    spec: &'static OperationSpec,
) -> Result<Incoming, CallError> {
    let shared = &client.shared;
    let sent = outgoing.sent.clone();
    let policy = Repeat::new(shared.timer.clone(), shared.jitter.clone());
    let sending = Retry::new(policy, client.transport.clone()).oneshot(outgoing);
    // When this ends the attempt under way is dropped, and with that its request given up or noted as sent.
    let outcome = tokio::time::timeout(shared.budgets.total, sending).await;
    let source = match outcome {
        Ok(Ok(answer)) => return Ok(answer),
        Ok(Err(failure)) => failure.source,
        Err(elapsed) => elapsed.into(),
    };
    let kind = if sent.load(Ordering::SeqCst) { ErrorKind::MaybeSent } else { ErrorKind::NotSent };
    Err(CallError::new(spec, kind, Some(source)))
}

/// Any body with a `ret_code` is an answer, whatever the HTTP status: Pockyt's documentation shows a
/// wrong signature with status 400, and its own SDKs part over the rest.
fn read<O: Operation>(answer: &Incoming, spec: &'static OperationSpec) -> Result<O::Answer, CallError> {
    let kind = match O::read_answer(answer.body()) {
        Ok(Answer::Accepted(result)) => return Ok(result),
        Ok(Answer::Refused(refusal)) => ErrorKind::Api(refusal),
        Err(error) if answer.status().is_success() => ErrorKind::Decode(error),
        Err(_) => ErrorKind::Http(answer.status().as_u16()),
    };
    Err(CallError::new(spec, kind, None))
}
