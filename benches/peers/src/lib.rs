//! One query of an order, asked in three ways of one server.
//!
//! * [`pockyt`](contender::Pockyt) is pockyt-client as an application uses it: a typed request is made,
//!   checked, signed and sent, and the answer read as a typed transaction.
//! * [`bare`](contender::Bare) is the floor: hyper-util's own client sends the same bytes, made beforehand,
//!   and looks at nothing but the answer's length.
//! * [`reqwest`](contender::Reqwest) is the obvious way: reqwest, serde_json, and a signer of a sorted map
//!   and `format!`.
//!
//! The server is plain hyper on a thread of its own and answers everything alike.

pub mod contender;
pub mod query;
pub mod server;

/// What goes wrong here ends the measurement.
pub type Error = Box<dyn std::error::Error + Send + Sync>;
