#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

//! The SQLite store: the suite, opening, work in its transaction, failures, and durability.

mod child;
mod crashes;
mod durability;
mod failures;
mod opening;
mod queue;
mod suite;
mod support;
mod work;
