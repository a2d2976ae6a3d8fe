//! The journal, as a test reads it.

use std::fmt;

use pockyt_sim::{
    JournalEntry, JournalEvent, Millis, NotificationId, NotificationView, RequestRecord, Verdict,
};

use crate::clock::MANUAL_START;

/// What happened, oldest first.
///
/// As text each entry is a line with the time since the mock's start; `Debug` is the same, so that a failed
/// `assert_eq!` can be read. Two runs can be compared with [`Journal::expect_same`].
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Journal {
    entries: Vec<JournalEntry>,
    /// Which order each notification is about, by what the merchant calls it and by number.
    subjects: Vec<(NotificationId, Option<String>, String)>,
}

impl Journal {
    pub(super) fn new(entries: Vec<JournalEntry>, notifications: &[NotificationView]) -> Self {
        let subject = |n: &NotificationView| (n.id, n.reference.clone(), n.transaction_no.clone());
        Self { entries, subjects: notifications.iter().map(subject).collect() }
    }

    /// The entries.
    pub fn entries(&self) -> &[JournalEntry] {
        &self.entries
    }

    /// The requests to an operation, by its name in the catalogue, such as `tran-query`.
    pub fn requests(&self, operation: &str) -> Vec<&RequestRecord> {
        self.all_requests().filter(|record| record.operation == Some(operation)).collect()
    }

    /// The requests that were refused.
    pub fn refusals(&self) -> Vec<&RequestRecord> {
        self.all_requests().filter(|record| record.ret_code != "000100").collect()
    }

    /// What is about the order with this reference: calls, changes of status, deliveries, faults.
    pub fn about(&self, reference: &str) -> Self {
        let numbers: Vec<&str> = self.entries.iter().filter_map(|entry| numbered(entry, reference)).collect();
        let notifications: Vec<NotificationId> = self
            .subjects
            .iter()
            .filter(|(_, named, number)| {
                named.as_deref() == Some(reference) || numbers.contains(&number.as_str())
            })
            .map(|(id, ..)| *id)
            .collect();
        let concerns = |entry: &&JournalEntry| is_about(&entry.event, reference, &numbers, &notifications);
        Self {
            entries: self.entries.iter().filter(concerns).cloned().collect(),
            subjects: self.subjects.clone(),
        }
    }

    /// Asserts that another run wrote the same.
    ///
    /// # Panics
    ///
    /// It did not. The message shows the first entries that differ, with those before them.
    #[track_caller]
    #[expect(clippy::panic, reason = "an assertion reports by panicking")]
    pub fn expect_same(&self, other: &Self) {
        let (mine, others) = (self.lines(), other.lines());
        let is_same = |n: &usize| mine.get(*n) == others.get(*n);
        let Some(place) = (0..mine.len().max(others.len())).find(|n| !is_same(n)) else { return };
        let before: String =
            mine.iter().take(place).skip(place.saturating_sub(3)).map(|l| format!("    {l}\n")).collect();
        let at = |lines: &[String]| lines.get(place).map_or("the end", String::as_str).to_owned();
        panic!(
            "two journals differ in entry {} of {} and {}:\n{before}  - {}\n  + {}",
            place + 1,
            mine.len(),
            others.len(),
            at(&mine),
            at(&others)
        );
    }

    /// Each entry as its line of JSON.
    pub fn lines(&self) -> Vec<String> {
        self.entries.iter().map(JournalEntry::to_json_line).collect()
    }

    fn all_requests(&self) -> impl Iterator<Item = &RequestRecord> {
        self.entries.iter().filter_map(|entry| match &entry.event {
            JournalEvent::Request(record) => Some(record),
            _ => None,
        })
    }
}

/// Pockyt's number of what the merchant calls this, if the entry says it.
fn numbered<'a>(entry: &'a JournalEntry, wanted: &str) -> Option<&'a str> {
    match &entry.event {
        JournalEvent::StatusChanged { transaction_no, reference, .. }
            if reference.as_deref() == Some(wanted) =>
        {
            Some(transaction_no)
        }
        JournalEvent::RecordChanged { number, reference, .. } if reference.as_deref() == Some(wanted) => {
            Some(number)
        }
        JournalEvent::Request(record) if names(record, wanted) => record.transaction_no.as_deref(),
        _ => None,
    }
}

