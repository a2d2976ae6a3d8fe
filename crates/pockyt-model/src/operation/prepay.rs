//! Prepay: take the money for an in-store order from the code a customer shows.

use super::{
    Confidence, Effect, FieldSpec, Operation, OperationSpec, Settlement, View, maybe, needed, optional, view,
};
use crate::{Amount, Currency, OrderKey, Params, PaymentBarcode, PockytTime, TransactionNo};
use crate::{TransactionStatus, Vendor};

/// Asks the wallet behind a customer's code to pay an order made by [`Add`](super::Add).
///
/// `POST /app-instore/v3/prepay`; older documentation and most vendor SDKs call it `/app-instore/v3/pay`,
/// with the same parameters. The answer is often `pending`: the customer still has to confirm.
#[derive(Clone, Debug)]
pub struct Prepay {
    order: OrderKey,
    payment_barcode: PaymentBarcode,
    store_admin_no: Option<String>,
    vendor: Option<Vendor>,
}

impl Prepay {
    /// Pays this order with this code.
    pub fn new(order: impl Into<OrderKey>, payment_barcode: PaymentBarcode) -> Self {
        Self { order: order.into(), payment_barcode, store_admin_no: None, vendor: None }
    }

    optional!(store_admin_no);

    /// The wallet; the sources part over whether it must be given.
    pub fn vendor(mut self, vendor: Vendor) -> Self {
        self.vendor = Some(vendor);
        self
    }
}

impl Operation for Prepay {
    type Answer = InStoreTransaction;

    const SPEC: OperationSpec = OperationSpec {
        name: "prepay",
        path: "/app-instore/v3/prepay",
        path_aliases: &["/app-instore/v3/pay"],
        effect: Effect::MovesMoney,
        settlement: Settlement::TranQueryByReference,
        confidence: Confidence::Current,
        fields: FIELDS,
        envelope: "result",
        answer: InStoreTransaction::FIELDS,
    };

    fn write_params<'a>(&'a self, params: &mut Params<'a>) {
        self.order.write(params);
        params.push("paymentBarcode", self.payment_barcode.reveal());
        params.push_some("storeAdminNo", self.store_admin_no.as_deref());
        params.push_some("vendor", self.vendor.as_ref().map(Vendor::as_str));
    }
}

/// One of `transactionNo` and `reference` is always sent.
const FIELDS: &[FieldSpec] = &[
    maybe("transactionNo"),
    maybe("reference"),
    needed("paymentBarcode"),
    maybe("storeAdminNo"),
    maybe("vendor"),
];

view! {
    /// An in-store order, as [`Add`](super::Add) and [`Prepay`] answer it.
    InStoreTransaction {
        /// Pockyt's number of the order.
        transaction_no: required TransactionNo = "transactionNo",
        /// The merchant's identifier, as Pockyt has it.
        reference: optional String = "reference",
        /// In a refund's record, the sale.
        original_transaction_no: optional TransactionNo = "originalTransactionNo",
        /// The merchant.
        merchant_no: required String = "merchantNo",
        /// The store.
        store_no: required String = "storeNo",
        /// The clerk.
        store_admin_no: optional String = "storeAdminNo",
        /// The price, in major units of the currency.
        amount: required Amount = "amount",
        /// What has been refunded.
        refund_amount: optional Amount = "refundAmount",
        /// What has been voided.
        void_amount: optional Amount = "voidAmount",
        /// `payment`, `refund` or `void`.
        transaction_type: optional String = "transactionType",
        /// The state. `pending` here is the normal case, not a failure.
        status: required TransactionStatus = "transactionStatus" | "status",
        /// The currency of the price.
        currency: required Currency = "currency",
        /// The currency the merchant is paid in.
        settle_currency: required Currency = "settleCurrency",
        /// When the order was made, UTC+8.
        create_time: optional PockytTime = "createTime",
        /// When it was paid, UTC+8.
        payment_time: optional PockytTime = "paymentTime",
    }
}
