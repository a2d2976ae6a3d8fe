//! What became of a call whose answer was lost.
//!
//! | Call | Asked | Matched by |
//! | --- | --- | --- |
//! | a payment | `tran-query` | `reference`, amount, currency, `transactionNo` when known |
//! | a refund | `tran-query` of the sale, its `refundInfo` | `refundReference`, then the amount |
//! | a cancel | `tran-query` of the sale | what a cancel leaves behind |
//! | a payout | `payouts/inquiry` | `invoiceId`, amount, currency; an answer without them proves nothing |
//! | a mixed code | `mixedQuery` | handed over as it came: no source shows its fields |
//! | a step of a hold | `auth-detail-query` | the same |
//! | anything else | nobody | it stays unresolved |
//!
//! Not found is never not booked. A refund that is not listed may still be on its way: it is never sent
//! again under another reference by this crate.

use std::time::Duration;

use pockyt_model::operation::sdk_only::AuthDetailQuery;
use pockyt_model::operation::{MixedQuery, Payout, PayoutAmount, PayoutInquiry, RefundInfo, Transaction};
use pockyt_model::{
    InvoiceId, Object, Operation, OrderKey, Price, Reference, RefundState, Refusal, Standing,
};

use crate::poll::{Asked, Curve, Expected, PollError, ask, is_decided};
use crate::{CallError, CallOptions, Client, call, observe};

mod intent;

pub use intent::Intent;
use intent::Wanted;

/// What became of a call whose answer was lost.
#[derive(Clone, Debug)]
#[non_exhaustive]
#[must_use]
pub enum Outcome {
    /// What was answered about a mixed code or a step of an authorisation. No source shows the fields of
    /// these answers, so nothing here judges them: the caller does.
    Answered(Object),
    /// The order is final, can be read, and is the one that was meant. [`Transaction::standing`] says what it
    /// means.
    Final(Transaction),
    /// The payout is final and is the one that was meant.
    Payout(Payout),
    /// Nobody knows the order since its timeout and ten minutes more are over. Treat it as unpaid, and ask
    /// again later: money that comes late is still money.
    ProvisionallyUnpaid,
    /// The refund is listed in the sale, with the amount that was meant.
    Refunded {
        /// The refund.
        refund: RefundInfo,
        /// The sale.
        sale: Transaction,
    },
    /// Not to be found out yet. It is not failed: keep the intent in a list and settle it again later.
    Unresolved {
        /// The newest answer there was.
        last: Option<Transaction>,
    },
}

impl Outcome {
    fn as_str(&self) -> &'static str {
        match self {
            Self::Answered(_) => "answered",
            Self::Final(_) | Self::Payout(_) => "final",
            Self::ProvisionallyUnpaid => "provisionally_unpaid",
            Self::Refunded { .. } => "refunded",
            Self::Unresolved { .. } => "unresolved",
        }
    }
}

impl Client {
    /// Finds out what became of a call whose answer was lost, by asking whom the call's kind of
    /// [`Settlement`](pockyt_model::Settlement) names.
    ///
    /// It asks along the curve of [`Polling`](crate::Polling) for this long, and at least once. A payment
    /// that is booked and still open is [`Outcome::Unresolved`] with that order in it: poll on. An intent
    /// about which nobody can be asked is unresolved at once.
    ///
    /// # Cancel safety
    ///
    /// It only asks: dropping it leaves nothing behind.
    ///
    /// # Errors
    ///
    /// See [`PollError`]. For a refund, [`PollError::ReferenceTaken`] also says that a refund of another
    /// amount is listed under its reference.
    pub async fn settle(&self, intent: &Intent, within: Duration) -> Result<Outcome, PollError> {
        if !intent.can_be_asked() {
            return Ok(told(Outcome::Unresolved { last: None }));
        }
        let timer = &self.shared.timer;
        let start = timer.elapsed();
        let mut curve = Curve::default();
        let mut last = None;
        loop {
            let left = within.saturating_sub(timer.elapsed().saturating_sub(start));
            let seen = look(self, intent, left.max(LAST_QUESTION)).await?;
            let mut hint = None;
            let mut unknown = false;
            match seen {
                Seen::Enough(outcome) => return Ok(told(*outcome)),
                Seen::Open(order) => last = Some(*order),
                Seen::Nothing(asked) => hint = asked,
                Seen::NotFound => unknown = true,
            }
            if unknown && last.is_none() && intent.is_long_gone(self.shared.clock.now()) {
                return Ok(told(Outcome::ProvisionallyUnpaid));
            }
            let elapsed = timer.elapsed().saturating_sub(start);
            let left = within.saturating_sub(elapsed);
            if left.is_zero() {
                return Ok(told(Outcome::Unresolved { last }));
            }
            let pause = curve.next(elapsed, &*self.shared.randomness).max(hint.unwrap_or_default());
            timer.sleep(pause.min(left)).await;
        }
    }
}

fn told(outcome: Outcome) -> Outcome {
    observe::settled(outcome.as_str());
    outcome
}

/// The least time that a question gets.
const LAST_QUESTION: Duration = Duration::from_secs(5);

/// What one question about an intent brought.
enum Seen {
    Enough(Box<Outcome>),
    NotFound,
    Nothing(Option<Duration>),
    Open(Box<Transaction>),
}

impl Seen {
    fn enough(outcome: Outcome) -> Self {
        Self::Enough(Box::new(outcome))
    }
}

