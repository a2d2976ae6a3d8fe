//! The notices and their indexes.

use std::collections::{BTreeMap, BTreeSet, HashMap};
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
    notices: BTreeMap<NoticeId, StoredNotice>,
    variants: BTreeMap<NoticeId, Vec<Variant>>,
    /// What may be claimed and from when on.
    due: BTreeMap<Route, BTreeSet<(UtcMillis, NoticeId)>>,
    by_state: BTreeMap<State, BTreeSet<NoticeId>>,
    /// Never pruned.
    clean: BTreeMap<Route, HashMap<String, Seen>>,
    /// Never pruned.
    doubtful: BTreeMap<(Route, ContentDigest), NoticeId>,
}

/// The clean messages of one key: the first, and those in conflict with it. One that was identified has
/// no message of its own here.
#[derive(Debug)]
struct Seen {
    first: NoticeId,
    by_fingerprint: BTreeMap<[u8; 32], NoticeId>,
}

impl Books {
    pub(super) fn record(&mut self, new: NewNotice) -> Recorded {
        let (known, conflict) = self.look_up(&new.route, &new.identity);
        if let Some(id) = known {
            self.keep_variant(id, new);
            return Recorded::Duplicate(id);
        }
        self.last_id += 1;
        let id = NoticeId::new(self.last_id);
        self.remember(&new.route, &new.identity, id);
        let quarantine =
            new.doubt.map(Quarantine::Doubt).or(conflict.map(|with| Quarantine::Conflict { with }));
        let due_at = new.received_at;
        let held = conflict.is_some() || (quarantine.is_some() && !new.to_confirm);
        self.put(StoredNotice {
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
        });
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

    /// The equal of a message, and else the one it is in conflict with.
    fn look_up(&self, route: &Route, identity: &Identity) -> (Option<NoticeId>, Option<NoticeId>) {
        match identity {
            Identity::Clean { key, fingerprint } => {
                match self.clean.get(route).and_then(|keys| keys.get(key)) {
                    None => (None, None),
                    Some(seen) => (seen.by_fingerprint.get(fingerprint).copied(), Some(seen.first)),
                }
            }
            Identity::Doubtful(digest) => (self.doubtful.get(&(route.clone(), *digest)).copied(), None),
        }
    }

    fn remember(&mut self, route: &Route, identity: &Identity, id: NoticeId) {
        match identity {
            Identity::Clean { key, fingerprint } => {
                let seen = self.clean.entry(route.clone()).or_default().entry(key.clone());
                let seen = seen.or_insert_with(|| Seen { first: id, by_fingerprint: BTreeMap::new() });
                seen.by_fingerprint.entry(*fingerprint).or_insert(id);
            }
            Identity::Doubtful(digest) => {
                self.doubtful.insert((route.clone(), *digest), id);
            }
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
        Some(Claimed { lease: Lease::new(id, owner.clone(), notice.fence, until), notice, taken_over_from })
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
        let identity = Identity::of(notification);
        Ok(match self.look_up(&route, &identity) {
            (_, Some(first)) if first == lease.id => {
                self.remember(&route, &identity, first);
                Recorded::First(first)
            }
            (Some(equal), Some(first)) if equal == first => Recorded::Duplicate(first),
            (_, Some(first)) => Recorded::Conflict(first),
            (_, None) => {
                self.remember(&route, &identity, lease.id);
                Recorded::First(lease.id)
            }
        })
    }

    pub(super) fn next_due(&self, route: &Route) -> Option<UtcMillis> {
        self.due.get(route)?.first().map(|(due_at, _)| *due_at)
    }

    pub(super) fn get(&self, id: NoticeId) -> Option<StoredNotice> {
        self.notices.get(&id).cloned()
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

    fn put(&mut self, notice: StoredNotice) {
        self.by_state.entry(notice.standing.state()).or_default().insert(notice.id);
        if let Some(due_at) = notice.standing.due_at() {
            self.due.entry(notice.route.clone()).or_default().insert((due_at, notice.id));
        }
        self.notices.insert(notice.id, notice);
    }

    fn take(&mut self, id: NoticeId) -> Option<StoredNotice> {
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
