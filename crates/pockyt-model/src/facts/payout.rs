//! What is known of one payout, with its own order of states.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::fact::{Counter, Payment, later};
use super::stored::{Versioned, read_payment, read_versioned};
use crate::PayoutStatus;

/// Everything that was ever observed of one payout, by its `invoiceId`.
///
/// As [`Facts`](crate::Facts) for payments: facts only grow, [`PayoutFacts::merge`] is a union in any
/// order, and [`PayoutFacts::view`] is all that they mean. Kept with serde in the same way.
///
/// ```
/// use pockyt_model::{Amount, Counter, Currency, Payment, PayoutFacts, PayoutStatus, PayoutView};
/// use pockyt_model::TransactionNo;
///
/// let ten = Amount::parse("10.00")?;
/// let payout = Payment::new(TransactionNo::new("303768502875460668")?, &ten, Currency::USD)?;
/// let mut facts = PayoutFacts::default();
/// for (counter, status) in [(1, "pending"), (2, "completed"), (3, "returned"), (4, "pending")] {
///     facts.observe(Counter::new(counter), &PayoutStatus::from_wire(status), &payout);
/// }
/// assert_eq!(facts.view(), PayoutView::Returned);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PayoutFacts {
    payouts: BTreeSet<Payment>,
    reached: BTreeSet<Milestone>,
    /// The newest state from which anything can come, with the record's counter.
    open: Option<(Counter, String)>,
}

/// The states that stay true once reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Milestone {
    Failed,
    Success,
    Returned,
    Refunded,
    Reversed,
}

/// What became of a payout, as far as its facts go.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PayoutView {
    /// The facts cannot all be true: a person must look.
    Conflict(PayoutConflict),
    /// Not paid out.
    Failed,
    /// Not decided: the newest state, one of pending, onhold, unclaimed, blocked, or a word that this
    /// crate does not know.
    Open(PayoutStatus),
    /// Paid out.
    Paid,
    /// Paid out, and given back by the payee. News for the merchant, not an error.
    Refunded,
    /// Paid out, and sent back by the receiving side. News for the merchant, not an error.
    Returned,
    /// Paid out, and taken back. News for the merchant, not an error.
    Reversed,
    /// Nothing was observed.
    Unknown,
}

/// Why the facts of a payout cannot all be true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PayoutConflict {
    /// It failed, and it was paid out (or came back, which only money does that was paid out).
    FailedAndPaid,
    /// Two payouts under one `invoiceId`: another number, amount or currency.
    PayoutsDiffer,
}

impl PayoutFacts {
    /// Adds what an answer, an inquiry or a notification says. `payout` is what it names as Pockyt's
    /// number, amount and currency.
    pub fn observe(&mut self, counter: Counter, status: &PayoutStatus, payout: &Payment) {
        self.payouts.insert(payout.clone());
        if let Some(milestone) = Milestone::of(status) {
            self.reached.insert(milestone);
        } else {
            let seen = Some((counter, status.as_str().to_owned()));
            self.open = later(self.open.take(), seen);
        }
    }

    /// Adds all that another record of the same payout knows. Commutative, associative and idempotent.
    pub fn merge(&mut self, other: &Self) {
        self.payouts.extend(other.payouts.iter().cloned());
        self.reached.extend(&other.reached);
        self.open = later(self.open.take(), other.open.clone());
    }

    /// Whether everything in the other record is known here already.
    pub fn includes(&self, other: &Self) -> bool {
        let mut both = self.clone();
        both.merge(other);
        both == *self
    }

    /// The payout; `None` when none was seen, or several that differ.
    pub fn payout(&self) -> Option<&Payment> {
        self.payouts.first().filter(|_| self.payouts.len() == 1)
    }

    /// What the facts mean; the first that applies: [`PayoutConflict::PayoutsDiffer`],
    /// [`PayoutConflict::FailedAndPaid`], reversed, refunded, returned, paid, failed, open, unknown.
    ///
    /// Of several ways in which money came back the first named counts; no source gives an order.
    pub fn view(&self) -> PayoutView {
        let furthest = self.reached.last();
        if self.payouts.len() > 1 {
            return PayoutView::Conflict(PayoutConflict::PayoutsDiffer);
        }
        if self.reached.contains(&Milestone::Failed) && furthest > Some(&Milestone::Failed) {
            return PayoutView::Conflict(PayoutConflict::FailedAndPaid);
        }
        match (furthest, &self.open) {
            (Some(Milestone::Failed), _) => PayoutView::Failed,
            (Some(Milestone::Success), _) => PayoutView::Paid,
            (Some(Milestone::Returned), _) => PayoutView::Returned,
            (Some(Milestone::Refunded), _) => PayoutView::Refunded,
            (Some(Milestone::Reversed), _) => PayoutView::Reversed,
            (None, Some((_, word))) => PayoutView::Open(PayoutStatus::from_wire(word)),
            (None, None) => PayoutView::Unknown,
        }
    }
}

impl PayoutView {
    /// Whether more facts can turn this view into `next`: from one open state to any other, and from
    /// each stage to every later one: `Unknown`, `Open`, then `Failed`, or `Paid`, `Returned`,
    /// `Refunded`, `Reversed`, then the conflicts. From `Failed` only to a conflict.
    pub fn may_become(&self, next: &Self) -> bool {
        let after_failure = !matches!(
            (self, next),
            (Self::Failed, Self::Paid | Self::Returned | Self::Refunded | Self::Reversed)
        );
        self.stage() <= next.stage() && after_failure
    }

    fn stage(&self) -> u8 {
        match self {
            Self::Unknown => 1,
            Self::Open(_) => 2,
            Self::Failed => 3,
            Self::Paid => 4,
            Self::Returned => 5,
            Self::Refunded => 6,
            Self::Reversed => 7,
            Self::Conflict(PayoutConflict::FailedAndPaid) => 8,
            Self::Conflict(PayoutConflict::PayoutsDiffer) => 9,
        }
    }
}

impl Milestone {
    fn of(status: &PayoutStatus) -> Option<Self> {
        Some(match status {
            PayoutStatus::Failed => Self::Failed,
            PayoutStatus::Refunded => Self::Refunded,
            PayoutStatus::Returned => Self::Returned,
            PayoutStatus::Reversed => Self::Reversed,
            PayoutStatus::Success => Self::Success,
            PayoutStatus::Blocked
            | PayoutStatus::OnHold
            | PayoutStatus::Other(_)
            | PayoutStatus::Pending
            | PayoutStatus::Unclaimed => return None,
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredPayout {
    #[serde(default)]
    payouts: Vec<(String, String, String)>,
    #[serde(default)]
    reached: BTreeSet<Milestone>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    open: Option<(Counter, String)>,
}

impl Serialize for PayoutFacts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let texts =
            |p: &Payment| (p.transaction_no().to_string(), p.amount().to_string(), p.currency().to_string());
        let stored = StoredPayout {
            payouts: self.payouts.iter().map(texts).collect(),
            reached: self.reached.clone(),
            open: self.open.clone(),
        };
        Versioned::new(stored).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for PayoutFacts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored: StoredPayout = read_versioned(deserializer)?;
        let payouts = stored.payouts.iter().map(|(no, amount, currency)| read_payment(no, amount, currency));
        let payouts = payouts.collect::<Result<_, _>>().map_err(de::Error::custom)?;
        Ok(Self { payouts, reached: stored.reached, open: stored.open })
    }
}
