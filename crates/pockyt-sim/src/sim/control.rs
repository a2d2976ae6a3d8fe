//! The customer at the wallet, and the operator.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::Sim;
use crate::catalogue;
use crate::journal::JournalEvent;
use crate::order::{Order, Status};
use crate::{Fault, Millis, Script};

/// Why an action of the customer or the operator was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ControlError {
    /// The order does not wait for this.
    #[error("the order is {} and does not wait for this", .status.as_str())]
    NotOpen {
        /// Its status.
        status: Status,
    },
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
        let status = self.order(transaction_no).ok_or(ControlError::UnknownTransaction)?.status;
        if !status.may_become(to) {
            return Err(ControlError::NotOpen { status });
        }
        let event = JournalEvent::CustomerAction { transaction_no: transaction_no.to_owned(), action };
        self.journal.write(now, self.owners.get(transaction_no).map(String::as_str), event);
        self.change_status(transaction_no, to, now, cause);
        Ok(())
    }

    /// Where the customer's browser goes when it leaves the cashier page: `callbackUrl` with its
    /// `{macros}` filled, values percent-encoded. `None` when the order has none or is unknown.
    ///
    /// Macros: `transactionNo`, `status`, `amount`, `currency`, `settleCurrency`, `time`
    /// (`yyyyMMddHHmmss`, UTC+8, of the last change), `reference`, `note`, `vendorId`, and the older
    /// `yuansferId`. What the order lacks becomes empty; other braces stay. The query is not signed.
    pub fn browser_return(&self, transaction_no: &str) -> Option<String> {
        let order = self.order(transaction_no)?;
        let mut rest = order.callback_url.as_deref()?;
        let mut url = String::with_capacity(rest.len());
        while let Some((before, after)) = rest.split_once('{') {
            url.push_str(before);
            let filled =
                after.split_once('}').and_then(|(name, tail)| Some((macro_value(order, name)?, tail)));
            if let Some((value, tail)) = filled {
                url.extend(utf8_percent_encode(&value, NON_ALPHANUMERIC));
                rest = tail;
            } else {
                url.push('{');
                rest = after;
            }
        }
        url.push_str(rest);
        Some(url)
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
        for transaction_no in self.waiting_for(&script) {
            self.start_wallet(&transaction_no, script.wallet);
        }
        self.scripts.push(script);
        Ok(())
    }

    /// The pending orders for which a new script holds: not those that have one for their merchant alone.
    fn waiting_for(&self, script: &Script) -> Vec<String> {
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
            .filter_map(|(_, namespace)| namespace.orders.get(namespace.references.get(&script.reference)?))
            .filter(|order| order.status == Status::Pending)
            .map(|order| order.transaction_no.clone())
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

    /// Adds a fault; see [`Fault`]. One for zero requests is not kept. The operation is kept by its own
    /// name, whichever of its names is given.
    ///
    /// # Errors
    ///
    /// [`ControlError::UnknownOperation`] and [`ControlError::UnknownMerchant`], since a fault with a
    /// misspelt name would never hit anything.
    pub fn set_fault(&mut self, mut fault: Fault) -> Result<(), ControlError> {
        self.check_named(fault.merchant_no.as_deref())?;
        if let Some(name) = &mut fault.operation {
            let operation = catalogue::named(name).ok_or(ControlError::UnknownOperation)?;
            operation.name.clone_into(name);
        }
        if fault.times > 0 {
            self.faults.push(fault);
        }
        Ok(())
    }

    /// The faults that are not yet used up, oldest first. The oldest that fits a request hits it.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// The faults that name this merchant, oldest first; not those for every merchant.
    ///
    /// # Errors
    ///
    /// [`ControlError::UnknownMerchant`].
    pub fn faults_of(&self, merchant_no: &str) -> Result<impl Iterator<Item = &Fault>, ControlError> {
        self.check_named(Some(merchant_no))?;
        Ok(self.faults.iter().filter(move |fault| fault.merchant_no.as_deref() == Some(merchant_no)))
    }

    /// Forgets the faults.
    pub fn clear_faults(&mut self) {
        self.faults.clear();
    }

    /// Forgets the faults that name this merchant.
    ///
    /// # Errors
    ///
    /// [`ControlError::UnknownMerchant`].
    pub fn clear_faults_of(&mut self, merchant_no: &str) -> Result<(), ControlError> {
        self.check_named(Some(merchant_no))?;
        self.faults.retain(|fault| fault.merchant_no.as_deref() != Some(merchant_no));
        Ok(())
    }

    fn check_named(&self, merchant_no: Option<&str>) -> Result<(), ControlError> {
        let is_known = merchant_no.is_none_or(|merchant_no| self.namespaces.contains_key(merchant_no));
        if is_known { Ok(()) } else { Err(ControlError::UnknownMerchant) }
    }
}

fn names_of_operations() -> String {
    catalogue::operations().iter().map(|operation| operation.name).collect::<Vec<_>>().join(", ")
}

fn macro_value(order: &Order, name: &str) -> Option<String> {
    Some(match name {
        "amount" => order.amount_text(),
        "currency" => order.currency.clone(),
        "note" => order.note.clone().unwrap_or_default(),
        "reference" => order.reference.clone().unwrap_or_default(),
        "settleCurrency" => order.settle_currency.clone(),
        "status" => order.status.as_str().to_owned(),
        "time" => order.changed.in_notifications(),
        "transactionNo" | "yuansferId" => order.transaction_no.clone(),
        "vendorId" => order.vendor_id.clone().unwrap_or_default(),
        _ => return None,
    })
}
