//! What is not an order: finding it, changing it, and the customers who decide about it.

use super::Sim;
use super::control::ControlError;
use super::handle::Call;
use crate::agenda::{Decision, Key, Timer};
use crate::books::{AccountStatus, Books, Decided, MandateStatus, PayoutStatus};
use crate::journal::JournalEvent;
use crate::money::Amount;
use crate::number::Number;
use crate::order::Status;
use crate::{Millis, PageView, PayoutView};

impl Sim {
    pub(super) fn books(&self, merchant_no: &str) -> Option<&Books> {
        self.namespaces.get(merchant_no).map(|namespace| &namespace.books)
    }

    pub(super) fn books_mut(&mut self, merchant_no: &str) -> Option<&mut Books> {
        self.namespaces.get_mut(merchant_no).map(|namespace| &mut namespace.books)
    }

    /// A number for something that is not an order, so that it can be found by it.
    pub(super) fn own_number(&mut self, merchant_no: &str, prefix: &str) -> String {
        let number = [prefix, &self.next_number(merchant_no)].concat();
        self.owners.insert(number.clone(), merchant_no.to_owned());
        number
    }

    pub(super) fn write_record(
        &mut self,
        call: &Call<'_>,
        kind: &'static str,
        number: &str,
        reference: Option<&str>,
        (from, to): (Option<&'static str>, &'static str),
    ) {
        self.write_change(call.now, call.merchant_no, kind, number, reference, (from, to), "merchant");
    }

    #[expect(clippy::too_many_arguments, reason = "they are the fields of one journal entry")]
    fn write_change(
        &mut self,
        at: Millis,
        merchant_no: &str,
        kind: &'static str,
        number: &str,
        reference: Option<&str>,
        (from, to): (Option<&'static str>, &'static str),
        cause: &'static str,
    ) {
        let (number, reference) = (number.to_owned(), reference.map(str::to_owned));
        let event = JournalEvent::RecordChanged { kind, number, reference, from, to, cause };
        self.journal.write(at, Some(merchant_no), event);
    }

    /// Lets something be decided later, or now when there is no delay.
    pub(super) fn decide_after(
        &mut self,
        merchant_no: &str,
        number: &str,
        delay: std::time::Duration,
        to: Status,
    ) {
        let at = self.now.plus(delay);
        if delay.is_zero() {
            self.decide(number, to, at, "customer");
            return;
        }
        let key: Key =
            self.agenda.add_timer(at, Timer::Decide(Box::new(Decision { number: number.to_owned(), to })));
        if let Some(books) = self.books_mut(merchant_no) {
            books.timers.insert(key);
        }
    }

    /// Decides about a payout, an agreement or an account. `false` when it does not wait for this.
    ///
    /// `Closed` means for a payout that the money came back, for the others that nobody ever decided.
    pub(super) fn decide(&mut self, number: &str, to: Status, at: Millis, cause: &'static str) -> bool {
        let Some(merchant_no) = self.owner(number).map(str::to_owned) else { return false };
        let decided = self.books_mut(&merchant_no).and_then(|books| books.decide(number, to, at));
        let Some((from, record)) = decided else { return false };
        let (kind, reference, to) = record.in_journal();
        self.write_change(at, &merchant_no, kind, number, reference, (Some(from), to), cause);
        match record {
            Decided::Account(account) => self.notify_account(&merchant_no, &account, at),
            // The message has no status, so it can only say that it was signed.
            Decided::Mandate(mandate) if mandate.status == MandateStatus::Signed => {
                self.notify_mandate(&merchant_no, &mandate, at);
            }
            Decided::Mandate(_) => {}
            Decided::Payout(payout) => self.notify_payout(&merchant_no, &payout, at),
        }
        true
    }

    /// What is booked late comes to light.
    pub(super) fn book(&mut self, transaction_no: Number, at: Millis) {
        self.change_status(transaction_no, Status::Pending, at, "channel");
        self.change_status(transaction_no, Status::Success, at, "customer");
    }

