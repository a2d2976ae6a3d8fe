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

impl Text {
    pub(crate) fn new() -> Self {
        Self { hasher: Md5::new(), pending: [0; 256], length: 0 }
    }

    /// Adds `name=value&`.
    #[inline]
    pub(crate) fn push_field(&mut self, name: &[u8], value: &[u8]) {
        let end = self.length + name.len() + value.len() + 2;
        if end > self.pending.len() {
            self.flush();
        }
        let end = self.length + name.len() + value.len() + 2;
        let Some(place) = self.pending.get_mut(self.length..end) else {
            return self.push_long_field(name, value);
        };
        let (name_place, rest) = place.split_at_mut(name.len());
        copy(name_place, name);
        if let [equals, value_place @ .., ampersand] = rest {
            *equals = b'=';
            copy(value_place, value);
            *ampersand = b'&';
        }
        self.length = end;
    }

    /// One that is longer than the buffer, which is empty.
    #[cold]
    fn push_long_field(&mut self, name: &[u8], value: &[u8]) {
        for piece in [name, b"=", value, b"&"] {
            self.hasher.update(piece);
        }
    }

    /// The MD5 of what was pushed with the key after it.
    pub(crate) fn digest(mut self, key: &SigningKey) -> [u8; 16] {
        self.flush();
        // Not by way of the buffer: the hasher wipes its own memory, this one does not.
        finish(self.hasher, key)
    }

    #[inline]
    fn flush(&mut self) {
        if self.length > 0 {
            self.hasher.update(self.pending.get(..self.length).unwrap_or_default());
            self.length = 0;
        }
    }
}

/// The digest of what was hashed with the key after it.
pub(crate) fn finish(hasher: Md5, key: &SigningKey) -> [u8; 16] {
    hasher.chain_update(key.as_bytes()).finalize().into()
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
