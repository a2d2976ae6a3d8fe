//! The call's time, with all its attempts and pauses.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::task::coop::{Unconstrained, unconstrained};
use tokio::time::{Instant, Sleep, sleep_until};
use tower::ServiceExt as _;
use tower::util::Oneshot;
use tower_layer::Layer;
use tower_service::Service;

use super::{Outgoing, Stage};
use crate::message::{Budget, Call, Cause, Failure, Incoming, TimedOut};

/// Ends a call when its time is over, waiting for a place included. A shorter time that the caller gave
/// with the call wins. The time counts from [`Service::call`], as with tower's own; [`Client`](crate::Client)
/// makes that call when its future is first polled.
#[derive(Clone, Copy, Debug)]
pub struct DeadlineLayer {
    total: Duration,
    attempt: Option<Duration>,
}

impl DeadlineLayer {
    /// This much for a whole call.
    pub fn new(total: Duration) -> Self {
        Self { total, attempt: None }
    }

    /// Watches the time of each attempt too, so that a call needs one timer and not two. Whatever is between
    /// this stage and [`SendLayer`](super::SendLayer) must poll the attempt whenever it is polled itself.
    pub(crate) fn timing_attempts(self, budget: Duration) -> Self {
        Self { attempt: Some(budget), ..self }
    }
}

impl<S> Layer<S> for DeadlineLayer {
    type Service = Deadline<S>;

    fn layer(&self, inner: S) -> Deadline<S> {
        Deadline { inner, budgets: *self }
    }
}

/// The service of [`DeadlineLayer`].
#[derive(Clone, Debug)]
pub struct Deadline<S> {
    inner: S,
    budgets: DeadlineLayer,
}

impl<S: Stage<R>, R: Outgoing> Service<R> for Deadline<S> {
    type Response = Incoming;
    type Error = Failure;
    type Future = Timed<Oneshot<S, R>>;

    /// Always ready: the inner stages are waited for within the call, where the time counts.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: R) -> Self::Future {
        self.begin(request)
    }
}

impl<S> Deadline<S> {
    /// [`Service::call`], which needs no exclusive hold on this service.
    pub(crate) fn begin<R: Outgoing>(&self, mut request: R) -> Timed<Oneshot<S, R>>
    where
        S: Stage<R>,
    {
        let now = Instant::now();
        let DeadlineLayer { mut total, attempt } = self.budgets;
        let call = request.call_mut().map(|call| {
            total = call.within.map_or(total, |within| within.min(total));
            call.until = now.checked_add(total);
            call.is_timed = attempt.is_some();
            call.clone()
        });
        Timed {
            exchange: Some(self.inner.clone().oneshot(request)),
            alarm: None,
            due: None,
            until: now.checked_add(total),
            attempt,
            attempts: 0,
            attempt_ends: None,
            begun: Some(now),
            call,
        }
    }
}

pin_project! {
    /// The future of [`Deadline`].
    pub struct Timed<F> {
        #[pin]
        exchange: Option<F>,
        // Not reckoned with what one task may do at a time: a busy exchange must not put it off.
        #[pin]
        alarm: Option<Unconstrained<Sleep>>,
        // What the alarm is set to.
        due: Option<Instant>,
        until: Option<Instant>,
        attempt: Option<Duration>,
        attempts: u32,
        attempt_ends: Option<Instant>,
        // Also the beginning of an attempt that begins at once.
        begun: Option<Instant>,
        call: Option<Call>,
    }
}

impl<F: Future<Output = Result<Incoming, Failure>>> Future for Timed<F> {
    type Output = Result<Incoming, Failure>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            let Some(exchange) = this.exchange.as_mut().as_pin_mut() else { return Poll::Pending };
            if let Poll::Ready(outcome) = exchange.poll(cx) {
                this.exchange.set(None);
                return Poll::Ready(outcome);
            }
            let begun = this.begun.take();
            if let (Some(call), Some(budget)) = (&*this.call, *this.attempt) {
                let attempts = call.attempts();
                if attempts != *this.attempts {
                    *this.attempts = attempts;
                    *this.attempt_ends = begun.unwrap_or_else(Instant::now).checked_add(budget);
                }
            }
            let Some(next) = [*this.attempt_ends, *this.until].into_iter().flatten().min() else {
                return Poll::Pending;
            };
            if *this.due != Some(next) {
                this.alarm.set(Some(unconstrained(sleep_until(next))));
                *this.due = Some(next);
            }
            if let Some(alarm) = this.alarm.as_mut().as_pin_mut() {
                ready!(alarm.poll(cx));
            }
            *this.due = None;
            if this.attempt_ends.take_if(|ends| *ends == next).is_none() {
                // The attempt under way is dropped before anybody asks: with that its request is given up, or
                // noted as sent.
                this.exchange.set(None);
                // Without a call nobody noted whether it was sent.
                let sent = this.call.as_ref().is_none_or(Call::may_be_sent);
                return Poll::Ready(Err(Failure::new(
                    sent,
                    Cause::TimedOut(Budget::Total),
                    TimedOut(Budget::Total),
                )));
            }
            // The attempt sees that its time is over when it is polled again.
            if let Some(call) = this.call {
                call.end_attempt();
            }
        }
    }
}
