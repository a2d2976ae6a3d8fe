#![doc = include_str!("../README.md")]
//!
//! ## What an error tells
//!
//! [`CallError`] draws its line by a fact: whether the connection took the request's body. What was never
//! taken, and never will be, is [`ErrorKind::NotSent`]; everything after that is [`ErrorKind::MaybeSent`], or a
//! kind that says what came instead of an answer. A call that moves money is repeated by this crate only when it
//! was not sent, or when the caller said that the server carries a call with a `Pockyt-Request-ID` out at most
//! once ([`ClientBuilder::server_honours_request_ids`]); one with a card number in it not even then. A refusal
//! that follows a lost attempt says nothing of that attempt, so it is as doubtful.
//!
//! [`Intent::of`] reads off any request what to ask after by: a payment's reference and price, a refund's own
//! reference, a payout's invoice. [`Client::call_with`] makes any call with extra fields, a key or a deadline.
//!
//! ## The stages of a call
//!
//! From the outside in: sign, idempotency key, total time, retry, limit of requests under way, trace,
//! one attempt, transport. Each is a `tower` layer; [`layers`] has the table and an example of using one
//! alone.
//!
//! ## Time
//!
//! Three budgets are on by default: 5 s to connect, 20 s an attempt, 60 s a call; a caller's own deadline
//! ([`CallOptions::within`]) wins when it is shorter. A call begins when its future is first polled: until then
//! no clock is read, and one that is made now and awaited later has all its time. Polling and the pauses
//! between attempts wait by the [`Timer`] given to the builder (tokio's by default), so that tests can let hours
//! pass at once. Against the mock with its manual clock give one that moves that clock, or polling waits in real
//! time for an order that stands still; the mock's README has it in eight lines.
//!
//! ## Polling
//!
//! [`Client::poll`] asks until the answer is final; [`Polling`] has the curve, the deadline and what to do
//! there. An order that stays open for two hours costs 263 questions, 53 of them in the first
//! fifteen minutes.
//! [`Client::poller`] gives the same step by step or as a stream, each step with a [`Ticket`] that can be
//! written down and resumed. Ten thousand polls at once share the limit of requests under way, and leave a
//! quarter of it to payments.
//!
//! ## The transport
//!
//! Any cloneable `tower::Service` of HTTP requests ([`ClientBuilder::build_on`]). The default is hyper, with
//! hyper-util's connector and rustls, over connections that are kept: as many idle ones as requests may be under
//! way, none used again after 10 s and each closed after 15 s at the latest. An HTTP/1.1 connection is run by
//! the call that is on it; one that the server has closed meanwhile is passed over before anything is written,
//! and one whose answer came before its request was written to the end is not used again. One of HTTP/2, on which
//! a call was given up before its answer came, takes no others. The transport sends nothing a second time
//! (repeating is decided above it), redirects are never followed, an answer above 1 MiB or with more than 100
//! headers is an error.
//!
//! ## Cancel safety
//!
//! Dropping a call that moves money may leave it carried out: treat it like a lost answer. Dropping
//! [`Client::poll`] leaves nothing behind, except a cancel that it may have sent at its deadline.
//!
//! ## Features
//!
//! | Feature | Gives |
//! | --- | --- |
//! | `tls` (default) | `ring` and `webpki-roots` |
//! | `http2` (default) | HTTP/2 where the server offers it |
//! | `ring`, `aws-lc-rs` | the cryptography of TLS |
//! | `webpki-roots`, `native-roots`, `platform-verifier` | whom TLS trusts |
//! | `metrics` | counters and histograms by the `metrics` facade, listed in docs/operations.md |
//!
//! Without any of them the crate makes calls over plain HTTP to this machine, which is what a mock wants.

mod call;
mod client;
mod confirm;
mod credentials;
mod environment;
mod error;
pub mod layers;
mod message;
mod observe;
mod pairs;
mod poll;
mod random;
mod retry_after;
mod settle;
mod timer;
mod transport;

pub use call::CallOptions;
pub use client::{Client, ClientBuilder, groups};
pub use credentials::Credentials;
pub use environment::{Environment, EnvironmentError};
pub use error::{BuildError, CallError, ErrorKind};
pub use layers::{GivenUp, RequestBody};
pub use message::{Budget, Call, CallFacts, Cause, Failure, TimedOut, Unsigned};
pub use poll::{
    AtDeadline, Observation, Observations, PollError, Poller, Polling, Settled, Ticket, UnreadableTicket,
    What,
};
pub use random::{InvalidRequestId, Randomness, RequestId};
pub use settle::{Intent, Outcome};
pub use timer::{Timer, TokioTimer};
#[cfg(feature = "__tls")]
pub use transport::{Crypto, Roots, Tls};

/// How a request's parameters travel. Pockyt takes both, with the same signature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BodyForm {
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `application/json`, all values as strings.
    #[default]
    Json,
}