fn names(record: &RequestRecord, wanted: &str) -> bool {
    record.parameters.iter().any(|(name, value)| name == "reference" && value == wanted)
}

fn is_about(
    event: &JournalEvent,
    reference: &str,
    numbers: &[&str],
    notifications: &[NotificationId],
) -> bool {
    match event {
        JournalEvent::AttemptJudged { notification, .. }
        | JournalEvent::AttemptStarted { notification, .. }
        | JournalEvent::NotificationScheduled { notification, .. }
        | JournalEvent::ResendRequested { notification } => notifications.contains(notification),
        JournalEvent::CustomerAction { transaction_no, .. }
        | JournalEvent::RefundBooked { transaction_no, .. }
        | JournalEvent::StatusChanged { transaction_no, .. } => numbers.contains(&transaction_no.as_str()),
        JournalEvent::RecordChanged { number, .. } => numbers.contains(&number.as_str()),
        JournalEvent::Request(record) => {
            names(record, reference)
                || record.transaction_no.as_deref().is_some_and(|no| numbers.contains(&no))
        }
        JournalEvent::FaultUsed { reference: named, notification, .. } => {
            named.as_deref() == Some(reference) || notification.is_some_and(|id| notifications.contains(&id))
        }
        JournalEvent::FaultUnfired { fault } => fault.reference.as_deref() == Some(reference),
        _ => false,
    }
}

impl fmt::Display for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start = self.entries.first().map_or(MANUAL_START, |entry| MANUAL_START.min(entry.at));
        self.entries.iter().try_for_each(|entry| {
            let since = Millis(entry.at.0.saturating_sub(start.0));
            writeln!(f, "{:>12}  {}", seconds(since), told(&entry.event))
        })
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{self}")
    }
}

pub(super) fn seconds(since: Millis) -> String {
    format!("+{}.{:03} s", since.0 / 1000, since.0 % 1000)
}

/// An entry in words.
fn told(event: &JournalEvent) -> String {
    match event {
        JournalEvent::Request(record) => request_told(record),
        JournalEvent::StatusChanged { from: None, to, cause, .. } => {
            format!("made, {} by {cause}", to.as_str())
        }
        JournalEvent::StatusChanged { from: Some(from), to, cause, .. } => {
            format!("{} -> {} by {cause}", from.as_str(), to.as_str())
        }
        JournalEvent::RecordChanged { kind, from, to, cause, .. } => {
            format!("{kind} {} -> {to} by {cause}", from.unwrap_or("nothing"))
        }
        JournalEvent::CustomerAction { action, .. } => format!("somebody chose {action}"),
        JournalEvent::RefundBooked { refund_amount, .. } => format!("{refund_amount} given back"),
        JournalEvent::NotificationScheduled { notification, status, url, .. } => {
            format!("notification {notification} of {status} for {url:?}")
        }
        JournalEvent::AttemptStarted { notification, number, .. } => {
            format!("notification {notification}, attempt {number} sent")
        }
        JournalEvent::AttemptJudged { notification, number, status, failure, verdict, .. } => {
            let verdict = if *verdict == Verdict::Acknowledged { "acknowledged" } else { "not acknowledged" };
            let answer = match (failure, status) {
                (Some(failure), _) => failure.as_str().to_owned(),
                (None, Some(status)) => status.to_string(),
                (None, None) => "nothing".to_owned(),
            };
            format!("notification {notification}, attempt {number} answered {answer}: {verdict}")
        }
        JournalEvent::FaultUsed { kind, .. } => format!("fault {kind:?}"),
        JournalEvent::FaultUnfired { fault } => format!("fault {:?} never hit anything", fault.kind),
        JournalEvent::MerchantReset => "reset".to_owned(),
        JournalEvent::ResendRequested { notification } => {
            format!("notification {notification} asked for again")
        }
        other => format!("{other:?}"),
    }
}

fn request_told(record: &RequestRecord) -> String {
    let mut text = format!("{} answered {}", record.operation.unwrap_or(&record.path), record.ret_code);
    if let Some(rule) = &record.refused_rule {
        let field = record.refused_field.as_deref().filter(|field| !field.is_empty());
        text += &format!(": {}{rule}", field.map(|field| format!("{field}, ")).unwrap_or_default());
    }
    if record.lost {
        text += ", and the answer was lost";
    }
    text
}
