//! Names as they are written in answers.

/// How long they are at most.
const MOST: usize = 32;

/// The name of a member as JSON has it after another one: `,"name":`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) text: [u8; MOST],
    pub(crate) length: usize,
}

impl Member {
    /// A name of ours, of at most 28 bytes without anything to escape: whoever adds a longer one to a table is
    /// told by the compiler.
    #[expect(clippy::indexing_slicing, reason = "it is worked out when the tables are compiled")]
    pub(crate) const fn named(name: &str) -> Self {
        let name = name.as_bytes();
        let mut text = [0; MOST];
        text[0] = b',';
        text[1] = b'"';
        let mut at = 0;
        while at < name.len() {
            text[at + 2] = name[at];
            at += 1;
        }
        text[at + 2] = b'"';
        text[at + 3] = b':';
        Self { text, length: at + 4 }
    }
}
