//! The documentation's example requests, sent byte for byte, and the recorded requests of the SDKs.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

mod support;

use pockyt_sim::fixtures::{PUBLISHED, Published, Repeat};
use pockyt_sim::{Millis, Status};
use serde_json::Value;
use support::{World, signed_json};

fn request(published: &Published) -> Vec<u8> {
    let path = format!("{}/tests/data/{}.request.json", env!("CARGO_MANIFEST_DIR"), published.name);
    std::fs::read(path).unwrap()
}

fn replay(world: &mut World, published: &Published) {
    let answer = world.send(published.path, Some("application/json"), None, &request(published));
    assert_eq!(answer.response.status, 200, "{}", published.name);
    assert_eq!(
        answer.body(),
        published.answer.replace("{public_url}", "http://127.0.0.1"),
        "{}",
        published.name
    );
    assert_eq!(answer.transaction_no(), published.transaction_no);
    let again = world.send(published.path, Some("application/json"), None, &request(published));
    match published.repeat {
        Repeat::Same => assert_eq!(again.response, answer.response, "{}", published.name),
        Repeat::Duplicate => {
            assert_eq!(again.body(), r#"{"ret_code":"000023","ret_msg":"Duplicate request error"}"#);
        }
    }
}

#[test]
fn every_published_request_is_answered_as_the_table_says_and_so_again_after_a_reset() {
    let mut world = World::new();
    for round in 0..3 {
        for published in &PUBLISHED {
            replay(&mut world, published);
        }
        assert!(world.sim.transactions().len() > 3, "round {round} made orders");
        world.sim.reset(world.now);
        assert_eq!(world.sim.transactions().len(), 3);
        assert_eq!(world.sim.journal().count(), 0);
    }
}

#[test]
fn each_published_request_stands_alone_in_any_order() {
    for published in PUBLISHED.iter().rev() {
        replay(&mut World::new(), published);
    }
}

#[test]
fn the_answers_have_the_fields_of_the_samples_in_their_order() {
    // Keys as printed in the sample answers; their values partly belong to other orders.
    let keys = |name: &str| -> Vec<String> {
        let published = PUBLISHED.iter().find(|published| published.name == name).unwrap();
        let text = published.answer;
        let inner = &text[text.find(r#""result":{"#).unwrap() + 10..text.find('}').unwrap()];
        inner
            .split(',')
            .map(|member| member.split(':').next().unwrap().trim_matches('"').to_owned())
            .collect()
    };
    assert_eq!(
        keys("tran-query"),
        ["amount", "currency", "reference", "settleCurrency", "status", "transactionNo", "transactionType"]
    );
    assert_eq!(
        keys("refund"),
        [
            "amount",
            "currency",
            "reference",
            "refundAmount",
            "refundReference",
            "refundTransactionNo",
            "settleCurrency",
            "status",
            "transactionNo"
        ]
    );
}

#[test]
fn the_published_prepay_is_confirmed_by_the_customer_and_then_refuses_a_repeat() {
    let mut world = World::new();
    replay(&mut world, &PUBLISHED[0]);
    world.wait(5);
    assert_eq!(world.sim.transaction(PUBLISHED[0].transaction_no).unwrap().status, Status::Success);
    let again = world.send(PUBLISHED[0].path, None, None, &request(&PUBLISHED[0]));
    assert_eq!(again.code(), "000040");
}

#[test]
fn the_published_add_with_the_fields_its_hash_was_made_from_takes_its_own_number() {
    let mut world = World::new();
    let body = r#"{"merchantNo":"200043","storeNo":"300014","amount":"13","currency":"USD",
        "reference":"test20200101206","verifySign":"c29c8240bf99510d4d53a0ca36f9c135"}"#;
    let answer = world.send("/app-instore/v3/add", Some("application/json"), None, body.as_bytes());
    assert_eq!(answer.transaction_no(), "297553638241892410");
    assert_eq!(answer.text("transactionStatus"), "init");
    replay(&mut world, &PUBLISHED[0]);
    let again = world.send("/app-instore/v3/add", None, None, body.as_bytes());
    assert_eq!(again.code(), "000023");
}

#[test]
fn the_page_s_query_with_another_number_fails_its_signature_and_says_nothing_else() {
    let mut world = World::new();
    let body = r#"{"merchantNo": "200043","storeNo": "300014","transactionNo": "297553638241892410",
        "verifySign": "0df745088d7202a6d186596acdc82c6a"}"#;
    let answer = world.send("/app-data-search/v3/tran-query", None, None, body.as_bytes());
    assert_eq!(answer.response.status, 400);
    assert_eq!(answer.body(), r#"{"ret_code":"000000","retMsg":"data error : verifySign"}"#);
}

#[test]
fn another_token_for_the_published_number_gets_no_published_orders() {
    let mut config = support::config();
    let token = pockyt_sign::ApiToken::new("my own").unwrap();
    config.accounts = vec![pockyt_sim::Account::new("200043", "300014", &token)];
    let mut world = World::with(config);
    assert_eq!(world.sim.transactions().len(), 0);
    let fields = [
        ("merchantNo", "200043"),
        ("storeNo", "300014"),
        ("amount", "1"),
        ("currency", "USD"),
        ("reference", "test20200101206"),
    ];
    let body = signed_json(&fields, "my own");
    let answer = world.send("/app-instore/v3/add", None, None, body.as_bytes());
    assert!(answer.transaction_no().starts_with('4'), "an ordinary number");
}

/// What the SDKs send is taken; what they sign wrongly is refused for just that.
#[test]
fn recorded_sdk_requests_are_judged_by_their_signature_and_never_by_their_form() {
    let path = format!("{}/tests/data/sdk-requests.jsonl", env!("CARGO_MANIFEST_DIR"));
    let (mut taken, mut refused) = (0, 0);
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let recorded: Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| recorded[name].as_str().unwrap();
        let headers = recorded["headers"].as_array().unwrap();
        let content_type =
            headers.iter().find(|header| header[0] == "Content-Type").map(|h| h[1].as_str().unwrap());
        // Each on its own: the SDKs' references repeat.
        let answer = World::new().send(text("path"), content_type, None, text("body").as_bytes());
        let valid = recorded["signature_valid_keep_empties"].as_bool().unwrap()
            || recorded["signature_valid_drop_empties"].as_bool().unwrap();
        if valid {
            taken += 1;
            assert_ne!(answer.code(), "000000", "{line}");
            let orders_it_knows = ["/app-instore/v3/add", "/online/v3/secure-pay"].contains(&text("path"));
            let expected = match text("note") {
                "amount with $ and thousands comma passes the client check" => "000023",
                "neither reference nor transactionNo: no client-side refusal"
                | "currency empty: sent as \"\", not signed"
                | "nothing set at all: no client-side refusal" => "000020",
                note if note.starts_with("empty required fields are sent as") => "000020",
                _ if orders_it_knows || text("body").contains("needQrcode\": \"true") => "000100",
                _ => answer.code(),
            };
            assert_eq!(answer.code(), expected, "{line}");
            assert!(["000100", "000020", "000021", "000023"].contains(&answer.code()), "{line}");
        } else {
            refused += 1;
            assert_eq!((answer.response.status, answer.code()), (400, "000000"), "{line}");
        }
    }
    assert!(taken > 40 && refused > 2, "{taken} taken, {refused} refused");
}

#[test]
fn time_before_the_epoch_of_orders_does_not_matter() {
    let mut world = World::new();
    world.now = Millis(0);
    replay(&mut world, &PUBLISHED[5]);
}
