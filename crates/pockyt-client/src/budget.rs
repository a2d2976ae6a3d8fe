//! The three time budgets of a call.

use std::time::Duration;

/// How long a call may take. The caller's own deadline, by dropping the future, always wins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budgets {
    pub(crate) connect: Duration,
    pub(crate) attempt: Duration,
    pub(crate) total: Duration,
}

impl Default for Budgets {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            attempt: Duration::from_secs(20),
            total: Duration::from_secs(60),
        }
    }
}
