//! The mock over real sockets.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

mod api;
mod bad_input;
mod binary;
mod cashier;
mod control;
mod delivery;
mod determinism;
mod events;
mod faults;
mod guard;
mod guide;
mod harness;
mod lifecycle;
mod lost_reply;
mod manual;
mod many_threads;
mod namespaces;
mod no_socket;
mod openapi;
mod own_address;
mod paging;
mod portions;
mod protocols;
mod readme;
mod seeds;
mod shell;
mod simulate;
#[path = "../support/mod.rs"]
mod support;
mod tls;
