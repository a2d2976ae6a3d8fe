//! Refund: give back a part or all of a paid order.

use crate::operation::macros::{request, view};
use crate::price::price_as;
use crate::{Amount, Currency, IpnUrl, OrderKey, Reference, TransactionNo, TransactionStatus};

price_as! {
    /// What a refund gives back: a [`Price`](crate::Price) that is sent as `refundAmount`.
    RefundPrice = "refundAmount"
}

request! {
    /// Refunds a part or all of a paid order. Several partial refunds are allowed, together not above the
    /// sale.
    Refund answers Refunded {
        name: "refund",
        path: "/app-data-search/v3/refund",
        effect: MovesMoney,
        settlement: RefundInfoOfSale,
        confidence: Current,
        envelope: In(&["result"]),
        source: "Pockyt docs, Refund API",
        unknown: "how a refund above the rest is refused; states other than success",
    }
    /// Gives back this much of this order, in the sale's currency.
    ///
    /// `refund_reference` is the merchant's identifier of the refund: record it before sending. After a
    /// lost answer it is found in the sale's [`Transaction::refunds`](super::Transaction::refunds), and
    /// the refund must not be sent again under another one.
    new {
        /// The sale.
        order: OrderKey,
        /// What is given back.
        price: RefundPrice,
        /// The merchant's identifier of the refund.
        refund_reference: Reference = "refundReference",
    }
    optional {
        /// Where to notify of the refund.
        ipn_url: IpnUrl = "ipnUrl",
    }
}

view! {
    /// A refund that Pockyt took in.
    Refunded {
        /// Pockyt's number of the sale.
        transaction_no: required TransactionNo = "transactionNo" | "oldTransactionId",
        /// The merchant's identifier of the sale.
        reference: optional String = "reference",
        /// The price of the sale.
        amount: required Amount = "amount",
        /// How much is given back.
        refund_amount: required Amount = "refundAmount",
        /// The merchant's identifier of the refund.
        refund_reference: optional String = "refundReference",
        /// Pockyt's number of the refund.
        refund_transaction_no: required TransactionNo = "refundTransactionNo" | "refundTransactionId",
        /// The currency of the sale.
        currency: required Currency = "currency",
        /// The currency the merchant is paid in.
        settle_currency: required Currency = "settleCurrency",
        /// The refund's state; only `success` is documented.
        status: required TransactionStatus = "status",
    }
}
