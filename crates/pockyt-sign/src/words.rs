//! Looking at eight bytes at once.
//!
//! A word holds bytes in the order of the text, the first one lowest, filled up with zeros at the end.
//! Each test gives a word in which the highest bit of every byte is the answer for that byte.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// The eight bytes from a place on; zeros stand for what is not there.
#[inline]
pub(crate) fn load(bytes: &[u8], at: usize) -> u64 {
    match bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        Some(word) => u64::from_le_bytes(*word),
        None => load_short(bytes.get(at..).unwrap_or_default()),
    }
}

/// Fewer than eight bytes, by halves that may overlap, since a loop over them costs more.
#[inline]
fn load_short(bytes: &[u8]) -> u64 {
    if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        let shift = 8 * (bytes.len() - 4);
        return u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << shift;
    }
    bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
}

/// The bytes of a word that belong to a text of this length; zeros for the rest.
#[inline]
pub(crate) fn cut(word: u64, length: usize) -> u64 {
    if length >= 8 { word } else { word & !(u64::MAX << (8 * length)) }
}

/// Whether every byte is one of `[A-Za-z0-9_]`.
#[inline]
pub(crate) fn is_name(bytes: &[u8]) -> bool {
    match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        (Some(first), Some(last)) if bytes.len() <= 16 => {
            let all = name_bytes(u64::from_le_bytes(*first)) & name_bytes(u64::from_le_bytes(*last));
            all == HIGHS
        }
        (Some(_), _) => name_end(bytes, 0) == bytes.len(),
        (None, _) => name_bytes(load_short(bytes)) == cut(HIGHS, bytes.len()),
    }
}

/// Where a byte of this value comes first, from a place on; the end when it does not.
#[inline]
pub(crate) fn find(bytes: &[u8], from: usize, value: u8) -> usize {
    let pattern = ONES * u64::from(value);
    let mut at = from;
    while at < bytes.len() {
        let different = load(bytes, at) ^ pattern;
        // Exact for the lowest match, which is the first one.
        let matches = different.wrapping_sub(ONES) & !different & HIGHS;
        if matches != 0 {
            return (at + first(matches)).min(bytes.len());
        }
        at += 8;
    }
    bytes.len()
}

/// Where the first byte is that is none of `[A-Za-z0-9_]`, from a place on.
#[inline]
pub(crate) fn name_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    loop {
        // The zeros after the end are no name bytes, so this ends there.
        let others = !name_bytes(load(bytes, at)) & HIGHS;
        if others != 0 {
            return at + first(others);
        }
        at += 8;
    }
}

fn name_bytes(word: u64) -> u64 {
    let low = word & !HIGHS;
    let at_least = |bytes: u64, least: u8| bytes + ONES * u64::from(0x80 - least);
    let digits = at_least(low, b'0') & !at_least(low, b'9' + 1);
    let lower_case = low | (ONES * 0x20);
    let letters = at_least(lower_case, b'a') & !at_least(lower_case, b'z' + 1);
    let underscores = !((low ^ (ONES * u64::from(b'_'))) + ONES * 0x7f);
    (digits | letters | underscores) & !word & HIGHS
}

fn first(highs: u64) -> usize {
    (highs.trailing_zeros() / 8) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_byte_is_judged_as_by_the_pattern() {
        for byte in 0..=255_u8 {
            let expected = byte.is_ascii_alphanumeric() || byte == b'_';
            for place in 0..10 {
                let mut text = [b'x'; 10];
                text[place] = byte;
                assert_eq!(name_end(&text, 0), if expected { 10 } else { place }, "{byte} at {place}");
            }
        }
    }

    proptest! {
        #[test]
        fn words_are_the_bytes(bytes in prop::collection::vec(any::<u8>(), 0..20), at in 0_usize..24) {
            let mut expected = [0; 8];
            for (place, byte) in expected.iter_mut().zip(bytes.iter().skip(at)) {
                *place = *byte;
            }
            prop_assert_eq!(load(&bytes, at), u64::from_le_bytes(expected));
        }

        #[test]
        fn the_first_match_is_found(bytes in prop::collection::vec(0_u8..4, 0..40), from in 0_usize..44, value in 0_u8..4) {
            let expected = bytes.iter().skip(from).position(|b| *b == value).map_or(bytes.len(), |at| from + at);
            prop_assert_eq!(find(&bytes, from, value), expected);
        }

        #[test]
        fn names_are_judged_whole(text in "[a-z_0-9=&\u{e9}A-Z]{0,20}", letters in "[a-zA-Z_0-9]{0,20}") {
            let is_name = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            prop_assert_eq!(super::is_name(text.as_bytes()), is_name(&text));
            prop_assert!(super::is_name(letters.as_bytes()));
        }

        #[test]
        fn names_end_where_the_pattern_ends(text in "[a-z_0-9=&\u{e9}A-Z\\[`{@/:^]{0,30}", from in 0_usize..30) {
            let bytes = text.as_bytes();
            let is_name = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
            let from = from.min(bytes.len());
            let expected = from + bytes[from..].iter().take_while(|b| is_name(b)).count();
            prop_assert_eq!(name_end(bytes, from), expected);
        }
    }
}
