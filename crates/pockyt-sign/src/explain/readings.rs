//! The texts that somebody may have signed.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use md5::{Digest, Md5};

use super::{Pairs, Variation};
use crate::VERIFY_SIGN;
use crate::signature::hex_text;

/// A text that may have been signed, and what is odd about it.
pub(super) struct Reading {
    pub(super) text: Vec<u8>,
    pub(super) variation: Option<Variation>,
    pub(super) note: Option<String>,
}

impl Reading {
    pub(super) fn signs(&self, key: &str, presented: &str) -> bool {
        let digest = Md5::new().chain_update(&self.text).chain_update(key).finalize();
        hex_text(&digest.into()) == presented.as_bytes()
    }

    /// Whether it is worth trying with odd keys too.
    pub(super) fn is_simple(&self) -> bool {
        matches!(self.variation, None | Some(Variation::EmptiesDropped))
    }
}

/// The seven fields that two of the vendor's plug-ins sign.
const FIXED_FIELDS: [&str; 7] =
    ["amount", "currency", "reference", "settleCurrency", "status", "time", "transactionNo"];

/// What takes a pass for each field is tried up to this many fields and bytes.
const MOST_FIELDS: usize = 64;
const MOST_BYTES: usize = 64 * 1024;

/// The signature as it should be written, and what was odd about it.
pub(super) fn presented(text: &str) -> (String, Option<Variation>) {
    let lower = text.trim().to_ascii_lowercase();
    let variation = if text.trim() != text {
        Some(Variation::SignaturePadded)
    } else if lower != text {
        Some(Variation::SignatureUpperCase)
    } else {
        None
    };
    (lower, variation)
}

/// The fields that the documentation wants signed, in their order.
pub(super) fn documented(pairs: &[(String, String)]) -> Pairs {
    sorted(&last_of_repeated(&signed_fields(pairs)))
}

/// Shows every reading, one after another, so that only one has to be in memory.
pub(super) fn each(pairs: &Pairs, older: &[(String, Pairs)], visit: &mut dyn FnMut(Reading)) {
    let fields = signed_fields(pairs);
    let documented = documented(pairs);
    let text = text_of(&documented);
    visit(Reading { text: text.clone().into_bytes(), variation: None, note: None });
    let mut readings = Readings { documented: text.as_bytes(), visit };

    readings.add(Variation::EmptiesDropped, &filled(&documented));
    readings.add(Variation::NullsDropped, &documented.iter().filter(|(_, v)| v != "null").cloned().collect());
    let no_value = |value: &str| matches!(value, "" | "0" | "null");
    readings
        .add(Variation::ZerosDropped, &documented.iter().filter(|(_, v)| !no_value(v)).cloned().collect());
    readings.add(Variation::FirstOfRepeated, &sorted(&first_of_repeated(&fields)));
    let mut by_culture = documented.clone();
    by_culture.sort_by_cached_key(|(name, _)| culture_key(name));
    readings.add(Variation::CultureOrder, &by_culture);
    let mut by_unit = documented.clone();
    by_unit.sort_by_cached_key(|(name, _)| name.encode_utf16().collect::<Vec<u16>>());
    readings.add(Variation::Utf16Order, &by_unit);
    readings.add(Variation::Unordered, &fields);
    let fixed = documented.iter().filter(|(name, _)| FIXED_FIELDS.contains(&name.as_str()));
    readings.add(Variation::FixedFields, &fixed.cloned().collect());
    for (variation, change) in VALUE_CHANGES {
        let changed: Pairs = documented.iter().map(|(name, value)| (name.clone(), change(value))).collect();
        readings.add(*variation, &changed);
    }
    readings.add_text(Variation::PlatformCharset, latin_1(&text), None);
    readings.add_text(Variation::PlatformCharset, ascii(&text), None);
    let mut kept = documented.clone();
    kept.push((VERIFY_SIGN.to_owned(), String::new()));
    readings.add(Variation::VerifySignKept, &sorted(&kept));
    match text.strip_suffix('&') {
        Some(cut) => readings.add_text(Variation::NoFinalSeparator, cut.as_bytes().to_vec(), None),
        None => readings.add_text(Variation::LoneSeparator, b"&".to_vec(), None),
    }
    if documented.len() <= MOST_FIELDS && text.len() <= MOST_BYTES {
        for (at, (name, _)) in documented.iter().enumerate() {
            let mut without = documented.clone();
            without.remove(at);
            let note = format!("without {name}");
            readings.add_text(Variation::FieldAdded, text_of(&without).into_bytes(), Some(note));
        }
    }
    for (label, pairs) in older {
        let whole = self::documented(pairs);
        for pairs in [filled(&whole), whole] {
            readings.add_text(Variation::OlderBody, text_of(&pairs).into_bytes(), Some(label.clone()));
        }
    }
}

