//! A mock of the Pockyt payment API.
//!
//! [`MockPockyt`] runs the simulation of `pockyt-sim` behind a real HTTP server: the API with its
//! signatures, notifications posted to the merchant's listener and resent on schedule, the cashier
//! page, and a control API. Use it in-process in Rust tests, or run the binary `pockyt-mock serve`
//! beside code in any language.
//!
//! Time is manual by default, so that two hours of resends pass in milliseconds and two runs can write
//! the same journal; [`ClockMode::Manual`] says when they do.
//!
//! # What it is not
//!
//! It is not Pockyt. Where Pockyt's documents contradict one another or are silent, it makes a choice
//! that a [`Profile`] names. It is a test tool: it keeps everything in memory and should not face the
//! internet.
//!
//! # Stability
//!
//! Before 1.0. The control API's paths and the command line's options stay; `axum`, `http` and
//! `pockyt-sim` types are part of the interface and move with their versions.

mod builder;
mod clock;
mod delivery;
mod egress;
mod mock;
mod pump;
mod server;
mod transport;
mod web;
mod world;

pub use builder::Builder;
pub use clock::{ClockMode, MANUAL_START, UnknownClock};
pub use egress::{Allow, NotADestination};
pub use mock::MockPockyt;
pub use transport::{ReplyLost, Transport};

pub use pockyt_sim::{
    AttemptId, AttemptView, ControlError, FailureReason, Fault, FaultKind, JournalCounts, Merchant, Millis,
    NotificationId, NotificationView, Profile, Schedule, Script, Status, TransactionView, Verdict, Wallet,
};

/// Its examples are compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
