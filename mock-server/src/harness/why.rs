//! Why something is not as a test expects it.

use pockyt_sim::{Millis, NotificationView, Status, TransactionView};

use super::journal::{Journal, seconds};
use crate::mock::MockPockyt;

/// How many lines of the journal a message shows: the latest.
const LINES: usize = 30;
/// How many references a message names.
const NAMES: usize = 10;

/// All that can explain what became of a reference.
pub(super) struct Why {
    reference: String,
    orders: Vec<TransactionView>,
    notifications: Vec<NotificationView>,
    journal: Journal,
    now: Millis,
    next: Option<Millis>,
    is_manual: bool,
}

impl Why {
    pub(super) fn new(mock: &MockPockyt, reference: &str) -> Self {
        Self {
            reference: reference.to_owned(),
            orders: mock.transactions(),
            notifications: mock.notifications(None),
            journal: mock.journal().about(reference),
            now: mock.now(),
            next: mock.next_event(),
            is_manual: mock.is_manual(),
        }
    }

    #[track_caller]
    #[expect(clippy::panic, reason = "an assertion reports by panicking")]
    pub(super) fn fail(&self, expected: &str, actual: &str) -> ! {
        let mut text = format!("\n- expected {expected}\n+ but {actual}\n");
        for reason in self.reasons() {
            text += &format!("  {reason}\n");
        }
        let story = self.journal.to_string();
        let lines: Vec<&str> = story.lines().collect();
        text += &format!("what happened to {:?}:\n", self.reference);
        match lines.len().checked_sub(LINES) {
            None if lines.is_empty() => text += "  nothing\n",
            None => {}
            Some(more) => text += &format!("  ... {more} more before\n"),
        }
        for line in lines.iter().skip(lines.len().saturating_sub(LINES)) {
            text += &format!("  {line}\n");
        }
        panic!("{text}");
    }

    fn reasons(&self) -> Vec<String> {
        let mut reasons = Vec::new();
        let order = self.orders.iter().rfind(|order| order.reference.as_deref() == Some(&self.reference));
        let sent = self.notifications.iter().rfind(|n| n.reference.as_deref() == Some(&self.reference));
        match (order, sent) {
            (None, None) => reasons.push(self.unknown()),
            (Some(order), None) => reasons.extend(unsent(order).map(str::to_owned)),
            (_, Some(notification)) => reasons.extend(undelivered(notification)),
        }
        if let (Some(next), true) = (self.next, self.is_manual) {
            let ahead = seconds(Millis(next.0.saturating_sub(self.now.0)));
            reasons.push(format!("time stands still, and the next event is at {ahead}: advance the clock"));
        }
        reasons
    }

    fn unknown(&self) -> String {
        let names = self.orders.iter().rev().filter_map(|order| order.reference.as_deref());
        let mut named: Vec<String> = names.take(NAMES).map(|name| format!("{name:?}")).collect();
        if self.orders.len() > NAMES {
            named.push("older ones".to_owned());
        }
        format!("no order has this reference; there are {}", named.join(", "))
    }
}

fn unsent(order: &TransactionView) -> Option<&'static str> {
    match (order.status, &order.ipn_url) {
        (_, None) => Some("the order has no ipnUrl, so nobody is told of it"),
        (Status::Init, _) => Some("the order is init: no prepay and no code was asked for"),
        (Status::Pending, _) => Some("the order is pending: approve it, or let a script do so"),
        (Status::Closed | Status::Failed, _) => {
            Some("the order is final and not paid, and the profile tells of payments alone")
        }
        (Status::Success, _) => None,
    }
}

fn undelivered(notification: &NotificationView) -> Option<String> {
    let latest = notification.attempts.last();
    let failure = latest.and_then(|attempt| attempt.failure);
    match (latest, failure) {
        (None, _) => Some("it is scheduled and not sent yet".to_owned()),
        (_, Some(failure)) => {
            Some(format!("{} could not be reached: {}", notification.url, failure.as_str()))
        }
        (Some(attempt), None) if !notification.acknowledged => {
            let answer = (attempt.status, attempt.body.as_deref().unwrap_or_default());
            Some(format!("the listener answered {answer:?}, where a 2xx status and `success` acknowledge"))
        }
        _ if notification.next_due_at.is_none() => {
            Some("it was acknowledged, so it is not resent".to_owned())
        }
        _ => None,
    }
}
