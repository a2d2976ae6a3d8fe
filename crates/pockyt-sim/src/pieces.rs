//! Writing short pieces one after another: most are a few bytes, and a call for each costs more than moving them.

use crate::words;

/// Bytes that are written from their beginning to their end.
#[derive(Default)]
pub(crate) struct Pieces {
    /// What is written, and room after it.
    bytes: Vec<u8>,
    end: usize,
}

impl Pieces {
    pub(crate) fn with_room(room: usize) -> Self {
        // Not with zeros: memory that has to be zero is not taken from where the latest was given back.
        let mut bytes = Vec::with_capacity(room);
        bytes.resize(room, b' ');
        Self { bytes, end: 0 }
    }

    /// How many bytes are written.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.end
    }

    #[inline]
    pub(crate) fn push(&mut self, piece: &[u8]) {
        copy(self.place(piece.len()), piece);
    }

    #[inline]
    pub(crate) fn push_byte(&mut self, byte: u8) {
        if let [place] = self.place(1) {
            *place = byte;
        }
    }

    /// Writes a piece between quotation marks.
    #[inline]
    pub(crate) fn push_quoted(&mut self, piece: &[u8]) {
        match words::quoted(piece) {
            Some(quoted) => self.push_beginning(&quoted, piece.len() + 2),
            None => self.push_longer_quoted(piece),
        }
    }

    /// Apart, so that the shorter ones are not slowed down by what only these need.
    #[inline(never)]
    fn push_longer_quoted(&mut self, piece: &[u8]) {
        copy(self.quoted_place(piece.len()), piece);
    }

    /// Writes the beginning of a piece of fixed length between quotation marks.
    #[inline]
    pub(crate) fn push_quoted_beginning<const N: usize>(&mut self, piece: &[u8; N], length: usize) {
        self.push_byte(b'"');
        self.push_beginning(piece, length);
        self.push_byte(b'"');
    }

    /// Writes quotation marks around so many bytes, which the caller writes.
    #[inline]
    pub(crate) fn quoted_place(&mut self, length: usize) -> &mut [u8] {
        let [before, place @ .., after] = self.place(length + 2) else { return &mut [] };
        (*before, *after) = (b'"', b'"');
        place
    }

    /// Writes the beginning of a piece of fixed length, which is moved in whole words.
    #[inline]
    pub(crate) fn push_beginning<const N: usize>(&mut self, piece: &[u8; N], length: usize) {
        let room = self.bytes.get_mut(self.end..).unwrap_or_default();
        if let Some(place) = room.first_chunk_mut() {
            *place = *piece;
            self.end += length.min(N);
        } else {
            self.push(piece.get(..length).unwrap_or_default());
        }
    }

    /// Writes a byte over one that is there.
    #[inline]
    pub(crate) fn replace(&mut self, at: usize, byte: u8) {
        if let Some(place) = self.bytes.get_mut(at) {
            *place = byte;
        }
    }

    pub(crate) fn into_bytes(mut self) -> Vec<u8> {
        self.bytes.truncate(self.end);
        self.bytes
    }

    /// The next so many bytes, which the caller writes.
    #[inline]
    pub(crate) fn place(&mut self, length: usize) -> &mut [u8] {
        let (start, end) = (self.end, self.end + length);
        if end > self.bytes.len() {
            self.make_room(end);
        }
        self.end = end;
        self.bytes.get_mut(start..end).unwrap_or_default()
    }

    #[cold]
    fn make_room(&mut self, end: usize) {
        self.bytes.resize(end.max(2 * self.bytes.len()), 0);
    }
}

/// Two words that may overlap move a few bytes faster than a call does. Both slices have the same length.
#[inline]
fn copy(place: &mut [u8], piece: &[u8]) {
    if piece.len() > 32 {
        place.copy_from_slice(piece);
        return;
    }
    let _ = ends::<16>(place, piece)
        || ends::<8>(place, piece)
        || ends::<4>(place, piece)
        || ends::<2>(place, piece)
        || ends::<1>(place, piece);
}

/// Moves the first and the last so many bytes, if there are as many.
#[inline]
fn ends<const N: usize>(place: &mut [u8], piece: &[u8]) -> bool {
    let (Some(first), Some(last)) = (piece.first_chunk::<N>(), piece.last_chunk::<N>()) else { return false };
    if let Some(start) = place.first_chunk_mut::<N>() {
        *start = *first;
    }
    if let Some(end) = place.last_chunk_mut::<N>() {
        *end = *last;
    }
    true
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    enum Step {
        Beginning([u8; 32], usize),
        Byte(u8),
        Piece(Vec<u8>),
        Quoted(Vec<u8>),
        QuotedBeginning([u8; 32], usize),
    }

    fn step() -> impl Strategy<Value = Step> {
        let piece = || {
            let bytes = |most: usize| prop::collection::vec(any::<u8>(), 0..most);
            prop_oneof![bytes(12), bytes(80)]
        };
        prop_oneof![
            (any::<[u8; 32]>(), 0..=32_usize).prop_map(|(piece, length)| Step::Beginning(piece, length)),
            any::<u8>().prop_map(Step::Byte),
            piece().prop_map(Step::Piece),
            piece().prop_map(Step::Quoted),
            (any::<[u8; 32]>(), 0..=32_usize)
                .prop_map(|(piece, length)| Step::QuotedBeginning(piece, length)),
        ]
    }

    proptest! {
        #[test]
        fn the_pieces_stand_one_after_another(room in 0..200_usize, steps in prop::collection::vec(step(), 0..20)) {
            let mut pieces = Pieces::with_room(room);
            let mut plain = Vec::new();
            for step in &steps {
                match step {
                    Step::Beginning(piece, length) => {
                        pieces.push_beginning(piece, *length);
                        plain.extend_from_slice(&piece[..*length]);
                    }
                    Step::Byte(byte) => {
                        pieces.push_byte(*byte);
                        plain.push(*byte);
                    }
                    Step::Piece(piece) => {
                        pieces.push(piece);
                        plain.extend_from_slice(piece);
                    }
                    Step::QuotedBeginning(piece, length) => {
                        pieces.push_quoted_beginning(piece, *length);
                        plain.extend([&b"\""[..], &piece[..*length], b"\""].concat());
                    }
                    Step::Quoted(piece) => {
                        pieces.push_quoted(piece);
                        plain.extend([&b"\""[..], piece, b"\""].concat());
                    }
                }
                prop_assert_eq!(pieces.len(), plain.len());
            }
            if !plain.is_empty() {
                pieces.replace(0, b'{');
                plain[0] = b'{';
            }
            prop_assert_eq!(pieces.bytes.get(..pieces.len()), Some(&plain[..]));
            prop_assert_eq!(pieces.into_bytes(), plain);
        }
    }
}
