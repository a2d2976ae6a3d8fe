//! Asking until the answer is final.

use std::fmt;
use std::time::Duration;

use pockyt_model::operation::{Cancel, TranQuery, Transaction};
use pockyt_model::{OrderKey, Price, Refusal, Standing};

use crate::client::Shared;
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
/// The least time that a question gets.
const LAST_QUESTION: Duration = Duration::from_secs(5);

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
    /// reference is somebody else's: [`PollError::ReferenceTaken`]. An answer that shows none of them
    /// proves nothing, and is asked for again.
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
    /// The answer is about another order than was asked for: its amount, currency, reference or number
    /// differs.
    ReferenceTaken(Transaction),
    /// The query itself is refused and would be again, for example because of the signature.
    Refused(CallError),
}

impl fmt::Display for PollError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ReferenceTaken(_) => "the answer is about another order",
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
    /// it: an order that Pockyt does not know yet may still be on its way. A question that is under way
    /// at the deadline may take five seconds more.
    ///
    /// With [`AtDeadline::CancelAndConfirm`] an order that was never seen is not cancelled, since nobody
    /// can tell whose it is. After a cancel that may have been carried out, a paid order counts as final
    /// only when its refund shows, and as unresolved otherwise: the cancel may still give the money back.
    ///
    /// # Errors
    ///
    /// See [`PollError`].
    pub async fn poll(&self, order: impl Into<OrderKey>, polling: &Polling) -> Result<Settled, PollError> {
        let order = order.into();
        let mut asking =
            Asking { client: self, order: &order, expected: polling.expected.as_ref(), last: None };
        if let Some(settled) = asking.until(polling.deadline, is_final).await? {
            return Ok(settled);
        }
        if polling.at_deadline == AtDeadline::Leave || asking.last.is_none() {
            return Ok(Settled::Unresolved { last: asking.last });
        }
        let may_refund = match self.orders().cancel(&Cancel::new(order.clone())).await {
            Ok(_) => true,
            Err(error) => error.may_have_moved_money(),
        };
        let enough = if may_refund { is_undone } else { is_final };
        match asking.until(CONFIRM_CANCEL_FOR, enough).await? {
            Some(settled) => Ok(settled),
            None => Ok(Settled::Unresolved { last: asking.last }),
        }
    }
}

fn is_final(transaction: &Transaction) -> bool {
    transaction.status().is_ok_and(|status| status.is_final())
}

/// What a cancel leaves behind once it is through, whichever way the race went.
fn is_undone(transaction: &Transaction) -> bool {
    matches!(transaction.standing(), Standing::Unpaid | Standing::Refunded | Standing::Reversed)
}

/// The questions about one order.
struct Asking<'a> {
    client: &'a Client,
    order: &'a OrderKey,
    expected: Option<&'a Price>,
    last: Option<Transaction>,
}

impl Asking<'_> {
    /// Asks until an answer is enough; `None` when the time is over.
    async fn until(
        &mut self,
        long: Duration,
        enough: fn(&Transaction) -> bool,
    ) -> Result<Option<Settled>, PollError> {
        let Shared { timer, jitter, .. } = &*self.client.shared;
        let start = timer.elapsed();
        let mut pause = SHORTEST;
        loop {
            let left = long.saturating_sub(timer.elapsed().saturating_sub(start));
            if let Some(transaction) = self.ask(left.max(LAST_QUESTION)).await? {
                if enough(&transaction) {
                    return Ok(Some(Settled::Final(transaction)));
                }
                self.last = Some(transaction);
            }
            let elapsed = timer.elapsed().saturating_sub(start);
            let left = long.saturating_sub(elapsed);
            if left.is_zero() {
                return Ok(None);
            }
            pause = Polling::next_pause(elapsed, pause);
            let factor = 1.0 - SPREAD + 2.0 * SPREAD * jitter.unit();
            timer.sleep(pause.mul_f64(factor).min(left)).await;
        }
    }

    /// Asks once; `None` when the answer was lost, says nothing, or does not prove that it is meant.
    async fn ask(&self, budget: Duration) -> Result<Option<Transaction>, PollError> {
        let query = TranQuery::new(self.order.clone());
        let transaction = match tokio::time::timeout(budget, self.client.orders().query(&query)).await {
            Ok(Ok(transaction)) => transaction,
            Ok(Err(error)) if is_temporary(&error) => return Ok(None),
            Ok(Err(error)) => return Err(PollError::Refused(error)),
            Err(_) => return Ok(None),
        };
        match fits(&transaction, self.order, self.expected) {
            Fit::Other => Err(PollError::ReferenceTaken(transaction)),
            Fit::Unproven => Ok(None),
            Fit::Ours => Ok(Some(transaction)),
        }
    }
}

fn is_temporary(error: &CallError) -> bool {
    error.may_retry() || error.refusal().is_some_and(Refusal::is_not_found)
}

/// Whether an answer is about the order that was meant.
enum Fit {
    Other,
    Ours,
    Unproven,
}

fn fits(transaction: &Transaction, order: &OrderKey, expected: Option<&Price>) -> Fit {
    let (named, asked) = match order {
        OrderKey::Reference(reference) => (transaction.reference().ok().flatten(), reference.as_str()),
        OrderKey::TransactionNo(number) => {
            (transaction.transaction_no().ok().map(|named| named.to_string()), number.as_str())
        }
        _ => (None, ""),
    };
    if named.is_some_and(|named| named != asked) {
        return Fit::Other;
    }
    let Some(price) = expected else { return Fit::Ours };
    match (transaction.amount(), transaction.currency()) {
        (Ok(amount), Ok(currency)) if amount == *price.amount() && currency == price.currency() => Fit::Ours,
        (Ok(_), Ok(_)) => Fit::Other,
        _ => Fit::Unproven,
    }
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
