//! Auto-debit and authorisation hold.

use pockyt_model::operation::OsType;
use pockyt_model::operation::older::{
    AutoDebitApplyToken, AutoDebitConsult, AutoDebitPay, AutoDebitRevoke, ConsentTerminal, GrantType,
};
use pockyt_model::operation::sdk_only::{
    AuthCapture, AuthDetailQuery, AuthFreeze, AuthUnfreeze, VoucherCreate,
};
use pockyt_model::{
    AuthDetailKey, AuthDetailNo, AuthInfoKey, AuthInfoNo, AutoDebitNo, AutoReference, OutAuthDetailNo,
    OutAuthInfoNo, Vendor,
};

use super::support::{
    BARCODE, IPN, PRICE, REFERENCE, Row, barcode, callback, case, ipn, note, price, reference, row, text,
};

const AGREEMENT: &[(&str, &str)] = &[("autoDebitNo", "300000000000000001")];
const OURS: &[(&str, &str)] = &[("outAuthInfoNo", "hold-1")];
const OUR_STEP: &[(&str, &str)] = &[("outAuthDetailNo", "hold-1/step-1")];
const THEIRS: &[(&str, &str)] = &[("authInfoNo", "300000000000000003")];
const THEIR_STEP: &[(&str, &str)] = &[("authDetailNo", "300000000000000004")];
const AUTH_IPN: &[(&str, &str)] = &[("authIpnUrl", "https://shop.example/ipn?a=1&b=2")];
const NOTE: &[(&str, &str)] = &[("note", "司机 a=b")];
const ALIPAY: &[(&str, &str)] = &[("vendor", "alipay")];

pub(crate) fn rows() -> Vec<Row> {
    vec![
        consult(),
        apply_token(),
        pay(),
        row(vec![case(AutoDebitRevoke::new(agreement()), &[AGREEMENT])], vec![]),
        voucher_create(),
        freeze(),
        unfreeze(),
        capture(),
        detail_query(),
    ]
}

fn agreement() -> AutoDebitNo {
    AutoDebitNo::new("300000000000000001").unwrap()
}

fn hold() -> OutAuthInfoNo {
    OutAuthInfoNo::new("hold-1").unwrap()
}

fn step() -> OutAuthDetailNo {
    OutAuthDetailNo::new("hold-1/step-1").unwrap()
}

fn their_hold() -> AuthInfoNo {
    AuthInfoNo::new("300000000000000003").unwrap()
}

fn their_step() -> AuthDetailNo {
    AuthDetailNo::new("300000000000000004").unwrap()
}

fn consult() -> Row {
    let consult = |terminal| {
        let reference = AutoReference::new("agreement-1").unwrap();
        AutoDebitConsult::new(Vendor::GCASH, reference, callback(), terminal)
    };
    let full =
        consult(ConsentTerminal::App(OsType::Ios)).auto_ipn_url(ipn()).note(note()).os_version(text("17.4"));
    let common: &[_] = &[
        ("vendor", "gcash"),
        ("autoReference", "agreement-1"),
        ("autoRedirectUrl", "https://shop.example/back?amount={amount}&status={status}"),
    ];
    row(
        vec![case(consult(ConsentTerminal::Online), &[common, &[("terminal", "ONLINE")]])],
        vec![case(
            full,
            &[
                common,
                &[
                    ("terminal", "APP"),
                    ("osType", "IOS"),
                    ("osVersion", "17.4"),
                    ("autoIpnUrl", "https://shop.example/ipn?a=1&b=2"),
                ],
                NOTE,
            ],
        )],
    )
}

fn apply_token() -> Row {
    let token = |grant, word| {
        case(AutoDebitApplyToken::new(agreement(), grant), &[AGREEMENT, &[("grantType", word)]])
    };
    row(
        vec![
            token(GrantType::AuthorizationCode, "AUTHORIZATION_CODE"),
            token(GrantType::RefreshToken, "REFRESH_TOKEN"),
        ],
        vec![],
    )
}

fn pay() -> Row {
    let pay = || AutoDebitPay::new(agreement(), price(), reference());
    row(
        vec![case(pay(), &[AGREEMENT, PRICE, REFERENCE])],
        vec![case(pay().ipn_url(ipn()), &[AGREEMENT, PRICE, REFERENCE, IPN])],
    )
}

fn voucher_create() -> Row {
    let voucher = || VoucherCreate::new(hold(), step(), Vendor::ALIPAY, price());
    let full = voucher().auth_ipn_url(ipn()).note(note());
    row(
        vec![case(voucher(), &[OURS, OUR_STEP, ALIPAY, PRICE])],
        vec![case(full, &[OURS, OUR_STEP, ALIPAY, PRICE, AUTH_IPN, NOTE])],
    )
}

fn freeze() -> Row {
    let freeze = || AuthFreeze::new(hold(), step(), Vendor::ALIPAY, price());
    let full = freeze().auth_ipn_url(ipn()).note(note()).payment_barcode(barcode());
    row(
        vec![case(freeze(), &[OURS, OUR_STEP, ALIPAY, PRICE])],
        vec![case(full, &[OURS, OUR_STEP, ALIPAY, PRICE, AUTH_IPN, NOTE, BARCODE])],
    )
}

fn unfreeze() -> Row {
    let unfreeze = |key: AuthInfoKey| AuthUnfreeze::new(key, step(), price());
    let released: &[_] = &[("unfreezeAmount", "13.00"), ("currency", "PHP"), ("settleCurrency", "USD")];
    row(
        vec![
            case(unfreeze(hold().into()), &[OURS, OUR_STEP, released]),
            case(unfreeze(their_hold().into()), &[THEIRS, OUR_STEP, released]),
        ],
        vec![
            case(unfreeze(hold().into()).auth_ipn_url(ipn()), &[OURS, OUR_STEP, released, AUTH_IPN]),
            case(unfreeze(their_hold().into()).auth_ipn_url(ipn()), &[THEIRS, OUR_STEP, released, AUTH_IPN]),
        ],
    )
}

fn capture() -> Row {
    let capture = |key: AuthInfoKey| AuthCapture::new(key, step(), price(), reference());
    let full = |key| capture(key).auth_confirm_model(text("COMPLETE")).ipn_url(ipn());
    let common = [OUR_STEP, PRICE, REFERENCE].concat();
    let options = [IPN, &[("authConfirmModel", "COMPLETE")]].concat();
    row(
        vec![
            case(capture(hold().into()), &[OURS, &common]),
            case(capture(their_hold().into()), &[THEIRS, &common]),
        ],
        vec![
            case(full(hold().into()), &[OURS, &common, &options]),
            case(full(their_hold().into()), &[THEIRS, &common, &options]),
        ],
    )
}

fn detail_query() -> Row {
    let query = |hold: AuthInfoKey, step: AuthDetailKey| AuthDetailQuery::new(hold, step);
    row(
        vec![
            case(query(hold().into(), step().into()), &[OURS, OUR_STEP]),
            case(query(their_hold().into(), their_step().into()), &[THEIRS, THEIR_STEP]),
            case(query(hold().into(), their_step().into()), &[OURS, THEIR_STEP]),
        ],
        vec![],
    )
}
