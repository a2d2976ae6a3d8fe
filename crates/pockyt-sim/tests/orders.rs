//! The life of orders: customers, timeouts, cancels, refunds, idempotency keys, faults.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

mod support;

use std::time::Duration;

use pockyt_sim::{
    CancelOfPaid, ControlError, Fault, FaultKind, Millis, Profile, Reply, Script, Status, Wallet,
};
use support::{BARCODE, World};

#[test]
fn a_till_payment_is_pending_until_the_customer_confirms() {
    let mut world = World::new();
    assert_eq!(world.add("a", "13").text("transactionStatus"), "init");
    let pending = world.prepay("a");
    assert_eq!(pending.text("transactionStatus"), "pending");
    assert!(pending.json["result"]["paymentTime"].is_null());
    assert_eq!(world.prepay("a").response, pending.response, "the same code again changes nothing");
    let other =
        world.call("/app-instore/v3/prepay", &[("reference", "a"), ("paymentBarcode", "134957694912345678")]);
    assert_eq!((other.code(), other.field()), ("000040", "paymentBarcode"));
    world.wait(4);
    assert_eq!(world.status("a"), "pending");
    world.wait(1);
    assert_eq!(world.status("a"), "success");
    let repeat = world.prepay("a");
    assert_eq!(
        (repeat.code(), repeat.json["ret_msg"].as_str()),
        ("000040", Some("transaction status error"))
    );
}

#[test]
fn a_request_sees_what_fell_due_before_it_without_an_advance() {
    let mut world = World::new();
    world.add("a", "13");
    world.prepay("a");
    world.now = world.now.plus(Duration::from_secs(5));
    assert_eq!(world.status("a"), "success");
    let view = &world.sim.transactions()[3];
    assert_eq!(view.payment_time.as_deref(), Some("2023-11-15 06:13:25"), "22:13:25 UTC the day before");
}

#[test]
fn a_customer_without_delay_settles_the_call_itself() {
    let mut world = World::with_wallet(Wallet::ConfirmAfter(Duration::ZERO));
    world.add("a", "13");
    let answer = world.prepay("a");
    assert_eq!(answer.text("transactionStatus"), "success");
    assert_eq!(answer.text("paymentTime"), "2023-11-15 06:13:20");
    let mut world = World::with_wallet(Wallet::DeclineAfter(Duration::ZERO));
    world.add("a", "13");
    assert_eq!(world.prepay("a").text("transactionStatus"), "failed");
}

#[test]
fn scripts_say_how_the_customer_behaves() {
    let mut world = World::new();
    world.script("polls", Wallet::ConfirmAfterQueries(3));
    world.script("declines", Wallet::DeclineAfter(Duration::from_secs(20)));
    world.script("never", Wallet::Never);
    for reference in ["polls", "declines", "never"] {
        world.add(reference, "1");
        world.prepay(reference);
    }
    let seen: Vec<String> = (0..5).map(|_| world.status("polls")).collect();
    assert_eq!(seen, ["pending", "pending", "pending", "success", "success"]);
    world.wait(19);
    assert_eq!(world.status("declines"), "pending");
    world.wait(1);
    assert_eq!(world.status("declines"), "failed");
    world.wait(7179);
    assert_eq!(world.status("never"), "pending");
    world.wait(1);
    assert_eq!(world.status("never"), "closed");
    assert_eq!(world.sim.next_event(), None, "nothing is left to happen");
}

#[test]
fn a_script_changes_the_mind_of_a_customer_who_is_already_waiting() {
    let mut world = World::new();
    world.add("a", "1");
    world.prepay("a");
    world.script("a", Wallet::Never);
    world.wait(60);
    assert_eq!(world.status("a"), "pending");
    world.script("a", Wallet::ConfirmAfter(Duration::from_secs(2)));
    assert_eq!(world.sim.scripts().len(), 1, "a later script replaces the earlier");
    world.wait(2);
    assert_eq!(world.status("a"), "success");
    world.sim.clear_scripts();
    assert!(world.sim.scripts().is_empty());
}

