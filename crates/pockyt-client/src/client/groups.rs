//! The operations as methods, grouped by product.

use pockyt_model::operation::{
    Add, Cancel, Cancelled, Checkout, CreateTransQrcode, InStoreTransaction, Prepay, QrCode, Refund,
    Refunded, SecurePay, TranQuery, Transaction,
};

use super::Client;
use crate::CallError;

macro_rules! group {
    ($(#[$meta:meta])* $name:ident { $( $(#[$method_meta:meta])* $method:ident($operation:ty) -> $answer:ty; )* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name<'a>(pub(super) &'a Client);

        impl $name<'_> {
            $(
                $(#[$method_meta])*
                ///
                /// # Errors
                ///
                /// See [`CallError`].
                pub async fn $method(&self, request: &$operation) -> Result<$answer, CallError> {
                    self.0.call(request).await
                }
            )*
        }
    };
}

group! {
    /// Payments at a till.
    InStore {
        /// Creates an order to be paid by [`InStore::prepay`].
        add(Add) -> InStoreTransaction;
        /// Asks the customer's wallet to pay. Often answered `pending`: [`Client::poll`] it.
        prepay(Prepay) -> InStoreTransaction;
        /// Creates an order and a code that the customer scans.
        create_trans_qrcode(CreateTransQrcode) -> QrCode;
    }
}

group! {
    /// Payments on a web page or in an app.
    Online {
        /// Creates an order and the cashier page to send the customer to.
        secure_pay(SecurePay) -> Checkout;
    }
}

group! {
    /// Existing orders.
    Orders {
        /// Asks for an order's state, once.
        query(TranQuery) -> Transaction;
        /// Gives back a part or all of a paid order.
        refund(Refund) -> Refunded;
        /// Closes an unpaid order, gives back a paid one. Query afterwards: the answer is a hint.
        cancel(Cancel) -> Cancelled;
    }
}
