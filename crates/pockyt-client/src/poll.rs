//! Asking until the answer is final.

mod ask;
mod curve;
mod poller;
mod ticket;

pub use ask::PollError;
pub(crate) use ask::{Asked, Expected, ask, is_decided};
pub(crate) use curve::Curve;
pub use poller::{Observation, Observations, Poller, What};
pub use ticket::{Ticket, UnreadableTicket};

use std::time::Duration;

use pockyt_model::operation::Transaction;
use pockyt_model::{OrderKey, Price};

use crate::Client;

/// How to ask, how long, and what to do at the end.
///
/// The pauses are 3 s for the first minute, then half as long again each time up to 30 s, each one
/// shortened or lengthened by up to a fifth at random. Pockyt states no interval; the curve is ours. An
/// order that stays open for two hours is asked for 263 times, give or take one or two by chance.
#[derive(Clone, Debug)]
#[must_use]
pub struct Polling {
    pub(crate) deadline: Duration,
    pub(crate) at_deadline: AtDeadline,
    pub(crate) expected: Option<Price>,
}

/// What to do when the answer is still open at the deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AtDeadline {
    /// Cancel the order, then ask again: the query after the cancel is the answer, not the cancel's own.
    CancelAndConfirm,
    /// Leave the order as it is.
    Leave,
}

/// Pockyt closes an unpaid order after its timeout; this much later the query surely shows it.
const AFTER_TIMEOUT: Duration = Duration::from_secs(120);

impl Polling {
    /// Asks for this long and then leaves the order as it is.
    pub fn until(deadline: Duration) -> Self {
        Self { deadline, at_deadline: AtDeadline::Leave, expected: None }
    }

    /// For a customer who stands at the till: 90 s, then cancel and confirm.
    pub fn at_a_till() -> Self {
        Self::until(Duration::from_secs(90)).at_deadline(AtDeadline::CancelAndConfirm)
    }

    /// For an order with this timeout (Pockyt's default is 120 minutes): two minutes longer than that, by
    /// when Pockyt itself has closed it.
    pub fn for_timeout(timeout: Duration) -> Self {
        Self::until(timeout.saturating_add(AFTER_TIMEOUT))
    }

    /// What to do at the deadline.
    pub fn at_deadline(mut self, action: AtDeadline) -> Self {
        self.at_deadline = action;
        self
    }

    /// The price that was asked for. An order that shows another amount or currency under the same
    /// reference is somebody else's: [`PollError::ReferenceTaken`]. An answer that shows none of them
    /// proves nothing, and is asked for again, as is one that does not name the order.
    pub fn expecting(mut self, price: Price) -> Self {
        self.expected = Some(price);
        self
    }
}

/// How polling ended.
#[derive(Clone, Debug)]
#[must_use]
pub enum Settled {
    /// The state is final, and can be read. [`Transaction::standing`] says what it means, refunds included:
    /// it is never `Open` or `Unknown`.
    Final(Transaction),
    /// Still open, or nobody could be asked. It is not failed: keep it in a list and ask again later.
    Unresolved {
        /// The newest answer there was.
        last: Option<Transaction>,
    },
}

impl Client {
    /// Asks for an order until its state is final, or until the deadline.
    ///
    /// The first question is asked at once. Lost answers, "system error" and "unknown order" do not end
    /// it: an order that Pockyt does not know yet may still be on its way. A question that is under way
    /// at the deadline may take five seconds more.
    ///
    /// With [`AtDeadline::CancelAndConfirm`] an order that was never seen is not cancelled, since nobody
    /// can tell whose it is, and neither is one whose status was final when last seen while its refunds could
    /// not be read: that is unresolved. After a cancel that may have been carried out, a paid order counts as final
    /// only when its refund shows, and as unresolved otherwise: the cancel may still give the money back.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves nothing behind, except a cancel that it may have sent at its deadline.
    /// To go on later instead, use [`Client::poller`].
    ///
    /// # Errors
    ///
    /// See [`PollError`].
    pub async fn poll(&self, order: impl Into<OrderKey>, polling: &Polling) -> Result<Settled, PollError> {
        self.poller(order, polling).settle().await
    }

    /// The same, one observation at a time.
    pub fn poller(&self, order: impl Into<OrderKey>, polling: &Polling) -> Poller {
        let ticket = Ticket::new(order.into(), polling, self.shared.clock.now());
        Poller::new(self.clone(), ticket)
    }

    /// Goes on with what a ticket says, after a restart for example.
    ///
    /// Time that went by meanwhile counts: a ticket whose deadline is over asks once more and then does
    /// what was to be done at the deadline. A cancel that may have been sent is not sent again.
    pub fn resume(&self, ticket: Ticket) -> Poller {
        Poller::new(self.clone(), ticket)
    }
}
