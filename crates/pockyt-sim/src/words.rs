//! Looking at eight bytes at once.
//!
//! A word holds bytes in the order of the text, the first one lowest.

const WORD: usize = size_of::<u64>();
const ONES: u64 = u64::from_ne_bytes([1; WORD]);
const BLANKS: u64 = u64::from_ne_bytes([b' '; WORD]);

/// Whether a text is its own JSON but for the quotes.
pub(crate) fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let Some(last) = bytes.last_chunk::<WORD>() else {
        // Blanks in place of what is not there.
        let blanks = BLANKS << (8 * bytes.len());
        return odd((beginning(bytes) | blanks).to_le_bytes()) == 0;
    };
    // The last word may overlap the one before it.
    words(bytes).fold(odd(*last), |sum, word| sum | odd(*word)) == 0
}

/// By what a name is looked for among others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    /// The first eight bytes, filled up with zeros.
    beginning: u64,
    /// The last eight bytes, if there are as many.
    ending: u64,
    length: usize,
    /// One bit of 64, so that a set of names knows most of those that are not in it.
    pub(crate) mark: u64,
}

impl Key {
    #[inline]
    pub(crate) const fn of(name: &str) -> Self {
        let bytes = name.as_bytes();
        let beginning = beginning(bytes);
        let ending = if let Some(last) = bytes.last_chunk::<WORD>() { u64::from_le_bytes(*last) } else { 0 };
        let mark = 1 << (beginning.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 58);
        Self { beginning, ending, length: bytes.len(), mark }
    }

    /// Whether two names are one. They are compared only where their keys do not say it.
    #[inline]
    pub(crate) fn is(&self, name: &str, other: Self, other_name: &str) -> bool {
        let is_alike =
            self.beginning == other.beginning && self.ending == other.ending && self.length == other.length;
        is_alike && (self.length <= 2 * WORD || name == other_name)
    }
}

const fn beginning(name: &[u8]) -> u64 {
    if let Some(first) = name.first_chunk::<WORD>() {
        return u64::from_le_bytes(*first);
    }
    let (mut word, mut rest) = (0, name);
    while let [before @ .., last] = rest {
        word = word << 8 | *last as u64;
        rest = before;
    }
    word
}

/// A hash for tables: equal on every machine, and quick for texts of some words.
pub(crate) fn hash(text: &str) -> u64 {
    let mix = |sum: u64, word: u64| {
        let mixed = (sum ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        mixed ^ (mixed >> 32)
    };
    let chunks = text.as_bytes().chunks_exact(WORD);
    let last = beginning(chunks.remainder());
    let sum = chunks.map(beginning).fold(text.len() as u64, mix);
    mix(sum, last)
}

fn words(bytes: &[u8]) -> impl Iterator<Item = &[u8; WORD]> {
    bytes.chunks_exact(WORD).filter_map(|word| word.first_chunk())
}

/// Not zero when a byte of a word is a control character, a quotation mark or a backslash.
fn odd(word: [u8; WORD]) -> u64 {
    let word = u64::from_le_bytes(word);
    below(word, b' ') | quotes(word) | below(word ^ (ONES * u64::from(b'\\')), 1)
}

fn quotes(word: u64) -> u64 {
    below(word ^ (ONES * u64::from(b'"')), 1)
}

/// The highest bit of each byte that is below the limit, and perhaps of some after it.
fn below(word: u64, limit: u8) -> u64 {
    word.wrapping_sub(ONES * u64::from(limit)) & !word & (ONES << 7)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_is_plain_when_all_of_json_would_only_quote_it() {
        for length in 0..20 {
            let plain = "aä~ z0".chars().cycle().take(length).collect::<String>();
            assert!(is_plain(&plain), "{plain}");
            for place in 0..=length {
                for odd in (0..0x30u8).chain(0x50..0x80).map(char::from).chain(['é', '€', '\u{80}']) {
                    let text: String =
                        plain.chars().take(place).chain([odd]).chain(plain.chars().skip(place)).collect();
                    let is_only_quoted = serde_json::to_string(&text).unwrap() == format!("\"{text}\"");
                    assert_eq!(is_plain(&text), is_only_quoted, "{text:?}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn names_are_one_when_they_are_equal(name in "[ab]{0,3}[a-b]{0,20}", other in "[ab]{0,3}[a-b]{0,20}") {
            let is = |name: &str, other: &str| Key::of(name).is(name, Key::of(other), other);
            prop_assert_eq!(is(&name, &other), name == other);
            prop_assert!(is(&name, &name.clone()));
        }
    }
}
