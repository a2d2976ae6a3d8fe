//! Each known habit is recognised, and nothing secret is shown.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

use md5::{Digest, Md5};
use pockyt_sign::explain::{Explanation, Suspect, Variation};
use pockyt_sign::{SigningKey, algorithm, is_plain_name};
use proptest::prelude::*;
use serde_json::Value;

const TOKEN: &str = "not-a-real-token";

fn md5(text: impl AsRef<[u8]>) -> String {
    Md5::digest(text).iter().map(|b| format!("{b:02x}")).collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
}

fn suspect(fields: &[(&str, &str)], signature: &str) -> Suspect {
    let mut all = pairs(fields);
    all.push(("verifySign".into(), signature.into()));
    Suspect::of_pairs(all)
}

fn explain(fields: &[(&str, &str)], signature: &str) -> Explanation {
    suspect(fields, signature).token("ours", TOKEN).explain()
}

const FIELDS: &[(&str, &str)] = &[
    ("Zone", "8"),
    ("amount", "1.00"),
    ("currency", "USD"),
    ("goodsInfo", r#"[{"goods_name":"tea/é","quantity":"1"}]"#),
    ("note", " a b "),
    ("nothing", "null"),
    ("reference", "r-1"),
    ("settleCurrency", "USD"),
    ("status", "success"),
    ("storeNo", ""),
    ("time", "1"),
    ("transactionNo", "2"),
];

/// The signed text of fields in the order given.
fn text(fields: &[(&str, &str)]) -> String {
    fields.iter().map(|(n, v)| format!("{n}={v}&")).collect()
}

fn key() -> String {
    md5(TOKEN)
}

/// Every variation, with a signature made in that way by hand.
#[test]
fn every_habit_is_recognised() {
    let documented = text(FIELDS);
    let signed = |text: &str| md5(format!("{text}{}", key()));
    let without = |drop: &dyn Fn(&(&str, &str)) -> bool| {
        text(&FIELDS.iter().filter(|f| !drop(f)).copied().collect::<Vec<_>>())
    };
    let mapped = |change: &dyn Fn(&str) -> String| {
        FIELDS.iter().map(|(n, v)| format!("{n}={}&", change(v))).collect::<String>()
    };
    let fixed = ["amount", "currency", "reference", "settleCurrency", "status", "time", "transactionNo"];
    let culture = documented.replacen("Zone=8&", "", 1) + "Zone=8&";
    let json = r#"goodsInfo=[{"goods_name":"tea\/\u00e9","quantity":"1"}]&"#;
    let escaped = documented.replace(r#"goodsInfo=[{"goods_name":"tea/é","quantity":"1"}]&"#, json);
    let latin: Vec<u8> =
        (documented.clone() + &key()).chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let encode = |v: &str| {
        v.bytes()
            .map(|b| match b {
                b' ' => "+".to_owned(),
                b if b.is_ascii_alphanumeric() || b"-_.~".contains(&b) => char::from(b).to_string(),
                b => format!("%{b:02X}"),
            })
            .collect::<String>()
    };
    let table = [
        (Variation::CultureOrder, signed(&culture)),
        (Variation::EmptiesDropped, signed(&without(&|f| f.1.is_empty()))),
        (Variation::FieldAdded, signed(&without(&|f| f.0 == "note"))),
        (Variation::FixedFields, signed(&without(&|f| !fixed.contains(&f.0)))),
        (Variation::JsonEscaped, signed(&escaped)),
        (Variation::PlatformCharset, md5(latin)),
        (Variation::PlatformCharset, signed(&documented.replace('é', "?"))),
        (Variation::NoFinalSeparator, signed(documented.strip_suffix('&').unwrap())),
        (Variation::NullsDropped, signed(&without(&|f| f.1 == "null"))),
        (Variation::NoToken, md5(&documented)),
        (Variation::SignaturePadded, format!(" {}", signed(&documented))),
        (Variation::SignatureUpperCase, signed(&documented).to_ascii_uppercase()),
        (Variation::TokenHashUpperCase, md5(format!("{documented}{}", key().to_ascii_uppercase()))),
        (Variation::TokenHashedTwice, md5(format!("{documented}{}", md5(key())))),
        (Variation::TokenNotHashed, md5(format!("{documented}{TOKEN}"))),
        (Variation::TokenPadded, md5(format!("{documented}{}", md5(format!("{TOKEN}\n"))))),
        (Variation::TokenPadded, md5(format!("{documented}{}", md5(format!(" {TOKEN}"))))),
        (Variation::ValuesEncoded, signed(&mapped(&encode))),
        (Variation::ValuesEncoded, signed(&mapped(&|v| encode(v).replace('+', "%20")))),
        (Variation::ValuesTrimmed, signed(&mapped(&|v| v.trim().to_owned()))),
        (Variation::VerifySignKept, signed(&(documented.clone() + "verifySign=&"))),
    ];
    for (variation, signature) in &table {
        let explanation = explain(FIELDS, signature);
        assert!(!explanation.fits());
        let finding =
            explanation.findings().first().unwrap_or_else(|| panic!("{variation} is not recognised"));
        assert_eq!(finding.variations(), [*variation]);
        assert_eq!(finding.key(), "ours");
    }
    let elsewhere = [
        Variation::FirstOfRepeated,
        Variation::JsonUnescaped,
        Variation::LoneSeparator,
        Variation::OlderBody,
        Variation::NullsEmptied,
        Variation::OtherKey,
        Variation::TokenTrimmed,
        Variation::Unordered,
        Variation::Utf16Order,
        Variation::ZerosDropped,
    ];
    for variation in Variation::ALL {
        let tried = table.iter().any(|(tried, _)| tried == variation) || elsewhere.contains(variation);
        assert!(tried, "{variation} is in no test");
    }
}

#[test]
fn habits_that_need_another_message_are_recognised() {
    let found = |explanation: &Explanation| explanation.findings()[0].variations().to_vec();
    let repeated = [("a", "1"), ("a", "2")];
    assert_eq!(found(&explain(&repeated, &md5(format!("a=1&{}", key())))), [Variation::FirstOfRepeated]);
    let nulls = [("a", "null"), ("b", "1")];
    assert_eq!(found(&explain(&nulls, &md5(format!("a=&b=1&{}", key())))), [Variation::NullsEmptied]);
    let zeros = [("a", "0"), ("b", "0"), ("c", "1")];
    assert_eq!(found(&explain(&zeros, &md5(format!("c=1&{}", key())))), [Variation::ZerosDropped]);
    let astral = [("\u{e000}", "1"), ("\u{1f600}", "2")];
    assert_eq!(
        found(&explain(&astral, &md5(format!("\u{1f600}=2&\u{e000}=1&{}", key())))),
        [Variation::Utf16Order]
    );
    let unordered = [("b", "1"), ("a", "2")];
    assert_eq!(found(&explain(&unordered, &md5(format!("b=1&a=2&{}", key())))), [Variation::Unordered]);
    assert_eq!(found(&explain(&[], &md5(format!("&{}", key())))), [Variation::LoneSeparator]);
    let escaped = [("goodsInfo", r#"["a\/\u00e9\ud83d\ude00\n"]"#)];
    let signature = md5(format!("goodsInfo=[\"a/é😀\\n\"]&{}", key()));
    assert_eq!(found(&explain(&escaped, &signature)), [Variation::JsonUnescaped]);
    let padded = suspect(&[("a", "1")], &md5(format!("a=1&{}", key()))).token("ours", &format!("{TOKEN} "));
    assert_eq!(found(&padded.explain()), [Variation::TokenTrimmed]);

    let other = suspect(&[("a", "1")], &md5(format!("a=1&{}", md5("old"))))
        .token("ours", TOKEN)
        .token("last year's", "old");
    let explanation = other.explain();
    assert_eq!(
        (found(&explanation).as_slice(), explanation.findings()[0].key()),
        ([Variation::OtherKey].as_slice(), "last year's")
    );

    let older = suspect(&[("amount", "2.00"), ("id", "7")], &md5(format!("amount=1.00&id=7&{}", key())))
        .token("ours", TOKEN)
        .older("order 7, first try", pairs(&[("id", "7"), ("amount", "1.00"), ("verifySign", "x")]));
    let explanation = older.explain();
    let finding = &explanation.findings()[0];
    assert_eq!(finding.variations(), [Variation::OlderBody]);
    let difference = finding.difference().unwrap();
    assert_eq!(
        (difference.field(), difference.documented(), difference.signed()),
        ("amount", "amount=2.00&", "amount=1.00&")
    );
    assert!(finding.sentence().contains("order 7, first try"), "{}", finding.sentence());
}

#[test]
fn several_habits_at_once_are_named_together() {
    let empties = [("a", "1"), ("b", "")];
    let signature = md5(format!("a=1&{}", md5(format!("{TOKEN}\n")))).to_ascii_uppercase();
    let explanation = explain(&empties, &signature);
    assert_eq!(
        explanation.findings()[0].variations(),
        [Variation::SignatureUpperCase, Variation::EmptiesDropped, Variation::TokenPadded]
    );
}

#[test]
fn a_right_signature_fits_and_an_unknown_one_is_not_explained() {
    let explanation = explain(&[("a", "1")], &md5(format!("a=1&{}", key())));
    assert!(explanation.fits() && explanation.findings().is_empty());
    for signature in ["", "x", "00000000000000000000000000000000"] {
        let explanation =
            explain(&[("a", "1"), ("cardNumber", "4242"), ("paymentBarcode", "2864")], signature);
        assert!(!explanation.fits() && explanation.findings().is_empty());
        assert_eq!(explanation.canonical(), "a=1&cardNumber=***&paymentBarcode=***&");
    }
    assert!(!Suspect::of_pairs(pairs(&[("a", "1")])).token("ours", TOKEN).explain().fits());
}

/// Where the vendor's SDKs part, the habit of those that part is recognised.
#[test]
fn the_vendors_sdks_are_explained() {
    let mut explained = 0;
    for line in include_str!("../vectors/verify-sign.jsonl").lines() {
        let vector: Value = serde_json::from_str(line).unwrap();
        let Some(answers) = vector["answers"].as_object() else { continue };
        let token = vector["token"].as_str().unwrap();
        let params: Vec<(String, String)> = serde_json::from_value(vector["params"].clone()).unwrap();
        for (sdk, answer) in answers {
            let signature = answer.as_str().unwrap();
            // An SDK that signs without a token, or a stale signature, or that orders names of no API by its
            // culture, has no habit that is named.
            let odd_name = params.iter().any(|(name, _)| name == "verifySign" || !is_plain_name(name));
            if token.is_empty() || odd_name {
                continue;
            }
            let mut all = params.clone();
            all.push(("verifySign".into(), signature.into()));
            let explanation = Suspect::of_pairs(all).token("ours", token).explain();
            assert!(
                explanation.fits() || !explanation.findings().is_empty(),
                "{} by {sdk}: {}",
                vector["name"],
                vector["why"]
            );
            explained += usize::from(!explanation.fits());
        }
    }
    assert!(explained > 30, "only {explained}");
}

#[test]
fn large_messages_take_bounded_time() {
    let value = "x".repeat(1_000_000);
    let explanation = explain(&[("a", &value), ("b", "")], "00000000000000000000000000000000");
    assert!(explanation.findings().is_empty() && explanation.canonical().len() < 5000);
    let many: Vec<(String, String)> = (0..10_000).map(|i| (format!("f{i}"), "1".to_owned())).collect();
    let mut all = many.clone();
    all.push(("verifySign".into(), md5(text(&[("x", "")]))));
    assert!(Suspect::of_pairs(all).token("ours", TOKEN).explain().findings().is_empty());
}

#[test]
fn bodies_are_taken_as_they_come() {
    let body = format!("b=%31&a=1&verifySign={}", md5(format!("a=1&b=1&{}", key())));
    assert!(Suspect::of_form(body.as_bytes()).unwrap().token("ours", TOKEN).explain().fits());
    let body = format!(r#"{{"b":1,"a":"1","verifySign":"{}"}}"#, md5(format!("a=1&b=1&{}", key())));
    assert!(Suspect::of_json(body.as_bytes()).unwrap().token("ours", TOKEN).explain().fits());
    assert!(Suspect::of_form(b"a=%").is_err() && Suspect::of_json(b"[]").is_err());
}

proptest! {
    #[test]
    fn nothing_secret_is_shown(
        fields in prop::collection::vec(("[a-zA-Z]{1,8}|cardNumber|cardCvv|paymentBarcode", "[ -~]{0,12}"), 0..6),
        card in "SECRET[0-9]{8}",
    ) {
        let mut all = fields;
        all.push(("cardNumber".into(), card.clone()));
        let signature = algorithm::signature(&all, &SigningKey::from_any_text("canary-token "));
        all.push(("verifySign".into(), signature.to_string()));
        let suspect = Suspect::of_pairs(all.clone()).token("ours", "canary-token").older("before", all);
        let explanation = suspect.explain();
        let shown = format!("{suspect:?} {explanation:?} {}", explanation.findings().iter().map(pockyt_sign::explain::Finding::sentence).collect::<String>());
        prop_assert!(!shown.contains("canary") && !shown.contains(&md5("canary-token")) && !shown.contains("SECRET"), "{}", shown);
    }

    #[test]
    fn nothing_panics(body in prop::collection::vec(any::<u8>(), 0..120), sign in "[0-9a-fA-F ]{0,34}") {
        if let Ok(suspect) = Suspect::of_form(&body) {
            let _ = suspect.token("ours", TOKEN).explain();
        }
        let mut body = body;
        body.extend_from_slice(b"&verifySign=");
        body.extend_from_slice(sign.replace(' ', "+").as_bytes());
        if let Ok(suspect) = Suspect::of_form(&body) {
            let _ = suspect.token("ours", TOKEN).explain();
        }
    }
}
