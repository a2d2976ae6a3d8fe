//! What stands before the service: health, the time for a request, and making room.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{Either, Full};
use hyper::body::Incoming;
use tokio::time::timeout;
use tower_service::Service;

use super::BoxError;
use super::body::RequestBody;
use super::readiness::Readiness;
use crate::source_limit::LimitedBody;

/// The body of whatever is answered.
pub(super) type Answer<B> = Either<LimitedBody<B>, Full<Bytes>>;

#[derive(Clone)]
pub(super) struct Front<S> {
    pub(super) service: S,
    pub(super) readiness: Option<Readiness>,
    pub(super) request_time: Duration,
    pub(super) is_full: Arc<AtomicBool>,
}

impl<S> Front<S> {
    pub(super) async fn answer<B>(self, request: Request<Incoming>) -> Response<Answer<B>>
    where
        S: Service<Request<RequestBody>, Response = Response<LimitedBody<B>>>,
        S::Error: Into<BoxError>,
    {
        let Self { service, readiness, request_time, is_full } = self;
        let mut response = match health(&request, readiness.as_ref()).await {
            Some(response) => response.map(Either::Right),
            None => serve(service, request, request_time).await,
        };
        if is_full.load(Ordering::Relaxed) {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

async fn health(request: &Request<Incoming>, readiness: Option<&Readiness>) -> Option<Response<Full<Bytes>>> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return None;
    }
    match (request.uri().path(), readiness) {
        ("/readyz", Some(readiness)) if !readiness.is_ready().await => {
            Some(text(StatusCode::SERVICE_UNAVAILABLE, "not ready"))
        }
        ("/healthz" | "/readyz", _) => Some(text(StatusCode::OK, "ok")),
        _ => None,
    }
}

async fn serve<S, B>(
    mut service: S,
    request: Request<Incoming>,
    request_time: Duration,
) -> Response<Answer<B>>
where
    S: Service<Request<RequestBody>, Response = Response<LimitedBody<B>>>,
    S::Error: Into<BoxError>,
{
    let (head, incoming) = request.into_parts();
    let (body, arrived) = RequestBody::new(incoming);
    let served = async {
        poll_fn(|context| service.poll_ready(context)).await?;
        service.call(Request::from_parts(head, body)).await
    };
    let (status, why) = match timeout(request_time, served).await {
        Ok(Ok(response)) => return response.map(Either::Left),
        Ok(Err(error)) => {
            let error: BoxError = error.into();
            tracing::error!(%error, "ipn service failed");
            (StatusCode::INTERNAL_SERVER_ERROR, "internal error")
        }
        Err(_) if arrived.is_complete() => (StatusCode::SERVICE_UNAVAILABLE, "try again later"),
        Err(_) => (StatusCode::REQUEST_TIMEOUT, "too slow"),
    };
    text(status, why).map(Either::Right)
}

fn text(status: StatusCode, body: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(body.as_bytes())));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    response
}
