//! A store that fails when it is told to.

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use pockyt_model::{Notification, UtcMillis};

use super::Store;
use super::messages::{clean_reading, doubtful, payment, route, variant};
use crate::{Claimed, Counts, Decided, Decision, FinishError, Finished, Inbox, InboxAdmin, Lease, Mode};
use crate::{NewNotice, NoticeId, Outcome, OwnerToken, Recorded, Route, State, StoreError, StoreErrorKind};
use crate::{StoredNotice, Variant};

/// When a call of a [`Faulty`] store fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// After it was done: the caller cannot know.
    AfterDoing,
    /// Before anything is done.
    BeforeDoing,
    /// It is done, and no answer ever comes: for callers that wait for a limited time.
    Unanswered,
}

/// A store of which calls fail, each counted from 1 whatever the method.
#[derive(Debug)]
pub struct Faulty<S> {
    inner: S,
    fault: Fault,
    failing: std::ops::Range<u64>,
    calls: AtomicU64,
    while_unanswered: fn() -> Box<dyn Any + Send>,
}

impl<S> Faulty<S> {
    /// The calls of these numbers will fail.
    pub fn new(inner: S, fault: Fault, failing: std::ops::Range<u64>) -> Self {
        Self { inner, fault, failing, calls: AtomicU64::new(0), while_unanswered: || Box::new(()) }
    }

    /// What is made when a call begins that is never answered ([`Fault::Unanswered`]), and dropped when its caller
    /// gives it up: for a test whose clock runs by itself meanwhile, so that nobody has to sit that time out.
    #[must_use]
    pub fn while_unanswered(self, begin: fn() -> Box<dyn Any + Send>) -> Self {
        Self { while_unanswered: begin, ..self }
    }

    /// The store beneath, which does not fail.
    pub fn inner(&self) -> &S {
        &self.inner
    }

    /// How many calls there were.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }

    async fn pass<T>(&self, call: impl Future<Output = T>) -> Result<T, StoreError> {
        let number = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        let failure = || StoreError::new(StoreErrorKind::Unavailable);
        match (self.failing.contains(&number), self.fault) {
            (false, _) => Ok(call.await),
            (true, Fault::BeforeDoing) => Err(failure()),
            (true, Fault::AfterDoing) => {
                call.await;
                Err(failure())
            }
            (true, Fault::Unanswered) => {
                call.await;
                let _until_given_up = (self.while_unanswered)();
                std::future::pending().await
            }
        }
    }
}

impl<S: Inbox> Inbox for Faulty<S> {
    async fn record(&self, notice: NewNotice) -> Result<Recorded, StoreError> {
        self.pass(self.inner.record(notice)).await?
    }

    async fn claim(
        &self,
        route: &Route,
        owner: &OwnerToken,
        now: UtcMillis,
        lease_for: Duration,
    ) -> Result<Option<Claimed>, StoreError> {
        self.pass(self.inner.claim(route, owner, now, lease_for)).await?
    }

    async fn finish(&self, lease: &Lease, outcome: Outcome, now: UtcMillis) -> Result<(), FinishError> {
        self.pass(self.inner.finish(lease, outcome, now)).await?
    }

    async fn identify(&self, lease: &Lease, notification: &Notification) -> Result<Recorded, FinishError> {
        self.pass(self.inner.identify(lease, notification)).await?
    }

    async fn next_due(&self, route: &Route) -> Result<Option<UtcMillis>, StoreError> {
        self.pass(self.inner.next_due(route)).await?
    }

    async fn counts(&self) -> Result<Counts, StoreError> {
        self.pass(self.inner.counts()).await?
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.pass(self.inner.check()).await?
    }
}

impl<S: InboxAdmin> InboxAdmin for Faulty<S> {
    async fn get(&self, id: NoticeId) -> Result<Option<StoredNotice>, StoreError> {
        self.pass(self.inner.get(id)).await?
    }

    async fn variants(&self, id: NoticeId) -> Result<Vec<Variant>, StoreError> {
        self.pass(self.inner.variants(id)).await?
    }

    async fn list(
        &self,
        state: State,
        after: Option<NoticeId>,
        limit: usize,
    ) -> Result<Vec<StoredNotice>, StoreError> {
        self.pass(self.inner.list(state, after, limit)).await?
    }

