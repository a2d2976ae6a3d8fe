//! What is known of one payment: facts that only grow, and one answer that is a pure view of them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::{Amount, Reference, TransactionNo};

mod fact;
mod observe;
mod payout;
mod refunds;
mod stored;
mod view;

pub use fact::{Counter, Payment, Unpaid};
pub use observe::{OrderAnswer, Unreadable};
pub use payout::{PayoutConflict, PayoutFacts, PayoutView};
pub use refunds::RefundState;
pub use view::{Conflict, PaymentView};

use fact::{LastQuery, earlier, later};
use refunds::Refunds;

/// When an unpaid answer is asked again, counted from the moment it became unpaid: a customer may have
/// confirmed in the instant in which the order was closed. After the last one polling leaves it alone.
pub const ASK_AGAIN_AFTER: [Duration; 3] =
    [Duration::from_secs(5 * 60), Duration::from_secs(2 * 60 * 60), Duration::from_secs(24 * 60 * 60)];

/// Everything that was ever observed of one attempt to be paid.
///
/// Facts are added and never taken away, so two records of one payment are put together by
/// [`Facts::merge`] in any order and any number of times with the same result, and no late, repeated or
/// reordered message can undo another. What they mean is said by [`Facts::view`], and nothing else is
/// stored about it.
///
/// All observations are taken to be about the same reference: that an answer equals the intent is
/// checked before it gets here. Amounts are kept by value, so that `13` and `13.00` are one fact.
///
/// Kept with serde as a versioned map of stable names, in any self-describing format such as JSON.
///
/// ```
/// use pockyt_model::{Answer, Counter, Facts, Operation, PaymentView, operation::TranQuery};
///
/// let answer = |status| format!(
///     r#"{{"result":{{"transactionNo":"297553638300708562","amount":"10.00","currency":"CNY",
///         "status":"{status}"}},"ret_code":"000100"}}"#
/// );
/// let mut facts = Facts::default();
/// for (counter, status) in [(1, "pending"), (2, "success"), (3, "pending")] {
///     let Answer::Accepted(order) = TranQuery::read_answer(answer(status).as_bytes())? else { panic!() };
///     facts.observe_query(Counter::new(counter), &order)?;
/// }
/// assert_eq!(facts.view(), PaymentView::Paid);
/// assert_eq!(facts.refundable().to_string(), "10");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    pending: bool,
    unpaid: BTreeSet<Unpaid>,
    /// With the record's counter when first seen: the smallest one counts.
    paid: BTreeMap<Payment, Counter>,
    refunds: Refunds,
    /// The numbers whose reversal was seen.
    reversed: BTreeSet<TransactionNo>,
    /// The first time: whether a payment is late hangs on that one.
    told_unpaid: Option<Counter>,
    disputed: Option<Counter>,
    dispute_settled: Option<Counter>,
    last_query: Option<LastQuery>,
}

impl Facts {
    /// Adds all that another record of the same payment knows: the union of both.
    ///
    /// Commutative, associative and idempotent for any two records.
    pub fn merge(&mut self, other: &Self) {
        self.pending |= other.pending;
        self.unpaid.extend(&other.unpaid);
        for (payment, first_seen) in &other.paid {
            let known = self.paid.entry(payment.clone()).or_insert(*first_seen);
            *known = (*known).min(*first_seen);
        }
        self.refunds.merge(&other.refunds);
        self.reversed.extend(other.reversed.iter().cloned());
        self.told_unpaid = earlier(self.told_unpaid, other.told_unpaid);
        self.disputed = later(self.disputed, other.disputed);
        self.dispute_settled = later(self.dispute_settled, other.dispute_settled);
        self.last_query = later(self.last_query, other.last_query);
    }

    /// Whether everything in the other record is known here already.
    pub fn includes(&self, other: &Self) -> bool {
        let mut both = self.clone();
        both.merge(other);
        both == *self
    }

    /// Records that the merchant was told *unpaid* at this count. A payment first seen after it is
    /// [`PaymentView::PaidLate`].
    pub fn told_unpaid(&mut self, counter: Counter) {
        self.merge(&Self { told_unpaid: Some(counter), ..Self::default() });
    }

