//! Capture: charge a card whose number the merchant has.

use super::CaptureGood;
use crate::operation::CreditType;
use crate::operation::macros::{request, view};
use crate::wire_enum::wire_enum;
use crate::{
    Amount, CallbackUrl, Card, ClientIp, Currency, CustomerNo, FreeText, IpnUrl, Price, Reference,
    TransactionNo, TransactionStatus,
};

wire_enum! {
    /// Where the customer of a capture is.
    CaptureTerminal {
        /// At a desktop browser.
        Online = "ONLINE",
        /// At a phone's browser.
        Wap = "WAP",
        /// At payment fields on the merchant's own page (only the vendor's PHP SDK sends it).
        Yip = "YIP",
    }
}

request! {
    /// Charges a card. A lost answer is asked after, and the capture never sent again.
    ///
    /// With 3-D Secure the answer has a URL to send the customer to; the outcome comes by notification or
    /// query.
    Capture answers Captured {
        name: "capture",
        path: "/order/v4/capture",
        effect: MovesMoney,
        settlement: TranQueryByReference,
        confidence: Current,
        envelope: Open(&["result"]),
        source: "Pockyt docs, Capture",
        unknown: "the answer's fields but for the URL of 3-D Secure",
    }
    /// Charges this price to this card.
    new {
        /// The price that is asked for.
        price: Price,
        /// The card.
        card: Card,
        /// Where the customer is.
        terminal: CaptureTerminal = "terminal",
        /// The merchant's identifier of the attempt.
        reference: Reference = "reference",
    }
    fixed {
        "vendor" = "creditcard",
    }
    optional {
        /// Where the browser comes back to after 3-D Secure.
        callback_url: CallbackUrl = "callbackUrl",
        /// The customer's address on the network.
        client_ip: ClientIp = "clientIp",
        /// Whether the card is saved; the guide for recurring payments enrols with [`CreditType::Cit`].
        credit_type: CreditType,
        /// A customer made by [`CreateCustomer`](crate::operation::CreateCustomer).
        customer_no: CustomerNo = "customerNo",
        /// What is sold.
        goods_info: CaptureGood = "goodsInfo",
        /// Where to notify.
        ipn_url: IpnUrl = "ipnUrl",
        /// Echoed.
        note: FreeText = "note",
    }
}

view! {
    /// What Pockyt said to a capture. The documentation shows only the URL; the other accessors are what its
    /// notification has.
    Captured {
        /// Pockyt's number of the order.
        transaction_no: optional TransactionNo = "transactionNo",
        /// The merchant's identifier, as Pockyt has it.
        reference: optional String = "reference",
        /// The price, in major units of the currency.
        amount: optional Amount = "amount",
        /// The currency of the price.
        currency: optional Currency = "currency",
        /// The state.
        status: optional TransactionStatus = "status",
        /// Where to send the customer for 3-D Secure; a guide calls it `authenticationUrl`.
        auth_url: optional String = "authUrl" | "authenticationUrl",
    }
}
