//! What the merchant reads of an answer.

use std::borrow::Cow;

use serde::Deserialize;

#[derive(Debug, Deserialize, PartialEq, Eq)]
pub(super) struct Answer<'a> {
    #[serde(borrow)]
    pub(super) ret_code: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) result: Option<Order<'a>>,
}

#[derive(Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub(super) struct Order<'a> {
    #[serde(borrow, alias = "transactionStatus")]
    pub(super) status: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) reference: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) refund_info: Vec<Refund<'a>>,
}

#[derive(Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub(super) struct Refund<'a> {
    #[serde(borrow)]
    pub(super) refund_reference: Option<Cow<'a, str>>,
}

/// An answer that can be trusted to be one: JSON, of a known form, about this order if about any.
pub(super) fn read<'a>(body: &'a [u8], reference: &str) -> Option<Answer<'a>> {
    let text = std::str::from_utf8(body).ok()?;
    let answer = plain(text).or_else(|| serde_json::from_str(text).ok())?;
    let named = answer.result.as_ref().and_then(|order| order.reference.as_deref());
    (named.is_none_or(|named| named == reference)).then_some(answer)
}

/// An answer as Pockyt writes it: no blanks between tokens, no escapes, no member twice. Anything else is left to
/// the reader that takes all of JSON.
fn plain(text: &str) -> Option<Answer<'_>> {
    // Without an early end, so that the loop is wide.
    let is_odd = |byte: u8| byte < b' ' || byte == b'\\';
    if text.bytes().fold(0, |odd, byte| odd | u8::from(is_odd(byte))) != 0 {
        return None;
    }
    let mut rest = Plain(text);
    let (mut ret_code, mut result) = (None, None);
    let whole = rest.members(|name, rest| match name {
        "ret_code" => once(&mut ret_code, rest.text()?),
        "result" => once(&mut result, order(rest)?),
        _ => rest.skip(),
    });
    whole?;
    let ret_code = Cow::Borrowed(ret_code?);
    rest.0.is_empty().then_some(Answer { ret_code, result })
}

fn order<'a>(rest: &mut Plain<'a>) -> Option<Order<'a>> {
    let (mut status, mut reference, mut refunds) = (None, None, None);
    rest.members(|name, rest| match name {
        "status" | "transactionStatus" => once(&mut status, rest.text_or_null()?),
        "reference" => once(&mut reference, rest.text_or_null()?),
        "refundInfo" => {
            let mut all = Vec::new();
            rest.elements(|rest| {
                all.push(refund(rest)?);
                Some(())
            })?;
            once(&mut refunds, all)
        }
        _ => rest.skip(),
    })?;
    Some(Order {
        status: status.and_then(Said::text),
        reference: reference.and_then(Said::text),
        refund_info: refunds.unwrap_or_default(),
    })
}

fn refund<'a>(rest: &mut Plain<'a>) -> Option<Refund<'a>> {
    let mut reference = None;
    rest.members(|name, rest| match name {
        "refundReference" => once(&mut reference, rest.text_or_null()?),
        _ => rest.skip(),
    })?;
    Some(Refund { refund_reference: reference.and_then(Said::text) })
}

/// Where the first one is. Most texts are short, and eight bytes at once are found in sooner than by a call.
fn quotation_mark(text: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    let (words, rest) = text.as_chunks::<8>();
    for (place, word) in words.iter().enumerate() {
        let different = u64::from_le_bytes(*word) ^ (ONES * u64::from(b'"'));
        // The highest bit of each byte that is the mark, and perhaps of some after it: the lowest one is exact.
        let marks = different.wrapping_sub(ONES) & !different & (ONES << 7);
        if marks != 0 {
            return Some(place * 8 + (marks.trailing_zeros() / 8) as usize);
        }
    }
    let in_rest = rest.iter().position(|byte| *byte == b'"')?;
    Some(words.len() * 8 + in_rest)
}

fn once<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.replace(value).is_none().then_some(())
}

/// A text, or nothing where `null` stands.
struct Said<'a>(Option<&'a str>);

impl<'a> Said<'a> {
    fn text(self) -> Option<Cow<'a, str>> {
        self.0.map(Cow::Borrowed)
    }
}

/// What is still to be read. There are no escapes in it.
struct Plain<'a>(&'a str);

