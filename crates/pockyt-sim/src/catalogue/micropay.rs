//! Payments inside another app.

use super::common::{
    AMOUNT, CURRENCY, SETTLE_CURRENCY, TIMEOUT, always, disputed, fields, left_out, message_first, optional,
    result, sdk_only, text, when,
};
use super::{Confidence, Operation, Rule};

/// Makes an order and what the wallet's own client needs to pay it.
pub(super) const MICROPAY_PREPAY: Operation = Operation {
    name: "micropay-prepay",
    path: "/micropay/v3/prepay",
    aliases: &["/micropay/v2/prepay"],
    confidence: Confidence::Current,
    source: "reference (Micro-PrePay API), yuansfer, book, all SDKs",
    changes: true,
    note: "",
    fields: fields![
        AMOUNT,
        CURRENCY,
        SETTLE_CURRENCY,
        always("vendor", Rule::Vendor, "reference, all SDKs"),
        always("reference", Rule::Reference, "reference, all SDKs"),
        disputed("ipnUrl", Rule::Url, "reference, java; required in yuansfer, book, php"),
        always("terminal", Rule::Choice(&["MINIPROGRAM", "APP"]), "reference, all SDKs; alipay only APP"),
        optional("openid", Rule::Text(128), "yuansfer; for wechatpay in a mini program"),
        optional("description", Rule::Text(100), "reference"),
        optional("note", Rule::Text(100), "reference"),
        TIMEOUT,
        sdk_only(optional("callbackUrl", Rule::Url, "php")),
    ],
    answers: &[
        message_first(when(
            "wechatpay in a mini program",
            result(
                " prepay success",
                &[text("nonceStr"), text("package"), text("paySign"), text("signType"), text("timeStamp")],
            ),
        )),
        message_first(when(
            "wechatpay in an app",
            result(
                " prepay success",
                &[
                    text("appid"),
                    text("noncestr"),
                    text("package"),
                    text("partnerid"),
                    text("prepayid"),
                    text("sign"),
                    text("timestamp"),
                ],
            ),
        )),
        message_first(when(
            "cashapppay",
            result(
                " prepay success",
                &[
                    text("amount"),
                    text("clientId"),
                    text("creditType"),
                    text("merchantNo"),
                    text("scopeId"),
                    text("transactionNo"),
                ],
            ),
        )),
        message_first(when(
            "alipay and any other vendor",
            result(" prepay success", &[left_out(text("payInfo"))]),
        )),
    ],
};
