//! How calls, polls and settlements behave: through services without a socket, through pipes with paused
//! time, and through real sockets.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]
#![allow(clippy::disallowed_methods, reason = "a test's server is a task of the test")]
#![allow(clippy::unnecessary_wraps, reason = "a play answers with an option: none is a broken connection")]

mod budgets;
mod calls;
mod canary;
mod conformance;
#[cfg(feature = "metrics")]
mod counted;
mod doubts;
mod evidence;
mod examples;
mod faults;
mod hostile;
#[cfg(all(feature = "tls", feature = "http2"))]
mod http2;
mod intents;
mod limits;
mod mixing;
mod mock;
mod never_twice;
mod phases;
mod polling;
mod pool;
mod resuming;
mod retrying;
mod settling;
mod stages;
mod support;
#[cfg(feature = "tls")]
mod tls;
