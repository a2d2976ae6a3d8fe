//! What is found out about a claimed notice before it is handed over.

use std::time::Duration;

use pockyt_model::{Notification, Question, Unconfirmed};
use pockyt_store::{
    Claimed, Doubt, FinishError, Inbox, NoticeId, Outcome, Quarantine, Recorded, StoredNotice,
};
use tokio::time::timeout;

use crate::confirm::{Hints, are_about_one, as_notification, final_status, is_final, settles};
use crate::notice::{Reread, Unreadable};
use crate::{Expectation, Handled, Listener, Notice, OrderName, UnknownOrder};

/// How long an order that Pockyt does not know may take to show: a notification can be faster than what the
/// query reads. Ours: no source says how long that takes.
const SHOWS_WITHIN: Duration = Duration::from_secs(10 * 60);

/// What is to be done with a notice.
pub(crate) enum Prepared {
    Finish(Outcome),
    HandOver(Box<Notice>),
}

/// What came of asking.
enum Answer {
    /// Final, in the form of a notification.
    Final(Box<Notification>),
    /// To be asked again later, with the reason.
    Held(String),
    /// Not so, with the reason.
    Refuted(String),
}

/// What came of looking up the order.
enum Order {
    AsExpected,
    Mismatch(String),
    /// Neither: with what to say about it.
    Unclear(Handled),
}

impl<I: Inbox> Listener<I> {
    pub(super) async fn prepare(&self, claimed: &Claimed) -> Result<Prepared, FinishError> {
        let stored = &claimed.notice;
        if stored.failures >= self.shared.retries.attempts {
            return Ok(self.say(stored, Handled::dead("every attempt ended without a word")));
        }
        match Reread::of(stored, &self.shared.keys) {
            Ok(Reread::Clean(notification)) => self.prepare_clean(claimed, *notification).await,
            Ok(Reread::Doubtful(hints)) => self.prepare_doubtful(claimed, &Hints::of(&hints)).await,
            Err(unreadable) => {
                self.report_unreadable(stored, unreadable);
                Ok(self.say(stored, Handled::deferred(unreadable.to_string())))
            }
        }
    }

    /// A message that reads as its kind. Its word is enough, unless it is not what was expected, came by an
    /// address without a seal, or is worth asking.
    async fn prepare_clean(
        &self,
        claimed: &Claimed,
        notification: Notification,
    ) -> Result<Prepared, FinishError> {
        let stored = &claimed.notice;
        let hand_over = |notice| Ok(Prepared::HandOver(Box::new(notice)));
        if stored.quarantine.is_some() {
            // Only a release leads here: somebody has looked at it and takes it upon himself.
            return hand_over(Notice::unconfirmed(stored, notification));
        }
        let policy = &self.shared.confirm_policy;
        let can_ask = self.shared.confirmer.is_some() && is_final(&notification);
        if can_ask && (policy.wants(&notification) || (stored.to_confirm && policy.settles_doubts())) {
            // The order is looked up by the answer: what the message names may be somebody's invention.
            return self.confirm(claimed, &notification).await;
        }
        match self.order(&notification, &notification).await {
            Order::Unclear(handled) => Ok(self.say(stored, handled)),
            Order::Mismatch(_) if can_ask && policy.settles_doubts() => {
                self.confirm(claimed, &notification).await
            }
            Order::Mismatch(problem) => Ok(self.quarantine(stored, Doubt::Mismatch { problem }, None)),
            // Whoever recorded it could ask, and this listener cannot.
            Order::AsExpected if stored.to_confirm && is_final(&notification) => {
                Ok(self.unconfirmed(stored, "there is nobody to ask"))
            }
            Order::AsExpected => hand_over(Notice::unconfirmed(stored, notification)),
        }
    }

    /// A message that reads as its kind, and is asked after all the same.
    async fn confirm(&self, claimed: &Claimed, notification: &Notification) -> Result<Prepared, FinishError> {
        let stored = &claimed.notice;
        let hints = Hints::of(notification.fields());
        let Some(question) = hints.question(self.kind()) else {
            return Ok(self.unconfirmed(stored, "it names nothing to ask after"));
        };
        let answer = match self.ask(stored, &question).await {
            Answer::Final(answer) => *answer,
            Answer::Held(why) => return Ok(self.say(stored, Handled::deferred(why))),
            Answer::Refuted(why) => return Ok(self.unconfirmed(stored, &why)),
        };
        let settles = settles(hints.status(self.kind()).as_deref(), state_of(&answer));
        if !(settles && are_about_one(notification, &answer)) {
            let why = "Pockyt answered another state or another order";
            self.report_not_confirmed(stored, why);
            return Ok(self.say(stored, Handled::deferred(why)));
        }
        self.take(claimed, answer, Some(notification)).await
    }

