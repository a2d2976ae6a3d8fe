//! JSON's strings, eight bytes at a time.

/// The place of the first byte from `from` on that cannot stand in a JSON string as it is (a quote, a backslash
/// or a control character), or else the end.
pub(crate) fn plain_until(text: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(word) = text.get(at..).and_then(<[u8]>::first_chunk) {
        let found = odd(u64::from_le_bytes(*word));
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while text.get(at).is_some_and(|b| *b >= b' ' && *b != b'"' && *b != b'\\') {
        at += 1;
    }
    at
}

/// Has the high bit of each such byte. A byte behind one may be marked too, by the borrow of the subtraction.
fn odd(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let below = |word: u64, least: u8| word.wrapping_sub(ONES * u64::from(least)) & !word & HIGH;
    below(word, b' ') | below(word ^ (ONES * u64::from(b'"')), 1) | below(word ^ (ONES * u64::from(b'\\')), 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::plain_until;

    proptest! {
        #[test]
        fn the_first_odd_byte_is_found_wherever_it_is(
            text in prop::collection::vec(prop_oneof![8 => any::<u8>(), 20 => b' '..=b'~'], 0..40),
            from in 0_usize..42,
        ) {
            let is_odd = |b: &u8| *b < b' ' || *b == b'"' || *b == b'\\';
            let rest = text.get(from..).unwrap_or_default();
            let expected = rest.iter().position(is_odd).unwrap_or(rest.len());
            prop_assert_eq!(plain_until(&text, from), from + expected);
        }
    }
}
