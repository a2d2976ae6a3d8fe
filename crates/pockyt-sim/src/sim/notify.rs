//! Notifications: made at a final status, sent on schedule, stopped by an acknowledgement.

use std::collections::BTreeMap;

use form_urlencoded::Serializer;
use pockyt_sign::{VERIFY_SIGN, algorithm};

use super::Sim;
use super::control::ControlError;
use crate::agenda::{Due, Key};
use crate::journal::JournalEvent;
use crate::order::{Order, Status};
use crate::profile::{Acknowledgement, Notify};
use crate::view::{AttemptView, NotificationView};
use crate::{AttemptId, Delivery, DeliveryOutcome, Effect, FailureReason, Millis, NotificationId, Verdict};

const FORM: &str = "application/x-www-form-urlencoded";
/// How much of a listener's answer is kept.
const MAX_ANSWER: usize = 1024;

/// All notifications and their attempts, by number.
#[derive(Default)]
pub(super) struct Notifications {
    all: BTreeMap<NotificationId, Notification>,
    /// The notification of each attempt, and its place there.
    attempts: BTreeMap<AttemptId, (NotificationId, usize)>,
    /// How many numbers were given; a number is not given again when a merchant is reset.
    notifications_made: u64,
    attempts_made: u64,
}

impl Notifications {
    fn next_notification(&mut self) -> NotificationId {
        self.notifications_made += 1;
        NotificationId(self.notifications_made)
    }

    fn next_attempt(&mut self) -> AttemptId {
        self.attempts_made += 1;
        AttemptId(self.attempts_made)
    }

    /// Forgets the notifications of a merchant and returns the deliveries that are planned for them.
    pub(super) fn forget(&mut self, merchant_no: &str) -> Vec<Key> {
        let mut planned = Vec::new();
        self.all.retain(|_, notification| {
            let stays = notification.merchant_no != merchant_no;
            if !stays {
                planned.extend(notification.by_hand.iter().copied().chain(notification.next));
            }
            stays
        });
        self.attempts.retain(|_, (notification, _)| self.all.contains_key(notification));
        planned
    }
}

struct Notification {
    merchant_no: String,
    transaction_no: String,
    reference: Option<String>,
    status: Status,
    url: String,
    body: String,
    first_due: Millis,
    /// The next delivery of the schedule.
    next: Option<Key>,
    /// Deliveries that were asked for by hand and are not yet started.
    by_hand: Vec<Key>,
    acknowledged: bool,
    attempts: Vec<Attempt>,
}

struct Attempt {
    id: AttemptId,
    due: Millis,
    status: Option<u16>,
    body: Option<String>,
    failure: Option<FailureReason>,
    verdict: Option<Verdict>,
}

impl Sim {
    /// Reports how an attempt ended. `None` when there is no such attempt or it was judged before.
    ///
    /// An acknowledgement takes the notification off the schedule.
    pub fn delivered(
        &mut self,
        attempt: AttemptId,
        outcome: DeliveryOutcome,
        now: Millis,
    ) -> Option<Verdict> {
        let now = self.tick(now);
        let (id, index) = *self.notifications.attempts.get(&attempt)?;
        let rule = self.config.profile.acknowledgement;
        let notification = self.notifications.all.get_mut(&id)?;
        let record = notification.attempts.get_mut(index).filter(|record| record.verdict.is_none())?;
        let verdict = record.judge(outcome, rule);
        let (status, failure) = (record.status, record.failure);
        if verdict == Verdict::Acknowledged {
            notification.acknowledged = true;
            if let Some(key) = notification.next.take() {
                self.agenda.remove(key);
            }
        }
        let number = attempt_number(index);
        let event =
            JournalEvent::AttemptJudged { notification: id, attempt, number, status, failure, verdict };
        self.journal.write(now, Some(&notification.merchant_no), event);
        Some(verdict)
    }

    /// Sends a notification once more, now, whatever became of it. The schedule is not changed.
    ///
    /// # Errors
    ///
    /// [`ControlError::UnknownNotification`].
    pub fn resend(&mut self, notification: NotificationId, now: Millis) -> Result<(), ControlError> {
        let now = self.tick(now);
        let known = self.notifications.all.get_mut(&notification).ok_or(ControlError::UnknownNotification)?;
        known.by_hand.push(self.agenda.add_delivery(now, Due { notification, resend: None }));
        let event = JournalEvent::ResendRequested { notification };
        self.journal.write(now, Some(&known.merchant_no), event);
        Ok(())
    }

    /// The notifications of one order, or of all, oldest first.
    pub fn notifications(&self, transaction_no: Option<&str>) -> Vec<NotificationView> {
        let wanted = |notification: &Notification| {
            transaction_no.is_none_or(|number| notification.transaction_no == number)
        };
        let all = self.notifications.all.iter();
        all.filter(|(_, notification)| wanted(notification)).map(|(id, n)| n.view(*id)).collect()
    }

    /// One notification.
    pub fn notification(&self, id: NotificationId) -> Option<NotificationView> {
        self.notifications.all.get(&id).map(|notification| notification.view(id))
    }

