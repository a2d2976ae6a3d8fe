//! Where two signed texts part, and what of them may be shown.

use alloc::borrow::{Cow, ToOwned as _};
use alloc::format;
use alloc::string::String;

use super::{Pairs, readings};

/// The first field in which the text that was signed differs from the documented one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    field: String,
    documented: String,
    signed: String,
}

impl Difference {
    /// The field in which they part; empty when the signed text goes on after the last field.
    pub fn field(&self) -> &str {
        &self.field
    }

    /// What the documented text has there, at most 40 characters; masked for card fields.
    pub fn documented(&self) -> &str {
        &self.documented
    }

    /// What the signed text has there, up to its next `&` and at most 40 characters; masked for card
    /// fields.
    pub fn signed(&self) -> &str {
        &self.signed
    }
}

const SHOWN: usize = 40;

/// Compares field by field, so that what is shown begins at a field's name and its value can be judged.
pub(super) fn first(pairs: &Pairs, signed: &[u8]) -> Option<Difference> {
    let mut rest = signed;
    // A secret that was longer where it was signed goes on where ours ends.
    let mut after_secret = false;
    for (name, value) in pairs {
        match rest.strip_prefix(format!("{name}={value}&").as_bytes()) {
            Some(after) => rest = after,
            None => return Some(Difference::at(name, value, rest, after_secret)),
        }
        after_secret = is_secret(name);
    }
    (!rest.is_empty()).then(|| Difference::at("", "", rest, after_secret))
}

impl Difference {
    fn at(name: &str, value: &str, signed: &[u8], after_secret: bool) -> Self {
        let signed = String::from_utf8_lossy(signed);
        let piece = signed.split_inclusive('&').next().unwrap_or_default();
        let (signed_name, signed_value) = piece.split_once('=').unwrap_or(("", piece));
        // Where the field itself is secret, so is what stands in its place, whatever it is called there.
        let hidden = is_secret(name);
        let signed = match hidden || is_secret(signed_name) {
            _ if after_secret => HIDDEN.to_owned(),
            true if signed_name.is_empty() => HIDDEN.to_owned(),
            true => format!("{signed_name}={HIDDEN}&"),
            false if signed_name.is_empty() => mask(signed_value).into_owned(),
            false => format!("{signed_name}={}", mask(signed_value)),
        };
        let documented = if name.is_empty() { String::new() } else { shown(name, value) };
        let cut = |text: String| text.chars().take(SHOWN).collect();
        Self { field: name.to_owned(), documented: cut(documented), signed: cut(signed) }
    }
}

/// The text that should have been signed, without the key: `name=value&` for each field in order, with
/// card and identity data, wallet codes and other secrets as stars. It is not cut.
///
/// Hidden are values of fields with such names, values that are JSON with such names in them, and every
/// run of digits that could be a card number.
#[must_use]
pub fn masked(pairs: &[(String, String)]) -> String {
    readings::documented(pairs).iter().map(|(name, value)| shown(name, value)).collect()
}

fn shown(name: &str, value: &str) -> String {
    // A name is somebody's text too, and an odd one may hold a whole field.
    let name = if name.contains(['=', '&']) { mask(name) } else { Cow::Borrowed(name) };
    if is_secret(&name) { format!("{name}={HIDDEN}&") } else { format!("{name}={}&", mask(value)) }
}

const HIDDEN: &str = "***";

/// A value that may be shown, without what looks like a card number or like JSON about a card.
fn mask(value: &str) -> Cow<'_, str> {
    let nested = value.contains(['{', '[', '=']);
    if nested && is_secret(value) {
        return Cow::Borrowed(HIDDEN);
    }
    let mut masked = String::new();
    let mut rest = value;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, digits) = rest.split_at_checked(start).unwrap_or((rest, ""));
        let length = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        let (digits, after) = digits.split_at_checked(length).unwrap_or((digits, ""));
        masked.push_str(before);
        masked.push_str(if may_be_card(digits) { HIDDEN } else { digits });
        rest = after;
    }
    masked.push_str(rest);
    Cow::Owned(masked)
}

