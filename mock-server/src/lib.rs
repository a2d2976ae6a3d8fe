//! A mock of the Pockyt payment API.
//!
//! [`MockPockyt`] runs the simulation of `pockyt-sim` behind a real HTTP server: the API with its
//! signatures, notifications posted to the merchant's listener and resent on schedule, the cashier
//! page, and a control API. Use it in-process in Rust tests, or run the binary `pockyt-mock serve`
//! beside code in any language; the README has its options and the control API.
//!
//! Time is manual by default, so that two hours of resends pass in milliseconds and two runs can write
//! the same journal; [`ClockMode::Manual`] says when they do.
//!
//! # Example
//!
//! A payment at the till whose answer is lost, and a customer who takes twenty seconds. The request is the
//! one that Pockyt's documentation prints, for an order that every mock has from the start.
//!
//! ```
//! use std::time::Duration;
//!
//! use pockyt_mock::{Fault, FaultKind, MockPockyt, ReplyLost, Script, Status, Wallet};
//! use tower_service::Service;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let mock = MockPockyt::start().await?;
//! mock.script(Script::new("test20200101206", Wallet::ConfirmAfter(Duration::from_secs(20))))?;
//! mock.fault(Fault::new("test20200101206", FaultKind::LoseReply).operation("pay"))?;
//!
//! let pay = r#"{"merchantNo": "200043", "storeNo": "300014", "transactionNo": "297553636764407286",
//!     "paymentBarcode": "286498530672949108", "vendor": "alipay",
//!     "verifySign": "f38965887c5676e2fb19d951251eb613"}"#;
//! let request = http::Request::post("/app-instore/v3/pay")
//!     .header("content-type", "application/json")
//!     .body(pay.to_owned())?;
//! // A client with a socket would ask mock.url() and see the connection end without an answer.
//! assert_eq!(mock.transport().call(request).await.unwrap_err(), ReplyLost);
//!
//! // It was carried out all the same.
//! let status = || mock.transaction("297553636764407286").map(|order| order.status);
//! assert_eq!(status(), Some(Status::Pending));
//! mock.advance(Duration::from_secs(20)).await;
//! assert_eq!(status(), Some(Status::Success));
//! assert!(mock.journal_lines().iter().any(|line| line.contains(r#""event":"faultUsed""#)));
//! # Ok(()) }
//! # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
//! ```
//!
//! # What to call
//!
//! | To | Call |
//! | --- | --- |
//! | start | [`MockPockyt::start`], or [`MockPockyt::builder`] for seed, clock, accounts, schedule, names |
//! | reach it | [`MockPockyt::url`]; without a socket [`MockPockyt::transport`] or [`MockPockyt::router`] |
//! | say what customers will do | [`MockPockyt::script`] |
//! | be the customer now | [`MockPockyt::approve`], [`MockPockyt::decline`], [`MockPockyt::expire`] |
//! | need no socket at all | [`Builder::without_socket`], [`Builder::listener`] |
//! | break calls, connections, notifications | [`MockPockyt::fault`], [`MockPockyt::unfired_faults`] |
//! | let time pass | [`MockPockyt::advance`], [`MockPockyt::advance_to_next`], [`MockPockyt::settle`] |
//! | send a notification once more | [`MockPockyt::resend`] |
//! | hear of deliveries as they end | [`Builder::on_delivery`] |
//! | look | [`MockPockyt::transactions`], [`MockPockyt::notifications`], [`MockPockyt::journal`] |
//! | assert | [`MockPockyt::expect_notification`], [`MockPockyt::expect_order`], [`Journal::expect_same`] |
//! | begin again | [`MockPockyt::reset`], [`MockPockyt::reset_merchant`] |
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

mod authority;
mod builder;
mod clock;
mod delivery;
mod egress;
mod ending;
mod harness;
mod mock;
mod observer;
mod pump;
mod server;
pub mod simulate;
mod tls;
mod transport;
mod web;
mod world;

pub use authority::AuthorityError;
pub use builder::Builder;
pub use clock::{ClockMode, MANUAL_START, UnknownClock};
pub use egress::{Allow, NotADestination};
pub use ending::Broken;
pub use harness::{ExpectedNotification, ExpectedOrder, Journal};
pub use mock::MockPockyt;
pub use transport::{ReplyLost, Transport, TransportError};

pub use pockyt_sim::{
    Account, AccountError, AttemptId, AttemptView, BadBody, BadHeaders, ConnectionFault, ControlError,
    FailureReason, Fault, FaultKind, FaultProfile, JournalCounts, JournalEntry, JournalEvent, Millis,
    NotificationFault, NotificationId, NotificationKind, NotificationView, Profile, RequestRecord, Schedule,
    Script, Status, TransactionView, Verdict, Wallet,
};

/// The snippets of the manual.
#[cfg(doctest)]
#[doc = include_str!("../../docs/mock.md")]
struct Manual;

/// The snippets of the guide.
#[cfg(doctest)]
#[doc = include_str!("../../docs/testing.md")]
struct Guide;
