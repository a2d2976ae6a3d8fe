//! SecurePay: the hosted checkout.

use serde::Serialize;

use super::{
    Confidence, Effect, FieldSpec, Operation, OperationSpec, Settlement, View, asks_for, maybe, needed,
    optional, view,
};
use crate::{Amount, CallbackUrl, Currency, FreeText, InvalidField, IpnUrl, Params, Price, Reference};
use crate::{TransactionNo, Vendor};

/// Creates an order and the cashier page on which the customer pays it.
///
/// `POST /online/v3/secure-pay`. The minimum price differs by currency (the vendor's PHP SDK knows some).
#[derive(Clone, Debug)]
pub struct SecurePay {
    price: Price,
    vendor: Vendor,
    terminal: Terminal,
    reference: Reference,
    callback_url: CallbackUrl,
    ipn_url: Option<IpnUrl>,
    goods: Vec<Good>,
    description: Option<FreeText>,
    note: Option<FreeText>,
    timeout: Option<u32>,
}

impl SecurePay {
    /// A checkout for this price with this wallet; the browser comes back to `callback_url`.
    pub fn new(
        price: Price,
        vendor: Vendor,
        terminal: Terminal,
        reference: Reference,
        callback_url: CallbackUrl,
    ) -> Self {
        Self {
            price,
            vendor,
            terminal,
            reference,
            callback_url,
            ipn_url: None,
            goods: Vec::new(),
            description: None,
            note: None,
            timeout: None,
        }
    }

    optional!(ipn_url, "Where to notify. Without it only queries tell whether the order was paid.");

    /// What is sold, item by item.
    pub fn goods(mut self, goods: impl IntoIterator<Item = Good>) -> Self {
        self.goods = goods.into_iter().collect();
        self
    }

    optional!(description, "Shown on the cashier page.");

    /// Echoed in the notification and the browser's return.
    pub fn note(mut self, note: FreeText) -> Self {
        self.note = Some(note);
        self
    }

    asks_for!();

    optional!(timeout);
}

impl Operation for SecurePay {
    type Answer = Checkout;

    const SPEC: OperationSpec = OperationSpec {
        name: "secure-pay",
        path: "/online/v3/secure-pay",
        path_aliases: &[],
        effect: Effect::MovesMoney,
        settlement: Settlement::TranQueryByReference,
        confidence: Confidence::Current,
        fields: FIELDS,
        envelope: "result",
        answer: Checkout::FIELDS,
    };

    fn write_params<'a>(&'a self, params: &mut Params<'a>) {
        self.price.write("amount", params);
        params.push("vendor", self.vendor.as_str());
        params.push("terminal", self.terminal.as_str());
        params.push_some("osType", self.terminal.os_type().map(OsType::as_str));
        params.push("reference", self.reference.as_str());
        params.push("callbackUrl", self.callback_url.as_str());
        params.push_some("ipnUrl", self.ipn_url.as_ref().map(IpnUrl::as_str));
        if !self.goods.is_empty() {
            // A list of objects of strings always serialises. Sent as text, so what is signed is what is sent.
            params.push("goodsInfo", serde_json::to_string(&self.goods).unwrap_or_default());
        }
        params.push_some("description", self.description.as_ref().map(FreeText::as_str));
        params.push_some("note", self.note.as_ref().map(FreeText::as_str));
        params.push_some("timeout", self.timeout.map(|minutes| minutes.to_string()));
    }
}

const FIELDS: &[FieldSpec] = &[
    needed("amount"),
    needed("currency"),
    needed("settleCurrency"),
    needed("vendor"),
    needed("terminal"),
    maybe("osType"),
    needed("reference"),
    needed("callbackUrl"),
    maybe("ipnUrl"),
    maybe("goodsInfo"),
    maybe("description"),
    maybe("note"),
    maybe("timeout"),
];

/// Where the customer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Terminal {
    /// `APP`: in the merchant's own app.
    App(OsType),
    /// `ONLINE`: at a desktop browser.
    Online,
    /// `WAP`: at a phone's browser.
    Wap(OsType),
    /// `YIP`: payment fields on the merchant's own page.
    Yip,
}

impl Terminal {
    /// The wire value.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::App(_) => "APP",
            Self::Online => "ONLINE",
            Self::Wap(_) => "WAP",
            Self::Yip => "YIP",
        }
    }

    fn os_type(self) -> Option<OsType> {
        match self {
            Self::App(os) | Self::Wap(os) => Some(os),
            Self::Online | Self::Yip => None,
        }
    }
}

/// The phone's system, which Pockyt wants to know for phones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OsType {
    /// `ANDROID`.
    Android,
    /// `IOS`.
    Ios,
}

impl OsType {
    /// The wire value.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Android => "ANDROID",
            Self::Ios => "IOS",
        }
    }
}

/// One item of what is sold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Good {
    goods_name: String,
    quantity: String,
}

impl Good {
    /// An item and how many of it.
    ///
    /// # Errors
    ///
    /// The name is empty, longer than 100 characters, or has control characters, or could be read as
    /// another field of the signed text. Pockyt says that special characters are not supported here,
    /// without saying which.
    pub fn new(name: impl Into<String>, quantity: u32) -> Result<Self, InvalidField> {
        let name = FreeText::new(name)
            .map_err(|error| InvalidField::new("goodsInfo", error.rule()))?
            .as_str()
            .to_owned();
        Ok(Self { goods_name: name, quantity: quantity.to_string() })
    }
}

view! {
    /// The cashier page to send the customer to. Being answered is not being paid.
    Checkout {
        /// Pockyt's number of the order.
        transaction_no: required TransactionNo = "transactionNo",
        /// The merchant's identifier, as Pockyt has it.
        reference: optional String = "reference",
        /// The price, in major units of the currency.
        amount: required Amount = "amount",
        /// The currency of the price.
        currency: optional Currency = "currency",
        /// The currency the merchant is paid in.
        settle_currency: optional Currency = "settleCurrency",
        /// The page to redirect the browser to. Absent for terminal `YIP`.
        cashier_url: optional String = "cashierUrl",
        /// For terminal `YIP`: what the payment fields on the merchant's own page need.
        client_token: optional String = "clientToken",
        /// For terminal `YIP`: the script that draws them.
        client_script: optional String = "clientScript",
    }
}
