//! What reaches a handler.

use std::fmt;

use pockyt_model::{Notification, NotificationKind, PaymentNotification, PayoutNotification, UtcMillis};
use pockyt_sign::{Fields, KeyRing, Received, Rejection};
use pockyt_store::{ContentDigest, Identity, NoticeId, StoredNotice, Tenant};

use crate::judge::verify;

/// A genuine notification, for a [`Handler`](crate::Handler).
///
/// Only the listener makes one, and only from a message that verifies: when it was received, and again
/// from the stored bytes before each attempt. So a row that somebody put into the database by hand is
/// not acted upon, and what the handler sees is what was signed, or what Pockyt answered to a query.
///
/// *Genuine* means that somebody who has the key wrote it. Of payments and payouts compare amount and currency
/// with the order, or let the listener do that ([`ListenerBuilder::expect`](crate::ListenerBuilder::expect)),
/// and confirm by a query what is worth money
/// ([`ListenerBuilder::confirm_with`](crate::ListenerBuilder::confirm_with)). All other kinds are
/// [triggers](Self::is_trigger).
#[derive(Clone, Debug)]
pub struct Notice {
    id: NoticeId,
    tenant: Tenant,
    notification: Notification,
    received_at: UtcMillis,
    attempt: u32,
    confirmed: bool,
    released: bool,
}

impl Notice {
    pub(crate) fn unconfirmed(stored: &StoredNotice, notification: Notification) -> Self {
        Self {
            id: stored.id,
            tenant: stored.route.tenant().clone(),
            notification,
            received_at: stored.received_at,
            attempt: stored.attempt(),
            confirmed: false,
            released: stored.quarantine.is_some() && !stored.to_confirm,
        }
    }

    /// With what a query answered.
    pub(crate) fn confirmed(stored: &StoredNotice, answer: Notification) -> Self {
        Self { confirmed: true, ..Self::unconfirmed(stored, answer) }
    }

    /// Its number in the store: the same at every attempt, so it can serve as an idempotency key.
    pub fn id(&self) -> NoticeId {
        self.id
    }

    /// Whose it is, by the listener it came in at.
    pub fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    /// What kind it is, by the listener it came in at.
    pub fn kind(&self) -> NotificationKind {
        self.notification.kind()
    }

    /// What Pockyt says. Of a [confirmed](Self::is_confirmed) notice this is what Pockyt answered to the query,
    /// in the form of a notification with the required fields and no others.
    pub fn notification(&self) -> &Notification {
        &self.notification
    }

    /// What Pockyt says of a payment; `None` of every other kind, which says nothing about payments.
    pub fn payment(&self) -> Option<&PaymentNotification> {
        match &self.notification {
            Notification::Payment(payment) => Some(payment),
            _ => None,
        }
    }

    /// What Pockyt says of a payout; `None` of every other kind.
    pub fn payout(&self) -> Option<&PayoutNotification> {
        match &self.notification {
            Notification::Payout(payout) => Some(payout),
            _ => None,
        }
    }

    /// Whether this is only a reason to ask. A refund, an agreement, a payee's account, or a notice of an
    /// unknown kind changes no money by itself: query what it names, and act on the answer.
    pub fn is_trigger(&self) -> bool {
        self.kind().is_trigger()
    }

    /// Whether a query said what is in it, and not the message alone.
    pub fn is_confirmed(&self) -> bool {
        self.confirmed
    }

    /// Whether it was in quarantine, from which somebody released it.
    pub fn was_released(&self) -> bool {
        self.released
    }

    /// When it was received first.
    pub fn received_at(&self) -> UtcMillis {
        self.received_at
    }

    /// Which attempt this is, counted from 1.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }
}

/// A stored message, verified and read again.
pub(crate) enum Reread {
    /// As it was recorded.
    Clean(Box<Notification>),
    /// It was not believed when it was recorded. These fields are hints.
    Doubtful(Box<Fields<'static>>),
}

impl Reread {
    /// Reads a stored notice again, with the keys that were valid when it was received.
    pub(crate) fn of(stored: &StoredNotice, keys: &KeyRing) -> Result<Self, Unreadable> {
        let received = verify(keys, stored.format, &stored.body, stored.received_at);
        let received = received.map_err(Unreadable::Unverified)?;
        match (&stored.identity, &received) {
            (Identity::Doubtful(digest), received) => {
                let hints = match received {
                    Received::Ambiguous(message) => message.unconfirmed_fields(),
                    Received::Verified(message) => message.fields(),
                };
                let is_same = ContentDigest::of(hints) == *digest;
                is_same.then(|| Self::Doubtful(Box::new(hints.clone().into_owned())))
            }
            (identity, Received::Verified(message)) => {
                let read = Notification::read(stored.route.kind(), message).ok();
                read.filter(|read| Identity::of(read) == *identity).map(|read| Self::Clean(Box::new(read)))
            }
            _ => None,
        }
        .ok_or(Unreadable::Changed)
    }
}

/// Why a stored notice cannot be handed over as it is.
///
/// Its `success` has gone out, and Pockyt will not send it again: this may be an attack on the store, but
/// also a key that was taken out too early or another version of this program, which can be mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// It reads as something else than what it was recorded as.
    Changed,
    /// No key that was valid when it was received verifies it.
    Unverified(Rejection),
}

impl Unreadable {
    /// A stable word for it, in kebab case.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Unverified(rejection) => rejection.as_str(),
        }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed => f.write_str("the stored message is not what it was recorded as"),
            Self::Unverified(rejection) => write!(f, "the stored message does not verify: {rejection}"),
        }
    }
}
