//! What is going to happen, in (time, insertion) order.

use std::collections::BTreeMap;
use std::num::NonZeroU64;

use crate::number::Number;
use crate::order::Status;
use crate::{Millis, NotificationId, Ticket};

/// When something is due, and its place among what is due at the same time.
pub(crate) type Key = (Millis, NonZeroU64);

/// A change that comes by itself.
#[derive(Clone, Debug)]
pub(crate) enum Timer {
    AcceptConnections,
    Release {
        ticket: Ticket,
    },
    /// A payout, an agreement or an account that waits is decided.
    Decide(Box<Decision>),
    /// Something becomes of the order of this number.
    Order {
        what: OrderTimer,
        /// [`Number::value`]: half as long as its text.
        number: u64,
    },
}

/// What becomes of an order by itself.
#[derive(Clone, Copy, Debug)]
pub(crate) enum OrderTimer {
    /// What was booked late comes to light.
    Book,
    Confirm,
    Decline,
    TimeOut,
}

#[derive(Clone, Debug)]
pub(crate) struct Decision {
    pub(crate) number: String,
    pub(crate) to: Status,
}

impl OrderTimer {
    pub(crate) fn of(self, number: Number) -> Timer {
        Timer::Order { what: self, number: number.value() }
    }
}

/// A delivery that is to be started.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Due {
    pub(crate) notification: NotificationId,
    /// How many resends of the schedule come before it; none for one asked for by hand.
    pub(crate) resend: Option<usize>,
}

pub(crate) enum Event {
    Deliver(Due),
    Timer(Timer),
}

/// Timers and deliveries are kept apart: a request plays the timers that are due before it, while
/// deliveries wait for the caller, who alone can carry them out.
#[derive(Default)]
pub(crate) struct Agenda {
    timers: BTreeMap<Key, Timer>,
    deliveries: BTreeMap<Key, Due>,
    inserted: u64,
}

impl Agenda {
    pub(crate) fn add_timer(&mut self, at: Millis, timer: Timer) -> Key {
        let key = self.next_key(at);
        self.timers.insert(key, timer);
        key
    }

    pub(crate) fn add_delivery(&mut self, at: Millis, due: Due) -> Key {
        let key = self.next_key(at);
        self.deliveries.insert(key, due);
        key
    }

    pub(crate) fn clear(&mut self) {
        let Self { timers, deliveries, inserted } = self;
        // One by one, which leaves a map the memory of its first few.
        timers.retain(|_, _| false);
        deliveries.retain(|_, _| false);
        *inserted = 0;
    }

    pub(crate) fn remove(&mut self, key: Key) {
        if self.timers.remove(&key).is_none() {
            self.deliveries.remove(&key);
        }
    }

    pub(crate) fn next(&self) -> Option<Millis> {
        self.next_timer().into_iter().chain(self.next_delivery()).min().map(|(at, _)| at)
    }

    pub(crate) fn pop_timer(&mut self, to: Millis) -> Option<(Millis, Timer)> {
        let key = self.next_timer().filter(|(at, _)| *at <= to)?;
        self.timers.remove(&key).map(|timer| (key.0, timer))
    }

    pub(crate) fn pop(&mut self, to: Millis) -> Option<(Millis, Event)> {
        let timer = self.next_timer();
        match self.next_delivery().filter(|(at, _)| *at <= to) {
            Some(delivery) if timer.is_none_or(|timer| delivery < timer) => {
                self.deliveries.remove(&delivery).map(|due| (delivery.0, Event::Deliver(due)))
            }
            _ => self.pop_timer(to).map(|(at, timer)| (at, Event::Timer(timer))),
        }
    }

    fn next_timer(&self) -> Option<Key> {
        self.timers.first_key_value().map(|(key, _)| *key)
    }

    fn next_delivery(&self) -> Option<Key> {
        self.deliveries.first_key_value().map(|(key, _)| *key)
    }

    fn next_key(&mut self, at: Millis) -> Key {
        let key = (at, NonZeroU64::MIN.saturating_add(self.inserted));
        self.inserted += 1;
        key
    }
}
