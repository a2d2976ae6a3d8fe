#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

//! What was answered `success` is kept: a listener on SQLite in a process of its own, to which the mock sends
//! notifications over real sockets, and which is killed, cut off from its disk, or finds its store failing.

mod child;
mod crashes;
mod failing;
mod folder;
mod pockyt;
mod power;
mod program;
