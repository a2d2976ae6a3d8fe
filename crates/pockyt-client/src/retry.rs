//! Which calls are made again, and after what pause.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tower::retry::Policy;

use crate::timer::Timer;
use crate::transport::{Failure, Incoming, Outgoing};

/// At most three attempts, with pauses drawn evenly from nothing up to 250 ms, then 500 ms.
///
/// A request that no connection took is tried again whatever it does; one that may have been sent only
/// when repeating it changes nothing.
#[derive(Clone)]
pub(crate) struct Repeat {
    timer: Arc<dyn Timer>,
    jitter: Jitter,
    failed: u32,
}

const ATTEMPTS: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(250);

impl Repeat {
    pub(crate) fn new(timer: Arc<dyn Timer>, jitter: Jitter) -> Self {
        Self { timer, jitter, failed: 0 }
    }
}

impl Policy<Outgoing, Incoming, Failure> for Repeat {
    type Future = BoxFuture<'static, ()>;

    fn retry(
        &mut self,
        request: &mut Outgoing,
        result: &mut Result<Incoming, Failure>,
    ) -> Option<Self::Future> {
        let transient = match result {
            Ok(answer) => request.repeatable && answer.status().is_server_error(),
            Err(failure) => request.repeatable || !failure.sent,
        };
        self.failed += 1;
        if !transient || self.failed >= ATTEMPTS {
            return None;
        }
        let pause = self.jitter.below(FIRST_PAUSE * 2_u32.pow(self.failed - 1));
        tracing::debug!(target: "pockyt_client", attempt = self.failed, "trying again");
        let timer = self.timer.clone();
        Some(async move { timer.sleep(pause).await }.boxed())
    }

    fn clone_request(&mut self, request: &Outgoing) -> Option<Outgoing> {
        Some(request.clone())
    }
}

/// Random parts of pauses, from one seeded source.
#[derive(Clone, Debug)]
pub(crate) struct Jitter(Arc<Mutex<fastrand::Rng>>);

impl Jitter {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(fastrand::Rng::with_seed(seed))))
    }

    /// A number from 0 up to 1.
    pub(crate) fn unit(&self) -> f64 {
        // A poisoned lock holds a generator that is as good as before.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).f64()
    }

    fn below(&self, most: Duration) -> Duration {
        most.mul_f64(self.unit())
    }
}
