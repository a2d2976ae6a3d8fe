//! A span for each attempt, with the OpenTelemetry names of an HTTP client.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;
use tracing::Span;
use tracing::field::Empty;
use tracing::instrument::{Instrument as _, Instrumented};

use super::{Outgoing, Stage};
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

impl<S: Stage<R>, R: Outgoing> Service<R> for Trace<S> {
    type Response = Incoming;
    type Error = Failure;
    type Future = Traced<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let operation = request.call().map_or("", |call| call.facts().operation);
        let span = span_of(&request);
        Traced { exchange: self.0.call(request).instrument(span), operation }
    }
}

pin_project! {
    /// The future of [`Trace`].
    pub struct Traced<F> {
        #[pin]
        exchange: Instrumented<F>,
        operation: &'static str,
    }
}

impl<F: Future<Output = Result<Incoming, Failure>>> Future for Traced<F> {
    type Output = Result<Incoming, Failure>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let outcome = ready!(this.exchange.as_mut().poll(cx));
        record(this.exchange.span(), &outcome);
        match &outcome {
            Ok(answer) => observe::attempt(this.operation, answer.status().as_str()),
            Err(failure) => observe::attempt(this.operation, failure.kind()),
        }
        Poll::Ready(outcome)
    }
}

fn record(span: &Span, outcome: &Result<Incoming, Failure>) {
    if span.is_disabled() {
        return;
    }
    match outcome {
        Ok(answer) => {
            span.record("http.response.status_code", answer.status().as_u16());
            span.record("network.protocol.version", protocol(answer.version()));
            if !answer.status().is_success() {
                span.record("error.type", answer.status().as_str());
            }
        }
        Err(failure) => {
            span.record("error.type", failure.kind());
        }
    }
}

fn span_of(request: &impl Outgoing) -> Span {
    let (call, uri) = (request.call(), request.uri());
    let span = tracing::debug_span!(
        target: "pockyt_client",
        "http.client.request",
        otel.kind = "client",
        otel.name = request.method().as_str(),
        http.request.method = request.method().as_str(),
        http.request.resend_count = Empty,
        http.response.status_code = Empty,
        server.address = uri.host().unwrap_or_default(),
        server.port = port(uri),
        url.full = %uri,
        network.protocol.version = Empty,
        error.type = Empty,
        pockyt.operation = call.map_or("", |call| call.facts().operation),
    );
    if span.is_disabled() {
        return span;
    }
    // OpenTelemetry wants it only when there was an attempt before this one.
    if let Some(resent) = call.map(Call::attempts).filter(|attempts| *attempts > 0) {
        span.record("http.request.resend_count", resent);
    }
    span
}

fn port(uri: &http::Uri) -> u16 {
    uri.port_u16().unwrap_or(if uri.scheme_str() == Some("https") { 443 } else { 80 })
}

fn protocol(version: http::Version) -> &'static str {
    match version {
        http::Version::HTTP_10 => "1.0",
        http::Version::HTTP_2 => "2",
        http::Version::HTTP_3 => "3",
        _ => "1.1",
    }
}
