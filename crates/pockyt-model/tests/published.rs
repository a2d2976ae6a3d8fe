//! Every published example, as `samples/index.json` lists them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

use std::collections::BTreeSet;
use std::path::PathBuf;

use pockyt_model::operation::older::{
    AutoDebitApplyToken, AutoDebitConsult, AutoDebitPay, AutoDebitRevoke, CreatePayeeAccount,
    CreditpayProcess, RetrievePayeeAccount, UpdateCustomer,
};
use pockyt_model::operation::{
    Add, Cancel, CreateCustomer, CreateTransQrcode, MicropayPrepay, PayPayout, PayoutAccounts, PayoutBalance,
    PayoutInquiry, Prepay, Refund, RegisterPayee, RetrievePayee, SecurePay, TranQuery,
};
use pockyt_model::{Answer, Notification, NotificationKind, Object, Operation, OperationSpec, operations};
use pockyt_sign::{Received, Signature, SigningKey, VERIFY_SIGN, Verified, Verifier, algorithm};
use serde_json::Value;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/samples")
}

/// An entry of the index with the body it is about.
struct Sample {
    entry: Value,
    body: Vec<u8>,
}

impl Sample {
    fn word(&self, name: &str) -> &str {
        self.entry[name].as_str().unwrap_or_default()
    }

    fn file(&self) -> &str {
        self.word("file")
    }

    /// The path of the endpoint; empty for "any endpoint".
    fn path(&self) -> &str {
        self.word("endpoint").split(' ').nth(1).filter(|path| path.starts_with('/')).unwrap_or_default()
    }

    fn spec(&self) -> &'static OperationSpec {
        let fits = |spec: &&&OperationSpec| spec.path == self.path();
        operations()
            .iter()
            .find(fits)
            .unwrap_or_else(|| panic!("{}: no operation {}", self.file(), self.path()))
    }

    fn key(&self) -> Option<SigningKey> {
        self.entry["token"].as_str().map(SigningKey::from_any_text)
    }

    fn is_form(&self) -> bool {
        self.word("contentType") == "application/x-www-form-urlencoded"
    }

    fn trimmed(&self) -> &[u8] {
        self.body.trim_ascii()
    }

    /// The decoded fields, without looking at the signature.
    fn pairs(&self) -> Vec<(String, String)> {
        if self.is_form() {
            return form_urlencoded::parse(self.trimmed()).into_owned().collect();
        }
        let object = Object::parse(self.trimmed()).unwrap();
        let compact = |name: &str| match serde_json::from_str(object.raw(name).unwrap()).unwrap() {
            Value::String(text) => text,
            other => other.to_string(),
        };
        object.names().map(|name| (name.to_owned(), compact(name))).collect()
    }
}

fn samples() -> Vec<Sample> {
    let index = std::fs::read(folder().join("index.json")).unwrap();
    let index: Value = serde_json::from_slice(&index).unwrap();
    let entries = index["samples"].as_array().unwrap().clone();
    let read = |entry: Value| {
        let body = std::fs::read(folder().join(entry["file"].as_str().unwrap())).unwrap();
        Sample { entry, body }
    };
    entries.into_iter().map(read).collect()
}

fn of(direction: &str) -> Vec<Sample> {
    let samples: Vec<Sample> = samples().into_iter().filter(|s| s.word("direction") == direction).collect();
    assert!(!samples.is_empty());
    samples
}

#[test]
fn every_file_is_listed_and_every_entry_is_a_file() {
    let files: BTreeSet<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "index.json" && name != "README.md")
        .collect();
    let listed: BTreeSet<String> = samples().iter().map(|sample| sample.file().to_owned()).collect();
    assert_eq!(files, listed);
    for sample in samples() {
        let direction = sample.word("direction");
        assert!(["request", "response", "notification"].contains(&direction), "{}", sample.file());
    }
}

/// Names in published requests that no typed request sends, and why.
const NOT_SENT: &[(&str, &str, &str)] = &[
    ("payouts-pay.request.json", "memo", "what the parameter list calls description"),
    ("auto-debit-consult.request.json", "osType", "shown for terminal ONLINE, sent for phones"),
];