    /// Records by hand that the customer disputes the payment; Pockyt has no call for it.
    pub fn dispute(&mut self, counter: Counter) {
        self.merge(&Self { disputed: Some(counter), ..Self::default() });
    }

    /// Records by hand that all disputes up to this count are settled. That a dispute was opened stays
    /// known, and one opened at the same count or later holds.
    pub fn settle_dispute(&mut self, counter: Counter) {
        self.merge(&Self { dispute_settled: Some(counter), ..Self::default() });
    }

    /// Whether a dispute is open. It blocks refunds and leaves the view as it is.
    pub fn is_disputed(&self) -> bool {
        self.disputed.is_some_and(|opened| self.dispute_settled.is_none_or(|settled| opened >= settled))
    }

    /// The payment; `None` when none was seen, or several that differ.
    pub fn payment(&self) -> Option<&Payment> {
        self.only_payment().map(|(payment, _)| payment)
    }

    /// All payments seen, in a fixed order. More than one is a conflict.
    pub fn payments(&self) -> impl Iterator<Item = &Payment> {
        self.paid.keys()
    }

    /// The numbers that were said to be reversed, in a fixed order. One that is not the payment's is a
    /// conflict, and so are two.
    pub fn reversed(&self) -> impl Iterator<Item = &TransactionNo> {
        self.reversed.iter()
    }

    /// How the order ended without money, as queries said; both when both were seen.
    pub fn unpaid(&self) -> impl Iterator<Item = Unpaid> {
        self.unpaid.iter().copied()
    }

    /// Whether the payment was first seen after the merchant had been told *unpaid*, whatever became
    /// of it since.
    pub fn is_late(&self) -> bool {
        self.told_unpaid.zip(self.only_payment()).is_some_and(|(told, (_, first_seen))| told < first_seen)
    }

    /// The count of the newest query that was observed.
    pub fn last_query(&self) -> Option<Counter> {
        self.last_query.map(|query| query.counter)
    }

    /// How far the refund under this reference of ours has come: what Pockyt lists, else pending once it
    /// was asked for and failed once it was refused. One that was asked for again after it had failed is
    /// pending again. `None` when it was never heard of.
    pub fn refund_state(&self, reference: &Reference) -> Option<RefundState> {
        self.refunds.state(reference.as_str())
    }

    /// What refunds that succeeded have given back, in major units of the payment's currency. `None`
    /// when the sum is beyond what any payment can be.
    pub fn refunded(&self) -> Option<Amount> {
        self.refunds.succeeded()
    }

    /// Whether the newest list of refunds that could not be read has not been followed by one that can, so
    /// that what was given back may be more than is known. It blocks refunds and leaves the view as it is.
    ///
    /// A later list ends it if it has at least as many items as every such list before it: one that is
    /// shorter, or empty, has lost a refund that could not be read.
    pub fn has_unreadable_refunds(&self) -> bool {
        self.refunds.are_unreadable()
    }

    /// What may still be refunded, in major units of the payment's currency: the payment, less refunds
    /// that succeeded, are in flight, or were asked for and are not resolved.
    ///
    /// Zero when there is nothing to give back, when the payment is disputed or reversed, while its refunds
    /// [cannot be read](Facts::has_unreadable_refunds), and in every conflict: then a person decides.
    pub fn refundable(&self) -> Amount {
        let open =
            matches!(self.view(), PaymentView::Paid | PaymentView::PaidLate | PaymentView::PartRefunded);
        let rest = self
            .payment()
            .filter(|_| open && !self.is_disputed() && !self.has_unreadable_refunds())
            .and_then(|payment| payment.amount().checked_sub(&self.refunds.outstanding()?));
        rest.filter(Amount::is_positive).unwrap_or_else(Amount::zero)
    }

    fn only_payment(&self) -> Option<(&Payment, Counter)> {
        let mut payments = self.paid.iter();
        let (payment, first_seen) = payments.next()?;
        payments.next().is_none().then_some((payment, *first_seen))
    }
}