struct Readings<'a> {
    documented: &'a [u8],
    visit: &'a mut dyn FnMut(Reading),
}

impl Readings<'_> {
    fn add(&mut self, variation: Variation, pairs: &Pairs) {
        self.add_text(variation, text_of(pairs).into_bytes(), None);
    }

    /// A variation that changes nothing here explains nothing.
    fn add_text(&mut self, variation: Variation, text: Vec<u8>, note: Option<String>) {
        if text != self.documented {
            (self.visit)(Reading { text, variation: Some(variation), note });
        }
    }
}

/// A habit that changes a value.
type Change = fn(&str) -> String;

/// Habits that change the values one by one.
const VALUE_CHANGES: &[(Variation, Change)] = &[
    (Variation::JsonEscaped, json_escaped),
    (Variation::JsonUnescaped, json_unescaped),
    (Variation::ValuesEncoded, |value| percent_encoded(value, "+")),
    (Variation::ValuesEncoded, |value| percent_encoded(value, "%20")),
    (Variation::ValuesTrimmed, |value| value.trim().to_owned()),
    (Variation::NullsEmptied, |value| if value == "null" { String::new() } else { value.to_owned() }),
];

fn signed_fields(pairs: &[(String, String)]) -> Pairs {
    pairs.iter().filter(|(name, _)| name != VERIFY_SIGN).cloned().collect()
}

fn filled(pairs: &Pairs) -> Pairs {
    pairs.iter().filter(|(_, value)| !value.is_empty()).cloned().collect()
}

fn sorted(pairs: &Pairs) -> Pairs {
    let mut pairs = pairs.clone();
    pairs.sort_by(|(a, _), (b, _)| a.cmp(b));
    pairs
}

fn last_of_repeated(pairs: &Pairs) -> Pairs {
    let mut reversed: Pairs = pairs.iter().rev().cloned().collect();
    reversed = first_of_repeated(&reversed);
    reversed.reverse();
    reversed
}

fn first_of_repeated(pairs: &Pairs) -> Pairs {
    let mut seen = alloc::collections::BTreeSet::new();
    pairs.iter().filter(|(name, _)| seen.insert(name.as_str())).cloned().collect()
}

fn text_of(pairs: &Pairs) -> String {
    pairs.iter().map(|(name, value)| format!("{name}={value}&")).collect()
}

/// A dictionary's order, for plain names: `_` before digits before letters, the case only in ties, and then
/// lower before upper.
fn culture_key(name: &str) -> (String, String) {
    let rank = |c: char| if c == '_' { '\u{1}' } else { c.to_ascii_lowercase() };
    let swapped = |c: char| if c.is_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    (name.chars().map(rank).collect(), name.chars().map(swapped).collect())
}

fn looks_like_json(value: &str) -> bool {
    value.starts_with(['[', '{'])
}

/// As PHP's `json_encode` writes it.
fn json_escaped(value: &str) -> String {
    if !looks_like_json(value) {
        return value.to_owned();
    }
    let mut escaped = String::with_capacity(value.len());
    let mut units = [0; 2];
    for c in value.chars() {
        match c {
            '/' => escaped.push_str("\\/"),
            c if c.is_ascii() => escaped.push(c),
            c => {
                c.encode_utf16(&mut units)
                    .iter()
                    .for_each(|unit| escaped.push_str(&format!("\\u{unit:04x}")));
            }
        }
    }
    escaped
}

/// Undoes that.
fn json_unescaped(value: &str) -> String {
    if !looks_like_json(value) {
        return value.to_owned();
    }
    let mut units: Vec<u16> = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some(c) = rest.chars().next() {
        let escaped = rest.strip_prefix("\\u").and_then(|tail| tail.get(..4));
        if let Some(unit) = escaped.and_then(|digits| u16::from_str_radix(digits, 16).ok()) {
            units.push(unit);
            rest = rest.get(6..).unwrap_or_default();
        } else if let Some(tail) = rest.strip_prefix("\\\\") {
            // An escaped backslash: what follows it is no escape.
            units.extend([u16::from(b'\\'); 2]);
            rest = tail;
        } else if let Some(tail) = rest.strip_prefix("\\/") {
            units.push(u16::from(b'/'));
            rest = tail;
        } else {
            units.extend_from_slice(c.encode_utf16(&mut [0; 2]));
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
    }
    String::from_utf16_lossy(&units)
}

fn percent_encoded(value: &str, blank: &str) -> String {
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b' ' => encoded.push_str(blank),
            b if b.is_ascii_alphanumeric() || b"-_.~".contains(&b) => encoded.push(char::from(b)),
            b => encoded.push_str(&format!("%{b:02X}")),
        }
    }
    encoded
}

fn latin_1(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect()
}

fn ascii(text: &str) -> Vec<u8> {
    text.chars().map(|c| if c.is_ascii() { c as u8 } else { b'?' }).collect()
}
