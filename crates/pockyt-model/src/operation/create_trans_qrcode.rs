//! Create QR code: an order that the customer pays by scanning a code.

use super::{
    Confidence, Effect, FieldSpec, Operation, OperationSpec, Settlement, View, asks_for, maybe, needed,
    optional, view,
};
use crate::{Amount, Currency, FreeText, IpnUrl, Params, Price, Reference, TransactionNo, Vendor};

/// Creates an order and the code that pays it.
///
/// `POST /app-instore/v3/create-trans-qrcode`.
#[derive(Clone, Debug)]
pub struct CreateTransQrcode {
    price: Price,
    vendor: Vendor,
    reference: Reference,
    description: Option<FreeText>,
    ipn_url: Option<IpnUrl>,
    need_qrcode: bool,
    store_admin_no: Option<String>,
    timeout: Option<u32>,
}

impl CreateTransQrcode {
    /// A code for this price, to be scanned with this wallet. An image of the code is asked for; say so
    /// with [`CreateTransQrcode::need_qrcode`] if it is not wanted.
    pub fn new(price: Price, vendor: Vendor, reference: Reference) -> Self {
        Self {
            price,
            vendor,
            reference,
            description: None,
            ipn_url: None,
            need_qrcode: true,
            store_admin_no: None,
            timeout: None,
        }
    }

    optional!(description, "What is sold.");

    optional!(ipn_url, "Where to notify.");

    /// Whether Pockyt should also make an image of the code. Always sent: the sources disagree over its
    /// default.
    pub fn need_qrcode(mut self, need: bool) -> Self {
        self.need_qrcode = need;
        self
    }

    optional!(store_admin_no);

    asks_for!();

    optional!(timeout);
}

impl Operation for CreateTransQrcode {
    type Answer = QrCode;

    const SPEC: OperationSpec = OperationSpec {
        name: "create-trans-qrcode",
        path: "/app-instore/v3/create-trans-qrcode",
        path_aliases: &[],
        effect: Effect::MovesMoney,
        settlement: Settlement::TranQueryByReference,
        confidence: Confidence::Current,
        fields: FIELDS,
        envelope: "result",
        answer: QrCode::FIELDS,
    };

    fn write_params<'a>(&'a self, params: &mut Params<'a>) {
        self.price.write("amount", params);
        params.push("vendor", self.vendor.as_str());
        params.push("reference", self.reference.as_str());
        params.push_some("description", self.description.as_ref().map(FreeText::as_str));
        params.push_some("ipnUrl", self.ipn_url.as_ref().map(IpnUrl::as_str));
        params.push("needQrcode", if self.need_qrcode { "true" } else { "false" });
        params.push_some("storeAdminNo", self.store_admin_no.as_deref());
        params.push_some("timeout", self.timeout.map(|minutes| minutes.to_string()));
    }
}

const FIELDS: &[FieldSpec] = &[
    needed("amount"),
    needed("currency"),
    needed("settleCurrency"),
    needed("vendor"),
    needed("reference"),
    maybe("description"),
    maybe("ipnUrl"),
    needed("needQrcode"),
    maybe("storeAdminNo"),
    maybe("timeout"),
];

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
        timeout: optional String = "timeout",
        /// The text to draw as a QR code. It is not a web page.
        deep_link: required String = "deepLink",
        /// An image of the code.
        qrcode_url: optional String = "qrcodeUrl",
    }
}
