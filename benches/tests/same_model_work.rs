//! What is measured of pockyt-model and of what is beside it must give the same texts and bytes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

use model::decode::{self, CHECKOUT, IN_STORE};
use model::encode::{self, Signing, ours::PREPAY};
use pockyt_benches::{TOKEN, naive, sorted_secure_pay};
use pockyt_sign::{ApiToken, SigningKey};

#[path = "../cases/model.rs"]
mod model;

fn key() -> SigningKey {
    SigningKey::new(&ApiToken::new(TOKEN).unwrap())
}

#[test]
fn answers_are_read_in_four_ways_as_the_same_texts() {
    let paid = ["297553638241892410", "test20200101206", "13.00", "success", "USD"].map(str::to_owned);
    assert_eq!(decode::ours::in_store(IN_STORE).unwrap().texts(), paid);
    assert_eq!(decode::value_in_store(IN_STORE).unwrap(), paid);
    assert_eq!(decode::derive::in_store(IN_STORE).unwrap(), paid);
    assert_eq!(decode::derive::few_in_store(IN_STORE).unwrap(), paid);

    let page = "http://zk-tys.yunkeguan.com/appTransaction/yuansfer-redirect-record/297553638298245023";
    let taken = ["297553638298245023", "test202001011303", "13.00", page, "PHP"].map(str::to_owned);
    assert_eq!(decode::ours::checkout(CHECKOUT).unwrap().texts(), taken);
    assert_eq!(decode::value_checkout(CHECKOUT).unwrap(), taken);
    assert_eq!(decode::derive::checkout(CHECKOUT).unwrap(), taken);
    assert_eq!(decode::derive::few_checkout(CHECKOUT).unwrap(), taken);
}

#[test]
fn a_refusal_is_an_answer_to_none() {
    for body in [IN_STORE, CHECKOUT].map(|body| body.replace("000100", "000021")) {
        assert!(decode::ours::in_store(&body).is_none() && decode::ours::checkout(&body).is_none());
        assert!(decode::value_in_store(&body).is_none() && decode::value_checkout(&body).is_none());
        assert!(decode::derive::in_store(&body).is_none() && decode::derive::checkout(&body).is_none());
        let few = (decode::derive::few_in_store(&body), decode::derive::few_checkout(&body));
        assert_eq!(few, (None, None));
    }
}

/// The JSON of these pairs and their signature, which is given too.
fn expected(pairs: &[(&str, &str)]) -> (String, String) {
    let signature = naive::sign(pairs, TOKEN);
    let signed = [pairs, &[("verifySign", signature.as_str())]].concat();
    let members: Vec<String> = signed.iter().map(|(name, value)| format!(r#""{name}":"{value}""#)).collect();
    (format!("{{{}}}", members.join(",")), signature)
}

#[test]
fn in_store_requests_are_written_in_three_ways_as_the_same_bytes() {
    let (body, signature) = expected(&PREPAY);
    let (ours, merchant) = (encode::ours::in_store().unwrap(), encode::ours::merchant().unwrap());
    let mut strings = encode::derive::InStore::example();
    assert_eq!(encode::ours::to_signed_json(&ours, &merchant, &key()).unwrap(), body);
    assert_eq!(encode::value_in_store(&strings, Signing::Given(&signature)).unwrap(), body);
    assert_eq!(encode::value_in_store(&strings, Signing::With(&key())).unwrap(), body);
    assert_eq!(strings.sign_to_json(&key()).unwrap(), body);
    assert_eq!(strings.to_json().unwrap(), body);
}

#[test]
fn checkout_requests_are_written_in_three_ways_as_the_same_bytes() {
    let (body, signature) = expected(&sorted_secure_pay());
    let (ours, merchant) = (encode::ours::checkout().unwrap(), encode::ours::merchant().unwrap());
    let mut strings = encode::derive::Checkout::example();
    assert_eq!(encode::ours::to_signed_json(&ours, &merchant, &key()).unwrap(), body);
    assert_eq!(encode::value_checkout(&strings, Signing::Given(&signature)).unwrap(), body);
    assert_eq!(encode::value_checkout(&strings, Signing::With(&key())).unwrap(), body);
    assert_eq!(strings.sign_to_json(&key()).unwrap(), body);
    assert_eq!(strings.to_json().unwrap(), body);
}
