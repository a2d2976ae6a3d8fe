//! Bodies and signatures: what is read, what is believed, what the refusal explains.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

mod support;

use pockyt_sim::{ApiRequest, MessageKey, Profile, Requirements};
use support::{Answer, BARCODE, MERCHANT, STORE, TOKEN, World, json_of, sign, signed_form, signed_json};

const ADD: &str = "/app-instore/v3/add";
const FIELDS: [(&str, &str); 6] = [
    ("merchantNo", MERCHANT),
    ("storeNo", STORE),
    ("amount", "13"),
    ("currency", "USD"),
    ("settleCurrency", "USD"),
    ("reference", "a1"),
];
const WRONG: &str = r#"{"ret_code":"000000","retMsg":"data error : verifySign"}"#;

fn assert_wrong_signature(answer: &Answer) {
    assert_eq!((answer.response.status, answer.body(), answer.field()), (400, WRONG, "verifySign"));
}

#[test]
fn json_and_form_are_told_apart_by_content_type_and_a_brace() {
    let json = signed_json(&FIELDS, TOKEN);
    let form = signed_form(&FIELDS, TOKEN);
    let spaced = format!(" \n{json}");
    let cases: [(Option<&str>, &str, &str); 11] = [
        (Some("application/json"), &json, "000100"),
        (Some("Application/JSON; charset=UTF-8"), &json, "000100"),
        (Some("application/x-www-form-urlencoded"), &form, "000100"),
        (Some("application/x-www-form-urlencoded; charset=utf-8"), &form, "000100"),
        (Some("application/x-www-form-urlencoded"), &spaced, "000100"),
        (None, &json, "000100"),
        (None, &form, "000100"),
        (Some(""), &form, "000100"),
        (Some("application/json"), &form, "000023"),
        (Some("multipart/form-data; boundary=x"), &form, "000023"),
        (Some("text/plain"), &json, "000023"),
    ];
    for (content_type, body, code) in cases {
        let answer = World::new().send(ADD, content_type, None, body.as_bytes());
        assert_eq!(answer.code(), code, "{content_type:?} {body}");
        let status = if code == "000100" { 200 } else { 400 };
        assert_eq!(answer.response.status, status, "{content_type:?}");
        assert_eq!(answer.rule().is_empty(), code == "000100");
    }
}

#[test]
fn what_is_neither_json_nor_form_is_refused_as_a_body() {
    for body in ["{", "{\"a\":}", "[1]", "{}x", "\u{feff}{}"] {
        let answer = World::new().send(ADD, Some("application/json"), None, body.as_bytes());
        assert_eq!(
            (answer.response.status, answer.code(), answer.field()),
            (400, "000023", "body"),
            "{body}"
        );
    }
    for body in [&b"a=%zz"[..], b"a=\xff", b"a=%ff"] {
        let answer = World::new().send(ADD, None, None, body);
        assert_eq!(
            (answer.response.status, answer.code(), answer.field()),
            (400, "000023", "body"),
            "{body:?}"
        );
    }
}

#[test]
fn a_missing_doubled_or_odd_field_is_a_wrong_signature() {
    let signature = sign(&FIELDS, TOKEN);
    let bodies = [
        String::new(),
        "{}".to_owned(),
        "hello".to_owned(),
        r#"{"merchantNo":"900001","storeNo":"800001"}"#.to_owned(),
        format!(
            r#"{{"merchantNo":"900001","storeNo":"800001","verifySign":"{signature}","verifySign":"{signature}"}}"#
        ),
        json_of(&[FIELDS.as_slice(), &[("amount", "13")]].concat(), &signature),
        json_of(&[FIELDS.as_slice(), &[("a=b", "13")]].concat(), &signature),
        json_of(&FIELDS, ""),
        json_of(&FIELDS, "0123456789abcdef0123456789abcdef"),
    ];
    for body in bodies {
        let answer = World::new().send(ADD, None, None, body.as_bytes());
        assert_wrong_signature(&answer);
        assert!(!answer.rule().is_empty());
    }
}