#[test]
fn codes_and_cashier_pages_wait_for_the_customer_until_their_timeout() {
    let mut world = World::new();
    let code = world.qrcode("q", &[("timeout", "1")]);
    assert_eq!(code.text("timeout"), "1");
    assert!(code.text("deepLink").starts_with("https://qr.alipay.com/bax0"));
    let number = code.transaction_no();
    assert_eq!(number.len(), 18);
    assert_eq!(code.text("qrcodeUrl"), format!("http://127.0.0.1/cashier/{number}"));
    assert_eq!(world.status("q"), "pending");
    world.wait(59);
    assert_eq!(world.status("q"), "pending");
    world.wait(1);
    assert_eq!(world.status("q"), "closed");
    let closed = ControlError::NotOpen { status: Status::Closed };
    assert_eq!(world.sim.approve(&number, world.now), Err(closed));
    assert!(world.qrcode("r", &[("needQrcode", "false")]).json["result"].get("qrcodeUrl").is_none());
}

#[test]
fn an_added_order_can_get_a_code_by_its_number() {
    let mut world = World::new();
    let number = world.add("a", "5").transaction_no();
    let fields = [
        ("transactionNo", number.as_str()),
        ("amount", "5.00"),
        ("currency", "USD"),
        ("vendor", "wechatpay"),
    ];
    let answer = world.call("/app-instore/v3/create-trans-qrcode", &fields);
    assert_eq!((answer.transaction_no(), answer.text("reference")), (number.clone(), "a".into()));
    assert_eq!(world.call("/app-instore/v3/create-trans-qrcode", &fields).code(), "000040");
    world.sim.approve(&number, world.now).unwrap();
    assert_eq!(world.status("a"), "success");
}

#[test]
fn the_customer_and_the_operator_act_on_open_orders_only() {
    let mut world = World::new();
    let unknown = Err(ControlError::UnknownTransaction);
    assert_eq!(world.sim.approve("1", world.now), unknown);
    let new = world.add("a", "1").transaction_no();
    assert_eq!(world.sim.approve(&new, world.now), Err(ControlError::NotOpen { status: Status::Init }));
    assert_eq!(world.sim.expire(&new, world.now), Ok(()));
    let declined = world.qrcode("b", &[]).transaction_no();
    assert_eq!(world.sim.decline(&declined, world.now), Ok(()));
    assert_eq!(world.status("b"), "failed");
    let paid = world.paid("c", "1");
    for result in [
        world.sim.approve(&paid, world.now),
        world.sim.decline(&paid, world.now),
        world.sim.expire(&paid, world.now),
    ] {
        assert_eq!(result, Err(ControlError::NotOpen { status: Status::Success }));
    }
}

#[test]
fn secure_pay_returns_the_browser_with_its_macros_filled() {
    let mut world = World::new();
    let fields = [
        ("amount", "13"),
        ("currency", "PHP"),
        ("vendor", "gcash"),
        ("terminal", "ONLINE"),
        ("reference", "w 1"),
        ("note", "a&b"),
        (
            "callbackUrl",
            "https://shop/x?s={status}&n={transactionNo}&r={reference}&o={note}&a={amount}&t={time}&u={other}{",
        ),
    ];
    let answer = world.call("/online/v3/secure-pay", &fields);
    let number = answer.transaction_no();
    assert_eq!(answer.text("cashierUrl"), format!("http://127.0.0.1/cashier/{number}"));
    assert_eq!(answer.json["ret_msg"], "prepay success ");
    world.sim.approve(&number, world.now).unwrap();
    let url = world.sim.browser_return(&number).unwrap();
    assert_eq!(
        url,
        format!(
            "https://shop/x?s=success&n={number}&r=w%201&o=a%26b&a=13%2E00&t=20231115061320&u={{other}}{{"
        )
    );
    let silent = world.qrcode("q", &[]).transaction_no();
    assert_eq!(world.sim.browser_return(&silent), None);
}

