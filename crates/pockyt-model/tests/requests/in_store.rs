//! In a shop.

use pockyt_model::operation::sdk_only::{
    AcquireCreate, AcquirePrice, AlipayUserId, CashierAdd, InStoreAuthCapture, InStoreAuthUnfreeze, Reverse,
};
use pockyt_model::operation::{
    Add, CreateTransQrcode, GenerateMixedCode, MixedCancel, MixedPrice, MixedQuery, Prepay,
};
use pockyt_model::{RecordNo, Vendor};

use super::support::{
    BARCODE, CLERK, IPN, NUMBER, PRICE, REFERENCE, Row, TEXTS, TIMEOUT, amount, barcode, by_number, case,
    clerk, description, ipn, minutes, note, number, price, reference, row,
};

const DESCRIPTION: &[(&str, &str)] = &[("description", "Tom & Ann")];
const ALIPAY: &[(&str, &str)] = &[("vendor", "alipay")];
const RECORD: &[(&str, &str)] = &[("recordNo", "300000000000009000")];

pub(crate) fn rows() -> Vec<Row> {
    vec![
        add(),
        prepay(),
        create_trans_qrcode(),
        generate_mixed_code(),
        mixed_query(),
        row(vec![case(MixedCancel::new(record()), &[RECORD])], vec![]),
        cashier_add(),
        reverse(),
        row(vec![case(InStoreAuthCapture::new(), &[])], vec![]),
        row(vec![case(InStoreAuthUnfreeze::new(), &[])], vec![]),
        acquire_create(),
    ]
}

fn record() -> RecordNo {
    RecordNo::new("300000000000009000").unwrap()
}

fn add() -> Row {
    let add = || Add::new(price(), reference());
    let full = add().description(description()).ipn_url(ipn()).store_admin_no(clerk()).timeout(minutes(5));
    row(
        vec![case(add(), &[PRICE, REFERENCE])],
        vec![case(full, &[PRICE, REFERENCE, DESCRIPTION, IPN, CLERK, TIMEOUT])],
    )
}

fn prepay() -> Row {
    let full = |prepay: Prepay| prepay.store_admin_no(clerk()).vendor(Vendor::ALIPAY);
    row(
        vec![
            case(Prepay::new(by_number(), barcode()), &[NUMBER, BARCODE]),
            case(Prepay::new(reference(), barcode()), &[REFERENCE, BARCODE]),
        ],
        vec![
            case(full(Prepay::new(number(), barcode())), &[NUMBER, BARCODE, CLERK, ALIPAY]),
            case(full(Prepay::new(reference(), barcode())), &[REFERENCE, BARCODE, CLERK, ALIPAY]),
        ],
    )
}

fn create_trans_qrcode() -> Row {
    let code = || CreateTransQrcode::new(price(), Vendor::new("GCASH").unwrap(), reference());
    let full = code()
        .description(description())
        .ipn_url(ipn())
        .need_qrcode(false)
        .store_admin_no(clerk())
        .timeout(minutes(u32::MAX));
    let gcash: &[_] = &[("vendor", "gcash")];
    row(
        vec![case(code(), &[PRICE, REFERENCE, gcash, &[("needQrcode", "true")]])],
        vec![case(
            full,
            &[
                PRICE,
                REFERENCE,
                gcash,
                DESCRIPTION,
                IPN,
                CLERK,
                &[("needQrcode", "false"), ("timeout", "4294967295")],
            ],
        )],
    )
}

fn generate_mixed_code() -> Row {
    let mixed = MixedPrice::new(price(), amount("0.00")).unwrap();
    let tipped = mixed.clone().with_tip(amount("1.5")).unwrap();
    let full = GenerateMixedCode::new(tipped, reference())
        .description(description())
        .ipn_url(ipn())
        .need_qrcode(false)
        .need_tip(true)
        .note(note())
        .timeout(minutes(5));
    let sale: &[_] =
        &[("saleAmount", "13.00"), ("currency", "PHP"), ("settleCurrency", "USD"), ("tax", "0.00")];
    row(
        vec![case(
            GenerateMixedCode::new(mixed, reference()),
            &[sale, REFERENCE, &[("needQrcode", "true"), ("needTip", "false")]],
        )],
        vec![case(
            full,
            &[
                sale,
                &[("tip", "1.5"), ("needQrcode", "false"), ("needTip", "true")],
                REFERENCE,
                TEXTS,
                IPN,
                TIMEOUT,
            ],
        )],
    )
}

fn mixed_query() -> Row {
    row(
        vec![case(MixedQuery::new(record()), &[RECORD]), case(MixedQuery::new(reference()), &[REFERENCE])],
        vec![],
    )
}

fn cashier_add() -> Row {
    let add = || CashierAdd::new(price(), reference());
    let full = add().ipn_url(ipn()).store_admin_no(clerk()).transaction_no(number());
    row(vec![case(add(), &[PRICE, REFERENCE])], vec![case(full, &[PRICE, REFERENCE, IPN, CLERK, NUMBER])])
}

fn reverse() -> Row {
    row(
        vec![case(Reverse::new(by_number()), &[NUMBER]), case(Reverse::new(reference()), &[REFERENCE])],
        vec![
            case(Reverse::new(number()).store_admin_no(clerk()), &[NUMBER, CLERK]),
            case(Reverse::new(reference()).store_admin_no(clerk()), &[REFERENCE, CLERK]),
        ],
    )
}

fn acquire_create() -> Row {
    let user = || AlipayUserId::new("2088canary88").unwrap();
    let order = |price: AcquirePrice| AcquireCreate::new(price, reference(), Vendor::ALIPAY, user());
    let full = order(AcquirePrice::RmbAmount(price()))
        .description(description())
        .ipn_url(ipn())
        .note(note())
        .timeout(minutes(5));
    let user: &[_] = &[("alipayUserId", "2088canary88")];
    let rmb: &[_] = &[("rmbAmount", "13.00"), ("currency", "PHP"), ("settleCurrency", "USD")];
    row(
        vec![
            case(order(price().into()), &[PRICE, REFERENCE, ALIPAY, user]),
            case(order(AcquirePrice::RmbAmount(price())), &[rmb, REFERENCE, ALIPAY, user]),
        ],
        vec![
            case(order(price().into()), &[PRICE, REFERENCE, ALIPAY, user]),
            case(full, &[rmb, REFERENCE, ALIPAY, user, TEXTS, IPN, TIMEOUT]),
        ],
    )
}