#[test]
fn requests_have_no_field_that_the_types_do_not_know() {
    for sample in of("request") {
        for (name, _) in sample.pairs() {
            let common = ["merchantNo", "storeNo", VERIFY_SIGN].contains(&name.as_str());
            let explained = NOT_SENT.iter().any(|(file, field, _)| (*file, *field) == (sample.file(), &name));
            let known = sample.spec().field(&name).is_some();
            assert!(common || known || explained, "{}: {name}", sample.file());
        }
    }
}

#[test]
fn signatures_are_what_the_index_says() {
    let mut verified = 0;
    for sample in samples() {
        let pairs = sample.pairs();
        let published = pairs.iter().find(|(name, _)| name == VERIFY_SIGN).map(|(_, text)| text.as_str());
        let sign = |pairs: &[(String, String)]| -> Option<Signature> {
            let key = sample.key()?;
            Some(algorithm::signature(pairs, &key))
        };
        let again = sign(&pairs);
        let again = again.as_ref().map(Signature::as_str);
        match sample.word("signatureCheck") {
            "verified" => {
                verified += 1;
                assert_eq!(again, published, "{}", sample.file());
                let verifier = Verifier::new(sample.key().unwrap());
                let read = if sample.is_form() {
                    verifier.form(sample.trimmed())
                } else {
                    verifier.json(sample.trimmed())
                };
                assert!(matches!(read, Ok(Received::Verified(_))), "{}", sample.file());
            }
            "verified-over-other-parameters" => {
                let other = sample.entry["signedParameters"].as_object().unwrap();
                let other: Vec<(String, String)> =
                    other.iter().map(|(n, v)| (n.clone(), v.as_str().unwrap().to_owned())).collect();
                assert_eq!(sign(&other).as_ref().map(Signature::as_str), published, "{}", sample.file());
                assert_ne!(again, published, "{}", sample.file());
            }
            "mismatch" => {
                assert_ne!(again, published, "{}", sample.file());
                if let Some(right) = sample.entry["computedForShownParameters"].as_str() {
                    assert_eq!(again, Some(right), "{}", sample.file());
                }
            }
            "unverified-token-unknown" => assert!(published.is_some(), "{}", sample.file()),
            _ => assert_eq!(published, None, "{}", sample.file()),
        }
    }
    assert_eq!(verified, 14, "as many as can be recomputed at all");
}

fn result_of<O: Operation>(body: &[u8]) -> Result<Object, String> {
    match O::read_answer(body) {
        Ok(Answer::Accepted(_)) => {}
        Ok(Answer::Refused(refusal)) => return Err(refusal.to_string()),
        Err(error) => return Err(error.to_string()),
    }
    let body = Object::parse(body).unwrap();
    let nested = body.object("result").unwrap().or(body.object("customer").unwrap());
    Ok(nested.unwrap_or(body))
}

fn read(path: &str, body: &[u8]) -> Result<Object, String> {
    macro_rules! by_path {
        ($($operation:ty),*) => {
            $( if path == <$operation>::SPEC.path { return result_of::<$operation>(body); } )*
        };
    }
    by_path!(
        Add,
        AutoDebitApplyToken,
        AutoDebitConsult,
        AutoDebitPay,
        AutoDebitRevoke,
        Cancel,
        CreateCustomer,
        CreatePayeeAccount,
        CreateTransQrcode,
        CreditpayProcess,
        MicropayPrepay,
        PayPayout,
        PayoutAccounts,
        PayoutBalance,
        PayoutInquiry,
        Prepay,
        Refund,
        RegisterPayee,
        RetrievePayee,
        RetrievePayeeAccount,
        SecurePay,
        TranQuery,
        UpdateCustomer
    );
    panic!("no answer type for {path}")
}

