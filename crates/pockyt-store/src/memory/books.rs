//! The notices and their indexes.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::time::Duration;

use pockyt_model::{Notification, UtcMillis};

use super::due::Due;
use super::known::{Hash, Hashing, Known};
use super::shelf::Shelf;
use crate::transition::{Ahead, Transition, ran_out};
use crate::{CLOCK_SLACK, Claimed, Counts, Decided, Decision, FinishError, Finished, Identity, Lease};
use crate::{MAX_LEASE, MAX_VARIANTS, Mode, NewNotice, NoticeId, Outcome, OwnerToken, Quarantine, Recorded};
use crate::{Route, Standing, State, StoredNotice, Variant};

#[derive(Debug, Default)]
pub(super) struct Books {
    notices: Shelf,
    variants: BTreeMap<NoticeId, Vec<Variant>>,
    /// What waits or is leased.
    due: BTreeMap<Route, Due>,
    /// What does not wait.
    by_state: BTreeMap<State, BTreeSet<NoticeId>>,
    hashing: Hashing,
    /// Never pruned.
    known: Known,
    /// What else notices stand for, since a query said so. Never pruned.
    identified: BTreeMap<NoticeId, Vec<Identity>>,
}

/// What a message is among those that were there before.
#[derive(Default)]
struct Met {
    /// The first one with its key.
    first: Option<NoticeId>,
    /// The one that says the same.
    equal: Option<NoticeId>,
}

impl Books {
    pub(super) fn new(hashing: Hashing) -> Self {
        Self { hashing, ..Self::default() }
    }

    /// Records a message, whose hash was made beforehand: the longer the books are open, the longer others wait.
    pub(super) fn record(&mut self, new: NewNotice, hash: Hash) -> Recorded {
        let met = self.meet(hash, new.route(), new.identity());
        if let Some(id) = met.equal {
            self.keep_variant(id, new);
            return Recorded::Duplicate(id);
        }
        let id = self.notices.next();
        self.known.add(hash, id);
        let conflict = met.first.map(|with| Quarantine::Conflict { with });
        let is_conflict = conflict.is_some();
        if is_conflict || !(new.is_clean() || new.is_to_be_confirmed()) {
            self.notices.quarantine(&new, conflict);
            self.by_state.entry(State::Quarantined).or_default().insert(id);
        } else {
            match self.due.get_mut(new.route()) {
                Some(due) => due.arrive(new.received_at(), id),
                None => self.due.entry(new.route().clone()).or_default().arrive(new.received_at(), id),
            }
            self.notices.arrive(new);
        }
        if is_conflict { Recorded::Conflict(id) } else { Recorded::First(id) }
    }

    fn keep_variant(&mut self, id: NoticeId, new: NewNotice) {
        if self.notices.content(id).is_none_or(|content| content == *new.content()) {
            return;
        }
        let variants = self.variants.entry(id).or_default();
        if variants.len() < MAX_VARIANTS && variants.iter().all(|kept| kept.content != *new.content()) {
            let (content, message) = (*new.content(), *new.0);
            variants.push(Variant {
                content,
                format: message.format,
                body: message.body,
                received_at: message.received_at,
                key_label: message.key_label,
            });
        }
    }

    /// Those that were there before with the same key.
    fn meet(&self, hash: Hash, route: &Route, identity: &Identity) -> Met {
        let mut met = Met::default();
        for id in self.known.under(hash) {
            for other in self.readings(id, route) {
                if other == identity {
                    met.equal = met.equal.or(Some(id));
                }
                if has_key_of(other, identity) {
                    met.first = met.first.or(Some(id));
                }
            }
        }
        met
    }

    /// What a notice of this route stands for.
    fn readings(&self, id: NoticeId, route: &Route) -> impl Iterator<Item = &Identity> {
        let own = self.notices.name(id).filter(|(of, _)| *of == route);
        let further = if own.is_some() { self.identified.get(&id) } else { None };
        own.map(|(_, identity)| identity).into_iter().chain(further.into_iter().flatten())
    }

