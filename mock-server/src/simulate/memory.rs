//! What one history leaves to the next.

use pockyt_sim::{Config, Sim};

use super::plan::{GiveBack, Plan};
use super::world::START;
use super::{Merchant, Simulation};

/// A Pockyt that starts over with each history, and memory that would be asked for again and again.
pub(super) struct Memory {
    pub(super) sim: Sim,
    pub(super) log: Vec<u8>,
    pub(super) body: String,
    pub(super) words: Words,
}

/// What the merchant of one history says of its order.
#[derive(Default)]
pub(super) struct Words {
    pub(super) reference: String,
    pub(super) amount: String,
    pub(super) refund_reference: String,
    pub(super) refund_amount: String,
}

impl Memory {
    pub(super) fn new(simulation: &Simulation, merchant: &Merchant) -> Self {
        let config = Config { fault_profile: simulation.faults, ..merchant.pockyt.clone() };
        Self { sim: Sim::new(config, START), log: Vec::new(), body: String::new(), words: Words::default() }
    }
}

impl Words {
    /// Those of the history of this number.
    pub(super) fn write(&mut self, index: u64, plan: &Plan) {
        let Self { reference, amount, refund_reference, refund_amount } = self;
        let number = index.to_string();
        for (text, beginning) in [(reference, "order-"), (refund_reference, "refund-")] {
            text.clear();
            text.push_str(beginning);
            text.push_str(&number);
        }
        let refund = if plan.give_back == GiveBack::Half { plan.amount / 2 } else { plan.amount };
        write_hundredths(plan.amount, amount);
        write_hundredths(refund, refund_amount);
    }
}

fn write_hundredths(amount: u64, text: &mut String) {
    let (units, cents) = (amount / 100, amount % 100);
    text.clear();
    text.push_str(&units.to_string());
    text.push_str(if cents < 10 { ".0" } else { "." });
    text.push_str(&cents.to_string());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_two_decimals() {
        let mut text = String::from("9");
        for (amount, expected) in [(2, "0.02"), (10, "0.10"), (99_998, "999.98"), (100, "1.00")] {
            write_hundredths(amount, &mut text);
            assert_eq!(text, expected);
        }
    }
}
