//! The task that makes deliveries, one per mock.
//!
//! All stepping of time and all deliveries happen here, so they are serialised, and a caller who stops
//! waiting (a dropped future, a closed connection) does not leave a delivery half made.
//!
//! * Manual clock: attempts are made one after another in attempt order, each judged before the next.
//! * Running clock: the task sleeps until the next event; deliveries run side by side.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use pockyt_sim::Millis;
use tokio::sync::{mpsc, oneshot};
use tokio::task::{Id, JoinSet};

use crate::world::{Due, World};

/// A request to the pump and where to say that it is done.
#[derive(Debug)]
struct Command {
    wish: Wish,
    done: oneshot::Sender<Option<Millis>>,
}

#[derive(Clone, Copy, Debug)]
enum Wish {
    Advance(Duration),
    AdvanceToNext,
    Settle,
}

/// Talks to the pump.
#[derive(Clone, Debug)]
pub(crate) struct Pump {
    world: Arc<World>,
    commands: mpsc::UnboundedSender<Command>,
}

impl Pump {
    /// Starts the task; it ends when the set is dropped.
    pub(crate) fn start(world: Arc<World>) -> (Self, JoinSet<()>) {
        let (commands, inbox) = mpsc::unbounded_channel();
        let handle = Self { world: Arc::clone(&world), commands };
        let mut task = JoinSet::new();
        if world.clock_mode().is_manual() {
            task.spawn(stand_by(world, inbox));
        } else {
            task.spawn(run(world, inbox));
        }
        (handle, task)
    }

    /// Waits until everything due by now has its verdict.
    pub(crate) async fn settle(&self) {
        self.ask(Wish::Settle).await;
    }

    /// Lets `by` pass: moves a manual clock, waits for a running one. Then settles.
    pub(crate) async fn advance(&self, by: Duration) {
        if self.is_manual() {
            self.ask(Wish::Advance(by)).await;
        } else {
            self.wait_until(self.world.now().plus(by)).await;
        }
    }

    /// Settles, lets time pass to the next event, and settles again. `None` when nothing is to come.
    pub(crate) async fn advance_to_next(&self) -> Option<Millis> {
        if self.is_manual() {
            return self.ask(Wish::AdvanceToNext).await;
        }
        self.settle().await;
        let next = self.world.next_event()?;
        self.wait_until(next).await;
        Some(next)
    }

    fn is_manual(&self) -> bool {
        self.world.clock_mode().is_manual()
    }

    async fn wait_until(&self, time: Millis) {
        while self.world.now() < time
            && let Some(instant) = self.world.instant_of(time)
        {
            tokio::time::sleep_until(instant).await;
        }
        self.settle().await;
    }

    async fn ask(&self, wish: Wish) -> Option<Millis> {
        let (done, answer) = oneshot::channel();
        self.commands.send(Command { wish, done }).ok()?;
        answer.await.ok().flatten()
    }
}

/// The pump of a manual clock.
async fn stand_by(world: Arc<World>, mut inbox: mpsc::UnboundedReceiver<Command>) {
    loop {
        tokio::select! {
            biased;
            command = inbox.recv() => {
                let Some(Command { wish, done }) = command else { return };
                let reached = obey(&world, wish).await;
                // The caller may have stopped waiting.
                let _ = done.send(reached);
            }
            () = world.changed.notified() => deliver_due(&world).await,
        }
    }
}

async fn obey(world: &World, wish: Wish) -> Option<Millis> {
    let epoch = world.epoch();
    let limit = match wish {
        Wish::Advance(by) => Some(world.now().plus(by)),
        Wish::AdvanceToNext => None,
        Wish::Settle => {
            deliver_due(world).await;
            return None;
        }
    };
    loop {
        deliver_due(world).await;
        let reached = world.step(limit, epoch)?;
        if matches!(wish, Wish::AdvanceToNext) {
            deliver_due(world).await;
            return Some(reached);
        }
    }
}

async fn deliver_due(world: &World) {
    while let Some(due) = world.take_due() {
        deliver(world, due).await;
    }
}

async fn deliver(world: &World, Due { delivery, epoch }: Due) {
    let outcome = world.courier.deliver(&delivery).await;
    world.judge(&delivery, outcome, epoch);
}

/// The pump of a running clock.
async fn run(world: Arc<World>, mut inbox: mpsc::UnboundedReceiver<Command>) {
    let mut flights = JoinSet::new();
    let mut in_flight: HashSet<Id> = HashSet::new();
    let mut waiting: Vec<Waiting> = Vec::new();
    let launch = |flights: &mut JoinSet<()>, in_flight: &mut HashSet<Id>| {
        while let Some(due) = world.take_due() {
            in_flight.insert(flights.spawn(fly(Arc::clone(&world), due)).id());
        }
    };
    loop {
        launch(&mut flights, &mut in_flight);
        let next = world.next_event().and_then(|time| world.instant_of(time));
        tokio::select! {
            command = inbox.recv() => {
                let Some(Command { done, .. }) = command else { return };
                // What fell due while the task slept is waited for too.
                launch(&mut flights, &mut in_flight);
                waiting.push(Waiting { for_flights: in_flight.clone(), done });
            }
            Some(landed) = flights.join_next_with_id() => {
                let id = landed.map_or_else(|error| error.id(), |(id, ())| id);
                in_flight.remove(&id);
                for waiter in &mut waiting {
                    waiter.for_flights.remove(&id);
                }
            }
            () = world.changed.notified() => {}
            () = sleep_until(next) => {}
        }
        for settled in waiting.extract_if(.., |waiter| waiter.for_flights.is_empty()) {
            let _ = settled.done.send(None);
        }
    }
}

/// Somebody who waits for the flights that were under way when they asked.
#[derive(Debug)]
struct Waiting {
    for_flights: HashSet<Id>,
    done: oneshot::Sender<Option<Millis>>,
}

async fn fly(world: Arc<World>, due: Due) {
    // The semaphore is never closed; were it, delivering at once would still be right.
    let _slot = world.delivery_slots.acquire().await;
    deliver(&world, due).await;
}

async fn sleep_until(instant: Option<tokio::time::Instant>) {
    match instant {
        Some(instant) => tokio::time::sleep_until(instant).await,
        None => std::future::pending().await,
    }
}
