//! What a customer agrees to before or beside a payment: mixed codes, cards, automatic debits, holds.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

mod support;

use std::time::Duration;

use pockyt_sim::{ControlError, NOTE_HEADER, NotificationKind, Profile, Status, Wallet};
use support::everything::{CARD, Everything};
use support::{BARCODE, World, signed_form, with_account};

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;

fn everything() -> Everything {
    Everything::new(Profile::lenient())
}

#[test]
fn a_mixed_record_becomes_a_payment_of_its_own_number() {
    let mut all = everything();
    let asked = all.call("mixed-query", &[]);
    assert_eq!(
        asked.body(),
        format!(
            r#"{{"result":{{"recordNo":"{}"}},"ret_code":"000100","ret_msg":"query success"}}"#,
            all.record
        )
    );
    assert!(asked.header(NOTE_HEADER).contains("it is pending; its page is http://127.0.0.1/cashier/4"));
    assert_eq!(all.world.query("mixed0").code(), "000021", "nobody has paid yet");
    let record = all.record.clone();
    all.world.sim.approve(&record, all.world.now).unwrap();
    let paid = all.world.query("mixed0");
    assert_eq!((paid.text("status"), paid.text("amount")), ("success".into(), "10.80".into()));
    assert_ne!(paid.transaction_no(), record);
    let asked = all.call("mixed-query", &[]);
    assert!(
        asked.header(NOTE_HEADER).contains(&format!("it is paid by transaction {}", paid.transaction_no()))
    );
    let by_reference = all.send("mixed-query", &vec![("reference", "mixed0".into())]);
    assert_eq!(by_reference.text("recordNo"), record);
    assert_eq!(all.call("mixed-cancel", &[]).code(), "000100");
    assert_eq!(all.world.query("mixed0").json["result"]["refundInfo"][0]["refundAmount"], "10.80");
}

#[test]
fn a_mixed_record_closes_after_five_minutes_or_by_its_cancel() {
    let mut all = everything();
    let other = all.call("generate-mixed-code", &[("tip", "1.20"), ("timeout", "30")]).text("recordNo");
    all.world.wait(299);
    assert!(all.call("mixed-query", &[]).header(NOTE_HEADER).contains("it is pending"));
    all.world.wait(1);
    assert!(all.call("mixed-query", &[]).header(NOTE_HEADER).contains("it is closed"));
    assert_eq!(
        all.world.sim.approve(&all.record.clone(), all.world.now),
        Err(ControlError::NotOpen { status: Status::Closed })
    );
    assert!(all.call("mixed-query", &[("recordNo", &other)]).header(NOTE_HEADER).contains("it is pending"));
    all.call("mixed-cancel", &[("recordNo", &other)]);
    assert!(all.call("mixed-query", &[("recordNo", &other)]).header(NOTE_HEADER).contains("it is closed"));
    assert_eq!(all.call("mixed-query", &[("recordNo", "1")]).field(), "recordNo");
    assert_eq!(all.call("generate-mixed-code", &[]).code(), "000023", "the reference is used up");
}

#[test]
fn a_card_is_charged_at_once_and_kept_when_processed() {
    let mut all = everything();
    let processed = all.call("order-process", &[]);
    assert_eq!(processed.text("status"), "success");
    let vault = processed.text("vaultId");
    assert_eq!(all.call("order-process", &[]).text("vaultId"), vault, "a repeat keeps nothing twice");
    let charged = all.call("secure-pay-v4", &[("vaultId", &vault)]);
    assert_eq!(charged.code(), "000100");
    assert_eq!(all.world.status("new"), "success", "the customer has nothing to do");
    let number = all.world.query("new").transaction_no();
    assert_eq!(all.world.sim.notifications(Some(&number))[0].kind, NotificationKind::Capture);
    let unknown = all.call("secure-pay-v4", &[("reference", "n2"), ("vaultId", "vault-0001")]);
    assert_eq!((unknown.code(), unknown.field()), ("000021", "vaultId"));
    let known_to_them_only = [("merchantNo", "900002"), ("storeNo", "800002"), ("vaultId", vault.as_str())];
    let good = all.good("secure-pay-v4");
    let good = good.iter().map(|(name, value)| (*name, value.as_str()));
    let fields: Vec<_> = known_to_them_only.into_iter().chain(good).collect();
    let body = support::signed_json(&fields, "another-token");
    let theirs = all.world.send("/online/v4/secure-pay", None, None, body.as_bytes());
    assert_eq!(theirs.field(), "vaultId");
}

