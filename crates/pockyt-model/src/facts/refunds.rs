//! The refunds of one payment: those that Pockyt speaks of, and those that were asked for.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Counter;
use super::fact::{earlier, later};
use crate::{Amount, Currency, TransactionNo, TransactionStatus};

/// How far a refund has come. The later word counts: Pockyt may yet carry out what had failed, and does
/// not take back what succeeded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RefundState {
    /// Taken in, not decided. Holds the money: it cannot be refunded a second time.
    #[default]
    Pending,
    /// Not carried out.
    Failed,
    /// The customer has the money.
    Success,
}

impl From<&TransactionStatus> for RefundState {
    fn from(status: &TransactionStatus) -> Self {
        match status {
            TransactionStatus::Closed | TransactionStatus::Failed => Self::Failed,
            TransactionStatus::Success => Self::Success,
            // A word that no source gives for a refund leaves it unresolved.
            _ => Self::Pending,
        }
    }
}

/// What was seen of a refund under Pockyt's number. Where answers disagree every value is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) amounts: BTreeSet<Amount>,
    pub(super) currencies: BTreeSet<Currency>,
    pub(super) references: BTreeSet<String>,
    /// When it was first seen to have failed: asked for after that, it may be carried out after all.
    pub(super) failed_at: Option<Counter>,
    pub(super) state: RefundState,
}

/// What we asked for under our reference, before any answer named a number for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) amounts: BTreeSet<Amount>,
    pub(super) currencies: BTreeSet<Currency>,
    /// The newest time.
    pub(super) asked: Option<Counter>,
    /// The newest time.
    pub(super) refused: Option<Counter>,
}

/// A list of refunds in a query's answer, ordered by the counter first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    pub(super) counter: Counter,
    /// None of a list that is no list of objects.
    pub(super) items: usize,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Refunds {
    pub(super) listed: BTreeMap<TransactionNo, Listed>,
    pub(super) asked: BTreeMap<String, Asked>,
    /// The newest list of which every item could be read.
    pub(super) list_read: Option<List>,
    /// The lists of which an item could not be read: the count of the newest, and the most items.
    pub(super) list_unread: Option<List>,
}

impl Refunds {
    pub(super) fn merge(&mut self, other: &Self) {
        for (number, theirs) in &other.listed {
            let ours = self.listed.entry(number.clone()).or_default();
            ours.amounts.extend(theirs.amounts.iter().cloned());
            ours.currencies.extend(&theirs.currencies);
            ours.references.extend(theirs.references.iter().cloned());
            ours.failed_at = earlier(ours.failed_at, theirs.failed_at);
            ours.state = ours.state.max(theirs.state);
        }
        for (reference, theirs) in &other.asked {
            let ours = self.asked.entry(reference.clone()).or_default();
            ours.amounts.extend(theirs.amounts.iter().cloned());
            ours.currencies.extend(&theirs.currencies);
            ours.asked = later(ours.asked, theirs.asked);
            ours.refused = later(ours.refused, theirs.refused);
        }
        self.list_read = later(self.list_read, other.list_read);
        self.list_unread = match (self.list_unread, other.list_unread) {
            (Some(a), Some(b)) => {
                Some(List { counter: a.counter.max(b.counter), items: a.items.max(b.items) })
            }
            (a, b) => a.or(b),
        };
    }

    pub(super) fn are_unreadable(&self) -> bool {
        self.list_unread.is_some_and(|unread| {
            self.list_read.is_none_or(|read| read.counter <= unread.counter || read.items < unread.items)
        })
    }

    pub(super) fn state(&self, reference: &str) -> Option<RefundState> {
        let listed = || self.listed_under(reference).map(|refund| refund.state);
        let asked = self.asked.get(reference);
        if listed().any(|state| state == RefundState::Success) {
            return Some(RefundState::Success);
        }
        let open = listed().any(|state| state == RefundState::Pending);
        if open || asked.is_some_and(|asked| self.is_unanswered(reference, asked)) {
            return Some(RefundState::Pending);
        }
        (asked.is_some() || listed().next().is_some()).then_some(RefundState::Failed)
    }

    /// Whether the newest time it was asked for may still be carried out, and no listed refund stands for
    /// it. A refusal or a failure of that time is known from a later count only.
    fn is_unanswered(&self, reference: &str, asked: &Asked) -> bool {
        let mut failures = self.listed_under(reference).map(|refund| refund.failed_at);
        let stands_for_it = self.listed_under(reference).any(|refund| refund.state != RefundState::Failed);
        asked.asked.is_some()
            && !stands_for_it
            && asked.refused <= asked.asked
            && failures.all(|failed| failed <= asked.asked)
    }

    /// The sum of what was carried out; `None` when it is beyond every payment.
    pub(super) fn succeeded(&self) -> Option<Amount> {
        sum(self.listed.values().filter(|refund| refund.state == RefundState::Success).map(Listed::amount))
    }

    /// The sum of what was carried out or still may be; `None` when it is beyond every payment.
    pub(super) fn outstanding(&self) -> Option<Amount> {
        let listed = self.listed.values().filter(|refund| refund.state != RefundState::Failed);
        let unanswered = self.asked.iter().filter(|(reference, asked)| self.is_unanswered(reference, asked));
        sum(listed.map(Listed::amount).chain(unanswered.map(|(_, asked)| asked.amounts.last())))
    }

    fn listed_under(&self, reference: &str) -> impl Iterator<Item = &Listed> {
        self.listed.values().filter(move |refund| refund.references.contains(reference))
    }

    /// Whether one refund was described in two ways: two amounts, currencies or references under one
    /// number, two numbers for one reference, or a currency that is not the payment's.
    pub(super) fn disagree(&self, paid_in: Option<Currency>) -> bool {
        let two_references = self.listed.values().any(|refund| refund.references.len() > 1);
        let mut references = self.listed.values().flat_map(|refund| &refund.references);
        let two_numbers = references.any(|reference| self.listed_under(reference).count() > 1);
        let two_amounts = self.listed.values().any(|refund| {
            let asked = refund.references.iter().filter_map(|reference| self.asked.get(reference));
            differ(refund.amounts.iter().chain(asked.flat_map(|asked| &asked.amounts)))
        });
        let two_wishes = self.asked.values().any(|asked| asked.amounts.len() > 1);
        let currencies = self.listed.values().map(|refund| &refund.currencies);
        let currencies = currencies.chain(self.asked.values().map(|asked| &asked.currencies)).flatten();
        two_references
            || two_numbers
            || two_amounts
            || two_wishes
            || differ(currencies.chain(paid_in.as_ref()))
    }
}

impl Listed {
    /// Of several, the largest: the careful guess until a person has looked.
    fn amount(&self) -> Option<&Amount> {
        self.amounts.last()
    }
}

fn sum<'a>(amounts: impl Iterator<Item = Option<&'a Amount>>) -> Option<Amount> {
    // Amounts have at most 15 digits before the point and 6 after it, so only a sum far above every
    // payment is too long to be held.
    amounts.flatten().try_fold(Amount::zero(), |sum, amount| sum.checked_add(amount))
}

fn differ<'a, T: PartialEq + 'a>(mut values: impl Iterator<Item = &'a T>) -> bool {
    values.next().is_some_and(|first| values.any(|other| other != first))
}
