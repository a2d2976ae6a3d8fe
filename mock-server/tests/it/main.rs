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
mod faults;
mod guard;
mod lifecycle;
mod lost_reply;
mod manual;
mod namespaces;
mod own_address;
mod protocols;
mod readme;
#[path = "../support/mod.rs"]
mod support;
mod tls;
