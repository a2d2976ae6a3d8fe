//! The simulation, its clock and what is to be delivered, behind one lock.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pockyt_sim::{
    ApiRequest, ApiResponse, Connection, ControlError, Delivery, DeliveryOutcome, Effect, HeadCut, Millis,
    Reception, Reply, Sim, Ticket,
};
use tokio::sync::{Notify, Semaphore, mpsc, oneshot, watch};
use tokio::time::Instant;

use crate::clock::{Clock, ClockMode};
use crate::delivery::Courier;
use crate::observer::Observer;
use crate::server::Door;

/// Deliveries under way at once under a running clock; the others wait, so that a listener that
/// hangs cannot use up the process's sockets.
const DELIVERIES_AT_ONCE: usize = 256;
/// Streams of events at once.
const WATCHERS_AT_ONCE: usize = 64;

/// Everything the HTTP side, the harness and the pump share.
///
/// The lock is a plain mutex, never held across an await; time is read inside it, so what the
/// simulation is told never goes back.
#[derive(Debug)]
pub(crate) struct World {
    state: Mutex<State>,
    /// Whether nothing can go wrong with a connection or the head of a request, as it was when the lock was
    /// last released: each of them asks, and nearly always there is nothing to do.
    is_undisturbed: AtomicBool,
    pub(crate) courier: Courier,
    observer: Option<Observer>,
    /// Rings when something may have become due.
    pub(crate) changed: Notify,
    pub(crate) delivery_slots: Semaphore,
    /// Rings for whoever watches; true at the end.
    news: watch::Sender<bool>,
    /// How many may watch at once.
    pub(crate) watching: Arc<Semaphore>,
}

#[derive(Debug)]
struct State {
    sim: Sim,
    clock: Clock,
    due: VecDeque<Delivery>,
    waiters: HashMap<Ticket, Waiter>,
    door: Door,
    /// Whether the door was told to refuse connections.
    is_refusing: bool,
    epoch: Epoch,
}

/// Who waits for something that the simulation does later.
#[derive(Debug)]
enum Waiter {
    Answer(oneshot::Sender<ApiResponse>),
    Pieces(mpsc::UnboundedSender<()>),
}

/// What becomes of a request.
#[derive(Debug)]
pub(crate) enum Receipt {
    Answered(ApiResponse),
    /// The answer comes later, or never when the mock is reset or stopped.
    Held(oneshot::Receiver<ApiResponse>),
    /// A piece of the body may be sent each time something comes.
    InPieces(ApiResponse, mpsc::UnboundedReceiver<()>),
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
    pub(crate) fn new(
        sim: Sim,
        clock: Clock,
        courier: Courier,
        observer: Option<Observer>,
        door: Door,
    ) -> Self {
        let (due, waiters, epoch) = (VecDeque::new(), HashMap::new(), Epoch(0));
        Self {
            is_undisturbed: AtomicBool::new(sim.is_undisturbed()),
            state: Mutex::new(State { sim, clock, due, waiters, door, is_refusing: false, epoch }),
            courier,
            observer,
            changed: Notify::new(),
            delivery_slots: Semaphore::new(DELIVERIES_AT_ONCE),
            news: watch::Sender::new(false),
            watching: Arc::new(Semaphore::new(WATCHERS_AT_ONCE)),
        }
    }

    /// Does something to the simulation. What becomes due by it is started here, under the lock, so
    /// that its place in the journal does not depend on how fast a task wakes up.
    pub(crate) fn act<T>(&self, action: impl FnOnce(&mut Sim, Millis) -> T) -> T {
        let result = {
            let mut state = self.lock();
            let now = state.play_due();
            let result = action(&mut state.sim, now);
            state.play_due();
            self.look_out(&state);
            result
        };
        self.ring();
        result
    }

    /// Takes a request. The pump is woken up only when there is something for it to do.
    pub(crate) fn receive(&self, request: &ApiRequest<'_>) -> Receipt {
        let (receipt, is_urgent) = {
            let mut state = self.lock();
            let now = state.play_due();
            let before = state.sim.next_event();
            let reception = state.sim.receive(request, now);
            let receipt = state.admit(reception);
            state.play_due_at(now);
            self.look_out(&state);
            let is_earlier =
                state.sim.next_event().is_some_and(|next| before.is_none_or(|before| next < before));
            (receipt, is_earlier || !state.due.is_empty())
        };
        if is_urgent {
            self.changed.notify_one();
        }
        self.tell();
        receipt
    }

    /// Takes a connection. When nothing can go wrong, it wakes nobody up.
    pub(crate) fn connect(&self) -> Connection {
        if self.is_undisturbed() { Connection::Served } else { self.act(Sim::connect) }
    }

