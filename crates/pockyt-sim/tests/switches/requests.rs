//! Switches of what is taken and what is refused.

use pockyt_sim::{DuplicateCode, Requirements};

use crate::support::World;
use crate::{everything_with, with};

#[test]
fn requirements() {
    let answer = |requirements| {
        with(|profile| profile.requirements = requirements)
            .call("/app-instore/v3/add", &[("amount", "1"), ("currency", "USD")])
    };
    assert_eq!(answer(Requirements::Lenient).code(), "000100");
    assert_eq!(answer(Requirements::Strict).code(), "000020");
}

#[test]
fn refuse_empty_values() {
    let answer = |refuse| {
        let mut world = with(|profile| profile.refuse_empty_values = refuse);
        world.call("/app-instore/v3/add", &[("amount", "1"), ("currency", "USD"), ("description", "")])
    };
    assert_eq!(answer(false).code(), "000100");
    assert_eq!((answer(true).code(), answer(true).field()), ("000020", "description"));
}

#[test]
fn refuse_both_identifiers() {
    for (refuse, code) in [(false, "000100"), (true, "000022")] {
        let mut world = with(|profile| profile.refuse_both_identifiers = refuse);
        let number = world.add("a", "1").transaction_no();
        let fields = [("transactionNo", number.as_str()), ("reference", "a")];
        assert_eq!(world.call("/app-data-search/v3/tran-query", &fields).code(), code);
    }
}

#[test]
fn refuse_unlisted_values() {
    for (refuse, code) in [(false, "000100"), (true, "000023")] {
        let mut world = with(|profile| profile.refuse_unlisted_values = refuse);
        assert_eq!(world.qrcode("a", &[("vendor", "barter")]).code(), code);
        assert_eq!(
            world.qrcode("b", &[("vendor", "gcash"), ("currency", "PHP"), ("amount", "0.5")]).code(),
            code
        );
        let pair = world.qrcode("c", &[("vendor", "creditcard"), ("currency", "EUR")]);
        assert_eq!(pair.code(), if refuse { "000022" } else { "000100" });
    }
}

#[test]
fn refuse_foreign_currencies() {
    for (refuse, code) in [(true, "000022"), (false, "000100")] {
        let mut world = with(|profile| profile.refuse_foreign_currencies = refuse);
        let answer = world.qrcode("a", &[("vendor", "GCash"), ("currency", "EUR")]);
        assert_eq!(answer.code(), code);
        if refuse {
            assert_eq!((answer.field(), answer.rule()), ("currency", "this vendor takes PHP, USD"));
        }
        assert_eq!(world.qrcode("b", &[("vendor", "gcash"), ("currency", "PHP")]).code(), "000100");
        assert_eq!(world.qrcode("c", &[("vendor", "barter"), ("currency", "EUR")]).code(), "000100");
        world.call("/app-instore/v3/add", &[("amount", "1"), ("currency", "EUR"), ("reference", "d")]);
        assert_eq!(world.prepay("d").code(), code, "the vendor comes with the code");
    }
}

#[test]
fn refuse_fractions() {
    for (refuse, code) in [(true, "000023"), (false, "000100")] {
        let mut world = with(|profile| profile.refuse_fractions = refuse);
        assert_eq!(
            world.qrcode("a", &[("vendor", "barter"), ("currency", "JPY"), ("amount", "10.50")]).code(),
            code
        );
    }
}

#[test]
fn max_amount_and_max_reference_length() {
    for (most, length, code) in
        [(None, 128, "000100"), (Some(13), 6, "000100"), (Some(12), 6, "000023"), (None, 5, "000023")]
    {
        let mut world = with(|profile| {
            profile.max_amount = most;
            profile.max_reference_length = length;
        });
        assert_eq!(world.add("till-1", "13").code(), code, "{most:?} {length}");
    }
}

#[test]
fn timestamp_tolerance_minutes() {
    for (minutes, timestamp, code) in [
        (None, "2000-01-01T00:00:00Z", "000100"),
        (Some(5), "2023-11-14T22:08:20Z", "000100"),
        (Some(5), "2023-11-14T22:18:20Z", "000100"),
        (Some(5), "2023-11-14T22:08:19Z", "000023"),
        (Some(5), "2023-11-14T22:18:21Z", "000023"),
    ] {
        let mut everything = everything_with(|profile| profile.timestamp_tolerance_minutes = minutes);
        assert_eq!(
            everything.call("payee-retrieve", &[("timestamp", timestamp)]).code(),
            code,
            "{timestamp}"
        );
    }
}

