//! Customers, payees, their accounts, payouts against a balance, and lists.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

mod support;

use std::time::Duration;

use pockyt_sim::{ControlError, NotificationKind, Profile, Wallet};
use serde_json::Value;
use support::everything::Everything;
use support::{MERCHANT, acknowledged};

fn everything() -> Everything {
    Everything::new(Profile::lenient())
}

fn balance(all: &mut Everything) -> String {
    let answer = all.call("payouts-balance", &[]);
    let body = answer.body().to_owned();
    body.split(r#""amount":"#).nth(1).unwrap().split(',').next().unwrap().to_owned()
}

fn status(all: &mut Everything, invoice: &str) -> String {
    all.call("payouts-inquiry", &[("invoiceId", invoice)]).text("status")
}

#[test]
fn a_payout_is_pending_then_paid_from_the_balance() {
    let mut all = everything();
    assert_eq!(balance(&mut all), "498500.00", "one payout was prepared");
    let answer = all.call("payouts-pay", &[]);
    let members: Vec<&String> = answer.json["result"].as_object().unwrap().keys().collect();
    assert_eq!(
        members,
        ["accountToken", "amount", "createdTime", "currency", "customerNo", "status", "transactionNo"]
    );
    assert_eq!((answer.text("status"), answer.text("amount")), ("pending".into(), "500.00".into()));
    assert_eq!(answer.text("createdTime"), "2023-11-14T22:13:20Z");
    assert_eq!(balance(&mut all), "498000.00");
    all.world.wait(59);
    assert_eq!(status(&mut all, "new"), "pending");
    all.world.play(1, &acknowledged());
    assert_eq!(status(&mut all, "new"), "success");
    let told = &all.world.sim.notifications(Some(&answer.transaction_no()))[0];
    assert_eq!(
        (told.kind, told.content_type, told.status),
        (NotificationKind::Payout, "application/json", "success")
    );
    let body: Value = serde_json::from_str(&told.body).unwrap();
    let names: Vec<&String> = body.as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        [
            "accountToken",
            "amount",
            "currency",
            "invoiceId",
            "paymentTime",
            "status",
            "transactionNo",
            "vendor",
            "verifySign"
        ]
    );
    assert_eq!(
        (body["vendor"].as_str(), body["paymentTime"].as_str()),
        (Some("BANK_ACCOUNT"), Some("2023-11-14T22:14:20Z"))
    );
    assert_eq!(balance(&mut all), "498000.00");
}

#[test]
fn a_payout_fails_or_comes_back_and_so_does_its_money() {
    let mut all = everything();
    all.world.script("declined", Wallet::DeclineAfter(Duration::from_secs(10)));
    all.world.script("returned", Wallet::ReturnAfter(Duration::from_secs(10)));
    for (invoice, first, last) in [("declined", "pending", "failed"), ("returned", "success", "returned")] {
        let before = balance(&mut all);
        let number = all.call("payouts-pay", &[("invoiceId", invoice)]).transaction_no();
        assert_ne!(balance(&mut all), before);
        assert_eq!(status(&mut all, invoice), first);
        all.world.wait(10);
        assert_eq!(status(&mut all, invoice), last);
        assert_eq!(balance(&mut all), before, "{invoice}");
        let told: Vec<&str> = all.world.sim.notifications(Some(&number)).iter().map(|n| n.status).collect();
        assert_eq!(told.last(), Some(&last));
        all.world.wait(3600);
        assert_eq!(status(&mut all, invoice), last, "it stays so");
        assert_eq!(balance(&mut all), before);
    }
}

