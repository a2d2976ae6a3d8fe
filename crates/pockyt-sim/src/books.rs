//! What one merchant has at Pockyt beside its orders.

use std::collections::{BTreeMap, BTreeSet};

use crate::Millis;
use crate::agenda::Key;
use crate::money::Amount;
use crate::order::Status;

/// What a new merchant can pay out: the balance of the published sample.
const FIRST_BALANCE: (&str, Amount) = ("USD", Amount::from_hundredths(49_900_000));

#[derive(Clone, Default)]
pub(crate) struct Books {
    /// From `recordNo` of a mixed code to the order behind it.
    pub(crate) records: BTreeMap<String, String>,
    /// By `customerNo`: customers and payees.
    pub(crate) people: BTreeMap<String, Person>,
    /// By `accountToken`.
    pub(crate) accounts: BTreeMap<String, PayoutAccount>,
    /// By `transactionNo`.
    pub(crate) payouts: BTreeMap<String, Payout>,
    /// From `invoiceId` to the newest payout with it.
    pub(crate) invoices: BTreeMap<String, String>,
    /// By currency: what can be paid out, where that was set or has changed.
    pub(crate) balances: BTreeMap<String, Amount>,
    /// By `autoDebitNo`.
    pub(crate) mandates: BTreeMap<String, Mandate>,
    /// From `autoReference` to the newest agreement with it.
    pub(crate) auto_references: BTreeMap<String, String>,
    /// By `authInfoNo`.
    pub(crate) holds: BTreeMap<String, Hold>,
    /// From `outAuthInfoNo` to `authInfoNo`.
    pub(crate) out_infos: BTreeMap<String, String>,
    /// From `payorNo` to whether it is approved.
    pub(crate) payors: BTreeMap<String, bool>,
    /// From `scheduleNo`, the number of the first payment, to whether the series goes on.
    pub(crate) schedules: BTreeMap<String, bool>,
    /// The payment methods that were kept.
    pub(crate) vaults: BTreeSet<String>,
    /// Timers of what is here, so that a reset can stop them.
    pub(crate) timers: BTreeSet<Key>,
}

impl Books {
    /// As new.
    pub(crate) fn clear(&mut self) {
        let Self {
            records,
            people,
            accounts,
            payouts,
            invoices,
            balances,
            mandates,
            auto_references,
            holds,
            out_infos,
            payors,
            schedules,
            vaults,
            timers,
        } = self;
        for texts in [records, invoices, auto_references, out_infos] {
            empty(texts);
        }
        for answers in [payors, schedules] {
            empty(answers);
        }
        empty(people);
        empty(accounts);
        empty(payouts);
        empty(balances);
        empty(mandates);
        empty(holds);
        vaults.clear();
        timers.clear();
    }

    /// Decides about a payout, an agreement or an account; what it was before, and what became of it. `None` when
    /// it does not wait for this.
    ///
    /// `Closed` means for a payout that the money came back, for the others that nobody ever decided.
    pub(crate) fn decide(&mut self, number: &str, to: Status, at: Millis) -> Option<(&'static str, Decided)> {
        if !self.waits_for(number, to) {
            return None;
        }
        let is_agreed = to == Status::Success;
        if let Some(payout) = self.payouts.get_mut(number) {
            let from = std::mem::replace(&mut payout.status, PayoutStatus::of(to));
            let payout = payout.clone();
            if !is_agreed {
                let balance = self.balance(&payout.currency).plus(payout.amount);
                self.balances.insert(payout.currency.clone(), balance);
            }
            return Some((from.as_str(), Decided::Payout(payout)));
        }
        if let Some(mandate) = self.mandates.get_mut(number) {
            let status = if is_agreed { MandateStatus::Signed } else { MandateStatus::Refused };
            let from = std::mem::replace(&mut mandate.status, status);
            mandate.changed = at;
            return Some((from.as_str(), Decided::Mandate(mandate.clone())));
        }
        let account = self.accounts.get_mut(number)?;
        let status = if is_agreed { AccountStatus::Activated } else { AccountStatus::Invalid };
        let from = std::mem::replace(&mut account.status, status);
        Some((from.as_str(), Decided::Account(account.clone())))
    }

    /// Whether something can be decided like this.
    pub(crate) fn waits_for(&self, number: &str, to: Status) -> bool {
        let payout = self.payouts.get(number).map(|payout| payout.status.may_become(PayoutStatus::of(to)));
        let mandate = || Some(self.mandates.get(number)?.status == MandateStatus::Waiting);
        let account = || Some(self.accounts.get(number)?.status == AccountStatus::Pending);
        payout.or_else(mandate).or_else(account).unwrap_or(false)
    }

    /// What can be paid out in a currency.
    pub(crate) fn balance(&self, currency: &str) -> Amount {
        let first = if currency == FIRST_BALANCE.0 { FIRST_BALANCE.1 } else { Amount::ZERO };
        self.balances.get(currency).copied().unwrap_or(first)
    }
}

