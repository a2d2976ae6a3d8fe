//! The orders of one merchant, kept small: there may be millions of them.

use std::sync::Arc;

use hashbrown::HashTable;

use crate::number::{Number, OrderName};
use crate::order::{Order, Terms};
use crate::words;

/// How many orders are kept in one piece of memory. Pieces never move, so growing copies nothing.
const PAGE: usize = 64;
/// Among how many earlier terms those of a new order are looked for.
const RECENT: usize = 8;

/// All orders, oldest first, found by number and by reference.
#[derive(Default)]
pub(crate) struct Orders {
    pages: Vec<Vec<Order>>,
    /// Places, by the hash of the number. The order of the table is never looked at.
    by_number: HashTable<u32>,
    /// Places, by the hash of the reference: of each reference the newest.
    by_reference: HashTable<u32>,
    /// Most orders are made on the same terms as one shortly before.
    recent: Vec<Arc<Terms>>,
    oldest_recent: usize,
}

impl Orders {
    pub(crate) fn get(&self, name: impl OrderName) -> Option<&Order> {
        self.at(self.place(name.number()?)?)
    }

    pub(crate) fn get_mut(&mut self, name: impl OrderName) -> Option<&mut Order> {
        let place = self.place(name.number()?)? as usize;
        self.pages.get_mut(place / PAGE)?.get_mut(place % PAGE)
    }

    /// The newest order with a reference.
    pub(crate) fn of_reference(&self, reference: &str) -> Option<&Order> {
        let has_it = |place: &u32| self.at(*place).is_some_and(|order| order.is_called(reference));
        self.at(*self.by_reference.find(words::hash(reference), has_it)?)
    }

    /// Oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Order> {
        self.pages.iter().flatten()
    }

    /// Newest first, of those that were made before the order of this position if one is given.
    pub(crate) fn newest_first(&self, before: Option<u32>) -> impl Iterator<Item = &Order> {
        let is_older = move |order: &Order| before.is_none_or(|before| order.position < before);
        let pages = self.pages.partition_point(|page| page.first().is_some_and(is_older));
        let pages = self.pages.get(..pages).unwrap_or_default();
        pages.iter().rev().flat_map(|page| page.iter().rev()).skip_while(move |order| !is_older(order))
    }

    /// Adds an order, whose number is new.
    pub(crate) fn insert(&mut self, mut order: Order) {
        let whole_pages = self.pages.len().saturating_sub(1) * PAGE;
        let place = whole_pages + self.pages.last().map_or(0, Vec::len);
        let Ok(place) = u32::try_from(place) else { return };
        order.terms = self.shared(order.terms);
        let number = order.number;
        if self.pages.last().is_none_or(|page| page.len() == PAGE) {
            // A merchant of a few orders takes no whole page.
            let room = if self.pages.is_empty() { 0 } else { PAGE };
            self.pages.push(Vec::with_capacity(room));
        }
        if let Some(page) = self.pages.last_mut() {
            page.push(order);
        }
        let pages = &self.pages;
        let at = |place: &u32| order_at(pages, *place);
        let number_hash = |place: &u32| at(place).map_or(0, |order| hash(order.number));
        self.by_number.insert_unique(hash(number), place, number_hash);
        let Some(reference) = at(&place).and_then(|order| order.reference.as_deref()) else { return };
        let reference_hash =
            |place: &u32| at(place).and_then(|order| order.reference.as_deref()).map_or(0, words::hash);
        let is_called = |place: &u32| at(place).is_some_and(|order| order.is_called(reference));
        match self.by_reference.find_mut(words::hash(reference), is_called) {
            Some(known) => *known = place,
            None => drop(self.by_reference.insert_unique(words::hash(reference), place, reference_hash)),
        }
    }

    /// Forgets all of them. It keeps what memory a few need, and the terms that the next ones may have as well.
    pub(crate) fn clear(&mut self) {
        let Self { pages, by_number, by_reference, recent: _, oldest_recent: _ } = self;
        pages.truncate(1);
        pages.iter_mut().for_each(Vec::clear);
        by_number.clear();
        by_reference.clear();
    }

    /// Gives an order other terms.
    pub(crate) fn set_terms(&mut self, number: Number, terms: &Terms<&str>) {
        let terms = self.terms(terms);
        let terms = self.shared(terms);
        if let Some(order) = self.get_mut(number) {
            order.terms = terms;
        }
    }

    /// These terms: those of an earlier order if one had them.
    pub(crate) fn terms(&self, wanted: &Terms<&str>) -> Arc<Terms> {
        let known = self.recent.iter().find(|known| known.as_texts() == *wanted);
        known.map_or_else(|| Arc::new(wanted.into()), Arc::clone)
    }

    /// The same terms, of an earlier order if one had them.
    fn shared(&mut self, terms: Arc<Terms>) -> Arc<Terms> {
        if self.recent.iter().any(|known| Arc::ptr_eq(known, &terms)) {
            return terms;
        }
        if let Some(known) = self.recent.iter().find(|known| **known == terms) {
            return Arc::clone(known);
        }
        match self.recent.get_mut(self.oldest_recent) {
            Some(oldest) => *oldest = Arc::clone(&terms),
            None => self.recent.push(Arc::clone(&terms)),
        }
        self.oldest_recent = (self.oldest_recent + 1) % RECENT;
        terms
    }

    fn place(&self, number: Number) -> Option<u32> {
        let is_it = |place: &u32| self.at(*place).is_some_and(|order| order.number == number);
        self.by_number.find(hash(number), is_it).copied()
    }

    fn at(&self, place: u32) -> Option<&Order> {
        order_at(&self.pages, place)
    }
}

fn order_at(pages: &[Vec<Order>], place: u32) -> Option<&Order> {
    pages.get(place as usize / PAGE)?.get(place as usize % PAGE)
}

fn hash(number: Number) -> u64 {
    let mixed = number.value().wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed ^ (mixed >> 32)
}
