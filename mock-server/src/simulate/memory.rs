//! What one history leaves to the next.

use pockyt_sim::{Config, Sim};

use super::world::START;
use super::{Merchant, Simulation};

/// A Pockyt that starts over with each history, and memory that would be asked for again and again.
pub(super) struct Memory {
    pub(super) sim: Sim,
    pub(super) log: Vec<u8>,
    pub(super) body: String,
}

impl Memory {
    pub(super) fn new(simulation: &Simulation, merchant: &Merchant) -> Self {
        let config = Config { fault_profile: simulation.faults, ..merchant.pockyt.clone() };
        Self { sim: Sim::new(config, START), log: Vec::new(), body: String::new() }
    }
}
