//! One payment, from its order to its last notification.

use std::time::Duration;

use fastrand::Rng;
use pockyt_sim::{Script, Status};
use smallvec::SmallVec;

use super::Simulation;
use super::answer::read;
use super::memory::{Memory, Words};
use super::merchant::{Encoding, Merchant};
use super::names::{self, Field, Value};
use super::plan::{Channel, GiveBack, Plan, stream};
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
    memory.words.write(index, &plan);
    let world = World::new(rng.u64(..), &plan, merchant, tape, memory);
    let mut payment = Payment::new(world, plan, &mut rng);
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
    /// What the customer at the till shows, without its first two digits.
    barcode: u64,
    /// What the merchant believes. A final status is never replaced by one that is not.
    believed: Option<Status>,
    /// Whether the refund is known to be booked.
    is_given_back: bool,
}

impl<'a> Payment<'a> {
    fn new(world: World<'a>, plan: Plan, rng: &mut Rng) -> Self {
        Self {
            encoding: if plan.channel == Channel::Web { Encoding::Form } else { Encoding::Json },
            words: world.words,
            barcode: rng.u64(..10_000_000_000_000_000),
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
                Channel::Till => self.add() && self.show_code(),
                Channel::Code => {
                    self.create("/app-instore/v3/create-trans-qrcode", &[(names::NEED_QRCODE, names::TRUE)])
                }
                Channel::Web => {
                    let callback = (names::CALLBACK_URL, names::BACK);
                    self.create("/online/v3/secure-pay", &[(names::TERMINAL, names::ONLINE), callback])
                }
            };
            if is_made {
                return;
            }
            self.world.wait(Duration::from_secs(1));
            self.ask();
        }
    }

    fn add(&mut self) -> bool {
        self.believed.is_some() || self.make("/app-instore/v3/add", Status::Init, &[])
    }

    fn create(&mut self, path: &str, more: &[Field<'_>]) -> bool {
        let mut all = SmallVec::<[Field<'_>; 4]>::from_slice(&[(names::VENDOR, names::ALIPAY)]);
        all.extend_from_slice(more);
        self.believed.is_some() || self.make(path, Status::Pending, &all)
    }

    fn make(&mut self, path: &str, status: Status, more: &[Field<'_>]) -> bool {
        let common = [
            (names::AMOUNT, Value::Own(&self.words.amount)),
            (names::CURRENCY, names::USD),
            (names::SETTLE_CURRENCY, names::USD),
            (names::IPN_URL, names::IPN),
        ];
        let mut fields = SmallVec::<[Field<'_>; 8]>::from_slice(&common);
        fields.extend_from_slice(more);
        let is_made = self.call(path, &fields).is_some_and(|code| code == Code::Done);
        if is_made {
            self.believe(status);
        }
        is_made
    }

    fn show_code(&mut self) -> bool {
        if self.believed != Some(Status::Init) {
            return true;
        }
        let barcode = format!("28{:016}", self.barcode);
        let fields = [(names::PAYMENT_BARCODE, Value::Own(&barcode)), (names::VENDOR, names::ALIPAY)];
        self.call("/app-instore/v3/prepay", &fields).is_some_and(|code| code == Code::Done)
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
            self.call("/app-data-search/v3/cancel", &[]);
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
            let fields = [
                (names::REFUND_AMOUNT, Value::Own(&self.words.refund_amount)),
                (names::CURRENCY, names::USD),
                (names::SETTLE_CURRENCY, names::USD),
                (names::REFUND_REFERENCE, Value::Own(&self.words.refund_reference)),
            ];
            self.call("/app-data-search/v3/refund", &fields);
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
        self.call("/app-data-search/v3/tran-query", &[]);
    }

    fn read_the_news(&mut self) {
        for status in std::mem::take(&mut self.world.news) {
            self.believe(status);
        }
    }

    /// Sends a request about the order; `None` when no answer came that can be read.
    fn call(&mut self, path: &str, more: &[Field<'_>]) -> Option<Code> {
        let reference = self.words.reference.as_str();
        let own = [
            (names::MERCHANT_NO, names::OWN_MERCHANT),
            (names::STORE_NO, names::OWN_STORE),
            (names::REFERENCE, Value::Own(reference)),
        ];
        let mut fields = SmallVec::<[Field<'_>; 12]>::from_slice(&own);
        fields.extend_from_slice(more);
        let body = self.world.call(path, self.encoding, &fields)?;
        let answer = read(&body, self.words)?;
        if !answer.is_done {
            return Some(Code::Refused);
        }
        // A success that says nothing says nothing.
        let order = answer.order?;
        if path.ends_with("tran-query") {
            self.is_given_back |= order.is_given_back;
            if let Some(status) = order.status {
                self.believe(status);
            }
        }
        Some(Code::Done)
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

#[derive(Clone, Copy, PartialEq, Eq)]
enum Code {
    Done,
    Refused,
}
