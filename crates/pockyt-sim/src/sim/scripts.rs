//! Scripts that wait for what they are for.

use super::Sim;
use crate::Script;

impl Sim {
    /// Whether nothing with the reference of this script was made yet: no order, agreement, hold or payout of
    /// a merchant for whom it holds.
    pub fn is_waiting(&self, script: &Script) -> bool {
        let reference = script.reference.as_str();
        let mut merchants = self.namespaces.iter();
        !merchants.any(|(merchant_no, namespace)| {
            let books = &namespace.books;
            script.holds_for(merchant_no, reference)
                && (namespace.orders.of_reference(reference).is_some()
                    || books.auto_references.contains_key(reference)
                    || books.out_infos.contains_key(reference)
                    || books.invoices.contains_key(reference)
                    || books.accounts.values().any(|account| account.tag.as_deref() == Some(reference)))
        })
    }

    /// The scripts for which nothing was made yet, oldest first.
    pub fn waiting_scripts(&self) -> impl Iterator<Item = &Script> {
        self.scripts.iter().filter(|script| self.is_waiting(script))
    }
}
