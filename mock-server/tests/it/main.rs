//! The mock over real sockets.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

mod api;
mod binary;
mod cashier;
mod control;
mod delivery;
mod determinism;
mod guard;
mod lifecycle;
mod lost_reply;
mod namespaces;
mod own_address;
mod readme;
mod support;
