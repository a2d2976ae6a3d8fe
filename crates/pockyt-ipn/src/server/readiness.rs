//! Whether the store keeps what it is given.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use pockyt_store::Inbox;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

/// How long an answer holds: checking writes something, and anybody can ask.
const HOLDS_FOR: Duration = Duration::from_secs(1);

/// How long a store may take that is worth being called ready.
const PATIENCE: Duration = Duration::from_secs(2);

type Check = Pin<Box<dyn Future<Output = bool> + Send>>;

#[derive(Clone)]
pub(super) struct Readiness {
    check: Arc<dyn Fn() -> Check + Send + Sync>,
    /// Held while the store is asked, so that those who ask meanwhile share the answer.
    last: Arc<Mutex<Option<(Instant, bool)>>>,
}

impl Readiness {
    pub(super) fn new<I: Inbox + 'static>(inbox: I) -> Self {
        let inbox = Arc::new(inbox);
        let check = move || -> Check {
            let inbox = Arc::clone(&inbox);
            Box::pin(async move { matches!(timeout(PATIENCE, inbox.check()).await, Ok(Ok(()))) })
        };
        Self { check: Arc::new(check), last: Arc::default() }
    }

    pub(super) async fn is_ready(&self) -> bool {
        let mut last = self.last.lock().await;
        match *last {
            Some((asked_at, is_ready)) if asked_at.elapsed() < HOLDS_FOR => is_ready,
            _ => {
                let is_ready = (self.check)().await;
                *last = Some((Instant::now(), is_ready));
                is_ready
            }
        }
    }
}