    pub(super) fn claim(
        &mut self,
        route: &Route,
        owner: &OwnerToken,
        now: UtcMillis,
        lease_for: Duration,
    ) -> Option<Claimed> {
        let id = self.claimable(route, now)?;
        let until = now.plus(lease_for.min(MAX_LEASE));
        self.change(id, |notice| {
            let taken_over_from = notice.standing.owner().cloned();
            if let Some(owner) = &taken_over_from {
                notice.last_reason = Some(ran_out(owner.as_str()));
                notice.failures = notice.failures.saturating_add(1);
            }
            notice.fence += 1;
            notice.changed_at = now;
            notice.standing = Standing::Leased { owner: owner.clone(), until };
            let lease = Lease::new(id, owner.clone(), notice.fence, until);
            Claimed { lease, notice: notice.clone(), taken_over_from }
        })
    }

    /// The notice to be claimed now. When none is due, the one that comes last tells whether the clock was set back.
    fn claimable(&mut self, route: &Route, now: UtcMillis) -> Option<NoticeId> {
        loop {
            let due = self.due.get(route)?;
            if let Some((_, id)) = due.first().filter(|(at, _)| *at <= now) {
                return Some(id);
            }
            let (_, id) = due.last().filter(|(at, _)| *at > now.plus(CLOCK_SLACK))?;
            // One that nobody has dealt with waits since it was received.
            let Some(notice) = self.notices.dealt_with(id) else { return Some(id) };
            match Ahead::of(notice, now)? {
                Ahead::Due => return Some(id),
                Ahead::LeasedUntil(end) => self.lease_until(id, end, now)?,
            }
        }
    }

    fn lease_until(&mut self, id: NoticeId, end: UtcMillis, now: UtcMillis) -> Option<()> {
        self.change(id, |notice| {
            notice.changed_at = now;
            if let Standing::Leased { until, .. } = &mut notice.standing {
                *until = end;
            }
        })
    }

    pub(super) fn finish(
        &mut self,
        lease: &Lease,
        outcome: Outcome,
        now: UtcMillis,
    ) -> Result<(), FinishError> {
        self.held(lease).ok_or(FinishError::LeaseLost)?;
        let finished =
            self.change(lease.id, |notice| Transition::of_outcome(outcome, now).apply(notice, now));
        finished.ok_or(FinishError::LeaseLost)
    }

    fn held(&self, lease: &Lease) -> Option<&StoredNotice> {
        self.notices.dealt_with(lease.id).filter(|notice| {
            let owned = matches!(&notice.standing, Standing::Leased { owner, .. } if *owner == lease.owner);
            owned && notice.fence == lease.fence
        })
    }

    pub(super) fn identify(
        &mut self,
        lease: &Lease,
        notification: &Notification,
    ) -> Result<Recorded, FinishError> {
        let route = self.held(lease).map(|notice| notice.route.clone()).ok_or(FinishError::LeaseLost)?;
        let (own, identity) = (lease.id, Identity::of(notification));
        let hash = self.hashing.hash(&route, &identity);
        Ok(match self.meet(hash, &route, &identity) {
            Met { first: None, .. } => {
                self.known.add(hash, own);
                self.identified.entry(own).or_default().push(identity);
                Recorded::First(own)
            }
            Met { first: Some(first), equal } if first == own => {
                if equal.is_none() {
                    self.identified.entry(own).or_default().push(identity);
                }
                Recorded::First(own)
            }
            Met { first: Some(first), equal } if equal == Some(first) => Recorded::Duplicate(first),
            Met { first: Some(first), .. } => Recorded::Conflict(first),
        })
    }

    pub(super) fn next_due(&self, route: &Route) -> Option<UtcMillis> {
        self.due.get(route)?.first().map(|(due_at, _)| due_at)
    }

    pub(super) fn get(&self, id: NoticeId) -> Option<StoredNotice> {
        self.notices.get(id)
    }

