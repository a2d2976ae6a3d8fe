//! The answer: what the facts of a payment mean.

use std::collections::BTreeSet;
use std::fmt;

use super::Facts;
use super::fact::{Payment, Said};
use crate::Amount;

/// What became of a payment, as far as its facts go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PaymentView {
    /// The facts cannot all be true: a person must look.
    Conflict(Conflict),
    /// Paid: the merchant has the money.
    Paid,
    /// Paid after the merchant had been told *unpaid*. Whether to fulfil or to refund is the merchant's
    /// policy; to ask is the careful one.
    PaidLate,
    /// Paid, and a part was given back.
    PartRefunded,
    /// Taken in, not decided.
    Pending,
    /// Paid, and all of it was given back.
    Refunded,
    /// Cancelled after it was paid.
    Reversed,
    /// Nothing was observed.
    Unknown,
    /// Failed or closed, said by a query that lists no refund: no money. To be asked again after
    /// [`ASK_AGAIN_AFTER`](crate::ASK_AGAIN_AFTER).
    Unpaid,
}

/// Why facts cannot all be true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Conflict {
    /// Paid, but a newer query says failed or closed, and nothing was given back. A newer query that
    /// says paid ends it.
    PaymentDenied,
    /// Two payments under one reference: another number, amount or currency. Or one, and the reversal of
    /// another number.
    PaymentsDiffer,
    /// A refund succeeded, but no payment was seen.
    RefundWithoutPayment,
    /// More was given back than was paid.
    RefundsAbovePayment,
    /// One refund was described in two ways, or in another currency than the payment.
    RefundsDisagree,
    /// Paid and in part given back, but a newer query says failed or closed: who has the rest? A newer
    /// query that says paid ends it, and so do refunds of the rest.
    RemainderDenied,
}

impl Facts {
    /// What the facts mean; the first that applies:
    ///
    /// 1. [`Conflict`], of which the first of payments that differ, refunds that disagree, refunds
    ///    without a payment, refunds above it, and a denial by a newer query. A reversal, or refunds of
    ///    the whole payment, explain such a denial; a reversal also stands for the payment that was not
    ///    seen. Refunds in flight explain nothing yet.
    /// 2. [`Reversed`](PaymentView::Reversed), [`Refunded`](PaymentView::Refunded),
    ///    [`PartRefunded`](PaymentView::PartRefunded).
    /// 3. [`PaidLate`](PaymentView::PaidLate), [`Paid`](PaymentView::Paid).
    /// 4. [`Unpaid`](PaymentView::Unpaid), [`Pending`](PaymentView::Pending),
    ///    [`Unknown`](PaymentView::Unknown).
    ///
    /// As facts are added it moves only as [`PaymentView::may_become`] says.
    pub fn view(&self) -> PaymentView {
        if let Some(conflict) = self.conflict() {
            return PaymentView::Conflict(conflict);
        }
        if !self.reversed.is_empty() {
            return PaymentView::Reversed;
        }
        if let Some(payment) = self.payment() {
            let refunded = self.refunded().filter(Amount::is_positive);
            return match refunded {
                Some(refunded) if refunded == *payment.amount() => PaymentView::Refunded,
                Some(_) => PaymentView::PartRefunded,
                None if self.is_late() => PaymentView::PaidLate,
                None => PaymentView::Paid,
            };
        }
        match (self.unpaid.is_empty(), self.pending) {
            (false, _) => PaymentView::Unpaid,
            (true, true) => PaymentView::Pending,
            (true, false) => PaymentView::Unknown,
        }
    }

