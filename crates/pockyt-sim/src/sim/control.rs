//! The customer at the wallet, and the operator.

use super::Sim;
use crate::catalogue;
use crate::journal::JournalEvent;
use crate::number::Number;
use crate::order::Status;
use crate::{Millis, Script};

/// Why an action of the customer or the operator was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ControlError {
    /// It is not an amount.
    #[error("an amount is digits in major units, with at most two decimals")]
    BadAmount,
    /// The order does not wait for this.
    #[error("the order is {} and does not wait for this", .status.as_str())]
    NotOpen {
        /// Its status.
        status: Status,
    },
    /// The fault makes no sense; the text says why.
    #[error("{0}")]
    SenselessFault(&'static str),
    /// No such merchant is configured.
    #[error("no such merchant is configured")]
    UnknownMerchant,
    /// The catalogue has no operation of this name; the text of the error lists the names.
    #[error("there is no such operation; there are {}", names_of_operations())]
    UnknownOperation,
    /// There is no such notification.
    #[error("there is no such notification")]
    UnknownNotification,
    /// There is no such order.
    #[error("there is no such order")]
    UnknownTransaction,
}

impl Sim {
    /// The customer confirms a pending order.
    ///
    /// # Errors
    ///
    /// [`ControlError::UnknownTransaction`], or [`ControlError::NotOpen`] when it is not pending.
    pub fn approve(&mut self, transaction_no: &str, now: Millis) -> Result<(), ControlError> {
        self.act(transaction_no, now, "approve", Status::Success, "customer")
    }

    /// The customer declines a pending order.
    ///
    /// # Errors
    ///
    /// As [`Sim::approve`].
    pub fn decline(&mut self, transaction_no: &str, now: Millis) -> Result<(), ControlError> {
        self.act(transaction_no, now, "decline", Status::Failed, "customer")
    }

    /// The timeout of an unpaid order, new or pending, is over.
    ///
    /// # Errors
    ///
    /// [`ControlError::UnknownTransaction`], or [`ControlError::NotOpen`] when it is final.
    pub fn expire(&mut self, transaction_no: &str, now: Millis) -> Result<(), ControlError> {
        self.act(transaction_no, now, "expire", Status::Closed, "timeout")
    }

    fn act(
        &mut self,
        transaction_no: &str,
        now: Millis,
        action: &'static str,
        to: Status,
        cause: &'static str,
    ) -> Result<(), ControlError> {
        let now = self.tick(now);
        let Some(transaction_no) = self.order_behind(transaction_no) else {
            return self.act_on_record(transaction_no, now, action, to);
        };
        let transaction_no = transaction_no.as_str();
        let order = self.order(transaction_no).ok_or(ControlError::UnknownTransaction)?;
        let (status, merchant_no) = (order.status, order.merchant_no.clone());
        if !status.may_become(to) {
            return Err(ControlError::NotOpen { status });
        }
        let event = JournalEvent::CustomerAction { transaction_no: transaction_no.to_owned(), action };
        self.journal.write(now, Some(&merchant_no), event);
        self.change_status(transaction_no, to, now, cause);
        Ok(())
    }

    /// Sets how the customer behaves for a reference; see [`Script`].
    ///
    /// # Errors
    ///
    /// [`ControlError::UnknownMerchant`] when it names a merchant that is not configured.
    pub fn set_script(&mut self, script: Script) -> Result<(), ControlError> {
        self.check_named(script.merchant_no.as_deref())?;
        self.scripts.retain(|known| {
            (&known.reference, &known.merchant_no) != (&script.reference, &script.merchant_no)
        });
        for number in self.waiting_for(&script) {
            self.start_wallet(number, script.wallet);
        }
        self.scripts.push(script);
        Ok(())
    }

    /// The pending orders for which a new script holds: not those that have one for their merchant alone.
    fn waiting_for(&self, script: &Script) -> Vec<Number> {
        let has_its_own = |merchant_no: &str| {
            let mut scripts = self.scripts.iter();
            scripts.any(|known| {
                known.reference == script.reference && known.merchant_no.as_deref() == Some(merchant_no)
            })
        };
        self.namespaces
            .iter()
            .filter(|(merchant_no, _)| script.holds_for(merchant_no, &script.reference))
            .filter(|(merchant_no, _)| !has_its_own(merchant_no))
            .filter_map(|(_, namespace)| namespace.orders.of_reference(&script.reference))
            .filter(|order| order.status == Status::Pending)
            .map(|order| order.number)
            .collect()
    }

    /// The scripts, oldest first.
    pub fn scripts(&self) -> &[Script] {
        &self.scripts
    }

    /// The scripts that name this merchant, oldest first; not those for every merchant.
    ///
    /// # Errors
    ///
    /// [`ControlError::UnknownMerchant`].
    pub fn scripts_of(&self, merchant_no: &str) -> Result<impl Iterator<Item = &Script>, ControlError> {
        self.check_named(Some(merchant_no))?;
        Ok(self.scripts.iter().filter(move |script| script.merchant_no.as_deref() == Some(merchant_no)))
    }

    /// Forgets the scripts. Customers who are already waiting keep what they were told.
    pub fn clear_scripts(&mut self) {
        self.scripts.clear();
    }

    /// Forgets the scripts that name this merchant.
    ///
    /// # Errors
    ///
    /// [`ControlError::UnknownMerchant`].
    pub fn clear_scripts_of(&mut self, merchant_no: &str) -> Result<(), ControlError> {
        self.check_named(Some(merchant_no))?;
        self.scripts.retain(|script| script.merchant_no.as_deref() != Some(merchant_no));
        Ok(())
    }

    pub(super) fn check_named(&self, merchant_no: Option<&str>) -> Result<(), ControlError> {
        let is_known = merchant_no.is_none_or(|merchant_no| self.namespaces.contains(merchant_no));
        if is_known { Ok(()) } else { Err(ControlError::UnknownMerchant) }
    }
}

fn names_of_operations() -> String {
    catalogue::operations().iter().map(|operation| operation.name).collect::<Vec<_>>().join(", ")
}
