//! What must be there when a database is opened again.

use std::time::Duration;

use pockyt_model::UtcMillis;

use super::messages::{doubtful, payment, route, variant};
use super::{Database, Store, first};
use crate::{Decision, FinishError, Finished, Inbox, InboxAdmin, Mode, NoticeId, Outcome, OwnerToken};
use crate::{Recorded, State};

const LEASE: Duration = Duration::from_millis(100);

async fn claim<S: Store>(store: &S, now: u64) -> Option<crate::Claimed> {
    let owner = OwnerToken::new("a");
    store.claim(&route("shop"), &owner, UtcMillis::new(now), LEASE).await.expect("claims")
}

/// Notices in every state, leases in hand, variants, and what is remembered of pruned ones.
pub async fn everything_is_there_again<D: Database>(database: &D) {
    let shop = route("shop");
    let store = database.open().await;
    let pruned = first(&store, payment(&shop, 1, 5, "success", 1)).await;
    let done = claim(&store, 1).await.expect("is due");
    store.finish(&done.lease, Outcome::Done, UtcMillis::new(2)).await.expect("finishes");
    assert_eq!(store.prune(Finished::Done, UtcMillis::new(9), 9).await.expect("prunes"), 1);
    let ids = [
        first(&store, payment(&shop, 2, 5, "success", 10)).await,
        first(&store, payment(&shop, 3, 5, "success", 11)).await,
        first(&store, payment(&shop, 4, 5, "success", 12)).await,
        first(&store, doubtful(&shop, 5, 13)).await,
        store.record(payment(&shop, 2, 6, "success", 14)).await.expect("records").id(),
    ];
    store.record(variant(&shop, 3, 5, 1, 15)).await.expect("records");
    let gave_up = claim(&store, 20).await.expect("is due");
    let dead = Outcome::Dead { why: "gave up".into() };
    store.finish(&gave_up.lease, dead, UtcMillis::new(21)).await.expect("finishes");
    let in_hand = claim(&store, 22).await.expect("is due");
    let (before, counts) = (look(&store, &ids).await, store.counts().await.expect("counts"));
    drop(store);

    let store = database.open().await;
    assert_eq!(look(&store, &ids).await, before);
    assert_eq!(store.counts().await.expect("counts"), counts);
    for (number, id) in [(1, pruned), (2, ids_first(&ids))] {
        let recorded = store.record(payment(&shop, number, 5, "success", 30)).await.expect("records");
        assert_eq!(recorded, Recorded::Duplicate(id));
    }
    let waiting = claim(&store, 30).await.expect("one waits");
    assert_ne!(waiting.notice.id, in_hand.notice.id, "the lease goes on");
    let taken_over = claim(&store, 122).await.expect("the lease ran out");
    assert_eq!(taken_over.notice.id, in_hand.notice.id);
    let late = store.finish(&in_hand.lease, Outcome::Done, UtcMillis::new(123)).await;
    assert!(matches!(late, Err(FinishError::LeaseLost)));
    store.finish(&taken_over.lease, Outcome::Done, UtcMillis::new(124)).await.expect("holds the lease");
    drop(store);

    let store = database.open().await;
    assert!(store.finish(&taken_over.lease, Outcome::Done, UtcMillis::new(125)).await.is_err());
    let redriven = store.decide(gave_up.notice.id, Decision::Redrive, UtcMillis::new(126), Mode::Apply).await;
    assert!(redriven.expect("decides").is_moved());
    assert_eq!(store.list(State::Done, None, 9).await.expect("lists").len(), 1);
}

fn ids_first(ids: &[NoticeId]) -> NoticeId {
    *ids.first().expect("there are some")
}

/// All there is to be seen of some notices, as text.
async fn look<S: Store>(store: &S, ids: &[NoticeId]) -> Vec<String> {
    let mut seen = Vec::new();
    for id in ids {
        let notice = store.get(*id).await.expect("gets").expect("is there");
        let variants = store.variants(*id).await.expect("looks");
        let rest = (&notice.body, notice.fence, &notice.last_reason, notice.content);
        seen.push(format!("{notice:?} {rest:?} {variants:?}"));
    }
    seen
}

/// A number that was given is never given again, not even when its notice was pruned.
pub async fn numbers_are_not_used_again<D: Database>(database: &D) {
    let shop = route("shop");
    let mut highest = None;
    for number in 0..3 {
        let store = database.open().await;
        let id = first(&store, doubtful(&shop, number, 10)).await;
        assert!(highest < Some(id), "a number of its own");
        highest = Some(id);
        assert_eq!(store.prune(Finished::Quarantined, UtcMillis::new(99), 9).await.expect("prunes"), 1);
    }
}

/// What one store of a database has written, another that is open beside it sees.
pub async fn stores_of_one_database_agree<D: Database>(database: &D) {
    let shop = route("shop");
    let (one, other) = (database.open().await, database.open().await);
    let id = first(&one, payment(&shop, 1, 5, "success", 10)).await;
    assert_eq!(other.next_due(&shop).await.expect("looks"), Some(UtcMillis::new(10)));
    let recorded = other.record(payment(&shop, 1, 5, "success", 11)).await.expect("records");
    assert_eq!(recorded, Recorded::Duplicate(id));
    let claimed = claim(&other, 10).await.expect("is due");
    assert!(claim(&one, 10).await.is_none(), "the other has it");
    one.finish(&claimed.lease, Outcome::Done, UtcMillis::new(20)).await.expect("holds the lease");
    assert_eq!(other.counts().await.expect("counts").done, 1);
    one.check().await.expect("can be written");
    other.check().await.expect("can be written");
}
