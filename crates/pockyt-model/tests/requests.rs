//! Requests: what each operation sends, what cannot be built, and what is never shown.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

use std::collections::BTreeSet;

use pockyt_model::operation::TranQuery;
use pockyt_model::{Merchant, Object, SignedRequest, operations};
use pockyt_sign::{Received, Verifier};
use support::{Case, Row, key, merchant, reference};

#[path = "requests/data_search.rs"]
mod data_search;
#[path = "requests/in_store.rs"]
mod in_store;
#[path = "requests/nonsense.rs"]
mod nonsense;
#[path = "requests/nonsense_people.rs"]
mod nonsense_people;
#[path = "requests/online.rs"]
mod online;
#[path = "requests/payouts.rs"]
mod payouts;
#[path = "requests/people.rs"]
mod people;
#[path = "requests/recurring.rs"]
mod recurring;
#[path = "requests/secrets.rs"]
mod secrets;
#[path = "requests/support.rs"]
mod support;

fn rows() -> Vec<Row> {
    let products = [
        in_store::rows(),
        data_search::rows(),
        online::rows(),
        recurring::rows(),
        people::rows(),
        payouts::rows(),
    ];
    products.into_iter().flatten().collect()
}

fn each_case(check: impl Fn(&Case)) {
    rows().iter().flat_map(Row::cases).for_each(check);
}

#[test]
fn every_operation_is_in_the_table_and_nothing_else_is() {
    let tested: Vec<_> = rows().iter().map(|row| row.spec.request_type).collect();
    let listed: BTreeSet<_> = operations().iter().map(|spec| spec.request_type).collect();
    assert_eq!(tested.iter().copied().collect::<BTreeSet<_>>(), listed);
    assert_eq!(tested.len(), operations().len(), "one row each");
}

#[test]
fn minimal_requests_send_exactly_the_required_fields() {
    let mut differences = Vec::new();
    for row in rows() {
        let required: BTreeSet<_> =
            row.spec.fields().filter(|field| field.required).map(|field| field.name).collect();
        let always = row.minimal.iter().map(Case::names).reduce(|a, b| &a & &b).unwrap();
        differences.extend(always.symmetric_difference(&required).map(|n| format!("{} {n}", row.spec.name)));
    }
    assert!(differences.is_empty(), "sent and not required, or required and not sent: {differences:?}");
}

#[test]
fn full_requests_together_send_exactly_the_fields_of_the_specification() {
    let mut differences = Vec::new();
    for row in rows() {
        let all: BTreeSet<_> = row.spec.fields().map(|field| field.name).collect();
        let fullest = if row.full.is_empty() { &row.minimal } else { &row.full };
        let sent: BTreeSet<_> = fullest.iter().flat_map(Case::names).collect();
        differences.extend(sent.symmetric_difference(&all).map(|n| format!("{} {n}", row.spec.name)));
        assert!(row.cases().all(|case| case.names().is_subset(&all)), "{}", row.spec.name);
    }
    assert!(differences.is_empty(), "sent and not specified, or specified and never sent: {differences:?}");
}

#[test]
fn specifications_name_a_field_once() {
    for spec in operations() {
        let names: BTreeSet<_> = spec.fields().map(|field| field.name).collect();
        assert_eq!(names.len(), spec.fields().count(), "{}", spec.name);
        for common in ["merchantNo", "storeNo", "verifySign", "merGroupNo", "", "ret_code"] {
            assert!(spec.field(common).is_none(), "{} {common}", spec.name);
        }
    }
}

#[test]
fn values_are_sent_as_they_were_given() {
    each_case(|case| {
        let mut expected = case.expected.clone();
        expected.push(("merchantNo".into(), "200043".into()));
        expected.push(("storeNo".into(), "300014".into()));
        expected.sort();
        let (signature, signed) = case.pairs.split_last().unwrap();
        assert_eq!(signed, expected, "{}", case.spec.name);
        assert_eq!(signature.0, "verifySign");
        assert!(case.pairs.iter().all(|(_, value)| !value.is_empty()), "{}", case.spec.name);
    });
}

#[test]
fn names_are_sorted_and_the_signature_is_last() {
    each_case(|case| {
        let (last, signed) = case.pairs.split_last().unwrap();
        assert_eq!(last.0, "verifySign");
        assert!(signed.windows(2).all(|pair| pair[0].0 < pair[1].0), "{}", case.spec.name);
    });
}