    /// A message that is not believed: what it says is a hint of what to ask.
    async fn prepare_doubtful(&self, claimed: &Claimed, hints: &Hints) -> Result<Prepared, FinishError> {
        let stored = &claimed.notice;
        if self.shared.confirmer.is_none() {
            return Ok(self.unconfirmed(stored, "there is nobody to ask"));
        }
        let Some(question) = hints.question(self.kind()) else {
            return Ok(self.unconfirmed(stored, "it names nothing that can be asked after"));
        };
        let answer = match self.ask(stored, &question).await {
            Answer::Final(answer) => *answer,
            Answer::Held(why) => return Ok(self.say(stored, Handled::deferred(why))),
            Answer::Refuted(why) => return Ok(self.unconfirmed(stored, &why)),
        };
        if !hints.are_about(&answer) {
            let why = "Pockyt's answer has another number";
            self.report_not_confirmed(stored, why);
            return Ok(self.unconfirmed(stored, why));
        }
        let state = state_of(&answer);
        if !settles(hints.status(self.kind()).as_deref(), state) {
            let why = format!("Pockyt answered that it is {state}, which it may not be about");
            self.report_not_confirmed(stored, &why);
            return Ok(self.say(stored, Handled::deferred(why)));
        }
        self.take(claimed, answer, None).await
    }

    /// Hands over what a query answered, if it is what was expected, unless somebody else does or has done so.
    async fn take(
        &self,
        claimed: &Claimed,
        answer: Notification,
        said: Option<&Notification>,
    ) -> Result<Prepared, FinishError> {
        let stored = &claimed.notice;
        match self.order(&answer, said.unwrap_or(&answer)).await {
            Order::AsExpected => {}
            Order::Mismatch(problem) => {
                let why = Some(String::from("Pockyt confirmed it as it is"));
                return Ok(self.quarantine(stored, Doubt::Mismatch { problem }, why));
            }
            Order::Unclear(handled) => return Ok(self.say(stored, handled)),
        }
        let tenant = self.tenant().as_str();
        let identify = self.shared.inbox.identify(&claimed.lease, &answer);
        Ok(match self.in_store_time(identify).await? {
            Recorded::First(id) => {
                tracing::info!(tenant, notice = id.get(), "ipn confirmed");
                Prepared::HandOver(Box::new(Notice::confirmed(stored, answer)))
            }
            Recorded::Duplicate(other) => {
                tracing::info!(tenant, notice = stored.id.get(), same_as = other.get(), "ipn confirmed");
                Prepared::Finish(Outcome::Done)
            }
            other => self.unconfirmed(stored, &contradicts(other.id())),
        })
    }

    /// Asks Pockyt.
    async fn ask(&self, stored: &StoredNotice, asked: &Question) -> Answer {
        let Some(confirmer) = &self.shared.confirmer else { return Answer::Refuted("nobody to ask".into()) };
        let answered = match timeout(self.time_to_prepare(), confirmer.confirm(asked)).await {
            Ok(answered) => answered,
            Err(elapsed) => Err(Unconfirmed::Unreachable(elapsed.into())),
        };
        let (tenant, notice) = (self.tenant().as_str(), stored.id.get());
        let answer = match answered {
            Ok(confirmation) if final_status(&confirmation).is_none() => {
                Answer::Held("Pockyt answered that it is not final yet".into())
            }
            Ok(confirmation) => match as_notification(&confirmation) {
                Ok(answer) => return Answer::Final(Box::new(answer)),
                Err(odd) => Answer::Refuted(odd.to_string()),
            },
            Err(Unconfirmed::Unreachable(cause)) => {
                tracing::error!(tenant, notice, error = %cause, "ipn cannot be confirmed");
                return Answer::Held("Pockyt could not be asked".into());
            }
            Err(Unconfirmed::NotFound) if self.is_young(stored) => {
                Answer::Held(Unconfirmed::NotFound.to_string())
            }
            Err(unconfirmed) => Answer::Refuted(unconfirmed.to_string()),
        };
        if let Answer::Held(why) | Answer::Refuted(why) = &answer {
            self.report_not_confirmed(stored, why);
        }
        answer
    }