#[test]
fn the_refusal_of_a_signature_names_the_known_mistake() {
    let right = sign(&FIELDS, TOKEN);
    let in_given_order: String = FIELDS.iter().map(|(name, value)| format!("&{name}={value}")).collect();
    let given_order = sign(&[("merchantNo", &in_given_order["&merchantNo=".len()..])], TOKEN);
    let cases = [
        (json_of(&FIELDS, &right.to_uppercase()), "upper case"),
        (json_of(&FIELDS, &format!("{right} ")), "white space"),
        (json_of(&FIELDS, &sign(&FIELDS, "another-token")), "token of another"),
        (json_of(&FIELDS, &given_order), "order given"),
        (json_of(&FIELDS, &sign(&FIELDS[..5], TOKEN)), "without the field reference"),
        (json_of(&FIELDS, &sign(&FIELDS, "a token nobody has")), "nothing known would match"),
        (json_of(&FIELDS, "xyz"), "32 lower-case"),
    ];
    for (body, words) in cases {
        let answer = World::new().send(ADD, None, None, body.as_bytes());
        assert_wrong_signature(&answer);
        assert!(answer.rule().contains(words), "{words}: {}", answer.rule());
    }
    let encoded = [FIELDS.as_slice(), &[("description", "a b")]].concat();
    let signed_encoded = [FIELDS.as_slice(), &[("description", "a%20b")]].concat();
    let body = json_of(&encoded, &sign(&signed_encoded, TOKEN));
    assert!(World::new().send(ADD, None, None, body.as_bytes()).rule().contains("percent-encoded"));
    let mixed = [("merGroupNo", "1"), ("merchantNo", MERCHANT), ("storeNo", STORE)];
    let text = format!("900001&merGroupNo=1&storeNo={STORE}");
    let body = json_of(&mixed, &sign(&[("merchantNo", &text)], TOKEN));
    assert!(World::new().send(ADD, None, None, body.as_bytes()).rule().contains("regard to case"));
}

#[test]
fn the_canonical_header_masks_secrets_and_is_visible_ascii_within_bounds() {
    let long = "é \r\n%".repeat(2000);
    let fields =
        [FIELDS.as_slice(), &[("paymentBarcode", BARCODE), ("cardCvv", "123"), ("note", &long)]].concat();
    let body = json_of(&fields, &sign(&fields, "wrong"));
    let mut world = World::new();
    let answer = world.send(ADD, None, None, body.as_bytes());
    let canonical = answer.header("Pockyt-Mock-Canonical");
    assert!(
        canonical.starts_with("amount=13&cardCvv=***&currency=USD&merchantNo=900001&note=%C3%A9%20%0D%0A%25")
    );
    assert!(canonical.len() <= 2048 && canonical.bytes().all(|byte| byte.is_ascii_graphic()));
    let right = sign(&fields, TOKEN);
    let everything = format!("{:?}{}", answer, world.journal());
    for secret in [BARCODE, TOKEN, right.as_str()] {
        assert!(!everything.contains(secret));
    }
}

