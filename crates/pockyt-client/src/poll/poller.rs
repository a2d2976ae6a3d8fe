//! A poll, one step at a time.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll as Polled};
use std::time::Duration;

use futures_util::stream::{self, BoxStream, Stream};
use pockyt_model::Standing;
use pockyt_model::operation::{Cancel, Transaction};

use super::ticket::Cancelling;
use super::{Asked, AtDeadline, Curve, Expected, PollError, Settled, Ticket, ask, is_decided};
use crate::{Client, observe};

/// How long an order is asked for after its cancel.
const CONFIRM_CANCEL_FOR: Duration = Duration::from_secs(60);
/// The least time that a question gets.
const LAST_QUESTION: Duration = Duration::from_secs(5);

/// A poll under way. [`next`](Self::next) makes a step; [`ticket`](Self::ticket) is what to write down.
#[must_use]
pub struct Poller {
    client: Client,
    ticket: Ticket,
    /// What was spent when this poller was made, and the timer's reading then.
    before: Duration,
    origin: Duration,
    curve: Curve,
    /// When the next question is due, from the start.
    due: Duration,
    last: Option<Transaction>,
    phase: Phase,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Asking,
    /// The deadline is over, and a cancel is wanted.
    Overdue,
    /// The cancel is the next step.
    Cancelling,
    Confirming,
    Over,
}

/// One step of a poll.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Observation {
    /// What was seen.
    pub what: What,
    /// The poll as it stands after this step: write it down to go on after a restart.
    pub ticket: Ticket,
}

/// What a step of a poll saw.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum What {
    /// The deadline is over and the next step sends a cancel. Whoever writes tickets down writes this one
    /// down first: it counts the cancel as sent.
    AboutToCancel,
    /// The cancel was answered, refused, or its answer lost; the questions that follow decide.
    Cancelled,
    /// The answer was lost, said nothing, or did not prove that it is meant.
    NoAnswer,
    /// Pockyt does not know the order. That does not prove that it was not booked.
    NotFound,
    /// The order is there, and its state is not enough to end on.
    Open(Transaction),
    /// The poll is over.
    Settled(Settled),
}

impl Poller {
    pub(super) fn new(client: Client, mut ticket: Ticket) -> Self {
        let meanwhile = client.shared.clock.now().get().saturating_sub(ticket.started.get());
        // A clock that was set back must not give a poll more time than it has spent.
        ticket.spent = ticket.spent.max(Duration::from_millis(meanwhile));
        let since = ticket.cancel.map_or(Duration::ZERO, |cancel| cancel.at);
        Self {
            before: ticket.spent,
            origin: client.shared.timer.elapsed(),
            curve: Curve::after(ticket.spent.saturating_sub(since)),
            due: ticket.spent,
            last: None,
            phase: if ticket.cancel.is_some() { Phase::Confirming } else { Phase::Asking },
            client,
            ticket,
        }
    }

    /// The poll as it stands.
    pub fn ticket(&self) -> &Ticket {
        &self.ticket
    }

    /// Waits until the next step is due and makes it; `None` when the poll is over.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost when the future is dropped: the next call asks again, at the time at which it was
    /// due. A cancel that was under way counts as sent and is not sent again.
    ///
    /// # Errors
    ///
    /// See [`PollError`]. The poll is over then; its ticket can be resumed.
    pub async fn next(&mut self) -> Result<Option<Observation>, PollError> {
        let what = match self.phase {
            Phase::Over => return Ok(None),
            Phase::Asking | Phase::Confirming => self.question().await?,
            Phase::Overdue => {
                let at = self.elapsed();
                self.ticket.cancel = Some(Cancelling { at, may_refund: true });
                self.phase = Phase::Cancelling;
                What::AboutToCancel
            }
            Phase::Cancelling => self.cancel().await,
        };
        self.ticket.spent = self.elapsed();
        Ok(Some(Observation { what, ticket: self.ticket.clone() }))
    }

    /// Makes all steps.
    ///
    /// # Errors
    ///
    /// See [`PollError`].
    pub async fn settle(&mut self) -> Result<Settled, PollError> {
        while let Some(observation) = self.next().await? {
            if let What::Settled(settled) = observation.what {
                return Ok(settled);
            }
        }
        Ok(Settled::Unresolved { last: self.last.clone() })
    }

    /// The steps as a stream, which ends with [`What::Settled`] or an error. Dropping it drops the poll;
    /// the newest observation's ticket goes on from there.
    pub fn into_stream(self) -> Observations {
        let steps = stream::unfold(self, |mut poller| async move {
            let step = poller.next().await.transpose()?;
            Some((step, poller))
        });
        Observations(Box::pin(steps))
    }

