//! Recording, looking and pruning.

use std::time::Duration;

use pockyt_model::UtcMillis;

use super::messages::{KEY_LABEL, doubtful, payment, recuts, route, variant};
use super::{Store, first};
use crate::{Counts, Decision, MAX_VARIANTS, Mode, NewNotice, NoticeId, Outcome, OwnerToken, Quarantine};
use crate::{Recorded, Standing, State, StoredNotice};

const LEASE: Duration = Duration::from_millis(100);

/// What came in is what comes out, the label of the key included, whatever happens to the notice.
pub async fn records_come_back_as_they_came<I: Store>(inbox: &I) {
    let (shop, owner) = (route("shop"), OwnerToken::new("a"));
    let under = |key_label: &str, mut new: NewNotice| {
        key_label.clone_into(&mut new.0.key_label);
        new
    };
    let same = |kept: &StoredNotice, new: &NewNotice| {
        assert_eq!((&kept.route, &kept.identity, kept.format), (new.route(), new.identity(), new.format()));
        assert_eq!((&*kept.body, kept.received_at), (new.body(), new.received_at()));
        assert_eq!((kept.key_label.as_str(), &kept.content), (new.key_label(), new.content()));
    };
    let clean = payment(&shop, 1, 5, "success", 10);
    let others = [payment(&shop, 1, 6, "success", 11), doubtful(&shop, 2, 12)];
    let id = first(inbox, clean.clone()).await;
    for new in others.map(|new| under("an older key", new)) {
        let id = inbox.record(new.clone()).await.expect("records").id();
        same(&inbox.get(id).await.expect("gets").expect("is there"), &new);
    }
    // A repetition under another key does not change what is there.
    inbox.record(under("another key", clean.clone())).await.expect("records");
    assert_eq!(clean.key_label(), KEY_LABEL);
    let gave_up = Outcome::Dead { why: "gave up".into() };
    let again = Outcome::RetryAt { at: UtcMillis::new(30), why: "bad day".into() };
    for (now, outcome) in [(20, again), (30, gave_up)] {
        let now = UtcMillis::new(now);
        let claimed = inbox.claim(&shop, &owner, now, LEASE).await.expect("claims").expect("is due");
        same(&claimed.notice, &clean);
        inbox.finish(&claimed.lease, outcome, now).await.expect("finishes");
        same(&inbox.get(id).await.expect("gets").expect("is there"), &clean);
    }
    let dead = inbox.list(State::Dead, None, 9).await.expect("lists");
    assert_eq!(dead.len(), 1);
    for kept in &dead {
        same(kept, &clean);
    }
    let redriven = inbox.decide(id, Decision::Redrive, UtcMillis::new(40), Mode::Apply).await;
    assert!(redriven.expect("redrives").is_moved());
    same(&inbox.get(id).await.expect("gets").expect("is there"), &clean);
}

/// Whether it waits, is in hand, done or dead: what was recorded is a duplicate, and changes nothing.
pub async fn repetitions_are_duplicates_in_every_state<I: Store>(inbox: &I) {
    let (shop, owner) = (route("shop"), OwnerToken::new("a"));
    let again = async |state: State, id: NoticeId| {
        let before = inbox.get(id).await.expect("gets").expect("is there");
        assert_eq!(before.standing.state(), state);
        let recorded = inbox.record(payment(&shop, 1, 5, "success", 999)).await.expect("records");
        assert_eq!(recorded, Recorded::Duplicate(id), "while {}", state.as_str());
        let after = inbox.get(id).await.expect("gets").expect("is there");
        assert_eq!((after.standing, after.changed_at), (before.standing, before.changed_at));
    };
    let id = first(inbox, payment(&shop, 1, 5, "success", 10)).await;
    again(State::Waiting, id).await;
    for outcome in [Outcome::Dead { why: "gave up".into() }, Outcome::Done] {
        let now = UtcMillis::new(20);
        let claimed = inbox.claim(&shop, &owner, now, LEASE).await.expect("claims").expect("is due");
        again(State::Leased, id).await;
        let dead = outcome != Outcome::Done;
        inbox.finish(&claimed.lease, outcome, now).await.expect("finishes");
        again(if dead { State::Dead } else { State::Done }, id).await;
        inbox.decide(id, Decision::Redrive, now, Mode::Apply).await.expect("redrives");
    }
}

/// Another message with the same key is kept, apart and once, and the first one goes its way.
pub async fn conflicts_are_quarantined_once<I: Store>(inbox: &I) {
    let shop = route("shop");
    let id = first(inbox, payment(&shop, 1, 5, "success", 10)).await;
    let mut conflicting = Vec::new();
    for amount in [6, 7] {
        let recorded = inbox.record(payment(&shop, 1, amount, "success", 11)).await.expect("records");
        let Recorded::Conflict(conflict) = recorded else { unreachable!("a conflict, but {recorded:?}") };
        let kept = inbox.get(conflict).await.expect("gets").expect("is kept");
        assert_eq!(kept.standing, Standing::Quarantined);
        assert_eq!(kept.quarantine, Some(Quarantine::Conflict { with: id }));
        conflicting.push(conflict);
    }
    for (amount, same) in [(6, conflicting.first()), (7, conflicting.last()), (5, Some(&id))] {
        let recorded = inbox.record(payment(&shop, 1, amount, "success", 12)).await.expect("records");
        assert_eq!(Some(recorded), same.copied().map(Recorded::Duplicate));
    }
    assert_eq!(
        inbox.counts().await.expect("counts"),
        Counts {
            waiting: 1,
            quarantined: 2,
            oldest_unhandled: Some(UtcMillis::new(10)),
            ..Counts::default()
        }
    );
    let now = UtcMillis::new(20);
    let claim = async || inbox.claim(&shop, &OwnerToken::new("a"), now, LEASE).await.expect("claims");
    assert_eq!(claim().await.map(|claimed| claimed.notice.id), Some(id));
    assert!(claim().await.is_none(), "what is in quarantine is never claimed");
}

