//! The notices and their indexes.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, btree_map};
use std::ops::Bound;
use std::time::Duration;

use pockyt_model::{Notification, UtcMillis};

use crate::transition::{Transition, ran_out};
use crate::{Claimed, ContentDigest, Counts, Decided, Decision, FinishError, Finished, Identity, Lease};
use crate::{MAX_LEASE, MAX_VARIANTS, Mode, NewNotice, NoticeId, Outcome, OwnerToken, Quarantine, Recorded};
use crate::{Route, Standing, State, StoredNotice, Variant};

#[derive(Debug, Default)]
pub(super) struct Books {
    last_id: u64,
    /// Boxed, since a tree's nodes are half empty and a notice is large.
    notices: BTreeMap<NoticeId, Box<StoredNotice>>,
    variants: BTreeMap<NoticeId, Vec<Variant>>,
    /// What may be claimed and from when on.
    due: BTreeMap<Route, BTreeSet<(UtcMillis, NoticeId)>>,
    by_state: BTreeMap<State, BTreeSet<NoticeId>>,
    /// Never pruned.
    clean: BTreeMap<Route, HashMap<Box<str>, Seen>>,
    /// Never pruned.
    doubtful: BTreeMap<(Route, ContentDigest), NoticeId>,
}

/// The clean messages of one key: the first, and those in conflict with it. One that was identified has
/// no message of its own here.
#[derive(Debug)]
struct Seen {
    first: NoticeId,
    fingerprint: [u8; 32],
    /// Of other fingerprints. Hardly any key has one, so the rest pay one word for it.
    #[expect(clippy::box_collection, reason = "every key pays for its size")]
    others: Option<Box<BTreeMap<[u8; 32], NoticeId>>>,
}

impl Seen {
    fn new(first: NoticeId, fingerprint: [u8; 32]) -> Self {
        Self { first, fingerprint, others: None }
    }

    fn of(&self, fingerprint: &[u8; 32]) -> Option<NoticeId> {
        if *fingerprint == self.fingerprint {
            Some(self.first)
        } else {
            self.others.as_ref()?.get(fingerprint).copied()
        }
    }

    /// What is there already stays.
    fn add(&mut self, fingerprint: [u8; 32], id: NoticeId) {
        if fingerprint != self.fingerprint {
            self.others.get_or_insert_default().entry(fingerprint).or_insert(id);
        }
    }
}

/// What a message is among those that were there before.
enum Met {
    First,
    Equal(NoticeId),
    /// With the first of its key.
    Conflict(NoticeId),
}

impl Books {
    pub(super) fn record(&mut self, new: NewNotice) -> Recorded {
        let id = NoticeId::new(self.last_id + 1);
        let conflict = match self.meet(&new.route, &new.identity, id) {
            Met::Equal(id) => {
                self.keep_variant(id, new);
                return Recorded::Duplicate(id);
            }
            Met::Conflict(with) => Some(with),
            Met::First => None,
        };
        self.last_id = id.get();
        let quarantine =
            new.doubt.map(Quarantine::Doubt).or(conflict.map(|with| Quarantine::Conflict { with }));
        let due_at = new.received_at;
        let held = conflict.is_some() || (quarantine.is_some() && !new.to_confirm);
        self.put(Box::new(StoredNotice {
            id,
            route: new.route,
            identity: new.identity,
            content: new.content,
            format: new.format,
            body: new.body,
            received_at: new.received_at,
            key_label: new.key_label,
            changed_at: new.received_at,
            failures: 0,
            deferrals: 0,
            last_reason: None,
            standing: if held { Standing::Quarantined } else { Standing::Waiting { due_at } },
            quarantine,
            to_confirm: new.to_confirm,
            fence: 0,
        }));
        if conflict.is_some() { Recorded::Conflict(id) } else { Recorded::First(id) }
    }

    fn keep_variant(&mut self, id: NoticeId, new: NewNotice) {
        let Some(notice) = self.notices.get(&id).filter(|notice| notice.content != new.content) else {
            return;
        };
        let variants = self.variants.entry(notice.id).or_default();
        if variants.len() < MAX_VARIANTS && variants.iter().all(|kept| kept.content != new.content) {
            variants.push(Variant {
                content: new.content,
                format: new.format,
                body: new.body,
                received_at: new.received_at,
                key_label: new.key_label,
            });
        }
    }

    /// Looks a message up, and remembers it as `id` unless it has an equal.
    fn meet(&mut self, route: &Route, identity: &Identity, id: NoticeId) -> Met {
        match identity {
            Identity::Clean { key, fingerprint } => {
                match self.clean.entry(route.clone()).or_default().entry(key.as_str().into()) {
                    Entry::Vacant(free) => {
                        free.insert(Seen::new(id, *fingerprint));
                        Met::First
                    }
                    Entry::Occupied(mut seen) => {
                        let seen = seen.get_mut();
                        if let Some(equal) = seen.of(fingerprint) {
                            return Met::Equal(equal);
                        }
                        seen.add(*fingerprint, id);
                        Met::Conflict(seen.first)
                    }
                }
            }
            Identity::Doubtful(digest) => match self.doubtful.entry((route.clone(), *digest)) {
                btree_map::Entry::Vacant(free) => {
                    free.insert(id);
                    Met::First
                }
                btree_map::Entry::Occupied(equal) => Met::Equal(*equal.get()),
            },
        }
    }

