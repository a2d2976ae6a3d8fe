//! Create QR code: an order that the customer pays by scanning a code.

use crate::operation::macros::{request, view};
use crate::{
    Amount, Currency, FreeText, IpnUrl, OrderTimeout, Price, Reference, StoreAdminNo, TransactionNo, Vendor,
};

request! {
    /// Creates an order and the code that pays it. An image of the code is asked for; say so with
    /// [`CreateTransQrcode::need_qrcode`] if it is not wanted.
    CreateTransQrcode answers QrCode {
        name: "create-trans-qrcode",
        path: "/app-instore/v3/create-trans-qrcode" | "/app-instore/v2/create-trans-qrcode",
        effect: MovesMoney,
        settlement: TranQueryByReference,
        confidence: Current,
        envelope: Open(&["result"]),
        source: "Pockyt docs, Create QRC API",
        unknown: "",
    }
    /// A code for this price, to be scanned with this wallet.
    new {
        /// The price that is asked for.
        price: Price,
        /// The wallet.
        vendor: Vendor = "vendor",
        /// The merchant's identifier of the attempt.
        reference: Reference = "reference",
    }
    always {
        /// Whether Pockyt should also make an image of the code. Always sent: the sources disagree over its
        /// default.
        need_qrcode: bool = "needQrcode", else true;
    }
    optional {
        /// What is sold.
        description: FreeText = "description",
        /// Where to notify.
        ipn_url: IpnUrl = "ipnUrl",
        /// The clerk.
        store_admin_no: StoreAdminNo = "storeAdminNo",
        /// Minutes until the unpaid order is closed; Pockyt's default is 120.
        timeout: OrderTimeout = "timeout",
    }
}

view! {
    /// The code to show. There is no status in it: query the order, or wait for its notification.
    QrCode {
        /// Pockyt's number of the order.
        transaction_no: required TransactionNo = "transactionNo",
        /// The merchant's identifier, as Pockyt has it.
        reference: optional String = "reference",
        /// The price, in major units of the currency.
        amount: required Amount = "amount",
        /// The currency of the price.
        currency: required Currency = "currency",
        /// The currency the merchant is paid in.
        settle_currency: required Currency = "settleCurrency",
        /// Minutes until the unpaid order is closed.
        timeout: optional u32 = "timeout",
        /// The text to draw as a QR code. It is not a web page.
        deep_link: required String = "deepLink",
        /// An image of the code.
        qrcode_url: optional String = "qrcodeUrl",
    }
}
