//! Where two signed texts part, and what of them may be shown.

use alloc::borrow::ToOwned as _;
use alloc::string::String;

/// The first place in which the text that was signed differs from the documented one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    field: String,
    documented: String,
    signed: String,
}

impl Difference {
    /// The field in which they part.
    pub fn field(&self) -> &str {
        &self.field
    }

    /// What the documented text has from there on, at most 40 characters; masked for card fields.
    pub fn documented(&self) -> &str {
        &self.documented
    }

    /// What the signed text has from there on, at most 40 characters; masked for card fields.
    pub fn signed(&self) -> &str {
        &self.signed
    }
}

const SHOWN: usize = 40;

pub(super) fn first(documented: &[u8], signed: &[u8]) -> Option<Difference> {
    if documented == signed {
        return None;
    }
    // From the start of the field in which they part, so that it can be read.
    let common = documented.iter().zip(signed).take_while(|(a, b)| a == b).count();
    let before = documented.get(..common).unwrap_or_default();
    let start = before.iter().rposition(|b| *b == b'&').map_or(0, |at| at + 1);
    let tail = |text: &[u8]| String::from_utf8_lossy(text.get(start..).unwrap_or_default()).into_owned();
    let (documented, signed) = (tail(documented), tail(signed));
    let name = |text: &str| text.split('=').next().unwrap_or_default().to_owned();
    let field = if documented.is_empty() { name(&signed) } else { name(&documented) };
    let show = |text: &str| mask(text).chars().take(SHOWN).collect();
    Some(Difference { documented: show(&documented), signed: show(&signed), field })
}

/// The documented text for people: card fields masked, cut at 4 KiB.
pub(super) fn masked(text: &[u8]) -> String {
    let mut shown = mask(&String::from_utf8_lossy(text));
    if let Some((cut, _)) = shown.char_indices().find(|(at, _)| *at >= 4096) {
        shown.truncate(cut);
        shown.push('…');
    }
    shown
}

/// Values of fields that hold card or identity data, or a wallet's code, become stars. A value may hold an
/// `&`, so what follows such a name is hidden up to the next piece that begins like a field.
fn mask(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut hiding = false;
    for piece in text.split_inclusive('&') {
        let name = piece.split_once('=').map(|(name, _)| name).filter(|name| crate::is_plain_name(name));
        hiding = name.map_or(hiding, is_secret);
        match name {
            Some(name) if hiding => {
                shown.push_str(name);
                shown.push_str("=***&");
            }
            None if hiding => {}
            _ => shown.push_str(piece),
        }
    }
    shown
}

/// Names of the API's fields that are never shown, by what they contain.
fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["card", "cvv", "barcode", "governmentid", "bankaccountid", "nonce", "token", "dateofbirth", "openid"]
        .iter()
        .any(|part| name.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn card_fields_are_masked_wherever_they_stand() {
        let text = "amount=1&cardCvv=123&cardNumber=4242&note=x&paymentBarcode=28&";
        assert_eq!(mask(text), "amount=1&cardCvv=***&cardNumber=***&note=x&paymentBarcode=***&");
        assert_eq!(mask("cardNumber=42&42"), "cardNumber=***&");
        assert_eq!(mask("a&b=1&c"), "a&b=1&c");
        assert_eq!(masked("é".repeat(4000).as_bytes()).chars().last(), Some('…'));
    }

    #[test]
    fn the_first_difference_is_shown_from_the_start_of_its_field() {
        let difference = first(b"a=1&b=2&c=3&", b"a=1&b=3&c=3&").unwrap();
        assert_eq!(
            (difference.field(), difference.documented(), difference.signed()),
            ("b", "b=2&c=3&", "b=3&c=3&")
        );
        assert_eq!(first(b"a=1&", b"a=1&"), None);
        assert_eq!(first(b"a=1&", b"a=1&b=2&").unwrap().field(), "b");
        assert_eq!(first(b"cardNumber=4242&", b"cardNumber=4343&").unwrap().signed(), "cardNumber=***&");
    }
}
