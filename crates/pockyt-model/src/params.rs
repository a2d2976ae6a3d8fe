//! The parameters of a request, in the order in which they are signed and sent.

use std::borrow::Cow;

/// Ordered (name, value) pairs. An [`Operation`](crate::Operation) writes its fields into one.
#[derive(Clone, Default)]
pub struct Params<'a> {
    pairs: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

impl<'a> Params<'a> {
    /// Adds a parameter.
    pub fn push(&mut self, name: impl Into<Cow<'a, str>>, value: impl Into<Cow<'a, str>>) {
        self.pairs.push((name.into(), value.into()));
    }

    /// Adds a parameter when there is a value for it.
    pub fn push_some(&mut self, name: &'static str, value: Option<impl Into<Cow<'a, str>>>) {
        if let Some(value) = value {
            self.push(name, value);
        }
    }

    /// The pairs.
    pub fn pairs(&self) -> &[(Cow<'a, str>, Cow<'a, str>)] {
        &self.pairs
    }

    /// The names in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.pairs.iter().map(|(name, _)| name.as_ref())
    }

    pub(crate) fn sort(&mut self) {
        self.pairs.sort_by(|(a, _), (b, _)| a.cmp(b));
    }
}

/// Names only: values may be card numbers.
impl std::fmt::Debug for Params<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Params")?;
        f.debug_list().entries(self.names()).finish()
    }
}
