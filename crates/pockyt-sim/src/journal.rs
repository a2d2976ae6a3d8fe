//! What happened, in a bounded ring, with counters that go on.

use std::collections::VecDeque;
use std::fmt;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use smallvec::SmallVec;

use crate::order::Status;
use crate::words::is_plain;
use crate::{AttemptId, FailureReason, Fault, FaultKind, Millis, NotificationId, NotificationKind, Verdict};

/// One thing that happened. As JSON one flat object of at most 16 KiB: `seq`, `at`, `merchantNo`, `event`,
/// and the event's own fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JournalEntry {
    /// Its number, from 1, without gaps; [`crate::Sim::reset`] begins again.
    pub seq: u64,
    /// When. It never goes back.
    pub at: Millis,
    /// Whose it is: the merchant of the order, or the merchant number that a request gives, believed or
    /// not and cut at 64 characters.
    #[serde(rename = "merchantNo")]
    pub merchant_no: Option<String>,
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
    /// A fault hit a request, a connection or a notification.
    FaultUsed {
        /// The reference it was set for.
        reference: Option<String>,
        /// The operation it hit, if the path is known.
        operation: Option<&'static str>,
        /// What went wrong.
        kind: FaultKind,
        /// The number of the request among its merchant's.
        request: Option<u64>,
        /// The notification it hit.
        notification: Option<NotificationId>,
    },
    /// The simulation ends, and this fault never hit anything.
    FaultUnfired {
        /// The fault, long names cut.
        fault: Fault,
    },
    /// The namespace of the merchant was reset; its transaction numbers begin again.
    MerchantReset,
    /// A notification is going to be sent.
    NotificationScheduled {
        /// The notification.
        notification: NotificationId,
        /// What it is about.
        kind: NotificationKind,
        /// The order, or Pockyt's number of what else it is about.
        transaction_no: String,
        /// The status that it announces.
        status: &'static str,
        /// Where it goes.
        url: String,
    },
    /// Something that is not an order was made (then `from` is null) or changed its status: a payout, an
    /// agreement, a hold, an account, a payor, a series.
    RecordChanged {
        /// What it is, in kebab case.
        kind: &'static str,
        /// Pockyt's number of it.
        number: String,
        /// The merchant's name for it.
        reference: Option<String>,
        /// Before.
        from: Option<&'static str>,
        /// After.
        to: &'static str,
        /// Who or what did it.
        cause: &'static str,
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
    /// The fields without `verifySign`; secrets masked, long names and values cut, at most 64 of them.
    pub parameters: Parameters,
    /// How many fields were left out of `parameters`, to keep the entry small.
    pub omitted_parameters: usize,
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

/// The fields of a request, in the order in which they came. As JSON an object.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Parameters {
    /// Names and values, one after another: a journal keeps many of them.
    text: Box<str>,
    /// Where each name ends, and where its value.
    ends: Box<[(u16, u16)]>,
}

impl Parameters {
    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut start = 0;
        self.ends.iter().map(move |(name_end, end)| {
            let [name_end, end] = [name_end, end].map(|end| usize::from(*end));
            let name = self.text.get(start..name_end).unwrap_or_default();
            start = end;
            (name, self.text.get(name_end..end).unwrap_or_default())
        })
    }

    /// What is kept of the fields, and how many are not kept.
    pub(crate) fn of<'a>(fields: impl Iterator<Item = (&'a str, &'a str)>) -> (Self, usize) {
        const MAX_FIELDS: usize = 64;
        const MAX_NAME: usize = 64;
        const MAX_VALUE: usize = 512;
        const MAX_JSON: usize = 12 * 1024;
        let mut kept = SmallVec::<[(&str, &str); 16]>::new();
        let (mut json, mut omitted) = (0, 0);
        for (name, value) in fields {
            let field = (beginning(name, MAX_NAME), beginning(value, MAX_VALUE));
            json += json_length(field.0) + json_length(field.1) + 2;
            // What comes after a field that has no room is left out as well: the beginning is kept whole.
            if kept.len() < MAX_FIELDS && json <= MAX_JSON {
                kept.push(field);
            } else {
                omitted += 1;
            }
        }
        let mut text = String::with_capacity(kept.iter().map(|(name, value)| name.len() + value.len()).sum());
        let mut ends = Vec::with_capacity(kept.len());
        for (name, value) in kept {
            text.push_str(name);
            let name_end = text.len();
            text.push_str(value);
            // No text is longer than its JSON, of which there is less.
            let [name_end, end] = [name_end, text.len()].map(|end| u16::try_from(end).unwrap_or(u16::MAX));
            ends.push((name_end, end));
        }
        (Self { text: text.into(), ends: ends.into() }, omitted)
    }
}

impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// How long a text is as a JSON string.
fn json_length(text: &str) -> usize {
    if is_plain(text) {
        return text.len() + 2;
    }
    let length = |byte| match byte {
        b'"' | b'\\' | 0x08 | 0x09 | 0x0a | 0x0c | 0x0d => 2,
        0..0x20 => 6,
        _ => 1,
    };
    text.bytes().map(length).sum::<usize>() + 2
}

/// The first so many characters.
pub(crate) fn cut(text: &str, characters: usize) -> String {
    beginning(text, characters).to_owned()
}

fn beginning(text: &str, characters: usize) -> &str {
    // No text has more characters than bytes, and most are short.
    if text.len() <= characters {
        return text;
    }
    let end = text.char_indices().nth(characters).map_or(text.len(), |(end, _)| end);
    text.get(..end).unwrap_or(text)
}

impl Serialize for Parameters {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.ends.len()))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// Counters over the whole life since [`crate::Sim::new`] or the last reset.
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
    /// By merchant, in their order.
    views: Vec<(String, View)>,
}

