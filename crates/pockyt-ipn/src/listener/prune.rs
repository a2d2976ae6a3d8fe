//! Removing old records.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use pockyt_model::UtcMillis;
use pockyt_store::{Finished, Inbox, InboxAdmin, StoreError};

use crate::Listener;

/// How many records go in one call of the store, so that nobody waits for long behind it.
const PORTION: usize = 500;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How long finished records are kept after they last changed. What makes a message a duplicate is kept for
/// ever, so that pruning lets nothing in again.
///
/// By default what is handled or dismissed is kept for 90 days, and what waits for people until they decide. Ages go by
/// the listener's clock: while it runs months ahead, records go that are younger than they seem, and what is recorded
/// then stays for so much longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Retention {
    handled: Duration,
    undecided: Option<Duration>,
}

impl Default for Retention {
    fn default() -> Self {
        Self { handled: 90 * DAY, undecided: None }
    }
}

impl Retention {
    /// How long what is handled or dismissed is kept.
    pub fn handled(self, age: Duration) -> Self {
        Self { handled: age, ..self }
    }

    /// How long dead letters and what is in quarantine are kept; for ever unless set.
    pub fn undecided(self, age: Duration) -> Self {
        Self { undecided: Some(age), ..self }
    }

    fn ages(self) -> impl Iterator<Item = (Finished, Duration)> {
        let handled = [Finished::Dismissed, Finished::Done].map(|state| (state, Some(self.handled)));
        let undecided = [Finished::Dead, Finished::Quarantined].map(|state| (state, self.undecided));
        handled.into_iter().chain(undecided).filter_map(|(state, age)| Some((state, age?)))
    }
}

impl<I: Inbox + InboxAdmin> Listener<I> {
    /// Removes the records that have grown too old, of all routes of the inbox, and says how many.
    ///
    /// # Errors
    ///
    /// The store failed. What was removed before that is removed.
    pub async fn prune(&self, retention: Retention) -> Result<usize, StoreError> {
        let now = self.shared.clock.now().get();
        let mut pruned = 0;
        for (state, age) in retention.ages() {
            let age = u64::try_from(age.as_millis()).unwrap_or(u64::MAX);
            let before = UtcMillis::new(now.saturating_sub(age));
            loop {
                let removed = self.inbox().prune(state, before, PORTION).await?;
                pruned += removed;
                if removed < PORTION {
                    break;
                }
            }
        }
        Ok(pruned)
    }

    /// Prunes every so often until `stop` ends: for a task of its own, in one of the programs that share an
    /// inbox. A store that fails is asked again next time. Waiting goes by tokio's timers, ages by the
    /// listener's clock.
    pub async fn prune_until(&self, retention: Retention, every: Duration, stop: impl Future<Output = ()>) {
        let mut stop = pin!(stop);
        let mut pruning = pin!(async {
            loop {
                match self.prune(retention).await {
                    Ok(pruned) => tracing::debug!(pruned, "ipn pruned"),
                    Err(error) => tracing::error!(kind = ?error.kind(), "ipn store failed"),
                }
                tokio::time::sleep(every).await;
            }
        });
        poll_fn(|context| {
            if stop.as_mut().poll(context).is_ready() {
                return Poll::Ready(());
            }
            // It never ends by itself.
            pruning.as_mut().poll(context).map(|never: std::convert::Infallible| match never {})
        })
        .await;
    }
}
