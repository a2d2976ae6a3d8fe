//! Transaction query: the state of an order.

use super::{Confidence, Effect, FieldSpec, Operation, OperationSpec, Settlement, View, maybe, view};
use crate::{Amount, Currency, DecodeError, OrderKey, Params, Reference, TransactionNo, TransactionStatus};

/// Asks for the state of an order. A read: it may be repeated.
///
/// `POST /app-data-search/v3/tran-query`.
#[derive(Clone, Debug)]
pub struct TranQuery {
    order: OrderKey,
}

impl TranQuery {
    /// Asks by either identifier.
    pub fn new(order: impl Into<OrderKey>) -> Self {
        Self { order: order.into() }
    }

    /// Asks by the merchant's identifier.
    pub fn by_reference(reference: Reference) -> Self {
        Self::new(reference)
    }

    /// Asks by Pockyt's number.
    pub fn by_transaction_no(number: TransactionNo) -> Self {
        Self::new(number)
    }
}

impl Operation for TranQuery {
    type Answer = Transaction;

    const SPEC: OperationSpec = OperationSpec {
        name: "tran-query",
        path: "/app-data-search/v3/tran-query",
        path_aliases: &["/app-data-search/v3/trans-query"],
        effect: Effect::Read,
        settlement: Settlement::NotNeeded,
        confidence: Confidence::Current,
        fields: FIELDS,
        envelope: "result",
        answer: Transaction::FIELDS,
    };

    fn write_params<'a>(&'a self, params: &mut Params<'a>) {
        self.order.write(params);
    }
}

/// One of the two is always sent.
const FIELDS: &[FieldSpec] = &[maybe("transactionNo"), maybe("reference")];

view! {
    /// The state of an order. A refunded sale still shows `success`; its refunds are in
    /// [`Transaction::refunds`].
    Transaction {
        /// Pockyt's number of the order.
        transaction_no: required TransactionNo = "transactionNo",
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
    }
}

impl Transaction {
    /// The refunds of the order, `refundInfo`; empty when there is none.
    ///
    /// # Errors
    ///
    /// `refundInfo` is not an array of objects.
    pub fn refunds(&self) -> Result<Vec<RefundInfo>, DecodeError> {
        let items = self.result().objects("refundInfo")?;
        Ok(items.into_iter().map(|item| RefundInfo::from_objects(item, self.envelope().clone())).collect())
    }
}

view! {
    /// One refund of an order.
    RefundInfo {
        /// Pockyt's number of the refund.
        refund_transaction_no: optional TransactionNo = "refundTransactionId" | "refundTransactionNo",
        /// The merchant's identifier of the refund.
        refund_reference: optional String = "refundReference",
        /// How much was given back, in major units of the currency.
        refund_amount: required Amount = "refundAmount",
        /// The currency of the sale.
        currency: optional Currency = "currency",
        /// The currency the merchant is paid in.
        settle_currency: optional Currency = "settleCurrency",
    }
}
