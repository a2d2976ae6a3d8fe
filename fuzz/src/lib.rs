//! What the fuzz targets hold pockyt-sign and pockyt-model against: the rules once more, written plainly and
//! from other libraries, so that a fault would have to be made twice to stay hidden.

use std::collections::BTreeSet;
use std::fmt;

use md5::{Digest, Md5};
use pockyt_sign::{ApiToken, Fields, Received, SigningKey, Verifier};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The sandbox token of Pockyt's documentation, so that recorded bodies verify.
pub const TOKEN: &str = "5cbfb079f15b150122261c8537086d77a";

/// Name and value.
pub type Pairs = Vec<(String, String)>;

/// The key of [`TOKEN`].
///
/// # Panics
///
/// Never: the token is well formed.
#[must_use]
pub fn key() -> SigningKey {
    SigningKey::new(&ApiToken::new(TOKEN).expect("the published token is well formed"))
}

/// The lower-case hexadecimal MD5.
#[must_use]
pub fn md5_hex(text: impl AsRef<[u8]>) -> String {
    use std::fmt::Write as _;
    let mut hex = String::with_capacity(32);
    for byte in Md5::digest(text) {
        write!(hex, "{byte:02x}").expect("a String takes everything");
    }
    hex
}

/// The signature by the documented rule, for names that occur once.
#[must_use]
pub fn signature(pairs: &Pairs) -> String {
    md5_hex(documented(pairs) + &md5_hex(TOKEN))
}

/// The documented text before the key, for names that occur once.
#[must_use]
pub fn documented(pairs: &Pairs) -> String {
    let mut sorted: Vec<_> = pairs.iter().filter(|(name, _)| name != "verifySign").collect();
    sorted.sort();
    sorted.into_iter().flat_map(|(name, value)| [name, "=", value, "&"]).collect()
}

/// The pairs of a form body as the `form_urlencoded` crate reads it; `None` when that had to replace
/// something, so that its reading is not the only one.
#[must_use]
pub fn form_pairs(body: &[u8]) -> Option<Pairs> {
    let escapes_are_whole = body.split(|byte| *byte == b'%').skip(1).all(|after| {
        let digits = after.get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    });
    if !escapes_are_whole {
        return None;
    }
    // Separators and blanks are ASCII, so the whole is UTF-8 exactly when every name and value is.
    percent_encoding::percent_decode(body).decode_utf8().ok()?;
    Some(form_urlencoded::parse(body).into_owned().collect())
}

/// Whether a name is `[A-Za-z_][A-Za-z0-9_]*`.
#[must_use]
pub fn is_plain(name: &str) -> bool {
    let begins = |c: char| c.is_ascii_alphabetic() || c == '_';
    name.starts_with(begins) && name.chars().all(|c| begins(c) || c.is_ascii_digit())
}

/// Whether every name is plain and occurs once.
#[must_use]
pub fn are_acceptable(pairs: &Pairs) -> bool {
    let names: BTreeSet<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
    names.len() == pairs.len() && names.into_iter().all(is_plain)
}

/// Whether `&name=` stands in the value.
#[must_use]
pub fn can_be_cut(value: &str) -> bool {
    value.match_indices('&').any(|(at, _)| {
        let after = &value[at + 1..];
        after.find('=').is_some_and(|end| is_plain(&after[..end]))
    })
}

/// The body of these pairs and this signature.
#[must_use]
pub fn form_body(pairs: &Pairs, signature: &str) -> String {
    let mut body = form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(pairs).append_pair("verifySign", signature).finish()
}

/// The fields of a message, believed or not.
#[must_use]
pub fn fields<'a>(received: &'a Received<'_>) -> &'a Fields<'a> {
    match received {
        Received::Verified(message) => message.fields(),
        Received::Ambiguous(message) => message.unconfirmed_fields(),
    }
}

/// Checks what holds for every message that was accepted: what it is called, and that its fields, sent
/// anew with the signature it came with, are accepted as the same.
///
/// # Panics
///
/// When that does not hold.
pub fn check_accepted(received: &Received<'_>, signature: &str) {
    let pairs = to_pairs(fields(received));
    let cut = pairs.iter().find(|(_, value)| can_be_cut(value)).map(|(name, _)| name.as_str());
    match received {
        Received::Verified(_) => assert_eq!(cut, None, "verified, though it can be cut"),
        Received::Ambiguous(message) => assert_eq!(Some(message.field()), cut),
    }
    assert!(are_acceptable(&pairs), "{pairs:?}");
    let again = form_body(&pairs, signature);
    let again = Verifier::new(key()).form(again.as_bytes()).expect("sent anew, it is accepted");
    assert_eq!(to_pairs(fields(&again)), pairs);
    assert_eq!(matches!(again, Received::Ambiguous(_)), matches!(received, Received::Ambiguous(_)));
}

/// The fields as owned pairs, in their order.
#[must_use]
pub fn to_pairs(fields: &Fields<'_>) -> Pairs {
    fields.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The members of a JSON object as they stand, repeated names included; `None` when the text is something
/// else.
#[must_use]
pub fn members(json: &str) -> Option<Vec<(String, Box<RawValue>)>> {
    serde_json::from_str(json).ok().map(|Members(members)| members)
}

struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Members;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}
