//! Faults as a tester sets, sees and forgets them.

use super::super::Sim;
use super::super::control::ControlError;
use super::MAX_REFERENCE;
use crate::agenda::Timer;
use crate::catalogue;
use crate::journal::{JournalEvent, cut};
use crate::{ConnectionFault, Fault, FaultKind, Millis};

/// How many characters of a path the journal keeps.
const MAX_PATH: usize = 256;

impl Sim {
    /// Adds a fault; see [`Fault`]. A refusal of connections is in force at once. The operation is kept by its
    /// own name, whichever of its names is given.
    ///
    /// # Errors
    ///
    /// [`ControlError::UnknownOperation`] and [`ControlError::UnknownMerchant`], since a fault with a
    /// misspelt name would never hit anything; [`ControlError::SenselessFault`] for the same reason, as of one
    /// that hits no times.
    pub fn set_fault(&mut self, mut fault: Fault) -> Result<(), ControlError> {
        self.check_named(fault.merchant_no.as_deref())?;
        fault.check().map_err(ControlError::SenselessFault)?;
        if let Some(name) = &mut fault.operation {
            let operation = catalogue::named(name).ok_or(ControlError::UnknownOperation)?;
            operation.name.clone_into(name);
        }
        if let FaultKind::Connection(ConnectionFault::Refuse { ms }) = fault.kind {
            let now = self.now;
            self.note_fault(now, None, None, fault.kind);
            self.waiting.refuses_connections = ms > 0;
            self.agenda.add_timer(Millis(now.0.saturating_add(ms)), Timer::AcceptConnections);
        } else {
            self.faults.add(fault);
        }
        Ok(())
    }

    /// The faults that are not yet used up, oldest first. The oldest that fits a request hits it.
    pub fn faults(&self) -> &[Fault] {
        self.faults.faults()
    }

    /// The faults that never hit anything, oldest first.
    pub fn unfired_faults(&self) -> impl Iterator<Item = &Fault> {
        self.faults.unfired()
    }

    /// Writes the faults that never hit anything into the journal, as the last thing that is done.
    pub fn close(&mut self, now: Millis) {
        let now = self.tick(now);
        let unfired: Vec<Fault> = self.faults.unfired().cloned().collect();
        for mut fault in unfired {
            fault.reference = fault.reference.map(|reference| cut(&reference, MAX_REFERENCE));
            fault.path = fault.path.map(|path| cut(&path, MAX_PATH));
            let merchant_no = fault.merchant_no.clone();
            self.journal.write(now, merchant_no.as_deref(), JournalEvent::FaultUnfired { fault });
        }
    }

    /// The faults that name this merchant, oldest first; not those for every merchant.
    ///
    /// # Errors
    ///
    /// [`ControlError::UnknownMerchant`].
    pub fn faults_of(&self, merchant_no: &str) -> Result<impl Iterator<Item = &Fault>, ControlError> {
        self.check_named(Some(merchant_no))?;
        let all = self.faults.faults().iter();
        Ok(all.filter(move |fault| fault.merchant_no.as_deref() == Some(merchant_no)))
    }

    /// Forgets the faults, and accepts connections again.
    pub fn clear_faults(&mut self) {
        self.faults.clear();
        self.accept_connections();
    }

    /// Forgets the faults that name this merchant.
    ///
    /// # Errors
    ///
    /// [`ControlError::UnknownMerchant`].
    pub fn clear_faults_of(&mut self, merchant_no: &str) -> Result<(), ControlError> {
        self.check_named(Some(merchant_no))?;
        self.faults.clear_of(merchant_no);
        Ok(())
    }
}
