//! What two runs are compared by: everything that crossed the line between merchant and Pockyt.

use pockyt_sim::Millis;
use twox_hash::XxHash3_128;

/// The messages of one history, one after another.
pub(super) struct Log<'a>(&'a mut Vec<u8>);

impl<'a> Log<'a> {
    /// An empty one in the memory of another.
    pub(super) fn new(memory: &'a mut Vec<u8>) -> Self {
        memory.clear();
        Self(memory)
    }

    /// Notes something that happened, of so many parts.
    pub(super) fn note(&mut self, at: Millis, kind: u8, parts: &[&[u8]]) {
        self.0.reserve(16 + parts.iter().map(|part| 8 + part.len()).sum::<usize>());
        self.0.extend_from_slice(&at.0.to_le_bytes());
        self.0.push(kind);
        for part in parts {
            self.0.extend_from_slice(&(part.len() as u64).to_le_bytes());
            self.0.extend_from_slice(part);
        }
    }

    /// Notes something whose last part is written where it is noted, and returns that.
    pub(super) fn note_written(
        &mut self,
        at: Millis,
        kind: u8,
        part: &[u8],
        write: impl FnOnce(&mut Vec<u8>),
    ) -> &[u8] {
        self.note(at, kind, &[part, &[]]);
        let start = self.0.len();
        write(self.0);
        let (before, written) = self.0.split_at_mut(start);
        if let Some(length) = before.last_chunk_mut() {
            *length = (written.len() as u64).to_le_bytes();
        }
        written
    }

    pub(super) fn digest(&self) -> u128 {
        XxHash3_128::oneshot(self.0)
    }
}
