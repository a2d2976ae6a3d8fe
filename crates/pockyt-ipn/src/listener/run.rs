//! Handing over what was recorded.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use pockyt_store::{Claimed, FinishError, Inbox, Outcome, StoreError, StoreErrorKind};
use tokio::time::{Instant, timeout};

use super::prepare::Prepared;
use crate::{Handled, Handler, Listener, Notice, metrics};

/// How long to wait at most before looking again: another process may have left something behind.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How long to wait after the store failed.
const WAIT_FOR_STORE: Duration = Duration::from_secs(1);

/// How a notice is dealt with and its outcome written.
pub(crate) trait Work<I: Inbox>: Sync {
    fn work(
        &self,
        listener: &Listener<I>,
        claimed: &Claimed,
        notice: Notice,
        time: Duration,
    ) -> impl Future<Output = Result<Outcome, FinishError>> + Send;
}

/// By a handler, and then written.
pub(crate) struct ByHandler<'a, H>(pub(crate) &'a H);

impl<I: Inbox, H: Handler> Work<I> for ByHandler<'_, H> {
    async fn work(
        &self,
        listener: &Listener<I>,
        claimed: &Claimed,
        notice: Notice,
        time: Duration,
    ) -> Result<Outcome, FinishError> {
        let handled = match timeout(time, self.0.handle(&notice)).await {
            Ok(handled) => handled,
            Err(_) => Handled::retry("the handler took too long"),
        };
        let now = listener.shared.clock.now();
        let outcome = listener.shared.retries.outcome(handled, &claimed.notice, now);
        listener.finish(claimed, outcome).await
    }
}

impl<I: Inbox> Listener<I> {
    /// Hands over notices as they become due, one after the other, for ever.
    ///
    /// Spawn it as `tokio::spawn(async move { listener.run(handler).await })`, with a clone of the
    /// listener, or poll it beside the server; several at once share the work. Dropping it while a
    /// handler is at work is like a crash: the notice is handed over again when its lease has run out; see
    /// [`Self::run_until`] for another end. A store that fails is asked again every second.
    ///
    /// Waiting goes by tokio's timers, due times by the listener's clock. A clock that stands still
    /// needs [`Self::run_until_idle`].
    pub async fn run<H: Handler>(&self, handler: H) -> Infallible {
        loop {
            self.run_until(&handler, std::future::pending()).await;
        }
    }

    /// Hands over notices as [`Self::run`] does until `stop` ends, and returns once the notice in hand is
    /// finished and its outcome written.
    pub async fn run_until<H: Handler>(&self, handler: &H, stop: impl Future<Output = ()>) {
        self.work_until(&ByHandler(handler), stop).await;
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
        self.work_until_idle(&ByHandler(handler)).await
    }

    pub(crate) async fn work_until(&self, work: &impl Work<I>, stop: impl Future<Output = ()>) {
        let mut stop = pin!(stop);
        let mut ended = has_ended(stop.as_mut()).await;
        while !ended {
            let waiting;
            let wait = match self.step(work).await {
                Ok(true) => {
                    ended = has_ended(stop.as_mut()).await;
                    continue;
                }
                Ok(false) => {
                    waiting = self.shared.arrivals.waiting();
                    self.until_next_due().await.map(|wait| timeout(wait, waiting.told()))
                }
                Err(error) => Err(error),
            };
            match wait {
                // Whether it ends by a new notice or by the clock, the answer is to look again.
                Ok(wait) => ended = ends_before(stop.as_mut(), wait).await,
                Err(error) => {
                    tracing::error!(kind = ?error.kind(), "ipn store failed");
                    ended = ends_before(stop.as_mut(), tokio::time::sleep(WAIT_FOR_STORE)).await;
                }
            }
        }
    }

    pub(crate) async fn work_until_idle(&self, work: &impl Work<I>) -> Result<usize, StoreError> {
        let mut attempts = 0;
        while self.step(work).await? {
            attempts += 1;
        }
        Ok(attempts)
    }

    /// Deals with one notice, if there is one.
    async fn step(&self, work: &impl Work<I>) -> Result<bool, StoreError> {
        let began = Instant::now();
        let Some(claimed) = self.claim().await? else { return Ok(false) };
        self.attempt(work, claimed, began).await?;
        Ok(true)
    }

    async fn claim(&self) -> Result<Option<Claimed>, StoreError> {
        let shared = &self.shared;
        let claim = shared.inbox.claim(&shared.route, &shared.owner, shared.clock.now(), shared.lease);
        let claimed = self.in_lease_time(claim).await?;
        if let Some(Claimed { notice, taken_over_from: Some(_), .. }) = &claimed {
            metrics::lease_taken_over();
            tracing::warn!(tenant = self.tenant().as_str(), notice = notice.id.get(), "ipn lease taken over");
        }
        Ok(claimed)
    }

