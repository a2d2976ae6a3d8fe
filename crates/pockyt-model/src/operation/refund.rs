//! Refund: give back a part or all of a paid order.

use super::{
    Confidence, Effect, FieldSpec, Operation, OperationSpec, Settlement, View, maybe, needed, optional, view,
};
use crate::{Amount, Currency, IpnUrl, OrderKey, Params, Price, Reference, TransactionNo, TransactionStatus};

/// Refunds a part or all of a paid order.
///
/// `POST /app-data-search/v3/refund`. Several partial refunds are allowed, together not above the sale.
#[derive(Clone, Debug)]
pub struct Refund {
    order: OrderKey,
    price: Price,
    refund_reference: Reference,
    ipn_url: Option<IpnUrl>,
}

impl Refund {
    /// Gives back this much of this order, in the sale's currency.
    ///
    /// `refund_reference` is the merchant's identifier of the refund: record it before sending. After a
    /// lost answer it is found in the sale's [`Transaction::refunds`](super::Transaction::refunds), and
    /// the refund must not be sent again under another one.
    pub fn new(order: impl Into<OrderKey>, price: Price, refund_reference: Reference) -> Self {
        Self { order: order.into(), price, refund_reference, ipn_url: None }
    }

    optional!(ipn_url, "Where to notify of the refund.");
}

impl Operation for Refund {
    type Answer = Refunded;

    const SPEC: OperationSpec = OperationSpec {
        name: "refund",
        path: "/app-data-search/v3/refund",
        path_aliases: &[],
        effect: Effect::MovesMoney,
        settlement: Settlement::RefundInfoOfSale,
        confidence: Confidence::Current,
        fields: FIELDS,
        envelope: "result",
        answer: Refunded::FIELDS,
    };

    fn write_params<'a>(&'a self, params: &mut Params<'a>) {
        self.order.write(params);
        self.price.write("refundAmount", params);
        params.push("refundReference", self.refund_reference.as_str());
        params.push_some("ipnUrl", self.ipn_url.as_ref().map(IpnUrl::as_str));
    }
}

/// One of `transactionNo` and `reference` is always sent.
const FIELDS: &[FieldSpec] = &[
    maybe("transactionNo"),
    maybe("reference"),
    needed("refundAmount"),
    needed("currency"),
    needed("settleCurrency"),
    needed("refundReference"),
    maybe("ipnUrl"),
];

view! {
    /// A refund that Pockyt took in.
    Refunded {
        /// Pockyt's number of the sale.
        transaction_no: required TransactionNo = "transactionNo",
        /// The merchant's identifier of the sale.
        reference: optional String = "reference",
        /// The price of the sale.
        amount: required Amount = "amount",
        /// How much is given back.
        refund_amount: required Amount = "refundAmount",
        /// The merchant's identifier of the refund.
        refund_reference: optional String = "refundReference",
        /// Pockyt's number of the refund.
        refund_transaction_no: required TransactionNo = "refundTransactionNo",
        /// The currency of the sale.
        currency: required Currency = "currency",
        /// The currency the merchant is paid in.
        settle_currency: required Currency = "settleCurrency",
        /// The refund's state; only `success` is documented.
        status: required TransactionStatus = "status",
    }
}
