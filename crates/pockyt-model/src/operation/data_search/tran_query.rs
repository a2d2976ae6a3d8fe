//! Transaction query: the state of an order.

use crate::operation::macros::{request, view};
use crate::{
    Amount, Currency, FieldError, OrderKey, Reference, RefundState, TransactionNo, TransactionStatus,
};

request! {
    /// Asks for the state of an order. A read: it may be repeated.
    TranQuery answers Transaction {
        name: "tran-query",
        path: "/app-data-search/v3/tran-query" | "/app-data-search/v3/trans-query" | "/app-data-search/v2/tran-query",
        effect: Read,
        settlement: NotNeeded,
        confidence: Current,
        envelope: In(&["result", "transaction"]),
        source: "Pockyt docs, Query API",
        unknown: "the answer to an unknown order, but for the code table's 000021",
    }
    /// Asks by either identifier.
    new {
        /// The order.
        order: OrderKey,
    }
    optional {}
}

impl TranQuery {
    /// Asks by the merchant's identifier.
    pub fn by_reference(reference: Reference) -> Self {
        Self::new(reference)
    }

    /// Asks by Pockyt's number.
    pub fn by_transaction_no(number: TransactionNo) -> Self {
        Self::new(number)
    }
}

view! {
    /// The state of an order. A refunded sale still shows `success`; its refunds are in
    /// [`Transaction::refunds`].
    Transaction {
        /// Pockyt's number of the order.
        transaction_no: required TransactionNo = "transactionNo" | "yuansferId",
        /// The merchant's identifier, as Pockyt has it.
        reference: optional String = "reference",
        /// The price, in major units of the currency.
        amount: required Amount = "amount",
        /// The currency of the price.
        currency: required Currency = "currency",
        /// The currency the merchant is paid in.
        settle_currency: optional Currency = "settleCurrency",
        /// The state.
        status: required TransactionStatus = "status" | "transactionStatus",
        /// `payment` or `refund`.
        transaction_type: optional String = "transactionType",
        /// The refunds of the order; empty when there is none.
        refunds: list RefundInfo = "refundInfo",
    }
}

view! {
    /// One refund of an order.
    RefundInfo {
        /// Pockyt's number of the refund.
        refund_transaction_no: optional TransactionNo = "refundTransactionId" | "refundTransactionNo" | "refundYuansferId",
        /// The merchant's identifier of the refund.
        refund_reference: optional String = "refundReference",
        /// How much was given back, in major units of the currency.
        refund_amount: required Amount = "refundAmount",
        /// The same in CNY, only if the order was priced in it by API version 2.
        refund_rmb_amount: optional Amount = "refundRmbAmount",
        /// The currency of the sale.
        currency: optional Currency = "currency",
        /// The currency the merchant is paid in.
        settle_currency: optional Currency = "settleCurrency",
    }
}

impl RefundInfo {
    /// How far the refund has come: `status` or `refundStatus`. The documented list has neither and shows
    /// what was refunded, so without them the refund has succeeded; a word that no source gives for a refund
    /// leaves it pending, and so do two that differ.
    ///
    /// # Errors
    ///
    /// One of them cannot be read as text.
    pub fn state(&self) -> Result<RefundState, FieldError> {
        let said = |name| -> Result<Option<RefundState>, FieldError> {
            let word: Option<String> = self.result.optional(&[name])?;
            Ok(word
                .filter(|word| !word.is_empty())
                .map(|word| RefundState::from(&TransactionStatus::from_wire(&word))))
        };
        Ok(match (said("status")?, said("refundStatus")?) {
            (None, None) => RefundState::Success,
            (Some(state), None) | (None, Some(state)) => state,
            (Some(one), Some(other)) if one == other => one,
            _ => RefundState::Pending,
        })
    }
}
