//! The simulator: state, time, and what is asked of it from outside.

mod auto_debit;
mod browser;
mod cards;
mod control;
mod dispatch;
mod faults;
mod handle;
mod holds;
mod instore;
mod listing;
mod lookup;
mod mixed;
mod notices;
mod notify;
mod online;
mod orders;
mod payouts;
mod people;
mod records;
mod reports;
mod reset;
mod scripts;
mod search;

use std::collections::BTreeMap;
use std::fmt;

pub use control::ControlError;
pub use faults::{Connection, HeadCut, Reception};

use crate::agenda::{Agenda, Event, OrderTimer, Timer};
use crate::journal::Journal;
use crate::namespaces::Namespaces;
use crate::number::{Number, OrderName};
use crate::order::{Order, Status};
use crate::view::{Standing, TransactionView};
use crate::{Config, Effect, JournalCounts, JournalEntry, Millis, Script, fault};
use notify::Notifications;

/// Pockyt as a state machine: requests, time and verdicts go in, answers and deliveries come out.
///
/// It does no I/O, reads no clock and never panics, whatever bytes come in. Time never goes back: a time
/// before the latest one counts as the latest. Equal configurations and inputs give equal answers and a
/// byte-equal journal.
///
/// A merchant number is a namespace: orders, references, idempotency keys, random numbers, and the view of
/// the journal are its own, and so are scripts and faults that name it. Parallel tests that use a merchant
/// each do not see one another; time is common to all.
pub struct Sim {
    config: Config,
    now: Millis,
    namespaces: Namespaces,
    /// From the number of what is not an order to its merchant.
    owners: BTreeMap<String, String>,
    agenda: Agenda,
    notifications: Notifications,
    orders_made: u64,
    scripts: Vec<Script>,
    faults: fault::Book,
    waiting: faults::Waiting,
    journal: Journal,
}

impl Sim {
    /// A new Pockyt. The published sandbox account 200043, if it is configured with its published token,
    /// holds the documentation's example orders.
    pub fn new(config: Config, now: Millis) -> Self {
        let namespaces = Namespaces::of(&config.accounts, config.seed);
        let mut sim = Self {
            now,
            owners: BTreeMap::new(),
            agenda: Agenda::default(),
            notifications: Notifications::default(),
            scripts: Vec::new(),
            faults: fault::Book::new(config.fault_profile, config.seed),
            waiting: faults::Waiting::default(),
            orders_made: 0,
            journal: Journal::new(config.journal_capacity, namespaces.numbers().map(str::to_owned)),
            namespaces,
            config,
        };
        sim.restore_published(|_| true);
        sim
    }

    /// What it was made from.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// When the next thing happens by itself. It may be in the past: a first delivery is due at the
    /// change of status itself.
    pub fn next_event(&self) -> Option<Millis> {
        self.waiting.ready_since(self.now).into_iter().chain(self.agenda.next()).min()
    }

    /// Plays everything that is due up to and including `to`, in the order of time and, at one time, of
    /// planning.
    ///
    /// Starting a delivery plans its resend, so without [`Sim::delivered`] the schedule goes on. To let
    /// verdicts count, step from one [`Sim::next_event`] to the next.
    pub fn advance(&mut self, to: Millis) -> Vec<Effect> {
        let mut effects = Vec::new();
        while let Some((at, event)) = self.agenda.pop(to) {
            self.now = self.now.max(at);
            match event {
                Event::Deliver(due) => effects.extend(self.start_delivery(at, due)),
                Event::Timer(timer) => self.fire(timer, at),
            }
        }
        self.now = self.now.max(to);
        self.waiting.drain_into(&mut effects);
        effects
    }

    /// How all orders stand, those included that queries do not see: less than [`Sim::transactions`] says, in
    /// no order, and sooner.
    pub fn standings(&self) -> impl Iterator<Item = Standing<'_>> {
        let orders = self.namespaces.values().flat_map(|namespace| namespace.orders.iter());
        orders.map(|order| Standing {
            reference: order.reference.as_deref(),
            status: order.status,
            refunded_amount: order.refunded().text(&order.currency),
        })
    }

    /// One order.
    pub fn transaction(&self, no: &str) -> Option<TransactionView> {
        self.order(no).map(|order| order.view(&self.config.public_url))
    }

    /// The journal, oldest entry first.
    pub fn journal(&self) -> impl Iterator<Item = &JournalEntry> {
        self.journal.entries()
    }

    /// The counters, which go on when the ring drops entries.
    pub fn journal_counts(&self) -> JournalCounts {
        self.journal.counts()
    }

    /// What concerns one merchant: its orders, and the requests that give its number. It begins at the
    /// merchant's latest reset. The numbers of the entries are those of the whole journal.
    pub fn journal_of(&self, merchant_no: &str) -> impl Iterator<Item = &JournalEntry> {
        self.journal.entries_of(merchant_no)
    }

    /// The counters of one merchant since its latest reset; `None` when it is not configured.
    pub fn journal_counts_of(&self, merchant_no: &str) -> Option<JournalCounts> {
        self.journal.counts_of(merchant_no)
    }

    /// Plays the timers that are due, leaves the deliveries to [`Sim::advance`], and says what time it is.
    fn tick(&mut self, now: Millis) -> Millis {
        let now = now.max(self.now);
        while let Some((at, timer)) = self.agenda.pop_timer(now) {
            self.now = self.now.max(at);
            self.fire(timer, at);
        }
        self.now = now;
        now
    }

    fn fire(&mut self, timer: Timer, at: Millis) {
        match timer {
            Timer::AcceptConnections => self.accept_connections(),
            Timer::Release { ticket } => self.release(ticket, at),
            Timer::Decide(decision) => {
                self.decide(&decision.number, decision.to, at, "customer");
            }
            Timer::Order { what, number } => self.fire_for_order(what, Number::of_value(number), at),
        }
    }

    fn fire_for_order(&mut self, what: OrderTimer, number: Number, at: Millis) {
        match what {
            OrderTimer::Book => self.book(number, at),
            OrderTimer::Confirm => drop(self.change_status(number, Status::Success, at, "customer")),
            OrderTimer::Decline => drop(self.change_status(number, Status::Failed, at, "customer")),
            OrderTimer::TimeOut => drop(self.change_status(number, Status::Closed, at, "timeout")),
        }
    }

    /// Whose a number is: that of an order, or of anything else that has one.
    fn owner(&self, number: &str) -> Option<&str> {
        let of_order = || Some(self.order(number)?.merchant_no.as_str());
        self.owners.get(number).map(String::as_str).or_else(of_order)
    }

    fn order(&self, name: impl OrderName) -> Option<&Order> {
        let number = name.number()?;
        self.namespaces.of_order(number)?.orders.get(number)
    }

    fn order_mut(&mut self, name: impl OrderName) -> Option<&mut Order> {
        let number = name.number()?;
        self.namespaces.of_order_mut(number)?.orders.get_mut(number)
    }

    /// Whether this is a sandbox account with the token that Pockyt publishes.
    fn is_published_account(&self, merchant_no: &str) -> bool {
        let namespace = self.namespaces.get(merchant_no);
        namespace
            .is_some_and(|namespace| namespace.stores.values().any(|store| store.key.is_published_sandbox()))
    }
}

impl fmt::Debug for Sim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sim")
            .field("now", &self.now)
            .field("orders", &self.orders_made)
            .field("counts", &self.journal.counts())
            .finish_non_exhaustive()
    }
}