#[test]
fn a_card_payment_that_waits_has_an_auth_url_and_no_vault() {
    let mut all = everything();
    let answer = all.call(
        "capture",
        &[
            ("reference", "mock-3ds-1"),
            ("callbackUrl", "https://a.b/r?s={status}"),
            ("ipnUrl", "https://a.b/c"),
        ],
    );
    let number = answer.transaction_no();
    assert_eq!(answer.text("authUrl"), format!("http://127.0.0.1/cashier/{number}"));
    let processed = all.call("order-process", &[("transactionNo", &number)]);
    assert_eq!(processed.text("status"), "pending");
    assert!(processed.json["result"].get("vaultId").is_none());
    all.world.sim.approve(&number, all.world.now).unwrap();
    assert_eq!(all.world.sim.browser_return(&number).unwrap(), "https://a.b/r?s=success");
    assert!(all.call("order-process", &[("transactionNo", &number)]).json["result"]["vaultId"].is_string());
    let told = &all.world.sim.notifications(Some(&number))[0];
    assert_eq!(told.kind, NotificationKind::Capture);
    let names: Vec<String> =
        form_urlencoded::parse(told.body.as_bytes()).map(|(name, _)| name.into_owned()).collect();
    assert_eq!(
        names,
        [
            "amount",
            "completedAt",
            "currency",
            "reference",
            "settleCurrency",
            "status",
            "transactionNo",
            "verifySign"
        ]
    );
    assert!(told.body.contains("completedAt=2023-11-14T22%3A13%3A20Z"), "{}", told.body);
}