    async fn decide(
        &self,
        id: NoticeId,
        decision: Decision,
        now: UtcMillis,
        mode: Mode,
    ) -> Result<Decided, StoreError> {
        self.pass(self.inner.decide(id, decision, now, mode)).await?
    }

    async fn prune(&self, state: Finished, before: UtcMillis, limit: usize) -> Result<usize, StoreError> {
        self.pass(self.inner.prune(state, before, limit)).await?
    }
}

/// Whichever call fails, before or after it was done: what was said to be kept is there, a sender that
/// resends and workers that come back see everything through, and nothing is there twice.
pub async fn no_failure_loses_or_invents_a_record<S: Store>(empty: impl AsyncFn() -> S) {
    for fault in [Fault::AfterDoing, Fault::BeforeDoing] {
        let mut failing = 1;
        loop {
            let store = Faulty::new(empty().await, fault, failing..failing + 1);
            see_through(&store).await;
            if store.calls() < failing {
                break;
            }
            failing += 1;
        }
    }
}

async fn see_through<S: Store>(store: &Faulty<S>) {
    let shop = route("shop");
    let mut kept = BTreeSet::new();
    let messages = [
        payment(&shop, 1, 5, "success", 10),
        payment(&shop, 2, 5, "success", 11),
        variant(&shop, 1, 5, 1, 12),
        payment(&shop, 1, 6, "success", 13),
        doubtful(&shop, 3, 14),
        payment(&shop, 2, 5, "success", 15),
        doubtful(&shop, 1, 16).to_be_confirmed(),
        doubtful(&shop, 4, 17).to_be_confirmed(),
    ];
    for message in messages {
        let recorded = resend(store, &message).await;
        let stored = store.inner().get(recorded.id()).await.expect("gets").expect("was said to be kept");
        assert_eq!(&stored.identity, message.identity());
        kept.insert(recorded.id());
    }
    assert_eq!(
        kept.len(),
        6,
        "two payments, a conflict and three doubtful messages, of which two are confirmed"
    );

    let mut handled: BTreeMap<NoticeId, u32> = BTreeMap::new();
    let owner = OwnerToken::new("worker");
    for now in (100..2000).step_by(100) {
        let now = UtcMillis::new(now);
        // A worker stops at a failure and comes back later.
        while let Ok(Some(claimed)) = store.claim(&shop, &owner, now, Duration::from_millis(100)).await {
            match confirm(store, &claimed).await {
                Ok(Recorded::First(id)) => *handled.entry(id).or_default() += 1,
                // Of payment 1, which was there before.
                Ok(other) => assert!(matches!(other, Recorded::Duplicate(_)), "{other:?}"),
                Err(_) => break,
            }
            if store.finish(&claimed.lease, Outcome::Done, now).await.is_err() {
                break;
            }
        }
    }
    let counts = store.inner().counts().await.expect("counts");
    assert_eq!((counts.done, counts.quarantined), (4, 2));
    assert_eq!(State::ALL.into_iter().map(|state| counts.of(state)).sum::<usize>(), kept.len());
    assert_eq!(handled.len(), 3, "those in quarantine are not handled, and no payment twice");
    let clean = resend(store, &payment(&shop, 4, 5, "success", 2000)).await;
    assert!(handled.contains_key(&clean.id()) && matches!(clean, Recorded::Duplicate(_)), "{clean:?}");
    assert!(handled.values().all(|times| *times <= 2), "once more than needed at most: {handled:?}");
}

/// What a query would say of those that are to be confirmed: payment 1 and payment 4, each of 5.
async fn confirm<S: Store>(store: &Faulty<S>, claimed: &Claimed) -> Result<Recorded, FinishError> {
    let Claimed { notice, lease, .. } = claimed;
    if !notice.to_confirm {
        return Ok(Recorded::First(notice.id));
    }
    let payment = if notice.received_at.get() == 16 { 1 } else { 4 };
    store.identify(lease, &clean_reading(&notice.route, payment, 5, "success")).await
}

/// Until it is said to be kept, as Pockyt does.
async fn resend<S: Store>(store: &Faulty<S>, message: &NewNotice) -> Recorded {
    for _ in 0..9 {
        if let Ok(recorded) = store.record(message.clone()).await {
            return recorded;
        }
    }
    unreachable!("one call fails, not nine")
}
