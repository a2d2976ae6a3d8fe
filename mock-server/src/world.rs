//! The simulation, its clock and what is to be delivered, behind one lock.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use pockyt_sim::{ControlError, Delivery, DeliveryOutcome, Effect, JournalEntry, Millis, Sim};
use tokio::sync::{Notify, Semaphore};
use tokio::time::Instant;

use crate::clock::{Clock, ClockMode};
use crate::delivery::Courier;
use crate::observer::Observer;

/// Deliveries under way at once under a running clock; the others wait, so that a listener that
/// hangs cannot use up the process's sockets.
const DELIVERIES_AT_ONCE: usize = 256;

/// Everything the HTTP side, the harness and the pump share.
///
/// The lock is a plain mutex, never held across an await; time is read inside it, so what the
/// simulation is told never goes back.
#[derive(Debug)]
pub(crate) struct World {
    state: Mutex<State>,
    pub(crate) courier: Courier,
    observer: Option<Observer>,
    /// Rings when something may have become due.
    pub(crate) changed: Notify,
    pub(crate) delivery_slots: Semaphore,
}

#[derive(Debug)]
struct State {
    sim: Sim,
    clock: Clock,
    due: VecDeque<Delivery>,
    epoch: Epoch,
}

/// Counts resets: an attempt from before a reset must not be judged after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Epoch(u64);

/// What is to be delivered now.
#[derive(Debug)]
pub(crate) struct Due {
    pub(crate) delivery: Delivery,
    pub(crate) epoch: Epoch,
}

impl World {
    pub(crate) fn new(sim: Sim, clock: Clock, courier: Courier, observer: Option<Observer>) -> Self {
        Self {
            state: Mutex::new(State { sim, clock, due: VecDeque::new(), epoch: Epoch(0) }),
            courier,
            observer,
            changed: Notify::new(),
            delivery_slots: Semaphore::new(DELIVERIES_AT_ONCE),
        }
    }

    /// Does something to the simulation. What becomes due by it is started here, under the lock, so
    /// that its place in the journal does not depend on how fast a task wakes up.
    pub(crate) fn act<T>(&self, action: impl FnOnce(&mut Sim, Millis) -> T) -> T {
        let result = {
            let mut state = self.lock();
            state.play_due();
            let now = state.clock.now();
            let result = action(&mut state.sim, now);
            state.play_due();
            result
        };
        self.changed.notify_one();
        result
    }

    /// Looks at the simulation.
    pub(crate) fn view<T>(&self, look: impl FnOnce(&Sim) -> T) -> T {
        look(&self.lock().sim)
    }

    /// The journal of one merchant, or all of it.
    pub(crate) fn journal_lines(&self, merchant_no: Option<&str>) -> Vec<String> {
        let line = JournalEntry::to_json_line;
        self.view(|sim| match merchant_no {
            Some(merchant_no) => sim.journal_of(merchant_no).map(line).collect(),
            None => sim.journal().map(line).collect(),
        })
    }

    pub(crate) fn now(&self) -> Millis {
        self.lock().clock.now()
    }

    pub(crate) fn clock_mode(&self) -> ClockMode {
        self.lock().clock.mode()
    }

    pub(crate) fn next_event(&self) -> Option<Millis> {
        self.lock().sim.next_event()
    }

    /// When a running clock will show `time`.
    pub(crate) fn instant_of(&self, time: Millis) -> Option<Instant> {
        self.lock().clock.instant_of(time)
    }

    pub(crate) fn epoch(&self) -> Epoch {
        self.lock().epoch
    }

    /// Back to the beginning: the state, and a manual clock.
    pub(crate) fn reset(&self) {
        {
            let mut state = self.lock();
            let State { sim, clock, due, epoch } = &mut *state;
            clock.restart();
            sim.reset(clock.now());
            due.clear();
            epoch.0 = epoch.0.wrapping_add(1);
        }
        self.changed.notify_one();
    }

    /// Resets what belongs to one merchant; the others and the clock go on. An attempt of the merchant
    /// that is under way ends unheard: the simulation knows it no more.
    pub(crate) fn reset_merchant(&self, merchant_no: &str) -> Result<(), ControlError> {
        {
            let mut state = self.lock();
            state.play_due();
            let State { sim, clock, due, .. } = &mut *state;
            sim.reset_merchant(merchant_no, clock.now())?;
            due.retain(|delivery| delivery.merchant_no != merchant_no);
        }
        self.changed.notify_one();
        Ok(())
    }

    /// Takes the next delivery due at the present instant.
    pub(crate) fn take_due(&self) -> Option<Due> {
        let mut state = self.lock();
        state.play_due();
        let epoch = state.epoch;
        state.due.pop_front().map(|delivery| Due { delivery, epoch })
    }

    /// Reports what came of an attempt, unless the world was reset since.
    pub(crate) fn judge(&self, delivery: &Delivery, outcome: DeliveryOutcome, epoch: Epoch) {
        let judged = {
            let mut state = self.lock();
            if state.epoch != epoch {
                return;
            }
            let now = state.clock.now();
            let verdict = state.sim.delivered(delivery.attempt, outcome, now);
            let heard = verdict.and(self.observer.as_ref());
            heard.and_then(|observer| Some((observer, state.sim.notification(delivery.notification)?)))
        };
        self.changed.notify_one();
        if let Some((observer, notification)) = judged {
            observer.tell(&notification, delivery.attempt);
        }
    }

    /// Moves a manual clock to the next event later than now and not after `limit`, and starts what
    /// is due there. `None`: nothing is due by then (the clock goes to `limit`, if there is one), or
    /// the world was reset since `epoch`.
    pub(crate) fn step(&self, limit: Option<Millis>, epoch: Epoch) -> Option<Millis> {
        let mut state = self.lock();
        if state.epoch != epoch {
            return None;
        }
        let now = state.clock.now();
        // Later than now: what is due now has been played already, so every step makes progress.
        let in_time = |time: &Millis| *time > now && limit.is_none_or(|limit| *time <= limit);
        let next = state.sim.next_event().filter(in_time);
        if let Some(time) = next.or(limit) {
            state.clock.move_to(time);
            state.play_due();
        }
        next
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The simulation does not panic; were a caller's closure to, the state is still whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn play_due(&mut self) {
        let now = self.clock.now();
        if self.sim.next_event().is_none_or(|due| due > now) {
            return;
        }
        for effect in self.sim.advance(now) {
            // A newer simulation may have effects that this shell cannot perform.
            if let Effect::Deliver(delivery) = effect {
                self.due.push_back(delivery);
            }
        }
    }
}
