//! Which calls are made again, and after what pause.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::StatusCode;
use tower::retry::Policy;
use tower::retry::budget::{Budget as _, TpsBudget};

use super::Outgoing;
use crate::message::{Cause, Failure, Incoming};
use crate::observe;
use crate::random::{self, Randomness};
use crate::retry_after;
use crate::timer::Timer;

/// tower's retry layer with our policy.
pub type RetryLayer = tower::retry::RetryLayer<RetryPolicy>;

/// At most three attempts. The pause is drawn evenly from nothing up to 250 ms, doubled for each attempt
/// and never above 5 s, and is at least what `Retry-After` asks for.
///
/// * A request that no connection took is tried again whatever it does to money, unless the server's
///   certificate is not trusted.
/// * One that may have been sent is tried again only when repeating it changes nothing (a query, or an
///   operation that is idempotent by its own nature), or when it carries a `Pockyt-Request-ID` and the
///   caller said that the server honours it. The same holds for answers with status 408, 429 and 5xx.
/// * One that has a card number in it is never tried again once it may have been sent: it is asked after.
/// * When `Retry-After` goes beyond the call's deadline, the answer is given at once.
/// * All calls share a budget: a fifth more requests than succeed, and one a second besides. When it
///   is used up, failures are given at once, so that a server in trouble is not asked three times as much.
#[derive(Clone)]
pub struct RetryPolicy {
    shared: Arc<Shared>,
    honoured: bool,
    failed: u32,
}

struct Shared {
    timer: Arc<dyn Timer>,
    randomness: Arc<dyn Randomness>,
    budget: TpsBudget,
}

const ATTEMPTS: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
const BUDGET_WINDOW: Duration = Duration::from_secs(10);
const BUDGET_FLOOR: u32 = 1;
const BUDGET_SHARE: f32 = 0.2;

impl RetryPolicy {
    /// A policy with a budget of its own, shared by its clones.
    pub fn new(timer: Arc<dyn Timer>, randomness: Arc<dyn Randomness>) -> Self {
        let budget = TpsBudget::new(BUDGET_WINDOW, BUDGET_FLOOR, BUDGET_SHARE);
        Self { shared: Arc::new(Shared { timer, randomness, budget }), honoured: false, failed: 0 }
    }

    /// The server carries a call with a `Pockyt-Request-ID` out at most once, whatever the operation.
    #[must_use]
    pub fn honoured_request_id(mut self, honoured: bool) -> Self {
        self.honoured = honoured;
        self
    }

    fn may_repeat(&self, request: &impl Outgoing) -> bool {
        let call = request.call();
        let charges_card = call.is_some_and(|call| call.charges_card);
        let repeatable = call.is_some_and(|call| call.facts().is_repeatable());
        repeatable || (self.honoured && !charges_card && request.has_request_id())
    }

    fn is_transient(&self, request: &impl Outgoing, result: &Result<Incoming, Failure>) -> bool {
        match result {
            Ok(answer) => is_busy(answer.status()) && self.may_repeat(request),
            Err(failure) => match failure.cause {
                Cause::Refused | Cause::Untrusted | Cause::TooLarge => false,
                Cause::Connection | Cause::NotHttp | Cause::TimedOut(_) => {
                    !failure.sent || self.may_repeat(request)
                }
            },
        }
    }

    fn pause(&self) -> Duration {
        let most = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(self.failed.saturating_sub(1)));
        most.min(LONGEST_PAUSE).mul_f64(random::unit(&*self.shared.randomness))
    }
}

/// Statuses that speak of the moment and not of the request.
fn is_busy(status: StatusCode) -> bool {
    status.is_server_error() || matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS)
}

impl<R: Outgoing> Policy<R, Incoming, Failure> for RetryPolicy {
    type Future = BoxFuture<'static, ()>;

    fn retry(&mut self, request: &mut R, result: &mut Result<Incoming, Failure>) -> Option<Self::Future> {
        if !self.is_transient(request, result) {
            if result.is_ok() {
                self.shared.budget.deposit();
            }
            return None;
        }
        self.failed += 1;
        if self.failed >= ATTEMPTS {
            return None;
        }
        let mut pause = self.pause();
        if let Some(asked) = result.as_ref().ok().and_then(retry_after::of) {
            pause = pause.max(asked);
        }
        let call = request.call();
        let until = call.and_then(|call| call.until);
        if until.is_some_and(|until| until.saturating_duration_since(tokio::time::Instant::now()) <= pause) {
            return None;
        }
        let operation = call.map_or("", |call| call.facts().operation);
        if !self.shared.budget.withdraw() {
            observe::retry_refused(operation);
            tracing::debug!(target: "pockyt_client", operation, "the retry budget is used up");
            return None;
        }
        observe::retry(operation);
        tracing::debug!(target: "pockyt_client", operation, attempt = self.failed, "trying again");
        let shared = self.shared.clone();
        Some(async move { shared.timer.sleep(pause).await }.boxed())
    }

    fn clone_request(&mut self, request: &R) -> Option<R> {
        Some(request.clone())
    }
}

impl fmt::Debug for RetryPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryPolicy").field("honoured", &self.honoured).finish_non_exhaustive()
    }
}
