//! What reaches a handler.

use pockyt_model::PaymentNotification;
use pockyt_sign::Verifier;
use pockyt_store::{Identity, NoticeId, StoredNotice, Tenant};

use crate::judge::{Judged, judge};

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
    /// Reads a stored notice again; `None` when it does not verify or is not what it was recorded as.
    pub(crate) fn read(stored: &StoredNotice, verifier: &Verifier) -> Option<Self> {
        let judged = judge(verifier, stored.format, &stored.body).ok()?;
        let Judged::Payment(payment) = judged else { return None };
        let identity = Identity::Clean {
            key: payment.dedupe_key().as_str().to_owned(),
            fingerprint: *payment.fingerprint().as_bytes(),
        };
        (identity == stored.identity).then(|| Self {
            id: stored.id,
            tenant: stored.route.tenant().clone(),
            payment,
            attempt: stored.attempt(),
        })
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