    /// Plans the first delivery of an order's final status, due at once.
    pub(super) fn notify(&mut self, order: &Order, at: Millis) {
        let wanted = order.status == Status::Success || self.config.profile.notify == Notify::Final;
        let Some(url) = order.ipn_url.clone().filter(|_| wanted) else { return };
        let id = self.notifications.next_notification();
        let key = self.agenda.add_delivery(at, Due { notification: id, resend: Some(0) });
        let notification = Notification {
            merchant_no: order.merchant_no.clone(),
            transaction_no: order.transaction_no.clone(),
            reference: order.reference.clone(),
            status: order.status,
            url: url.clone(),
            body: self.payment_notification(order),
            first_due: at,
            next: Some(key),
            by_hand: Vec::new(),
            acknowledged: false,
            attempts: Vec::new(),
        };
        self.notifications.all.insert(id, notification);
        let (transaction_no, status) = (order.transaction_no.clone(), order.status);
        let event = JournalEvent::NotificationScheduled { notification: id, transaction_no, status, url };
        self.journal.write(at, Some(&order.merchant_no), event);
    }

    /// The signed body of a payment notification, its fields by name as in the published one.
    fn payment_notification(&self, order: &Order) -> String {
        let profile = &self.config.profile;
        let (amount, time) = (order.amount_text(), order.changed.in_notifications());
        let empty_note = profile.notify_empty_note.then_some("");
        let vendor_id = order.vendor_id.as_deref().filter(|_| profile.notify_vendor_id);
        let fields: Vec<(&str, &str)> = [
            ("amount", Some(amount.as_str())),
            ("currency", Some(order.currency.as_str())),
            ("note", order.note.as_deref().or(empty_note)),
            ("reference", order.reference.as_deref()),
            ("settleCurrency", Some(order.settle_currency.as_str())),
            ("status", Some(order.status.as_str())),
            ("time", Some(time.as_str())),
            ("transactionNo", Some(order.transaction_no.as_str())),
            ("vendorId", vendor_id),
        ]
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| (name, value)))
        .collect();
        let namespace = self.namespaces.get(&order.merchant_no);
        let key = namespace.and_then(|namespace| namespace.key(Some(&order.store_no)));
        let mut form = Serializer::new(String::new());
        form.extend_pairs(&fields);
        if let Some(key) = key {
            form.append_pair(VERIFY_SIGN, algorithm::signature(&fields, key).as_str());
        }
        form.finish()
    }

    /// Hands an attempt to the caller and plans the next one of the schedule.
    pub(super) fn start_delivery(&mut self, at: Millis, due: Due) -> Option<Effect> {
        let id = due.notification;
        if !self.notifications.all.contains_key(&id) {
            return None;
        }
        let attempt = self.notifications.next_attempt();
        let notification = self.notifications.all.get_mut(&id)?;
        match due.resend {
            Some(resends) => {
                let offset = self.config.schedule.resends().get(resends).copied();
                notification.next = offset.map(|offset| {
                    let due = Due { notification: id, resend: Some(resends + 1) };
                    self.agenda.add_delivery(notification.first_due.plus(offset), due)
                });
            }
            // Planned one after another, never earlier, so the first is the one that is due.
            None => drop(notification.by_hand.drain(..notification.by_hand.len().min(1))),
        }
        let index = notification.attempts.len();
        notification.attempts.push(Attempt {
            id: attempt,
            due: at,
            status: None,
            body: None,
            failure: None,
            verdict: None,
        });
        let delivery = Delivery {
            attempt,
            notification: id,
            merchant_no: notification.merchant_no.clone(),
            number: attempt_number(index),
            url: notification.url.clone(),
            content_type: FORM,
            body: notification.body.clone().into_bytes(),
            at,
        };
        self.notifications.attempts.insert(attempt, (id, index));
        let event = JournalEvent::AttemptStarted { notification: id, attempt, number: delivery.number };
        self.journal.write(at, Some(&delivery.merchant_no), event);
        Some(Effect::Deliver(delivery))
    }
}

impl Attempt {
    fn judge(&mut self, outcome: DeliveryOutcome, rule: Acknowledgement) -> Verdict {
        let acknowledged = match outcome {
            DeliveryOutcome::Failed { reason } => {
                self.failure = Some(reason);
                false
            }
            DeliveryOutcome::Answered { status, body } => {
                let kept = body.get(..MAX_ANSWER).unwrap_or(&body);
                self.status = Some(status);
                self.body = Some(String::from_utf8_lossy(kept).into_owned());
                match rule {
                    Acknowledgement::Exact => status == 200 && body == b"success",
                    Acknowledgement::Trimmed => {
                        let is_whole = body.len() <= MAX_ANSWER;
                        is_whole && (200..300).contains(&status) && body.trim_ascii() == b"success"
                    }
                }
            }
        };
        let verdict = if acknowledged { Verdict::Acknowledged } else { Verdict::NotAcknowledged };
        self.verdict = Some(verdict);
        verdict
    }
}

impl Notification {
    fn view(&self, id: NotificationId) -> NotificationView {
        let attempts = self.attempts.iter().enumerate().map(|(index, attempt)| AttemptView {
            id: attempt.id,
            number: attempt_number(index),
            due_at: attempt.due,
            status: attempt.status,
            body: attempt.body.clone(),
            failure: attempt.failure,
            verdict: attempt.verdict,
        });
        NotificationView {
            id,
            transaction_no: self.transaction_no.clone(),
            reference: self.reference.clone(),
            status: self.status,
            url: self.url.clone(),
            content_type: FORM,
            body: self.body.clone(),
            acknowledged: self.acknowledged,
            next_due_at: self.by_hand.iter().copied().chain(self.next).min().map(|(at, _)| at),
            attempts: attempts.collect(),
        }
    }
}

fn attempt_number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1)
}
