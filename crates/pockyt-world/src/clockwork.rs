//! Ties the merchant's time to the mock's: when the merchant waits, the mock's clock moves.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use pockyt_client::Timer;
use pockyt_mock::{MANUAL_START, MockPockyt};
use pockyt_model::{Clock, UtcMillis};

/// The mock's manual clock, as the client's timer and the listener's clock.
#[derive(Clone, Debug)]
pub struct Clockwork(pub Arc<MockPockyt>);

impl Clockwork {
    /// Virtual time since the story began.
    pub fn since_start(&self) -> Duration {
        Duration::from_millis(self.0.now().0.saturating_sub(MANUAL_START.0))
    }
}

impl Timer for Clockwork {
    fn elapsed(&self) -> Duration {
        self.since_start()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(self.0.advance(duration))
    }
}

impl Clock for Clockwork {
    fn now(&self) -> UtcMillis {
        UtcMillis::new(self.0.now().0)
    }
}