    fn conflict(&self) -> Option<Conflict> {
        let paid_numbers = self.paid.keys().map(Payment::transaction_no);
        let numbers: BTreeSet<_> = paid_numbers.chain(&self.reversed).collect();
        if self.paid.len() > 1 || numbers.len() > 1 {
            return Some(Conflict::PaymentsDiffer);
        }
        let paid = self.only_payment();
        if self.refunds.disagree(paid.map(|(payment, _)| payment.currency())) {
            return Some(Conflict::RefundsDisagree);
        }
        let refunded = self.refunded();
        let given_back = refunded.as_ref().is_none_or(Amount::is_positive);
        let Some((payment, first_seen)) = paid else {
            return (given_back && self.reversed.is_empty()).then_some(Conflict::RefundWithoutPayment);
        };
        let Some(refunded) = refunded.filter(|refunded| refunded <= payment.amount()) else {
            return Some(Conflict::RefundsAbovePayment);
        };
        let denied =
            self.last_query.is_some_and(|query| query.counter > first_seen && query.said == Said::Unpaid);
        let explained = !self.reversed.is_empty() || refunded == *payment.amount();
        match (denied && !explained, given_back) {
            (false, _) => None,
            (true, false) => Some(Conflict::PaymentDenied),
            (true, true) => Some(Conflict::RemainderDenied),
        }
    }
}

impl PaymentView {
    /// Whether more facts can turn this view into `next`. Transitive, and complete: what it allows can
    /// happen, and what it does not cannot, in whatever order facts come in.
    ///
    /// The stages, each of which can become any later one:
    ///
    /// 1. `Unknown`
    /// 2. `Pending`
    /// 3. `Unpaid`
    /// 4. `Conflict(RefundWithoutPayment)`, but not the next stage, since its refund stays
    /// 5. `Paid`, `PaidLate`, `Conflict(PaymentDenied)`: from each to each. Between `Paid` and `PaidLate`
    ///    only when records that were kept apart are merged; one record, whose counter rises, never does
    ///    that.
    /// 6. `PartRefunded`, `Conflict(RemainderDenied)`: from each to each
    /// 7. `Refunded`
    /// 8. `Reversed`
    /// 9. `Conflict(RefundsAbovePayment)`
    /// 10. `Conflict(RefundsDisagree)`
    /// 11. `Conflict(PaymentsDiffer)`, for ever
    pub fn may_become(self, next: Self) -> bool {
        let keeps_its_refund =
            self != Self::Conflict(Conflict::RefundWithoutPayment) || next.stage() != Self::Paid.stage();
        self.stage() <= next.stage() && keeps_its_refund
    }

    fn stage(self) -> u8 {
        match self {
            Self::Unknown => 1,
            Self::Pending => 2,
            Self::Unpaid => 3,
            Self::Conflict(Conflict::RefundWithoutPayment) => 4,
            Self::Paid | Self::PaidLate | Self::Conflict(Conflict::PaymentDenied) => 5,
            Self::PartRefunded | Self::Conflict(Conflict::RemainderDenied) => 6,
            Self::Refunded => 7,
            Self::Reversed => 8,
            Self::Conflict(Conflict::RefundsAbovePayment) => 9,
            Self::Conflict(Conflict::RefundsDisagree) => 10,
            Self::Conflict(Conflict::PaymentsDiffer) => 11,
        }
    }

    /// A stable word, for records, metrics and logs; conflicts have their reason in it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Conflict(Conflict::PaymentDenied) => "conflict-payment-denied",
            Self::Conflict(Conflict::PaymentsDiffer) => "conflict-payments-differ",
            Self::Conflict(Conflict::RefundWithoutPayment) => "conflict-refund-without-payment",
            Self::Conflict(Conflict::RefundsAbovePayment) => "conflict-refunds-above-payment",
            Self::Conflict(Conflict::RefundsDisagree) => "conflict-refunds-disagree",
            Self::Conflict(Conflict::RemainderDenied) => "conflict-remainder-denied",
            Self::Paid => "paid",
            Self::PaidLate => "paid-late",
            Self::PartRefunded => "part-refunded",
            Self::Pending => "pending",
            Self::Refunded => "refunded",
            Self::Reversed => "reversed",
            Self::Unknown => "unknown",
            Self::Unpaid => "unpaid",
        }
    }
}

impl fmt::Display for PaymentView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
