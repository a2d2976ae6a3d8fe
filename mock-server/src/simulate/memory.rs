//! What one history leaves to the next.

use pockyt_sim::{Config, Sim};

use super::plan::{GiveBack, Plan};
use super::world::START;
use super::{Merchant, Simulation};

/// A Pockyt that starts over with each history, and memory that would be asked for again and again.
pub(super) struct Memory {
    pub(super) sim: Sim,
    pub(super) log: Vec<u8>,
    pub(super) words: Words,
}

/// What the merchant of one history says of its order, and what the customer shows. All of it is letters and
/// digits, `-` and `.`, which every encoding writes as they are.
#[derive(Default)]
pub(super) struct Words {
    pub(super) reference: String,
    pub(super) amount: String,
    pub(super) refund_amount: String,
    pub(super) refund_reference: String,
    pub(super) barcode: String,
}

/// Those whose first digits are 28 and that have 18: Alipay's.
const BARCODES: u64 = 280_000_000_000_000_000;

/// One of the words.
#[derive(Clone, Copy)]
pub(super) enum Own {
    Reference,
    Amount,
    RefundAmount,
    RefundReference,
    Barcode,
}

impl Memory {
    pub(super) fn new(simulation: &Simulation, merchant: &Merchant) -> Self {
        let config = Config { fault_profile: simulation.faults, ..merchant.pockyt.clone() };
        Self { sim: Sim::new(config, START), log: Vec::new(), words: Words::default() }
    }
}

impl Words {
    /// Those of the history of this number.
    pub(super) fn write(&mut self, index: u64, plan: &Plan, barcode: u64) {
        let Self { reference, amount, refund_amount, refund_reference, barcode: shown } = self;
        let mut number = itoa::Buffer::new();
        let index = number.format(index);
        rewrite(reference, &["order-", index]);
        rewrite(refund_reference, &["refund-", index]);
        write_hundredths(plan.amount, amount);
        let refund = if plan.give_back == GiveBack::Half { plan.amount / 2 } else { plan.amount };
        write_hundredths(refund, refund_amount);
        rewrite(shown, &[number.format(BARCODES + barcode)]);
    }

    #[inline]
    pub(super) fn get(&self, own: Own) -> &str {
        match own {
            Own::Reference => &self.reference,
            Own::Amount => &self.amount,
            Own::RefundAmount => &self.refund_amount,
            Own::RefundReference => &self.refund_reference,
            Own::Barcode => &self.barcode,
        }
    }
}

fn rewrite(text: &mut String, pieces: &[&str]) {
    text.clear();
    text.extend(pieces.iter().copied());
}

fn write_hundredths(amount: u64, text: &mut String) {
    let (mut units, mut cents) = (itoa::Buffer::new(), itoa::Buffer::new());
    let (whole, rest) = (amount / 100, amount % 100);
    let point = if rest < 10 { ".0" } else { "." };
    rewrite(text, &[units.format(whole), point, cents.format(rest)]);
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
