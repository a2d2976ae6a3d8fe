//! Requests: what is written, and what cannot be built.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

use std::collections::BTreeSet;

use pockyt_model::operation::{
    Add, Cancel, CreateTransQrcode, Good, OsType, Prepay, Refund, SecurePay, Terminal, TranQuery,
};
use pockyt_model::{CallbackUrl, Currency, FreeText, IpnUrl, Merchant, Operation, Params, PaymentBarcode};
use pockyt_model::{OrderKey, Price, Reference, SignedRequest, TransactionNo, Vendor, operations};
use pockyt_sign::SigningKey;

fn price() -> Price {
    Price::new("13.00", Currency::USD).unwrap()
}

fn reference() -> Reference {
    Reference::new("order-1").unwrap()
}

fn number() -> OrderKey {
    TransactionNo::new("297553636764407286").unwrap().into()
}

fn ipn() -> IpnUrl {
    IpnUrl::new("https://shop.example/ipn?a=1&b=2").unwrap()
}

fn text(text: &str) -> FreeText {
    FreeText::new(text).unwrap()
}

fn names<O: Operation>(operation: &O) -> BTreeSet<String> {
    let mut params = Params::default();
    operation.write_params(&mut params);
    params.names().map(str::to_owned).collect()
}

/// What an operation writes with everything set is what its table names, and what it always writes is
/// what the table says is required.
fn matches_its_table<O: Operation>(full: &[O], bare: &[O]) {
    let all: BTreeSet<String> = O::SPEC.fields.iter().map(|f| f.name.to_owned()).collect();
    let required: BTreeSet<String> =
        O::SPEC.fields.iter().filter(|f| f.required).map(|f| f.name.to_owned()).collect();
    let written: BTreeSet<String> = full.iter().flat_map(names).collect();
    assert_eq!(written, all, "{}", O::SPEC.name);
    let always = bare.iter().map(names).reduce(|a, b| &a & &b).unwrap();
    assert_eq!(always, required, "{}", O::SPEC.name);
}

#[test]
fn tables_say_what_is_written() {
    let barcode = || PaymentBarcode::new("286498530672949108").unwrap();
    let add = || Add::new(price(), reference());
    let full = add().description(text("a")).ipn_url(ipn()).store_admin_no("1").timeout(5);
    matches_its_table(&[full], &[add()]);

    let prepays = || [Prepay::new(number(), barcode()), Prepay::new(reference(), barcode())];
    let full = prepays().map(|p| p.store_admin_no("1").vendor(Vendor::ALIPAY));
    matches_its_table(&full, &prepays());

    let code = || CreateTransQrcode::new(price(), Vendor::ALIPAY, reference());
    let full = code().description(text("a")).ipn_url(ipn()).need_qrcode(false).store_admin_no("1").timeout(5);
    matches_its_table(&[full], &[code()]);

    let callback = || CallbackUrl::new("https://shop.example/back?status={status}").unwrap();
    let pay = |t| SecurePay::new(price(), Vendor::ALIPAY, t, reference(), callback());
    let full = pay(Terminal::Wap(OsType::Ios))
        .ipn_url(ipn())
        .goods([Good::new("Tea", 2).unwrap()])
        .description(text("a"))
        .note(text("b"))
        .timeout(5);
    matches_its_table(&[full], &[pay(Terminal::Online)]);

    let orders = [number(), OrderKey::from(reference())];
    matches_its_table(&orders.clone().map(TranQuery::new), &orders.clone().map(TranQuery::new));
    matches_its_table(&orders.clone().map(Cancel::new), &orders.clone().map(Cancel::new));
    let refunds = orders.map(|o| Refund::new(o, price(), reference()));
    matches_its_table(&refunds.clone().map(|r| r.ipn_url(ipn())), &refunds);
}

#[test]
fn operations_are_listed_once_each() {
    let names: BTreeSet<_> = operations().iter().map(|spec| spec.name).collect();
    let paths: BTreeSet<_> = operations().iter().map(|spec| spec.path).collect();
    assert_eq!((names.len(), paths.len()), (operations().len(), operations().len()));
}