    /// The order that a number of the control API names: an order, or the one behind a mixed code or a hold.
    pub(super) fn order_behind(&self, number: &str) -> Option<String> {
        let namespace = self.namespaces.get(self.owner(number)?)?;
        let books = &namespace.books;
        let behind = books.records.get(number).or(books.holds.get(number).map(|hold| &hold.transaction_no));
        behind.cloned().or_else(|| namespace.orders.get(number).is_some().then(|| number.to_owned()))
    }

    /// What the customer or the operator does to something that is not an order.
    pub(super) fn act_on_record(
        &mut self,
        number: &str,
        now: Millis,
        action: &'static str,
        to: Status,
    ) -> Result<(), ControlError> {
        let merchant_no = self.owner(number).map(str::to_owned).ok_or(ControlError::UnknownTransaction)?;
        if self.waits_for(&merchant_no, number, to) {
            let event = JournalEvent::CustomerAction { transaction_no: number.to_owned(), action };
            self.journal.write(now, Some(&merchant_no), event);
            self.decide(number, to, now, "customer");
            return Ok(());
        }
        let payout = self.books(&merchant_no).and_then(|books| books.payouts.get(number));
        let status = match payout.map(|payout| payout.status) {
            Some(PayoutStatus::Pending) => Status::Pending,
            Some(PayoutStatus::Failed) => Status::Failed,
            _ => Status::Success,
        };
        Err(ControlError::NotOpen { status })
    }

    /// Whether something can be decided like this.
    fn waits_for(&self, merchant_no: &str, number: &str, to: Status) -> bool {
        self.books(merchant_no).is_some_and(|books| books.waits_for(number, to))
    }

    /// What the page of an agreement or an account shows; `None` for anything else.
    pub fn page(&self, number: &str) -> Option<PageView> {
        let merchant_no = self.owner(number)?;
        let books = self.books(merchant_no)?;
        let agreement = books.mandates.get(number).map(|mandate| PageView {
            kind: "agreement",
            merchant_no: merchant_no.to_owned(),
            number: number.to_owned(),
            reference: Some(mandate.auto_reference.clone()),
            vendor: mandate.vendor.clone(),
            status: mandate.status.as_str(),
            is_open: mandate.status == MandateStatus::Waiting,
        });
        agreement.or_else(|| {
            let account = books.accounts.get(number)?;
            Some(PageView {
                kind: "account",
                merchant_no: merchant_no.to_owned(),
                number: number.to_owned(),
                reference: account.tag.clone(),
                vendor: account.kind.clone(),
                status: account.status.as_str(),
                is_open: account.status == AccountStatus::Pending,
            })
        })
    }

    /// All payouts, those of one merchant in the order of their numbers.
    pub fn payouts(&self) -> Vec<PayoutView> {
        let of = |(merchant_no, books): (&str, &Books)| -> Vec<PayoutView> {
            let view = |payout: &crate::books::Payout| PayoutView {
                merchant_no: merchant_no.to_owned(),
                transaction_no: payout.transaction_no.clone(),
                invoice_id: payout.invoice_id.clone(),
                receiver: payout.receiver.clone(),
                account_token: payout.account_token.clone(),
                amount: payout.amount.text(&payout.currency),
                currency: payout.currency.clone(),
                status: payout.status.as_str(),
            };
            books.payouts.values().map(view).collect()
        };
        self.namespaces.iter().flat_map(|(no, namespace)| of((no, &namespace.books))).collect()
    }

    /// Sets what a merchant can pay out in one currency, as a decimal text in major units.
    ///
    /// # Errors
    ///
    /// [`ControlError::UnknownMerchant`], or [`ControlError::BadAmount`].
    pub fn set_balance(
        &mut self,
        merchant_no: &str,
        currency: &str,
        amount: &str,
    ) -> Result<(), ControlError> {
        self.check_named(Some(merchant_no))?;
        let amount = Amount::parse_or_zero(amount).map_err(|_| ControlError::BadAmount)?;
        if let Some(books) = self.books_mut(merchant_no) {
            books.balances.insert(currency.to_owned(), amount);
        }
        Ok(())
    }
}