    async fn until_next_due(&self) -> Result<Duration, StoreError> {
        let due_at = self.in_store_time(self.shared.inbox.next_due(&self.shared.route)).await?;
        let wait = due_at.map_or(LONGEST_WAIT, |due_at| due_at.since(self.shared.clock.now()));
        // A claim that found nothing and a due time that has come are no contradiction when somebody
        // else took it meanwhile, or when clocks differ; the lower bound keeps that from spinning.
        Ok(wait.clamp(Duration::from_millis(1), LONGEST_WAIT))
    }

    /// `began` is a moment before the lease began.
    async fn attempt(&self, work: &impl Work<I>, claimed: Claimed, began: Instant) -> Result<(), StoreError> {
        // A handler has three quarters of the lease, less what it took to get it and to find out whether it may
        // begin.
        let cut_off = began + self.shared.lease * 3 / 4;
        let finished = match self.prepare(&claimed).await {
            Ok(Prepared::HandOver(notice)) => match cut_off.checked_duration_since(Instant::now()) {
                Some(time) => work.work(self, &claimed, *notice, time).await,
                // Somebody else may be about to take over, or has done so.
                None => self.finish(&claimed, self.too_late(&claimed)).await,
            },
            Ok(Prepared::Finish(outcome)) => self.finish(&claimed, outcome).await,
            Err(error) => Err(error),
        };
        match finished {
            Ok(outcome) => self.report(&claimed, &outcome),
            Err(FinishError::Store(error)) => return Err(error),
            Err(_) => {
                self.shared.counters.lease_lost();
                tracing::warn!(notice = claimed.notice.id.get(), "ipn lease lost");
            }
        }
        Ok(())
    }

    fn too_late(&self, claimed: &Claimed) -> Outcome {
        // Nobody worked on it, and when a store or Pockyt is slow, all notices are late at once.
        let handled = Handled::deferred("finding out whether it may be handed over took too long");
        self.shared.retries.outcome(handled, &claimed.notice, self.shared.clock.now())
    }

    async fn finish(&self, claimed: &Claimed, outcome: Outcome) -> Result<Outcome, FinishError> {
        let now = self.shared.clock.now();
        self.in_lease_time(self.shared.inbox.finish(&claimed.lease, outcome.clone(), now)).await?;
        Ok(outcome)
    }

    /// What the store answers, unless it takes longer than a request would wait for it: a call that is never
    /// answered must not hold up all others for ever.
    pub(super) async fn in_store_time<T, E: From<StoreError>>(
        &self,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        answered_within(self.shared.limits.store_time, call).await
    }

    /// The same for what takes or ends a lease. It may be done although nobody hears of it, so it is waited for as
    /// long as the lease lasts: cut off earlier, the notice would be taken for one whose worker died, and be
    /// handled again by whoever comes next.
    pub(crate) async fn in_lease_time<T, E: From<StoreError>>(
        &self,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        answered_within(self.shared.lease.max(self.shared.limits.store_time), call).await
    }

    fn report(&self, claimed: &Claimed, outcome: &Outcome) {
        self.shared.counters.attempt(outcome);
        let tenant = self.shared.route.tenant().as_str();
        let (notice, attempt) = (claimed.notice.id.get(), claimed.notice.attempt());
        match outcome {
            Outcome::Dead { .. } => tracing::error!(tenant, notice, attempt, "ipn dead"),
            Outcome::Defer { .. } => tracing::info!(tenant, notice, attempt, "ipn deferred"),
            Outcome::Done => tracing::info!(tenant, notice, attempt, "ipn done"),
            // Whoever decided so has said why.
            Outcome::Quarantine { .. } => {}
            _ => tracing::warn!(tenant, notice, attempt, "ipn retried"),
        }
    }
}

async fn answered_within<T, E: From<StoreError>>(
    time: Duration,
    call: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let answered = timeout(time, call).await;
    answered.unwrap_or_else(|_| Err(StoreError::new(StoreErrorKind::Unavailable).into()))
}

/// Whether a future has ended by now.
async fn has_ended(mut future: Pin<&mut impl Future<Output = ()>>) -> bool {
    poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_ready())).await
}

/// Waits until one of the two ends, and says whether it was the first.
async fn ends_before<T>(
    mut stop: Pin<&mut impl Future<Output = ()>>,
    other: impl Future<Output = T>,
) -> bool {
    let mut other = pin!(other);
    poll_fn(|context| {
        if stop.as_mut().poll(context).is_ready() {
            return Poll::Ready(true);
        }
        other.as_mut().poll(context).map(|_| false)
    })
    .await
}