#[test]
fn amounts_that_are_not_prices_are_refused() {
    for bad in
        ["-1", "0", "0.00", "1.001", "1e3", "NaN", "", " 1", "1 ", "+1", ".5", "1.", "1,00", "0x1", "∞"]
    {
        let error = Price::new(bad, Currency::USD).unwrap_err();
        assert_eq!(error.field(), "amount", "{bad:?}");
    }
    for good in ["13", "13.00", "0.01", "13.000", "99999999999999.99"] {
        assert_eq!(Price::new(good, Currency::USD).unwrap().amount().as_str(), good);
    }
    assert!(Price::new(&"9".repeat(40), Currency::USD).is_err());
}

#[test]
fn texts_that_cannot_be_sent_are_refused() {
    let long = "x".repeat(101);
    for bad in ["", "a\nb", "a\u{0}", "x&amount=1", "&_=", &long] {
        assert!(FreeText::new(bad).is_err(), "{bad:?}");
    }
    for good in ["Tom & Ann", "AT&T", "a=b", "司机支付会员费用", "test+description"] {
        assert!(FreeText::new(good).is_ok(), "{good:?}");
    }
    for bad in ["", "a b", "a&b=c", "a=b", "é", &long] {
        assert!(Reference::new(bad).is_err(), "{bad:?}");
        assert!(TransactionNo::new(bad).is_err(), "{bad:?}");
    }
    for bad in ["", "ftp://a", "http://", "https:///x", "http://a b", "//a", "http://é"] {
        assert!(IpnUrl::new(bad).is_err(), "{bad:?}");
        assert!(CallbackUrl::new(bad).is_err(), "{bad:?}");
    }
    assert!(Good::new("a&b=c", 1).is_err());
    assert!(Vendor::new("ali pay").is_err());
    assert_eq!(Vendor::new("GCASH").unwrap(), Vendor::GCASH);
    assert!(Merchant::new("", "1").is_err() && Merchant::new("1", "a").is_err());
    for bad in ["usd", "US", "USDT", "U1D"] {
        assert!(Currency::new(bad).is_err());
    }
}

#[test]
fn extra_fields_are_signed_and_known_names_cannot_be_overwritten() {
    let merchant = Merchant::new("200043", "300014").unwrap();
    let key = SigningKey::from_any_text("not-a-real-token");
    let query = TranQuery::by_reference(reference());
    let extra = |name: &str, value: &str| [(name.to_owned(), value.to_owned())];

    let fields = extra("merGroupNo", "100001");
    let request = SignedRequest::new(&query, &merchant, &fields, &key).unwrap();
    assert!(request.pairs().iter().any(|(n, v)| n == "merGroupNo" && v == "100001"));
    for (name, value) in
        [("reference", "x"), ("merchantNo", "1"), ("verifySign", "x"), ("a b", "x"), ("x", "")]
    {
        let fields = extra(name, value);
        assert!(SignedRequest::new(&query, &merchant, &fields, &key).is_err(), "{name}");
    }
}

#[test]
fn goods_are_sent_as_the_text_that_is_signed() {
    let mut params = Params::default();
    let callback = CallbackUrl::new("https://shop.example/").unwrap();
    let goods = [Good::new("Tea \"x\" / ä", 2).unwrap()];
    let pay = SecurePay::new(price(), Vendor::ALIPAY, Terminal::Online, reference(), callback).goods(goods);
    pay.write_params(&mut params);
    let sent = params.pairs().iter().find(|(name, _)| name == "goodsInfo").unwrap();
    assert_eq!(sent.1, r#"[{"goods_name":"Tea \"x\" / ä","quantity":"2"}]"#);
}

#[test]
fn barcodes_and_values_do_not_show() {
    let barcode = PaymentBarcode::new("286498530672949108").unwrap();
    let prepay = Prepay::new(number(), barcode);
    let merchant = Merchant::new("200043", "300014").unwrap();
    let key = SigningKey::from_any_text("not-a-real-token");
    let request = SignedRequest::new(&prepay, &merchant, &[], &key).unwrap();
    let shown = format!("{prepay:?} {request:?}");
    assert!(!shown.contains("286498530672949108"), "{shown}");
    assert!(shown.contains("paymentBarcode"), "{shown}");
}