    fn is_young(&self, stored: &StoredNotice) -> bool {
        self.shared.clock.now().since(stored.received_at) < SHOWS_WITHIN
    }

    /// Whether a notice is what the merchant expects. Answers do not name the settlement currency, which is only
    /// an alarm, so that is as the message said.
    async fn order(&self, notification: &Notification, said: &Notification) -> Order {
        let name = match notification {
            Notification::Payment(payment) => OrderName::Payment(payment.reference().clone()),
            Notification::Payout(payout) => OrderName::Payout(payout.invoice_id().clone()),
            _ => return Order::AsExpected,
        };
        let Some(orders) = &self.shared.orders else { return Order::AsExpected };
        match timeout(self.time_to_prepare(), orders.look_up(name)).await {
            Ok(Ok(Some(expected))) => self.compare(&expected, notification, said),
            Ok(Ok(None)) if self.shared.unknown_orders == UnknownOrder::Accept => Order::AsExpected,
            Ok(Ok(None)) => Order::Unclear(Handled::deferred("no such order yet")),
            Ok(Err(error)) => {
                Order::Unclear(Handled::retry(format!("the order could not be looked up: {error}")))
            }
            Err(_) => Order::Unclear(Handled::retry("looking up the order took too long")),
        }
    }

    fn compare(&self, expected: &Expectation, notification: &Notification, said: &Notification) -> Order {
        let mismatch = match notification {
            Notification::Payment(payment) => expected.mismatch(payment.amount(), payment.currency()),
            Notification::Payout(payout) => expected.mismatch(payout.amount(), payout.currency()),
            _ => None,
        };
        if let Some(settled) = expected.settles_elsewhere(said) {
            let tenant = self.tenant().as_str();
            tracing::warn!(tenant, settle_currency = settled.as_str(), "ipn settle currency differs");
        }
        mismatch.map_or(Order::AsExpected, Order::Mismatch)
    }

    /// What a handler would say.
    fn say(&self, stored: &StoredNotice, handled: Handled) -> Prepared {
        Prepared::Finish(self.shared.retries.outcome(handled, stored, self.shared.clock.now()))
    }

    fn quarantine(&self, stored: &StoredNotice, doubt: Doubt, why: Option<String>) -> Prepared {
        let tenant = self.tenant().as_str();
        let reason = match &doubt {
            Doubt::Ambiguous { .. } => "ambiguous",
            Doubt::Unreadable { .. } => "unreadable",
            _ => "mismatch",
        };
        tracing::warn!(tenant, notice = stored.id.get(), reason, "ipn quarantined");
        Prepared::Finish(Outcome::Quarantine { doubt, why })
    }

    /// Back to quarantine, for the reason it had, and with what was tried in vain.
    fn unconfirmed(&self, stored: &StoredNotice, why: &str) -> Prepared {
        let doubt = match &stored.quarantine {
            Some(Quarantine::Doubt(doubt)) => doubt.clone(),
            _ => Doubt::Mismatch { problem: "it was to be confirmed".into() },
        };
        self.quarantine(stored, doubt, Some(format!("not confirmed: {why}")))
    }

    fn report_not_confirmed(&self, stored: &StoredNotice, why: &str) {
        let tenant = self.tenant().as_str();
        tracing::warn!(tenant, notice = stored.id.get(), reason = why, "ipn not confirmed");
    }

    fn report_unreadable(&self, stored: &StoredNotice, unreadable: Unreadable) {
        self.shared.counters.unreadable();
        let tenant = self.shared.route.tenant().as_str();
        let (notice, attempt, reason) = (stored.id.get(), stored.attempt(), unreadable.as_str());
        tracing::error!(tenant, notice, attempt, reason, "ipn unreadable");
    }

    /// For each question and each look-up before a notice is handed over. There are three at most, so the
    /// whole ends within its lease.
    fn time_to_prepare(&self) -> Duration {
        self.shared.lease / 8
    }
}

/// An answer has one, in Pockyt's words.
fn state_of(answer: &Notification) -> &str {
    answer.fields().get("status").unwrap_or_default()
}

fn contradicts(other: NoticeId) -> String {
    format!("Pockyt's answer contradicts notice {other}, which was there first")
}
