//! What must not be sent cannot be made: cards, people, documents and accounts.

use pockyt_model::operation::older::{PaymentMethodNonce, Receiver};
use pockyt_model::operation::sdk_only::AlipayUserId;
use pockyt_model::operation::{BankAccountNumber, BankCode, OpenId, RoutingNumber};
use pockyt_model::{
    Address, CardExpiry, CardNumber, Country, CountryCode, Cvv, DateOfBirth, GovernmentIdNumber,
    PaymentBarcode, Person,
};

use super::nonsense::{refusal, refused};
use super::support::geneva;

const LONG: &str = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\
    xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";

#[test]
fn card_data_that_is_none_is_refused() {
    let bad = [
        "",
        "41111111111",
        "41111111111111111111",
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "411111111111111x",
        "４１１１１１１１１１１１１１１１",
        "4111111111111111\n",
    ];
    refused("cardNumber", &bad, CardNumber::new);
    refused("cardCvv", &["", "12", "12345", "12a", "１２３", "-12", "123 "], Cvv::new);
    for (month, year) in [(0, 2029), (13, 2029), (u8::MAX, 2029)] {
        refusal("cardExpMonth", "", CardExpiry::new(month, year).unwrap_err());
    }
    for (month, year) in [(1, 29), (12, 999), (12, 10_000), (12, u16::MAX), (1, 0)] {
        refusal("cardExpYear", "", CardExpiry::new(month, year).unwrap_err());
    }
}

#[test]
fn codes_and_tokens_that_are_none_are_refused() {
    let bad = ["", "two words", "token&amount=1", "tokené", "token\n", LONG];
    refused("paymentBarcode", &bad, PaymentBarcode::new);
    refused("openid", &bad, OpenId::new);
    refused("alipayUserId", &bad, AlipayUserId::new);
    refused("paymentMethodNonce", &bad, PaymentMethodNonce::new);
    refused("governmentId", &[&bad[..], &["A&B12345", "A=B12345"]].concat(), GovernmentIdNumber::new);
    refused("bankAccountId", &bad, BankAccountNumber::new);
    refused("bankCode", &bad, BankCode::new);
    let bad = ["", "02100008", "0210000890", "02100008x", "021 00008", "０２１００００８９"];
    refused("branchId", &bad, RoutingNumber::new);
}

#[test]
fn countries_that_are_none_are_refused() {
    refused("countryCode", &["", "us", "USA", "U", "1", "U1", "ＵＳ", "C&"], CountryCode::new);
    refused("countryCode", &["", "us", "USA", "1"], Country::new);
    refused("countryCode", &["", "Switzerland"], |code| Country::with_state(code, "Kanton Genf"));
}

#[test]
fn the_united_states_without_a_state_are_refused() {
    refused("state", &["US"], Country::new);
    let bad = ["", "C", "ca", "California", "C&", "CAL"];
    refused("state", &bad, Country::united_states);
    refused("state", &bad, |state| Country::with_state("US", state));
    refused("state", &["", "a&amount=1", "Kanton\nGenf", LONG], |state| Country::with_state("CH", state));
    assert!(Country::united_states("CA").is_ok());
}

#[test]
fn addresses_without_a_state_or_with_nonsense_are_refused() {
    let stateless = Country::new("CH").unwrap();
    let error = Address::new(stateless, "Geneva", "Rue 1", "1201").unwrap_err();
    refusal("state", "CH", error);
    let bad = ["", "Rue\n1200", "Rue&amount=1", LONG];
    refused("city", &bad, |text| Address::new(geneva(), text, "Rue 1", "1201"));
    refused("street", &bad, |text| Address::new(geneva(), "Geneva", text, "1201"));
    refused("zip", &bad, |text| Address::new(geneva(), "Geneva", "Rue 1", text));
}

#[test]
fn people_without_names_or_an_address_are_refused() {
    let no_addresses = ["", "nobody", "@example", "nobody@", "@", "a@b&amount=1", "nobody\n@example", LONG];
    refused("email", &no_addresses, |email| Person::new("Ann", "Finch", email));
    let bad = ["", "Ann\nFinch", "Ann&amount=1", LONG];
    refused("firstName", &bad, |name| Person::new(name, "Finch", "ann@finch.example"));
    refused("lastName", &bad, |name| Person::new("Ann", name, "ann@finch.example"));
    refused("receiver", &bad, Receiver::phone);
    refused("receiver", &bad, Receiver::paypal_id);
    refused("receiver", &no_addresses, Receiver::email);
}

#[test]
fn days_of_birth_that_are_none_are_refused() {
    for (year, month, day) in [(1987, 2, 30), (1899, 12, 31), (1987, 13, 1), (10_000, 1, 1), (1900, 2, 29)] {
        let error = DateOfBirth::new(year, month, day).unwrap_err();
        refusal("dateOfBirth", &format!("{year:04}-{month:02}-{day:02}"), error);
    }
    assert!(DateOfBirth::new(1900, 1, 1).is_ok());
}