/// Neither blocks the other, whichever comes first and though their content is the same.
pub async fn clean_and_doubtful_messages_never_meet<I: Store>(inbox: &I) {
    let shop = route("shop");
    let doubted_first = first(inbox, doubtful(&shop, 1, 10)).await;
    first(inbox, payment(&shop, 1, 1, "success", 11)).await;
    first(inbox, payment(&shop, 2, 1, "success", 12)).await;
    let doubted_last = first(inbox, doubtful(&shop, 2, 13)).await;
    for (number, id) in [(1, doubted_first), (2, doubted_last)] {
        let recorded = inbox.record(doubtful(&shop, number, 14)).await.expect("records");
        assert_eq!(recorded, Recorded::Duplicate(id));
        let kept = inbox.get(id).await.expect("gets").expect("is kept");
        assert_eq!(kept.standing, Standing::Quarantined);
        assert!(matches!(kept.quarantine, Some(Quarantine::Doubt(_))));
    }
    let counts = inbox.counts().await.expect("counts");
    assert_eq!((counts.waiting, counts.quarantined), (2, 2));
}

/// However a signed text is cut into fields, it is one doubtful notice, also when that was pruned.
pub async fn cuts_of_one_text_are_one_doubtful_notice<I: Store>(inbox: &I) {
    let shop = route("shop");
    let id = first(inbox, doubtful(&shop, 1, 10)).await;
    let other = first(inbox, doubtful(&shop, 2, 10)).await;
    for cut in recuts(&shop, 1, 11) {
        assert_eq!(inbox.record(cut).await.expect("records"), Recorded::Duplicate(id));
    }
    inbox.prune(crate::Finished::Quarantined, UtcMillis::new(100), 9).await.expect("prunes");
    for (number, id) in [(1, id), (2, other)] {
        for cut in recuts(&shop, number, 12) {
            assert_eq!(inbox.record(cut).await.expect("records"), Recorded::Duplicate(id));
        }
    }
    first(inbox, payment(&shop, 1, 1, "success", 13)).await;
}

/// The same message at two routes is two notices, each for its own workers.
pub async fn routes_never_meet<I: Store>(inbox: &I) {
    let (shop, cafe) = (route("shop"), route("cafe"));
    first(inbox, payment(&shop, 1, 5, "success", 10)).await;
    let (owner, now) = (OwnerToken::new("a"), UtcMillis::new(20));
    assert_eq!(inbox.next_due(&cafe).await.expect("looks"), None);
    assert!(inbox.claim(&cafe, &owner, now, LEASE).await.expect("claims").is_none());
    let at_cafe = first(inbox, payment(&cafe, 1, 6, "success", 11)).await;
    first(inbox, doubtful(&shop, 3, 12)).await;
    first(inbox, doubtful(&cafe, 3, 12)).await;
    let claimed = inbox.claim(&cafe, &owner, now, LEASE).await.expect("claims").expect("is due");
    assert_eq!((claimed.notice.id, &claimed.notice.route), (at_cafe, &cafe));
}

/// Each status is news of its own, in whatever order they come.
pub async fn statuses_of_one_payment_are_notices_of_their_own<I: Store>(inbox: &I) {
    let shop = route("shop");
    let success = first(inbox, payment(&shop, 1, 5, "success", 20)).await;
    let pending = first(inbox, payment(&shop, 1, 5, "pending", 10)).await;
    assert_ne!(success, pending);
    let recorded = inbox.record(payment(&shop, 1, 5, "success", 30)).await.expect("records");
    assert_eq!(recorded, Recorded::Duplicate(success));
    assert_eq!(inbox.counts().await.expect("counts").waiting, 2);
}

/// What says the same in other words is a duplicate, and kept beside the first, up to a number.
pub async fn variants_are_kept_beside_their_notice<I: Store>(inbox: &I) {
    let shop = route("shop");
    let id = first(inbox, variant(&shop, 1, 5, 0, 10)).await;
    assert!(inbox.variants(id).await.expect("looks").is_empty());
    let others: Vec<NewNotice> =
        (1..40).map(|time| variant(&shop, 1, 5, time, u64::from(10 + time))).collect();
    for new in others.iter().chain(&others) {
        assert_eq!(inbox.record(new.clone()).await.expect("records"), Recorded::Duplicate(id));
    }
    assert_eq!(inbox.record(variant(&shop, 1, 5, 0, 99)).await.expect("records"), Recorded::Duplicate(id));
    let kept = inbox.variants(id).await.expect("looks");
    assert_eq!(kept.len(), MAX_VARIANTS);
    for (kept, new) in kept.iter().zip(&others) {
        assert_eq!((&kept.content, &*kept.body, kept.format), (new.content(), new.body(), new.format()));
        assert_eq!((kept.received_at, kept.key_label.as_str()), (new.received_at(), new.key_label()));
    }
    let notice = inbox.get(id).await.expect("gets").expect("is there");
    assert_eq!((notice.received_at, notice.changed_at), (UtcMillis::new(10), UtcMillis::new(10)));
    assert!(inbox.variants(NoticeId::new(u64::MAX)).await.expect("looks").is_empty());
}
