//! Notices that wait to be confirmed, and what a confirmation makes of them.

use std::time::Duration;

use pockyt_model::UtcMillis;

use super::messages::{clean_reading, doubtful, payment, route};
use super::{Store, first};
use crate::{
    Claimed, Decision, Doubt, FinishError, Mode, Outcome, OwnerToken, Quarantine, Recorded, Standing,
};
use crate::{Route, State};

const LEASE: Duration = Duration::from_millis(100);

async fn claim<I: Store>(inbox: &I, route: &Route, now: u64) -> Option<Claimed> {
    inbox.claim(route, &OwnerToken::new("a"), UtcMillis::new(now), LEASE).await.expect("claims")
}

/// What is to be confirmed waits for a worker, doubtful or not; what is in conflict lies in quarantine all the
/// same; and a release ends that anything has to be confirmed.
pub async fn what_is_to_be_confirmed_waits<I: Store>(inbox: &I) {
    let shop = route("shop");
    let doubt = first(inbox, doubtful(&shop, 1, 10).to_be_confirmed()).await;
    let plain = first(inbox, payment(&shop, 2, 5, "success", 11).to_be_confirmed()).await;
    let conflicting = payment(&shop, 2, 6, "success", 12).to_be_confirmed();
    let conflict = inbox.record(conflicting).await.expect("records").id();
    let state = async |id| {
        let kept = inbox.get(id).await.expect("gets").expect("is there");
        (kept.standing.state(), kept.quarantine.is_some(), kept.to_confirm)
    };
    assert_eq!(state(doubt).await, (State::Waiting, true, true));
    assert_eq!(state(plain).await, (State::Waiting, false, true));
    assert_eq!(state(conflict).await, (State::Quarantined, true, true));
    let again = inbox.record(doubtful(&shop, 1, 13)).await.expect("records");
    assert_eq!((again, state(doubt).await), (Recorded::Duplicate(doubt), (State::Waiting, true, true)));

    let claimed = claim(inbox, &shop, 20).await.expect("is due");
    assert_eq!((claimed.notice.id, claimed.notice.to_confirm), (doubt, true));
    let reason = Doubt::Unreadable { problem: "reference is missing".into() };
    let outcome = Outcome::Quarantine { doubt: reason.clone(), why: Some("nobody knows it".into()) };
    inbox.finish(&claimed.lease, outcome, UtcMillis::new(21)).await.expect("finishes");
    let kept = inbox.get(doubt).await.expect("gets").expect("is there");
    assert_eq!((kept.standing, kept.quarantine), (Standing::Quarantined, Some(Quarantine::Doubt(reason))));
    assert_eq!(kept.last_reason.as_deref(), Some("nobody knows it"));
    for id in [doubt, conflict] {
        let release = Decision::Release { why: "asked by telephone".into() };
        let decided = inbox.decide(id, release, UtcMillis::new(30), Mode::Apply).await.expect("decides");
        assert!(decided.is_moved());
        assert_eq!(state(id).await, (State::Waiting, true, false));
    }
    assert_eq!(state(plain).await, (State::Waiting, false, true));
}

/// A doubtful notice that was confirmed stands for what it was about: whoever comes first, that or the clean
/// message, the other one is told so.
pub async fn a_confirmed_notice_and_its_clean_copy_are_told_apart<I: Store>(inbox: &I) {
    let shop = route("shop");
    let (truth, other) = (payment(&shop, 1, 5, "success", 40), payment(&shop, 1, 6, "success", 41));
    let reading = clean_reading(&shop, 1, 5, "success");
    let confirmed = first(inbox, doubtful(&shop, 1, 10).to_be_confirmed()).await;
    let late = first(inbox, doubtful(&shop, 2, 11).to_be_confirmed()).await;

    let held = claim(inbox, &shop, 20).await.expect("is due");
    assert_eq!(held.notice.id, confirmed);
    for _ in 0..2 {
        let found = inbox.identify(&held.lease, &reading).await.expect("is held");
        assert_eq!(found, Recorded::First(confirmed), "and so whenever it is asked");
    }
    let kept = inbox.get(confirmed).await.expect("gets").expect("is there");
    assert_eq!((kept.identity, kept.standing), (held.notice.identity, held.notice.standing));
    assert_eq!(inbox.record(truth).await.expect("records"), Recorded::Duplicate(confirmed));
    let recorded = inbox.record(other).await.expect("records");
    let kept = inbox.get(recorded.id()).await.expect("gets").expect("is there");
    assert_eq!(kept.quarantine, Some(Quarantine::Conflict { with: confirmed }));
    inbox.finish(&held.lease, Outcome::Done, UtcMillis::new(21)).await.expect("finishes");
    let used = inbox.identify(&held.lease, &reading).await;
    assert!(matches!(used, Err(FinishError::LeaseLost)), "the lease is used");

    // Another one, whose confirmed facts were heard of before, or contradict what was heard of before.
    let held = claim(inbox, &shop, 22).await.expect("is due");
    assert_eq!(held.notice.id, late);
    let clean = first(inbox, payment(&shop, 2, 5, "success", 30)).await;
    let found = async |amount| {
        let reading = clean_reading(&shop, 2, amount, "success");
        inbox.identify(&held.lease, &reading).await.expect("is held")
    };
    assert_eq!(found(5).await, Recorded::Duplicate(clean));
    assert_eq!(found(7).await, Recorded::Conflict(clean));
    inbox.record(payment(&shop, 2, 7, "success", 31)).await.expect("records");
    assert_eq!(found(7).await, Recorded::Conflict(clean), "another one that contradicts changes nothing");
    let third = inbox.record(payment(&shop, 2, 8, "success", 32)).await.expect("records");
    assert!(matches!(third, Recorded::Conflict(_)), "nothing was remembered, but was {third:?}");
}

/// A clean message that turns out to be wrong still stands for its key, with what was found out instead.
pub async fn a_clean_notice_can_be_corrected<I: Store>(inbox: &I) {
    let shop = route("shop");
    let wrong = first(inbox, payment(&shop, 1, 5, "success", 10)).await;
    let held = claim(inbox, &shop, 20).await.expect("is due");
    let right = clean_reading(&shop, 1, 6, "success");
    for _ in 0..2 {
        let found = inbox.identify(&held.lease, &right).await.expect("is held");
        assert_eq!(found, Recorded::First(wrong));
    }
    let genuine = inbox.record(payment(&shop, 1, 6, "success", 21)).await.expect("records");
    assert_eq!(genuine, Recorded::Duplicate(wrong));
}

/// Only the holder of a lease says what its notice stands for.
pub async fn identifying_wants_the_lease<I: Store>(inbox: &I) {
    let shop = route("shop");
    let id = first(inbox, doubtful(&shop, 1, 10).to_be_confirmed()).await;
    let reading = clean_reading(&shop, 1, 5, "success");
    let slow = claim(inbox, &shop, 20).await.expect("is due");
    let taken_over = claim(inbox, &shop, 200).await.expect("the lease has run out");
    let refused = inbox.identify(&slow.lease, &reading).await;
    assert!(matches!(refused, Err(FinishError::LeaseLost)));
    let found = inbox.identify(&taken_over.lease, &reading).await.expect("is held");
    assert_eq!(found, Recorded::First(id));
}
