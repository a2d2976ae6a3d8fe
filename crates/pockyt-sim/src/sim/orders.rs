//! The life of an order: made, waiting, final, refunded.

use std::time::Duration;

use super::Sim;
use super::handle::Call;
use crate::agenda::Timer;
use crate::check;
use crate::journal::JournalEvent;
use crate::money::Amount;
use crate::namespace::Namespace;
use crate::order::{Order, Refund, Role, Status};
use crate::refusal::Refusal;
use crate::{Millis, Wallet, fixtures, magic};

/// The documented default.
const DEFAULT_TIMEOUT_MINUTES: u32 = 120;
/// The only currency that the documentation names for `add`, the one operation where it may be missing.
const DEFAULT_CURRENCY: &str = "USD";
/// The default of every source that has one; required by most.
const DEFAULT_SETTLE_CURRENCY: &str = "USD";

impl Sim {
    /// An order as the request describes it, with a number of its own; not yet in the books.
    pub(super) fn draft(&mut self, call: &Call<'_>, status: Status) -> Result<Order, Refusal> {
        let currency = call.params.owned("currency").unwrap_or_else(|| DEFAULT_CURRENCY.into());
        self.draft_priced(call, status, call.params.amount("amount")?, currency)
    }

    pub(super) fn draft_priced(
        &mut self,
        call: &Call<'_>,
        status: Status,
        amount: Amount,
        currency: String,
    ) -> Result<Order, Refusal> {
        let params = &call.params;
        let reference = params.owned("reference");
        self.refuse_duplicate(call, reference.as_deref())?;
        let published = fixtures::number(call.operation.name, &call.merchant_no, reference.as_deref())
            .filter(|number| {
                self.is_published_account(&call.merchant_no) && !self.owners.contains_key(*number)
            });
        if published.is_none() {
            check::vendor_takes(&self.config.profile, params.get("vendor"), &currency)?;
        }
        let transaction_no = match published {
            Some(number) => number.to_owned(),
            None => self.next_number(&call.merchant_no),
        };
        let timeout_minutes =
            params.get("timeout").and_then(|text| text.parse().ok()).unwrap_or(DEFAULT_TIMEOUT_MINUTES);
        Ok(Order {
            position: 0,
            merchant_no: call.merchant_no.clone(),
            store_no: params.required("storeNo"),
            transaction_no,
            reference,
            created_by: call.operation.name,
            amount,
            currency,
            settle_currency: params.owned("settleCurrency").unwrap_or_else(|| DEFAULT_SETTLE_CURRENCY.into()),
            status,
            vendor: params.owned("vendor"),
            vendor_id: None,
            store_admin_no: params.owned("storeAdminNo"),
            description: params.owned("description"),
            note: params.owned("note"),
            ipn_url: params.owned("ipnUrl"),
            callback_url: params.owned("callbackUrl"),
            barcode: None,
            deep_link: None,
            has_cashier: false,
            wants_qrcode: false,
            timeout_minutes,
            created: call.now,
            changed: call.now,
            paid: None,
            expires: None,
            wallet: Wallet::Never,
            queries_before_confirm: None,
            refunds: Vec::new(),
            expiry_timer: None,
            wallet_timer: None,
            role: Role::Payment,
            is_hidden: false,
            customer_no: params.owned("customerNo"),
            vault_id: None,
        })
    }

    fn refuse_duplicate(&self, call: &Call<'_>, reference: Option<&str>) -> Result<(), Refusal> {
        let namespace = self.namespaces.get(&call.merchant_no);
        let holder = reference.and_then(|reference| namespace?.references.get(reference));
        let is_taken = holder.is_some_and(|holder| !fixtures::yields_reference(holder));
        if is_taken && self.config.profile.refuse_duplicates {
            return Err(Refusal::duplicate("reference", &self.config.profile));
        }
        Ok(())
    }

    pub(super) fn next_number(&mut self, merchant_no: &str) -> String {
        self.namespaces.get_mut(merchant_no).map(Namespace::next_number).unwrap_or_default()
    }

    /// Puts a new order into the books and on the clock.
    pub(super) fn open(&mut self, order: Order) {
        let transaction_no = order.transaction_no.clone();
        self.write_status(&order, None);
        self.insert(order);
        self.start_expiry(&transaction_no);
    }

    /// Puts an order into the books only.
    pub(super) fn insert(&mut self, mut order: Order) {
        let Some(namespace) = self.namespaces.get_mut(&order.merchant_no) else { return };
        order.position = self.orders_made;
        self.orders_made += 1;
        if let Some(reference) = order.reference.clone() {
            namespace.references.insert(reference, order.transaction_no.clone());
        }
        self.owners.insert(order.transaction_no.clone(), order.merchant_no.clone());
        namespace.orders.insert(order.transaction_no.clone(), order);
    }

    /// Lets an unpaid order close by itself, unless it is already going to.
    pub(super) fn start_expiry(&mut self, transaction_no: &str) {
        let now = self.now;
        let Some(order) = self.order(transaction_no).filter(|order| order.expiry_timer.is_none()) else {
            return;
        };
        let minutes = u64::from(order.timeout_minutes);
        let at = now.plus(Duration::from_secs(minutes * 60));
        let timer = Timer::TimeOut { transaction_no: transaction_no.to_owned() };
        let key = self.agenda.add_timer(at, timer);
        if let Some(order) = self.order_mut(transaction_no) {
            order.expires = Some(at);
            order.expiry_timer = Some(key);
        }
    }

