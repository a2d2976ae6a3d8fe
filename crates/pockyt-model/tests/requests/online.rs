//! Online: hosted checkout, cards, and payments inside apps.

use pockyt_model::operation::older::{CreditpayProcess, DeviceData, PaymentMethod, PaymentMethodNonce};
use pockyt_model::operation::sdk_only::{ExpressPay, RecurringChange, SecurePayV4, UpdateRecurring, Vault};
use pockyt_model::operation::{
    Capture, CaptureGood, CaptureTerminal, CreditType, Good, GoodsCategory, GoodsInfo, MicropayPrepay,
    MicropayTerminal, OpenId, OrderProcess, OsType, SecurePay, Terminal,
};
use pockyt_model::{ScheduleNo, VaultId, Vendor};

use super::support::{
    CALLBACK, CARD, CLIENT_IP, CUSTOMER, IPN, NUMBER, PRICE, REFERENCE, Row, TEXTS, TIMEOUT, TIMESTAMP,
    amount, callback, card, case, client_ip, customer, description, ipn, minutes, note, number, price,
    reference, row, text, timestamp,
};

const GOODS: &[(&str, &str)] = &[("goodsInfo", r#"[{"goods_name":"Tea \"x\" / ä","quantity":"2"}]"#)];
const NOTE: &[(&str, &str)] = &[("note", "司机 a=b")];
const ONLINE: &[(&str, &str)] = &[("terminal", "ONLINE")];
const PAYPAL: &[(&str, &str)] = &[("vendor", "paypal")];
const VAULT: &[(&str, &str)] = &[("vaultId", "vault_1")];
const RECURRING: &[(&str, &str)] = &[("creditType", "recurring"), ("paymentCount", "0"), ("frequency", "30")];

pub(crate) fn rows() -> Vec<Row> {
    vec![
        secure_pay(),
        secure_pay_v4(),
        capture(),
        order_process(),
        micropay_prepay(),
        express_pay(),
        update_recurring(),
        creditpay_process(),
    ]
}

fn goods() -> GoodsInfo {
    GoodsInfo::new([Good::new("Tea \"x\" / ä", 2).unwrap()]).unwrap()
}

fn recurring() -> CreditType {
    CreditType::Recurring { payment_count: 0, frequency: std::num::NonZeroU32::new(30).unwrap() }
}

fn vault() -> VaultId {
    VaultId::new("vault_1").unwrap()
}

fn secure_pay() -> Row {
    let pay = |terminal| SecurePay::new(price(), Vendor::PAYPAL, terminal, reference(), callback());
    let full = |terminal| {
        pay(terminal)
            .credit_type(recurring())
            .customer_no(customer())
            .description(description())
            .goods_info(goods())
            .ipn_url(ipn())
            .note(note())
            .os_version(text("17.4"))
            .timeout(minutes(5))
            .vault_id(vault())
    };
    let common = [PRICE, PAYPAL, REFERENCE, CALLBACK].concat();
    let options = [RECURRING, CUSTOMER, TEXTS, GOODS, IPN, &[("osVersion", "17.4")], TIMEOUT, VAULT].concat();
    let variant = |terminal, expected: &[(&str, &str)]| case(full(terminal), &[&common, &options, expected]);
    let credit = |credit_type, word: &str| {
        case(pay(Terminal::Online).credit_type(credit_type), &[&common, ONLINE, &[("creditType", word)]])
    };
    row(
        vec![
            case(pay(Terminal::Online), &[&common, ONLINE]),
            case(pay(Terminal::Yip).goods([]), &[&common, &[("terminal", "YIP")]]),
            case(pay(Terminal::Yip), &[&common, &[("terminal", "YIP")]]),
        ],
        vec![
            variant(Terminal::Mweb(OsType::Ios), &[("terminal", "MWEB"), ("osType", "IOS")]),
            variant(Terminal::Wap(OsType::Ios), &[("terminal", "WAP"), ("osType", "IOS")]),
            variant(Terminal::App(OsType::Android), &[("terminal", "APP"), ("osType", "ANDROID")]),
            credit(CreditType::Cit, "CIT"),
            credit(CreditType::Mit, "MIT"),
            credit(CreditType::Normal, "normal"),
            credit(CreditType::Hosted, "hosted"),
            credit(CreditType::other("authorize").unwrap(), "authorize"),
        ],
    )
}

fn secure_pay_v4() -> Row {
    let pay = |terminal| SecurePayV4::new(price(), Vendor::CREDIT_CARD, terminal, reference(), ipn());
    let full = |vault| {
        pay(Terminal::Wap(OsType::Ios))
            .client_ip(client_ip())
            .customer_no(customer())
            .goods_info(
                CaptureGood::new("Tea", 2, GoodsCategory::Physical, "green", &amount("6.50"), None).unwrap(),
            )
            .note(note())
            .vault(vault)
    };
    let common = [PRICE, &[("vendor", "creditcard")], REFERENCE, IPN].concat();
    let phone: &[_] = &[("terminal", "WAP"), ("osType", "IOS")];
    let item: &[_] = &[(
        "goodsInfo",
        r#"{"goods_name":"Tea","quantity":"2","category":"PHYSICAL_GOODS","description":"green","amount":"6.50"}"#,
    )];
    let options = [phone, CLIENT_IP, CUSTOMER, item, NOTE].concat();
    row(
        vec![case(pay(Terminal::Yip), &[&common, &[("terminal", "YIP")]])],
        vec![
            case(full(Vault::Save(recurring())), &[&common, &options, RECURRING]),
            case(
                full(Vault::Charge(CreditType::Cit, vault())),
                &[&common, &options, &[("creditType", "CIT")], VAULT],
            ),
        ],
    )
}

fn capture() -> Row {
    let capture = |terminal| Capture::new(price(), card(), terminal, reference());
    let good = |tax: Option<&str>| {
        let tax = tax.map(amount);
        CaptureGood::new("Tea", 2, GoodsCategory::Physical, "green", &amount("6.50"), tax.as_ref()).unwrap()
    };
    let full = |credit_type, good| {
        capture(CaptureTerminal::Wap)
            .callback_url(callback())
            .client_ip(client_ip())
            .credit_type(credit_type)
            .customer_no(customer())
            .goods_info(good)
            .ipn_url(ipn())
            .note(note())
    };
    let common = [PRICE, CARD, REFERENCE, &[("vendor", "creditcard")]].concat();
    let options = [&[("terminal", "WAP")], CALLBACK, CLIENT_IP, CUSTOMER, IPN, NOTE].concat();
    let taxed = r#"{"goods_name":"Tea","quantity":"2","category":"PHYSICAL_GOODS","description":"green","amount":"6.50","tax":"0.10"}"#;
    let untaxed = r#"{"goods_name":"Tea","quantity":"2","category":"PHYSICAL_GOODS","description":"green","amount":"6.50"}"#;
    row(
        vec![case(capture(CaptureTerminal::Online), &[&common, ONLINE])],
        vec![
            case(
                full(recurring(), good(Some("0.10"))),
                &[&common, &options, RECURRING, &[("goodsInfo", taxed)]],
            ),
            case(
                full(CreditType::Cit, good(None)),
                &[&common, &options, &[("creditType", "CIT"), ("goodsInfo", untaxed)]],
            ),
        ],
    )
}

fn order_process() -> Row {
    let process = || OrderProcess::new(number());
    row(vec![case(process(), &[NUMBER])], vec![case(process().timestamp(timestamp()), &[NUMBER, TIMESTAMP])])
}

fn micropay_prepay() -> Row {
    let prepay = |terminal| MicropayPrepay::new(price(), terminal, reference());
    let full = |terminal| {
        prepay(terminal)
            .callback_url(callback())
            .description(description())
            .ipn_url(ipn())
            .note(note())
            .timeout(minutes(5))
    };
    let mini = || MicropayTerminal::WechatMiniProgram(OpenId::new("oCanary-open_id").unwrap());
    let app = || MicropayTerminal::App(Vendor::CASH_APP_PAY);
    let common = [PRICE, REFERENCE].concat();
    let options = [CALLBACK, TEXTS, IPN, TIMEOUT].concat();
    let in_app: &[_] = &[("terminal", "APP"), ("vendor", "cashapppay")];
    let in_mini: &[_] =
        &[("terminal", "MINIPROGRAM"), ("vendor", "wechatpay"), ("openid", "oCanary-open_id")];
    row(
        vec![case(prepay(app()), &[&common, in_app]), case(prepay(mini()), &[&common, in_mini])],
        vec![
            case(full(app()), &[&common, &options, in_app]),
            case(full(mini()), &[&common, &options, in_mini]),
        ],
    )
}

fn express_pay() -> Row {
    let pay = ExpressPay::new(price(), card(), reference(), client_ip());
    row(vec![case(pay, &[PRICE, CARD, REFERENCE, CLIENT_IP])], vec![])
}

fn update_recurring() -> Row {
    let update = |change| UpdateRecurring::new(ScheduleNo::new("sched-1").unwrap(), change);
    let five = RecurringChange::PaymentCount(std::num::NonZeroU32::new(5).unwrap());
    let schedule: &[_] = &[("scheduleNo", "sched-1")];
    row(
        vec![
            case(update(RecurringChange::Cancel), &[schedule, &[("status", "CANCELLED")]]),
            case(update(five), &[schedule, &[("paymentCount", "5")]]),
        ],
        vec![
            case(update(RecurringChange::Cancel), &[schedule, &[("status", "CANCELLED")]]),
            case(update(five), &[schedule, &[("paymentCount", "5")]]),
        ],
    )
}

fn creditpay_process() -> Row {
    let process = |method| {
        CreditpayProcess::new(number(), PaymentMethodNonce::new("tokencc_canary_5").unwrap(), method)
    };
    let full = process(PaymentMethod::VenmoAccount)
        .customer_no(customer())
        .device_data(DeviceData::new(r#"{"correlation_id":"canary-device"}"#).unwrap());
    let nonce: &[_] = &[("paymentMethodNonce", "tokencc_canary_5")];
    let methods = [
        (PaymentMethod::AndroidPayCard, "android_pay_card"),
        (PaymentMethod::ApplePayCard, "apple_pay_card"),
        (PaymentMethod::CreditCard, "credit_card"),
        (PaymentMethod::PaypalAccount, "paypal_account"),
    ];
    row(
        methods
            .map(|(method, word)| case(process(method), &[NUMBER, nonce, &[("paymentMethod", word)]]))
            .into(),
        vec![case(
            full,
            &[
                NUMBER,
                nonce,
                CUSTOMER,
                &[
                    ("paymentMethod", "venmo_account"),
                    ("deviceData", r#"{"correlation_id":"canary-device"}"#),
                ],
            ],
        )],
    )
}