#[test]
fn integrated_terminals_get_a_client_token() {
    let mut world = World::new();
    let fields = [
        ("amount", "100"),
        ("currency", "USD"),
        ("vendor", "paypal"),
        ("terminal", "YIP"),
        ("reference", "y"),
    ];
    let answer = world.call("/online/v3/secure-pay", &fields);
    assert!(answer.body().starts_with(r#"{"result":{"transactionNo":""#));
    assert!(answer.body().ends_with(r#","ret_code":"000100","ret_msg":"success"}"#));
    assert!(!answer.text("clientToken").is_empty() && !answer.text("clientScript").is_empty());
}

#[test]
fn a_cancel_closes_an_unpaid_order_for_good() {
    let mut world = World::new();
    let number = world.qrcode("a", &[]).transaction_no();
    let answer = world.cancel("a");
    let expected = format!(
        r#"{{"result":{{"amount":0.11,"currency":"USD","reference":"a","status":"closed","transactionNo":"{number}"}},"ret_msg":"cancel success ","ret_code":"000100"}}"#
    );
    assert_eq!(answer.body(), expected);
    assert_eq!(world.sim.approve(&number, world.now), Err(ControlError::NotOpen { status: Status::Closed }));
    assert_eq!(world.cancel("a").body(), expected, "a repeat says the same");
    assert!(world.query("a").json["result"].get("refundInfo").is_none());
    let failed = world.qrcode("b", &[]).transaction_no();
    world.sim.decline(&failed, world.now).unwrap();
    assert_eq!(world.cancel("b").code(), "000040");
}

#[test]
fn a_cancel_of_a_paid_order_gives_back_what_is_left() {
    for (setting, word) in [
        (CancelOfPaid::Closed, "closed"),
        (CancelOfPaid::Reversed, "reversed"),
        (CancelOfPaid::Success, "success"),
    ] {
        let mut world = World::with_profile(Profile { cancel_of_paid: setting, ..Profile::lenient() });
        world.paid("a", "13");
        world.refund("a", "3", "");
        assert_eq!(world.cancel("a").text("status"), word);
        assert_eq!(world.cancel("a").text("status"), word);
        let query = world.query("a");
        assert_eq!(query.text("status"), "success");
        let refunds = query.json["result"]["refundInfo"].as_array().unwrap();
        assert_eq!(refunds.len(), 2, "the repeat gave nothing back");
        assert_eq!(refunds[1]["refundAmount"], "10.00");
        assert_eq!(world.refund("a", "0.01", "").code(), "000040");
    }
}

#[test]
fn a_confirmation_that_races_a_cancel_is_paid_and_given_back_never_closed() {
    let mut world = World::new();
    world.script("a", Wallet::ConfirmOnCancel);
    world.qrcode("a", &[]);
    assert_eq!(world.status("a"), "pending");
    assert_eq!(world.cancel("a").text("status"), "closed");
    for _ in 0..2 {
        let query = world.query("a");
        assert_eq!(query.text("status"), "success");
        assert_eq!(query.json["result"]["refundInfo"][0]["refundAmount"], "0.11");
        world.wait(10_000);
    }
}

#[test]
fn refunds_come_in_parts_and_never_above_the_remainder() {
    let mut world = World::new();
    let number = world.paid("a", "13");
    let first = world.refund("a", "5", "r1");
    assert_eq!((first.text("refundAmount"), first.text("amount")), ("5.00".into(), "13.00".into()));
    assert!(first.body().ends_with(r#"},"ret_msg":"refund success ","ret_code":"000100"}"#));
    let above = world.refund("a", "8.01", "r2");
    assert_eq!((above.code(), above.field()), ("000040", "refundAmount"));
    let again = world.refund("a", "1", "r1");
    assert_eq!((again.code(), again.field()), ("000023", "refundReference"));
    assert_eq!(again.json["ret_msg"], "Duplicate request error");
    let second = world.refund("a", "8", "r2");
    assert_eq!(second.code(), "000100");
    assert_eq!(world.refund("a", "0.01", "r3").code(), "000040");
    let query = world.query("a");
    let expected = format!(
        r#""refundInfo":[{{"refundTransactionId":"{}","refundReference":"r1","refundAmount":"5.00","currency":"USD","settleCurrency":"USD"}},{{"refundTransactionId":"{}","refundReference":"r2","refundAmount":"8.00","currency":"USD","settleCurrency":"USD"}}]"#,
        first.text("refundTransactionNo"),
        second.text("refundTransactionNo"),
    );
    assert!(query.body().contains(&expected), "{}", query.body());
    assert_eq!(world.sim.transaction(&number).unwrap().refunded_amount, "13.00");
}

#[test]
fn only_a_paid_order_is_refunded_and_in_its_currency() {
    let mut world = World::new();
    world.qrcode("a", &[]);
    let unpaid = world.refund("a", "0.01", "");
    assert_eq!((unpaid.code(), unpaid.field()), ("000040", "transactionNo"));
    world.paid("b", "1");
    let fields = [("reference", "b"), ("refundAmount", "1"), ("currency", "CNY")];
    let other = world.call("/app-data-search/v3/refund", &fields);
    assert_eq!((other.code(), other.field()), ("000022", "currency"));
}

#[test]
fn a_repeated_request_id_replays_a_success_byte_for_byte() {
    let add = [("amount", "1"), ("currency", "USD"), ("reference", "a")];
    let mut world = World::new();
    let first = world.call_with_id("/app-instore/v3/add", &add, Some("k1"));
    world.wait(100);
    assert_eq!(world.call_with_id("/app-instore/v3/add", &add, Some("k1")).response, first.response);
    assert_eq!(world.call_with_id("/app-instore/v3/add", &add, Some("k2")).code(), "000023");
    let retried = [("amount", "1"), ("currency", "USD"), ("reference", "b")];
    assert_eq!(
        world.call_with_id("/app-instore/v3/add", &retried, Some("k2")).code(),
        "000100",
        "failures are not kept"
    );
    assert_eq!(world.call_with_id("/app-instore/v3/add", &retried, Some("k1")).response, first.response);
    assert!(world.journal().contains(r#""replayed":true"#));
    world.qrcode("q", &[]);
    let query = [("reference", "q")];
    let path = "/app-data-search/v3/tran-query";
    assert_eq!(world.call_with_id(path, &query, Some("k")).text("status"), "pending");
    let number = world.query("q").transaction_no();
    world.sim.approve(&number, world.now).unwrap();
    assert_eq!(
        world.call_with_id(path, &query, Some("k")).text("status"),
        "success",
        "queries are never replayed"
    );
    let refund = [("reference", "q"), ("refundAmount", "0.01"), ("currency", "USD")];
    let path = "/app-data-search/v3/refund";
    let once = world.call_with_id(path, &refund, Some("k3"));
    assert_eq!(world.call_with_id(path, &refund, Some("k3")).response, once.response);
    assert_eq!(world.sim.transaction(&number).unwrap().refunds.len(), 1);
}

#[test]
fn profiles_may_ignore_or_guard_request_ids() {
    let add = |reference| {
        [("amount", "1"), ("currency", "USD"), ("settleCurrency", "USD"), ("reference", reference)]
    };
    let mut world = World::with_profile(Profile { honour_request_id: false, ..Profile::lenient() });
    world.call_with_id("/app-instore/v3/add", &add("a"), Some("k"));
    assert_eq!(world.call_with_id("/app-instore/v3/add", &add("a"), Some("k")).code(), "000023");
    let mut strict = World::with_profile(Profile::strict());
    strict.call_with_id("/app-instore/v3/add", &add("a"), Some("k"));
    assert_eq!(strict.call_with_id("/app-instore/v3/add", &add("a"), Some("k")).code(), "000100");
    assert_eq!(strict.call_with_id("/app-instore/v3/add", &add("b"), Some("k")).code(), "000022");
}

#[test]
fn a_lost_reply_is_booked_all_the_same() {
    let mut world = World::new();
    world.add("a", "1");
    let fault = |operation: Option<&str>, times| {
        let fault = Fault::new("a", FaultKind::LoseReply).times(times);
        operation.map_or(fault.clone(), |name| fault.operation(name))
    };
    world.sim.set_fault(fault(Some("prepay"), 1)).unwrap();
    assert_eq!(world.add("b", "1").response.reply, Reply::Send);
    assert_eq!(world.query("a").response.reply, Reply::Send);
    let number = world.sim.transactions()[3].transaction_no.clone();
    let by_number = [("transactionNo", number.as_str()), ("paymentBarcode", BARCODE)];
    assert_eq!(world.call("/app-instore/v3/prepay", &by_number).response.reply, Reply::Lost);
    assert!(world.sim.faults().is_empty(), "used up");
    assert_eq!(world.status("a"), "pending", "carried out");
    world.sim.set_fault(fault(None, 2)).unwrap();
    assert_eq!(world.query("a").response.reply, Reply::Lost);
    assert_eq!(world.sim.faults()[0].times, 1);
    world.sim.clear_faults();
    assert_eq!(world.query("a").response.reply, Reply::Send);
    assert!(
        world
            .journal()
            .contains(r#""event":"faultUsed","reference":"a","operation":"prepay","kind":"lose-reply""#)
    );
}

#[test]
fn an_unsigned_request_uses_up_no_fault() {
    let mut world = World::new();
    let fault = Fault::new("a", FaultKind::LoseReply);
    world.sim.set_fault(fault).unwrap();
    let body = support::json_of(&[("merchantNo", "900001"), ("reference", "a")], &"0".repeat(32));
    assert_eq!(world.send("/app-instore/v3/add", None, None, body.as_bytes()).response.reply, Reply::Send);
    assert_eq!(world.sim.faults().len(), 1);
}

#[test]
fn control_types_have_a_stable_json_form() {
    let text = r#"{"reference":"a","wallet":{"kind":"confirm-after","ms":5000}}"#;
    let script: Script = serde_json::from_str(text).unwrap();
    assert_eq!(script.wallet, Wallet::ConfirmAfter(Duration::from_secs(5)));
    assert_eq!(serde_json::to_string(&script).unwrap(), text);
    for (wallet, text) in [
        (Wallet::ConfirmAfterQueries(3), r#"{"kind":"confirm-after-queries","count":3}"#),
        (Wallet::DeclineAfter(Duration::from_millis(1)), r#"{"kind":"decline-after","ms":1}"#),
        (Wallet::Never, r#"{"kind":"never"}"#),
        (Wallet::ConfirmOnCancel, r#"{"kind":"confirm-on-cancel"}"#),
    ] {
        assert_eq!(serde_json::to_string(&wallet).unwrap(), text);
        assert_eq!(serde_json::from_str::<Wallet>(text).unwrap(), wallet);
    }
    let fault: Fault = serde_json::from_str(r#"{"reference":"a","kind":"lose-reply"}"#).unwrap();
    assert_eq!((fault.times, fault.operation), (1, None));
    assert!("900001:800001:a:b".parse::<pockyt_sim::Account>().is_ok(), "a token may hold a colon");
    for bad in ["", "1:2", "1:2:", "x:2:t", "1:2: t"] {
        assert!(bad.parse::<pockyt_sim::Account>().is_err(), "{bad}");
    }
}

#[test]
fn time_never_goes_back() {
    let mut world = World::new();
    world.add("a", "1");
    world.prepay("a");
    world.wait(5);
    world.now = Millis(0);
    assert_eq!(world.status("a"), "success");
    let times: Vec<Millis> = world.sim.journal().map(|entry| entry.at).collect();
    assert!(times.is_sorted());
}
