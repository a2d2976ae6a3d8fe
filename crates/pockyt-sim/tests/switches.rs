//! Every switch of the profile, both sides.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

mod support;

use std::time::Duration;

use pockyt_sim::profile::CHOICES;
use pockyt_sim::{
    Acknowledgement, CancelOfPaid, CustomerKey, DuplicateCode, FailedWord, MessageKey, NotificationForm,
    NotificationForms, Notify, Profile, RefundedStatus, RefusalCode, RefusedPayment, Requirements, Wallet,
};
use support::everything::Everything;
use support::{World, acknowledged, answered};

/// A world whose lenient profile has one switch turned.
fn with(turn: impl FnOnce(&mut Profile)) -> World {
    let mut profile = Profile::lenient();
    turn(&mut profile);
    World::with_profile(profile)
}

fn everything_with(turn: impl FnOnce(&mut Profile)) -> Everything {
    let mut profile = Profile::lenient();
    turn(&mut profile);
    Everything::new(profile)
}

#[test]
fn the_table_has_every_switch_once_and_every_profile_reads_its_own_json() {
    let json = serde_json::to_value(Profile::default()).unwrap();
    let fields: std::collections::BTreeSet<&str> =
        json.as_object().unwrap().keys().map(String::as_str).collect();
    let rows: std::collections::BTreeSet<&str> = CHOICES.iter().map(|choice| choice.switch).collect();
    assert_eq!(rows, fields);
    assert_eq!(CHOICES.len(), rows.len());
    for choice in CHOICES {
        let texts = [choice.sources, choice.lenient, choice.strict];
        assert!(texts.iter().all(|text| !text.is_empty()), "{}", choice.switch);
    }
    for profile in [Profile::lenient(), Profile::strict()] {
        let text = serde_json::to_string(&profile).unwrap();
        assert_eq!(serde_json::from_str::<Profile>(&text).unwrap(), profile);
    }
    assert_eq!(serde_json::from_str::<Profile>("{}").unwrap(), Profile::lenient());
}

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
fn notification_zone_hours() {
    for (hours, time) in [(8, "time=20231115061320"), (0, "time=20231114221320"), (-8, "time=20231114141320")]
    {
        let mut world = with(|profile| profile.notification_zone_hours = hours);
        let number = world.paid("a", "1");
        assert!(world.sim.notifications(Some(&number))[0].body.contains(time));
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
fn wrong_signature_status_and_key() {
    for (status, key, body) in [
        (400, MessageKey::RetMsgCamel, r#"{"ret_code":"000000","retMsg":"data error : verifySign"}"#),
        (200, MessageKey::RetMsg, r#"{"ret_code":"000000","ret_msg":"data error : verifySign"}"#),
    ] {
        let mut world = with(|profile| {
            profile.wrong_signature_status = status;
            profile.wrong_signature_key = key;
        });
        let answer = world.send("/app-instore/v3/add", None, None, b"{}");
        assert_eq!((answer.response.status, answer.body()), (status, body));
    }
}

#[test]
fn refusal_status() {
    for status in [200, 400] {
        let mut world = with(|profile| profile.refusal_status = status);
        assert_eq!(world.query("nobody").response.status, status);
        assert_eq!(world.send("/nowhere", None, None, b"{}").response.status, 404, "it has its own");
        assert_eq!(world.send("/app-instore/v3/add", None, None, b"{}").response.status, 400);
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
fn cancel_of_paid_and_refuse_repeated_cancel() {
    for (word, text) in [
        (CancelOfPaid::Closed, "closed"),
        (CancelOfPaid::Reversed, "reversed"),
        (CancelOfPaid::Success, "success"),
    ] {
        for (refuse, again) in [(false, "000100"), (true, "000040")] {
            let mut world = with(|profile| {
                profile.cancel_of_paid = word;
                profile.refuse_repeated_cancel = refuse;
            });
            world.paid("paid", "3");
            world.add("open", "3");
            assert_eq!(world.cancel("paid").text("status"), text);
            assert_eq!(world.cancel("open").text("status"), "closed");
            assert_eq!((world.cancel("paid").code(), world.cancel("open").code()), (again, again));
        }
    }
}

#[test]
fn codes_of_refunds_that_cannot_be() {
    for (code, text) in [
        (RefusalCode::Status, "000040"),
        (RefusalCode::BadValue, "000023"),
        (RefusalCode::Mismatch, "000022"),
    ] {
        let mut world = with(|profile| {
            profile.excess_refund_code = code;
            profile.unpaid_refund_code = RefusalCode::Status;
        });
        world.paid("paid", "3");
        assert_eq!(
            (world.refund("paid", "4", "").code(), world.refund("paid", "4", "").field()),
            (text, "refundAmount")
        );
        let mut world = with(|profile| profile.unpaid_refund_code = code);
        world.add("open", "3");
        assert_eq!(
            (world.refund("open", "1", "").code(), world.refund("open", "1", "").field()),
            (text, "transactionNo")
        );
    }
}

#[test]
fn refunded_status() {
    for (status, text) in [(RefundedStatus::Success, "success"), (RefundedStatus::Reversed, "reversed")] {
        let mut world = with(|profile| profile.refunded_status = status);
        world.paid("paid", "3");
        world.refund("paid", "1", "");
        assert_eq!(world.status("paid"), "success", "a part changes nothing");
        world.refund("paid", "2", "");
        assert_eq!(world.status("paid"), text);
    }
}

#[test]
fn failed_word() {
    for (word, text) in [(FailedWord::Failed, "failed"), (FailedWord::Fail, "fail")] {
        let mut world = with(|profile| profile.failed_word = word);
        let number = world.qrcode("a", &[]).transaction_no();
        world.sim.decline(&number, world.now).unwrap();
        assert_eq!(world.status("a"), text);
        let body = world.sim.notifications(Some(&number))[0].body.clone();
        assert!(body.contains(&format!("status={text}&")), "{body}");
    }
}

#[test]
fn refused_payment() {
    for (refused, code) in [(RefusedPayment::Answered, "000100"), (RefusedPayment::ChannelError, "000080")] {
        let mut everything = everything_with(|profile| profile.refused_payment = refused);
        for (name, reference) in
            [("capture", "card"), ("auto-debit-pay", "debit"), ("express-pay", "express")]
        {
            everything.world.script(reference, Wallet::Insufficient);
            assert_eq!(everything.call(name, &[("reference", reference)]).code(), code, "{name}");
            assert_eq!(everything.world.status(reference), "failed", "{name}");
        }
        everything.world.script("added", Wallet::Insufficient);
        assert_eq!(everything.world.prepay("added").code(), code);
    }
}

#[test]
fn amounts_as_numbers() {
    for (numbers, text) in [(false, r#""amount":"13.50""#), (true, r#""amount":13.50"#)] {
        let mut world = with(|profile| profile.amounts_as_numbers = numbers);
        assert!(world.add("a", "13.5").body().contains(text));
        assert!(world.cancel("a").body().contains(r#""amount":13.50"#), "a number in any case");
    }
}

#[test]
fn customer_key() {
    for (key, text) in [(CustomerKey::Customer, r#"{"customer":{"#), (CustomerKey::Result, r#"{"result":{"#)]
    {
        let mut everything = everything_with(|profile| profile.customer_key = key);
        for name in ["customers-create", "customers-retrieve"] {
            assert!(everything.call(name, &[]).body().starts_with(text), "{name}");
        }
    }
}

#[test]
fn auto_debit_status() {
    for shown in [false, true] {
        let mut everything = everything_with(|profile| profile.auto_debit_status = shown);
        let answer = everything.call("auto-debit-pay", &[]);
        assert_eq!(answer.json["result"].get("status").is_some(), shown);
        assert!(answer.body().contains(r#""amount":100,"#));
    }
}

#[test]
fn access_token_days() {
    for (days, code) in [(180, "000100"), (30, "000040")] {
        let mut everything = everything_with(|profile| profile.access_token_days = days);
        everything.world.wait(31 * 24 * 3600);
        assert_eq!(everything.call("auto-debit-pay", &[]).code(), code);
    }
}

#[test]
fn three_d_secure() {
    for (asks, status) in [(false, "success"), (true, "pending")] {
        let mut everything = everything_with(|profile| profile.three_d_secure = asks);
        let answer = everything.call("capture", &[]);
        assert_eq!(answer.json["result"].get("authUrl").is_some(), asks);
        assert_eq!(everything.world.status("new"), status);
    }
}

#[test]
fn notify() {
    for (notify, count) in [(Notify::Final, 3), (Notify::Success, 1)] {
        let mut world = with(|profile| profile.notify = notify);
        world.paid("a", "1");
        let declined = world.qrcode("b", &[]).transaction_no();
        world.sim.decline(&declined, world.now).unwrap();
        world.qrcode("c", &[]);
        world.cancel("c");
        assert_eq!(world.sim.notifications(None).len(), count);
    }
}

#[test]
fn notify_refunds() {
    for notifies in [true, false] {
        let mut world = with(|profile| profile.notify_refunds = notifies);
        world.paid("a", "1");
        let fields =
            [("reference", "a"), ("refundAmount", "0.4"), ("currency", "USD"), ("ipnUrl", "https://a.b/r")];
        world.call("/app-data-search/v3/refund", &fields);
        let bodies: Vec<String> = world.sim.notifications(None).into_iter().map(|n| n.body).collect();
        assert_eq!(bodies.iter().any(|body| body.contains("refundAmount=0.40&")), notifies, "{bodies:?}");
    }
}

#[test]
fn resend_for_ever() {
    for (for_ever, attempts) in [(false, 9), (true, 9 + 4 * 22)] {
        let mut world = with(|profile| profile.resend_for_ever = for_ever);
        world.paid("a", "1");
        assert_eq!(world.play(24 * 3600, &answered(200, "thanks")).len(), attempts);
        assert_eq!(world.sim.next_event().is_some(), for_ever);
        if for_ever {
            assert_eq!(world.play(900, &acknowledged()).len(), 1);
            assert_eq!(world.sim.next_event(), None, "until success");
        }
    }
}

#[test]
fn notification_form() {
    let json = NotificationForm::Json;
    let all = NotificationForms {
        payment: json,
        capture: json,
        refund: json,
        auto_debit: json,
        payout: NotificationForm::Form,
        payee_account: json,
    };
    for (forms, is_turned) in [(NotificationForms::default(), false), (all, true)] {
        let mut everything = everything_with(|profile| profile.notification_form = forms);
        everything.call("capture", &[("reference", "c"), ("ipnUrl", "https://a.b/c")]);
        everything.call("refund", &[("ipnUrl", "https://a.b/c")]);
        everything.call("create-bank-account", &[("ipnUrl", "https://a.b/c")]);
        everything.world.wait(120);
        let mut kinds = std::collections::BTreeSet::new();
        for notification in everything.world.sim.notifications(None) {
            let is_payout = serde_json::to_value(notification.kind).unwrap() == "payout";
            let is_json = is_payout != is_turned;
            assert_eq!(notification.body.starts_with('{'), is_json, "{notification:?}");
            assert_eq!(notification.content_type == "application/json", is_json);
            kinds.insert(serde_json::to_string(&notification.kind).unwrap());
        }
        assert_eq!(kinds.len(), 6, "{kinds:?}");
    }
}

#[test]
fn acknowledgement() {
    for (rule, status, body, is_enough) in [
        (Acknowledgement::Trimmed, 201, " success\n", true),
        (Acknowledgement::Trimmed, 200, "\"success\"", false),
        (Acknowledgement::Exact, 200, "success", true),
        (Acknowledgement::Exact, 200, "success\n", false),
        (Acknowledgement::Exact, 201, "success", false),
    ] {
        let mut world = with(|profile| profile.acknowledgement = rule);
        world.paid("a", "1");
        world.play(1, &answered(status, body));
        assert_eq!(world.sim.notifications(None)[0].acknowledged, is_enough, "{status} {body}");
    }
}

#[test]
fn notify_vendor_id_and_empty_note() {
    for (vendor_id, empty_note) in [(true, false), (false, true)] {
        let mut everything = everything_with(|profile| {
            profile.notify_vendor_id = vendor_id;
            profile.notify_empty_note = empty_note;
        });
        everything.world.paid("a", "1");
        let all = everything.world.sim.notifications(None);
        let payment = all.iter().find(|n| n.reference.as_deref() == Some("a")).unwrap();
        assert_eq!(payment.body.contains("&vendorId=2"), vendor_id);
        assert_eq!(payment.body.contains("&note=&"), empty_note);
        let mandate = all.iter().find(|n| n.reference.as_deref() == Some("auto0")).unwrap();
        assert_eq!(mandate.body.contains("&note=&"), empty_note);
    }
}

#[test]
fn a_confirmation_after_no_time_needs_no_event() {
    let mut world = World::with_wallet(Wallet::ConfirmAfter(Duration::ZERO));
    world.add("a", "1");
    assert_eq!(world.prepay("a").text("transactionStatus"), "success");
}
