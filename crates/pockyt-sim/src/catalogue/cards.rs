//! Cards that the merchant's own page collects, and what is kept of them.

use super::common::{
    AMOUNT, CURRENCY, SETTLE_CURRENCY, always, disputed, fields, left_out, nullable, optional, result,
    sdk_only, text,
};
use super::instore_older::NUMBER_AND_REFERENCE;
use super::{Confidence, Operation, Rule};

/// Charges a card.
pub(super) const CAPTURE: Operation = Operation {
    name: "capture",
    path: "/order/v4/capture",
    aliases: &[],
    confidence: Confidence::Current,
    source: "reference and v1.1 (Capture), guide (card payment with 3-D Secure), php",
    changes: true,
    note: "no source shows the fields of result beside authUrl; transactionNo and reference are given",
    fields: fields![
        AMOUNT,
        CURRENCY,
        SETTLE_CURRENCY,
        always("vendor", Rule::Vendor, "reference, php"),
        always("terminal", Rule::Choice(&["ONLINE", "WAP", "YIP"]), "reference; YIP in php"),
        always("reference", Rule::Reference, "reference, php"),
        always("cardNumber", Rule::CardNumber, "reference, php"),
        always("cardExpMonth", Rule::DigitsBetween(1, 2), "reference, php"),
        always("cardExpYear", Rule::DigitsBetween(2, 4), "reference, php"),
        disputed("cardCvv", Rule::DigitsBetween(3, 4), "php; required in reference"),
        optional("customerNo", Rule::Digits, "reference"),
        optional("clientIp", Rule::Text(64), "reference"),
        optional("note", Rule::Text(100), "reference"),
        optional("goodsInfo", Rule::Json, "reference; its table prints goods_info for goods_name"),
        optional("ipnUrl", Rule::Url, "reference"),
        optional("callbackUrl", Rule::Url, "reference"),
        optional("creditType", Rule::Text(32), "guide (recurring payments): CIT"),
    ],
    answers: &[result("success", &[text("transactionNo"), nullable("reference"), left_out(text("authUrl"))])],
};

/// Finishes a card payment and keeps the card.
pub(super) const ORDER_PROCESS: Operation = Operation {
    name: "order-process",
    path: "/order/v4/process",
    aliases: &["/v3/process"],
    confidence: Confidence::Current,
    source: "reference (Process API), guides (hosted checkout, recurring payments), php",
    changes: true,
    note: "no source shows the fields of result beside vaultId; transactionNo and status are given",
    fields: fields![
        always("transactionNo", Rule::Digits, "reference, php"),
        optional("timestamp", Rule::Timestamp, "reference, php"),
    ],
    answers: &[result("success", &[text("transactionNo"), text("status"), left_out(text("vaultId"))])],
};

/// The older way to charge a card.
pub(super) const EXPRESS_PAY: Operation = Operation {
    name: "express-pay",
    path: "/micropay/v3/express-pay",
    aliases: &["/micropay/v2/express-pay"],
    confidence: Confidence::SdkOnly,
    source: "java, python, csharp, js",
    changes: true,
    note: "no source shows the fields of result; only transactionNo and reference are given",
    fields: fields![
        sdk_only(always("cardNumber", Rule::CardNumber, "java, python, csharp, js")),
        sdk_only(always("cardExpYear", Rule::DigitsBetween(2, 4), "java, python, csharp, js")),
        sdk_only(always("cardExpMonth", Rule::DigitsBetween(1, 2), "java, python, csharp, js")),
        sdk_only(always("cardCvv", Rule::DigitsBetween(3, 4), "java, python, csharp, js")),
        sdk_only(AMOUNT),
        sdk_only(CURRENCY),
        sdk_only(SETTLE_CURRENCY),
        sdk_only(always("reference", Rule::Reference, "java, python, csharp, js")),
        sdk_only(always("clientIp", Rule::Text(64), "java, python, csharp, js")),
    ],
    answers: &[result("success", NUMBER_AND_REFERENCE)],
};

/// Changes or ends a series of card payments.
pub(super) const UPDATE_RECURRING: Operation = Operation {
    name: "update-recurring",
    path: "/creditpay/v3/update-recurring",
    aliases: &["/creditpay/v2/update-recurring"],
    confidence: Confidence::SdkOnly,
    source: "java, python, csharp, js",
    changes: true,
    note: "no source says where scheduleNo comes from, nor shows the answer; result is empty",
    fields: fields![
        sdk_only(disputed("scheduleNo", Rule::Text(64), "java, python, csharp forget it; required in js")),
        sdk_only(always("paymentCount", Rule::WholeNumber, "java, python, csharp, js; 0 without end in js")),
        sdk_only(optional("status", Rule::Choice(&["CANCELLED"]), "java, python, csharp, js")),
    ],
    answers: &[result("success", &[])],
};

/// Makes a plan for subscriptions at PayPal, under the merchant's own account there.
pub(super) const CREATE_PLAN: Operation = Operation {
    name: "create-plan",
    path: "/paypal-subscription/create-plan",
    aliases: &[],
    confidence: Confidence::SdkOnly,
    source: "python, from 3.0.4",
    changes: true,
    note: "no source shows the answer; result is empty, and nothing is kept",
    fields: fields![
        sdk_only(always("clientId", Rule::Text(256), "python")),
        sdk_only(always("secret", Rule::Text(256), "python")),
        sdk_only(optional("amount", Rule::Amount, "python")),
        sdk_only(optional("productName", Rule::Text(256), "python")),
        sdk_only(optional("planName", Rule::Text(256), "python")),
        sdk_only(optional("planDescription", Rule::Text(256), "python")),
        sdk_only(optional("requestIdProduct", Rule::Text(256), "python")),
        sdk_only(optional("requestIdPlan", Rule::Text(256), "python")),
        sdk_only(optional("frequency", Rule::Text(32), "python: MONTH")),
        sdk_only(optional("billingCycles", Rule::Json, "python")),
        sdk_only(optional("paymentPreferences", Rule::Json, "python")),
        sdk_only(optional("taxes", Rule::Json, "python")),
        sdk_only(optional("productSchema", Rule::Json, "python")),
    ],
    answers: &[result("success", &[])],
};
