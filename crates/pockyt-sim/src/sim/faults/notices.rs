//! Faults of notifications: what strikes a delivery attempt, and what waits for another to pass.

use super::super::Sim;
use crate::fault::altered;
use crate::{FaultKind, Millis, NotificationFault, NotificationId};

/// An attempt that a fault holds back until another one of its merchant has gone out.
pub(super) struct Postponed {
    pub(super) merchant_no: String,
    pub(super) notification: NotificationId,
}

impl Sim {
    /// The fault that strikes an attempt; it is noted in the journal.
    pub(in crate::sim) fn strike_attempt(
        &mut self,
        notification: NotificationId,
        number: u32,
        at: Millis,
    ) -> Option<NotificationFault> {
        if self.faults.is_empty() {
            return None;
        }
        let (merchant_no, reference) = self.notifications.about(notification)?;
        let (merchant_no, reference) = (merchant_no.to_owned(), reference.map(str::to_owned));
        let fault = self.faults.of_attempt(&merchant_no, reference.as_deref(), number)?;
        let about = Some((merchant_no.as_str(), reference.as_deref(), notification));
        self.note_fault(at, about, None, FaultKind::Notification(fault));
        Some(fault)
    }

    pub(in crate::sim) fn postpone(&mut self, notification: NotificationId) {
        let Some((merchant_no, _)) = self.notifications.about(notification) else { return };
        let merchant_no = merchant_no.to_owned();
        self.waiting.postponed.push(Postponed { merchant_no, notification });
    }

    /// What was waiting for a delivery of this merchant to go out.
    pub(in crate::sim) fn overtaken(&mut self, merchant_no: &str) -> Vec<NotificationId> {
        if self.waiting.postponed.is_empty() {
            return Vec::new();
        }
        let postponed = std::mem::take(&mut self.waiting.postponed);
        let (its_own, others) = postponed.into_iter().partition(|waiting| waiting.merchant_no == merchant_no);
        self.waiting.postponed = others;
        let its_own: Vec<Postponed> = its_own;
        its_own.into_iter().map(|waiting| waiting.notification).collect()
    }
}

impl NotificationFault {
    /// Whether what arrives is not from Pockyt, so that Pockyt does not hear what is answered to it.
    pub(in crate::sim) fn is_foreign(self) -> bool {
        matches!(self, Self::Tamper | Self::Forge | Self::Recut)
    }

    pub(in crate::sim) fn applied_to(self, content_type: &str, body: &str) -> String {
        altered(self, content_type == "application/json", body)
    }
}
