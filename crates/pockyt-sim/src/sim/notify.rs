//! Notifications: made at a final status, sent on schedule, stopped by an acknowledgement.

use std::collections::{BTreeMap, VecDeque};
use std::string::FromUtf8Error;
use std::time::Duration;

use pockyt_sign::{VERIFY_SIGN, algorithm};
use smallvec::SmallVec;

use super::Sim;
use super::control::ControlError;
use crate::agenda::{Due, Key};
use crate::answer::{self, Members};
use crate::form;
use crate::journal::{Counted, JournalEvent};
use crate::profile::{Acknowledgement, NotificationForm};
use crate::view::{AttemptView, NotificationKind, NotificationView};
use crate::{
    AttemptId, Delivery, DeliveryOutcome, Effect, FailureReason, Millis, NotificationFault, NotificationId,
    Verdict,
};

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";
/// How much of a listener's answer is kept.
const MAX_ANSWER: usize = 1024;
/// How many notifications are kept of which nothing more is to come. Each is several times as large as its
/// order.
const MAX_SETTLED: usize = 10_000;

/// Notifications and their attempts, by number.
#[derive(Default)]
pub(super) struct Notifications {
    all: BTreeMap<NotificationId, Notification>,
    /// The notification of each attempt, and its place there.
    attempts: BTreeMap<AttemptId, (NotificationId, usize)>,
    /// Those of which nothing more is to come unless somebody asks, the longest settled first.
    settled: VecDeque<NotificationId>,
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

    /// Notes that nothing more is to come of a notification, if that is so, and forgets what is too many.
    fn settle(&mut self, id: NotificationId) {
        let Some(notification) = self.all.get_mut(&id) else { return };
        if notification.is_settled || !notification.is_over() {
            return;
        }
        notification.is_settled = true;
        self.settled.push_back(id);
        while self.settled.len() > MAX_SETTLED {
            let Some(oldest) = self.settled.pop_front() else { return };
            let Some(known) = self.all.get_mut(&oldest) else { continue };
            // One that was asked for again comes back when that is over.
            known.is_settled = known.is_over();
            if known.is_settled {
                for attempt in self.all.remove(&oldest).into_iter().flat_map(|known| known.attempts) {
                    self.attempts.remove(&attempt.id);
                }
            }
        }
    }

    /// Whose a notification is, and the merchant's name for what it is about.
    pub(super) fn about(&self, id: NotificationId) -> Option<(&str, Option<&str>)> {
        let notification = self.all.get(&id)?;
        Some((&notification.merchant_no, notification.reference.as_deref()))
    }

    pub(super) fn clear(&mut self) {
        let Self { all, attempts, settled, notifications_made, attempts_made } = self;
        // One by one, which leaves a map the memory of its first few.
        all.retain(|_, _| false);
        attempts.retain(|_, _| false);
        settled.clear();
        (*notifications_made, *attempts_made) = (0, 0);
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
        self.settled.retain(|notification| self.all.contains_key(notification));
        planned
    }
}

/// What is to be announced, before it is signed and written.
pub(super) struct Notice<'a> {
    pub(super) kind: NotificationKind,
    pub(super) merchant_no: &'a str,
    pub(super) store_no: &'a str,
    /// The number of what it is about.
    pub(super) number: &'a str,
    pub(super) reference: Option<&'a str>,
    pub(super) status: &'static str,
    pub(super) url: &'a str,
    /// In the order of their names, as in the published ones. What has no text is left out.
    pub(super) fields: Members<'a>,
}

pub(super) struct Notification {
    kind: NotificationKind,
    merchant_no: String,
    transaction_no: String,
    reference: Option<String>,
    status: &'static str,
    url: String,
    content_type: &'static str,
    body: String,
    /// When the status changed: the schedule counts from here.
    made: Millis,
    /// The next delivery of the schedule.
    next: Option<Key>,
    /// Deliveries that were asked for by hand and are not yet started.
    by_hand: Vec<Key>,
    acknowledged: bool,
    attempts: Vec<Attempt>,
    /// Whether it is among those of which nothing more is to come.
    is_settled: bool,
}

struct Attempt {
    id: AttemptId,
    due: Millis,
    status: Option<u16>,
    body: Option<String>,
    failure: Option<FailureReason>,
    verdict: Option<Verdict>,
    /// Whether somebody else sent it, and hears the answer in Pockyt's place.
    is_foreign: bool,
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
        if verdict == Verdict::Acknowledged && !record.is_foreign {
            notification.acknowledged = true;
            let goes_on = self.config.schedule.ignores_acknowledgement(self.config.seed, id, index);
            if let Some(key) = notification.next.take_if(|_| !goes_on) {
                self.agenda.remove(key);
            }
        }
        let number = attempt_number(index);
        let merchant_no = Some(notification.merchant_no.as_str());
        self.journal.write_with(now, merchant_no, Counted::verdict(verdict), || {
            JournalEvent::AttemptJudged { notification: id, attempt, number, status, failure, verdict }
        });
        self.notifications.settle(id);
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

