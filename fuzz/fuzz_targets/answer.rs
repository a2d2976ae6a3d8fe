//! Bodies of answers. They are objects exactly when `serde_json` reads them as such and no name occurs twice;
//! they read the same after being written, reordered and joined by a field that nobody knows; and every
//! accessor gives a value or says by a path what it cannot read.

#![no_main]

use std::collections::BTreeSet;
use std::fmt::{Debug, Display};

use libfuzzer_sys::fuzz_target;
use pockyt_fuzz::members;
use pockyt_model::operation::{
    Cancel, Capture, CreateTransQrcode, GenerateMixedCode, MicropayPrepay, PayoutAccounts, PayoutBalance,
    PayoutInquiry, Prepay, Raw, Refund, RegisterPayee, SecurePay, TranQuery, Transaction, TransactionList,
    View, older, sdk_only,
};
use pockyt_model::{Answer, Counter, DecodeError, Facts, FieldError, Object, Operation};
use serde_json::value::RawValue;

fuzz_target!(|body: &[u8]| {
    let Some(object) = whole(body) else {
        assert_eq!(TranQuery::read_answer(body).expect_err("it is no object").path(), "$");
        return;
    };
    let other = rewritten(&object);
    whole(other.as_bytes()).expect("what was written is an object");
    each_operation(body, other.as_bytes());
});

type Members = Vec<(String, Box<RawValue>)>;

fn whole(body: &[u8]) -> Option<Object> {
    let expected = std::str::from_utf8(body).ok().and_then(unique_members);
    let read = Object::parse(body);
    assert_eq!(read.is_ok(), expected.is_some(), "{read:?}");
    let (object, expected) = (read.ok()?, expected?);
    assert_eq!(Some(object.as_str()), std::str::from_utf8(body).ok());
    check(&object, &expected, "$", 0);
    let written = serde_json::to_string(&object).expect("an object can be written");
    let again = Object::parse(written.as_bytes()).expect("what was written can be read");
    assert!(again.names().eq(object.names()));
    for name in object.names() {
        assert_eq!(again.raw(name), object.raw(name));
    }
    assert_eq!(serde_json::to_string(&again).ok(), Some(written));
    Some(object)
}

fn unique_members(json: &str) -> Option<Members> {
    let members = members(json)?;
    let names: BTreeSet<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
    (names.len() == members.len()).then_some(members)
}

/// An object against the members as `serde_json` reads them, and what is in it likewise.
fn check(object: &Object, expected: &Members, path: &str, depth: u8) {
    assert!(object.names().eq(expected.iter().map(|(name, _)| name)));
    for (name, raw) in expected {
        let raw = raw.get();
        let path = format!("{path}.{name}");
        assert_eq!(object.raw(name), Some(raw));
        let text = match raw.as_bytes().first() {
            Some(b'n') => None,
            Some(b'"') => serde_json::from_str(raw).ok(),
            _ => Some(raw.to_owned()),
        };
        assert_eq!(object.text(name).as_deref(), text.as_deref());

        let inner = object.object(name);
        match (raw == "null", unique_members(raw)) {
            (true, _) => assert!(matches!(inner, Ok(None))),
            (false, None) => assert_eq!(inner.expect_err("it is no object").path(), path),
            (false, Some(expected)) => {
                let inner = inner.expect("it is an object").expect("it is there");
                assert_eq!(inner.as_str(), raw);
                if depth < 3 {
                    check(&inner, &expected, &path, depth + 1);
                }
            }
        }
        let expected = match raw {
            "null" | "\"\"" => Some(Vec::new()),
            _ => serde_json::from_str::<Vec<&RawValue>>(raw)
                .ok()
                .filter(|items| items.iter().all(|item| unique_members(item.get()).is_some())),
        };
        match (object.objects(name), expected) {
            (Ok(items), Some(expected)) => {
                assert!(items.iter().map(Object::as_str).eq(expected.iter().map(|item| item.get())));
            }
            (Err(error), None) => assert!(error.path().starts_with(&path), "{error}"),
            (read, _) => panic!("{path} was read as {read:?}"),
        }
    }
}

/// The members in another order behind one that nobody knows.
fn rewritten(object: &Object) -> String {
    let mut unknown = String::from("unknown");
    while object.names().any(|name| name == unknown) {
        unknown.push('_');
    }
    let member = |name: &str| {
        let quoted = serde_json::to_string(name).expect("a name can be written");
        format!(", {quoted}:{}", object.raw(name).expect("it is there"))
    };
    let mut members: Vec<String> = object.names().map(member).collect();
    members.reverse();
    format!("{{ \"{unknown}\" : [1e999, {{\"a\":\"\\ud83d\\ude00\"}}]{}}}\n", members.concat())
}

