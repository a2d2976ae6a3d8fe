//! Waiting, by a time that the caller can give.

use std::pin::Pin;
use std::time::Duration;

/// What [`Client::poll`](crate::Client::poll) and the pauses between attempts wait by.
///
/// A test can implement it over a mock's clock, so that two hours take no time.
pub trait Timer: Send + Sync {
    /// How long it is since some fixed moment; never goes back.
    fn elapsed(&self) -> Duration;

    /// Waits. A future that is dropped early waits no longer.
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

/// Tokio's time: real, or paused in tests.
#[derive(Clone, Copy, Debug)]
pub struct TokioTimer {
    start: tokio::time::Instant,
}

impl Default for TokioTimer {
    fn default() -> Self {
        // Only differences are used, and tokio's instant follows its paused clock.
        Self { start: tokio::time::Instant::now() }
    }
}

impl Timer for TokioTimer {
    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(duration))
    }
}