    pub(super) fn claim(
        &mut self,
        route: &Route,
        owner: &OwnerToken,
        now: UtcMillis,
        lease_for: Duration,
    ) -> Option<Claimed> {
        let (due_at, id) = self.due.get(route)?.first().copied()?;
        if due_at > now {
            return None;
        }
        let mut notice = self.take(id)?;
        let taken_over_from = notice.standing.owner().cloned();
        if let Some(owner) = &taken_over_from {
            notice.last_reason = Some(ran_out(owner.as_str()));
            notice.failures = notice.failures.saturating_add(1);
        }
        notice.fence += 1;
        notice.changed_at = now;
        let until = now.plus(lease_for.min(MAX_LEASE));
        notice.standing = Standing::Leased { owner: owner.clone(), until };
        self.put(notice.clone());
        let lease = Lease::new(id, owner.clone(), notice.fence, until);
        Some(Claimed { lease, notice: *notice, taken_over_from })
    }

    pub(super) fn finish(
        &mut self,
        lease: &Lease,
        outcome: Outcome,
        now: UtcMillis,
    ) -> Result<(), FinishError> {
        let mut notice =
            self.is_held(lease).then(|| self.take(lease.id)).flatten().ok_or(FinishError::LeaseLost)?;
        Transition::of_outcome(outcome, now).apply(&mut notice, now);
        self.put(notice);
        Ok(())
    }

    fn is_held(&self, lease: &Lease) -> bool {
        self.notices.get(&lease.id).is_some_and(|notice| {
            let owned = matches!(&notice.standing, Standing::Leased { owner, .. } if *owner == lease.owner);
            owned && notice.fence == lease.fence
        })
    }

    pub(super) fn identify(
        &mut self,
        lease: &Lease,
        notification: &Notification,
    ) -> Result<Recorded, FinishError> {
        let held = self.notices.get(&lease.id).filter(|_| self.is_held(lease));
        let route = held.map(|notice| notice.route.clone()).ok_or(FinishError::LeaseLost)?;
        let (key, fingerprint) = (notification.dedupe_key(), *notification.fingerprint().as_bytes());
        Ok(match self.clean.entry(route).or_default().entry(key.as_str().into()) {
            Entry::Vacant(free) => {
                free.insert(Seen::new(lease.id, fingerprint));
                Recorded::First(lease.id)
            }
            Entry::Occupied(mut seen) => {
                let (first, equal) = (seen.get().first, seen.get().of(&fingerprint));
                if first == lease.id {
                    seen.get_mut().add(fingerprint, first);
                    Recorded::First(first)
                } else if equal == Some(first) {
                    Recorded::Duplicate(first)
                } else {
                    Recorded::Conflict(first)
                }
            }
        })
    }

    pub(super) fn next_due(&self, route: &Route) -> Option<UtcMillis> {
        self.due.get(route)?.first().map(|(due_at, _)| *due_at)
    }

    pub(super) fn get(&self, id: NoticeId) -> Option<StoredNotice> {
        self.notices.get(&id).map(|notice| StoredNotice::clone(notice))
    }

    pub(super) fn list(&self, state: State, after: Option<NoticeId>, limit: usize) -> Vec<StoredNotice> {
        let Some(ids) = self.by_state.get(&state) else { return Vec::new() };
        let after = after.map_or(Bound::Unbounded, Bound::Excluded);
        ids.range((after, Bound::Unbounded)).take(limit).filter_map(|id| self.get(*id)).collect()
    }

    pub(super) fn variants(&self, id: NoticeId) -> Vec<Variant> {
        self.variants.get(&id).cloned().unwrap_or_default()
    }

    pub(super) fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for (state, ids) in &self.by_state {
            *counts.of_mut(*state) = ids.len();
        }
        let first = |state| self.by_state.get(&state)?.first().copied();
        let oldest = [State::Waiting, State::Leased].into_iter().filter_map(first).min();
        counts.oldest_unhandled =
            oldest.and_then(|id| self.notices.get(&id)).map(|notice| notice.received_at);
        counts
    }

    pub(super) fn decide(
        &mut self,
        id: NoticeId,
        decision: &Decision,
        now: UtcMillis,
        mode: Mode,
    ) -> Decided {
        let Some(state) = self.notices.get(&id).map(|notice| notice.standing.state()) else {
            return Decided::Missing;
        };
        let Some(to) = decision.moves(state) else { return Decided::Refused { state } };
        if mode == Mode::Apply {
            if let Some(mut notice) = self.take(id) {
                Transition::of_decision(decision, now).apply(&mut notice, now);
                self.put(notice);
            }
        }
        Decided::Moved { from: state, to }
    }

    pub(super) fn prune(&mut self, state: Finished, before: UtcMillis, limit: usize) -> usize {
        let notices = self.list(state.into(), None, usize::MAX).into_iter();
        let mut old: Vec<(UtcMillis, NoticeId)> = notices
            .map(|notice| (notice.changed_at, notice.id))
            .filter(|(changed_at, _)| *changed_at < before)
            .collect();
        old.sort_unstable();
        for (_, id) in old.iter().take(limit) {
            self.take(*id);
            self.variants.remove(id);
        }
        old.len().min(limit)
    }

    fn put(&mut self, notice: Box<StoredNotice>) {
        self.by_state.entry(notice.standing.state()).or_default().insert(notice.id);
        if let Some(due_at) = notice.standing.due_at() {
            self.due.entry(notice.route.clone()).or_default().insert((due_at, notice.id));
        }
        self.notices.insert(notice.id, notice);
    }

    fn take(&mut self, id: NoticeId) -> Option<Box<StoredNotice>> {
        let notice = self.notices.remove(&id)?;
        if let Some(ids) = self.by_state.get_mut(&notice.standing.state()) {
            ids.remove(&id);
        }
        if let (Some(due_at), Some(due)) = (notice.standing.due_at(), self.due.get_mut(&notice.route)) {
            due.remove(&(due_at, id));
        }
        Some(notice)
    }
}