#[test]
fn requests_go_to_the_path_of_their_operation() {
    each_case(|case| match case.spec.path {
        "" => assert_eq!(case.path, "/v3/not/known"),
        path => assert_eq!(case.path, path.replace("{payorNo}", "P00000001")),
    });
}

/// In the form's terms, since JSON is another writing of the same pairs.
fn verifies(name: &str, form: &str) {
    const MAY_HOLD_FIELDS: [&str; 5] =
        ["ipnUrl", "callbackUrl", "autoRedirectUrl", "autoIpnUrl", "authIpnUrl"];
    let verifier = Verifier::new(key());
    match verifier.form(form.as_bytes()) {
        Ok(Received::Verified(_)) => {}
        Ok(Received::Ambiguous(message)) => {
            assert!(MAY_HOLD_FIELDS.contains(&message.field()), "{name} {}", message.field());
        }
        Err(rejection) => panic!("{name}: {rejection}"),
    }
    let tampered = form.replace("200043", "200044");
    assert!(verifier.form(tampered.as_bytes()).is_err(), "{name}");
}

#[test]
fn form_bodies_carry_the_signed_pairs_and_verify() {
    each_case(|case| {
        let read: Vec<_> = form_urlencoded::parse(case.form.as_bytes()).into_owned().collect();
        assert_eq!(read, case.pairs, "{}", case.spec.name);
        verifies(case.spec.name, &case.form);
    });
}

#[test]
fn json_bodies_carry_the_signed_pairs_as_strings_and_verify() {
    each_case(|case| {
        let body = Object::parse(case.json.as_bytes()).unwrap();
        assert!(body.names().all(|name| body.raw(name).unwrap().starts_with('"')), "{}", case.json);
        let read: Vec<_> =
            body.names().map(|name| (name.to_owned(), body.text(name).unwrap().into_owned())).collect();
        assert_eq!(read, case.pairs, "{}", case.spec.name);
        let mut form = form_urlencoded::Serializer::new(String::new());
        verifies(case.spec.name, &form.extend_pairs(read).finish());
    });
}

#[test]
fn operations_are_listed_once_each() {
    let names: BTreeSet<_> = operations().iter().map(|spec| spec.name).collect();
    assert_eq!(names.len(), operations().len());
    // The payout of 2021 shares its path with today's, and the path of one operation is not known.
    let paths: BTreeSet<_> = operations().iter().map(|spec| spec.path).collect();
    assert_eq!(paths.len(), operations().len() - 1);
    let aliases: Vec<_> = operations().iter().flat_map(|spec| spec.path_aliases).collect();
    let unique: BTreeSet<_> = aliases.iter().collect();
    assert_eq!(unique.len(), aliases.len());
    assert!(aliases.iter().all(|alias| !paths.contains(**alias)), "an alias is another operation's path");
}

#[test]
fn the_group_of_a_service_provider_is_sent_and_signed_with_every_request() {
    let merchant = merchant().of_group("100001").unwrap();
    let query = TranQuery::by_reference(reference());
    let request = SignedRequest::new(&query, &merchant, &[], &key()).unwrap();
    let names: Vec<_> = request.pairs().iter().map(|(name, _)| name.as_ref()).collect();
    assert_eq!(names, ["merGroupNo", "merchantNo", "reference", "storeNo", "verifySign"]);
    verifies("tran-query", &request.to_form());
    assert!(Merchant::new("200043", "300014").unwrap().of_group("a").is_err());
}

#[test]
fn extra_fields_are_signed_and_known_names_cannot_be_overwritten() {
    let merchant = merchant();
    let query = TranQuery::by_reference(reference());
    let extra = |name: &str, value: &str| [(name.to_owned(), value.to_owned())];

    let fields = extra("somethingNew", "100001");
    let request = SignedRequest::new(&query, &merchant, &fields, &key()).unwrap();
    assert!(request.pairs().iter().any(|(n, v)| n == "somethingNew" && v == "100001"));
    verifies("tran-query", &request.to_form());
    for (name, value) in [
        ("reference", "x"),
        ("merchantNo", "1"),
        ("storeNo", "1"),
        ("verifySign", "x"),
        ("a b", "x"),
        ("x", ""),
    ] {
        let fields = extra(name, value);
        assert!(SignedRequest::new(&query, &merchant, &fields, &key()).is_err(), "{name}");
    }
}