    /// The notifications of one order, or of all, oldest first. Of those of which nothing more is to come
    /// the latest 10,000 are kept.
    pub fn notifications(&self, transaction_no: Option<&str>) -> Vec<NotificationView> {
        let wanted = |notification: &Notification| {
            transaction_no.is_none_or(|number| notification.transaction_no == number)
        };
        let all = self.notifications.all.iter();
        all.filter(|(_, notification)| wanted(notification)).map(|(id, n)| n.view(*id)).collect()
    }

    /// What the notifications after this one are about, oldest first: the number of an order, or Pockyt's number
    /// of the payout, agreement or account.
    pub fn notifications_after(&self, id: NotificationId) -> impl Iterator<Item = (NotificationId, &str)> {
        let later = self.notifications.all.range(NotificationId(id.0.saturating_add(1))..);
        later.map(|(id, notification)| (*id, notification.transaction_no.as_str()))
    }

    /// One notification.
    pub fn notification(&self, id: NotificationId) -> Option<NotificationView> {
        self.notifications.all.get(&id).map(|notification| notification.view(id))
    }

    /// The signed notification of what happened at this time.
    pub(super) fn prepared(&self, notice: &Notice<'_>, at: Millis) -> Notification {
        let (content_type, body) = self.written(notice);
        Notification {
            kind: notice.kind,
            merchant_no: notice.merchant_no.to_owned(),
            transaction_no: notice.number.to_owned(),
            reference: notice.reference.map(str::to_owned),
            status: notice.status,
            url: notice.url.to_owned(),
            content_type,
            body,
            made: at,
            next: None,
            by_hand: Vec::new(),
            acknowledged: false,
            attempts: Vec::new(),
            is_settled: false,
        }
    }

    /// Plans the first delivery of a notification, by most schedules at once.
    pub(super) fn announce(&mut self, mut notification: Notification) {
        let (id, at) = (self.notifications.next_notification(), notification.made);
        let first = at.plus(self.config.schedule.first(self.config.seed, id));
        let key = self.agenda.add_delivery(first, Due { notification: id, resend: Some(0) });
        self.journal.write_with(at, Some(&notification.merchant_no), Counted::Notification, || {
            JournalEvent::NotificationScheduled {
                notification: id,
                kind: notification.kind,
                transaction_no: notification.transaction_no.clone(),
                status: notification.status,
                url: notification.url.clone(),
            }
        });
        notification.next = Some(key);
        self.notifications.all.insert(id, notification);
    }

    /// The signed body, in the form that the profile has for its kind.
    fn written(&self, notice: &Notice<'_>) -> (&'static str, String) {
        let present = notice.fields.iter().filter_map(|(name, value)| Some((*name, value.as_text()?)));
        let signature;
        let mut fields: SmallVec<[(&str, &str); 12]> = present.collect();
        let namespace = self.namespaces.get(notice.merchant_no);
        let store = namespace.and_then(|namespace| namespace.store(Some(notice.store_no)));
        if let Some(store) = store {
            signature = algorithm::signature(&fields, &store.key);
            fields.push((VERIFY_SIGN, signature.as_str()));
        }
        let forms = self.config.profile.notification_form;
        let form = match notice.kind {
            NotificationKind::AutoDebit => forms.auto_debit,
            NotificationKind::Capture => forms.capture,
            NotificationKind::PayeeAccount => forms.payee_account,
            NotificationKind::Payment => forms.payment,
            NotificationKind::Payout => forms.payout,
            NotificationKind::Refund => forms.refund,
        };
        let (content_type, mut body) = match form {
            NotificationForm::Form => (FORM, form::of_texts(&fields)),
            NotificationForm::Json => (JSON, answer::object_of_texts(&fields)),
        };
        // It is kept as long as anybody may ask for it.
        body.shrink_to_fit();
        (content_type, body)
    }

    /// When the resend of this number is due, if there is one.
    fn resend_at(&self, id: NotificationId, made: Millis, resends: usize) -> Option<Millis> {
        const EVERY: Duration = Duration::from_secs(15 * 60);
        // Whoever waits until nothing is to come waits for an end.
        const AT_MOST: Duration = Duration::from_secs(7 * 24 * 60 * 60);
        let offsets = self.config.schedule.resends_of(self.config.seed, id);
        let offset = offsets.get(resends).copied().or_else(|| {
            let beyond = u32::try_from(resends + 1 - offsets.len()).unwrap_or(u32::MAX);
            let last = *offsets.last()?;
            let next = last.saturating_add(EVERY.saturating_mul(beyond));
            (self.config.profile.resend_for_ever && next <= AT_MOST).then_some(next)
        })?;
        Some(made.plus(offset))
    }

