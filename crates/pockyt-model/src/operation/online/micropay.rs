//! Micro prepay: payment inside an app or a mini program.

use crate::card::secret_text;
use crate::operation::macros::{request, view};
use crate::operation::{FieldSpec, maybe, needed};
use crate::params::{Part, Text};
use crate::{
    Amount, CallbackUrl, FreeText, IpnUrl, OrderTimeout, Params, Price, Reference, TransactionNo, Vendor,
};

secret_text! {
    /// A person's identifier at a WeChat mini program. It says who the person is, so it is not shown.
    OpenId("openid", "must be 1 to 64 letters, digits, _ or -"): |text| {
        (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
    };
}

/// Where the customer is, and with which wallet. Only WeChat Pay has mini programs, and those want to know
/// who the customer is.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum MicropayTerminal {
    /// `APP`: in the merchant's app, with this wallet.
    App(Vendor),
    /// `MINIPROGRAM`: in a WeChat mini program, for this person.
    WechatMiniProgram(OpenId),
}

impl Part for MicropayTerminal {
    const FIELDS: &'static [FieldSpec] = &[maybe("openid"), needed("terminal"), needed("vendor")];

    fn write<'a>(&'a self, params: &mut Params<'a>) {
        match self {
            Self::App(vendor) => {
                params.push("terminal", "APP");
                params.push("vendor", vendor.as_str());
            }
            Self::WechatMiniProgram(person) => {
                params.push("openid", person.text());
                params.push("terminal", "MINIPROGRAM");
                params.push("vendor", "wechatpay");
            }
        }
    }
}

request! {
    /// Creates an order that the wallet's own SDK pays inside an app or a mini program.
    ///
    /// The answers for WeChat Pay and Alipay have no transaction number: keep track by the reference.
    MicropayPrepay answers WalletCall {
        name: "micropay-prepay",
        path: "/micropay/v3/prepay" | "/micropay/v2/prepay",
        effect: MovesMoney,
        settlement: TranQueryByReference,
        confidence: Current,
        envelope: In(&["result"]),
        source: "Pockyt docs, Micro-PrePay API; vendor mobile demos",
        unknown: "",
    }
    /// An order for this price under this reference.
    new {
        /// The price that is asked for.
        price: Price,
        /// Where the customer is, and with which wallet.
        terminal: MicropayTerminal,
        /// The merchant's identifier of the attempt.
        reference: Reference = "reference",
    }
    optional {
        /// Where the customer comes back to (only the vendor's PHP SDK sends it).
        callback_url: CallbackUrl = "callbackUrl",
        /// What is sold.
        description: FreeText = "description",
        /// Where to notify.
        ipn_url: IpnUrl = "ipnUrl",
        /// Echoed.
        note: FreeText = "note",
        /// Minutes until the unpaid order is closed; Pockyt's default is 120.
        timeout: OrderTimeout = "timeout",
    }
}

view! {
    /// What the wallet's SDK wants to be called with; which fields there are depends on the wallet. The
    /// values are handed to the SDK as they are.
    WalletCall {
        /// Alipay in an app: the whole text for its SDK.
        pay_info: optional String = "payInfo",
        /// WeChat in an app: the app.
        app_id: optional String = "appid",
        /// WeChat in an app: the merchant at WeChat.
        partner_id: optional String = "partnerid",
        /// WeChat in an app: WeChat's number of the order.
        prepay_id: optional String = "prepayid",
        /// WeChat: its own package text.
        package: optional String = "package",
        /// WeChat: a random text.
        nonce: optional String = "nonceStr" | "noncestr",
        /// WeChat: seconds since 1970, as text.
        timestamp: optional String = "timeStamp" | "timestamp",
        /// WeChat: the kind of its signature.
        sign_type: optional String = "signType",
        /// WeChat: its signature, not one of Pockyt's.
        sign: optional String = "paySign" | "sign",
        /// Cash App Pay: the client.
        client_id: optional String = "clientId",
        /// Cash App Pay: the scope.
        scope_id: optional String = "scopeId",
        /// Cash App Pay: Pockyt's number of the order. The others do not tell it.
        transaction_no: optional TransactionNo = "transactionNo",
        /// Cash App Pay: the price.
        amount: optional Amount = "amount",
        /// Cash App Pay: `cit`.
        credit_type: optional String = "creditType",
    }
}
