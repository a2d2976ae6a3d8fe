//! What each field must look like, and which code a broken rule gets.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

mod support;

use pockyt_sim::catalogue::{self, Need, Rule};
use pockyt_sim::{DuplicateCode, NOTE_HEADER, Profile};
use support::World;
use support::everything::Everything;

const ADD: &str = "/app-instore/v3/add";
const SECURE_PAY: &str = "/online/v3/secure-pay";
const PREPAY: &str = "/app-instore/v3/prepay";
const QRCODE: &str = "/app-instore/v3/create-trans-qrcode";
const QUERY: &str = "/app-data-search/v3/tran-query";
const REFUND: &str = "/app-data-search/v3/refund";

fn prepared(profile: Profile) -> World {
    Everything::new(profile).world
}

fn with(path: &str, name: &'static str, value: &'static str) -> Vec<(&'static str, &'static str)> {
    let good = Everything::new(Profile::lenient()).good(catalogue::at_path(path).unwrap().name);
    let others = good.into_iter().filter(|(other, _)| *other != name);
    others.map(|(name, value)| (name, &*value.leak())).chain([(name, value)]).collect()
}

#[test]
fn the_good_fields_are_good_in_both_profiles() {
    for profile in [Profile::lenient(), Profile::strict()] {
        for operation in catalogue::operations() {
            let answer = Everything::new(profile.clone()).call(operation.name, &[]);
            assert_eq!(answer.code(), "000100", "{} {} {}", operation.name, answer.field(), answer.rule());
            assert_eq!(
                answer.header(NOTE_HEADER).is_empty(),
                operation.note.is_empty(),
                "{}",
                operation.name
            );
        }
    }
}

#[test]
fn each_field_is_required_as_its_profile_says() {
    for (profile, lenient) in [(Profile::lenient(), true), (Profile::strict(), false)] {
        for operation in catalogue::operations() {
            let good = Everything::new(profile.clone()).good(operation.name);
            for field in operation.fields.iter().filter(|field| good.iter().any(|g| g.0 == field.name)) {
                let mut everything = Everything::new(profile.clone());
                let mut fields = everything.good(operation.name);
                fields.retain(|(name, _)| *name != field.name);
                let answer = everything.send(operation.name, &fields);
                let need = if lenient { field.lenient } else { field.strict };
                // These have alternatives of which the good fields have both, or a rule of their own.
                let is_conditional = (operation.name, field.name) == ("micropay-prepay", "openid")
                    || (operation.name, field.name) == ("payouts-pay", "customerNo");
                let is_optional = need == Need::Optional && !is_conditional;
                let expected = if is_optional { "000100" } else { "000020" };
                assert_eq!(
                    answer.code(),
                    expected,
                    "{} without {}: {}",
                    operation.name,
                    field.name,
                    answer.rule()
                );
                if expected == "000020" {
                    let named = match need {
                        Need::EitherIdentifier => "transactionNo",
                        Need::OneOf(names) => names[0],
                        _ => field.name,
                    };
                    assert_eq!(answer.field(), named);
                    assert_eq!(answer.json["ret_msg"], format!("data error : {named}"));
                }
            }
        }
    }
}

#[test]
fn bad_values_are_000023_and_name_the_field() {
    let long: &'static str = Box::leak("x".repeat(2100).into_boxed_str());
    let url: &'static str = Box::leak(format!("https://{long}").into_boxed_str());
    let cases: &[(&str, &'static str, &[&'static str])] = &[
        (
            ADD,
            "amount",
            &[
                "-1",
                "+1",
                "1.001",
                "1e3",
                "NaN",
                "inf",
                "0",
                "0.00",
                "",
                " 1",
                "1 ",
                ".5",
                "5.",
                "1,000",
                "01",
                "1.2.3",
                "12345678901",
                "٣",
                "0x1",
            ],
        ),
        (QRCODE, "currency", &["", "usd", "US", "USDX", "U1D"]),
        (ADD, "settleCurrency", &["usd"]),
        (ADD, "timeout", &["0", "-1", "1.5", "525601", "99999999999", "x"]),
        (ADD, "reference", &[" a", "a ", "a\nb", long]),
        (QRCODE, "needQrcode", &["yes", "1"]),
        (QRCODE, "vendor", &["ali pay", "é", long]),
        (QRCODE, "ipnUrl", &["x", "ftp://a/b", "http://", "http:///x", "https://a b/", url]),
        (SECURE_PAY, "terminal", &["", "online", "DESK"]),
        (SECURE_PAY, "goodsInfo", &["x", "[", "{a:1}"]),
        (SECURE_PAY, "note", &[long]),
        (SECURE_PAY, "osType", &["WINDOWS"]),
        (SECURE_PAY, "customerNo", &["12a"]),
        (SECURE_PAY, "paymentCount", &["-1", "1.0"]),
        (PREPAY, "paymentBarcode", &["", "123", "28649853067294910x"]),
        (QUERY, "transactionNo", &["abc", "1 2"]),
        (REFUND, "refundAmount", &["0", "-1", "1.001", ""]),
    ];
    for (path, name, values) in cases {
        for value in *values {
            let answer = prepared(Profile::lenient()).call(path, &with(path, name, value));
            assert_eq!((answer.code(), answer.field()), ("000023", *name), "{path} {name} {value:.40}");
            assert!(!answer.rule().is_empty() && answer.response.status == 200);
        }
    }
}

