//! What belongs to one merchant number: stores, orders, references, idempotency keys, random numbers.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use pockyt_sign::SigningKey;

use crate::books::Books;
use crate::order::Order;
use crate::{ApiResponse, Millis};

/// The world of one merchant. Two merchants may use the same references and never see one another.
pub(crate) struct Namespace {
    pub(crate) stores: BTreeMap<String, SigningKey>,
    pub(crate) orders: BTreeMap<String, Order>,
    /// From `reference` to `transactionNo`.
    pub(crate) references: BTreeMap<String, String>,
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

/// How many transaction numbers one merchant can have.
const NUMBERS: u64 = 100_000_000_000;
/// Co-prime to `NUMBERS`, so that every number comes once before any comes again.
const STRIDE: u64 = 61_803_398_877;
/// How many merchants get numbers of their own.
const ORDINALS: u64 = 1_000_000;

impl Namespace {
    /// `ordinal` is the place of the merchant in the configuration.
    pub(crate) fn new(merchant_no: &str, ordinal: u64, seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed ^ fnv1a(merchant_no));
        let first_number = rng.u64(..NUMBERS);
        Self {
            stores: BTreeMap::new(),
            orders: BTreeMap::new(),
            references: BTreeMap::new(),
            refund_references: BTreeSet::new(),
            stored: BTreeMap::new(),
            books: Books::default(),
            rng,
            ordinal: ordinal % ORDINALS,
            numbers_given: 0,
            first_number,
        }
    }

    /// Leaves the stores only, and begins the numbers again; returns what it was.
    pub(crate) fn restart(&mut self, merchant_no: &str, seed: u64) -> Self {
        let stores = self.stores.clone();
        let fresh = Self { stores, ..Self::new(merchant_no, self.ordinal, seed) };
        std::mem::replace(self, fresh)
    }

    /// A number of 18 digits that no other order or refund of the simulator has.
    ///
    /// It begins with a 4 and the merchant's ordinal; the documentation's own numbers begin with 2 or 3.
    pub(crate) fn next_number(&mut self) -> String {
        let scattered = u128::from(self.first_number) + u128::from(self.numbers_given) * u128::from(STRIDE);
        self.numbers_given += 1;
        format!("4{:06}{:011}", self.ordinal, scattered % u128::from(NUMBERS))
    }

    /// A code such as wallets put into their links.
    pub(crate) fn next_code(&mut self, length: usize) -> String {
        const ALPHABET: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
        (0..length)
            .filter_map(|_| ALPHABET.get(self.rng.usize(..ALPHABET.len())))
            .map(|b| char::from(*b))
            .collect()
    }

    /// Digits, as in the ids of payment channels.
    pub(crate) fn next_digits(&mut self, length: usize) -> String {
        (0..length).map(|_| char::from(b'0' + self.rng.u8(..10))).collect()
    }

    /// The key of a store; that of the first store when it is not known.
    pub(crate) fn key(&self, store_no: Option<&str>) -> Option<&SigningKey> {
        store_no.and_then(|store_no| self.stores.get(store_no)).or_else(|| self.stores.values().next())
    }
}

/// A small stable hash, so that each merchant's random stream is its own.
pub(crate) fn fnv1a(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