/// Names in published answers without an accessor, and why.
const NOT_READ: &[(&str, &str, &str)] = &[
    ("customers-update.response.json", "accountToken", "the example looks copied from a payee's account"),
    ("payee-account-create-v2.response.json", "customerCode", "of the payee, not of the account"),
    ("payee-account-create-v2.response.json", "email", "of the payee, not of the account"),
    ("payee-account-create-v2.response.json", "firstName", "of the payee, not of the account"),
    ("payee-account-create-v2.response.json", "lastName", "of the payee, not of the account"),
    ("payee-account-create-v2.response.json", "timestamp", "read as createdAt"),
    ("payee-account-retrieve-v2.response.json", "email", "of the payee, not of the account"),
    ("payee-account-retrieve-v2.response.json", "firstName", "of the payee, not of the account"),
    ("payee-account-retrieve-v2.response.json", "lastName", "of the payee, not of the account"),
    ("customers-update.response.json", "timestamp", "read as createdTime"),
];

#[test]
fn answers_are_read_and_every_field_has_an_accessor() {
    for sample in of("response") {
        if sample.file().starts_with("error-") {
            continue;
        }
        let result = read(sample.path(), &sample.body).unwrap_or_else(|e| panic!("{}: {e}", sample.file()));
        for name in result.names() {
            let of_envelope = ["ret_code", "ret_msg"].contains(&name);
            let explained = NOT_READ.iter().any(|(file, field, _)| (*file, *field) == (sample.file(), name));
            let known = sample.spec().answer.iter().any(|field| field.name == name);
            assert!(of_envelope || known || explained, "{}: {name}", sample.file());
        }
        for field in sample.spec().answer.iter().filter(|field| field.required) {
            let old_copy = sample.file() == "secure-pay-yip.response.json";
            assert!(
                old_copy || result.text(field.name).is_some(),
                "{}: {} is shown",
                sample.file(),
                field.name
            );
        }
    }
}

#[test]
fn published_refusals_are_wrong_signatures() {
    for sample in of("response").iter().filter(|sample| sample.file().starts_with("error-")) {
        let Ok(Answer::Refused(refusal)) = Prepay::read_answer(&sample.body) else {
            panic!("{}", sample.file())
        };
        assert!(refusal.is_wrong_signature(), "{}", sample.file());
    }
}

/// Verifies a notification; one whose token is not public is signed anew.
fn verified(sample: &Sample) -> Verified<'static> {
    let key = SigningKey::from_any_text("a token of our own");
    let mut pairs = sample.pairs();
    pairs.retain(|(name, _)| name != VERIFY_SIGN);
    let signature = algorithm::signature(&pairs, &key);
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(&pairs).append_pair(VERIFY_SIGN, signature.as_str());
    match Verifier::new(key).form(form.finish().as_bytes()).unwrap() {
        Received::Verified(message) => message.into_owned(),
        Received::Ambiguous(_) => panic!("{} is ambiguous", sample.file()),
    }
}

#[test]
fn notifications_are_read_by_their_kind() {
    for sample in of("notification") {
        let (kind, key) = match sample.file() {
            "ipn-payment.form" => (NotificationKind::Payment, "pay/305680500880311923/success"),
            "ipn-capture.form" | "ipn-capture.json" => {
                (NotificationKind::Payment, "pay/378265991124154801/success")
            }
            "ipn-payout.json" => {
                (NotificationKind::Payout, "payout/9aae4c685d824c5da746f97620c59ec7/success")
            }
            "ipn-payout-legacy.json" => (NotificationKind::Payout, "payout/20210118101801/success"),
            other => panic!("which kind is {other}?"),
        };
        let message = verified(&sample);
        let notification =
            Notification::read(kind, &message).unwrap_or_else(|e| panic!("{}: {e}", sample.file()));
        assert_eq!(notification.kind(), kind);
        assert_eq!(notification.dedupe_key().as_str(), key, "{}", sample.file());
        // A payout's message on a payment's route is not a payment, and the other way round.
        let other = match kind {
            NotificationKind::Payment => NotificationKind::Payout,
            _ => NotificationKind::Payment,
        };
        assert!(Notification::read(other, &message).is_err(), "{}", sample.file());
    }
}