    fn elapsed(&self) -> Duration {
        self.before + self.client.shared.timer.elapsed().saturating_sub(self.origin)
    }

    /// How much time is left to the deadline, or after the cancel to the end of its confirmation.
    fn left(&self) -> Duration {
        let end = self.ticket.cancel.map_or(self.ticket.deadline, |cancel| cancel.at + CONFIRM_CANCEL_FOR);
        end.saturating_sub(self.elapsed())
    }

    async fn question(&mut self) -> Result<What, PollError> {
        let wait = self.due.saturating_sub(self.elapsed());
        if !wait.is_zero() {
            self.client.shared.timer.sleep(wait).await;
        }
        let expected = Expected {
            order: &self.ticket.order,
            price: self.ticket.expected.as_ref(),
            transaction_no: None,
        };
        let asked = ask(&self.client, expected, self.left().max(LAST_QUESTION)).await;
        self.ticket.questions = self.ticket.questions.saturating_add(1);
        let (what, hint) = match asked {
            Err(error) => {
                observe::question("error");
                self.end("error");
                return Err(error);
            }
            Ok(Asked::Known(transaction)) => {
                observe::question("known");
                if self.is_enough(&transaction) {
                    self.end("final");
                    return Ok(What::Settled(Settled::Final(*transaction)));
                }
                // An order that is over is not cancelled, although it cannot be read to its end.
                self.ticket.seen = !transaction.status().is_ok_and(|status| status.is_final());
                self.last = Some((*transaction).clone());
                (What::Open(*transaction), None)
            }
            Ok(Asked::NotFound) => {
                observe::question("not_found");
                (What::NotFound, None)
            }
            Ok(Asked::Nothing(hint)) => {
                observe::question("no_answer");
                (What::NoAnswer, hint)
            }
        };
        Ok(self.go_on(what, hint))
    }

    /// Plans the next question, or does what is due at the deadline.
    fn go_on(&mut self, what: What, hint: Option<Duration>) -> What {
        let left = self.left();
        if !left.is_zero() {
            let elapsed = self.elapsed();
            let since = self.ticket.cancel.map_or(Duration::ZERO, |cancel| cancel.at);
            let randomness = &*self.client.shared.randomness;
            let pause = self.curve.next(elapsed.saturating_sub(since), randomness);
            self.due = elapsed + pause.max(hint.unwrap_or_default()).min(left);
            return what;
        }
        let cancels = self.ticket.at_deadline == AtDeadline::CancelAndConfirm && self.ticket.cancel.is_none();
        if cancels && self.ticket.seen {
            self.phase = Phase::Overdue;
            return what;
        }
        self.end("unresolved");
        What::Settled(Settled::Unresolved { last: self.last.clone() })
    }

    async fn cancel(&mut self) -> What {
        // Before it is sent: from here on it may have been.
        self.phase = Phase::Confirming;
        self.curve = Curve::default();
        let cancel = Cancel::new(self.ticket.order.clone());
        let may_refund = match self.client.orders().cancel(&cancel).await {
            Ok(_) => true,
            Err(error) => error.may_have_moved_money(),
        };
        let at = self.elapsed();
        self.ticket.cancel = Some(Cancelling { at, may_refund });
        self.due = at;
        What::Cancelled
    }

    fn is_enough(&self, transaction: &Transaction) -> bool {
        if self.ticket.may_be_cancelled() {
            // What a cancel leaves behind once it is through, whichever way the race went.
            return matches!(
                transaction.standing(),
                Standing::Unpaid | Standing::Refunded | Standing::Reversed
            );
        }
        is_decided(transaction)
    }

    fn end(&mut self, outcome: &'static str) {
        self.phase = Phase::Over;
        observe::polled(outcome, self.elapsed());
    }
}

impl fmt::Debug for Poller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Poller")
            .field("ticket", &self.ticket)
            .field("phase", &self.phase)
            .finish_non_exhaustive()
    }
}

/// The steps of a poll as a stream.
#[must_use = "streams do nothing unless polled"]
pub struct Observations(BoxStream<'static, Result<Observation, PollError>>);

impl Stream for Observations {
    type Item = Result<Observation, PollError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Polled<Option<Self::Item>> {
        self.0.as_mut().poll_next(cx)
    }
}

impl fmt::Debug for Observations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observations")
    }
}
