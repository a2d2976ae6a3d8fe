//! What requests know of cards and people is sent and never shown.

use pockyt_model::operation::Raw;

use super::rows;
use super::support::{Case, Row, case};

/// Every field on the wire whose value must not be shown.
const SECRET: [&str; 26] = [
    "alipayUserId",
    "bankAccountId",
    "bankCode",
    "branchId",
    "cardCvv",
    "cardExpYear",
    "cardNumber",
    "city",
    "clientIp",
    "company",
    "country",
    "dateOfBirth",
    "deviceData",
    "email",
    "firstName",
    "governmentId",
    "lang",
    "lastName",
    "mobileNumber",
    "openid",
    "paymentBarcode",
    "paymentMethodNonce",
    "phone",
    "receiver",
    "street",
    "street2",
];
/// Two more whose test values are short.
const SHORT: [&str; 2] = ["state", "zip"];

fn secrets(case: &Case) -> impl Iterator<Item = &(String, String)> {
    case.pairs.iter().filter(|(name, _)| SECRET.contains(&name.as_str()) || SHORT.contains(&name.as_str()))
}

fn shows_none(case: &Case) {
    for (name, canary) in secrets(case) {
        // JSON inside a value is shown escaped by `Debug`, so its core is looked for.
        let core = canary.trim_matches(['{', '}', '"']).rsplit('"').next().unwrap();
        for shown in &case.shown {
            assert!(!shown.contains(core), "{}: {name} in {shown}", case.spec.name);
        }
    }
}

#[test]
fn debug_of_no_request_shows_a_secret() {
    let rows = rows();
    rows.iter().flat_map(Row::cases).for_each(shows_none);
    let seen: Vec<_> = rows.iter().flat_map(Row::cases).flat_map(secrets).map(|(name, _)| name).collect();
    for name in SECRET.iter().chain(&SHORT) {
        assert!(seen.iter().any(|seen| seen == name), "no request sends {name}, so nothing was tested");
    }
}

#[test]
fn debug_of_a_raw_call_shows_its_names_only() {
    let call = Raw::new("/v3/new").unwrap().field("somethingNew", "canary-value");
    let case = case(call, &[&[("somethingNew", "canary-value")]]);
    assert!(case.form.contains("canary-value"));
    for shown in &case.shown {
        assert!(!shown.contains("canary-value"), "{shown}");
    }
    assert!(case.shown[0].contains("somethingNew"));
}

#[test]
fn debug_of_parameters_and_signed_requests_shows_names_only() {
    rows().iter().flat_map(Row::cases).for_each(|case| {
        let [_, params, request] = &case.shown;
        for (name, value) in &case.pairs {
            assert!(request.contains(name.as_str()), "{name} in {request}");
            let common = ["merchantNo", "storeNo", "verifySign"].contains(&name.as_str());
            assert!(common || params.contains(name.as_str()), "{name} in {params}");
            // Short values occur inside names.
            if value.len() > 12 {
                assert!(!request.contains(value.as_str()) && !params.contains(value.as_str()), "{name}");
            }
        }
    });
}