#[test]
fn refuse_duplicates() {
    for (refuse, code) in [(true, "000023"), (false, "000100")] {
        let mut everything = everything_with(|profile| profile.refuse_duplicates = refuse);
        let again = everything.call("add", &[("reference", "paid"), ("amount", "7")]);
        assert_eq!(again.code(), code);
        if refuse {
            assert_eq!(again.body(), r#"{"ret_code":"000023","ret_msg":"Duplicate request error"}"#);
        } else {
            assert_eq!(everything.world.query("paid").text("amount"), "7.00", "the newest has the name");
        }
        assert_eq!(everything.call("payouts-pay", &[("invoiceId", "invoice0")]).code(), code);
        assert_eq!(everything.call("auto-debit-consult", &[("autoReference", "auto0")]).code(), code);
        assert_eq!(everything.call("auth-freeze", &[("outAuthInfoNo", "hold0")]).code(), code);
        everything.world.paid("to-refund", "3");
        assert_eq!(everything.world.refund("to-refund", "1", "r").code(), "000100");
        assert_eq!(everything.world.refund("to-refund", "1", "r").code(), code);
    }
}

#[test]
fn duplicate_code() {
    for (code, text) in [(DuplicateCode::BadValue, "000023"), (DuplicateCode::Mismatch, "000022")] {
        let mut world = with(|profile| profile.duplicate_code = code);
        world.add("a", "1");
        assert_eq!(world.add("a", "1").code(), text);
    }
}

#[test]
fn honour_request_id() {
    for honour in [true, false] {
        let mut everything = everything_with(|profile| profile.honour_request_id = honour);
        let fields = [("amount", "1"), ("currency", "USD")];
        let add = |world: &mut World| {
            world.call_with_id("/app-instore/v3/add", &fields, Some("key")).transaction_no()
        };
        let is_replayed = add(&mut everything.world) == add(&mut everything.world);
        assert_eq!(is_replayed, honour);
        let good = everything.good("payouts-pay");
        let payout: Vec<(&str, &str)> = good.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let pay =
            |world: &mut World| world.call_with_id("/v3/payouts/pay", &payout, Some("key")).transaction_no();
        assert_eq!(pay(&mut everything.world), pay(&mut everything.world), "payouts honour it in any case");
    }
}

#[test]
fn request_id_minutes() {
    for (minutes, is_remembered) in [(None, true), (Some(11), true), (Some(9), false)] {
        let mut world = with(|profile| profile.request_id_minutes = minutes);
        let fields = [("amount", "1"), ("currency", "USD")];
        let first = world.call_with_id("/app-instore/v3/add", &fields, Some("key")).transaction_no();
        world.wait(600);
        let second = world.call_with_id("/app-instore/v3/add", &fields, Some("key")).transaction_no();
        assert_eq!(first == second, is_remembered, "{minutes:?}");
    }
}

#[test]
fn refuse_reused_request_id() {
    for (refuse, code) in [(false, "000100"), (true, "000022")] {
        let mut world = with(|profile| profile.refuse_reused_request_id = refuse);
        let mut add = |amount| {
            world.call_with_id("/app-instore/v3/add", &[("amount", amount), ("currency", "USD")], Some("key"))
        };
        let first = add("1");
        let second = add("2");
        assert_eq!(second.code(), code);
        assert_eq!(second.body() == first.body(), !refuse);
    }
}

#[test]
fn what_only_some_requests_need_is_asked_for_by_the_strict_profile_alone() {
    let on_a_phone: &[_] = &[("terminal", "WAP"), ("amount", "1")];
    let with_system: &[_] = &[("terminal", "APP"), ("osType", "IOS")];
    let endless: &[_] = &[("creditType", "recurring"), ("frequency", "30")];
    let series: &[_] = &[("creditType", "recurring"), ("frequency", "30"), ("paymentCount", "0")];
    let once: &[_] = &[("creditType", "normal")];
    for (operation, fields, lacks) in [
        ("secure-pay", on_a_phone, Some("osType")),
        ("auto-debit-consult", on_a_phone, Some("osType")),
        ("secure-pay", with_system, None),
        ("secure-pay", endless, Some("paymentCount")),
        ("secure-pay", &series[..1], Some("paymentCount")),
        ("secure-pay", series, None),
        ("secure-pay", once, None),
        // It knows neither field.
        ("secure-pay-v4", &series[..1], None),
    ] {
        for requirements in [Requirements::Lenient, Requirements::Strict] {
            let mut everything = everything_with(|profile| profile.requirements = requirements);
            let answer = everything.call(operation, fields);
            let expected = lacks.filter(|_| requirements == Requirements::Strict);
            assert_eq!(answer.code(), if expected.is_some() { "000020" } else { "000100" }, "{fields:?}");
            assert_eq!(answer.field(), expected.unwrap_or_default());
        }
    }
}
