//! Recording, looking and pruning.

use std::time::Duration;

use pockyt_model::UtcMillis;

use super::messages::{KEY_LABEL, doubtful, payment, recuts, route};
use crate::{Counts, Finished, Inbox, NewNotice, NoticeId, Outcome, OwnerToken, Quarantine, Recorded};
use crate::{Standing, State, StoredNotice};

const LEASE: Duration = Duration::from_millis(100);

async fn first<I: Inbox>(inbox: &I, notice: NewNotice) -> NoticeId {
    match inbox.record(notice).await.expect("records") {
        Recorded::First(id) => id,
        other => unreachable!("new, but was {other:?}"),
    }
}

/// What came in is what comes out, the label of the key included, whatever happens to the notice.
pub async fn records_come_back_as_they_came<I: Inbox>(inbox: &I) {
    let (shop, owner) = (route("shop"), OwnerToken::new("a"));
    let under = |key_label: &str, new: NewNotice| NewNotice { key_label: key_label.into(), ..new };
    let same = |kept: &StoredNotice, new: &NewNotice| {
        assert_eq!((&kept.route, &kept.identity, kept.format), (&new.route, &new.identity, new.format));
        assert_eq!((&kept.body, kept.received_at), (&new.body, new.received_at));
        assert_eq!(kept.key_label, new.key_label);
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
    assert_eq!(clean.key_label, KEY_LABEL);
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
    inbox.redrive(id, UtcMillis::new(40)).await.expect("redrives");
    same(&inbox.get(id).await.expect("gets").expect("is there"), &clean);
}

/// Whether it waits, is in hand, done or dead: what was recorded is a duplicate, and changes nothing.
pub async fn repetitions_are_duplicates_in_every_state<I: Inbox>(inbox: &I) {
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
        inbox.redrive(id, now).await.expect("redrives");
    }
}

/// Another message with the same key is kept, apart and once, and the first one goes its way.
pub async fn conflicts_are_quarantined_once<I: Inbox>(inbox: &I) {
    let shop = route("shop");
    let id = first(inbox, payment(&shop, 1, 5, "success", 10)).await;
    let mut conflicting = Vec::new();
    for amount in [6, 7] {
        let recorded = inbox.record(payment(&shop, 1, amount, "success", 11)).await.expect("records");
        let Recorded::Conflict(conflict) = recorded else { unreachable!("a conflict, but {recorded:?}") };
        let kept = inbox.get(conflict).await.expect("gets").expect("is kept");
        assert_eq!(kept.standing, Standing::Quarantined(Quarantine::Conflict { with: id }));
        conflicting.push(conflict);
    }
    for (amount, same) in [(6, conflicting.first()), (7, conflicting.last()), (5, Some(&id))] {
        let recorded = inbox.record(payment(&shop, 1, amount, "success", 12)).await.expect("records");
        assert_eq!(Some(recorded), same.copied().map(Recorded::Duplicate));
    }
    assert_eq!(
        inbox.counts().await.expect("counts"),
        Counts { waiting: 1, quarantined: 2, ..Counts::default() }
    );
    let now = UtcMillis::new(20);
    let claim = async || inbox.claim(&shop, &OwnerToken::new("a"), now, LEASE).await.expect("claims");
    assert_eq!(claim().await.map(|claimed| claimed.notice.id), Some(id));
    assert!(claim().await.is_none(), "what is in quarantine is never claimed");
}

/// Neither blocks the other, whichever comes first and though their content is the same.
pub async fn clean_and_doubtful_messages_never_meet<I: Inbox>(inbox: &I) {
    let shop = route("shop");
    let doubted_first = first(inbox, doubtful(&shop, 1, 10)).await;
    first(inbox, payment(&shop, 1, 1, "success", 11)).await;
    first(inbox, payment(&shop, 2, 1, "success", 12)).await;
    let doubted_last = first(inbox, doubtful(&shop, 2, 13)).await;
    for (number, id) in [(1, doubted_first), (2, doubted_last)] {
        let recorded = inbox.record(doubtful(&shop, number, 14)).await.expect("records");
        assert_eq!(recorded, Recorded::Duplicate(id));
        let kept = inbox.get(id).await.expect("gets").expect("is kept");
        assert!(matches!(kept.standing, Standing::Quarantined(Quarantine::Doubt(_))));
    }
    let expected = Counts { waiting: 2, quarantined: 2, ..Counts::default() };
    assert_eq!(inbox.counts().await.expect("counts"), expected);
}

