//! The whole world in one process: a merchant with a client and a listener, the mock Pockyt, customers,
//! and people who send what they should not.
//!
//! Not published. `cargo xtask demo` plays [`stories`] over real sockets on loopback; `cargo xtask ci`
//! sets the simulator's catalogue beside the client's model with [`catalogue`].

pub mod catalogue;
pub mod choices;
pub mod clockwork;
pub mod demo;
pub mod endpoints;
mod folder;
mod hostile;
mod http;
mod narrator;
mod shop;
mod stage;
pub mod stories;

pub use narrator::Narrator;

/// The code in the project's own documents is compiled and run as tests.
#[cfg(doctest)]
mod documents {
    #[doc = include_str!("../../../README.md")]
    struct Readme;

    #[doc = include_str!("../../../mock-server/README.md")]
    struct Mock;

    #[doc = include_str!("../../pockyt-ipn/README.md")]
    struct Listener;
}