impl<'a> Plain<'a> {
    fn take(&mut self, token: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(token)?;
        Some(())
    }

    fn is_next(&self, byte: u8) -> bool {
        self.0.as_bytes().first() == Some(&byte)
    }

    fn text(&mut self) -> Option<&'a str> {
        let rest = self.0.strip_prefix('"')?;
        let end = quotation_mark(rest.as_bytes())?;
        self.0 = rest.get(end + 1..)?;
        rest.get(..end)
    }

    fn text_or_null(&mut self) -> Option<Said<'a>> {
        let said = if self.is_next(b'n') { self.take("null").map(|()| None)? } else { Some(self.text()?) };
        Some(Said(said))
    }

    /// A value that is of no interest: a text, `null`, or a number in digits, perhaps with a point.
    fn skip(&mut self) -> Option<()> {
        if self.0.as_bytes().first()?.is_ascii_digit() {
            let (whole, rest) = self.digits()?;
            self.0 = rest;
            if whole.len() > 1 && whole.starts_with('0') {
                return None;
            }
            if self.is_next(b'.') {
                self.take(".")?;
                let (fraction, rest) = self.digits()?;
                self.0 = rest;
                return (!fraction.is_empty()).then_some(());
            }
            return Some(());
        }
        self.text_or_null().map(drop)
    }

    fn digits(&self) -> Option<(&'a str, &'a str)> {
        let end = self.0.bytes().position(|byte| !byte.is_ascii_digit())?;
        self.0.split_at_checked(end)
    }

    /// Reads an object; each value by the function, which is told its name.
    fn members(&mut self, mut value: impl FnMut(&str, &mut Self) -> Option<()>) -> Option<()> {
        self.take("{")?;
        loop {
            let name = self.text()?;
            self.take(":")?;
            value(name, self)?;
            match self.0.strip_prefix(',') {
                Some(rest) => self.0 = rest,
                None => return self.take("}"),
            }
        }
    }

    /// Reads a list that is not empty; each element by the function.
    fn elements(&mut self, mut element: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.take("[")?;
        loop {
            element(self)?;
            match self.0.strip_prefix(',') {
                Some(rest) => self.0 = rest,
                None => return self.take("]"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWERS: [&str; 9] = [
        r#"{"result":{"amount":"1.00","status":"success","reference":"r","refundInfo":[{"refundReference":"x","n":1.50}]},"ret_code":"000100","ret_msg":"ok"}"#,
        r#"{"ret_code":"000100","result":{"transactionStatus":null,"reference":null,"amount":12}}"#,
        r#"{"ret_code":"000021","ret_msg":"data error : reference"}"#,
        r#"{"ret_code":"000100","result":{"refundInfo":[{"refundReference":null},{"refundReference":"y"}]}}"#,
        r#"{"ret_code":"000100","result":{"a":0.5,"status":"ä"}}"#,
        r#"{"ret_code":"000100","result":{"status":"a","status":"b"}}"#,
        r#"{"ret_code":"000100","result":{"a":01}}"#,
        r#"{"ret_code":"000100","result":{"a":"b"}"#,
        r#"{"ret_code":"000100","result":{"a":"b"}}{"#,
    ];

    #[test]
    fn the_first_quotation_mark_is_found() {
        for length in 0..40 {
            let plain = "ab!#\u{a2}".chars().cycle().take(length).collect::<String>();
            assert_eq!(quotation_mark(plain.as_bytes()), None);
            for place in (0..=plain.len()).filter(|place| plain.is_char_boundary(*place)) {
                let (before, after) = plain.split_at(place);
                let text = [before, "\"#", after, "\""].concat();
                assert_eq!(quotation_mark(text.as_bytes()), Some(place), "{text}");
            }
        }
    }

    #[test]
    fn what_the_quick_reader_takes_is_what_all_of_json_says() {
        for (place, answer) in ANSWERS.into_iter().enumerate() {
            let thorough = serde_json::from_str::<Answer<'_>>(answer).ok();
            let quick = plain(answer);
            assert_eq!(quick.is_some(), place < 5, "{answer}");
            assert!(quick.is_none() || quick == thorough, "{answer}");
        }
        for end in 0..ANSWERS[0].len() {
            assert_eq!(plain(&ANSWERS[0][..end]), None);
        }
    }
}
