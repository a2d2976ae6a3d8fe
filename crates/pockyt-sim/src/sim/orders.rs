//! The life of an order: made, waiting, final, refunded.

use std::sync::Arc;
use std::time::Duration;

use super::Sim;
use super::handle::Call;
use crate::agenda::{Agenda, Key, OrderTimer};
use crate::check;
use crate::journal::{Counted, Journal, JournalEvent};
use crate::money::Amount;
use crate::namespace::Namespace;
use crate::number::{Number, OrderName};
use crate::order::{Order, Rare, Refund, Status, Terms};
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
        let currency = call.params.get("currency").unwrap_or(DEFAULT_CURRENCY);
        self.draft_priced(call, status, call.params.amount("amount")?, currency)
    }

    pub(super) fn draft_priced(
        &mut self,
        call: &Call<'_>,
        status: Status,
        amount: Amount,
        currency: &str,
    ) -> Result<Order, Refusal> {
        let params = &call.params;
        let reference = params.get("reference");
        self.refuse_duplicate(call, reference)?;
        let published = fixtures::number(call.operation.name, call.merchant_no, reference)
            .filter(|number| self.is_published_account(call.merchant_no) && self.owner(number).is_none());
        if published.is_none() {
            check::vendor_takes(&self.config.profile, params.get("vendor"), currency)?;
        }
        let number = match published.and_then(Number::parse) {
            Some(number) => number,
            None => self.next_number(call.merchant_no),
        };
        let timeout_minutes =
            params.get("timeout").and_then(|text| text.parse().ok()).unwrap_or(DEFAULT_TIMEOUT_MINUTES);
        let terms = Terms {
            merchant_no: call.merchant_no,
            store_no: params.get("storeNo").unwrap_or_default(),
            created_by: call.operation.name,
            currency,
            settle_currency: params.get("settleCurrency").unwrap_or(DEFAULT_SETTLE_CURRENCY),
            vendor: params.get("vendor"),
            store_admin_no: params.get("storeAdminNo"),
            ipn_url: params.get("ipnUrl"),
            callback_url: params.get("callbackUrl"),
            timeout_minutes,
        };
        let known = self.namespaces.get(call.merchant_no);
        let terms = known.map_or_else(|| Arc::new((&terms).into()), |known| known.orders.terms(&terms));
        let rare = Rare {
            description: params.owned("description"),
            note: params.owned("note"),
            customer_no: params.owned("customerNo"),
            ..Rare::default()
        };
        let rare = (rare != Rare::default()).then(|| Box::new(rare));
        let reference = params.get("reference").map(Box::from);
        Ok(Order { reference, rare, ..Order::new(number, terms, amount, status, call.now) })
    }

    fn refuse_duplicate(&self, call: &Call<'_>, reference: Option<&str>) -> Result<(), Refusal> {
        let namespace = self.namespaces.get(call.merchant_no);
        let holder = reference.and_then(|reference| namespace?.orders.of_reference(reference));
        let is_taken = holder.is_some_and(|holder| !fixtures::yields_reference(&holder.number));
        if is_taken && self.config.profile.refuse_duplicates {
            return Err(Refusal::duplicate("reference", &self.config.profile));
        }
        Ok(())
    }

    pub(super) fn next_number(&mut self, merchant_no: &str) -> Number {
        self.namespaces.get_mut(merchant_no).map(Namespace::next_number).unwrap_or_default()
    }

    /// Puts a new order into the books and on the clock.
    pub(super) fn open(&mut self, mut order: Order) {
        write_status_change(&mut self.journal, &order, None, order.created, "merchant");
        order.expiry_timer = Some(plan_expiry(&mut self.agenda, &order, self.now));
        self.insert(order);
    }

    /// Puts an order into the books only.
    pub(super) fn insert(&mut self, mut order: Order) {
        let Some(namespace) = self.namespaces.get_mut(&order.merchant_no) else { return };
        order.position = u32::try_from(self.orders_made).unwrap_or(u32::MAX);
        self.orders_made += 1;
        namespace.orders.insert(order);
    }

    /// Lets an unpaid order close by itself, unless it is already going to.
    pub(super) fn start_expiry(&mut self, transaction_no: Number) {
        let namespace = self.namespaces.of_order_mut(transaction_no);
        let order = namespace.and_then(|namespace| namespace.orders.get_mut(transaction_no));
        let Some(order) = order.filter(|order| order.expiry_timer.is_none()) else { return };
        order.expiry_timer = Some(plan_expiry(&mut self.agenda, order, self.now));
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
    pub(super) fn start_wallet(&mut self, transaction_no: Number, wallet: Wallet) {
        let now = self.now;
        let namespace = self.namespaces.of_order_mut(transaction_no);
        let order = namespace.and_then(|namespace| namespace.orders.get_mut(transaction_no));
        let Some(order) = order else { return };
        if let Some(key) = order.wallet_timer.take() {
            self.agenda.remove(key);
        }
        order.queries_before_confirm = match wallet {
            Wallet::ConfirmAfterQueries(count) => Some(count),
            _ => None,
        };
        order.confirms_on_cancel = wallet == Wallet::ConfirmOnCancel;
        let (delay, what) = match wallet {
            Wallet::ConfirmAfter(delay) => (delay, OrderTimer::Confirm),
            Wallet::DeclineAfter(delay) => (delay, OrderTimer::Decline),
            Wallet::BookLate(delay) => (delay, OrderTimer::Book),
            Wallet::ReturnAfter(_) => (Duration::ZERO, OrderTimer::Confirm),
            Wallet::Insufficient => (Duration::ZERO, OrderTimer::Decline),
            Wallet::ConfirmAfterQueries(_)
            | Wallet::ConfirmOnCancel
            | Wallet::Never
            | Wallet::SystemError => return,
        };
        if delay.is_zero() {
            return self.fire_for_order(what, transaction_no, now);
        }
        order.wallet_timer = Some(self.agenda.add_timer(now.plus(delay), what.of(transaction_no)));
    }

    /// Changes the status if it may change so; a final order drops its timers and is notified.
    pub(super) fn change_status(
        &mut self,
        name: impl OrderName,
        to: Status,
        at: Millis,
        cause: &'static str,
    ) -> bool {
        let Some(number) = name.number() else { return false };
        let Some(namespace) = self.namespaces.of_order_mut(number) else { return false };
        if namespace.orders.get(number).is_none() {
            return false;
        }
        let channel_id = (to == Status::Success).then(|| namespace.next_channel_id());
        let Some(order) = namespace.orders.get_mut(number).filter(|order| order.status.may_become(to)) else {
            return false;
        };
        let from = std::mem::replace(&mut order.status, to);
        order.changed = at;
        if to == Status::Success {
            order.channel_id = channel_id;
            order.is_hidden = false;
        }
        if to.is_final() {
            for key in [order.expiry_timer.take(), order.wallet_timer.take()].into_iter().flatten() {
                self.agenda.remove(key);
            }
        }
        write_status_change(&mut self.journal, order, Some(from), at, cause);
        if to.is_final() {
            self.notify(number, at);
        }
        true
    }

    /// Books a refund that was found to be covered by the remainder.
    pub(super) fn book_refund(
        &mut self,
        transaction_no: Number,
        amount: Amount,
        reference: Option<String>,
        at: Millis,
    ) -> Option<Refund> {
        let merchant_no = self.order(transaction_no)?.merchant_no.clone();
        let published = fixtures::refund_number(&merchant_no, reference.as_deref())
            .filter(|_| self.is_published_account(&merchant_no));
        let number = published.and_then(Number::parse);
        let number = number.unwrap_or_else(|| self.next_number(&merchant_no));
        let refund = Refund { transaction_no: number, reference, amount, at };
        let namespace = self.namespaces.get_mut(&merchant_no)?;
        namespace.refund_references.extend(refund.reference.clone());
        let order = namespace.orders.get_mut(transaction_no)?;
        let refunds = &mut order.rare_mut().refunds;
        // Most orders have one.
        refunds.reserve_exact(1);
        refunds.push(refund.clone());
        let refund_amount = refund.amount.text(&order.currency);
        let event = JournalEvent::RefundBooked {
            transaction_no: transaction_no.into(),
            refund_transaction_no: refund.transaction_no.into(),
            refund_reference: refund.reference.clone(),
            refund_amount,
        };
        self.journal.write(at, Some(&merchant_no), event);
        Some(refund)
    }
}

fn plan_expiry(agenda: &mut Agenda, order: &Order, now: Millis) -> Key {
    let minutes = u64::from(order.timeout_minutes);
    let at = now.plus(Duration::from_secs(minutes * 60));
    agenda.add_timer(at, OrderTimer::TimeOut.of(order.number))
}

fn write_status_change(
    journal: &mut Journal,
    order: &Order,
    from: Option<Status>,
    at: Millis,
    cause: &'static str,
) {
    journal.write_with(at, Some(&order.merchant_no), Counted::StatusChange, || JournalEvent::StatusChanged {
        transaction_no: order.number.into(),
        reference: order.owned_reference(),
        from,
        to: order.status,
        cause,
    });
}
