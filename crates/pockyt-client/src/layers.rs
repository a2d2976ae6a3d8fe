//! The stages of a call, each a `tower` layer that can be used by itself.
//!
//! From the outside in, as [`ClientBuilder`](crate::ClientBuilder) stacks them:
//!
//! | Stage | Takes | Does |
//! | --- | --- | --- |
//! | [`SignLayer`] | [`Unsigned`](crate::Unsigned) | adds merchant and extra fields, signs, makes the HTTP request |
//! | [`RequestIdLayer`] | HTTP request | puts `Pockyt-Request-ID` on calls that change something |
//! | [`DeadlineLayer`] | HTTP request | ends the call when its total time is over |
//! | [`RetryLayer`] | HTTP request | tries again what may be tried again, under a shared budget |
//! | [`LimitLayer`] | HTTP request | bounds the requests under way at once |
//! | [`TraceLayer`] | HTTP request | a span for each attempt |
//! | [`SendLayer`] | HTTP request | one attempt over any service of HTTP requests, within its time |
//!
//! A call is signed once: each attempt sends the same bytes under the same key. The wait for a place
//! under the limit counts for the call's time and not for the attempt's; the pause before another attempt
//! holds no place. [`SendLayer`] is the ground that the others stand on: it turns a service of HTTP
//! requests into one that collects the answer and says on failure whether the request was sent.
//!
//! The client has the same stages in the same order, with two differences that nobody sees: each of its
//! stages knows the type of the next, so that a call is one future in one box, and its total time and the
//! time of its attempts are kept by one timer, in [`DeadlineLayer`]'s stage.
//!
//! ```
//! use std::time::Duration;
//!
//! use bytes::Bytes;
//! use http_body_util::Full;
//! use pockyt_client::layers::{DeadlineLayer, SendLayer};
//! use pockyt_client::RequestBody;
//! use tower::{ServiceBuilder, ServiceExt as _};
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let echo = tower::service_fn(|request: http::Request<RequestBody>| async {
//!     Ok::<_, std::io::Error>(http::Response::new(request.into_body()))
//! });
//! let stack = ServiceBuilder::new()
//!     .layer(DeadlineLayer::new(Duration::from_secs(60)))
//!     .layer(SendLayer::new(Duration::from_secs(20)))
//!     .service(echo);
//! let answer = stack.oneshot(http::Request::new(Bytes::from("hello"))).await?;
//! assert_eq!(answer.body(), "hello");
//! # Ok(()) }
//! ```

mod deadline;
mod exchange;
mod limit;
mod outgoing;
mod request_id;
mod retry;
mod send;
mod sign;
mod trace;

pub use deadline::{Deadline, DeadlineLayer, Timed};
pub(crate) use exchange::TooLarge;
pub use limit::{Limit, LimitLayer, Limited};
pub use outgoing::Outgoing;
pub(crate) use outgoing::Signed;
pub use request_id::{REQUEST_ID, RequestIdLayer, WithRequestId};
pub use retry::{RetryLayer, RetryPolicy};
pub use send::{Attempt, GivenUp, RequestBody, Send, SendLayer};
pub use sign::{Sign, SignLayer};
pub use trace::{Trace, TraceLayer, Traced};

use bytes::Bytes;
use tower_service::Service;

use crate::message::{Failure, Incoming};

/// A service that the stages above [`SendLayer`] take. Implemented for every such service.
pub trait Stage<R = http::Request<Bytes>>:
    Service<R, Response = Incoming, Error = Failure, Future: core::marker::Send + 'static>
    + Clone
    + core::marker::Send
    + 'static
{
}

impl<S, R> Stage<R> for S where
    S: Service<R, Response = Incoming, Error = Failure, Future: core::marker::Send + 'static>
        + Clone
        + core::marker::Send
        + 'static
{
}
