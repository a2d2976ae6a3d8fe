//! A store that forgets when the program ends.

mod arrived;
mod books;
mod due;
mod known;
mod shelf;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pockyt_model::{Notification, UtcMillis};

use self::books::Books;
use self::known::Hashing;
use crate::Variant;
use crate::{Claimed, Counts, Decided, Decision, FinishError, Finished, Inbox, InboxAdmin, Lease, Mode};
use crate::{NewNotice, NoticeId, Outcome, OwnerToken, Recorded, Route, State, StoreError, StoredNotice};

/// An [`Inbox`] in memory: for tests, and for programs that may forget.
///
/// It survives nothing: a `success` answered from it is a promise that ends with the process. It grows
/// until it is pruned, and about 200 bytes of each message stay after that. Share it as an `Arc`.
///
/// Recording, claiming and finishing take about the same time however much it holds. Everybody else waits while counts
/// and lists of what waits are made, which look at all that was put off (a list at all that waits), and during
/// each call of pruning, which looks at all in that state.
#[derive(Debug)]
pub struct MemoryInbox {
    hashing: Hashing,
    books: Mutex<Books>,
}

impl Default for MemoryInbox {
    fn default() -> Self {
        let hashing = Hashing::default();
        Self { books: Mutex::new(Books::new(hashing.clone())), hashing }
    }
}

impl MemoryInbox {
    fn books(&self) -> MutexGuard<'_, Books> {
        // Nothing panics while the lock is held, so a poisoned lock does not mean broken books.
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inbox for MemoryInbox {
    async fn record(&self, notice: NewNotice) -> Result<Recorded, StoreError> {
        let hash = self.hashing.hash(notice.route(), notice.identity());
        Ok(self.books().record(notice, hash))
    }

    async fn claim(
        &self,
        route: &Route,
        owner: &OwnerToken,
        now: UtcMillis,
        lease_for: Duration,
    ) -> Result<Option<Claimed>, StoreError> {
        Ok(self.books().claim(route, owner, now, lease_for))
    }

    async fn finish(&self, lease: &Lease, outcome: Outcome, now: UtcMillis) -> Result<(), FinishError> {
        self.books().finish(lease, outcome, now)
    }

    async fn identify(&self, lease: &Lease, notification: &Notification) -> Result<Recorded, FinishError> {
        self.books().identify(lease, notification)
    }

    async fn next_due(&self, route: &Route) -> Result<Option<UtcMillis>, StoreError> {
        Ok(self.books().next_due(route))
    }

    async fn counts(&self) -> Result<Counts, StoreError> {
        Ok(self.books().counts())
    }

    async fn check(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

impl InboxAdmin for MemoryInbox {
    async fn get(&self, id: NoticeId) -> Result<Option<StoredNotice>, StoreError> {
        Ok(self.books().get(id))
    }

    async fn variants(&self, id: NoticeId) -> Result<Vec<Variant>, StoreError> {
        Ok(self.books().variants(id))
    }

    async fn list(
        &self,
        state: State,
        after: Option<NoticeId>,
        limit: usize,
    ) -> Result<Vec<StoredNotice>, StoreError> {
        Ok(self.books().list(state, after, limit))
    }

    async fn decide(
        &self,
        id: NoticeId,
        decision: Decision,
        now: UtcMillis,
        mode: Mode,
    ) -> Result<Decided, StoreError> {
        Ok(self.books().decide(id, &decision, now, mode))
    }

    async fn prune(&self, state: Finished, before: UtcMillis, limit: usize) -> Result<usize, StoreError> {
        Ok(self.books().prune(state, before, limit))
    }
}
