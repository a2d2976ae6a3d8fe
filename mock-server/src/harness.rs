//! Assertions on a running mock, with failures that say why.

mod expected;
mod journal;
mod why;

pub use expected::{ExpectedNotification, ExpectedOrder};
pub use journal::Journal;

use crate::mock::MockPockyt;
use why::Why;

impl MockPockyt {
    /// What happened, oldest first, as far back as it is kept. As text it reads like a story; see [`Journal`].
    pub fn journal(&self) -> Journal {
        let (entries, notifications) =
            self.look(|sim| (sim.journal().cloned().collect(), sim.notifications(None)));
        Journal::new(entries, &notifications)
    }

    /// What concerns one merchant, since its latest reset.
    pub fn journal_of(&self, merchant_no: &str) -> Journal {
        let (entries, notifications) =
            self.look(|sim| (sim.journal_of(merchant_no).cloned().collect(), sim.notifications(None)));
        Journal::new(entries, &notifications)
    }

    /// Begins an assertion about the newest notification with this reference.
    ///
    /// ```
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// # use pockyt_mock::{MockPockyt, Script, Wallet};
    /// # use tower_service::Service;
    /// # let mock = MockPockyt::start().await?;
    /// # mock.script(Script::new("test20200101206", Wallet::Never))?;
    /// mock.expect_no_notification("test20200101206");
    /// # Ok(()) }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
    /// ```
    ///
    /// `mock.expect_notification("web-1").status("success").attempts(1).acknowledged()` is the usual end of a
    /// test of a listener.
    ///
    /// # Panics
    ///
    /// There is no such notification. The message says why: no order of this name, no ipnUrl, not final, and so
    /// on, and what happened.
    #[track_caller]
    pub fn expect_notification(&self, reference: &str) -> ExpectedNotification<'_> {
        let found = self.notifications(None).into_iter().rfind(|n| n.reference.as_deref() == Some(reference));
        match found {
            Some(notification) => ExpectedNotification::new(self, notification),
            None => Why::new(self, reference)
                .fail(&format!("a notification about {reference:?}"), "there is none"),
        }
    }

    /// Asserts that nothing was, or is going to be, sent about this reference.
    ///
    /// # Panics
    ///
    /// There is a notification.
    #[track_caller]
    pub fn expect_no_notification(&self, reference: &str) {
        let found = self.notifications(None).into_iter().find(|n| n.reference.as_deref() == Some(reference));
        if let Some(notification) = found {
            let actual = format!(
                "there is one of {}, with {} attempts",
                notification.status,
                notification.attempts.len()
            );
            Why::new(self, reference).fail(&format!("no notification about {reference:?}"), &actual);
        }
    }

    /// Begins an assertion about the newest order with this reference.
    ///
    /// # Panics
    ///
    /// There is no such order. The message names those that there are.
    #[track_caller]
    pub fn expect_order(&self, reference: &str) -> ExpectedOrder<'_> {
        let found = self.newest_order(reference);
        match found {
            Some(order) => ExpectedOrder::new(self, order),
            None => Why::new(self, reference).fail(&format!("an order {reference:?}"), "there is none"),
        }
    }
}
