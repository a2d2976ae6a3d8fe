//! Switches of what is answered.

use std::time::Duration;

use pockyt_sim::{
    CancelOfPaid, CustomerKey, FailedWord, MessageKey, RefundedStatus, RefusalCode, RefusedPayment, Wallet,
};

use crate::support::World;
use crate::{everything_with, with};

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
fn a_confirmation_after_no_time_needs_no_event() {
    let mut world = World::with_wallet(Wallet::ConfirmAfter(Duration::ZERO));
    world.add("a", "1");
    assert_eq!(world.prepay("a").text("transactionStatus"), "success");
}
