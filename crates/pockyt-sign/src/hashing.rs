//! Feeding text to MD5.

use md5::{Digest, Md5};

use crate::SigningKey;

/// Collects short pieces and gives the hasher long ones: MD5 works on blocks of 64 bytes, and handing it
/// a name, an `=`, a value and an `&` at a time costs as much as hashing them.
pub(crate) struct Text {
    hasher: Md5,
    pending: [u8; 256],
    length: usize,
}

/// A piece of a block or more is hashed where it stands.
const LONG: usize = 64;

impl Text {
    pub(crate) fn new() -> Self {
        Self { hasher: Md5::new(), pending: [0; 256], length: 0 }
    }

    /// Adds `name=value&`.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a call for each field takes as long as the field")]
    pub(crate) fn push_field(&mut self, name: &[u8], value: &[u8]) {
        let end = self.length + name.len() + value.len() + 2;
        if end > self.pending.len() {
            self.flush();
        }
        let end = self.length + name.len() + value.len() + 2;
        let Some(place) = self.pending.get_mut(self.length..end) else {
            return self.push_long_field(name, value);
        };
        write_field(place, name, value);
        self.length = end;
    }

    /// One that is longer than the buffer, which is empty.
    #[cold]
    fn push_long_field(&mut self, name: &[u8], value: &[u8]) {
        for piece in [name, b"=", value, b"&"] {
            self.hasher.update(piece);
        }
    }

    /// Adds a piece of the text.
    #[inline]
    pub(crate) fn push(&mut self, piece: &[u8]) {
        if piece.len() > self.pending.len() - self.length {
            self.flush();
        }
        let end = self.length + piece.len();
        match self.pending.get_mut(self.length..end) {
            Some(place) if piece.len() < LONG => {
                copy(place, piece);
                self.length = end;
            }
            _ => {
                self.flush();
                self.hasher.update(piece);
            }
        }
    }

    /// The MD5 of what was pushed with the key after it.
    pub(crate) fn digest(&mut self, key: &SigningKey) -> [u8; 16] {
        self.flush();
        // Not by way of the buffer: the hasher wipes its own memory, this one does not. Nor is the hasher moved,
        // since that copies its block.
        self.hasher.update(key.as_bytes());
        self.hasher.finalize_reset().into()
    }

    #[inline]
    fn flush(&mut self) {
        if self.length > 0 {
            self.hasher.update(self.pending.get(..self.length).unwrap_or_default());
            self.length = 0;
        }
    }
}

/// Writes `name=value&` over a place of that length.
#[inline]
fn write_field(place: &mut [u8], name: &[u8], value: &[u8]) {
    let Some((name_place, [equals, value_place @ .., ampersand])) = place.split_at_mut_checked(name.len())
    else {
        return;
    };
    copy(name_place, name);
    *equals = b'=';
    copy(value_place, value);
    *ampersand = b'&';
}

/// Most pieces are a few bytes: two words that may overlap move them faster than a call does. Both
/// slices have the same length.
#[inline]
fn copy(place: &mut [u8], piece: &[u8]) {
    if piece.len() > 16 {
        place.copy_from_slice(piece);
    } else if let (Some(first), Some(last)) = (piece.first_chunk::<8>(), piece.last_chunk::<8>()) {
        ends(place, first, last);
    } else if let (Some(first), Some(last)) = (piece.first_chunk::<4>(), piece.last_chunk::<4>()) {
        ends(place, first, last);
    } else {
        for (to, from) in place.iter_mut().zip(piece) {
            *to = *from;
        }
    }
}

#[inline]
fn ends<const N: usize>(place: &mut [u8], first: &[u8; N], last: &[u8; N]) {
    if let Some(start) = place.first_chunk_mut::<N>() {
        *start = *first;
    }
    if let Some(end) = place.last_chunk_mut::<N>() {
        *end = *last;
    }
}
