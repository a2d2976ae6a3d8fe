//! Process of a Braintree payment: the second step after a checkout with terminal `YIP` or `APP`.

use crate::card::secret_text;
use crate::operation::macros::{request, view};
use crate::wire_enum::wire_enum;
use crate::{Amount, Currency, CustomerNo, PockytTime, TransactionNo, TransactionStatus};

secret_text! {
    /// What the payment fields in the browser or app gave: it can be charged once. (An old page calls the
    /// field `partnerGatewayID`; all code calls it `paymentMethodNonce`.)
    PaymentMethodNonce("paymentMethodNonce", "must be 1 to 200 letters, digits or _ - + / ="): |text| {
        (1..=200).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-+/=".contains(&b))
    };

    /// What the payment fields know of the device, as they give it.
    DeviceData("deviceData", "must be 1 to 8192 visible characters that cannot be read as another field"): |text| {
        (1..=8192).contains(&text.len())
            && !text.chars().any(char::is_control)
            && !pockyt_sign::reads_as_another_field(text)
    };
}

wire_enum! {
    /// How the customer pays.
    PaymentMethod {
        /// Google Pay.
        AndroidPayCard = "android_pay_card",
        /// Apple Pay.
        ApplePayCard = "apple_pay_card",
        /// A card.
        CreditCard = "credit_card",
        /// PayPal.
        PaypalAccount = "paypal_account",
        /// Venmo.
        VenmoAccount = "venmo_account",
    }
}

request! {
    /// Charges what the customer entered in the payment fields.
    CreditpayProcess answers CreditpayProcessed {
        name: "creditpay-process",
        path: "/creditpay/v3/process" | "/creditpay/v2/process",
        effect: MovesMoney,
        settlement: TranQueryByReference,
        confidence: Older,
        envelope: In(&["result"]),
        source: "docs.yuansfer.com, process; vendor SDKs and mobile demos",
        unknown: "",
    }
    /// Charges this to the order.
    new {
        /// The order, made by [`SecurePay`](crate::operation::SecurePay).
        transaction_no: TransactionNo = "transactionNo",
        /// What the payment fields gave.
        payment_method_nonce: PaymentMethodNonce = "paymentMethodNonce",
        /// How the customer pays.
        payment_method: PaymentMethod = "paymentMethod",
    }
    optional {
        /// A customer (only the vendor's Go SDK sends it).
        customer_no: CustomerNo = "customerNo",
        /// What the payment fields know of the device.
        device_data: DeviceData = "deviceData",
    }
}

view! {
    /// A charged order.
    CreditpayProcessed {
        /// Pockyt's number of the order.
        transaction_no: required TransactionNo = "transactionNo",
        /// The merchant's identifier, as Pockyt has it.
        reference: optional String = "reference",
        /// The price, in major units of the currency.
        amount: required Amount = "amount",
        /// The currency of the price.
        currency: required Currency = "currency",
        /// The payer at the wallet.
        sup_userid: optional String = "supUserid",
        /// The wallet's number of the payment.
        vendor_id: optional String = "vendorId",
        /// When it was paid, UTC.
        payment_time: optional PockytTime = "paymentTime",
        /// The state.
        status: required TransactionStatus = "status",
    }
}
