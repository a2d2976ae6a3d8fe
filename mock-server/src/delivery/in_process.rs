//! A listener that is a service in this process.

use std::future::poll_fn;
use std::pin::Pin;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Body;
use pockyt_sim::{DeliveryOutcome, FailureReason};
use tokio::task::JoinSet;
use tower_service::Service;

use super::first_bytes;

type Outcome = Result<DeliveryOutcome, FailureReason>;
type Exchange = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// Where over a socket the connection would break, it says that it was reset.
pub(super) struct InProcess(Box<dyn Fn(Request<Full<Bytes>>) -> Exchange + Send + Sync>);

impl InProcess {
    pub(super) fn new<S, B>(service: S) -> Self
    where
        S: Service<Request<Full<Bytes>>, Response = Response<B>> + Clone + Send + Sync + 'static,
        S::Error: Send,
        S::Future: Send,
        B: Body<Data = Bytes> + Send + 'static,
    {
        Self(Box::new(move |request| {
            let mut service = service.clone();
            Box::pin(async move {
                poll_fn(|context| service.poll_ready(context)).await.map_err(|_| FailureReason::Reset)?;
                let answer = service.call(request).await.map_err(|_| FailureReason::Reset)?;
                first_bytes(answer).await.map_err(|_| FailureReason::Reset)
            })
        }))
    }

    /// In a task of its own, so that a panic ends this delivery and not all of them. It ends when this future is
    /// dropped.
    pub(super) async fn deliver(&self, request: Request<Full<Bytes>>) -> Outcome {
        let mut task = JoinSet::new();
        task.spawn((self.0)(request));
        task.join_next().await.and_then(Result::ok).unwrap_or(Err(FailureReason::Reset))
    }
}
