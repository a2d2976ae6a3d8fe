//! What reaches a handler.

use std::fmt;

use pockyt_model::PaymentNotification;
use pockyt_sign::{KeyRing, Rejection};
use pockyt_store::{Identity, NoticeId, StoredNotice, Tenant};

use crate::judge::{Reading, judge};

/// A genuine notification, for a [`Handler`](crate::Handler).
///
/// Only the listener makes one, and only from a message that verifies: when it was received, and again
/// from the stored bytes before each attempt. So a row that somebody put into the database by hand is
/// not acted upon, and what the handler sees is what was signed.
///
/// *Genuine* means that somebody who has the key wrote it. Compare amount and currency with the order,
/// and confirm by `tran-query` what is worth money.
#[derive(Clone, Debug)]
pub struct Notice {
    id: NoticeId,
    tenant: Tenant,
    payment: PaymentNotification,
    attempt: u32,
}

impl Notice {
    /// Reads a stored notice again, with the keys that were valid when it was received.
    pub(crate) fn read(stored: &StoredNotice, keys: &KeyRing) -> Result<Self, Unreadable> {
        let judged = judge(keys, stored.format, &stored.body, stored.received_at);
        let Reading::Payment(payment) = judged.map_err(Unreadable::Unverified)?.reading else {
            return Err(Unreadable::Changed);
        };
        let identity = Identity::Clean {
            key: payment.dedupe_key().as_str().to_owned(),
            fingerprint: *payment.fingerprint().as_bytes(),
        };
        if identity != stored.identity {
            return Err(Unreadable::Changed);
        }
        let tenant = stored.route.tenant().clone();
        Ok(Self { id: stored.id, tenant, payment, attempt: stored.attempt() })
    }

    /// Its number in the store: the same at every attempt, so it can serve as an idempotency key.
    pub fn id(&self) -> NoticeId {
        self.id
    }

    /// Whose it is, by the listener it came in at.
    pub fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    /// What Pockyt says.
    pub fn payment(&self) -> &PaymentNotification {
        &self.payment
    }

    /// Which attempt this is, counted from 1.
    pub fn attempt(&self) -> u32 {
        self.attempt
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