/// Reads with each operation, and calls the accessors named after it.
macro_rules! each_operation {
    ($( $operation:ty: $($accessor:ident)*; )*) => {
        fn each_operation(body: &[u8], other: &[u8]) {
            $(
                if let Some([one, other]) = accepted::<$operation>(body, other) {
                    $( same(one.$accessor(), other.$accessor()); )*
                    let _ = (&one, &other);
                }
            )*
            if let Some([one, other]) = accepted::<TranQuery>(body, other) {
                facts(&one, &other);
            }
        }
    };
}

each_operation! {
    Cancel: transaction_no reference amount currency status;
    Capture: transaction_no reference amount currency status auth_url;
    CreateTransQrcode: transaction_no reference amount currency settle_currency timeout deep_link qrcode_url;
    GenerateMixedCode: record_no;
    MicropayPrepay: pay_info app_id partner_id prepay_id package nonce timestamp sign_type sign client_id
        scope_id transaction_no amount credit_type;
    PayoutAccounts: accounts owner;
    PayoutBalance: balances;
    PayoutInquiry: transaction_no invoice_id customer_no account_token receiver amount currency created_time
        status;
    Prepay: transaction_no reference original_transaction_no merchant_no store_no store_admin_no amount
        refund_amount void_amount transaction_type status currency settle_currency create_time payment_time
        exchange_rate vendor;
    Raw: ;
    Refund: transaction_no reference amount refund_amount refund_reference refund_transaction_no currency
        settle_currency status;
    RegisterPayee: customer_no customer_code first_name last_name email payee_status created_time
        updated_time profile_type country_code country state city street zip phone date_of_birth lang;
    SecurePay: transaction_no reference amount currency settle_currency cashier_url client_token
        client_script;
    TranQuery: transaction_no reference amount currency settle_currency status transaction_type refunds;
    TransactionList: transactions size;
    older::AutoDebitApplyToken: auto_debit_no auto_reference vendor access_token_expiry_time
        refresh_token_expiry_time;
    sdk_only::ExchangeRate: exchange_rate;
    sdk_only::SettleList: settlements size;
}

/// The views of both bodies, which are the same answer, so that both are accepted or neither.
fn accepted<O: Operation>(body: &[u8], other: &[u8]) -> Option<[O::Answer; 2]> {
    match (O::read_answer(body), O::read_answer(other)) {
        (Ok(Answer::Accepted(one)), Ok(Answer::Accepted(other))) => {
            for field in O::Answer::FIELDS {
                assert!(!field.name.is_empty());
            }
            Some([one, other])
        }
        (Ok(Answer::Refused(one)), Ok(Answer::Refused(other))) => {
            assert_eq!(one.code(), other.code());
            assert_eq!(one.message(), other.message());
            assert_eq!(format!("{one} {one:?}"), format!("{other} {other:?}"));
            assert_eq!(one.is_wrong_signature(), other.is_wrong_signature());
            assert_eq!(
                (one.is_duplicate(), one.is_not_found()),
                (other.is_duplicate(), other.is_not_found())
            );
            None
        }
        (Err(one), Err(other)) => {
            assert_eq!((one.at(), one.at().starts_with('$')), (other.at(), true));
            None
        }
        _ => panic!("the order of the members or an unknown one changes the verdict"),
    }
}

/// What an accessor gives for two writings of one answer.
fn same<T: Debug, E: At>(one: Result<T, E>, other: Result<T, E>) {
    match (one, other) {
        (Ok(one), Ok(other)) => assert_eq!(format!("{one:?}"), format!("{other:?}")),
        (Err(one), Err(other)) => {
            // Columns differ with the order; the place does not.
            assert_eq!(one.at(), other.at());
            assert!(one.at().starts_with('$') && !one.to_string().is_empty());
        }
        (one, other) => panic!("{:?} and {:?}", one.map_err(|e| e.to_string()), other.is_ok()),
    }
}

/// Facts that are made of the answer of a query: twice the same adds nothing, they are kept as they are,
/// and what cannot be read adds none.
fn facts(one: &Transaction, other: &Transaction) {
    assert_eq!(one.standing(), other.standing());
    let mut facts = Facts::default();
    let observed = facts.observe_query(Counter::new(1), one);
    if let Err(error) = &observed {
        assert!(!error.path().is_empty() && facts == Facts::default());
    }
    let before = facts.clone();
    assert_eq!(facts.observe_query(Counter::new(1), other).is_ok(), observed.is_ok());
    assert_eq!(facts, before);
    facts.view();
    let kept = serde_json::to_string(&facts).expect("facts can be written");
    assert_eq!(serde_json::from_str::<Facts>(&kept).expect("and read"), facts);
}

/// Both kinds of errors say where.
trait At: Display {
    fn at(&self) -> &str;
}

impl At for DecodeError {
    fn at(&self) -> &str {
        self.path()
    }
}

impl At for FieldError {
    fn at(&self) -> &str {
        self.path()
    }
}