/// What one merchant sees of the journal.
#[derive(Default)]
struct View {
    /// The last entry before its latest reset.
    after: u64,
    counts: JournalCounts,
}

impl Journal {
    /// The merchants come in their order, each once.
    pub(crate) fn new(capacity: usize, merchants: impl Iterator<Item = String>) -> Self {
        let views = merchants.map(|merchant_no| (merchant_no, View::default())).collect();
        Self { capacity, views, ..Self::default() }
    }

    fn view(&self, merchant_no: &str) -> Option<&View> {
        let place = self.views.binary_search_by(|(known, _)| known.as_str().cmp(merchant_no)).ok()?;
        self.views.get(place).map(|(_, view)| view)
    }

    fn view_mut(&mut self, merchant_no: &str) -> Option<&mut View> {
        let place = self.views.binary_search_by(|(known, _)| known.as_str().cmp(merchant_no)).ok()?;
        self.views.get_mut(place).map(|(_, view)| view)
    }

    /// Whether any entry is kept at all.
    pub(crate) fn keeps_entries(&self) -> bool {
        self.capacity > 0
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = &JournalEntry> {
        self.entries.iter()
    }

    pub(crate) fn counts(&self) -> JournalCounts {
        self.counts
    }

    pub(crate) fn entries_of(&self, merchant_no: &str) -> impl Iterator<Item = &JournalEntry> {
        let after = self.view(merchant_no).map_or(0, |view| view.after);
        self.entries
            .iter()
            .filter(move |entry| entry.seq > after && entry.merchant_no.as_deref() == Some(merchant_no))
    }

    pub(crate) fn counts_of(&self, merchant_no: &str) -> Option<JournalCounts> {
        self.view(merchant_no).map(|view| view.counts)
    }

    /// Forgets everything but the merchants.
    pub(crate) fn clear(&mut self) {
        let Self { capacity: _, entries, counts, last, views } = self;
        entries.clear();
        *counts = JournalCounts::default();
        *last = Millis::default();
        for (_, view) in views {
            *view = View::default();
        }
    }

    /// Lets a merchant see nothing of what was written so far.
    pub(crate) fn begin_again(&mut self, merchant_no: &str) {
        let after = self.counts.entries;
        if let Some(view) = self.view_mut(merchant_no) {
            *view = View { after, counts: JournalCounts::default() };
        }
    }

    pub(crate) fn write(&mut self, at: Millis, merchant_no: Option<&str>, event: JournalEvent) {
        let counted = event.counted();
        self.write_with(at, merchant_no, counted, || event);
    }

    /// The same, for what happens so often that an entry is only made where one is kept.
    pub(crate) fn write_with(
        &mut self,
        at: Millis,
        merchant_no: Option<&str>,
        counted: Counted,
        event: impl FnOnce() -> JournalEvent,
    ) {
        let is_kept = self.keeps_entries();
        self.last = self.last.max(at);
        self.counts.count(counted, is_kept);
        if let Some(view) = merchant_no.and_then(|no| self.view_mut(no)) {
            view.counts.count(counted, is_kept);
        }
        if !is_kept {
            return;
        }
        let event = event();
        debug_assert_eq!(event.counted(), counted);
        let merchant_no = merchant_no.map(str::to_owned);
        self.entries.push_back(JournalEntry { seq: self.counts.entries, at: self.last, merchant_no, event });
        while self.entries.len() > self.capacity {
            self.drop_oldest();
        }
    }

    fn drop_oldest(&mut self) {
        let Some(oldest) = self.entries.pop_front() else { return };
        self.counts.dropped += 1;
        let view = oldest.merchant_no.and_then(|no| self.view_mut(&no));
        if let Some(view) = view.filter(|view| oldest.seq > view.after) {
            view.counts.dropped += 1;
        }
    }
}

impl JournalCounts {
    fn count(&mut self, counted: Counted, is_kept: bool) {
        self.entries += 1;
        self.dropped += u64::from(!is_kept);
        match counted {
            Counted::Acknowledged => self.acknowledged += 1,
            Counted::Attempt => self.attempts += 1,
            Counted::Notification => self.notifications += 1,
            Counted::Other => {}
            Counted::Refund => self.refunds += 1,
            Counted::Refusal => {
                self.requests += 1;
                self.refusals += 1;
            }
            Counted::StatusChange => self.status_changes += 1,
            Counted::Success => self.requests += 1,
        }
    }
}

/// As what an entry counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    Acknowledged,
    Attempt,
    Notification,
    Other,
    Refund,
    Refusal,
    StatusChange,
    Success,
}

impl Counted {
    pub(crate) fn request(ret_code: &str) -> Self {
        if ret_code == "000100" { Self::Success } else { Self::Refusal }
    }

    pub(crate) fn verdict(verdict: Verdict) -> Self {
        if verdict == Verdict::Acknowledged { Self::Acknowledged } else { Self::Other }
    }
}

impl JournalEvent {
    fn counted(&self) -> Counted {
        match self {
            Self::AttemptJudged { verdict, .. } => Counted::verdict(*verdict),
            Self::AttemptStarted { .. } => Counted::Attempt,
            Self::NotificationScheduled { .. } => Counted::Notification,
            Self::RefundBooked { .. } => Counted::Refund,
            Self::Request(record) => Counted::request(record.ret_code),
            Self::StatusChanged { .. } => Counted::StatusChange,
            Self::CustomerAction { .. }
            | Self::FaultUsed { .. }
            | Self::FaultUnfired { .. }
            | Self::MerchantReset
            | Self::RecordChanged { .. }
            | Self::ResendRequested { .. } => Counted::Other,
        }
    }
}
