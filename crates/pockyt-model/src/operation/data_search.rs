//! Asking after orders, giving money back, and reports.

mod cancel;
mod refund;
mod reports;
mod tran_query;

pub use cancel::{Cancel, Cancelled};
pub use refund::{Refund, RefundPrice, Refunded};
pub use reports::{AddNotes, TransactionList, TransactionPage};
pub use tran_query::{RefundInfo, TranQuery, Transaction};
