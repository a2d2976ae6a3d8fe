//! Process: finish a hosted or captured order, and learn the saved card.

use crate::operation::macros::{request, view};
use crate::{Timestamp, TransactionNo, TransactionStatus, VaultId};

request! {
    /// Finishes an order that was made to save a card.
    OrderProcess answers Processed {
        name: "order-process",
        path: "/order/v4/process" | "/v3/process",
        effect: MovesMoney,
        settlement: TranQueryByReference,
        confidence: Current,
        envelope: Open(&["result"]),
        source: "Pockyt docs, Process API",
        unknown: "the answer's fields but for vaultId",
    }
    /// Finishes this order.
    new {
        /// The order.
        transaction_no: TransactionNo = "transactionNo",
    }
    optional {
        /// When the call is made.
        timestamp: Timestamp = "timestamp",
    }
}

view! {
    /// What Pockyt said to a process.
    Processed {
        /// The saved card, if the order was approved.
        vault_id: optional VaultId = "vaultId",
        /// Pockyt's number of the order.
        transaction_no: optional TransactionNo = "transactionNo",
        /// The state.
        status: optional TransactionStatus = "status",
    }
}