    /// Looks at the path of a request whose body is still to be read.
    pub(crate) fn cut_at_head(&self, path: &str) -> Option<HeadCut> {
        if self.is_undisturbed() {
            return None;
        }
        self.act(|sim, now| sim.cut_at_head(path, now))
    }

    fn is_undisturbed(&self) -> bool {
        self.is_undisturbed.load(Ordering::Acquire)
    }

    /// To be called whenever the simulation may have changed, before the lock is released.
    fn look_out(&self, state: &State) {
        self.is_undisturbed.store(state.sim.is_undisturbed(), Ordering::Release);
    }

    /// Hears whenever something may have happened; true when nothing more will.
    pub(crate) fn watch(&self) -> watch::Receiver<bool> {
        self.news.subscribe()
    }

    /// Lets those who watch go.
    pub(crate) fn end_watch(&self) {
        self.news.send_replace(true);
    }

    fn ring(&self) {
        self.changed.notify_one();
        self.tell();
    }

    fn tell(&self) {
        if self.news.receiver_count() > 0 {
            self.news.send_modify(|_| {});
        }
    }

    /// Lets nobody wait any longer, and says which faults never hit anything.
    pub(crate) fn close(&self) -> Vec<pockyt_sim::Fault> {
        self.end_watch();
        let mut state = self.lock();
        state.waiters.clear();
        let now = state.clock.now();
        state.sim.close(now);
        self.look_out(&state);
        state.sim.unfired_faults().cloned().collect()
    }

    /// Looks at the simulation.
    pub(crate) fn view<T>(&self, look: impl FnOnce(&Sim) -> T) -> T {
        look(&self.lock().sim)
    }

    /// The same, unless there was a reset since.
    pub(crate) fn view_since<T>(&self, epoch: Epoch, look: impl FnOnce(&Sim) -> T) -> Option<T> {
        let state = self.lock();
        (state.epoch == epoch).then(|| look(&state.sim))
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
            let State { sim, clock, due, waiters, epoch, .. } = &mut *state;
            clock.restart();
            sim.reset(clock.now());
            due.clear();
            waiters.clear();
            epoch.0 = epoch.0.wrapping_add(1);
            state.play_due();
            self.look_out(&state);
        }
        self.ring();
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
            state.play_due();
            self.look_out(&state);
        }
        self.ring();
        Ok(())
    }

    /// Takes the next delivery due at the present instant.
    pub(crate) fn take_due(&self) -> Option<Due> {
        let mut state = self.lock();
        state.play_due();
        self.look_out(&state);
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
            self.look_out(&state);
            let heard = verdict.and(self.observer.as_ref());
            heard.and_then(|observer| Some((observer, state.sim.notification(delivery.notification)?)))
        };
        self.ring();
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
            self.look_out(&state);
        }
        drop(state);
        self.tell();
        next
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The simulation does not panic; were a caller's closure to, the state is still whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Plays what is due now, and says when that is.
    fn play_due(&mut self) -> Millis {
        let now = self.clock.now();
        self.play_due_at(now);
        now
    }

    fn play_due_at(&mut self, now: Millis) {
        if self.sim.next_event().is_some_and(|due| due <= now) {
            for effect in self.sim.advance(now) {
                self.perform(effect);
            }
        }
        let refuses = self.sim.refuses_connections();
        if refuses != self.is_refusing {
            self.is_refusing = refuses;
            self.door.set_refusing(refuses);
        }
    }

    fn admit(&mut self, reception: Reception) -> Receipt {
        match reception {
            Reception::Held(ticket) => {
                let (sender, held) = oneshot::channel();
                self.waiters.insert(ticket, Waiter::Answer(sender));
                Receipt::Held(held)
            }
            Reception::InPieces(ticket, answer) => {
                let (sender, due) = mpsc::unbounded_channel();
                self.waiters.insert(ticket, Waiter::Pieces(sender));
                Receipt::InPieces(answer, due)
            }
            Reception::Answered(answer) => Receipt::Answered(answer),
            // A newer simulation may have other ideas; nothing of it is known here.
            _ => Receipt::Answered(ApiResponse {
                status: 500,
                headers: Vec::new(),
                body: Vec::new(),
                reply: Reply::Send,
            }),
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Deliver(delivery) => self.due.push_back(delivery),
            Effect::Answer { ticket, response } => match self.waiters.remove(&ticket) {
                // The client may have hung up.
                Some(Waiter::Answer(waiter)) => drop(waiter.send(response)),
                // Dropping the sender breaks the body off.
                Some(Waiter::Pieces(_)) | None => {}
            },
            Effect::Piece { ticket, is_last } => {
                if let Some(Waiter::Pieces(waiter)) = self.waiters.get(&ticket) {
                    let _ = waiter.send(());
                }
                if is_last {
                    self.waiters.remove(&ticket);
                }
            }
            // A newer simulation may have effects that this shell cannot perform.
            _ => {}
        }
    }
}
