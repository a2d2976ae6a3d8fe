//! Asking until the answer is final.

use std::fmt;
use std::time::Duration;

use pockyt_model::operation::{Cancel, TranQuery, Transaction};
use pockyt_model::{OrderKey, Price};

use crate::{CallError, Client};

/// How to ask, how long, and what to do at the end.
///
/// The pauses are 3 s for the first minute, then half as long again each time up to 30 s, each one
/// shortened or lengthened by up to a fifth at random. Pockyt states no interval; the curve is ours.
#[derive(Clone, Debug)]
#[must_use]
pub struct Polling {
    deadline: Duration,
    at_deadline: AtDeadline,
    expected: Option<Price>,
}

const FIRST_MINUTE: Duration = Duration::from_secs(60);
const SHORTEST: Duration = Duration::from_secs(3);
const LONGEST: Duration = Duration::from_secs(30);
const GROWTH: f64 = 1.5;
const SPREAD: f64 = 0.2;
/// How long an order is asked for after its cancel.
const CONFIRM_CANCEL_FOR: Duration = Duration::from_secs(60);

/// What to do when the answer is still open at the deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AtDeadline {
    /// Cancel the order, then ask again: the query after the cancel is the answer, not the cancel's own.
    CancelAndConfirm,
    /// Leave the order as it is.
    Leave,
}

impl Polling {
    /// Asks for this long and then leaves the order as it is.
    pub fn until(deadline: Duration) -> Self {
        Self { deadline, at_deadline: AtDeadline::Leave, expected: None }
    }

    /// For a customer who stands at the till: 90 s, then cancel and confirm.
    pub fn at_a_till() -> Self {
        Self::until(Duration::from_secs(90)).at_deadline(AtDeadline::CancelAndConfirm)
    }

    /// What to do at the deadline.
    pub fn at_deadline(mut self, action: AtDeadline) -> Self {
        self.at_deadline = action;
        self
    }

    /// The price that was asked for. An order that shows another amount or currency under the same
    /// reference is somebody else's: [`PollError::ReferenceTaken`].
    pub fn expecting(mut self, price: Price) -> Self {
        self.expected = Some(price);
        self
    }

    /// The pause after this long, given the last pause before jitter.
    fn next_pause(elapsed: Duration, last: Duration) -> Duration {
        if elapsed < FIRST_MINUTE { SHORTEST } else { last.mul_f64(GROWTH).min(LONGEST) }
    }
}

/// How polling ended.
#[derive(Clone, Debug)]
#[must_use]
pub enum Settled {
    /// The state is final. [`Transaction::standing`] says what it means, refunds included.
    Final(Transaction),
    /// Still open, or nobody could be asked. It is not failed: keep it in a list and ask again later.
    Unresolved {
        /// The newest answer there was.
        last: Option<Transaction>,
    },
}

/// Why polling stopped early.
#[derive(Debug)]
#[non_exhaustive]
pub enum PollError {
    /// The order under this reference has another amount or currency than was asked for.
    ReferenceTaken(Transaction),
    /// The query itself is refused and would be again, for example because of the signature.
    Refused(CallError),
}

impl fmt::Display for PollError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ReferenceTaken(_) => "the reference belongs to an order with another price",
            Self::Refused(_) => "the query is refused",
        })
    }
}

impl std::error::Error for PollError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::ReferenceTaken(_) => None,
            Self::Refused(error) => Some(error),
        }
    }
}

impl Client {
    /// Asks for an order until its state is final, or until the deadline.
    ///
    /// The first question is asked at once. Lost answers, "system error" and "unknown order" do not end
    /// it: an order that Pockyt does not know yet may still be on its way.
    ///
    /// # Errors
    ///
    /// See [`PollError`].
    pub async fn poll(&self, order: impl Into<OrderKey>, polling: &Polling) -> Result<Settled, PollError> {
        let order = order.into();
        let open = match self.ask_for(&order, polling, polling.deadline).await? {
            settled @ Settled::Final(_) => return Ok(settled),
            Settled::Unresolved { last } => last,
        };
        if polling.at_deadline == AtDeadline::Leave {
            return Ok(Settled::Unresolved { last: open });
        }
        if let Err(error) = self.orders().cancel(&Cancel::new(order.clone())).await {
            // Whatever became of the cancel, the query says what became of the order.
            tracing::debug!(target: "pockyt_client", "cancel at the deadline: {error}");
        }
        Ok(match self.ask_for(&order, polling, CONFIRM_CANCEL_FOR).await? {
            Settled::Unresolved { last } => Settled::Unresolved { last: last.or(open) },
            settled @ Settled::Final(_) => settled,
        })
    }

    async fn ask_for(
        &self,
        order: &OrderKey,
        polling: &Polling,
        long: Duration,
    ) -> Result<Settled, PollError> {
        let timer = &self.shared.timer;
        let start = timer.elapsed();
        let query = TranQuery::new(order.clone());
        let mut last = None;
        let mut pause = SHORTEST;
        loop {
            match self.orders().query(&query).await {
                Ok(transaction) => {
                    if polling.expected.as_ref().is_some_and(|price| differs(&transaction, price)) {
                        return Err(PollError::ReferenceTaken(transaction));
                    }
                    if transaction.status().is_ok_and(|status| status.is_final()) {
                        return Ok(Settled::Final(transaction));
                    }
                    last = Some(transaction);
                }
                Err(error)
                    if error.may_retry()
                        || error.refusal().is_some_and(pockyt_model::Refusal::is_not_found) => {}
                Err(error) => return Err(PollError::Refused(error)),
            }
            let elapsed = timer.elapsed().saturating_sub(start);
            let Some(left) = long.checked_sub(elapsed).filter(|left| !left.is_zero()) else {
                return Ok(Settled::Unresolved { last });
            };
            pause = Polling::next_pause(elapsed, pause);
            let factor = 1.0 - SPREAD + 2.0 * SPREAD * self.shared.jitter.unit();
            timer.sleep(pause.mul_f64(factor).min(left)).await;
        }
    }
}

/// Whether the order plainly has another price. What cannot be read is not taken for another.
fn differs(transaction: &Transaction, price: &Price) -> bool {
    transaction.amount().is_ok_and(|amount| amount != *price.amount())
        || transaction.currency().is_ok_and(|currency| currency != price.currency())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_after_the_first_minute_up_to_half_a_minute() {
        let mut pause = SHORTEST;
        let mut elapsed = Duration::ZERO;
        let mut questions = 1;
        while elapsed < Duration::from_secs(2 * 60 * 60) {
            pause = Polling::next_pause(elapsed, pause);
            assert!((SHORTEST..=LONGEST).contains(&pause));
            assert!(elapsed >= FIRST_MINUTE || pause == SHORTEST);
            elapsed += pause;
            questions += 1;
        }
        assert_eq!(pause, LONGEST);
        assert_eq!(questions, 263, "questions for an order that stays open for two hours");
    }
}