/// Asks once whom the intent's table names.
async fn look(client: &Client, intent: &Intent, within: Duration) -> Result<Seen, PollError> {
    match &intent.wanted {
        Wanted::Nothing => Ok(Seen::Nothing(None)),
        Wanted::Payment { order: key, price } => order(client, intent, key, price.as_ref(), within).await,
        Wanted::Cancel { sale, price } => order(client, intent, sale, price.as_ref(), within).await,
        // The refund's amount is not the sale's.
        Wanted::Refund { sale, .. } => order(client, intent, sale, None, within).await,
        Wanted::Payout { invoice, amount } => {
            let query = PayoutInquiry::new(invoice.clone());
            // Another invoice than the one that was asked for is judged here, and not a reason to ask again.
            let answer = call::uncompared(client, &query, CallOptions::default().within(within)).await;
            match told_or_nothing(answer)? {
                Ok(payout) => judge_payout(payout, invoice, amount),
                Err(seen) => Ok(seen),
            }
        }
        Wanted::Mixed(code) => {
            let query = MixedQuery::new(code.clone());
            let answer = asked(client, &query, within).await?;
            Ok(answer.map_or_else(|seen| seen, |code| Seen::enough(Outcome::Answered(code.result().clone()))))
        }
        Wanted::AuthStep { authorisation, step } => {
            let query = AuthDetailQuery::new(authorisation.clone(), step.clone());
            let answer = asked(client, &query, within).await?;
            Ok(answer.map_or_else(|seen| seen, |hold| Seen::enough(Outcome::Answered(hold.result().clone()))))
        }
    }
}

/// Makes a query; the inner error is an answer that says nothing yet.
async fn asked<O: Operation>(
    client: &Client,
    query: &O,
    within: Duration,
) -> Result<Result<O::Answer, Seen>, PollError> {
    told_or_nothing(client.call_with(query, CallOptions::default().within(within)).await)
}

fn told_or_nothing<T>(answer: Result<T, CallError>) -> Result<Result<T, Seen>, PollError> {
    match answer {
        Ok(answer) => Ok(Ok(answer)),
        Err(error) if error.refusal().is_some_and(Refusal::is_not_found) => Ok(Err(Seen::NotFound)),
        Err(error) if error.may_retry() => Ok(Err(Seen::Nothing(error.retry_after()))),
        Err(error) => Err(PollError::Refused(error)),
    }
}

async fn order(
    client: &Client,
    intent: &Intent,
    order: &OrderKey,
    price: Option<&Price>,
    within: Duration,
) -> Result<Seen, PollError> {
    let expected = Expected { order, price, transaction_no: intent.transaction_no.as_ref() };
    Ok(match ask(client, expected, within).await? {
        Asked::Known(order) => match judge(intent, &order)? {
            Some(outcome) => Seen::enough(outcome),
            None => Seen::Open(order),
        },
        Asked::Nothing(hint) => Seen::Nothing(hint),
        Asked::NotFound => Seen::NotFound,
    })
}

/// What an order that fits the intent says about it; `None` while it says too little.
fn judge(intent: &Intent, order: &Transaction) -> Result<Option<Outcome>, PollError> {
    let enough = match &intent.wanted {
        Wanted::Cancel { .. } => {
            matches!(order.standing(), Standing::Unpaid | Standing::Refunded | Standing::Reversed)
        }
        Wanted::Refund { price, reference, .. } => {
            let listed = listed(order, price, reference)?;
            return Ok(listed.map(|refund| Outcome::Refunded { refund, sale: order.clone() }));
        }
        _ => is_decided(order),
    };
    Ok(enough.then(|| Outcome::Final(order.clone())))
}

fn judge_payout(payout: Payout, invoice: &InvoiceId, meant: &PayoutAmount) -> Result<Seen, PollError> {
    let same_invoice = payout.invoice_id().ok().flatten().map(|named| named == invoice.as_str());
    match (payout.amount(), payout.currency()) {
        _ if same_invoice == Some(false) => Err(PollError::InvoiceTaken(Box::new(payout))),
        (Ok(amount), Ok(currency)) if amount == *meant.amount() && currency == meant.currency() => {
            // One that names no invoice proves nothing.
            let is_final = same_invoice.is_some() && payout.status().is_ok_and(|status| status.is_final());
            Ok(if is_final { Seen::enough(Outcome::Payout(payout)) } else { Seen::Nothing(None) })
        }
        (Ok(_), Ok(_)) => Err(PollError::InvoiceTaken(Box::new(payout))),
        // It does not show what was meant, so it proves nothing.
        _ => Ok(Seen::Nothing(None)),
    }
}

fn listed(sale: &Transaction, price: &Price, reference: &Reference) -> Result<Option<RefundInfo>, PollError> {
    let ours = |refund: &RefundInfo| {
        refund.refund_reference().ok().flatten().is_some_and(|named| named == reference.as_str())
    };
    // A list that cannot be read says nothing.
    let Some(refund) = sale.refunds().unwrap_or_default().into_iter().find(ours) else { return Ok(None) };
    match (refund.refund_amount(), refund.currency()) {
        (Ok(amount), _) if amount != *price.amount() => {
            Err(PollError::ReferenceTaken(Box::new(sale.clone())))
        }
        (_, Ok(Some(currency))) if currency != price.currency() => {
            Err(PollError::ReferenceTaken(Box::new(sale.clone())))
        }
        (Ok(_), _) if refund.state() == Ok(RefundState::Success) => Ok(Some(refund)),
        _ => Ok(None),
    }
}