/// What was decided about, as it is now.
pub(crate) enum Decided {
    Account(PayoutAccount),
    Mandate(Mandate),
    Payout(Payout),
}

impl Decided {
    /// Its kind, the merchant's name for it, and its status.
    pub(crate) fn in_journal(&self) -> (&'static str, Option<&str>, &'static str) {
        match self {
            Self::Account(account) => ("account", account.tag.as_deref(), account.status.as_str()),
            Self::Mandate(mandate) => ("agreement", Some(&mandate.auto_reference), mandate.status.as_str()),
            Self::Payout(payout) => ("payout", payout.invoice_id.as_deref(), payout.status.as_str()),
        }
    }
}

/// Most are empty, and to be looked at takes less time than to be replaced.
fn empty<K, V>(map: &mut BTreeMap<K, V>) {
    if !map.is_empty() {
        *map = BTreeMap::new();
    }
}

/// A customer or a payee.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) customer_no: String,
    pub(crate) is_payee: bool,
    /// The profile, by the names of the API. Government ids are not in it.
    pub(crate) profile: BTreeMap<String, String>,
    /// Tells government ids apart without keeping them.
    pub(crate) government_mark: Option<u64>,
    pub(crate) created: Millis,
    pub(crate) updated: Millis,
}

impl Person {
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        self.profile.get(name).cloned()
    }
}

/// Where a payee can be paid.
#[derive(Clone)]
pub(crate) struct PayoutAccount {
    pub(crate) token: String,
    pub(crate) store_no: String,
    pub(crate) customer_no: String,
    pub(crate) tag: Option<String>,
    pub(crate) kind: String,
    pub(crate) country: String,
    pub(crate) currency: String,
    /// `****` and the last four digits, which is all that is kept.
    pub(crate) masked_number: Option<String>,
    pub(crate) status: AccountStatus,
    pub(crate) ipn_url: Option<String>,
    pub(crate) callback_url: Option<String>,
    pub(crate) created: Millis,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum AccountStatus {
    Pending,
    Activated,
    Invalid,
}

impl AccountStatus {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Activated => "activated",
            Self::Invalid => "invalid",
        }
    }
}

#[derive(Clone)]
pub(crate) struct Payout {
    pub(crate) transaction_no: String,
    pub(crate) store_no: String,
    pub(crate) customer_no: Option<String>,
    pub(crate) account_token: Option<String>,
    pub(crate) receiver: Option<String>,
    pub(crate) invoice_id: Option<String>,
    /// In capitals, as the notification names it.
    pub(crate) vendor: String,
    pub(crate) amount: Amount,
    pub(crate) currency: String,
    pub(crate) status: PayoutStatus,
    /// Until then no query sees it: the answer to its call was lost.
    pub(crate) hidden_until: Millis,
    pub(crate) ipn_url: Option<String>,
    pub(crate) created: Millis,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum PayoutStatus {
    Pending,
    Success,
    Failed,
    Returned,
}

impl PayoutStatus {
    /// What becomes of a payout when this is decided.
    fn of(decided: Status) -> Self {
        match decided {
            Status::Success => Self::Success,
            Status::Failed => Self::Failed,
            _ => Self::Returned,
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Success => "success",
            Self::Failed => "failed",
            Self::Returned => "returned",
        }
    }

    fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Pending, Self::Success | Self::Failed) | (Self::Success, Self::Returned)
        )
    }
}

/// An agreement to automatic debits.
#[derive(Clone)]
pub(crate) struct Mandate {
    pub(crate) auto_debit_no: String,
    pub(crate) auto_reference: String,
    pub(crate) store_no: String,
    /// In capitals, as it is answered.
    pub(crate) vendor: String,
    pub(crate) status: MandateStatus,
    pub(crate) redirect_url: Option<String>,
    pub(crate) ipn_url: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) token: Option<Token>,
    pub(crate) changed: Millis,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum MandateStatus {
    Waiting,
    Signed,
    Refused,
    Revoked,
}

impl MandateStatus {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Signed => "signed",
            Self::Refused => "refused",
            Self::Revoked => "revoked",
        }
    }
}

/// The token of an agreement, which stays at Pockyt.
#[derive(Clone, Copy)]
pub(crate) struct Token {
    pub(crate) access_expires: Millis,
    pub(crate) refresh_expires: Millis,
    /// The published example's expiry is long over; it stays usable, and its times as they are printed.
    pub(crate) is_published: bool,
}

/// Money that is held. The customer agrees to an order that is not a payment.
#[derive(Clone)]
pub(crate) struct Hold {
    pub(crate) auth_info_no: String,
    pub(crate) out_auth_info_no: String,
    /// The order that the customer agrees to.
    pub(crate) transaction_no: String,
    pub(crate) captured: Amount,
    pub(crate) released: Amount,
    pub(crate) details: Vec<Detail>,
}

/// One step of a hold.
#[derive(Clone)]
pub(crate) struct Detail {
    pub(crate) auth_detail_no: String,
    pub(crate) out_auth_detail_no: String,
}
