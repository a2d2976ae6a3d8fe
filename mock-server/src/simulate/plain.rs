//! Reading JSON as Pockyt writes it: ASCII, no blanks between tokens, no escapes, no object or list that is empty.
//!
//! Most of it is short texts, so what is done for each of them, and what cannot be foreseen by the processor, is
//! what the time goes to.

/// A text that is read from its beginning to its end.
pub(super) struct Plain<'a> {
    text: &'a [u8],
    /// How much of it is read.
    at: usize,
}

/// A value, as far as it is read.
#[derive(Clone, Copy)]
pub(super) enum Value<'a> {
    /// A text, or nothing where `null` stands.
    Said(Option<&'a [u8]>),
    /// A number in digits, perhaps with a point.
    Number,
    /// An object or a list, of which nothing is read yet.
    Begins,
}

impl<'a> Plain<'a> {
    /// `None` when a byte is in it that would have to be looked at more closely, and when it is very short.
    pub(super) fn new(text: &'a [u8]) -> Option<Self> {
        let mut odd = [0; 32];
        let mut look_at = |block: &[u8; 32]| {
            for (odd, byte) in odd.iter_mut().zip(block) {
                // As signed numbers, bytes that are not ASCII are below the blank too.
                *odd |= u8::from(byte.cast_signed() < b' '.cast_signed() || *byte == b'\\');
            }
        };
        let (blocks, _) = text.as_chunks();
        blocks.iter().for_each(&mut look_at);
        // Twice, so that no byte is looked at by itself.
        look_at(text.last_chunk()?);
        (odd.iter().fold(0, |any, odd| any | odd) == 0).then_some(Self { text, at: 0 })
    }

    pub(super) fn is_over(&self) -> bool {
        self.at == self.text.len()
    }

    /// Whether these bytes are next; then they are read.
    #[inline]
    fn takes<const N: usize>(&mut self, token: &[u8; N]) -> bool {
        let is_next = self.text.get(self.at..).and_then(|rest| rest.first_chunk()) == Some(token);
        if is_next {
            self.at += N;
        }
        is_next
    }

    /// Reads a text whose first quotation mark is read.
    #[inline]
    fn text(&mut self) -> Option<&'a [u8]> {
        let start = self.at;
        let end = quotation_mark(self.text, start)?;
        self.at = end + 1;
        self.text.get(start..end)
    }

    /// Reads the colon after a name, and what is no text.
    #[inline]
    fn other(&mut self) -> Option<Value<'a>> {
        if !self.takes(b":") {
            return None;
        }
        let rest = self.text.get(self.at..)?;
        match rest.first()? {
            b'{' | b'[' => Some(Value::Begins),
            b'n' => self.takes(b"null").then_some(Value::Said(None)),
            _ => {
                self.at += number(rest)?;
                Some(Value::Number)
            }
        }
    }

    /// Reads an object; the function is told each name with its value, and reads what begins there.
    #[inline]
    pub(super) fn members(
        &mut self,
        mut member: impl FnMut(&[u8], Value<'a>, &mut Self) -> Option<()>,
    ) -> Option<()> {
        if !self.takes(b"{\"") {
            return None;
        }
        loop {
            let name = self.text()?;
            let value = if self.takes(b":\"") { Value::Said(Some(self.text()?)) } else { self.other()? };
            member(name, value, self)?;
            if !self.takes(b",\"") {
                return self.takes(b"}").then_some(());
            }
        }
    }

    /// Reads a list; each element by the function.
    pub(super) fn elements(&mut self, mut element: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        if !self.takes(b"[") {
            return None;
        }
        loop {
            element(self)?;
            if !self.takes(b",") {
                return self.takes(b"]").then_some(());
            }
        }
    }
}

/// How long the number is that stands at the beginning.
#[inline(never)]
fn number(text: &[u8]) -> Option<usize> {
    let digits = |from: usize| text.get(from..)?.iter().position(|byte| !byte.is_ascii_digit());
    let whole = digits(0)?;
    if whole == 0 || (whole > 1 && text.starts_with(b"0")) {
        return None;
    }
    if text.get(whole) != Some(&b'.') {
        return Some(whole);
    }
    let fraction = digits(whole + 1)?;
    (fraction > 0).then_some(whole + 1 + fraction)
}

/// Where the next quotation mark is. Most texts end within sixteen bytes.
#[inline]
fn quotation_mark(text: &[u8], from: usize) -> Option<usize> {
    const ONES: u128 = u128::from_ne_bytes([1; 16]);
    let mut at = from;
    while let Some(word) = text.get(at..)?.first_chunk() {
        let different = u128::from_le_bytes(*word) ^ (ONES * u128::from(b'"'));
        // Of ASCII nothing is carried over, and only what is equal stays below the highest bit.
        let marks = !different.wrapping_add(ONES * 0x7f) & (ONES << 7);
        if marks != 0 {
            return Some(at + (marks.trailing_zeros() / 8) as usize);
        }
        at += 16;
    }
    in_rest(text, at)
}

#[cold]
fn in_rest(text: &[u8], from: usize) -> Option<usize> {
    let place = text.get(from..)?.iter().position(|byte| *byte == b'"')?;
    Some(from + place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_quotation_mark_is_found() {
        for length in 0..60 {
            let plain = "ab!#\u{7f}".chars().cycle().take(length).collect::<String>();
            assert_eq!(quotation_mark(plain.as_bytes(), 0), None);
            for place in 0..=plain.len() {
                let (before, after) = plain.split_at(place);
                let text = [before, "\"#", after, "\""].concat();
                for from in 0..=place {
                    assert_eq!(quotation_mark(text.as_bytes(), from), Some(place), "{text}");
                }
            }
        }
    }

    #[test]
    fn a_byte_that_is_not_plain_is_found_wherever_it_is() {
        for length in 32..100 {
            let plain = "a~ \u{7f}\"".bytes().cycle().take(length).collect::<Vec<u8>>();
            assert!(Plain::new(&plain).is_some());
            for place in 0..length {
                for odd in [b'\n', b'\\', 0x1f, 0x80, 0xff] {
                    let mut text = plain.clone();
                    text[place] = odd;
                    assert!(Plain::new(&text).is_none(), "{odd} at {place} of {length}");
                }
            }
        }
    }

    #[test]
    fn numbers_are_those_of_json() {
        for (text, length) in [("0,", 1), ("10}", 2), ("0.50,", 4), ("12.5]", 4)] {
            assert_eq!(number(text.as_bytes()), Some(length));
        }
        for text in ["", "5", ".5,", "01,", "1.,", "1.a,", "-1,", "true,", "00.5,"] {
            assert_eq!(number(text.as_bytes()), None, "{text}");
        }
    }
}
