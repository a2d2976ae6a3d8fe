//! What is printed of a call.

use pockyt_client::CallError;
use pockyt_model::operation::RawAnswer;
use pockyt_model::{Envelope, Object, OperationSpec, Settlement};
use serde::Serialize;
use serde_json::value::RawValue;

use super::fields::Fields;
use crate::exit::{Exit, usage};
use crate::operations::asked;
use crate::output::{self, BAD, DOUBTFUL, GOOD, printable};
use crate::remote::{explained, verdict};

/// Prints an accepted answer.
pub(super) fn accepted(
    operation: &str,
    spec: Option<&OperationSpec>,
    answer: &RawAnswer,
    as_json: bool,
) -> anyhow::Result<Exit> {
    #[derive(Serialize)]
    struct Accepted<'a> {
        outcome: &'a str,
        answer: Box<RawValue>,
    }
    if as_json {
        let answer = RawValue::from_string(answer.envelope().as_str().to_owned())?;
        output::print_json(&Accepted { outcome: "accepted", answer })?;
    } else {
        output::print_verdict(GOOD, "accepted", operation)?;
        output::print(table(&result(spec, answer)).as_bytes())?;
    }
    Ok(Exit::Fine)
}

/// The member of the answer that the operation's result is in.
fn result(spec: Option<&OperationSpec>, answer: &RawAnswer) -> Object {
    let named = match spec.map(|spec| spec.envelope) {
        Some(Envelope::In(names) | Envelope::Open(names)) => names,
        _ => &[],
    };
    let envelope = answer.envelope();
    let found = named.iter().find_map(|name| envelope.object(name).ok().flatten());
    found.unwrap_or_else(|| answer.result().clone())
}

/// A line for each member; lists and objects as they came.
pub(crate) fn table(object: &Object) -> String {
    let width = object.names().map(|name| name.chars().count()).max().unwrap_or_default().min(40);
    let line = |name: &str| {
        let value = match object.text(name) {
            Some(text) => text.into_owned(),
            None => object.raw(name).unwrap_or_default().split(['\n', '\r', '\t']).collect(),
        };
        format!("  {:width$}  {}\n", printable(name), printable(&value))
    };
    object.names().map(line).collect()
}

/// Prints why there is no accepted answer, and what to do about it.
pub(super) fn failed(error: &CallError, fields: &Fields, as_json: bool) -> anyhow::Result<Exit> {
    let (exit, outcome) = verdict(error);
    if exit == Exit::Usage {
        return Err(usage(explained(error)));
    }
    if as_json {
        output::print_json(&Failed::of(error, outcome))?;
        return Ok(exit);
    }
    let style = if exit == Exit::Unresolved { DOUBTFUL } else { BAD };
    output::print_verdict(style, outcome, &explained(error))?;
    if exit == Exit::Unresolved {
        output::note(&format!("it may have been carried out; {}", advice(error.ask(), fields)));
    } else if error.may_retry() {
        output::note("nothing was done: the same call can be made again");
    }
    Ok(exit)
}

fn advice(settlement: Settlement, fields: &Fields) -> String {
    let by_number = || fields.text("transactionNo").map(|number| format!("--transaction-no {number}"));
    let order = fields.text("reference").map(|reference| format!("--reference {reference}"));
    match (settlement, order.or_else(by_number)) {
        (Settlement::TranQueryByReference, Some(order)) => {
            format!("before anything else: pockyt poll {order}")
        }
        _ => format!("before anything else: {}", asked(settlement)),
    }
}

#[derive(Serialize)]
struct Failed<'a> {
    outcome: &'a str,
    error: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ret_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ret_msg: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    http_status: Option<u16>,
    may_have_taken_effect: bool,
    may_have_moved_money: bool,
    may_retry: bool,
    then: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
}

impl<'a> Failed<'a> {
    fn of(error: &'a CallError, outcome: &'a str) -> Self {
        let refusal = error.refusal();
        Self {
            outcome,
            error: explained(error),
            ret_code: refusal.map(|refusal| refusal.code().as_str()),
            ret_msg: refusal.map(pockyt_model::Refusal::message),
            http_status: error.status(),
            may_have_taken_effect: error.may_have_taken_effect(),
            may_have_moved_money: error.may_have_moved_money(),
            may_retry: error.may_retry(),
            then: if error.may_have_taken_effect() { asked(error.ask()) } else { "nothing was done" },
            request_id: error.request_id().map(pockyt_client::RequestId::as_str),
        }
    }
}
