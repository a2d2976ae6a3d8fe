//! Asking after orders, giving money back, and reports.

use pockyt_model::operation::sdk_only::{DataStatus, ExchangeRate, SettleList, TransList, WithdrawalList};
use pockyt_model::operation::{AddNotes, Cancel, Refund, TranQuery, TransactionList};
use pockyt_model::{Currency, ReportRange, Vendor};

use super::support::{
    CLERK, IPN, NUMBER, REFERENCE, Row, by_number, case, clerk, day, ipn, number, price, reference, row,
};

const DAYS: &[(&str, &str)] = &[("startDate", "20240228"), ("endDate", "20240301")];

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row(
            vec![
                case(TranQuery::by_transaction_no(number()), &[NUMBER]),
                case(TranQuery::by_reference(reference()), &[REFERENCE]),
            ],
            vec![],
        ),
        row(
            vec![case(Cancel::new(by_number()), &[NUMBER]), case(Cancel::new(reference()), &[REFERENCE])],
            vec![],
        ),
        refund(),
        row(vec![case(AddNotes::new(), &[])], vec![]),
        row(vec![case(TransactionList::new(), &[])], vec![]),
        row(
            vec![case(TransList::new(days()), &[DAYS])],
            vec![case(TransList::new(days()).store_admin_no(clerk()), &[DAYS, CLERK])],
        ),
        row(
            vec![case(SettleList::new(days()), &[DAYS])],
            vec![case(SettleList::new(days()).store_admin_no(clerk()), &[DAYS, CLERK])],
        ),
        row(
            vec![case(WithdrawalList::new(days()), &[DAYS])],
            vec![case(WithdrawalList::new(days()).store_admin_no(clerk()), &[DAYS, CLERK])],
        ),
        data_status(),
        exchange_rate(),
    ]
}

fn days() -> ReportRange {
    ReportRange::new(day(2024, 2, 28), day(2024, 3, 1)).unwrap()
}

fn refund() -> Row {
    let refund_price: &[_] = &[
        ("refundAmount", "13.00"),
        ("currency", "PHP"),
        ("settleCurrency", "USD"),
        ("refundReference", "back-1"),
    ];
    let own = || pockyt_model::Reference::new("back-1").unwrap();
    let by_number = || Refund::new(number(), price(), own());
    let by_reference = || Refund::new(reference(), price(), own());
    row(
        vec![case(by_number(), &[NUMBER, refund_price]), case(by_reference(), &[REFERENCE, refund_price])],
        vec![
            case(by_number().ipn_url(ipn()), &[NUMBER, refund_price, IPN]),
            case(by_reference().ipn_url(ipn()), &[REFERENCE, refund_price, IPN]),
        ],
    )
}

fn data_status() -> Row {
    let date: &[_] = &[("paymentDate", "20240229")];
    let status = || DataStatus::new(day(2024, 2, 29));
    row(vec![case(status(), &[date])], vec![case(status().store_admin_no(clerk()), &[date, CLERK])])
}

fn exchange_rate() -> Row {
    let rate = ExchangeRate::new(day(2018, 12, 31), Currency::CNY, Vendor::WECHAT_PAY);
    let expected: &[_] = &[("date", "20181231"), ("currency", "CNY"), ("vendor", "wechatpay")];
    row(vec![case(rate, &[expected])], vec![])
}
