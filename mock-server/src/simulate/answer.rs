//! What the merchant reads of an answer.

use std::borrow::Cow;

use pockyt_sim::Status;
use serde::Deserialize;

use super::memory::Words;
use super::plain::{Plain, Value};
use super::world::status_of;

/// An answer that is about the merchant's order, if about any.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// Whether what was asked for was done.
    pub(super) is_done: bool,
    pub(super) order: Option<Order>,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Order {
    pub(super) status: Option<Status>,
    /// Whether the merchant's refund is among those that are booked.
    pub(super) is_given_back: bool,
}

/// An answer that can be trusted to be one: JSON, of a known form, about this order if about any.
pub(super) fn read(body: &[u8], words: &Words) -> Option<Answer> {
    plain(body, words).or_else(|| thorough(body, words))
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    ret_code: Cow<'a, str>,
    #[serde(borrow)]
    result: Option<Transaction<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Transaction<'a> {
    #[serde(borrow, alias = "transactionStatus")]
    status: Option<Cow<'a, str>>,
    #[serde(borrow)]
    reference: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    refund_info: Vec<Refund<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Refund<'a> {
    #[serde(borrow)]
    refund_reference: Option<Cow<'a, str>>,
}

/// Takes all of JSON.
fn thorough(body: &[u8], words: &Words) -> Option<Answer> {
    let Message { ret_code, result } = serde_json::from_str(std::str::from_utf8(body).ok()?).ok()?;
    let order = match result {
        Some(Transaction { reference: Some(other), .. }) if other != words.reference => return None,
        Some(Transaction { status, refund_info, .. }) => {
            let mut refunds = refund_info.iter().filter_map(|refund| refund.refund_reference.as_deref());
            let is_given_back = refunds.any(|refund| refund == words.refund_reference);
            Some(Order { status: status.and_then(|word| status_of(word.as_bytes())), is_given_back })
        }
        None => None,
    };
    Some(Answer { is_done: ret_code == DONE, order })
}

const DONE: &str = "000100";

/// An answer as Pockyt writes it. Anything else is left to the reader that takes all of JSON.
fn plain(text: &[u8], words: &Words) -> Option<Answer> {
    let mut rest = Plain::new(text)?;
    let (mut ret_code, mut result) = (None, None);
    rest.members(|name, value, rest| match value {
        Value::Said(code) if name == b"ret_code" => once(&mut ret_code, code?),
        Value::Begins if name == b"result" => once(&mut result, order(rest, words)?),
        Value::Said(_) if name == b"result" => None,
        value => of_no_interest(name, value),
    })?;
    let is_done = ret_code? == DONE.as_bytes();
    rest.is_over().then_some(Answer { is_done, order: result })
}

fn order(rest: &mut Plain<'_>, words: &Words) -> Option<Order> {
    let (mut status, mut reference, mut refunds) = (None, None, None);
    rest.members(|name, value, rest| match value {
        Value::Said(said) if name == b"status" || name == b"transactionStatus" => once(&mut status, said),
        Value::Said(said) if name == b"reference" => once(&mut reference, said),
        Value::Begins if name == b"refundInfo" => {
            let mut is_given_back = false;
            rest.elements(|rest| {
                is_given_back |= is_refund(rest, &words.refund_reference)?;
                Some(())
            })?;
            once(&mut refunds, is_given_back)
        }
        // By its end: names that are told apart by their lengths become a jump that is not foreseen.
        Value::Said(_) if name.ends_with(b"refundInfo") => None,
        value => of_no_interest(name, value),
    })?;
    if reference.flatten().is_some_and(|other| other != words.reference.as_bytes()) {
        return None;
    }
    Some(Order { status: status.flatten().and_then(status_of), is_given_back: refunds.unwrap_or_default() })
}

/// Whether it is the one that the merchant calls so.
fn is_refund(rest: &mut Plain<'_>, wanted: &str) -> Option<bool> {
    let mut reference = None;
    rest.members(|name, value, _| match value {
        Value::Said(said) if name == b"refundReference" => once(&mut reference, said),
        value => of_no_interest(name, value),
    })?;
    Some(reference.flatten() == Some(wanted.as_bytes()))
}

/// Passes over a member that nobody asked for. A known one has another value than it should have, and what begins
/// there is not read.
fn of_no_interest(name: &[u8], value: Value<'_>) -> Option<()> {
    match value {
        Value::Said(_) => Some(()),
        Value::Number => (!KNOWN.contains(&name)).then_some(()),
        Value::Begins => None,
    }
}

const KNOWN: [&[u8]; 7] = [
    b"ret_code",
    b"result",
    b"status",
    b"transactionStatus",
    b"reference",
    b"refundInfo",
    b"refundReference",
];

fn once<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.replace(value).is_none().then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWERS: [&str; 15] = [
        r#"{"result":{"amount":"1.00","status":"success","reference":"r","refundInfo":[{"refundReference":"x","n":1.50}]},"ret_code":"000100","ret_msg":"ok"}"#,
        r#"{"ret_code":"000100","result":{"transactionStatus":null,"reference":null,"amount":12}}"#,
        r#"{"ret_code":"000021","ret_msg":"data error : reference"}"#,
        r#"{"ret_code":"000100","result":{"refundInfo":[{"refundReference":null},{"refundReference":"y"}]}}"#,
        r#"{"ret_code":"000100","result":{"a":0.5,"status":"a"}}"#,
        r#"{"ret_code":"000100","result":{"a":0.5,"status":"ä"}}"#,
        r#"{"ret_code":"000100","result":{"status":"a","status":"b"}}"#,
        r#"{"ret_code":"000100","result":{"a":01}}"#,
        r#"{"ret_code":"000100","result":{"a":"b"}"#,
        r#"{"ret_code":"000100","result":{"a":"b"}}{"#,
        r#"{"ret_code":"000100","result":"of another form"}"#,
        r#"{"ret_code":"000100","result":{"refundInfo":"none"}}"#,
        r#"{"ret_code":"000100","result":{"refundInfo":[{"refundReference":1}]}}"#,
        r#"{"ret_code":"000100","result":{"status":1,"a":"b"}}"#,
        r#"{"ret_code":100,"result":{"status":"success"}}"#,
    ];

    #[test]
    fn what_the_quick_reader_takes_is_what_all_of_json_says() {
        let words = |reference: &str, refund_reference: &str| Words {
            reference: reference.into(),
            refund_reference: refund_reference.into(),
            ..Words::default()
        };
        for (place, answer) in ANSWERS.into_iter().enumerate() {
            for words in [words("r", "x"), words("r", "y"), words("other", "x")] {
                let thorough = thorough(answer.as_bytes(), &words);
                let quick = plain(answer.as_bytes(), &words);
                assert_eq!(quick.is_some(), place < 5 && thorough.is_some(), "{answer}");
                assert!(quick.is_none() || quick == thorough, "{answer}");
            }
        }
        for end in 0..ANSWERS[0].len() {
            assert_eq!(plain(&ANSWERS[0].as_bytes()[..end], &words("r", "x")), None);
        }
        let first = plain(ANSWERS[0].as_bytes(), &words("r", "x"));
        let order = Order { status: Some(Status::Success), is_given_back: true };
        assert_eq!(first, Some(Answer { is_done: true, order: Some(order) }));
    }
}