/// Whether digits are as many as a card number's and pass its check (Luhn). Pockyt's own numbers have 18
/// digits, which no card in use has.
fn may_be_card(digits: &str) -> bool {
    let sum = |doubled: bool, digit: u8| {
        let value = u32::from(digit - b'0');
        match (doubled, value) {
            (false, value) => value,
            (true, value) if value > 4 => 2 * value - 9,
            (true, value) => 2 * value,
        }
    };
    let total: u32 = digits.bytes().rev().enumerate().map(|(at, digit)| sum(at % 2 == 1, digit)).sum();
    matches!(digits.len(), 13..=16 | 19) && total % 10 == 0
}

/// Whether a text speaks of what is never shown.
fn is_secret(text: &str) -> bool {
    const WORDS: [&str; 17] = [
        "account",
        "barcode",
        "birth",
        "card",
        "cvc",
        "cvv",
        "governmentid",
        "iban",
        "nonce",
        "openid",
        "passport",
        "passwd",
        "password",
        "secret",
        "ssn",
        "taxid",
        "token",
    ];
    let text = text.to_ascii_lowercase();
    // The primary account number is a word of three letters, which others contain.
    WORDS.iter().any(|word| text.contains(word)) || text == "pan"
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn secrets_are_masked_under_any_name() {
        let table: &[(&[(&str, &str)], &str)] = &[
            (
                &[("amount", "1"), ("cardCvv", "123"), ("paymentBarcode", "28")],
                "amount=1&cardCvv=***&paymentBarcode=***&",
            ),
            (&[("cardNumber", "42&42=1&note=x")], "cardNumber=***&"),
            (&[("card[number]", "42"), ("cardNumber ", "55")], "cardNumber =***&card[number]=***&"),
            (&[("payer", r#"{"cardCvv":"123"}"#)], "payer=***&"),
            (&[("x", "a=1&cvv=123")], "x=***&"),
            (&[("note", "my card is 4242424242424242, ok")], "note=my card is ***, ok&"),
            (&[("note", "297553638300708562 4242424242424241")], "note=297553638300708562 4242424242424241&"),
            (&[("pan", "1"), ("panel", "2"), ("accountNumber", "3")], "accountNumber=***&pan=***&panel=2&"),
            (&[("a&cvv=123", "1")], "***=1&"),
        ];
        for (fields, expected) in table {
            assert_eq!(masked(&pairs(fields)), *expected);
        }
    }

    #[test]
    fn the_first_difference_is_a_field() {
        let documented = pairs(&[("a", "1"), ("b", "2"), ("c", "3")]);
        let difference = first(&documented, b"a=1&b=3&c=3&").unwrap();
        assert_eq!((difference.field(), difference.documented(), difference.signed()), ("b", "b=2&", "b=3&"));
        assert_eq!(first(&documented, b"a=1&b=2&c=3&"), None);
        let missing = first(&documented, b"a=1&b=2&").unwrap();
        assert_eq!((missing.field(), missing.signed()), ("c", ""));
        let more = first(&documented, b"a=1&b=2&c=3&d=4&").unwrap();
        assert_eq!((more.field(), more.documented(), more.signed()), ("", "", "d=4&"));
    }

    #[test]
    fn the_difference_shows_nothing_of_a_secret_value() {
        let card = pairs(&[("amount", "1"), ("cardNumber", "x&4242424242424242 ")]);
        let difference = first(&card, b"amount=1&cardNumber=x&4242424242424242&").unwrap();
        assert_eq!(
            (difference.field(), difference.documented(), difference.signed()),
            ("cardNumber", "cardNumber=***&", "cardNumber=***&")
        );
        let short = pairs(&[("cardCvv", "1"), ("note", "x")]);
        for longer in [&b"cardCvv=1&23&note=x&"[..], b"cardCvv=1&a=23&note=x&"] {
            assert_eq!(first(&short, longer).unwrap().signed(), "***");
        }
        let plain = pairs(&[("amount", "1")]);
        assert_eq!(first(&plain, b"cvv=123&amount=1&").unwrap().signed(), "cvv=***&");
        assert_eq!(first(&card, b"4242").unwrap().signed(), "4242");
    }
}