    pub(super) fn list(&self, state: State, after: Option<NoticeId>, limit: usize) -> Vec<StoredNotice> {
        let waiting: BTreeSet<NoticeId>;
        let ids = if state == State::Waiting {
            let due = self.due.values().flat_map(Due::ids);
            waiting = due.filter(|id| self.notices.state(*id) == Some(state)).collect();
            Some(&waiting)
        } else {
            self.by_state.get(&state)
        };
        let after = after.map_or(Bound::Unbounded, Bound::Excluded);
        let page = ids.into_iter().flat_map(|ids| ids.range((after, Bound::Unbounded)));
        page.take(limit).filter_map(|id| self.get(*id)).collect()
    }

    pub(super) fn variants(&self, id: NoticeId) -> Vec<Variant> {
        self.variants.get(&id).cloned().unwrap_or_default()
    }

    pub(super) fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for (state, ids) in &self.by_state {
            *counts.of_mut(*state) = ids.len();
        }
        counts.waiting = self.due.values().map(Due::len).sum::<usize>() - counts.leased;
        let oldest = self.due.values().filter_map(Due::oldest).min();
        counts.oldest_unhandled = oldest.and_then(|id| self.get(id)).map(|notice| notice.received_at);
        counts
    }

    pub(super) fn decide(
        &mut self,
        id: NoticeId,
        decision: &Decision,
        now: UtcMillis,
        mode: Mode,
    ) -> Decided {
        let Some(state) = self.notices.state(id) else { return Decided::Missing };
        let Some(to) = decision.moves(state) else { return Decided::Refused { state } };
        if mode == Mode::Apply {
            self.change(id, |notice| Transition::of_decision(decision, now).apply(notice, now));
        }
        Decided::Moved { from: state, to }
    }

    pub(super) fn prune(&mut self, state: Finished, before: UtcMillis, limit: usize) -> usize {
        let ids = self.by_state.get(&state.into()).into_iter().flatten();
        let mut old: Vec<(UtcMillis, NoticeId)> = ids
            .filter_map(|id| self.notices.dealt_with(*id))
            .map(|notice| (notice.changed_at, notice.id))
            .filter(|(changed_at, _)| *changed_at < before)
            .collect();
        old.sort_unstable();
        old.truncate(limit);
        for (_, id) in &old {
            self.take_down(*id);
            self.notices.prune(*id);
            self.variants.remove(id);
        }
        old.len()
    }

    /// Changes a notice, and with it the indexes.
    fn change<T>(&mut self, id: NoticeId, change: impl FnOnce(&mut StoredNotice) -> T) -> Option<T> {
        self.take_down(id);
        let notice = self.notices.get_mut(id)?;
        let changed = change(notice);
        let (route, state, due_at) =
            (notice.route.clone(), notice.standing.state(), notice.standing.due_at());
        if let Some(due_at) = due_at {
            self.due_of(&route).insert(due_at, id);
        }
        if state != State::Waiting {
            self.by_state.entry(state).or_default().insert(id);
        }
        Some(changed)
    }

    /// Takes a notice out of the indexes of what changes.
    fn take_down(&mut self, id: NoticeId) {
        let Some(notice) = self.notices.get_mut(id) else { return };
        if let (Some(due_at), Some(due)) = (notice.standing.due_at(), self.due.get_mut(&notice.route)) {
            due.remove(due_at, id);
        }
        if let Some(ids) = self.by_state.get_mut(&notice.standing.state()) {
            ids.remove(&id);
        }
    }

    fn due_of(&mut self, route: &Route) -> &mut Due {
        self.due.entry(route.clone()).or_default()
    }
}

/// Whether two messages are about one notification. All cuts of one text are one message, of one key.
fn has_key_of(other: &Identity, identity: &Identity) -> bool {
    match (other, identity) {
        (Identity::Clean { key: other, .. }, Identity::Clean { key, .. }) => other == key,
        (Identity::Doubtful(other), Identity::Doubtful(digest)) => other == digest,
        _ => false,
    }
}
