//! Handing over what was recorded.

use std::convert::Infallible;
use std::time::Duration;

use pockyt_store::{Claimed, FinishError, Inbox, Outcome, StoreError, StoredNotice};
use tokio::time::timeout;

use crate::notice::Unreadable;
use crate::{Handled, Handler, Listener, Notice};

/// How long to wait at most before looking again: another process may have left something behind.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How long to wait after the store failed.
const WAIT_FOR_STORE: Duration = Duration::from_secs(1);

impl<I: Inbox> Listener<I> {
    /// Hands over notices as they become due, one after the other, for ever.
    ///
    /// Spawn it as `tokio::spawn(async move { listener.run(handler).await })`, with a clone of the
    /// listener, or poll it beside the server; several at once share the work. Dropping it while a
    /// handler is at work is like a crash: the notice is handed over again when its lease has run out.
    /// A store that fails is asked again every second.
    ///
    /// Waiting goes by tokio's timers, due times by the listener's clock. A clock that stands still
    /// needs [`Self::run_until_idle`].
    pub async fn run<H: Handler>(&self, handler: H) -> Infallible {
        loop {
            let wait = match self.run_until_idle(&handler).await {
                Ok(_) => self.until_next_due().await,
                Err(error) => Err(error),
            };
            match wait {
                // Whether it ends by a new notice or by the clock, the answer is to look again.
                Ok(wait) => drop(timeout(wait, self.shared.arrived.notified()).await),
                Err(error) => {
                    tracing::error!(kind = ?error.kind(), "ipn store failed");
                    tokio::time::sleep(WAIT_FOR_STORE).await;
                }
            }
        }
    }

    /// Hands over every notice that is due now and says how many attempts that took.
    ///
    /// For tests, for programs that run now and then, and for those with a loop of their own. It needs
    /// tokio's timers, since a handler's time is limited.
    ///
    /// # Errors
    ///
    /// The store failed. What was handled before that stays handled, but a notice whose outcome could
    /// not be written is handed over again when its lease has run out.
    pub async fn run_until_idle<H: Handler>(&self, handler: &H) -> Result<usize, StoreError> {
        let mut attempts = 0;
        while let Some(claimed) = self.claim().await? {
            self.attempt(handler, claimed).await?;
            attempts += 1;
        }
        Ok(attempts)
    }

    async fn claim(&self) -> Result<Option<Claimed>, StoreError> {
        let shared = &self.shared;
        shared.inbox.claim(&shared.route, &shared.owner, shared.clock.now(), shared.lease).await
    }

    async fn until_next_due(&self) -> Result<Duration, StoreError> {
        let due_at = self.shared.inbox.next_due(&self.shared.route).await?;
        let wait = due_at.map_or(LONGEST_WAIT, |due_at| due_at.since(self.shared.clock.now()));
        // A claim that found nothing and a due time that has come are no contradiction when somebody
        // else took it meanwhile, or when clocks differ; the lower bound keeps that from spinning.
        Ok(wait.clamp(Duration::from_millis(1), LONGEST_WAIT))
    }

    async fn attempt<H: Handler>(&self, handler: &H, claimed: Claimed) -> Result<(), StoreError> {
        let handled = self.hand_over(handler, &claimed).await;
        let now = self.shared.clock.now();
        let outcome = self.shared.retries.outcome(handled, &claimed.notice, now);
        match self.shared.inbox.finish(&claimed.lease, outcome.clone(), now).await {
            Ok(()) => self.report(&claimed, &outcome),
            Err(FinishError::Store(error)) => return Err(error),
            Err(_) => {
                self.shared.counters.lease_lost();
                tracing::warn!(notice = claimed.notice.id.get(), "ipn lease lost");
            }
        }
        Ok(())
    }

    fn report(&self, claimed: &Claimed, outcome: &Outcome) {
        self.shared.counters.attempt(outcome);
        let tenant = self.shared.route.tenant().as_str();
        let (notice, attempt) = (claimed.notice.id.get(), claimed.notice.attempt());
        match outcome {
            Outcome::Dead { .. } => tracing::error!(tenant, notice, attempt, "ipn dead"),
            Outcome::Defer { .. } => tracing::info!(tenant, notice, attempt, "ipn deferred"),
            Outcome::Done => tracing::info!(tenant, notice, attempt, "ipn done"),
            _ => tracing::warn!(tenant, notice, attempt, "ipn retried"),
        }
    }

    fn report_unreadable(&self, stored: &StoredNotice, unreadable: Unreadable) {
        self.shared.counters.unreadable();
        let tenant = self.shared.route.tenant().as_str();
        let (notice, attempt, reason) = (stored.id.get(), stored.attempt(), unreadable.as_str());
        tracing::error!(tenant, notice, attempt, reason, "ipn unreadable");
    }

    async fn hand_over<H: Handler>(&self, handler: &H, claimed: &Claimed) -> Handled {
        let stored = &claimed.notice;
        if stored.failures >= self.shared.retries.attempts {
            return Handled::dead("every attempt ended without a word");
        }
        let notice = match Notice::read(stored, &self.shared.keys) {
            Ok(notice) => notice,
            Err(unreadable) => {
                self.report_unreadable(stored, unreadable);
                return Handled::deferred(unreadable.to_string());
            }
        };
        let time = self.shared.lease * 3 / 4;
        match timeout(time, handler.handle(&notice)).await {
            Ok(handled) => handled,
            Err(_) => Handled::retry("the handler took too long"),
        }
    }
}
