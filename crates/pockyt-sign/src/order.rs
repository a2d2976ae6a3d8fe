//! Putting names into the order in which they are signed: by their bytes.

use core::cmp::Ordering;

use smallvec::SmallVec;

use crate::words;

/// A field with the start of its name as a number, so that most comparisons look at one register.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keyed<T> {
    pub(crate) prefix: u64,
    pub(crate) item: T,
}

/// Messages of up to this many fields are ordered without allocating.
pub(crate) type Ordered<T> = SmallVec<[Keyed<T>; 16]>;

/// The first eight bytes of a name, most significant first; shorter names are filled up with zeros, which
/// sorts them before longer ones that begin alike.
#[inline]
pub(crate) fn prefix(name: &[u8]) -> u64 {
    words::load(name, 0).swap_bytes()
}

/// The same for a name that stands in a text.
#[inline]
pub(crate) fn prefix_at(text: &[u8], start: usize, length: usize) -> u64 {
    words::cut(words::load(text, start), length).swap_bytes()
}

/// Orders by name, keeping the given order among equal names, and says whether there are any. A list that
/// is in order already costs one comparison a field.
#[inline]
pub(crate) fn sort<'a, T: Copy>(fields: &mut [Keyed<T>], name: impl Fn(&T) -> &'a [u8]) -> bool {
    let compare = |a: &Keyed<T>, b: &Keyed<T>| match a.prefix.cmp(&b.prefix) {
        Ordering::Equal => name(&a.item).cmp(name(&b.item)),
        different => different,
    };
    if fields.is_sorted_by(|a, b| compare(a, b) == Ordering::Less) {
        return false;
    }
    fields.sort_by(compare);
    fields.windows(2).any(|pair| matches!(pair, [a, b] if compare(a, b) == Ordering::Equal))
}
