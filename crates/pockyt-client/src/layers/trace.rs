//! A span for each attempt, with the OpenTelemetry names of an HTTP client.

use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tower_layer::Layer;
use tower_service::Service;
use tracing::field::Empty;
use tracing::{Instrument as _, Span};

use super::Stage;
use crate::message::{Call, Failure, Incoming};
use crate::observe;

/// Opens a `tracing` span for each attempt, named by OpenTelemetry's conventions for HTTP clients, and
/// counts attempts. Neither bodies nor headers are looked at.
#[derive(Clone, Copy, Debug, Default)]
pub struct TraceLayer;

impl<S> Layer<S> for TraceLayer {
    type Service = Trace<S>;

    fn layer(&self, inner: S) -> Trace<S> {
        Trace(inner)
    }
}

/// The service of [`TraceLayer`].
#[derive(Clone, Debug)]
pub struct Trace<S>(S);

impl<S: Stage> Service<http::Request<Bytes>> for Trace<S> {
    type Response = Incoming;
    type Error = Failure;
    type Future = BoxFuture<'static, Result<Incoming, Failure>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: http::Request<Bytes>) -> Self::Future {
        let call = request.extensions().get::<Call>();
        let operation = call.map_or("", |call| call.facts().operation);
        let span = span_of(&request, call);
        let exchange = self.0.call(request);
        let attempt = span.clone();
        async move {
            let result = exchange.await;
            match &result {
                Ok(answer) => {
                    attempt.record("http.response.status_code", answer.status().as_u16());
                    attempt.record("network.protocol.version", protocol(answer.version()));
                    if !answer.status().is_success() {
                        attempt.record("error.type", answer.status().as_str());
                    }
                    observe::attempt(operation, answer.status().as_str());
                }
                Err(failure) => {
                    attempt.record("error.type", failure.kind());
                    observe::attempt(operation, failure.kind());
                }
            }
            result
        }
        .instrument(span)
        .boxed()
    }
}

fn span_of(request: &http::Request<Bytes>, call: Option<&Call>) -> Span {
    let uri = request.uri();
    let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("https") { 443 } else { 80 });
    let span = tracing::debug_span!(
        target: "pockyt_client",
        "http.client.request",
        otel.kind = "client",
        otel.name = request.method().as_str(),
        http.request.method = request.method().as_str(),
        http.request.resend_count = Empty,
        http.response.status_code = Empty,
        server.address = uri.host().unwrap_or_default(),
        server.port = port,
        url.full = %uri,
        network.protocol.version = Empty,
        error.type = Empty,
        pockyt.operation = call.map_or("", |call| call.facts().operation),
    );
    // OpenTelemetry wants it only when there was an attempt before this one.
    if let Some(resent) = call.map(Call::attempts).filter(|attempts| *attempts > 0) {
        span.record("http.request.resend_count", resent);
    }
    span
}

fn protocol(version: http::Version) -> &'static str {
    match version {
        http::Version::HTTP_10 => "1.0",
        http::Version::HTTP_2 => "2",
        http::Version::HTTP_3 => "3",
        _ => "1.1",
    }
}
