//! What must not be sent cannot be made: money, texts, identifiers, days, goods and paths.

use pockyt_model::SignedRequest;
use pockyt_model::operation::TranQuery;
use pockyt_model::operation::older::ConsentTerminal;
use pockyt_model::operation::{
    BankAccountElsewhere, CaptureGood, CreditType, DeletePayeeAccount, Good, GoodsCategory, MixedPrice,
    OsType, PayoutAmount, Raw, Terminal,
};
use pockyt_model::{
    AccountTag, AccountToken, AuthDetailNo, AuthInfoNo, AutoDebitNo, AutoReference, CallbackUrl, CountryCode,
    Currency, CustomerCode, CustomerNo, FreeText, InvalidField, InvoiceId, IpnUrl, Merchant, OrderTimeout,
    OutAuthDetailNo, OutAuthInfoNo, PayorNo, PersonalText, Price, RecordNo, Reference, ReportDay,
    ReportRange, ScheduleNo, StoreAdminNo, TransactionNo, Vendor,
};

use super::support::{account, amount, customer, day, key, merchant, price, timestamp};

/// Each of the values is refused under the name of this field, and the refusal does not repeat it.
#[track_caller]
pub(crate) fn refused<'a, T>(
    field: &str,
    values: &[&'a str],
    make: impl Fn(&'a str) -> Result<T, InvalidField>,
) {
    for value in values {
        let Err(error) = make(value) else { panic!("{field} takes {value:?}") };
        refusal(field, value, error);
    }
}

#[track_caller]
pub(crate) fn refusal(field: &str, value: &str, error: InvalidField) {
    assert_eq!(error.field(), field, "{value:?}");
    assert!(!error.rule().is_empty(), "{value:?}");
    assert_eq!(error.to_string(), format!("{field} {}", error.rule()));
    // Shorter ones may occur in the wording of a rule.
    if value.trim().len() > 4 {
        assert!(!format!("{error} {error:?}").contains(value.trim()), "{error:?}");
    }
}

const NO_NUMBERS: [&str; 26] = [
    "",
    " ",
    "1e3",
    "1E3",
    "1e-2",
    "NaN",
    "nan",
    "inf",
    "Infinity",
    "∞",
    " 1",
    "1 ",
    "1\n",
    "+1",
    ".5",
    "1.",
    "1,00",
    "1_000",
    "1.000,50",
    "0x1",
    "--1",
    "1.2.3",
    "$9.90",
    "１３.00",
    "١٣",
    "99999999999999999999999999999.99",
];
const NO_PRICES: [&str; 12] =
    ["013", "13.000", "0", "0.00", "-0", "-0.00", "-1", "-0.01", "1.001", "0.001", "13.999", "-13.999"];

#[test]
fn amounts_that_are_no_prices_are_refused() {
    for bad in [&NO_NUMBERS[..], &NO_PRICES[..]] {
        refused("amount", bad, |text| Price::new(text, Currency::USD));
        refused("amount", bad, |text| PayoutAmount::new(text, Currency::USD));
    }
    refused("amount", &NO_PRICES, |text| Price::of(amount(text), Currency::USD));
    for good in ["13", "13.00", "0.01", "13.5", "99999999999999.99"] {
        assert_eq!(Price::new(good, Currency::USD).unwrap().amount().as_str(), good);
        assert_eq!(PayoutAmount::new(good, Currency::USD).unwrap().amount().as_str(), good);
    }
}

#[test]
fn a_price_of_any_decimals_is_still_above_zero() {
    refused("amount", &["0", "0.000", "-1", "-0.001"], |text| {
        Price::with_any_decimals(amount(text), Currency::USD)
    });
    let price = Price::with_any_decimals(amount("1.0015"), Currency::USD).unwrap();
    assert_eq!(price.amount().as_str(), "1.0015");
}

#[test]
fn taxes_and_tips_below_zero_or_of_three_decimals_are_refused() {
    refused("tax", &["-0.01", "-1", "0.001"], |text| MixedPrice::new(price(), amount(text)));
    let mixed = MixedPrice::new(price(), amount("0")).unwrap();
    refused("tip", &["-0.01", "-1", "0.001"], |text| mixed.clone().with_tip(amount(text)));
    assert!(mixed.with_tip(amount("0.00")).is_ok());
}

#[test]
fn currencies_and_vendors_that_are_none_are_refused() {
    refused("currency", &["", "usd", "US", "USDT", "U1D", "U D", "ＵＳＤ", "$$$"], Currency::new);
    let long = "v".repeat(33);
    refused("vendor", &["", "ali pay", "ali-pay", "alipay&a=b", "支付宝", "alipay\n", &long], Vendor::new);
    assert_eq!(Vendor::new("GCASH").unwrap(), Vendor::GCASH);
}

#[test]
fn texts_that_are_empty_too_long_or_ambiguous_are_refused() {
    let long = "x".repeat(101);
    let bad = ["", "Tea\nand milk", "a\u{0}", "a\u{7f}", "a\u{85}", "gift&amount=1", "&_=", "a&&b=c", &long];
    refused("text", &bad, FreeText::new);
    let full = "注".repeat(100);
    for good in ["Tom & Ann", "AT&T", "a=b", "a&1=b", "& b=c", "司机支付会员费用", "<b>\"x\"</b>", &full]
    {
        assert!(FreeText::new(good).is_ok(), "{good:?}");
    }
    let long = "x".repeat(201);
    refused("text", &["", "Finch\nStreet", "Finch&amount=1", &long], PersonalText::new);
}

macro_rules! refuses_as_identifier {
    ($($name:ident = $field:literal: $bad:expr;)*) => { $(
        refused($field, $bad, $name::new);
        assert_eq!($name::new("x".repeat(64)).unwrap().as_str().len(), 64);
    )* };
}

#[test]
fn identifiers_that_would_not_pass_unchanged_are_refused() {
    let long = "x".repeat(65);
    let both =
        ["", "order 1", "order&a=b", "order=1", "é", "order-1\n", "order%20", "１２", "a+b", "\"", &long];
    let theirs = [&both[..], &["order.1", "order/1", "order:1"]].concat();
    refuses_as_identifier! {
        Reference = "reference": &both;
        AutoReference = "autoReference": &both;
        InvoiceId = "invoiceId": &both;
        CustomerCode = "customerCode": &both;
        AccountTag = "accountTag": &both;
        OutAuthInfoNo = "outAuthInfoNo": &both;
        OutAuthDetailNo = "outAuthDetailNo": &both;
        TransactionNo = "transactionNo": &theirs;
        AutoDebitNo = "autoDebitNo": &theirs;
        RecordNo = "recordNo": &theirs;
        CustomerNo = "customerNo": &theirs;
        AccountToken = "accountToken": &theirs;
        PayorNo = "payorNo": &theirs;
        ScheduleNo = "scheduleNo": &theirs;
        AuthInfoNo = "authInfoNo": &theirs;
        AuthDetailNo = "authDetailNo": &theirs;
        StoreAdminNo = "storeAdminNo": &theirs;
    }
}

#[test]
fn merchants_that_are_no_numbers_are_refused() {
    let bad = ["", "a", "20004a", "-200043", " 200043", "200043 ", "２０００４３", "1&2"];
    refused("merchantNo", &bad, |text| Merchant::new(text, "300014"));
    refused("storeNo", &bad, |text| Merchant::new("200043", text));
    refused("merGroupNo", &bad, |text| Merchant::new("200043", "300014").unwrap().of_group(text));
}

#[test]
fn urls_that_are_none_are_refused() {
    let bad = [
        "",
        "shop.example",
        "ftp://shop.example",
        "javascript:alert(1)",
        "http://",
        "https://",
        "https:///x",
        "//shop.example",
        "http:shop.example",
        "http://?x",
        "http://#x",
        "http://:80",
        "http://shop example",
        "https://shop.example/\n",
        "https://ß.example",
        " https://shop.example",
    ];
    refused("ipnUrl", &bad, IpnUrl::new);
    refused("callbackUrl", &bad, CallbackUrl::new);
    for good in
        ["https://shop.example", "http://127.0.0.1:8080/ipn", "https://shop.example/?a=1&amount={amount}"]
    {
        assert!(IpnUrl::new(good).is_ok() && CallbackUrl::new(good).is_ok(), "{good}");
    }
}

#[test]
fn orders_that_cannot_be_paid_at_any_time_are_refused() {
    refused("timeout", &["0"], |text| OrderTimeout::minutes(text.parse().unwrap()));
    for good in [1, 120, u32::MAX] {
        assert_eq!(OrderTimeout::minutes(good).unwrap().as_minutes(), good);
    }
}

#[test]
fn agreements_are_signed_where_the_documentation_says_and_nowhere_else() {
    for (terminal, word) in [(Terminal::Yip, "YIP"), (Terminal::Mweb(OsType::Ios), "MWEB")] {
        refusal("terminal", word, ConsentTerminal::try_from(terminal).unwrap_err());
    }
    for terminal in [Terminal::Online, Terminal::Wap(OsType::Android), Terminal::App(OsType::Ios)] {
        assert_eq!(Terminal::from(ConsentTerminal::try_from(terminal).unwrap()), terminal);
    }
}

/// Their fields cannot be given as extra ones, since the request knows them.
#[test]
fn accounts_in_china_and_the_united_states_cannot_be_had_without_their_fields() {
    let elsewhere = |country| BankAccountElsewhere::new(CountryCode::new(country).unwrap(), Currency::EUR);
    refused("accountCountry", &["CN", "US"], elsewhere);
    assert!(elsewhere("DE").is_ok());
}

#[test]
fn days_that_are_not_in_the_calendar_are_refused() {
    let bad = [
        (2024, 2, 30),
        (2023, 2, 29),
        (2024, 13, 1),
        (2024, 0, 1),
        (2024, 4, 31),
        (2024, 1, 0),
        (2024, 1, 32),
        (0, 1, 1),
        (u16::MAX, 1, 1),
        (10_000, 1, 1),
        (2024, u8::MAX, u8::MAX),
    ];
    for (year, month, day) in bad {
        let error = ReportDay::new(year, month, day).unwrap_err();
        refusal("date", &format!("{year:04}{month:02}{day:02}"), error);
    }
    assert_eq!(day(2024, 2, 29).as_str(), "20240229");
    assert_eq!(day(7, 1, 1).as_str(), "00070101");
}

#[test]
fn reports_that_end_before_they_begin_or_are_too_long_are_refused() {
    let bad = [
        (day(2024, 3, 2), day(2024, 3, 1)),
        (day(2024, 3, 1), day(2023, 3, 2)),
        (day(2024, 2, 20), day(2024, 3, 6)),
        (day(2024, 3, 1), day(2025, 3, 1)),
        (day(1, 1, 1), day(9999, 12, 31)),
    ];
    for (start, end) in bad {
        let shown = end.as_str().to_owned();
        refusal("endDate", &shown, ReportRange::new(start, end).unwrap_err());
    }
    assert!(ReportRange::new(day(2024, 3, 1), day(2024, 3, 1)).is_ok());
    assert!(ReportRange::new(day(2024, 2, 20), day(2024, 3, 5)).is_ok());
}

#[test]
fn goods_that_cannot_be_sold_are_refused() {
    let long = "x".repeat(101);
    let bad = ["", "Tea\n", "Tea&amount=1", &long];
    refused("goodsInfo", &bad, |name| Good::new(name, 1));
    let good = |name: &str, description: &str, price: &str, tax: Option<&str>| {
        let tax = tax.map(amount);
        CaptureGood::new(name, 1, GoodsCategory::Digital, description, &amount(price), tax.as_ref())
    };
    refused("goodsInfo", &bad, |name| good(name, "green", "1", None));
    refused("goodsInfo", &bad, |description| good("Tea", description, "1", None));
    refused("goodsInfo", &["-1", "-0.01"], |price| good("Tea", "green", price, None));
    refused("goodsInfo", &["-1", "-0.01"], |tax| good("Tea", "green", "1", Some(tax)));
    assert!(good("Tea", "green", "1", Some("0")).is_ok());
}

#[test]
fn credit_types_that_are_no_word_are_refused() {
    let long = "c".repeat(33);
    let bad = ["", "a b", "cit1", "cit&amount", "recurring_", "ＣＩＴ", "cit\n", &long];
    refused("creditType", &bad, CreditType::other);
    assert!(CreditType::other("authorize").is_ok());
}

/// `recurring` wants a count and a frequency: the variant of that name has them.
#[test]
fn a_recurring_credit_cannot_be_had_without_its_terms() {
    refused("creditType", &["recurring", "RECURRING"], CreditType::other);
}

#[test]
fn paths_that_would_go_elsewhere_are_refused() {
    let bad = [
        "",
        "v3/new",
        "https://evil.example/x",
        "/a b",
        "/v3/new?x=1",
        "/v3/new#x",
        "/é",
        "/v3/new\n",
        "/a\r\nHost: b",
    ];
    refused("path", &bad, Raw::new);
    refused("path", &bad, |path| DeletePayeeAccount::at(path, customer(), account(), timestamp()));
    assert!(Raw::new("/v3/new").is_ok());
}

#[test]
fn extra_fields_cannot_stand_for_the_requests_own_or_for_two() {
    let extra = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
    let refused = |operation: &TranQuery, extra: Vec<(String, String)>| {
        SignedRequest::new(operation, &merchant(), &extra, &key()).map(|_| ()).unwrap_err().to_string()
    };
    let query = TranQuery::by_reference(Reference::new("order-1").unwrap());
    // Known, though this query does not send it: two orders in one question.
    let known = refused(&query, extra("transactionNo", "999"));
    assert_eq!(known, "transactionNo is one of the request's own fields: set it there");
    let ambiguous = refused(&query, extra("memo", "gift&amount=0.01"));
    assert_eq!(ambiguous, "the value of memo could be read as another field");
    assert!(!refused(&query, extra("bad name&", "x&y=1")).contains("bad name"));
    let url = extra("returnUrl", "https://shop.example/?a=1&amount=2");
    assert!(SignedRequest::new(&query, &merchant(), &url, &key()).is_ok());
    let raw = Raw::new("/v3/new").unwrap().field("memo", "gift&amount=0.01");
    assert!(SignedRequest::new(&raw, &merchant(), &[], &key()).is_err());
}
