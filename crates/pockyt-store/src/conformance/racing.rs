//! Many at once.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use pockyt_model::UtcMillis;

use super::Store;
use super::messages::{payment, route};
use crate::{NoticeId, Outcome, OwnerToken, Recorded};

const MESSAGES: u32 = 40;
const DELIVERIES: u32 = 5;

/// Of deliveries of one message that come at once, at however many stores of one database, one is the first
/// and all others are duplicates of it.
pub async fn racing_deliveries_have_one_first<S: Store>(stores: &[&S]) {
    let deliveries = (0..MESSAGES * DELIVERIES).zip(stores.iter().cycle()).map(async |(delivery, store)| {
        let number = delivery % MESSAGES;
        (number, store.record(payment(&route("shop"), number, 5, "success", 10)).await.expect("records"))
    });
    let mut ids: BTreeMap<u32, (NoticeId, u32)> = BTreeMap::new();
    for (number, recorded) in join_all(deliveries).await {
        let (id, firsts) = ids.entry(number).or_insert((recorded.id(), 0));
        assert_eq!(*id, recorded.id(), "one number for one message");
        assert!(matches!(recorded, Recorded::First(_) | Recorded::Duplicate(_)));
        *firsts += u32::from(matches!(recorded, Recorded::First(_)));
    }
    assert!(ids.values().all(|(_, firsts)| *firsts == 1), "each has one first: {ids:?}");
    for store in stores {
        assert_eq!(store.counts().await.expect("counts").waiting, ids.len());
    }
}

/// Of workers that claim at once, at however many stores of one database, each notice has one.
pub async fn racing_workers_share_the_notices<S: Store>(stores: &[&S]) {
    let (shop, now, lease) = (route("shop"), UtcMillis::new(20), Duration::from_millis(100));
    for (number, store) in (0..MESSAGES).zip(stores.iter().cycle()) {
        store.record(payment(&shop, number, 5, "success", 10)).await.expect("records");
    }
    let workers = (0..8).zip(stores.iter().cycle()).map(async |(worker, store)| {
        let owner = OwnerToken::new(&format!("worker {worker}"));
        let mut handled = Vec::new();
        while let Some(claimed) = store.claim(&shop, &owner, now, lease).await.expect("claims") {
            store.finish(&claimed.lease, Outcome::Done, now).await.expect("holds the lease");
            handled.push(claimed.notice.id);
        }
        handled
    });
    let mut handled: Vec<NoticeId> = join_all(workers).await.concat();
    handled.sort_unstable();
    let all = handled.len();
    handled.dedup();
    assert_eq!((all, handled.len()), (MESSAGES as usize, MESSAGES as usize), "each once");
}
