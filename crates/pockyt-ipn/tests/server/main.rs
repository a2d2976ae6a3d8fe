#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

//! The server from outside: over sockets where bytes matter, over pipes where time does.

#[cfg(feature = "metrics")]
mod counted;
mod health;
mod slow;
mod sources;
mod stopping;
mod support;
mod tricks;
