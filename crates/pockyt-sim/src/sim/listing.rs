//! Orders in the order in which they were made, looked at one by one.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::iter;

use super::Sim;
use super::control::ControlError;
use crate::order::Order;
use crate::view::{Glance, Place, TransactionView};

/// The orders of one merchant that are still to come, and the next of them.
struct Run<'a, I> {
    next: &'a Order,
    older: I,
}

impl<I> Ord for Run<'_, I> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.next.position.cmp(&other.next.position)
    }
}

impl<I> PartialOrd for Run<'_, I> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<I> PartialEq for Run<'_, I> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<I> Eq for Run<'_, I> {}

impl Sim {
    /// All orders, oldest first, those included that queries do not see: holds, unpaid mixed codes, and what
    /// is booked late.
    pub fn transactions(&self) -> Vec<TransactionView> {
        let mut orders: Vec<&Order> = self.namespaces.values().flat_map(|n| n.orders.iter()).collect();
        orders.sort_by_key(|order| order.position);
        orders.into_iter().map(|order| order.view(&self.config.public_url)).collect()
    }

    /// The same orders, newest first, each only at a glance: of one merchant if one is named, and of those that
    /// were made before another if its place is given. What is not taken costs nothing.
    ///
    /// # Errors
    ///
    /// [`ControlError::UnknownMerchant`].
    pub fn newest_first(
        &self,
        merchant_no: Option<&str>,
        before: Option<Place>,
    ) -> Result<impl Iterator<Item = Glance<'_>>, ControlError> {
        self.check_named(merchant_no)?;
        let of_one = merchant_no.and_then(|merchant_no| self.namespaces.get(merchant_no));
        let of_all = self.namespaces.values().filter(|_| merchant_no.is_none());
        let mut runs: BinaryHeap<Run<'_, _>> = of_one
            .into_iter()
            .chain(of_all)
            .filter_map(|namespace| {
                let mut older = namespace.orders.newest_first(before.map(|Place(position)| position));
                Some(Run { next: older.next()?, older })
            })
            .collect();
        Ok(iter::from_fn(move || {
            let mut run = runs.peek_mut()?;
            let order = run.next;
            match run.older.next() {
                Some(next) => run.next = next,
                None => drop(PeekMut::pop(run)),
            }
            Some(Glance { order, public_url: &self.config.public_url })
        }))
    }

    /// Where an order stands among all.
    pub fn place(&self, transaction_no: &str) -> Option<Place> {
        self.order(transaction_no).map(|order| Place(order.position))
    }
}
