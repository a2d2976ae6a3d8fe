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
    /// One of so many characters, which are written all at once.
    pub(crate) fn written(length: usize, write: impl FnOnce(&mut [u8])) -> Self {
        let mut bytes = [0; MOST];
        let length = length.min(MOST);
        write(bytes.get_mut(..length).unwrap_or_default());
        Self { bytes, length }
    }

    pub(crate) fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte;
            self.length += 1;
        }
    }

    /// Appends a value below ten.
    pub(crate) fn push_digit(&mut self, value: u8) {
        self.push(digit(u64::from(value)));
    }

    pub(crate) fn push_str(&mut self, text: &str) {
        text.bytes().for_each(|byte| self.push(byte));
    }

    pub(crate) fn truncate(&mut self, length: usize) {
        self.length = self.length.min(length);
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
