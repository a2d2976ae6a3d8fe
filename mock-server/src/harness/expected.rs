//! What a test expects of a notification and of an order.

use pockyt_sim::{NotificationView, Status, TransactionView, Verdict};

use super::why::Why;
use crate::mock::MockPockyt;

/// An assertion about one notification. Each method checks one thing and panics with the difference, what
/// explains it, and what happened.
#[derive(Debug)]
pub struct ExpectedNotification<'a> {
    mock: &'a MockPockyt,
    notification: NotificationView,
}

impl<'a> ExpectedNotification<'a> {
    pub(super) fn new(mock: &'a MockPockyt, notification: NotificationView) -> Self {
        Self { mock, notification }
    }

    /// It announces this status, in the word of the API: `success`, `failed`.
    ///
    /// # Panics
    ///
    /// It announces another.
    #[track_caller]
    pub fn status(self, status: &str) -> Self {
        self.compare("status", status, self.notification.status);
        self
    }

    /// It has had so many delivery attempts.
    ///
    /// # Panics
    ///
    /// It has had more or fewer.
    #[track_caller]
    pub fn attempts(self, count: usize) -> Self {
        self.compare("attempts", &count.to_string(), &self.notification.attempts.len().to_string());
        self
    }

    /// The listener acknowledged it.
    ///
    /// # Panics
    ///
    /// It did not. The message says what it answered, or why there was no answer.
    #[track_caller]
    pub fn acknowledged(self) -> Self {
        self.compare("acknowledged", "yes", &self.acknowledgement());
        self
    }

    /// The listener did not acknowledge it.
    ///
    /// # Panics
    ///
    /// It did.
    #[track_caller]
    pub fn not_acknowledged(self) -> Self {
        if self.notification.acknowledged {
            self.compare("acknowledged", "no", "yes");
        }
        self
    }

    /// The listener's latest answer had this HTTP status.
    ///
    /// # Panics
    ///
    /// It had another, or there was no answer.
    #[track_caller]
    pub fn answered(self, status: u16) -> Self {
        let latest = self.notification.attempts.last();
        let actual = latest.and_then(|attempt| attempt.status);
        if actual != Some(status) {
            self.compare("answered", &status.to_string(), &self.acknowledgement());
        }
        self
    }

    /// The body has a field with this value.
    ///
    /// # Panics
    ///
    /// It has not, or with another value.
    #[track_caller]
    pub fn field(self, name: &str, value: &str) -> Self {
        let body = &self.notification.body;
        let actual = if self.notification.content_type.contains("json") {
            let read: Option<serde_json::Value> = serde_json::from_str(body).ok();
            read.and_then(|read| read.get(name)?.as_str().map(str::to_owned))
        } else {
            form_urlencoded::parse(body.as_bytes()).find(|(n, _)| n == name).map(|(_, v)| v.into_owned())
        };
        self.compare(name, value, actual.as_deref().unwrap_or("no such field"));
        self
    }

    /// The notification, for what no method asks.
    pub fn view(&self) -> &NotificationView {
        &self.notification
    }

    fn acknowledgement(&self) -> String {
        let Some(latest) = self.notification.attempts.last() else { return "not sent yet".to_owned() };
        match (self.notification.acknowledged, latest.failure, latest.status) {
            (true, ..) => "yes".to_owned(),
            (_, Some(failure), _) => format!("no answer: {}", failure.as_str()),
            (_, None, Some(status)) => {
                format!("answered {status} {:?}", latest.body.as_deref().unwrap_or_default())
            }
            _ if latest.verdict == Some(Verdict::NotAcknowledged) => "no".to_owned(),
            _ => "on its way".to_owned(),
        }
    }

    #[track_caller]
    fn compare(&self, what: &str, expected: &str, actual: &str) {
        let reference = self.notification.reference.as_deref();
        compare(self.mock, "notification about", reference, what, expected, actual);
    }
}

/// An assertion about one order. Each method checks one thing and panics with the difference, what explains it,
/// and what happened.
#[derive(Debug)]
pub struct ExpectedOrder<'a> {
    mock: &'a MockPockyt,
    order: TransactionView,
}

impl<'a> ExpectedOrder<'a> {
    pub(super) fn new(mock: &'a MockPockyt, order: TransactionView) -> Self {
        Self { mock, order }
    }

    /// It has this status.
    ///
    /// # Panics
    ///
    /// It has another.
    #[track_caller]
    pub fn status(self, status: Status) -> Self {
        self.compare("status", status.as_str(), self.order.status.as_str());
        self
    }

    /// So much was given back of it in all, as answered: `1.00`.
    ///
    /// # Panics
    ///
    /// More was, or less.
    #[track_caller]
    pub fn refunded(self, amount: &str) -> Self {
        self.compare("refunded", amount, &self.order.refunded_amount);
        self
    }

    /// The order, for what no method asks.
    pub fn view(&self) -> &TransactionView {
        &self.order
    }

    #[track_caller]
    fn compare(&self, what: &str, expected: &str, actual: &str) {
        compare(self.mock, "order", self.order.reference.as_deref(), what, expected, actual);
    }
}

#[track_caller]
fn compare(
    mock: &MockPockyt,
    subject: &str,
    reference: Option<&str>,
    what: &str,
    expected: &str,
    actual: &str,
) {
    if expected != actual {
        let reference = reference.unwrap_or_default();
        let title = format!("{what} {expected} of the {subject} {reference:?}");
        Why::new(mock, reference).fail(&title, &format!("{what} {actual}"));
    }
}
