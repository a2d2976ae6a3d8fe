//! What one history is going to be: drawn from the seed and its number, before it begins.

use std::time::Duration;

use fastrand::Rng;
use pockyt_sim::{Schedule, Wallet};

/// How the payment is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Channel {
    /// At a till: the customer shows a code.
    Till,
    /// At a till: the customer scans a code.
    Code,
    /// On the web.
    Web,
}

/// What the merchant gives back of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GiveBack {
    Nothing,
    Half,
    Everything,
}

#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) channel: Channel,
    /// In hundredths; even, so that a half of it is an amount.
    pub(super) amount: u64,
    pub(super) customer: Wallet,
    pub(super) give_back: GiveBack,
    pub(super) schedule: Schedule,
    /// The first delivery that the listener is up for; those before it hear 503.
    pub(super) listens_from: u32,
}

/// The random numbers of one history; neighbours have nothing in common.
pub(super) fn stream(seed: u64, index: u64) -> Rng {
    let mut of_seed = Rng::with_seed(seed);
    Rng::with_seed(of_seed.u64(..) ^ index.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

impl Plan {
    pub(super) fn draw(rng: &mut Rng) -> Self {
        let channel = match rng.u8(..3) {
            0 => Channel::Till,
            1 => Channel::Code,
            _ => Channel::Web,
        };
        let within = |rng: &mut Rng, ms: u64| Duration::from_millis(rng.u64(..ms));
        let customer = match rng.u8(..100) {
            0..60 => Wallet::ConfirmAfter(within(rng, 100_000)),
            60..70 => Wallet::ConfirmAfterQueries(rng.u32(..5)),
            70..83 => Wallet::DeclineAfter(within(rng, 60_000)),
            83..87 => Wallet::ConfirmOnCancel,
            _ => Wallet::Never,
        };
        let give_back = match rng.u8(..100) {
            0..75 => GiveBack::Nothing,
            75..88 => GiveBack::Half,
            _ => GiveBack::Everything,
        };
        let schedule = match rng.u8(..10) {
            0..5 => Schedule::Even,
            5 | 6 => Schedule::Doubling,
            7 => Schedule::AlipayScaled,
            8 => Schedule::Burst,
            _ => Schedule::Adversarial,
        };
        let listens_from = match rng.u8(..100) {
            0..80 => 1,
            80..97 => rng.u32(2..=8),
            // Never: nine deliveries, all in vain.
            _ => u32::MAX,
        };
        Self { channel, amount: rng.u64(1..50_000) * 2, customer, give_back, schedule, listens_from }
    }
}
