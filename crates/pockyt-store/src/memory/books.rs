//! The notices and their indexes.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::time::Duration;

use pockyt_model::UtcMillis;

use crate::StoredNotice;
use crate::{Claimed, ContentDigest, Counts, FinishError, Finished, Identity, Lease, MAX_DELAY, MAX_LEASE};
use crate::{NewNotice, NoticeId, Outcome, OwnerToken, Quarantine, Recorded, Route, Standing, State};

#[derive(Debug, Default)]
pub(super) struct Books {
    last_id: u64,
    notices: BTreeMap<NoticeId, StoredNotice>,
    /// What may be claimed and from when on.
    due: BTreeMap<Route, BTreeSet<(UtcMillis, NoticeId)>>,
    by_state: BTreeMap<State, BTreeSet<NoticeId>>,
    /// Never pruned.
    clean: BTreeMap<(Route, String), Seen>,
    /// Never pruned.
    doubtful: BTreeMap<(Route, ContentDigest), NoticeId>,
}

/// The clean messages of one key: the first, and those in conflict with it.
#[derive(Debug)]
struct Seen {
    first: NoticeId,
    by_fingerprint: BTreeMap<[u8; 32], NoticeId>,
}

impl Books {
    pub(super) fn record(&mut self, new: NewNotice) -> Recorded {
        let (known, conflict) = self.look_up(&new.route, &new.identity);
        if let Some(id) = known {
            return Recorded::Duplicate(id);
        }
        self.last_id += 1;
        let id = NoticeId::new(self.last_id);
        self.remember(&new.route, &new.identity, id);
        let quarantine =
            new.doubt.map(Quarantine::Doubt).or(conflict.map(|with| Quarantine::Conflict { with }));
        let due_at = new.received_at;
        self.put(StoredNotice {
            id,
            route: new.route,
            identity: new.identity,
            format: new.format,
            body: new.body,
            received_at: new.received_at,
            key_label: new.key_label,
            changed_at: new.received_at,
            failures: 0,
            deferrals: 0,
            last_reason: None,
            standing: quarantine.map_or(Standing::Waiting { due_at }, Standing::Quarantined),
            fence: 0,
        });
        if conflict.is_some() { Recorded::Conflict(id) } else { Recorded::First(id) }
    }

    /// The equal of a message, and else the one it is in conflict with.
    fn look_up(&self, route: &Route, identity: &Identity) -> (Option<NoticeId>, Option<NoticeId>) {
        match identity {
            Identity::Clean { key, fingerprint } => match self.clean.get(&(route.clone(), key.clone())) {
                None => (None, None),
                Some(seen) => (seen.by_fingerprint.get(fingerprint).copied(), Some(seen.first)),
            },
            Identity::Doubtful(digest) => (self.doubtful.get(&(route.clone(), *digest)).copied(), None),
        }
    }

    fn remember(&mut self, route: &Route, identity: &Identity, id: NoticeId) {
        match identity {
            Identity::Clean { key, fingerprint } => {
                let seen = self.clean.entry((route.clone(), key.clone()));
                let seen = seen.or_insert_with(|| Seen { first: id, by_fingerprint: BTreeMap::new() });
                seen.by_fingerprint.insert(*fingerprint, id);
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
        if let Standing::Leased { owner, .. } = &notice.standing {
            notice.last_reason = Some(format!("the lease of {owner} ran out"));
            notice.failures = notice.failures.saturating_add(1);
        }
        notice.fence += 1;
        notice.changed_at = now;
        let until = now.plus(lease_for.min(MAX_LEASE));
        notice.standing = Standing::Leased { owner: owner.clone(), until };
        self.put(notice.clone());
        Some(Claimed { lease: Lease::new(id, owner.clone(), notice.fence, until), notice })
    }

    pub(super) fn finish(
        &mut self,
        lease: &Lease,
        outcome: Outcome,
        now: UtcMillis,
    ) -> Result<(), FinishError> {
        let held = self.notices.get(&lease.id).is_some_and(|notice| {
            let owned = matches!(&notice.standing, Standing::Leased { owner, .. } if *owner == lease.owner);
            owned && notice.fence == lease.fence
        });
        let mut notice = held.then(|| self.take(lease.id)).flatten().ok_or(FinishError::LeaseLost)?;
        let wait_until = |at: UtcMillis| Standing::Waiting { due_at: at.min(now.plus(MAX_DELAY)) };
        let (standing, why) = match outcome {
            Outcome::Done => (Standing::Done, None),
            Outcome::Dead { why } => (Standing::Dead, Some(why)),
            Outcome::Defer { at, why } => {
                notice.deferrals = notice.deferrals.saturating_add(1);
                (wait_until(at), Some(why))
            }
            Outcome::RetryAt { at, why } => {
                notice.failures = notice.failures.saturating_add(1);
                (wait_until(at), Some(why))
            }
        };
        notice.standing = standing;
        notice.changed_at = now;
        if let Some(why) = why {
            notice.last_reason = Some(why.chars().take(500).collect());
        }
        self.put(notice);
        Ok(())
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

    pub(super) fn counts(&self) -> Counts {
        let of = |state| self.by_state.get(&state).map_or(0, BTreeSet::len);
        Counts {
            dead: of(State::Dead),
            done: of(State::Done),
            leased: of(State::Leased),
            quarantined: of(State::Quarantined),
            waiting: of(State::Waiting),
        }
    }

    pub(super) fn redrive(&mut self, id: NoticeId, now: UtcMillis) -> bool {
        if self.notices.get(&id).is_none_or(|notice| notice.standing != Standing::Dead) {
            return false;
        }
        let Some(dead) = self.take(id) else { return false };
        let standing = Standing::Waiting { due_at: now };
        self.put(StoredNotice { failures: 0, deferrals: 0, changed_at: now, standing, ..dead });
        true
    }

    pub(super) fn prune(&mut self, state: Finished, before: UtcMillis) -> usize {
        let old: Vec<NoticeId> = self
            .list(state.into(), None, usize::MAX)
            .into_iter()
            .filter_map(|notice| (notice.changed_at < before).then_some(notice.id))
            .collect();
        old.into_iter().filter_map(|id| self.take(id)).count()
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
