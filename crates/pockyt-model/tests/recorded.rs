//! What the vendor's SDKs put on the wire, set beside what this crate knows and builds.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};

use pockyt_model::{Object, OperationSpec, operations};

#[path = "recorded/rebuilt.rs"]
mod rebuilt;

/// A recorded request.
struct Recorded {
    sdk: String,
    operation: String,
    path: String,
    merchant_no: String,
    valid: bool,
    /// As decoded from the body, empty values included.
    pairs: Vec<(String, String)>,
}

fn recorded() -> Vec<Recorded> {
    let lines = include_str!("data/sdk-requests.jsonl").lines();
    lines
        .map(|line| {
            let line = Object::parse(line.as_bytes()).unwrap();
            let text = |name| line.text(name).unwrap().into_owned();
            Recorded {
                sdk: text("sdk"),
                operation: text("operation"),
                path: text("path"),
                merchant_no: text("merchantNo"),
                valid: [text("signature_valid_keep_empties"), text("signature_valid_drop_empties")]
                    .contains(&"true".to_owned()),
                pairs: pairs(&text("body")),
            }
        })
        .collect()
}

fn pairs(body: &str) -> Vec<(String, String)> {
    if body.starts_with('{') {
        let body = Object::parse(body.as_bytes()).unwrap();
        body.names().map(|name| (name.to_owned(), body.text(name).unwrap().into_owned())).collect()
    } else {
        form_urlencoded::parse(body.as_bytes()).into_owned().collect()
    }
}

/// Calls that an SDK sends to a path that is not theirs, and whose they are: SDK, its operation, ours, why.
const MISDIRECTED: [(&str, &str, &str, &str); 3] = [
    ("go", "Process", "creditpay-process", "posts to the path of micropay's prepay"),
    ("php", "PayeeAddBank", "create-bank-account", "posts to the misspelt path of the payee's update"),
    ("php", "PayeeUpdate", "payee-update", "leaves the v out of /v3/payee/update"),
];

/// Names that an SDK sends and no source supports: SDK, its operation, name, why.
const EXPLAINED: [(&str, &str, &str, &str); 9] = [
    (
        "csharp",
        "OnlineSecurepayRequest",
        "storeAdminNo",
        "its configuration adds the clerk to every call; no page lists one for a checkout",
    ),
    ("php", "PayeeUpdate", "createdTime", "demanded by its own check, and part of the answer in every page"),
    ("php", "PayoutPay", "ipcUrl", "its setter's misspelling of ipnUrl"),
    ("php", "SecurePay", "count", "made up for the recording, to show how integers are written"),
    ("php", "SecurePay", "flagFalse", "made up for the recording, to show how booleans are written"),
    ("php", "SecurePay", "flagTrue", "made up for the recording, to show how booleans are written"),
    (
        "php",
        "SecurePay",
        "goodsInfo[0][goods_name]",
        "an array that its encoder took apart; it signed the word Array",
    ),
    (
        "php",
        "SecurePay",
        "goodsInfo[0][quantity]",
        "an array that its encoder took apart; it signed the word Array",
    ),
    (
        "php",
        "TransQrcode",
        "transactionNo",
        "taken by this SDK in place of the reference; no page lists it here",
    ),
];

fn serves(spec: &OperationSpec, path: &str) -> bool {
    spec.path == path || spec.path_aliases.contains(&path)
}

fn misdirected(request: &Recorded) -> Option<&'static str> {
    let found = MISDIRECTED
        .iter()
        .find(|(sdk, operation, ..)| request.sdk == *sdk && request.operation == *operation);
    found.map(|(_, _, ours, _)| *ours)
}

/// The operations that the request may be: two share a path.
fn operations_of(request: &Recorded) -> Vec<&'static OperationSpec> {
    let fits = |spec: &&&OperationSpec| match misdirected(request) {
        Some(ours) => spec.name == ours,
        None => serves(spec, &request.path),
    };
    operations().iter().filter(fits).copied().collect()
}

#[test]
fn the_recording_is_whole() {
    let mut counts = BTreeMap::new();
    for request in recorded() {
        *counts.entry(request.sdk).or_insert(0) += 1;
    }
    assert_eq!(counts, [("csharp".into(), 53), ("go".into(), 31), ("php".into(), 52)].into());
}

#[test]
fn every_recorded_path_is_known() {
    for request in recorded() {
        let Recorded { sdk, operation, path, .. } = &request;
        assert!(!operations_of(&request).is_empty(), "{sdk} {operation} {path}");
    }
}

#[test]
fn every_recorded_name_is_known_or_explained() {
    let common = ["merGroupNo", "merchantNo", "storeNo", "verifySign"];
    let (mut unexplained, mut used) = (BTreeSet::new(), BTreeSet::new());
    for request in recorded() {
        let specs = operations_of(&request);
        for (name, _) in &request.pairs {
            if common.contains(&name.as_str()) || specs.iter().any(|spec| spec.field(name).is_some()) {
                continue;
            }
            let explanation = EXPLAINED.iter().position(|(sdk, operation, explained, _)| {
                (*sdk, *operation, *explained) == (&request.sdk, &request.operation, name)
            });
            match explanation {
                Some(explanation) => drop(used.insert(explanation)),
                None => drop(unexplained.insert(format!("{} {} {name}", request.sdk, request.operation))),
            }
        }
    }
    assert!(unexplained.is_empty(), "neither known nor explained: {unexplained:#?}");
    let stale: Vec<_> = (0..EXPLAINED.len()).filter(|i| !used.contains(i)).map(|i| EXPLAINED[i]).collect();
    assert!(stale.is_empty(), "explained and no longer needed: {stale:#?}");
}

#[test]
fn explanations_of_misdirected_calls_are_needed() {
    let recorded = recorded();
    for (sdk, operation, ours, why) in MISDIRECTED {
        let spec = operations().iter().find(|spec| spec.name == ours).unwrap();
        let mut sent = recorded.iter().filter(|r| r.sdk == sdk && r.operation == operation).peekable();
        assert!(sent.peek().is_some(), "{sdk} {operation} is not in the recording");
        assert!(sent.all(|request| !serves(spec, &request.path)), "{sdk} {operation}: {why}");
    }
}
