//! The mock, and the clock that ties the client's time to its.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use pockyt_client::{Client, ClientBuilder, Credentials, Environment, Timer};
use pockyt_mock::MockPockyt;
use pockyt_model::{Clock, Merchant, UtcMillis};
use pockyt_sign::ApiToken;

/// One of the accounts whose tokens Pockyt publishes; every mock has it.
pub(crate) fn credentials() -> Credentials {
    let token = ApiToken::new("5cbfb079f15b150122261c8537086d77a").unwrap();
    Credentials::new(Merchant::new("200043", "300014").unwrap(), &token)
}

/// The mock's manual clock: when the client waits, it moves.
#[derive(Clone)]
pub(crate) struct MockClock(pub(crate) Arc<MockPockyt>);

impl Timer for MockClock {
    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.0.now().0)
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(self.0.advance(duration))
    }
}

impl Clock for MockClock {
    fn now(&self) -> UtcMillis {
        UtcMillis::new(self.0.now().0)
    }
}

pub(crate) fn builder(mock: &Arc<MockPockyt>) -> ClientBuilder {
    let clock = MockClock(mock.clone());
    Client::builder(Environment::at(mock.url()).unwrap(), credentials())
        .timer(clock.clone())
        .clock(clock)
        .jitter_seed(3)
}
