//! What the merchant reads of an answer.

use std::borrow::Cow;

use pockyt_sim::Status;
use serde::Deserialize;

use super::memory::Words;
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

/// An answer as Pockyt writes it: ASCII, no blanks between tokens, no escapes, no member twice. Anything else is
/// left to the reader that takes all of JSON.
fn plain(text: &[u8], words: &Words) -> Option<Answer> {
    // As signed numbers, bytes that are not ASCII are below the blank too.
    let is_odd = |byte: u8| byte.cast_signed() < b' '.cast_signed() || byte == b'\\';
    // Without an early end, so that the loop is wide.
    if text.iter().fold(0, |odd, byte| odd | u8::from(is_odd(*byte))) != 0 {
        return None;
    }
    let mut rest = Plain(text);
    let (mut ret_code, mut result) = (None, None);
    rest.members(|name, rest| match name {
        b"ret_code" => once(&mut ret_code, rest.text()?),
        b"result" => once(&mut result, order(rest, words)?),
        _ => rest.skip(),
    })?;
    let is_done = ret_code? == DONE.as_bytes();
    rest.0.is_empty().then_some(Answer { is_done, order: result })
}

fn order(rest: &mut Plain<'_>, words: &Words) -> Option<Order> {
    let (mut status, mut reference, mut refunds) = (None, None, None);
    rest.members(|name, rest| match name {
        b"status" | b"transactionStatus" => once(&mut status, rest.text_or_null()?),
        b"reference" => once(&mut reference, rest.text_or_null()?),
        b"refundInfo" => {
            let mut is_given_back = false;
            rest.elements(|rest| {
                is_given_back |= refund(rest)?.0 == Some(words.refund_reference.as_bytes());
                Some(())
            })?;
            once(&mut refunds, is_given_back)
        }
        _ => rest.skip(),
    })?;
    let reference = reference.and_then(|Said(text)| text);
    if reference.is_some_and(|other| other != words.reference.as_bytes()) {
        return None;
    }
    Some(Order {
        status: status.and_then(|Said(text)| text).and_then(status_of),
        is_given_back: refunds.unwrap_or_default(),
    })
}

/// The merchant's name for it.
fn refund<'a>(rest: &mut Plain<'a>) -> Option<Said<'a>> {
    let mut reference = None;
    rest.members(|name, rest| match name {
        b"refundReference" => once(&mut reference, rest.text_or_null()?),
        _ => rest.skip(),
    })?;
    Some(reference.unwrap_or_default())
}

fn once<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.replace(value).is_none().then_some(())
}

/// A text, or nothing where `null` stands.
#[derive(Default)]
struct Said<'a>(Option<&'a [u8]>);

/// A text that is read from its beginning to its end. It is ASCII, and there are no escapes in it.
struct Plain<'a>(&'a [u8]);

/// Where the first one is. Most texts are short, and eight bytes at once are found in sooner than by a call.
#[inline]
fn quotation_mark(text: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    let (words, rest) = text.as_chunks::<8>();
    for (place, word) in words.iter().enumerate() {
        let different = u64::from_le_bytes(*word) ^ (ONES * u64::from(b'"'));
        // Of ASCII nothing is carried over, and only what is equal stays below the highest bit.
        let marks = !different.wrapping_add(ONES * 0x7f) & (ONES << 7);
        if marks != 0 {
            return Some(place * 8 + (marks.trailing_zeros() / 8) as usize);
        }
    }
    let in_rest = rest.iter().position(|byte| *byte == b'"')?;
    Some(words.len() * 8 + in_rest)
}

impl<'a> Plain<'a> {
    fn next(&self) -> Option<u8> {
        self.0.first().copied()
    }

    fn take(&mut self, token: u8) -> Option<()> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        (*first == token).then_some(())
    }

    #[inline]
    fn text(&mut self) -> Option<&'a [u8]> {
        self.take(b'"')?;
        let (text, rest) = self.0.split_at_checked(quotation_mark(self.0)?)?;
        self.0 = rest.get(1..)?;
        Some(text)
    }

    #[inline]
    fn text_or_null(&mut self) -> Option<Said<'a>> {
        if self.next()? == b'n' {
            self.0 = self.0.strip_prefix(b"null")?;
            return Some(Said(None));
        }
        self.text().map(Some).map(Said)
    }

    /// A value that is of no interest: a text, `null`, or a number in digits, perhaps with a point.
    fn skip(&mut self) -> Option<()> {
        if !self.next()?.is_ascii_digit() {
            return self.text_or_null().map(drop);
        }
        let whole = self.digits()?;
        if whole.len() > 1 && whole.starts_with(b"0") {
            return None;
        }
        if self.next()? == b'.' {
            self.take(b'.')?;
            return self.digits().filter(|fraction| !fraction.is_empty()).map(drop);
        }
        Some(())
    }

    fn digits(&mut self) -> Option<&'a [u8]> {
        let end = self.0.iter().position(|byte| !byte.is_ascii_digit())?;
        let (digits, rest) = self.0.split_at_checked(end)?;
        self.0 = rest;
        Some(digits)
    }

    /// Reads an object; each value by the function, which is told its name.
    fn members(&mut self, mut value: impl FnMut(&[u8], &mut Self) -> Option<()>) -> Option<()> {
        self.take(b'{')?;
        loop {
            let name = self.text()?;
            self.take(b':')?;
            value(name, self)?;
            if self.is_last(b'}')? {
                return Some(());
            }
        }
    }

    /// Reads a list that is not empty; each element by the function.
    fn elements(&mut self, mut element: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.take(b'[')?;
        loop {
            element(self)?;
            if self.is_last(b']')? {
                return Some(());
            }
        }
    }

    /// Whether what was read is the last before this token, which is read as well, or the comma in its place.
    fn is_last(&mut self, end: u8) -> Option<bool> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        if *first == b',' { Some(false) } else { (*first == end).then_some(true) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWERS: [&str; 10] = [
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
    ];

    #[test]
    fn the_first_quotation_mark_is_found() {
        for length in 0..40 {
            let plain = "ab!#\u{7f}".chars().cycle().take(length).collect::<String>();
            assert_eq!(quotation_mark(plain.as_bytes()), None);
            for place in 0..=plain.len() {
                let (before, after) = plain.split_at(place);
                let text = [before, "\"#", after, "\""].concat();
                assert_eq!(quotation_mark(text.as_bytes()), Some(place), "{text}");
            }
        }
    }

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
