//! The merchants of a simulator, found by their numbers and by those of their orders.

use std::collections::BTreeMap;

use crate::by_number::ByNumber;
use crate::namespace::{Namespace, Store};
use crate::number::{self, Number};
use crate::{Account, fixtures};

pub(crate) struct Namespaces {
    all: ByNumber<Box<Namespace>>,
    /// Their places there, in the order in which they are configured: by their ordinals.
    by_ordinal: Vec<usize>,
}

impl Namespaces {
    /// Accounts of one merchant number are its stores.
    pub(crate) fn of(accounts: &[Account], seed: u64) -> Self {
        let mut merchants: BTreeMap<&str, (usize, Vec<&Account>)> = BTreeMap::new();
        for account in accounts {
            let ordinal = merchants.len();
            let merchant = merchants.entry(account.merchant_no());
            merchant.or_insert_with(|| (ordinal, Vec::new())).1.push(account);
        }
        let mut places: Vec<(usize, usize)> =
            merchants.values().enumerate().map(|(place, (ordinal, _))| (*ordinal, place)).collect();
        places.sort_unstable();
        let namespace = |(merchant_no, (ordinal, accounts)): (&str, (usize, Vec<&Account>))| {
            let store =
                |account: &Account| (account.store_no().to_owned(), Store::new(account.key().clone()));
            let stores = accounts.into_iter().map(store).collect();
            let namespace = Namespace::new(merchant_no, stores, ordinal as u64, seed);
            (merchant_no.to_owned(), Box::new(namespace))
        };
        Self {
            all: merchants.into_iter().map(namespace).collect(),
            by_ordinal: places.into_iter().map(|(_, place)| place).collect(),
        }
    }

    #[inline]
    pub(crate) fn get(&self, merchant_no: impl AsRef<[u8]>) -> Option<&Namespace> {
        self.all.get(merchant_no).map(Box::as_ref)
    }

    #[inline]
    pub(crate) fn get_mut(&mut self, merchant_no: impl AsRef<[u8]>) -> Option<&mut Namespace> {
        self.all.get_mut(merchant_no).map(Box::as_mut)
    }

    pub(crate) fn contains(&self, merchant_no: &str) -> bool {
        self.all.contains(merchant_no)
    }

    /// In the order of their numbers, here and below.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Namespace)> {
        self.all.iter().map(|(merchant_no, namespace)| (merchant_no, &**namespace))
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut Namespace)> {
        self.all.iter_mut().map(|(merchant_no, namespace)| (merchant_no, &mut **namespace))
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &Namespace> {
        self.all.values().map(Box::as_ref)
    }

    pub(crate) fn numbers(&self) -> impl Iterator<Item = &str> {
        self.all.numbers()
    }

    /// Whose an order is if there is one of this number: the number says it, but for the documentation's.
    pub(crate) fn of_order(&self, number: Number) -> Option<&Namespace> {
        self.all.at(self.place_of_order(number)?).map(Box::as_ref)
    }

    pub(crate) fn of_order_mut(&mut self, number: Number) -> Option<&mut Namespace> {
        let place = self.place_of_order(number)?;
        self.all.at_mut(place).map(Box::as_mut)
    }

    /// Of merchants that share an ordinal it is the one that has the order.
    #[inline]
    fn place_of_order(&self, number: Number) -> Option<usize> {
        let Some(ordinal) = number.ordinal() else { return self.all.place(fixtures::MERCHANT_NO) };
        if let Some(only) = number::only_of_ordinal(&self.by_ordinal, ordinal) {
            return Some(*only);
        }
        let mut sharing = number::of_ordinal(&self.by_ordinal, ordinal).copied();
        let first = sharing.next()?;
        let has_it = |place: &usize| self.all.at(*place).is_some_and(|n| n.orders.get(number).is_some());
        Some(sharing.find(has_it).unwrap_or(first))
    }
}