    /// How the customer of a reference behaves: as a script says, a magic value in it, or like this.
    ///
    /// # Errors
    ///
    /// The refusal of the call, when that is the behaviour.
    pub(super) fn wallet_for(
        &self,
        merchant_no: &str,
        reference: Option<&str>,
        otherwise: Wallet,
    ) -> Result<Wallet, Refusal> {
        let by_magic = || reference.and_then(magic::find).map(|magic| magic.wallet);
        match self.scripted_wallet(merchant_no, reference).or_else(by_magic).unwrap_or(otherwise) {
            Wallet::SystemError => Err(Refusal::system()),
            wallet => Ok(wallet),
        }
    }

    /// The behaviour that a script wants for an order, if there is one.
    fn scripted_wallet(&self, merchant_no: &str, reference: Option<&str>) -> Option<Wallet> {
        let reference = reference?;
        let fitting = self.scripts.iter().filter(|script| script.holds_for(merchant_no, reference));
        // At most one that names the merchant, and one that does not.
        fitting.max_by_key(|script| script.merchant_no.is_some()).map(|script| script.wallet)
    }

    /// Lets the customer of a pending order behave like this from now on.
    pub(super) fn start_wallet(&mut self, transaction_no: &str, wallet: Wallet) {
        let now = self.now;
        let Some(order) = self.order_mut(transaction_no) else { return };
        let old_timer = order.wallet_timer.take();
        order.queries_before_confirm = match wallet {
            Wallet::ConfirmAfterQueries(count) => Some(count),
            _ => None,
        };
        order.wallet = wallet;
        if let Some(key) = old_timer {
            self.agenda.remove(key);
        }
        let transaction_no = transaction_no.to_owned();
        let (delay, timer) = match wallet {
            Wallet::ConfirmAfter(delay) => (delay, Timer::Confirm { transaction_no: transaction_no.clone() }),
            Wallet::DeclineAfter(delay) => (delay, Timer::Decline { transaction_no: transaction_no.clone() }),
            Wallet::BookLate(delay) => (delay, Timer::Book { transaction_no: transaction_no.clone() }),
            Wallet::ReturnAfter(_) => {
                (Duration::ZERO, Timer::Confirm { transaction_no: transaction_no.clone() })
            }
            Wallet::Insufficient => {
                (Duration::ZERO, Timer::Decline { transaction_no: transaction_no.clone() })
            }
            Wallet::ConfirmAfterQueries(_)
            | Wallet::ConfirmOnCancel
            | Wallet::Never
            | Wallet::SystemError => return,
        };
        if delay.is_zero() {
            return self.fire(timer, now);
        }
        let key = self.agenda.add_timer(now.plus(delay), timer);
        if let Some(order) = self.order_mut(&transaction_no) {
            order.wallet_timer = Some(key);
        }
    }

    /// Changes the status if it may change so; a final order drops its timers and is notified.
    pub(super) fn change_status(
        &mut self,
        transaction_no: &str,
        to: Status,
        at: Millis,
        cause: &'static str,
    ) -> bool {
        let Some(namespace) = self.owners.get(transaction_no).and_then(|no| self.namespaces.get_mut(no))
        else {
            return false;
        };
        let vendor_id = (to == Status::Success).then(|| format!("{}{}", at.day(), namespace.next_digits(20)));
        let Some(order) =
            namespace.orders.get_mut(transaction_no).filter(|order| order.status.may_become(to))
        else {
            return false;
        };
        let from = std::mem::replace(&mut order.status, to);
        order.changed = at;
        if to == Status::Success {
            order.paid = Some(at);
            order.vendor_id = vendor_id;
            order.is_hidden = false;
        }
        let timers =
            if to.is_final() { [order.expiry_timer.take(), order.wallet_timer.take()] } else { [None; 2] };
        let order = order.clone();
        for key in timers.into_iter().flatten() {
            self.agenda.remove(key);
        }
        self.write_status_change(&order, Some(from), at, cause);
        if to.is_final() {
            self.notify(&order, at);
        }
        true
    }

    fn write_status(&mut self, order: &Order, from: Option<Status>) {
        self.write_status_change(order, from, order.created, "merchant");
    }

    fn write_status_change(&mut self, order: &Order, from: Option<Status>, at: Millis, cause: &'static str) {
        let event = JournalEvent::StatusChanged {
            transaction_no: order.transaction_no.clone(),
            reference: order.reference.clone(),
            from,
            to: order.status,
            cause,
        };
        self.journal.write(at, Some(&order.merchant_no), event);
    }

    /// Books a refund that was found to be covered by the remainder.
    pub(super) fn book_refund(
        &mut self,
        transaction_no: &str,
        amount: Amount,
        reference: Option<String>,
        at: Millis,
    ) -> Option<Refund> {
        let merchant_no = self.owners.get(transaction_no)?.clone();
        let published = fixtures::refund_number(&merchant_no, reference.as_deref())
            .filter(|_| self.is_published_account(&merchant_no));
        let number = published.map_or_else(|| self.next_number(&merchant_no), str::to_owned);
        let refund = Refund { transaction_no: number, reference, amount, at };
        let namespace = self.namespaces.get_mut(&merchant_no)?;
        namespace.refund_references.extend(refund.reference.clone());
        let order = namespace.orders.get_mut(transaction_no)?;
        order.refunds.push(refund.clone());
        let refund_amount = refund.amount.text(&order.currency);
        let event = JournalEvent::RefundBooked {
            transaction_no: transaction_no.to_owned(),
            refund_transaction_no: refund.transaction_no.clone(),
            refund_reference: refund.reference.clone(),
            refund_amount,
        };
        self.journal.write(at, Some(&merchant_no), event);
        Some(refund)
    }
}