    /// Hands an attempt to the caller and plans the next one of the schedule.
    pub(super) fn start_delivery(&mut self, at: Millis, due: Due) -> Option<Effect> {
        let id = due.notification;
        let notification = self.notifications.all.get(&id)?;
        let (made, number) = (notification.made, attempt_number(notification.attempts.len()));
        let struck = self.strike_attempt(id, number, at);
        if struck.is_some_and(NotificationFault::is_foreign) {
            // The genuine one comes right after it.
            let key = self.agenda.add_delivery(at, due);
            self.notifications.all.get_mut(&id)?.replan(due, key);
            return self.hand_over(id, at, struck).map(Effect::Deliver);
        }
        self.plan_resend(due, made);
        match struck {
            Some(NotificationFault::Reorder) => {
                self.postpone(id);
                return None;
            }
            Some(NotificationFault::Duplicate) => self.send_again(id, at),
            _ => {}
        }
        let delivery = self.hand_over(id, at, struck)?;
        for overtaken in self.overtaken(&delivery.merchant_no) {
            self.send_again(overtaken, at);
        }
        if struck == Some(NotificationFault::Drop) {
            let dropped = DeliveryOutcome::Failed { reason: FailureReason::Dropped };
            self.delivered(delivery.attempt, dropped, at);
            return None;
        }
        Some(Effect::Deliver(delivery))
    }

    fn send_again(&mut self, notification: NotificationId, at: Millis) {
        if let Some(known) = self.notifications.all.get_mut(&notification) {
            known.by_hand.push(self.agenda.add_delivery(at, Due { notification, resend: None }));
        }
    }

    /// Takes an attempt that is due off the plan, and plans the next one of the schedule.
    fn plan_resend(&mut self, due: Due, made: Millis) {
        let id = due.notification;
        let next = due.resend.and_then(|resends| Some((resends, self.resend_at(id, made, resends)?)));
        let Some(notification) = self.notifications.all.get_mut(&id) else { return };
        match due.resend {
            Some(_) => {
                notification.next = next.map(|(resends, at)| {
                    let due = Due { notification: id, resend: Some(resends + 1) };
                    self.agenda.add_delivery(at, due)
                });
            }
            // Planned one after another, never earlier, so the first is the one that is due.
            None => drop(notification.by_hand.drain(..notification.by_hand.len().min(1))),
        }
    }

    /// Makes the attempt, with the body that arrives under a fault.
    fn hand_over(
        &mut self,
        id: NotificationId,
        at: Millis,
        struck: Option<NotificationFault>,
    ) -> Option<Delivery> {
        let attempt = self.notifications.next_attempt();
        let notification = self.notifications.all.get_mut(&id)?;
        let (content_type, genuine) = (notification.content_type, &notification.body);
        let body = struck.map_or_else(|| genuine.clone(), |fault| fault.applied_to(content_type, genuine));
        let index = notification.attempts.len();
        notification.attempts.push(Attempt {
            id: attempt,
            due: at,
            status: None,
            body: None,
            failure: None,
            verdict: None,
            is_foreign: struck.is_some_and(NotificationFault::is_foreign),
        });
        let delivery = Delivery {
            attempt,
            notification: id,
            merchant_no: notification.merchant_no.clone(),
            number: attempt_number(index),
            url: notification.url.clone(),
            content_type,
            body: body.into_bytes(),
            at,
        };
        self.notifications.attempts.insert(attempt, (id, index));
        self.journal.write_with(at, Some(&delivery.merchant_no), Counted::Attempt, || {
            JournalEvent::AttemptStarted { notification: id, attempt, number: delivery.number }
        });
        Some(delivery)
    }
}

impl Attempt {
    fn judge(&mut self, outcome: DeliveryOutcome, rule: Acknowledgement) -> Verdict {
        let acknowledged = match outcome {
            DeliveryOutcome::Failed { reason } => {
                self.failure = Some(reason);
                false
            }
            DeliveryOutcome::Answered { status, mut body } => {
                let is_success = match rule {
                    Acknowledgement::Exact => status == 200 && body == b"success",
                    Acknowledgement::Trimmed => {
                        let is_whole = body.len() <= MAX_ANSWER;
                        is_whole && (200..300).contains(&status) && body.trim_ascii() == b"success"
                    }
                };
                body.truncate(MAX_ANSWER);
                body.shrink_to_fit();
                let lossy = |error: FromUtf8Error| String::from_utf8_lossy(error.as_bytes()).into_owned();
                self.status = Some(status);
                self.body = Some(String::from_utf8(body).unwrap_or_else(lossy));
                is_success
            }
        };
        let verdict = if acknowledged { Verdict::Acknowledged } else { Verdict::NotAcknowledged };
        self.verdict = Some(verdict);
        verdict
    }
}

impl Notification {
    /// Whether nothing is planned, and every attempt was judged.
    fn is_over(&self) -> bool {
        let is_planned = self.next.is_some() || !self.by_hand.is_empty();
        !is_planned && self.attempts.iter().all(|attempt| attempt.verdict.is_some())
    }

    /// Lets a delivery that was due happen under another key.
    fn replan(&mut self, due: Due, key: Key) {
        match (due.resend, self.by_hand.first_mut()) {
            (Some(_), _) => self.next = Some(key),
            (None, Some(first)) => *first = key,
            (None, None) => {}
        }
    }

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
            kind: self.kind,
            transaction_no: self.transaction_no.clone(),
            reference: self.reference.clone(),
            status: self.status,
            url: self.url.clone(),
            content_type: self.content_type,
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
