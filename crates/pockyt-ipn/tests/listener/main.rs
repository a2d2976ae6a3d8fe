#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

//! The listener from outside.

mod admin;
mod answers;
mod asking;
mod confirming;
mod cuts;
mod exactly_once;
mod expecting;
mod handing_over;
mod keys;
mod kinds;
mod router;
mod running;
mod sealing;
mod service;
mod sockets;
mod stopping;
mod support;
mod table;
#[cfg(feature = "sqlite")]
mod transactions;