#[test]
fn only_test_cards_are_taken_and_no_card_is_kept() {
    let mut all = everything();
    for (reference, number, code) in [
        ("c1", CARD, "000100"),
        ("c2", "5425233430109903", "000100"),
        ("c3", "4111111111111112", "000023"),
        ("c4", "4999999999999999", "000023"),
        ("c5", "4111 1111 1111 1111", "000023"),
    ] {
        let answer = all.call("capture", &[("reference", reference), ("cardNumber", number)]);
        assert_eq!(answer.code(), code, "{number}");
        assert!(!format!("{:?}", answer.response).contains(number));
    }
    assert_eq!(all.call("express-pay", &[("cardNumber", "4999999999999999")]).field(), "cardNumber");
    assert_eq!(
        all.call("create-bank-account", &[("cardNumber", "6217000010001234567")]).field(),
        "cardNumber"
    );
    let accounts = all.call("payout-accounts", &[]).body().to_owned();
    let kept =
        format!("{}{:?}{:?}{accounts}", all.world.journal(), all.world.sim, all.world.sim.transactions());
    for secret in [CARD, "4999999999999999", "6217000010001234567", "000123456789", "id0\""] {
        assert!(!kept.contains(secret), "{secret}");
    }
    assert!(kept.contains(r#""cardNumber":"***""#) && kept.contains(r#""bankAccountId":"***""#));
}

#[test]
fn the_nonce_of_an_integrated_checkout_pays_it_once() {
    let mut all = everything();
    let paid = all.call("creditpay-process", &[]);
    assert_eq!(
        (paid.text("status"), paid.text("paymentTime")),
        ("success".into(), "2023-11-14T22:13:20Z".into())
    );
    assert!(paid.json["result"].get("supUserid").is_none(), "nobody knows it");
    assert_eq!(all.call("creditpay-process", &[]).code(), "000040");
    all.call("secure-pay", &[("reference", "web1"), ("terminal", "YIP")]);
    let number = all.world.query("web1").transaction_no();
    all.world.script("web1", Wallet::Insufficient);
    let refused = all.call("creditpay-process", &[("transactionNo", &number)]);
    assert_eq!(refused.code(), "000040", "the customer had no money already");
}

#[test]
fn a_series_ends_when_it_is_cancelled() {
    let mut all = everything();
    assert_eq!(all.call("update-recurring", &[]).code(), "000100");
    assert_eq!(all.call("update-recurring", &[("status", "CANCELLED")]).code(), "000100");
    assert_eq!(all.call("update-recurring", &[]).code(), "000040");
    assert_eq!(all.call("update-recurring", &[("scheduleNo", "1")]).code(), "000021");
    assert!(all.world.journal().contains(r#""kind":"series""#));
}

#[test]
fn an_automatic_debit_needs_a_signature_and_a_token() {
    let mut all = everything();
    let consulted = all.call("auto-debit-consult", &[]);
    let number = consulted.text("autoDebitNo");
    assert_eq!(consulted.text("vendor"), "GCASH");
    assert_eq!(consulted.text("authUrl"), format!("http://127.0.0.1/cashier/{number}"));
    let named = [("autoDebitNo", number.as_str())];
    assert_eq!(all.call("auto-debit-apply-token", &named).code(), "000040", "nobody has signed");
    let page = all.world.sim.page(&number).unwrap();
    assert_eq!((page.kind, page.status, page.is_open), ("agreement", "waiting", true));
    all.world.sim.approve(&number, all.world.now).unwrap();
    assert!(!all.world.sim.page(&number).unwrap().is_open);
    assert!(all.world.sim.approve(&number, all.world.now).is_err());
    assert_eq!(all.world.sim.browser_return(&number).unwrap(), format!("https://a.b/r?no={number}"));
    let told = &all.world.sim.notifications(Some(&number))[0];
    let (names, _): (Vec<String>, Vec<String>) =
        form_urlencoded::parse(told.body.as_bytes()).map(|(n, v)| (n.into_owned(), v.into_owned())).unzip();
    assert_eq!(names, ["autoDebitNo", "autoReference", "time", "vendor", "verifySign"]);
    assert_eq!(all.call("auto-debit-pay", &named).code(), "000040", "no token yet");
    let renewed = [named[0], ("grantType", "REFRESH_TOKEN")];
    assert_eq!(all.call("auto-debit-apply-token", &renewed).code(), "000040", "nothing to renew");
    let applied = all.call("auto-debit-apply-token", &named);
    assert_eq!(applied.text("accessTokenExpiryTime"), "2024-05-13T06:13:20+08:00");
    assert_eq!(applied.text("refreshTokenExpiryTime"), "2024-11-14T06:13:20+08:00");
    assert_eq!(all.call("auto-debit-pay", &named).code(), "000100");
    assert_eq!(all.world.status("new"), "success");
    assert_eq!(
        all.call("auto-debit-pay", &[named[0], ("reference", "n2"), ("currency", "EUR")]).code(),
        "000022"
    );
    assert_eq!(all.call("auto-debit-revoke", &named).text("autoReference"), "new");
    assert_eq!(all.call("auto-debit-revoke", &named).code(), "000100");
    assert_eq!(all.call("auto-debit-pay", &[named[0], ("reference", "n3")]).code(), "000040");
}

#[test]
fn a_token_expires_and_is_renewed_until_that_is_over_too() {
    let mut all = everything();
    all.world.wait(181 * DAY);
    assert_eq!(all.call("auto-debit-pay", &[]).code(), "000040");
    assert_eq!(all.call("auto-debit-apply-token", &[("grantType", "REFRESH_TOKEN")]).code(), "000100");
    assert_eq!(all.call("auto-debit-pay", &[]).code(), "000100");
    all.world.wait(366 * DAY);
    assert_eq!(all.call("auto-debit-apply-token", &[("grantType", "REFRESH_TOKEN")]).code(), "000040");
    assert_eq!(all.call("auto-debit-apply-token", &[]).code(), "000100", "asked for anew");
}

#[test]
fn a_customer_may_refuse_an_agreement() {
    let mut all = everything();
    let number = all.call("auto-debit-consult", &[]).text("autoDebitNo");
    all.world.sim.decline(&number, all.world.now).unwrap();
    assert_eq!(all.world.sim.page(&number).unwrap().status, "refused");
    assert!(all.world.sim.notifications(Some(&number)).is_empty(), "the message has no word for it");
    assert_eq!(all.call("auto-debit-apply-token", &[("autoDebitNo", &number)]).code(), "000040");
    all.world.script("scripted", Wallet::ConfirmAfter(Duration::from_secs(30)));
    let number = all.call("auto-debit-consult", &[("autoReference", "scripted")]).text("autoDebitNo");
    all.world.wait(29);
    assert!(all.world.sim.page(&number).unwrap().is_open);
    all.world.wait(1);
    assert_eq!(all.world.sim.page(&number).unwrap().status, "signed");
}

#[test]
fn the_published_consult_with_the_fields_its_hash_was_made_from_is_taken() {
    let mut world = World::new();
    let body = r#"{"merchantNo":"200043","storeNo":"300014","customerBelongsTo":"GCASH",
        "autoIpnUrl":"http://zk-tys.yunkeguan.com/ttest/test","autoRedirectUrl":"http://zk-tys.yunkeguan.com/ttest/test2",
        "autoReference":"testAuth2021010801","terminal":"ONLINE","osType":"IOS","osVersion":"14.0.0.1",
        "verifySign":"dc6a38102a63a5e3527589679d9ecc9f"}"#;
    let answer = world.send("/auto-debit/v3/consult", None, None, body.as_bytes());
    assert_eq!(
        (answer.text("vendor"), answer.text("autoReference")),
        ("GCASH".into(), "testAuth2021010801".into())
    );
    assert_eq!(world.send("/auto-debit/v3/consult", None, None, body.as_bytes()).code(), "000023");
}

#[test]
fn a_hold_is_taken_in_parts_let_go_of_and_never_more() {
    let mut all = everything();
    let steps = all.call("auth-capture", &[]);
    assert_eq!(all.world.status("new"), "success");
    assert_eq!(steps.transaction_no(), all.world.query("new").transaction_no());
    let left = |all: &mut Everything| all.call("auth-detail-query", &[]).header(NOTE_HEADER).to_owned();
    assert!(left(&mut all).contains("the hold is frozen; 8.00 of it is left"));
    assert_eq!(all.call("auth-capture", &[("reference", "n2")]).code(), "000023", "the step is used up");
    assert_eq!(all.call("auth-unfreeze", &[("outAuthDetailNo", "s2")]).code(), "000100");
    assert!(left(&mut all).contains("3.00 of it is left"));
    let too_much = all.call("auth-capture", &[("reference", "n3"), ("outAuthDetailNo", "s3")]);
    assert_eq!((too_much.code(), too_much.rule()), ("000040", "only 3.00 is still held"));
    assert_eq!(
        all.call("auth-unfreeze", &[("unfreezeAmount", "3.01"), ("outAuthDetailNo", "s4")]).code(),
        "000040"
    );
    assert_eq!(
        all.call("auth-unfreeze", &[("unfreezeAmount", "3"), ("outAuthDetailNo", "s4")]).code(),
        "000100"
    );
    assert_eq!(all.world.query("n3").code(), "000021");
    let number = steps.text("authInfoNo");
    let fields = vec![("authInfoNo", number), ("authDetailNo", steps.text("authDetailNo"))];
    assert_eq!(all.send("auth-detail-query", &fields).text("outAuthDetailNo"), "new-step");
    assert_eq!(all.call("auth-detail-query", &[("outAuthDetailNo", "s9")]).field(), "outAuthDetailNo");
    assert_eq!(all.call("auth-unfreeze", &[("outAuthInfoNo", "nobody")]).field(), "outAuthInfoNo");
}

#[test]
fn a_hold_needs_the_customer_and_is_no_payment() {
    let mut all = everything();
    let voucher = all.call("voucher-create", &[]);
    let page = voucher.header(NOTE_HEADER).rsplit('/').next().unwrap().to_owned();
    let named = [("outAuthInfoNo", "new"), ("outAuthDetailNo", "s2")];
    assert_eq!(all.call("auth-capture", &named).code(), "000040");
    assert_eq!(
        all.world.call("/app-data-search/v3/tran-query", &[("transactionNo", &page)]).code(),
        "000021"
    );
    all.world.sim.approve(&voucher.text("authInfoNo"), all.world.now).unwrap();
    assert_eq!(all.call("auth-capture", &named).code(), "000100");
    let scanned = [("outAuthInfoNo", "till"), ("paymentBarcode", BARCODE)];
    assert_eq!(all.call("auth-freeze", &scanned).code(), "000100");
    let named = [("outAuthInfoNo", "till"), ("outAuthDetailNo", "s5"), ("reference", "n2")];
    assert_eq!(all.call("auth-capture", &named).code(), "000040");
    all.world.wait(5);
    assert_eq!(all.call("auth-capture", &named).code(), "000100");
    assert!(all.call("trans-list", &[]).body().find(&page).is_none());
}

#[test]
fn the_second_version_answers_as_it_did() {
    let mut world = World::new();
    let fields = [("amount", "1"), ("currency", "USD"), ("reference", "a"), ("vendor", "alipay")];
    let added = world.call("/app-instore/v2/add", &fields);
    assert!(added.body().starts_with(r#"{"transaction":{"amount":"1.00""#), "{}", added.body());
    let form =
        signed_form(&with_account(&[fields[0], fields[1], fields[3], ("reference", "b")]), support::TOKEN);
    let code = world.send("/app-instore/v2/create-trans-qrcode", None, None, form.as_bytes());
    assert!(code.body().starts_with(r#"{"reference":"b","amount":"1.00","deepLink":"#), "{}", code.body());
    world.sim.approve(code.json["transactionNo"].as_str().unwrap(), world.now).unwrap();
    let refund = [("reference", "b"), ("amount", "0.4"), ("currency", "USD")];
    let refunded = world.call("/app-data-search/v2/refund", &refund);
    assert_eq!(refunded.text("refundAmount"), "0.40");
}

#[test]
fn each_wallet_s_client_gets_what_it_needs() {
    for (vendor, terminal, names) in [
        ("wechatpay", "MINIPROGRAM", "nonceStr package paySign signType timeStamp"),
        ("wechat", "APP", "appid noncestr package partnerid prepayid sign timestamp"),
        ("cashapppay", "APP", "amount clientId creditType merchantNo scopeId transactionNo"),
        ("alipay", "APP", "payInfo"),
    ] {
        let mut all = everything();
        let answer = all.call("micropay-prepay", &[("vendor", vendor), ("terminal", terminal)]);
        let given: Vec<&str> =
            answer.json["result"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(given.join(" "), names, "{vendor}");
        assert_eq!(answer.json["ret_msg"], " prepay success");
        assert_eq!(all.world.status("new"), "pending");
    }
    let mut all = Everything::new(Profile::strict());
    assert_eq!(all.call("micropay-prepay", &[("vendor", "alipay")]).field(), "terminal");
}

#[test]
fn an_order_of_the_vendor_s_device_or_of_an_alipay_user_waits_for_its_customer() {
    let mut all = everything();
    let number = all.call("cashier-add", &[]).transaction_no();
    assert_eq!(all.world.status("new"), "pending");
    assert_eq!(all.call("reverse", &[("reference", "new")]).text("status"), "closed");
    assert!(all.world.sim.approve(&number, all.world.now).is_err());
    let mut fields = all.good("acquire-create");
    fields.retain(|(name, _)| *name != "amount" && *name != "reference");
    fields.extend([("rmbAmount", "7".to_owned()), ("reference", "rmb".to_owned())]);
    assert_eq!(all.send("acquire-create", &fields).code(), "000100");
    assert_eq!(all.world.query("rmb").text("currency"), "CNY");
}
