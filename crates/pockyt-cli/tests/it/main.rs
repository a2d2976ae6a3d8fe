//! The built program from the outside: what it reads, prints and ends with.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

#[cfg(all(feature = "client", feature = "listen", unix))]
mod asking;
mod explain;
mod lines;
#[cfg(all(feature = "listen", unix))]
mod listening;
mod people;
#[cfg(all(feature = "listen", unix))]
mod pruning;
#[cfg(feature = "client")]
mod remote;
mod support;
mod token;
