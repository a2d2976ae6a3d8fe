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
    let journal = world.journal();
    let noted = format!(r#""transactionNo":"{}""#, published.transaction_no);
    assert!(journal.lines().last().unwrap().contains(&noted), "{}: {journal}", published.name);
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

#[test]
fn the_published_pair_of_alipay_and_php_is_exempt_in_both_profiles_and_nobody_else_s_is() {
    for profile in [pockyt_sim::Profile::lenient(), pockyt_sim::Profile::strict()] {
        let mut world = World::with_profile(profile);
        let published = PUBLISHED.iter().find(|published| published.name == "secure-pay-v3").unwrap();
        replay(&mut world, published);
        assert_eq!(
            world.qrcode("test202001011303", &[("currency", "PHP"), ("amount", "13")]).field(),
            "currency"
        );
    }
}

/// The habits of SDKs that nobody recorded, as the vendor's sources show them.
#[test]
fn habits_of_other_sdks_are_served() {
    let fields = support::with_account(&[
        ("amount", "1"),
        ("currency", "USD"),
        ("reference", "habit-1"),
        ("vendor", "alipay"),
        ("needQrcode", "True"),
        ("description", "\u{53f8}\u{673a}"),
    ]);
    let signature = support::sign(&fields, support::TOKEN);
    // iOS sends a form that is not percent-encoded.
    let raw: String = fields.iter().map(|(name, value)| format!("{name}={value}&")).collect();
    let body = format!("{raw}verifySign={signature}");
    let path = "/app-instore/v3/create-trans-qrcode";
    let form = Some("application/x-www-form-urlencoded; charset=utf-8");
    assert_eq!(World::new().send(path, form, None, body.as_bytes()).code(), "000100");
    // Java and Android send every value as a string, empty ones too, in any order.
    let with_empty: Vec<_> = fields.iter().rev().copied().chain([("deviceData", "")]).collect();
    let body = signed_json(&with_empty, support::TOKEN);
    assert_eq!(World::new().send(path, Some("application/json"), None, body.as_bytes()).code(), "000100");
    // JSON without a content type, and numbers, booleans and null as they are.
    let plain = support::with_account(&[
        ("amount", "1"),
        ("currency", "USD"),
        ("reference", "habit-2"),
        ("needQrcode", "false"),
        ("note", "null"),
    ]);
    let signature = support::sign(&plain, support::TOKEN);
    let body = format!(
        r#"{{"merchantNo":"{}","storeNo":"{}","amount":1,"currency":"USD","reference":"habit-2","needQrcode":false,"note":null,"verifySign":"{signature}"}}"#,
        support::MERCHANT,
        support::STORE
    );
    assert_eq!(World::new().send(path, None, None, body.as_bytes()).code(), "000100");
    // Magento signs empties and then does not send them: no rule of signing fits that.
    let unsent = [fields.as_slice(), &[("note", "")]].concat();
    let body = support::json_of(&fields, &support::sign(&unsent, support::TOKEN));
    assert_eq!(World::new().send(path, None, None, body.as_bytes()).code(), "000000");
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
            let (code, field) = deserved(text("path"), text("note"), text("body"));
            let why = format!("{} {} in {line}", answer.field(), answer.rule());
            assert_eq!((answer.code(), answer.field()), (code, field), "{why}");
        } else {
            refused += 1;
            assert_eq!((answer.response.status, answer.code()), (400, "000000"), "{line}");
        }
    }
    assert_eq!((taken, refused), (132, 4));
}

/// What a recorded request deserves in a new world: most name things that only their sender knows.
fn deserved(path: &str, note: &str, body: &str) -> (&'static str, &'static str) {
    match note {
        "amount with $ and thousands comma passes the client check" => return ("000023", "amount"),
        "neither reference nor transactionNo: no client-side refusal" => return ("000020", "transactionNo"),
        "currency empty: sent as \"\", not signed" => return ("000020", "currency"),
        "nothing set at all: no client-side refusal" => return ("000020", "amount"),
        note if note.starts_with("empty required fields are sent as") => return ("000020", "terminal"),
        _ => {}
    }
    // The Go SDK sends its Process to the path of Prepay.
    if path == "/micropay/v3/prepay" && body.contains("paymentMethodNonce") {
        return ("000020", "amount");
    }
    let by_number = body.contains("transactionNo");
    match path {
        "/app-data-search/v3/tran-query"
        | "/app-data-search/v3/cancel"
        | "/app-data-search/v3/refund"
        | "/app-instore/v3/pay"
        | "/app-instore/v3/prepay"
            if !by_number || body.contains("\"transactionNo\":\"\"") =>
        {
            ("000021", "reference")
        }
        "/app-data-search/v3/tran-query"
        | "/app-data-search/v3/cancel"
        | "/app-data-search/v3/refund"
        | "/app-instore/v3/pay"
        | "/app-instore/v3/prepay"
        | "/creditpay/v3/process"
        | "/order/v4/process" => ("000021", "transactionNo"),
        "/app-instore/v3/create-trans-qrcode" if by_number => ("000021", "transactionNo"),
        "/appUnicode/mixedQuery" | "/appUnicode/mixedCancel" => ("000021", "recordNo"),
        "/app-auth/v3/auth-unfreeze" | "/app-auth/v3/auth-capture" | "/app-auth/v3/auth-detail-query" => {
            ("000021", "outAuthInfoNo")
        }
        "/auto-debit/v3/apply-token" | "/auto-debit/v3/pay" | "/auto-debit/v3/revoke" => {
            ("000021", "autoDebitNo")
        }
        "/creditpay/v3/update-recurring" => ("000021", "scheduleNo"),
        "/v1/customers/retrieve"
        | "/v1/customers/update"
        | "/v3/payee/retrieve"
        | "/3/payee/update"
        | "/v2/customers/account/create"
        | "/v2/customers/account/retrieve"
        | "/v3/payouts/pay" => ("000021", "customerNo"),
        "/v3/payouts/inquiry" => ("000021", "invoiceId"),
        "/online/v4/secure-pay" if body.contains("vaultId") => ("000021", "vaultId"),
        _ => ("000100", ""),
    }
}

#[test]
fn time_before_the_epoch_of_orders_does_not_matter() {
    let mut world = World::new();
    world.now = Millis(0);
    replay(&mut world, &PUBLISHED[5]);
}
