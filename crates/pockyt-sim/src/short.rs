//! Short texts of ASCII that need no memory of their own: amounts, times, numbers.

use std::borrow::Cow;

use crate::money::{ascii, digit};

/// How long they are at most.
const MOST: usize = 32;

/// A text of at most 32 ASCII characters without anything that JSON escapes. What has no room is left out.
#[derive(Clone, Copy, Default)]
pub(crate) struct Short {
    bytes: [u8; MOST],
    length: usize,
}

impl Short {
    /// The next so many bytes, which the caller writes.
    pub(crate) fn place(&mut self, length: usize) -> &mut [u8] {
        let start = self.length;
        self.length = MOST.min(start + length);
        self.bytes.get_mut(start..self.length).unwrap_or_default()
    }

    /// Appends a value below a hundred.
    pub(crate) fn push_two_digits(&mut self, value: u8) {
        if let [tens, ones] = self.place(2) {
            (*tens, *ones) = (digit(u64::from(value / 10)), digit(u64::from(value % 10)));
        }
    }

    /// The text, and what room is left after it.
    pub(crate) fn room(&self) -> &[u8; MOST] {
        &self.bytes
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    pub(crate) fn as_str(&self) -> &str {
        ascii(self.as_bytes())
    }
}

impl From<Short> for Cow<'_, str> {
    fn from(text: Short) -> Self {
        Self::Owned(text.into())
    }
}

impl From<Short> for String {
    fn from(text: Short) -> Self {
        text.as_str().to_owned()
    }
}
