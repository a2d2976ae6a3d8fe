//! What must be kept of a poll to go on with it after a restart.

use std::fmt;
use std::time::Duration;

use pockyt_model::{Amount, Currency, OrderKey, Price, Reference, TransactionNo, UtcMillis};
use serde::{Deserialize, Serialize};

use super::{AtDeadline, Polling};

/// A poll that can be written down: which order, what is expected of it, how much time is gone, and
/// whether a cancel may have been sent.
///
/// Serialisable with serde; the form carries a version, and an unknown one is refused on reading. It holds
/// no secret.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Form", into = "Form")]
pub struct Ticket {
    pub(crate) order: OrderKey,
    pub(crate) expected: Option<Price>,
    pub(crate) deadline: Duration,
    pub(crate) at_deadline: AtDeadline,
    pub(crate) started: UtcMillis,
    /// Time gone by, as far as it was observed.
    pub(crate) spent: Duration,
    pub(crate) questions: u32,
    pub(crate) seen: bool,
    pub(crate) cancel: Option<Cancelling>,
}

/// A cancel at the deadline.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cancelling {
    /// When it was sent, from the start.
    pub(crate) at: Duration,
    /// Whether it may have been, or may still be, carried out.
    pub(crate) may_refund: bool,
}

impl Ticket {
    pub(crate) fn new(order: OrderKey, polling: &Polling, started: UtcMillis) -> Self {
        Self {
            order,
            expected: polling.expected.clone(),
            deadline: polling.deadline,
            at_deadline: polling.at_deadline,
            started,
            spent: Duration::ZERO,
            questions: 0,
            seen: false,
            cancel: None,
        }
    }

    /// The order.
    pub fn order(&self) -> &OrderKey {
        &self.order
    }

    /// How many questions were asked.
    pub fn questions(&self) -> u32 {
        self.questions
    }

    /// When it began.
    pub fn started(&self) -> UtcMillis {
        self.started
    }

    /// Whether a cancel may have been sent.
    pub fn may_be_cancelled(&self) -> bool {
        self.cancel.is_some_and(|cancel| cancel.may_refund)
    }
}

const VERSION: u32 = 1;

/// The written form, version 1.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Form {
    version: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    transaction_no: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expected: Option<ExpectedForm>,
    deadline_ms: u64,
    cancel_at_deadline: bool,
    started_ms: u64,
    spent_ms: u64,
    questions: u32,
    seen: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cancelled_at_ms: Option<u64>,
    #[serde(default)]
    cancel_may_refund: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExpectedForm {
    amount: String,
    currency: String,
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl From<Ticket> for Form {
    fn from(ticket: Ticket) -> Self {
        let (reference, transaction_no) = match &ticket.order {
            OrderKey::Reference(reference) => (Some(reference.to_string()), None),
            OrderKey::TransactionNo(number) => (None, Some(number.to_string())),
            _ => (None, None),
        };
        Self {
            version: VERSION,
            reference,
            transaction_no,
            expected: ticket.expected.map(|price| ExpectedForm {
                amount: price.amount().as_str().to_owned(),
                currency: price.currency().as_str().to_owned(),
            }),
            deadline_ms: millis(ticket.deadline),
            cancel_at_deadline: ticket.at_deadline == AtDeadline::CancelAndConfirm,
            started_ms: ticket.started.get(),
            spent_ms: millis(ticket.spent),
            questions: ticket.questions,
            seen: ticket.seen,
            cancelled_at_ms: ticket.cancel.map(|cancel| millis(cancel.at)),
            cancel_may_refund: ticket.cancel.is_some_and(|cancel| cancel.may_refund),
        }
    }
}

impl TryFrom<Form> for Ticket {
    type Error = UnreadableTicket;

    fn try_from(form: Form) -> Result<Self, UnreadableTicket> {
        if form.version != VERSION {
            return Err(UnreadableTicket("is of another version"));
        }
        let order = match (form.reference, form.transaction_no) {
            (Some(reference), None) => {
                Reference::new(reference).map_err(|_| UnreadableTicket("has no right reference"))?.into()
            }
            (None, Some(number)) => {
                TransactionNo::new(number).map_err(|_| UnreadableTicket("has no right number"))?.into()
            }
            _ => return Err(UnreadableTicket("names not exactly one order")),
        };
        // Whatever price was expected, however unusual: it is compared, not sent.
        let price = |expected: ExpectedForm| {
            let amount = Amount::parse(&expected.amount).ok()?;
            Price::with_any_decimals(amount, Currency::new(&expected.currency).ok()?).ok()
        };
        let expected = form
            .expected
            .map(|expected| price(expected).ok_or(UnreadableTicket("has no right price")))
            .transpose()?;
        let at_deadline =
            if form.cancel_at_deadline { AtDeadline::CancelAndConfirm } else { AtDeadline::Leave };
        let cancel = form
            .cancelled_at_ms
            .map(|at| Cancelling { at: Duration::from_millis(at), may_refund: form.cancel_may_refund });
        Ok(Self {
            order,
            expected,
            deadline: Duration::from_millis(form.deadline_ms),
            at_deadline,
            started: UtcMillis::new(form.started_ms),
            spent: Duration::from_millis(form.spent_ms),
            questions: form.questions,
            seen: form.seen,
            cancel,
        })
    }
}

/// A written ticket that cannot be read: the rule it breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnreadableTicket(&'static str);

impl fmt::Display for UnreadableTicket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the ticket {}", self.0)
    }
}

impl std::error::Error for UnreadableTicket {}