#[test]
fn secrets_stay_out_of_journal_views_and_debug() {
    let mut world = World::new();
    world.add("s1", "13");
    world.prepay("s1");
    let shown = format!(
        "{}{:?}{:?}{}",
        world.journal(),
        world.sim,
        world.sim.config(),
        serde_json::to_string(&world.sim.transactions()).unwrap()
    );
    assert!(world.journal().contains(r#""paymentBarcode":"***""#));
    for secret in [BARCODE, TOKEN, "5cbfb079f15b150122261c8537086d77a", "186abea4b8610d7ff03768255588597a"] {
        assert!(!shown.contains(secret), "{secret}");
    }
    assert!(!shown.contains("verifySign"));
}

#[test]
fn empties_may_be_signed_or_left_out_of_the_signature() {
    let with_empty = [FIELDS.as_slice(), &[("description", "")]].concat();
    for signature in [sign(&with_empty, TOKEN), sign(&FIELDS, TOKEN)] {
        let body = json_of(&with_empty, &signature);
        assert_eq!(World::new().send(ADD, None, None, body.as_bytes()).code(), "000100");
        let strict = World::with_profile(Profile::strict()).send(ADD, None, None, body.as_bytes());
        let expected = if signature == sign(&with_empty, TOKEN) { "000020" } else { "000100" };
        assert_eq!(strict.code(), expected, "an empty field that is not signed is dropped, hence not seen");
    }
}

#[test]
fn an_empty_required_field_is_a_bad_value_or_missing_by_profile_and_signature() {
    let with_empty = [("merchantNo", MERCHANT), ("storeNo", STORE), ("amount", ""), ("currency", "USD")];
    let without = [("merchantNo", MERCHANT), ("storeNo", STORE), ("currency", "USD")];
    let (covered, left_out) = (sign(&with_empty, TOKEN), sign(&without, TOKEN));
    let strict = || Profile { requirements: Requirements::Lenient, ..Profile::strict() };
    for (profile, signature, code) in [
        (Profile::lenient(), &covered, "000023"),
        (strict(), &covered, "000020"),
        (Profile::lenient(), &left_out, "000020"),
        (strict(), &left_out, "000020"),
    ] {
        let body = json_of(&with_empty, signature);
        let answer = World::with_profile(profile).send(ADD, None, None, body.as_bytes());
        assert_eq!((answer.code(), answer.field()), (code, "amount"));
    }
}

#[test]
fn an_unknown_merchant_and_a_foreign_store_are_told_apart() {
    let mut world = World::new();
    let answer = world.call(ADD, &[("merchantNo", "999999"), ("amount", "1"), ("currency", "USD")]);
    assert_eq!((answer.response.status, answer.code(), answer.field()), (200, "000021", "merchantNo"));
    let answer = world.call(ADD, &[("merchantNo", ""), ("amount", "1")]);
    assert_eq!((answer.code(), answer.field()), ("000020", "merchantNo"));
    let answer = world.call(ADD, &[("storeNo", "300014"), ("amount", "1"), ("currency", "USD")]);
    assert_eq!((answer.code(), answer.field()), ("000022", "storeNo"));
    let fields = [("merchantNo", MERCHANT), ("amount", "1")];
    let answer = world.send(ADD, None, None, signed_json(&fields, TOKEN).as_bytes());
    assert_eq!((answer.code(), answer.field()), ("000020", "storeNo"));
}

#[test]
fn an_ambiguous_message_is_accepted_and_noted() {
    let mut world = World::new();
    let answer = world
        .call(ADD, &[("amount", "1"), ("currency", "USD"), ("reference", "x"), ("description", "a&b=c")]);
    assert_eq!(answer.code(), "000100");
    assert!(world.journal().contains(r#""ambiguousField":"description""#));
}

#[test]
fn numbers_in_json_count_as_their_text() {
    let mut world = World::new();
    let fields = [FIELDS[0], FIELDS[1], ("amount", "13.10"), ("currency", "USD"), ("timeout", "30")];
    let signature = sign(&fields, TOKEN);
    let body = format!(
        r#"{{"merchantNo":900001,"storeNo":800001,"amount":13.10,"currency":"USD","timeout":30,"verifySign":"{signature}"}}"#
    );
    let answer = world.send(ADD, None, None, body.as_bytes());
    assert_eq!(answer.text("amount"), "13.10");
}

#[test]
fn profile_switches_the_wrong_signature_answer() {
    let profile = Profile {
        wrong_signature_status: 200,
        wrong_signature_key: MessageKey::RetMsg,
        ..Profile::lenient()
    };
    let answer = World::with_profile(profile).send(ADD, None, None, b"{}");
    assert_eq!(answer.response.status, 200);
    assert_eq!(answer.body(), r#"{"ret_code":"000000","ret_msg":"data error : verifySign"}"#);
}

#[test]
fn paths_methods_and_sizes_have_answers_of_their_own() {
    let mut world = World::new();
    let mut request = |method, path| {
        let request = ApiRequest { method, path, content_type: None, request_id: None, body: b"" };
        Answer::of(world.sim.handle(&request, world.now))
    };
    let unknown = request("POST", "/app-instore/v3/ad");
    assert_eq!((unknown.response.status, unknown.code(), unknown.field()), (404, "000010", "path"));
    let get = request("GET", ADD);
    assert_eq!((get.response.status, get.header("Allow")), (405, "POST"));
    let huge = ApiRequest { method: "POST", path: ADD, content_type: None, request_id: None, body: b"" };
    let answer = Answer::of(world.sim.refuse_oversized(&huge, world.now));
    assert_eq!((answer.response.status, answer.code(), answer.field()), (413, "000023", "body"));
    assert_eq!(world.sim.journal_counts().refusals, 3);
}
