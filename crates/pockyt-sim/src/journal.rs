//! What happened, in a bounded ring, with counters that go on.

use std::collections::VecDeque;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::order::Status;
use crate::{AttemptId, FailureReason, FaultKind, Millis, NotificationId, Verdict};

/// One thing that happened. As JSON one flat object: `seq`, `at`, `event`, and the event's own fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JournalEntry {
    /// Its number, from 1, without gaps; [`crate::Sim::reset`] begins again.
    pub seq: u64,
    /// When. It never goes back.
    pub at: Millis,
    /// What.
    #[serde(flatten)]
    pub event: JournalEvent,
}

impl JournalEntry {
    /// The entry as one line of JSON, without a line break. Equal runs give equal bytes.
    pub fn to_json_line(&self) -> String {
        // Nothing in it can fail to serialise.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// What happened. No secret is in it: no token, signature, wallet code or card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum JournalEvent {
    /// A delivery attempt was judged.
    AttemptJudged {
        /// The notification.
        notification: NotificationId,
        /// The attempt.
        attempt: AttemptId,
        /// Which attempt of the notification it was.
        number: u32,
        /// The HTTP status of the listener's answer.
        status: Option<u16>,
        /// Why there was no answer.
        failure: Option<FailureReason>,
        /// The verdict.
        verdict: Verdict,
    },
    /// A delivery attempt was handed to the caller.
    AttemptStarted {
        /// The notification.
        notification: NotificationId,
        /// The attempt.
        attempt: AttemptId,
        /// Which attempt of the notification it is.
        number: u32,
    },
    /// A customer or the operator did something to an order.
    CustomerAction {
        /// The order.
        transaction_no: String,
        /// `approve`, `decline` or `expire`.
        action: &'static str,
    },
    /// A fault hit a request.
    FaultUsed {
        /// The reference it was set for.
        reference: String,
        /// The operation it hit.
        operation: &'static str,
        /// What went wrong.
        kind: FaultKind,
    },
    /// A notification is going to be sent.
    NotificationScheduled {
        /// The notification.
        notification: NotificationId,
        /// The order.
        transaction_no: String,
        /// The status that it announces.
        status: Status,
        /// Where it goes.
        url: String,
    },
    /// Money went back.
    RefundBooked {
        /// The order.
        transaction_no: String,
        /// Pockyt's number of the refund.
        refund_transaction_no: String,
        /// The merchant's name for it.
        refund_reference: Option<String>,
        /// How much.
        refund_amount: String,
    },
    /// An API request was answered.
    Request(RequestRecord),
    /// The operator asked for one more attempt.
    ResendRequested {
        /// The notification.
        notification: NotificationId,
    },
    /// An order changed its status, or was made (then `from` is null).
    StatusChanged {
        /// The merchant.
        merchant_no: String,
        /// The order.
        transaction_no: String,
        /// The merchant's name for it.
        reference: Option<String>,
        /// Before.
        from: Option<Status>,
        /// After.
        to: Status,
        /// Who or what did it.
        cause: &'static str,
    },
}

/// An API request and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestRecord {
    /// The catalogue name, if the path is known.
    pub operation: Option<&'static str>,
    /// The path, cut at 256 characters.
    pub path: String,
    /// The merchant number that was given, believed or not.
    pub merchant_no: Option<String>,
    /// The fields without `verifySign`; secrets masked, long values cut.
    pub parameters: Parameters,
    /// The first field whose value could be read as another field. Pockyt does not know better and
    /// accepts it; a careful sender would not send it.
    pub ambiguous_field: Option<String>,
    /// The HTTP status of the answer.
    pub status: u16,
    /// The `ret_code` of the answer.
    pub ret_code: &'static str,
    /// The order that was made or found.
    pub transaction_no: Option<String>,
    /// The field a refusal is about.
    pub refused_field: Option<String>,
    /// The rule that a refused request broke.
    pub refused_rule: Option<String>,
    /// Whether the answer is a stored one, for a repeated `Pockyt-Request-ID`.
    pub replayed: bool,
    /// Whether the answer was lost on its way.
    pub lost: bool,
}

/// The fields of a request, in the order in which they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters(pub Vec<(String, String)>);

impl Serialize for Parameters {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// Counters over the whole life since [`crate::Sim::new`] or [`crate::Sim::reset`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct JournalCounts {
    /// Entries ever written.
    pub entries: u64,
    /// Entries that are no longer kept.
    pub dropped: u64,
    /// API requests.
    pub requests: u64,
    /// API requests that were refused.
    pub refusals: u64,
    /// Changes of status, the making of orders included.
    pub status_changes: u64,
    /// Refunds booked.
    pub refunds: u64,
    /// Notifications scheduled.
    pub notifications: u64,
    /// Delivery attempts started.
    pub attempts: u64,
    /// Delivery attempts that were acknowledged.
    pub acknowledged: u64,
}

#[derive(Default)]
pub(crate) struct Journal {
    capacity: usize,
    entries: VecDeque<JournalEntry>,
    counts: JournalCounts,
    last: Millis,
}

impl Journal {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { capacity, ..Self::default() }
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = &JournalEntry> {
        self.entries.iter()
    }

    pub(crate) fn counts(&self) -> JournalCounts {
        self.counts
    }

    pub(crate) fn write(&mut self, at: Millis, event: JournalEvent) {
        self.count(&event);
        self.last = self.last.max(at);
        self.entries.push_back(JournalEntry { seq: self.counts.entries, at: self.last, event });
        while self.entries.len() > self.capacity {
            self.entries.pop_front();
            self.counts.dropped += 1;
        }
    }

    fn count(&mut self, event: &JournalEvent) {
        let counts = &mut self.counts;
        counts.entries += 1;
        match event {
            JournalEvent::AttemptJudged { verdict, .. } => {
                counts.acknowledged += u64::from(*verdict == Verdict::Acknowledged);
            }
            JournalEvent::AttemptStarted { .. } => counts.attempts += 1,
            JournalEvent::NotificationScheduled { .. } => counts.notifications += 1,
            JournalEvent::RefundBooked { .. } => counts.refunds += 1,
            JournalEvent::Request(record) => {
                counts.requests += 1;
                counts.refusals += u64::from(record.ret_code != "000100");
            }
            JournalEvent::StatusChanged { .. } => counts.status_changes += 1,
            JournalEvent::CustomerAction { .. }
            | JournalEvent::FaultUsed { .. }
            | JournalEvent::ResendRequested { .. } => {}
        }
    }
}
