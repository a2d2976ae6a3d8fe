//! What belongs to one merchant number: stores, orders, references, idempotency keys, random numbers.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use pockyt_sign::{SigningKey, Verifier};

use crate::books::Books;
use crate::by_number::ByNumber;
use crate::number::{NUMBERS, Number};
use crate::order::{CHANNEL_DIGITS, CODE};
use crate::orders::Orders;
use crate::{ApiResponse, Millis};

/// What a store signs with.
pub(crate) struct Store {
    pub(crate) key: SigningKey,
    /// With the same key.
    pub(crate) verifier: Verifier,
}

impl Store {
    pub(crate) fn new(key: SigningKey) -> Self {
        Self { verifier: Verifier::new(key.clone()), key }
    }
}

/// The world of one merchant. Two merchants may use the same references and never see one another.
pub(crate) struct Namespace {
    pub(crate) stores: ByNumber<Store>,
    /// How many requests to an operation came.
    pub(crate) calls: u64,
    pub(crate) orders: Orders,
    pub(crate) refund_references: BTreeSet<String>,
    /// Successes by operation and `Pockyt-Request-ID`.
    pub(crate) stored: BTreeMap<(&'static str, String), Stored>,
    /// What is not an order.
    pub(crate) books: Books,
    rng: Rng,
    ordinal: u64,
    numbers_given: u64,
    first_number: u64,
}

/// An answer that is given again when its key comes again.
pub(crate) struct Stored {
    /// The signature of the request: equal for equal fields.
    pub(crate) signature: String,
    pub(crate) transaction_no: String,
    pub(crate) response: ApiResponse,
    pub(crate) at: Millis,
}

/// Co-prime to `NUMBERS`, so that every number comes once before any comes again.
const STRIDE: u64 = 61_803_398_877;

impl Namespace {
    /// `ordinal` is the place of the merchant in the configuration.
    pub(crate) fn new(merchant_no: &str, stores: ByNumber<Store>, ordinal: u64, seed: u64) -> Self {
        let (rng, first_number) = beginning(merchant_no, seed);
        Self {
            stores,
            calls: 0,
            orders: Orders::default(),
            refund_references: BTreeSet::new(),
            stored: BTreeMap::new(),
            books: Books::default(),
            rng,
            ordinal,
            numbers_given: 0,
            first_number,
        }
    }

    /// Leaves the stores only, and begins the numbers again; returns what else it was.
    pub(crate) fn restart(&mut self, merchant_no: &str, seed: u64) -> Self {
        let fresh = Self::new(merchant_no, std::mem::take(&mut self.stores), self.ordinal, seed);
        std::mem::replace(self, fresh)
    }

    /// Leaves the stores and the memory only.
    pub(crate) fn start_over(&mut self, merchant_no: &str, seed: u64) {
        let Self {
            stores: _,
            calls,
            orders,
            refund_references,
            stored,
            books,
            rng,
            ordinal: _,
            numbers_given,
            first_number,
        } = self;
        *calls = 0;
        orders.clear();
        refund_references.clear();
        stored.clear();
        books.clear();
        (*rng, *first_number) = beginning(merchant_no, seed);
        *numbers_given = 0;
    }

    /// A number that no other order or refund of the simulator has.
    pub(crate) fn next_number(&mut self) -> Number {
        let within = u128::from(self.first_number) + u128::from(self.numbers_given) * u128::from(STRIDE);
        self.numbers_given += 1;
        Number::new(self.ordinal, u64::try_from(within % u128::from(NUMBERS)).unwrap_or_default())
    }

    /// The code of an order's QR code.
    pub(crate) fn next_order_code(&mut self) -> [u8; CODE] {
        [(); CODE].map(|()| self.next_letter())
    }

    /// A code such as wallets put into their links.
    pub(crate) fn next_code(&mut self, length: usize) -> String {
        (0..length).map(|_| char::from(self.next_letter())).collect()
    }

    fn next_letter(&mut self) -> u8 {
        const ALPHABET: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
        ALPHABET.get(self.rng.usize(..ALPHABET.len())).copied().unwrap_or_default()
    }

    /// Digits, as in the ids of payment channels, two in a byte.
    pub(crate) fn next_channel_id(&mut self) -> [u8; CHANNEL_DIGITS / 2] {
        [(); CHANNEL_DIGITS / 2].map(|()| self.rng.u8(..10) << 4 | self.rng.u8(..10))
    }

    /// A store; the first one when it is not known.
    pub(crate) fn store(&self, store_no: Option<&str>) -> Option<&Store> {
        store_no.and_then(|store_no| self.stores.get(store_no)).or_else(|| self.stores.values().next())
    }
}

/// The random stream of a merchant, and the first number that it gives.
fn beginning(merchant_no: &str, seed: u64) -> (Rng, u64) {
    let mut rng = Rng::with_seed(seed ^ fnv1a(merchant_no));
    let first_number = rng.u64(..NUMBERS);
    (rng, first_number)
}

/// A small stable hash, so that each merchant's random stream is its own.
pub(crate) fn fnv1a(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
