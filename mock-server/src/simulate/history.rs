//! One payment, from its order to its last notification.

use std::time::Duration;

use pockyt_sim::{Script, Status};

use super::Simulation;
use super::answer::{Order, read};
use super::memory::{Memory, Words};
use super::merchant::Merchant;
use super::plan::{Channel, GiveBack, Plan, stream};
use super::requests::{Encoding, Request, Requests};
use super::tally::Tally;
use super::world::{Tape, World};

/// How many signed messages a history has at least.
pub(super) const FEWEST_MESSAGES: u64 = 8;
/// After so many questions without an answer the merchant gives up. A line that loses one in five messages
/// does so once in 10^13.
const PATIENCE: usize = 20;
/// The gaps between the questions of a till, in seconds: it gives up and cancels after a minute.
const TILL_GAPS: [u64; 5] = [2, 4, 8, 16, 32];
/// The gaps between the questions of a shop, in minutes: it goes on until the order has timed out.
const SHOP_GAPS: [u64; 4] = [1, 4, 25, 100];

/// Plays the history of this number, adds up what happened, and returns what it can be compared by. The memory
/// may be that of another history of the simulation.
pub(super) fn play<'a>(
    simulation: &Simulation,
    index: u64,
    merchant: &'a Merchant,
    tally: &mut Tally,
    tape: Option<&'a mut Tape>,
    memory: &'a mut Memory,
) -> u128 {
    let mut rng = stream(simulation.seed, index);
    let plan = Plan::draw(&mut rng);
    let seed = rng.u64(..);
    memory.words.write(index, &plan, rng.u64(..10_000_000_000_000_000));
    let world = World::new(seed, &plan, merchant, tape, memory);
    let mut payment = Payment::new(world, plan, &merchant.requests);
    payment.live();
    payment.close_the_books();
    tally.add(&payment.world.tally);
    payment.world.log.digest()
}

struct Payment<'a> {
    world: World<'a>,
    plan: Plan,
    encoding: Encoding,
    words: &'a Words,
    requests: &'a Requests,
    /// What the merchant believes. A final status is never replaced by one that is not.
    believed: Option<Status>,
    /// Whether the refund is known to be booked.
    is_given_back: bool,
}

impl<'a> Payment<'a> {
    fn new(world: World<'a>, plan: Plan, requests: &'a Requests) -> Self {
        Self {
            encoding: if plan.channel == Channel::Web { Encoding::Form } else { Encoding::Json },
            words: world.words,
            requests,
            world,
            plan,
            believed: None,
            is_given_back: false,
        }
    }

    fn live(&mut self) {
        let script = Script::new(self.words.reference.as_str(), self.plan.customer);
        // It names no merchant, so it cannot name an unknown one.
        let _ = self.world.sim.set_script(script);
        self.order();
        match self.plan.channel {
            Channel::Till => self.wait_at_the_till(),
            Channel::Code | Channel::Web => self.wait_for_the_customer(),
        }
        if self.plan.give_back != GiveBack::Nothing && self.believed == Some(Status::Success) {
            self.give_back();
        }
        self.world.settle();
        self.read_the_news();
        // Once a day the books are compared, and more often where little was said.
        for _ in 0..PATIENCE {
            let is_known = self.believed.is_some_and(Status::is_final);
            if is_known && self.world.tally.messages >= FEWEST_MESSAGES {
                break;
            }
            self.world.wait(Duration::from_mins(30));
            self.ask();
        }
    }

    /// Makes the order, so often until it is there: a repeat finds out by asking.
    fn order(&mut self) {
        for _ in 0..PATIENCE {
            let is_made = match self.plan.channel {
                Channel::Till => self.make(&self.requests.add, Status::Init) && self.show_code(),
                Channel::Code => self.make(&self.requests.code, Status::Pending),
                Channel::Web => self.make(&self.requests.page, Status::Pending),
            };
            if is_made {
                return;
            }
            self.world.wait(Duration::from_secs(1));
            self.ask();
        }
    }

    fn make(&mut self, request: &Request, status: Status) -> bool {
        if self.believed.is_some() {
            return true;
        }
        let is_made = self.call(request).is_some();
        if is_made {
            self.believe(status);
        }
        is_made
    }

    fn show_code(&mut self) -> bool {
        self.believed != Some(Status::Init) || self.call(&self.requests.prepay).is_some()
    }

    fn wait_at_the_till(&mut self) {
        for gap in TILL_GAPS {
            self.world.wait(Duration::from_secs(gap));
            self.ask();
            if self.is_over() {
                return;
            }
        }
        for _ in 0..PATIENCE {
            self.call(&self.requests.cancel);
            self.ask();
            if self.is_over() {
                return;
            }
            self.world.wait(Duration::from_secs(2));
        }
    }

    fn wait_for_the_customer(&mut self) {
        for gap in SHOP_GAPS {
            self.world.wait(Duration::from_mins(gap));
            self.read_the_news();
            if !self.is_over() {
                self.ask();
            }
            if self.is_over() {
                return;
            }
        }
    }

    fn give_back(&mut self) {
        for _ in 0..PATIENCE {
            if self.is_given_back {
                return;
            }
            self.call(&self.requests.refund);
            // Whatever the answer was: what is booked stands in the query.
            self.ask();
        }
    }

    fn is_over(&self) -> bool {
        self.believed.is_some_and(Status::is_final)
    }

    /// Asks for the order and believes the answer.
    fn ask(&mut self) {
        self.read_the_news();
        let Some(order) = self.call(&self.requests.query) else { return };
        self.is_given_back |= order.is_given_back;
        if let Some(status) = order.status {
            self.believe(status);
        }
    }

    fn read_the_news(&mut self) {
        for status in std::mem::take(&mut self.world.news) {
            self.believe(status);
        }
    }

    /// Sends a request about the order; `None` unless an answer came that can be read and that says how the order
    /// stands, now that it is done.
    fn call(&mut self, request: &Request) -> Option<Order> {
        let body = self.world.call(request, self.encoding)?;
        let answer = read(&body, self.words)?;
        answer.order.filter(|_| answer.is_done)
    }

    fn believe(&mut self, status: Status) {
        if !self.is_over() {
            self.believed = Some(status);
        }
    }

    /// Sets what the merchant believes beside what Pockyt knows.
    fn close_the_books(&mut self) {
        let (mut orders, mut truth, mut returned) = (0, None, "0.00".to_owned());
        for order in self.world.sim.standings() {
            orders += 1;
            if truth.is_none() && order.reference == Some(self.words.reference.as_str()) {
                truth = Some(order.status);
                returned = order.refunded_amount;
            }
        }
        let is_unresolved = !self.is_over();
        let is_misled = orders > 1 || (!is_unresolved && self.believed != truth);
        let world = &mut self.world;
        world.tally.count_end(self.believed);
        world.tally.misled += u64::from(is_misled);
        if returned == self.words.amount {
            world.tally.refunded += 1;
        } else if returned != "0.00" {
            world.tally.partly_refunded += 1;
        }
        world.tally.fewest_messages = world.tally.messages;
        world.tally.virtual_ms = world.passed();
        world.log.note(world.now, b'.', &[truth.map_or("", Status::as_str).as_bytes(), returned.as_bytes()]);
    }
}
