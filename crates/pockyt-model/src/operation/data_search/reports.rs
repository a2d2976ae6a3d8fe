//! Notes and lists that the current documentation names without showing them.

use crate::operation::macros::{request, view};
use crate::operation::raw::RawAnswer;

request! {
    /// Adds notes to a transaction. The documentation shows method and path only: give the parameters as
    /// extra fields.
    AddNotes answers RawAnswer {
        name: "notes-add",
        path: "/app-data-search/v3/notes/add",
        effect: Changes,
        settlement: Nobody,
        confidence: Current,
        envelope: Open(&["result"]),
        source: "Pockyt docs, Reporting API integration",
        unknown: "all parameters; the answer",
    }
    /// A request without parameters of its own.
    new {}
    optional {}
}

request! {
    /// Lists transactions in bulk. The documentation names it without showing it: give the parameters as
    /// extra fields. [`TransList`](crate::operation::sdk_only::TransList) is what the vendor's SDKs send.
    TransactionList answers TransactionPage {
        name: "transaction-list",
        path: "/app-data-search/v3/transaction-list",
        effect: Read,
        settlement: NotNeeded,
        confidence: Current,
        envelope: Open(&["result"]),
        source: "Pockyt docs name it (Query Bulk Transactions)",
        unknown: "all parameters; the answer; whether this or trans-list is live; pagination",
    }
    /// A request without parameters of its own.
    new {}
    optional {}
}

view! {
    /// A list of transactions. The fields of an item are stated nowhere; presumably those of
    /// [`InStoreTransaction`](crate::operation::InStoreTransaction).
    TransactionPage {
        /// The transactions.
        transactions: list RawAnswer = "transactions",
        /// How many there are.
        size: optional u32 = "size",
    }
}
