//! Cancel: close an unpaid order, or give back a paid one.

use crate::operation::macros::{request, view};
use crate::{Amount, Currency, OrderKey, TransactionNo, TransactionStatus};

request! {
    /// Cancels an order: an unpaid one is closed, a paid one is given back.
    ///
    /// The status in the answer is a hint: what became of a paid order is documented nowhere, so query it.
    Cancel answers Cancelled {
        name: "cancel",
        path: "/app-data-search/v3/cancel" | "/app-data-search/v3/reverse" | "/app-data-search/v2/cancel" | "/app-data-search/v2/reverse",
        effect: MovesMoney,
        settlement: RefundInfoOfSale,
        confidence: Current,
        envelope: In(&["result", "refundTransaction"]),
        source: "Pockyt docs, Cancel API",
        unknown: "the status after cancelling a paid order; what a second cancel answers",
    }
    /// Cancels this order.
    new {
        /// The order.
        order: OrderKey,
    }
    optional {}
}

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
        status: required TransactionStatus = "status" | "transactionStatus",
    }
}
