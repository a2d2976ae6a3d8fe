//! An ordered list of decoded (name, value) pairs.

use alloc::borrow::{Cow, ToOwned as _};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use smallvec::SmallVec;

use crate::Rejection;

/// The fields of a message, in the order in which they came, each name once.
///
/// One text holds all of them: the body itself where it holds names and values as they are, so that reading an
/// ordinary notification allocates nothing. `Debug` shows the names only: values may be personal.
#[derive(Clone, Default)]
pub struct Fields<'a> {
    pub(crate) text: Cow<'a, str>,
    pub(crate) spans: Spans,
    pub(crate) form: Form,
}

/// How the fields stand in their text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Form {
    /// As `name=value` pieces.
    #[default]
    Pairs,
    /// As `"name":"value"` members of an object.
    #[cfg(feature = "json")]
    Members,
}

impl Form {
    /// How many bytes are between a name and its value.
    #[inline]
    fn gap(self) -> u32 {
        match self {
            Self::Pairs => 1,
            #[cfg(feature = "json")]
            Self::Members => 3,
        }
    }
}

/// Messages of up to this many fields are noted without allocating.
pub(crate) type Spans = SmallVec<[Span; 16]>;

/// Where one field is in the text. 32 bits are enough: longer bodies are refused.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    start: u32,
    name_end: u32,
    end: u32,
}

impl Span {
    /// The three places must fit into 32 bits; see [`fits`].
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "whoever makes a span has refused longer texts")]
    pub(crate) fn new(start: usize, name_end: usize, end: usize) -> Self {
        Self { start: start as u32, name_end: name_end as u32, end: end as u32 }
    }

    #[inline]
    pub(crate) fn start(self) -> usize {
        self.start as usize
    }

    #[inline]
    pub(crate) fn end(self) -> usize {
        self.end as usize
    }

    #[inline]
    pub(crate) fn name(self, text: &[u8]) -> &[u8] {
        text.get(self.start as usize..self.name_end as usize).unwrap_or_default()
    }

    #[inline]
    pub(crate) fn name_length(self) -> usize {
        (self.name_end - self.start) as usize
    }

    #[inline]
    pub(crate) fn value(self, text: &[u8], form: Form) -> &[u8] {
        text.get((self.name_end + form.gap()) as usize..self.end as usize).unwrap_or_default()
    }

    /// Whether the value is.
    #[inline]
    pub(crate) fn is_empty(self, form: Form) -> bool {
        self.name_end + form.gap() == self.end
    }

    fn of(self, text: &str, form: Form) -> (&str, &str) {
        // Spans are made where the text is cut at ASCII, so both halves are whole texts.
        let part = |from: u32, to: u32| text.get(from as usize..to as usize).unwrap_or_default();
        (part(self.start, self.name_end), part(self.name_end + form.gap(), self.end))
    }
}

impl Fields<'_> {
    /// The value of a field.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find_map(|(candidate, value)| (candidate == name).then_some(value))
    }

    /// The fields in the order in which they came.
    pub fn iter(&self) -> Iter<'_> {
        self.into_iter()
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The same fields without borrowing from the body.
    pub fn into_owned(self) -> Fields<'static> {
        Fields { text: Cow::Owned(self.text.into_owned()), spans: self.spans, form: self.form }
    }

    pub(crate) fn drop_empty(&mut self) {
        let form = self.form;
        self.spans.retain(|span| !span.is_empty(form));
    }
}

impl<'f> IntoIterator for &'f Fields<'_> {
    type Item = (&'f str, &'f str);
    type IntoIter = Iter<'f>;

    fn into_iter(self) -> Iter<'f> {
        Iter { text: &self.text, spans: self.spans.iter(), form: self.form }
    }
}

/// The fields of a message; see [`Fields::iter`].
#[derive(Clone)]
pub struct Iter<'f> {
    text: &'f str,
    spans: core::slice::Iter<'f, Span>,
    form: Form,
}

impl<'f> Iterator for Iter<'f> {
    type Item = (&'f str, &'f str);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.spans.next().map(|span| span.of(self.text, self.form))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.spans.size_hint()
    }
}

impl DoubleEndedIterator for Iter<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.spans.next_back().map(|span| span.of(self.text, self.form))
    }
}

impl ExactSizeIterator for Iter<'_> {}

impl fmt::Debug for Iter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Iter")?;
        f.debug_list().entries(self.clone().map(|(name, _)| name)).finish()
    }
}

impl PartialEq for Fields<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Fields<'_> {}

impl fmt::Debug for Fields<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fields")?;
        f.debug_list().entries(self.iter().map(|(name, _)| name)).finish()
    }
}

/// A decoded message before it is judged: every field as it came, `verifySign` and odd names included.
///
/// It is filled where its owner has it, since moving it takes as long as noting a few fields.
#[derive(Default)]
pub(crate) struct Decoded<'a> {
    pub(crate) fields: Fields<'a>,
    /// Whether all names are known to be plain, and no value can hold an `&`.
    pub(crate) plain: bool,
}

impl<'a> Decoded<'a> {
    /// What a reader makes of a body.
    pub(crate) fn by(
        read: impl FnOnce(&'a [u8], &mut Self) -> Result<(), Rejection>,
        body: &'a [u8],
    ) -> Result<Self, Rejection> {
        let mut decoded = Self::default();
        read(body, &mut decoded).map(|()| decoded)
    }

    pub(crate) fn into_pairs(self) -> Vec<(String, String)> {
        self.fields.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}

/// Refuses lengths that do not fit into a [`Span`].
pub(crate) fn fits(length: usize) -> Result<(), Rejection> {
    u32::try_from(length).map(|_| ()).map_err(|_| Rejection::TooLarge)
}
