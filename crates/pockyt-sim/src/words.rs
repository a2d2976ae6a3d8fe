//! Looking at eight bytes at once.
//!
//! A word holds bytes in the order of the text, the first one lowest.

const WORD: usize = size_of::<u64>();
const ONES: u64 = u64::from_ne_bytes([1; WORD]);
const HIGHEST: u64 = ONES << 7;

/// Whether a text is its own JSON but for the quotes.
pub(crate) fn is_plain(text: &str) -> bool {
    none(text, b' ', odd)
}

/// Whether a text is of decimal digits only.
pub(crate) fn are_digits(text: &str) -> bool {
    none(text, b'0', not_digits)
}

/// How many decimal digits there are before anything else.
pub(crate) fn digits_before(bytes: &[u8]) -> usize {
    let mut length = 0;
    while let Some(word) = bytes.get(length..).and_then(|rest| rest.first_chunk::<WORD>()) {
        let others = not_digits(u64::from_le_bytes(*word)) & HIGHEST;
        if others != 0 {
            return length + others.trailing_zeros() as usize / 8;
        }
        length += WORD;
    }
    let rest = bytes.get(length..).unwrap_or_default();
    length + rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// The highest bit of each byte that is not a digit, and others.
fn not_digits(word: u64) -> u64 {
    let values = word ^ (ONES * u64::from(b'0'));
    // From ten on a value reaches the highest bit of its byte.
    ((values & !HIGHEST) + ONES * (0x80 - 10)) | values
}

/// Whether a text is of visible ASCII only, without blanks.
pub(crate) fn is_visible_ascii(text: &str) -> bool {
    none(text, b'x', |word| word | below(word, b' ' + 1) | below(word ^ (ONES * 0x7f), 1))
}

/// Whether no byte of a text has its highest bit in what this makes of its word. A text of less than a word is
/// filled up.
#[inline]
fn none(text: &str, filler: u8, found: impl Fn(u64) -> u64) -> bool {
    let bytes = text.as_bytes();
    let Some(last) = bytes.last_chunk::<WORD>() else {
        return found(beginning(bytes) | fillers(filler, bytes.len())) & HIGHEST == 0;
    };
    // The last word may overlap the one before it.
    let last = found(u64::from_le_bytes(*last));
    words(bytes).fold(last, |sum, word| sum | found(u64::from_le_bytes(*word))) & HIGHEST == 0
}

/// A word that is zero where a text of less than eight bytes is.
#[inline]
fn fillers(filler: u8, length: usize) -> u64 {
    (ONES * u64::from(filler)) << (8 * length)
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
    /// How many marks there are.
    pub(crate) const MARKS: usize = u64::BITS as usize;

    #[inline]
    pub(crate) const fn of(name: &str) -> Self {
        let bytes = name.as_bytes();
        let beginning = beginning(bytes);
        let ending = if let Some(last) = bytes.last_chunk::<WORD>() { u64::from_le_bytes(*last) } else { 0 };
        let mark = 1 << (beginning.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 58);
        Self { beginning, ending, length: bytes.len(), mark }
    }

    /// The number of the mark.
    #[inline]
    pub(crate) fn mark_number(&self) -> usize {
        self.mark.trailing_zeros() as usize
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
    // Two pieces that may overlap.
    if let (Some(first), Some(last)) = (name.first_chunk(), name.last_chunk()) {
        let last = (u32::from_le_bytes(*last) as u64) << (8 * (name.len() - 4));
        return u32::from_le_bytes(*first) as u64 | last;
    }
    match *name {
        [] => 0,
        [only] => only as u64,
        [first, second] => u16::from_le_bytes([first, second]) as u64,
        [first, second, third, ..] => u32::from_le_bytes([first, second, third, 0]) as u64,
    }
}

/// A text of less than eight bytes between quotation marks, and zeros after it.
#[inline]
pub(crate) fn quoted(text: &[u8]) -> Option<[u8; 2 * WORD]> {
    (text.len() < WORD).then(|| between_marks(beginning(text), text.len()))
}

/// The same of a text that is its own JSON.
#[inline]
pub(crate) fn quoted_if_plain(text: &str) -> Option<[u8; 2 * WORD]> {
    let bytes = text.as_bytes();
    if bytes.len() >= WORD {
        return None;
    }
    let word = beginning(bytes);
    let is_plain = odd(word | fillers(b' ', bytes.len())) & HIGHEST == 0;
    is_plain.then(|| between_marks(word, bytes.len()))
}

#[inline]
fn between_marks(word: u64, length: usize) -> [u8; 2 * WORD] {
    let text_and_mark = word | u64::from(b'"') << (8 * length);
    (u128::from(b'"') | u128::from(text_and_mark) << 8).to_le_bytes()
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
fn odd(word: u64) -> u64 {
    below(word, b' ') | quotes(word) | below(word ^ (ONES * u64::from(b'\\')), 1)
}

fn quotes(word: u64) -> u64 {
    below(word ^ (ONES * u64::from(b'"')), 1)
}

/// The highest bit of each byte that is below the limit, and perhaps of some after it.
fn below(word: u64, limit: u8) -> u64 {
    word.wrapping_sub(ONES * u64::from(limit)) & !word & HIGHEST
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
                    let quoted = quoted_if_plain(&text).map(|all| all[..text.len() + 2].to_vec());
                    let is_short = text.len() < WORD && is_only_quoted;
                    assert_eq!(quoted, is_short.then(|| format!("\"{text}\"").into_bytes()));
                }
            }
        }
    }

    #[test]
    fn digits_and_visible_ascii_are_told_from_all_others() {
        for length in 0..20 {
            for place in 0..=length {
                for odd in (0..=u8::MAX).map(char::from).chain(['€']) {
                    let text = |usual: char| -> String {
                        let usual = std::iter::repeat_n(usual, length);
                        usual.clone().take(place).chain([odd]).chain(usual.skip(place)).collect()
                    };
                    let (number, word) = (text('7'), text('~'));
                    assert_eq!(are_digits(&number), number.bytes().all(|b| b.is_ascii_digit()), "{number:?}");
                    let before = number.bytes().take_while(u8::is_ascii_digit).count();
                    assert_eq!(digits_before(number.as_bytes()), before, "{number:?}");
                    assert_eq!(
                        is_visible_ascii(&word),
                        word.bytes().all(|b| b.is_ascii_graphic()),
                        "{word:?}"
                    );
                }
            }
        }
        assert!(are_digits("") && is_visible_ascii("") && is_plain(""));
        assert!(are_digits("0123456789") && is_visible_ascii("!~") && !is_visible_ascii("a b"));
    }

    #[test]
    fn a_short_beginning_is_filled_up_with_zeros() {
        for length in 0..=WORD {
            let name = &b"abcdefgh"[..length];
            let mut word = [0; WORD];
            word[..length].copy_from_slice(name);
            assert_eq!(beginning(name), u64::from_le_bytes(word));
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
