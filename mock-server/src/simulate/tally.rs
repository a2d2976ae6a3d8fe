//! What is counted.

use pockyt_sim::Status;

/// How many delivery attempts of a notification are told apart; the rest count as the last.
pub(super) const ATTEMPTS: usize = 10;

/// What happened, added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tally {
    /// Histories.
    pub payments: u64,
    /// Orders that ended paid, and of these so many were given back, in part or in whole.
    pub paid: u64,
    /// Paid orders of which a part was given back.
    pub partly_refunded: u64,
    /// Paid orders of which everything was given back.
    pub refunded: u64,
    /// Orders that the customer declined.
    pub declined: u64,
    /// Orders that nobody paid: timed out or cancelled.
    pub closed: u64,
    /// Orders whose merchant did not find out what became of them.
    pub unresolved: u64,
    /// Orders whose merchant ended believing something else than Pockyt. There must be none.
    pub misled: u64,
    /// API requests that the merchant signed.
    pub requests: u64,
    /// Requests that never arrived.
    pub requests_lost: u64,
    /// Requests that were carried out and whose answer did not come back in one piece.
    pub answers_lost: u64,
    /// Delivery attempts by their number: the first, the second, and so on, the tenth and later together.
    pub attempts: [u64; ATTEMPTS],
    /// Of these so many were acknowledged.
    pub acknowledged: [u64; ATTEMPTS],
    /// Notifications that a listener refused for their signature or because they were cut off.
    pub refused: u64,
    /// Notifications whose signature fits two readings; the merchant asked instead of believing.
    pub ambiguous: u64,
    /// Messages that were signed by one side and verified by the other.
    pub messages: u64,
    /// The least number of such messages in any history.
    pub fewest_messages: u64,
    /// Virtual time passed, in milliseconds, all histories together.
    pub virtual_ms: u64,
}

impl Tally {
    pub(super) fn add(&mut self, other: &Self) {
        let fewest = match (self.payments, other.payments) {
            (0, _) => other.fewest_messages,
            (_, 0) => self.fewest_messages,
            _ => self.fewest_messages.min(other.fewest_messages),
        };
        self.payments += other.payments;
        self.paid += other.paid;
        self.partly_refunded += other.partly_refunded;
        self.refunded += other.refunded;
        self.declined += other.declined;
        self.closed += other.closed;
        self.unresolved += other.unresolved;
        self.misled += other.misled;
        self.requests += other.requests;
        self.requests_lost += other.requests_lost;
        self.answers_lost += other.answers_lost;
        for (sum, more) in self.attempts.iter_mut().zip(other.attempts) {
            *sum += more;
        }
        for (sum, more) in self.acknowledged.iter_mut().zip(other.acknowledged) {
            *sum += more;
        }
        self.refused += other.refused;
        self.ambiguous += other.ambiguous;
        self.messages += other.messages;
        self.fewest_messages = fewest;
        self.virtual_ms += other.virtual_ms;
    }

    pub(super) fn count_attempt(&mut self, number: u32, is_acknowledged: bool) {
        let place = (number.max(1) as usize - 1).min(ATTEMPTS - 1);
        if let (Some(made), Some(acknowledged)) =
            (self.attempts.get_mut(place), self.acknowledged.get_mut(place))
        {
            *made += 1;
            *acknowledged += u64::from(is_acknowledged);
        }
    }

    pub(super) fn count_end(&mut self, status: Option<Status>) {
        match status {
            Some(Status::Success) => self.paid += 1,
            Some(Status::Failed) => self.declined += 1,
            Some(Status::Closed) => self.closed += 1,
            Some(Status::Init | Status::Pending) | None => self.unresolved += 1,
        }
    }
}