#[test]
fn a_payout_above_the_balance_is_refused_in_the_other_meaning_of_000040() {
    let mut all = everything();
    all.world.sim.set_balance(MERCHANT, "USD", "499.99").unwrap();
    let refused = all.call("payouts-pay", &[]);
    assert_eq!(refused.body(), r#"{"ret_code":"000040","ret_msg":"account balance not sufficient"}"#);
    assert_eq!((refused.field(), refused.rule()), ("amount", "the balance is 499.99"));
    assert_eq!(all.call("payouts-inquiry", &[("invoiceId", "new")]).code(), "000021", "nothing was booked");
    assert_eq!(all.call("payouts-pay", &[("amount", "499.99")]).code(), "000100");
    assert_eq!(balance(&mut all), "0.00");
    assert_eq!(all.call("payouts-pay", &[("invoiceId", "n2"), ("currency", "EUR")]).code(), "000040");
    assert_eq!(all.world.sim.set_balance("nobody", "USD", "1"), Err(ControlError::UnknownMerchant));
    assert_eq!(all.world.sim.set_balance(MERCHANT, "USD", "1e3"), Err(ControlError::BadAmount));
}

#[test]
fn the_operator_decides_about_payouts_by_hand() {
    let mut all = everything();
    let number = all.call("payouts-pay", &[]).transaction_no();
    all.world.sim.approve(&number, all.world.now).unwrap();
    assert!(all.world.sim.decline(&number, all.world.now).is_err());
    all.world.sim.expire(&number, all.world.now).unwrap();
    assert_eq!(status(&mut all, "new"), "returned");
    let views = all.world.sim.payouts();
    assert!(views.iter().any(|view| view.transaction_no == number && view.status == "returned"));
    let money: Vec<&str> = views.iter().map(|view| view.amount.as_str()).collect();
    assert_eq!(money, ["500.00", "500.00"]);
}

#[test]
fn a_payout_names_an_account_of_its_payee_or_a_receiver() {
    let mut all = everything();
    for (name, value, code) in [
        ("customerNo", "2000", "000021"),
        ("accountToken", "trm-1f2e3d", "000021"),
        ("accountToken", "2010305228289296332658", "000021"),
        ("invoiceId", "invoice0", "000023"),
        ("processingChannel", "PIGEON", "000023"),
        ("amount", "-1", "000023"),
    ] {
        let refused = all.call("payouts-pay", &[(name, value)]);
        assert_eq!((refused.code(), refused.field()), (code, name), "{value}");
    }
    let other = all.call("payee-register", &[]).json["customer"]["customerNo"].as_str().unwrap().to_owned();
    assert_eq!(all.call("payouts-pay", &[("customerNo", &other)]).code(), "000022");
    let pending = all.call("customers-account-create", &[("accountTag", "t2")]).text("accountToken");
    assert_eq!(all.call("payouts-pay", &[("accountToken", &pending)]).code(), "000023", "not activated");
    let older: Vec<(&str, String)> = [
        ("receiver", "a@example.com"),
        ("receiverType", "EMAIL"),
        ("vendor", "paypal"),
        ("invoiceId", "older"),
        ("amount", "10"),
        ("currency", "USD"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .to_vec();
    let answer = all.send("payouts-pay", &older);
    assert!(
        answer
            .body()
            .starts_with(r#"{"result":{"amount":"10.00","receiver":"a@example.com","transactionNo":"#)
    );
    assert!(
        answer.body().ends_with(r#""status":"pending"},"ret_msg":"payout created","ret_code":"000100"}"#)
    );
}

#[test]
fn customers_are_kept_shown_and_changed() {
    let mut all = everything();
    let created = all.call("customers-create", &[("customerCode", "code-1"), ("city", "Łódź")]);
    let number = created.json["customer"]["customerNo"].as_str().unwrap().to_owned();
    assert!(number.starts_with("2000") && number.len() == 22);
    let by_code = all.send("customers-retrieve", &vec![("customerCode", "code-1".into())]);
    assert_eq!(by_code.json["customer"]["city"], "Łódź");
    assert!(by_code.json["customer"].get("zip").is_none(), "what nobody said is not there");
    all.world.wait(60);
    assert_eq!(all.call("customers-update", &[("customerNo", &number), ("zip", "1")]).code(), "000100");
    let after = all.call("customers-retrieve", &[("customerNo", &number), ("customerCode", "code-1")]);
    assert_eq!(
        (after.json["customer"]["zip"].as_str(), after.json["customer"]["updatedTime"].as_str()),
        (Some("1"), Some("2023-11-14T22:14:20Z"))
    );
    assert_eq!(
        all.call("customers-retrieve", &[("customerNo", &number), ("customerCode", "x")]).code(),
        "000022"
    );
    assert_eq!(all.call("customers-retrieve", &[("customerNo", "1")]).field(), "customerNo");
    assert_eq!(all.call("payee-retrieve", &[("customerNo", &number)]).code(), "000021", "no payee");
}

#[test]
fn payees_are_of_age_unique_and_of_an_approved_payor() {
    let mut all = everything();
    for (name, value, code) in [
        ("dateOfBirth", "2005-11-16", "000023"),
        ("dateOfBirth", "2005-02-30", "000023"),
        ("state", "California", "000023"),
        ("email", "payee0@example.com", "000023"),
        ("email", "nobody", "000023"),
        ("governmentId", "id0", "000023"),
        ("payorNo", "P1", "000021"),
    ] {
        let refused = all.call("payee-register", &[(name, value)]);
        assert_eq!((refused.code(), refused.field()), (code, name), "{value}");
    }
    let payor = all.payor.clone();
    assert!(payor.starts_with('P') && payor.len() == 9);
    assert_eq!(all.call("payee-register", &[("payorNo", &payor)]).code(), "000040");
    assert_eq!(all.call("payor-upload", &[]).code(), "000100");
    assert_eq!(
        all.call("payee-register", &[("payorNo", &payor), ("dateOfBirth", "2005-11-15")]).code(),
        "000100"
    );
    all.payor = "P00000000".into();
    assert_eq!(all.call("payor-upload", &[]).code(), "000021");
}

#[test]
fn accounts_show_four_digits_and_wait_for_their_payee() {
    let mut all = everything();
    let shown = all.call("payout-accounts", &[]);
    let accounts = shown.json["accounts"].as_array().unwrap();
    assert_eq!(accounts.len(), 2);
    assert!(
        accounts
            .iter()
            .any(|account| account["cardNumber"] == "****6789" && account["status"] == "activated")
    );
    assert_eq!(shown.json["user"]["email"], "payee0@example.com");
    assert_eq!(
        all.call("payout-accounts", &[("accountTag", "tag0")]).json["accounts"].as_array().unwrap().len(),
        1
    );
    let other = all.call("payee-register", &[]).json["customer"]["customerNo"].as_str().unwrap().to_owned();
    let none = all.call("payout-accounts", &[("customerNo", &other)]);
    assert_eq!(none.json["accounts"], serde_json::json!([]), "each payee has its own");
    let foreign = [("customerNo", other.as_str()), ("accountTag", "older0")];
    assert_eq!(all.call("customers-account-retrieve", &foreign).field(), "accountToken");
    let opened = all.call(
        "customers-account-create",
        &[
            ("accountTag", "t2"),
            ("ipnUrl", "https://a.b/p"),
            ("callbackUrl", "https://a.b/r?s={accountStatus}"),
        ],
    );
    let token = opened.text("accountToken");
    assert_eq!(opened.text("link"), format!("http://127.0.0.1/cashier/{token}"));
    assert_eq!(all.call("customers-account-retrieve", &[("accountTag", "t2")]).text("status"), "pending");
    assert_eq!(all.world.sim.page(&token).unwrap().kind, "account");
    all.world.sim.approve(&token, all.world.now).unwrap();
    assert_eq!(all.call("customers-account-retrieve", &[("accountTag", "t2")]).text("status"), "activated");
    assert_eq!(all.world.sim.browser_return(&token).unwrap(), "https://a.b/r?s=activated");
    let told = &all.world.sim.notifications(Some(&token))[0];
    assert_eq!(told.kind, NotificationKind::PayeeAccount);
    assert!(
        told.body.starts_with("accountStatus=activated&accountTag=t2&accountToken=2010"),
        "{}",
        told.body
    );
    let refused = all.call("customers-account-create", &[("accountTag", "t3")]).text("accountToken");
    all.world.sim.decline(&refused, all.world.now).unwrap();
    assert_eq!(all.call("customers-account-retrieve", &[("accountTag", "t3")]).text("status"), "invalid");
}

#[test]
fn lists_show_the_days_asked_for_and_settle_what_is_over() {
    let mut all = everything();
    let today = all.call("trans-list", &[]);
    let size = today.json["size"].as_u64().unwrap();
    assert_eq!(today.json["transactions"].as_array().unwrap().len() as u64, size);
    assert!(size >= 4, "{}", today.body());
    assert_eq!(today.json["transactions"][0]["reference"], "added", "oldest first");
    assert_eq!(all.call("settle-list", &[]).json["size"], 0, "the day is not over");
    assert_eq!(all.call("transaction-list", &[]).body(), today.body());
    let before = [("startDate", "20231101"), ("endDate", "20231114")];
    assert_eq!(all.call("trans-list", &before).json["size"], 0, "in UTC+8 it is the 15th");
    assert_eq!(
        all.call("withdrawal-list", &[]).body(),
        r#"{"withdrawals":[],"size":0,"ret_code":"000100","ret_msg":"query success"}"#
    );
    all.world.wait(24 * 3600);
    let settled = all.call("settle-list", &[]);
    assert!(
        settled.json["settlements"]
            .as_array()
            .unwrap()
            .iter()
            .all(|order| order["transactionStatus"] == "success")
    );
    assert!(settled.json["size"].as_u64().unwrap() > 0);
    for (start, end, code) in [
        ("20231115", "20231114", "000022"),
        ("20231101", "20231117", "000022"),
        ("20231101", "20231116", "000100"),
        ("20231131", "20231201", "000023"),
        ("2023-11-01", "20231116", "000023"),
    ] {
        assert_eq!(
            all.call("trans-list", &[("startDate", start), ("endDate", end)]).code(),
            code,
            "{start} {end}"
        );
    }
    assert_eq!(all.call("exchange-rate", &[]).body(), r#"{"exchangerate":"6.594300","ret_code":"000100"}"#);
}

#[test]
fn a_reset_forgets_all_of_it_and_stops_what_was_planned() {
    let mut all = everything();
    all.call("payouts-pay", &[]);
    all.world.sim.reset_merchant(MERCHANT, all.world.now).unwrap();
    assert_eq!(all.world.sim.next_event(), None);
    assert!(all.world.sim.payouts().is_empty());
    for (name, field) in [
        ("payouts-inquiry", "invoiceId"),
        ("payee-retrieve", "customerNo"),
        ("auto-debit-revoke", "autoDebitNo"),
        ("mixed-query", "recordNo"),
        ("auth-detail-query", "outAuthInfoNo"),
    ] {
        let answer = all.call(name, &[]);
        assert_eq!((answer.code(), answer.field()), ("000021", field));
    }
    assert_eq!(balance(&mut all), "499000.00");
    assert!(all.world.sim.approve(&all.mandate.clone(), all.world.now).is_err());
}
