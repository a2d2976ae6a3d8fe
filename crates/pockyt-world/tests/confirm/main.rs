#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

//! A listener that asks: the mock posts to it over a socket, its doubts are settled by a real client at the same
//! mock, and time is the mock's. Each case is played on a store in memory and on SQLite.

#[expect(dead_code, reason = "the durability tests use more of it")]
#[path = "../durability/folder.rs"]
mod folder;

mod cuts;
mod doubts;
mod every_call;
mod expecting;
mod payouts;
mod policies;
mod sealed;
mod unreachable;
mod world;
