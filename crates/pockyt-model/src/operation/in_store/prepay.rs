//! Prepay: take the money for an in-store order from the code a customer shows.

use crate::operation::macros::{request, view};
use crate::{Amount, Currency, OrderKey, PaymentBarcode, PockytTime, StoreAdminNo, TransactionNo};
use crate::{TransactionStatus, Vendor};

request! {
    /// Asks the wallet behind a customer's code to pay an order made by [`Add`](super::Add).
    ///
    /// Older documentation and most vendor SDKs call it `pay`, with the same parameters. The answer is
    /// often `pending`: the customer still has to confirm.
    Prepay answers InStoreTransaction {
        name: "prepay",
        path: "/app-instore/v3/prepay" | "/app-instore/v3/pay" | "/app-instore/v2/pay",
        effect: MovesMoney,
        settlement: TranQueryByReference,
        confidence: Current,
        envelope: In(&["result", "transaction"]),
        source: "Pockyt docs, Pay transaction API",
        unknown: "which status stands for a customer who has not confirmed yet",
    }
    /// Pays this order with this code.
    new {
        /// The order.
        order: OrderKey,
        /// The customer's code.
        payment_barcode: PaymentBarcode = "paymentBarcode",
    }
    optional {
        /// The clerk.
        store_admin_no: StoreAdminNo = "storeAdminNo",
        /// The wallet; the sources part over whether it must be given.
        vendor: Vendor = "vendor",
    }
}

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
        /// The rate from the price's currency to the settlement's, USD to CNY in the notes' only example.
        exchange_rate: optional Amount = "exchangeRate",
        /// The wallet; only the documentation's notes show it here.
        vendor: optional Vendor = "vendor",
    }
}
