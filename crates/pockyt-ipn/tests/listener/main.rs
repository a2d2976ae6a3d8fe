#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

//! The listener from outside.

mod answers;
mod cuts;
mod exactly_once;
mod handing_over;
mod keys;
mod running;
mod service;
mod sockets;
mod support;
