//! Waiting for a clock that runs faster.

use std::pin::Pin;
use std::time::Duration;

use pockyt_client::{Timer, TokioTimer};

/// Time that goes by this many times faster: one second here is that many there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    real: TokioTimer,
    times: u32,
}

impl Pace {
    /// From `xN`, as the mock writes it.
    pub(crate) fn read(text: &str) -> Result<Self, &'static str> {
        let times = text.strip_prefix('x').and_then(|times| times.parse().ok()).filter(|times| *times > 0);
        Ok(Self { real: TokioTimer::default(), times: times.ok_or("a clock is xN, such as x60")? })
    }
}

impl Timer for Pace {
    fn elapsed(&self) -> Duration {
        self.real.elapsed().saturating_mul(self.times)
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        self.real.sleep(duration / self.times)
    }
}
