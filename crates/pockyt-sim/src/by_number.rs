//! What merchants and stores have, found by their numbers.

/// What is found by the number of a merchant or a store, in the order of the numbers: their texts, not their values.
/// The numbers are known from the beginning.
pub(crate) struct ByNumber<V> {
    all: Vec<(String, V)>,
}

impl<V> ByNumber<V> {
    /// The number may be given as it stands in a body, which nobody has yet found to be text.
    #[inline]
    pub(crate) fn place(&self, number: impl AsRef<[u8]>) -> Option<usize> {
        let number = number.as_ref();
        self.all.binary_search_by(|(known, _)| known.as_bytes().cmp(number)).ok()
    }

    #[inline]
    pub(crate) fn get(&self, number: impl AsRef<[u8]>) -> Option<&V> {
        self.at(self.place(number)?)
    }

    #[inline]
    pub(crate) fn get_mut(&mut self, number: impl AsRef<[u8]>) -> Option<&mut V> {
        let place = self.place(number)?;
        self.at_mut(place)
    }

    #[inline]
    pub(crate) fn at(&self, place: usize) -> Option<&V> {
        self.all.get(place).map(|(_, value)| value)
    }

    #[inline]
    pub(crate) fn at_mut(&mut self, place: usize) -> Option<&mut V> {
        self.all.get_mut(place).map(|(_, value)| value)
    }

    pub(crate) fn contains(&self, number: impl AsRef<[u8]>) -> bool {
        self.place(number).is_some()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &V)> {
        self.all.iter().map(|(number, value)| (number.as_str(), value))
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut V)> {
        self.all.iter_mut().map(|(number, value)| (number.as_str(), value))
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.all.iter().map(|(_, value)| value)
    }

    pub(crate) fn numbers(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|(number, _)| number.as_str())
    }
}

impl<V> Default for ByNumber<V> {
    fn default() -> Self {
        Self { all: Vec::new() }
    }
}

/// Of those with one number the last stays.
impl<V> FromIterator<(String, V)> for ByNumber<V> {
    fn from_iter<I: IntoIterator<Item = (String, V)>>(all: I) -> Self {
        let sorted: std::collections::BTreeMap<String, V> = all.into_iter().collect();
        Self { all: sorted.into_iter().collect() }
    }
}
