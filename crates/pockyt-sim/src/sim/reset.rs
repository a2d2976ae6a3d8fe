//! Back to the beginning, for all or for one merchant.

use super::Sim;
use super::control::ControlError;
use super::faults::Waiting;
use crate::journal::JournalEvent;
use crate::{Millis, Schedule, fixtures};

impl Sim {
    /// Back to the state of [`Sim::new`]: same seed, the documentation's orders restored, scripts and
    /// faults cleared, journal and counters empty.
    pub fn reset(&mut self, now: Millis) {
        *self = Self::new(self.config.clone(), now);
    }

    /// Back to the state of [`Sim::new`] with the same configuration but for the seed and the schedule, like
    /// [`Sim::reset`]. It keeps its memory: for many short stories, one after another.
    pub fn start_over(&mut self, seed: u64, schedule: Schedule, now: Millis) {
        let Self {
            config,
            now: present,
            namespaces,
            owners,
            agenda,
            notifications,
            orders_made,
            scripts,
            faults,
            waiting,
            journal,
        } = self;
        (config.seed, config.schedule) = (seed, schedule);
        *present = now;
        for (merchant_no, namespace) in namespaces.iter_mut() {
            namespace.start_over(merchant_no, seed);
        }
        owners.clear();
        agenda.clear();
        notifications.clear();
        *orders_made = 0;
        scripts.clear();
        faults.start_over(seed);
        *waiting = Waiting::default();
        journal.clear();
        self.restore_published(|_| true);
    }

    /// Resets what belongs to one merchant: orders, references, idempotency keys, notifications, scripts
    /// and faults that name it, its random numbers, its view of the journal and its counters. The same
    /// calls give the same transaction numbers again; notifications and attempts are numbered on.
    ///
    /// Time, the other merchants, and scripts and faults for every merchant stay. The common journal
    /// notes the reset.
    ///
    /// # Errors
    ///
    /// [`ControlError::UnknownMerchant`].
    pub fn reset_merchant(&mut self, merchant_no: &str, now: Millis) -> Result<(), ControlError> {
        let now = self.tick(now);
        let namespace = self.namespaces.get_mut(merchant_no).ok_or(ControlError::UnknownMerchant)?;
        let past = namespace.restart(merchant_no, self.config.seed);
        let mut planned = self.notifications.forget(merchant_no);
        self.owners.retain(|_, owner| owner != merchant_no);
        planned.extend(past.books.timers);
        for order in past.orders.iter() {
            planned.extend(order.expiry_timer.into_iter().chain(order.wallet_timer));
        }
        for key in planned {
            self.agenda.remove(key);
        }
        self.clear_scripts_of(merchant_no)?;
        self.clear_faults_of(merchant_no)?;
        self.forget_calls_of(merchant_no);
        self.journal.write(now, Some(merchant_no), JournalEvent::MerchantReset);
        self.journal.begin_again(merchant_no);
        self.restore_published(|published| published == merchant_no);
        Ok(())
    }

    /// Puts the documentation's orders of these merchants into the books, where the account is configured.
    pub(super) fn restore_published(&mut self, wanted: impl Fn(&str) -> bool) {
        let restored = self.namespaces.numbers().filter(|no| wanted(no) && self.is_published_account(no));
        let restored: Vec<String> = restored.map(str::to_owned).collect();
        if restored.iter().any(|no| no == fixtures::MERCHANT_NO) {
            for order in fixtures::orders() {
                self.insert(order);
            }
        }
        for merchant_no in restored {
            let numbers = self.books_mut(&merchant_no).map(|books| fixtures::fill(&merchant_no, books));
            let owned = numbers.into_iter().flatten().map(|number| (number, merchant_no.clone()));
            self.owners.extend(owned);
        }
    }
}