/// However a signed text is cut into fields, it is one doubtful notice, also when that was pruned.
pub async fn cuts_of_one_text_are_one_doubtful_notice<I: Inbox>(inbox: &I) {
    let shop = route("shop");
    let id = first(inbox, doubtful(&shop, 1, 10)).await;
    let other = first(inbox, doubtful(&shop, 2, 10)).await;
    for cut in recuts(&shop, 1, 11) {
        assert_eq!(inbox.record(cut).await.expect("records"), Recorded::Duplicate(id));
    }
    inbox.prune(Finished::Quarantined, UtcMillis::new(100)).await.expect("prunes");
    for (number, id) in [(1, id), (2, other)] {
        for cut in recuts(&shop, number, 12) {
            assert_eq!(inbox.record(cut).await.expect("records"), Recorded::Duplicate(id));
        }
    }
    first(inbox, payment(&shop, 1, 1, "success", 13)).await;
}

/// The same message at two routes is two notices, each for its own workers.
pub async fn routes_never_meet<I: Inbox>(inbox: &I) {
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
pub async fn statuses_of_one_payment_are_notices_of_their_own<I: Inbox>(inbox: &I) {
    let shop = route("shop");
    let success = first(inbox, payment(&shop, 1, 5, "success", 20)).await;
    let pending = first(inbox, payment(&shop, 1, 5, "pending", 10)).await;
    assert_ne!(success, pending);
    let recorded = inbox.record(payment(&shop, 1, 5, "success", 30)).await.expect("records");
    assert_eq!(recorded, Recorded::Duplicate(success));
    assert_eq!(inbox.counts().await.expect("counts").waiting, 2);
}

/// Pruning removes what is finished and old, and lets nothing in again.
pub async fn pruned_notices_stay_duplicates<I: Inbox>(inbox: &I) {
    let (shop, owner) = (route("shop"), OwnerToken::new("a"));
    let done = first(inbox, payment(&shop, 1, 5, "success", 10)).await;
    let claimed = inbox.claim(&shop, &owner, UtcMillis::new(10), LEASE).await.expect("claims");
    let lease = claimed.expect("is due").lease;
    inbox.finish(&lease, Outcome::Done, UtcMillis::new(20)).await.expect("finishes");
    let waiting = first(inbox, payment(&shop, 2, 5, "success", 10)).await;
    let conflict = inbox.record(payment(&shop, 1, 6, "success", 10)).await.expect("records").id();

    let prune = async |state, before| inbox.prune(state, UtcMillis::new(before)).await.expect("prunes");
    assert_eq!(prune(Finished::Done, 20).await, 0, "it changed at 20, which is not before 20");
    assert_eq!(prune(Finished::Dead, 1000).await, 0);
    assert_eq!(prune(Finished::Done, 21).await, 1);
    assert_eq!(prune(Finished::Quarantined, 11).await, 1);
    assert!(inbox.get(done).await.expect("gets").is_none());
    assert!(inbox.get(waiting).await.expect("gets").is_some());
    for (amount, id) in [(5, done), (6, conflict)] {
        let recorded = inbox.record(payment(&shop, 1, amount, "success", 50)).await.expect("records");
        assert_eq!(recorded, Recorded::Duplicate(id));
    }
    let recorded = inbox.record(payment(&shop, 1, 7, "success", 50)).await.expect("records");
    assert!(matches!(recorded, Recorded::Conflict(_)), "known as a conflict, but was {recorded:?}");
    let late = inbox.finish(&lease, Outcome::Done, UtcMillis::new(60)).await;
    assert!(late.is_err(), "there is nothing to finish any more");
}

/// A list gives each notice once, by number, page by page.
pub async fn lists_are_paged<I: Inbox>(inbox: &I) {
    let mut ids = Vec::new();
    for number in 1..=5 {
        ids.push(first(inbox, payment(&route("shop"), number, 5, "success", 10)).await);
    }
    ids.sort_unstable();
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = inbox.list(State::Waiting, after, 2).await.expect("lists");
        assert!(page.len() <= 2);
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        seen.extend(page.iter().map(|notice| notice.id));
    }
    assert_eq!(seen, ids);
    assert!(inbox.list(State::Done, None, 10).await.expect("lists").is_empty());
}