#[test]
fn amounts_are_exact_and_answered_with_two_decimals() {
    for (sent, answered) in [
        ("13", "13.00"),
        ("13.5", "13.50"),
        ("0.01", "0.01"),
        ("0.10", "0.10"),
        ("9999999999.99", "9999999999.99"),
        ("1.10", "1.10"),
        ("1000000.29", "1000000.29"),
    ] {
        let answer = World::new().add("x", sent);
        assert_eq!(answer.text("amount"), answered);
    }
}

#[test]
fn currencies_without_a_smaller_unit_stay_whole() {
    for currency in ["JPY", "KRW", "IDR"] {
        let call = |amount| {
            World::new().call(ADD, &[("amount", amount), ("currency", currency), ("reference", "x")])
        };
        assert_eq!(call("1000").text("amount"), "1000");
        assert_eq!(call("1000.00").text("amount"), "1000");
        assert_eq!(call("1000").text("refundAmount"), "0");
        assert_eq!((call("1000.50").code(), call("1000.50").field().to_owned()), ("000023", "amount".into()));
    }
}

#[test]
fn a_repeated_reference_is_a_duplicate_for_every_creating_operation() {
    for first in [ADD, QRCODE, SECURE_PAY] {
        for second in [ADD, QRCODE, SECURE_PAY] {
            let mut world = World::new();
            world.call(first, &with(first, "reference", "new"));
            let answer = world.call(second, &with(second, "reference", "new"));
            assert_eq!(answer.body(), r#"{"ret_code":"000023","ret_msg":"Duplicate request error"}"#);
            assert_eq!((answer.field(), answer.response.status), ("reference", 200));
        }
    }
    let profile = Profile { duplicate_code: DuplicateCode::Mismatch, ..Profile::lenient() };
    let mut world = World::with_profile(profile);
    world.add("a", "1");
    assert_eq!(world.add("a", "1").code(), "000022");
}

#[test]
fn two_merchants_may_use_one_reference_and_do_not_see_each_other() {
    let mut world = World::new();
    let mine = world.add("same", "1").transaction_no();
    let other = [
        ("merchantNo", "900002"),
        ("storeNo", "800002"),
        ("amount", "2"),
        ("currency", "USD"),
        ("reference", "same"),
    ];
    let body = support::signed_json(&other, "another-token");
    let theirs = world.send(ADD, None, None, body.as_bytes()).transaction_no();
    assert_ne!(mine, theirs);
    assert_eq!(world.query("same").text("amount"), "1.00");
    assert_eq!(world.call(QUERY, &[("transactionNo", &theirs)]).code(), "000021");
}

#[test]
fn identifiers_must_exist_and_agree() {
    let mut world = World::new();
    let first = world.add("first", "1").transaction_no();
    world.add("second", "2");
    let mut code = |fields: &[(&str, &str)]| {
        let answer = world.call(QUERY, fields);
        (answer.code().to_owned(), answer.field().to_owned())
    };
    assert_eq!(code(&[("reference", "third")]), ("000021".into(), "reference".into()));
    assert_eq!(code(&[("transactionNo", "1")]), ("000021".into(), "transactionNo".into()));
    assert_eq!(code(&[("transactionNo", &first), ("reference", "first")]).0, "000100");
    assert_eq!(
        code(&[("transactionNo", &first), ("reference", "second")]),
        ("000022".into(), "reference".into())
    );
    assert_eq!(code(&[("transactionNo", &first), ("reference", "")]).0, "000100");
    let mut strict = World::with_profile(Profile::strict());
    let first = strict.add("first", "1").transaction_no();
    let answer = strict.call(QUERY, &[("transactionNo", &first), ("reference", "first")]);
    assert_eq!(answer.code(), "000022");
}

#[test]
fn strict_refuses_what_no_source_lists() {
    let mut strict = World::with_profile(Profile::strict());
    assert_eq!(strict.qrcode("a", &[("vendor", "barter")]).field(), "vendor");
    assert_eq!(strict.qrcode("b", &[("vendor", "ALIPAY")]).code(), "000100");
    let below = strict.qrcode("c", &[("currency", "HKD"), ("amount", "0.09")]);
    assert_eq!((below.code(), below.field()), ("000023", "amount"));
    assert_eq!(World::new().qrcode("a", &[("vendor", "barter")]).code(), "000100");
}

#[test]
fn the_catalogue_is_sound() {
    for operation in catalogue::operations() {
        let is_kebab =
            operation.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        assert!(is_kebab, "{}", operation.name);
        assert_eq!(catalogue::named(operation.name), Some(operation));
        for path in [operation.path].iter().chain(operation.aliases) {
            assert_eq!(catalogue::at_path(path), Some(operation));
        }
        let mut names: Vec<&str> = operation.fields.iter().map(|field| field.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), operation.fields.len(), "{}", operation.name);
        for field in operation.fields {
            assert!(!field.source.is_empty());
            assert!(
                field.lenient == Need::Optional || field.strict == field.lenient,
                "strict asks for no less"
            );
        }
        assert_eq!(operation.field("verifySign").unwrap().rule, Rule::Signature);
        assert!(!operation.answers.is_empty());
    }
}

#[test]
fn aliases_are_served_alike() {
    let mut world = prepared(Profile::lenient());
    let fields = with(PREPAY, "vendor", "alipay");
    assert_eq!(world.call("/app-instore/v3/pay", &fields).text("transactionStatus"), "pending");
    assert_eq!(
        world.call("/app-data-search/v3/trans-query", &[("reference", "added")]).text("status"),
        "pending"
    );
    assert_eq!(world.call("/app-data-search/v3/reverse", &[("reference", "added")]).text("status"), "closed");
}
