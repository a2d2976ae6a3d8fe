//! Requests as they are sent, and the values they are made of.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::net::IpAddr;

use pockyt_model::operation::OperationSpec;
use pockyt_model::{
    AccountTag, AccountToken, Amount, CallbackUrl, Card, CardExpiry, CardNumber, ClientIp, Country, Currency,
    CustomerCode, CustomerNo, Cvv, DateOfBirth, FreeText, IpnUrl, Merchant, Operation, OrderKey,
    OrderTimeout, Params, PaymentBarcode, PayorNo, Person, PersonalText, Price, Reference, ReportDay,
    SignedRequest, StoreAdminNo, Timestamp, TransactionNo, UtcMillis,
};
use pockyt_sign::SigningKey;

/// Names and values, in any order, in groups.
pub(crate) type Expected<'a> = &'a [&'a [(&'a str, &'a str)]];

/// One request, what was asked for, and what was made of it.
pub(crate) struct Case {
    pub(crate) spec: OperationSpec,
    pub(crate) expected: Vec<(String, String)>,
    pub(crate) path: String,
    pub(crate) pairs: Vec<(String, String)>,
    pub(crate) json: String,
    pub(crate) form: String,
    /// `Debug` of the operation, of its parameters, and of the signed request.
    pub(crate) shown: [String; 3],
}

impl Case {
    /// The names of the operation's own parameters.
    pub(crate) fn names(&self) -> BTreeSet<&str> {
        let common = ["merchantNo", "storeNo", "verifySign"];
        self.pairs.iter().map(|(name, _)| name.as_str()).filter(|name| !common.contains(name)).collect()
    }
}

/// An operation: requests with as little as can be said, and requests that together say everything.
pub(crate) struct Row {
    pub(crate) spec: OperationSpec,
    pub(crate) minimal: Vec<Case>,
    pub(crate) full: Vec<Case>,
}

impl Row {
    pub(crate) fn cases(&self) -> impl Iterator<Item = &Case> {
        self.minimal.iter().chain(&self.full)
    }
}

pub(crate) fn key() -> SigningKey {
    SigningKey::from_any_text("not-a-real-token")
}

pub(crate) fn merchant() -> Merchant {
    Merchant::new("200043", "300014").unwrap()
}

#[expect(clippy::needless_pass_by_value, reason = "the requests are built where they are handed over")]
pub(crate) fn case<O: Operation + Debug>(operation: O, expected: Expected<'_>) -> Case {
    let (key, merchant) = (key(), merchant());
    let mut params = Params::default();
    operation.write_params(&mut params);
    let request = SignedRequest::new(&operation, &merchant, &[], &key).unwrap();
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Case {
        spec: O::SPEC,
        expected: expected.iter().copied().flatten().map(owned).collect(),
        path: request.path().to_owned(),
        pairs: request.pairs().iter().map(|(n, v)| (n.to_string(), v.to_string())).collect(),
        json: request.to_json(),
        form: request.to_form(),
        shown: [format!("{operation:?} {operation:#?}"), format!("{params:?}"), format!("{request:?}")],
    }
}

/// A row; without `full` the minimal requests are all there is.
pub(crate) fn row(minimal: Vec<Case>, full: Vec<Case>) -> Row {
    let spec = minimal[0].spec;
    assert!(minimal.iter().chain(&full).all(|case| case.spec.name == spec.name), "{}", spec.name);
    Row { spec, minimal, full }
}

pub(crate) const PRICE: &[(&str, &str)] =
    &[("amount", "13.00"), ("currency", "PHP"), ("settleCurrency", "USD")];
pub(crate) const REFERENCE: &[(&str, &str)] = &[("reference", "order-1")];
pub(crate) const NUMBER: &[(&str, &str)] = &[("transactionNo", "297553636764407286")];
pub(crate) const BARCODE: &[(&str, &str)] = &[("paymentBarcode", "286498530672949108")];
pub(crate) const IPN: &[(&str, &str)] = &[("ipnUrl", "https://shop.example/ipn?a=1&b=2")];
pub(crate) const CALLBACK: &[(&str, &str)] =
    &[("callbackUrl", "https://shop.example/back?amount={amount}&status={status}")];
pub(crate) const TEXTS: &[(&str, &str)] = &[("description", "Tom & Ann"), ("note", "司机 a=b")];
pub(crate) const CLERK: &[(&str, &str)] = &[("storeAdminNo", "clerk-1")];
pub(crate) const TIMEOUT: &[(&str, &str)] = &[("timeout", "5")];
pub(crate) const TIMESTAMP: &[(&str, &str)] = &[("timestamp", "2024-05-01T00:00:00Z")];
pub(crate) const CUSTOMER: &[(&str, &str)] = &[("customerNo", "2000305228303182610217")];
pub(crate) const CODE: &[(&str, &str)] = &[("customerCode", "code-1")];
pub(crate) const ACCOUNT: &[(&str, &str)] = &[("accountToken", "2010305228303182610218")];
pub(crate) const TAG: &[(&str, &str)] = &[("accountTag", "tag-1")];
pub(crate) const PAYOR: &[(&str, &str)] = &[("payorNo", "P00000001")];
pub(crate) const CLIENT_IP: &[(&str, &str)] = &[("clientIp", "203.0.113.77")];
pub(crate) const CARD: &[(&str, &str)] = &[
    ("cardNumber", "4111987655551111"),
    ("cardExpMonth", "07"),
    ("cardExpYear", "2797"),
    ("cardCvv", "7391"),
];
pub(crate) const PERSON: &[(&str, &str)] =
    &[("firstName", "Canaria"), ("lastName", "Fogelmann"), ("email", "finch@birds.example")];
pub(crate) const BORN: &[(&str, &str)] = &[("dateOfBirth", "1987-06-05")];

pub(crate) fn price() -> Price {
    Price::new("13.00", Currency::PHP).unwrap()
}

pub(crate) fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

pub(crate) fn reference() -> Reference {
    Reference::new("order-1").unwrap()
}

pub(crate) fn number() -> TransactionNo {
    TransactionNo::new("297553636764407286").unwrap()
}

pub(crate) fn by_number() -> OrderKey {
    number().into()
}

pub(crate) fn barcode() -> PaymentBarcode {
    PaymentBarcode::new("286498530672949108").unwrap()
}

pub(crate) fn ipn() -> IpnUrl {
    IpnUrl::new("https://shop.example/ipn?a=1&b=2").unwrap()
}

pub(crate) fn callback() -> CallbackUrl {
    CallbackUrl::new("https://shop.example/back?amount={amount}&status={status}").unwrap()
}

pub(crate) fn description() -> FreeText {
    text("Tom & Ann")
}

pub(crate) fn note() -> FreeText {
    text("司机 a=b")
}

pub(crate) fn text(text: &str) -> FreeText {
    FreeText::new(text).unwrap()
}

pub(crate) fn personal(text: &str) -> PersonalText {
    PersonalText::new(text).unwrap()
}

pub(crate) fn minutes(minutes: u32) -> OrderTimeout {
    OrderTimeout::minutes(minutes).unwrap()
}

pub(crate) fn clerk() -> StoreAdminNo {
    StoreAdminNo::new("clerk-1").unwrap()
}

pub(crate) fn timestamp() -> Timestamp {
    Timestamp::at(UtcMillis::new(1_714_521_600_000))
}

pub(crate) fn customer() -> CustomerNo {
    CustomerNo::new("2000305228303182610217").unwrap()
}

pub(crate) fn code() -> CustomerCode {
    CustomerCode::new("code-1").unwrap()
}

pub(crate) fn account() -> AccountToken {
    AccountToken::new("2010305228303182610218").unwrap()
}

pub(crate) fn tag() -> AccountTag {
    AccountTag::new("tag-1").unwrap()
}

pub(crate) fn payor() -> PayorNo {
    PayorNo::new("P00000001").unwrap()
}

pub(crate) fn client_ip() -> ClientIp {
    IpAddr::from([203, 0, 113, 77]).into()
}

pub(crate) fn card() -> Card {
    Card::new(
        CardNumber::new("4111987655551111").unwrap(),
        CardExpiry::new(7, 2797).unwrap(),
        Cvv::new("7391").unwrap(),
    )
}

pub(crate) fn person() -> Person {
    Person::new("Canaria", "Fogelmann", "finch@birds.example").unwrap()
}

pub(crate) fn born() -> DateOfBirth {
    DateOfBirth::new(1987, 6, 5).unwrap()
}

pub(crate) fn geneva() -> Country {
    Country::with_state("CH", "Kanton Genf").unwrap()
}

pub(crate) fn day(year: u16, month: u8, day: u8) -> ReportDay {
    ReportDay::new(year, month, day).unwrap()
}
