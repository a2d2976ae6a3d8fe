//! Cancel: close an unpaid order, or give back a paid one.

use super::{Confidence, Effect, FieldSpec, Operation, OperationSpec, Settlement, View, maybe, view};
use crate::{Amount, Currency, OrderKey, Params, TransactionNo, TransactionStatus};

/// Cancels an order: an unpaid one is closed, a paid one is given back.
///
/// `POST /app-data-search/v3/cancel`; the vendor's JavaScript SDK calls it `/app-data-search/v3/reverse`.
/// The status in the answer is a hint: what became of a paid order is documented nowhere, so query it.
#[derive(Clone, Debug)]
pub struct Cancel {
    order: OrderKey,
}

impl Cancel {
    /// Cancels this order.
    pub fn new(order: impl Into<OrderKey>) -> Self {
        Self { order: order.into() }
    }
}

impl Operation for Cancel {
    type Answer = Cancelled;

    const SPEC: OperationSpec = OperationSpec {
        name: "cancel",
        path: "/app-data-search/v3/cancel",
        path_aliases: &["/app-data-search/v3/reverse"],
        effect: Effect::MovesMoney,
        settlement: Settlement::RefundInfoOfSale,
        confidence: Confidence::Current,
        fields: FIELDS,
        envelope: "result",
        answer: Cancelled::FIELDS,
    };

    fn write_params<'a>(&'a self, params: &mut Params<'a>) {
        self.order.write(params);
    }
}

/// One of the two is always sent.
const FIELDS: &[FieldSpec] = &[maybe("transactionNo"), maybe("reference")];

view! {
    /// What Pockyt said to a cancel: a hint, not the state of the order.
    Cancelled {
        /// Pockyt's number of the order.
        transaction_no: required TransactionNo = "transactionNo",
        /// The merchant's identifier, as Pockyt has it.
        reference: optional String = "reference",
        /// The price; a JSON number in the published example.
        amount: required Amount = "amount",
        /// The currency of the price.
        currency: required Currency = "currency",
        /// `closed` for an unpaid order; for a paid one no source says.
        status: required TransactionStatus = "status",
    }
}
