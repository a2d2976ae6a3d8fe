//! Lists, decisions and pruning.

use std::time::Duration;

use pockyt_model::UtcMillis;

use super::messages::{doubtful, payment, route, variant};
use super::{Store, first};
use crate::{Counts, Decided, Decision, Doubt, Finished, Mode, NoticeId, Outcome, OwnerToken, Quarantine};
use crate::{Recorded, Standing, State};

const LEASE: Duration = Duration::from_millis(100);

/// Pruning removes what is finished and old, and lets nothing in again.
pub async fn pruned_notices_stay_duplicates<I: Store>(inbox: &I) {
    let (shop, owner) = (route("shop"), OwnerToken::new("a"));
    let done = first(inbox, payment(&shop, 1, 5, "success", 10)).await;
    let claimed = inbox.claim(&shop, &owner, UtcMillis::new(10), LEASE).await.expect("claims");
    let lease = claimed.expect("is due").lease;
    inbox.finish(&lease, Outcome::Done, UtcMillis::new(20)).await.expect("finishes");
    let waiting = first(inbox, payment(&shop, 2, 5, "success", 10)).await;
    let conflict = inbox.record(payment(&shop, 1, 6, "success", 10)).await.expect("records").id();

    let prune = async |state, before| inbox.prune(state, UtcMillis::new(before), 100).await.expect("prunes");
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
pub async fn lists_are_paged<I: Store>(inbox: &I) {
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

/// Pruning goes by age and by portions, and takes the variants along.
pub async fn pruning_goes_by_age_and_by_portions<I: Store>(inbox: &I) {
    let shop = route("shop");
    let mut ids = Vec::new();
    for (number, done_at) in [(1, 40), (2, 20), (3, 30), (4, 50)] {
        ids.push(first(inbox, payment(&shop, number, 5, "success", 10)).await);
        inbox.record(variant(&shop, number, 5, 1, 11)).await.expect("records");
        let claimed = claim(inbox, 10).await.expect("is due");
        assert_eq!(Some(&claimed.notice.id), ids.last());
        inbox.finish(&claimed.lease, Outcome::Done, UtcMillis::new(done_at)).await.expect("finishes");
    }
    let Ok([one, _, _, four]) = <[NoticeId; 4]>::try_from(ids) else { unreachable!("there are four") };
    let prune = async |limit| inbox.prune(Finished::Done, UtcMillis::new(45), limit).await.expect("prunes");
    let left = async || {
        let left = inbox.list(State::Done, None, 10).await.expect("lists");
        left.iter().map(|notice| notice.id).collect::<Vec<NoticeId>>()
    };
    assert_eq!(prune(0).await, 0);
    assert_eq!(prune(2).await, 2);
    assert_eq!(left().await, [one, four], "the oldest go first");
    assert_eq!(prune(2).await, 1);
    assert_eq!(left().await, [four]);
    let variants = async |id| inbox.variants(id).await.expect("looks").len();
    assert_eq!((variants(one).await, variants(four).await), (0, 1));
    // A duplicate of what was pruned has nothing to be kept beside.
    let recorded = inbox.record(variant(&shop, 1, 5, 2, 60)).await.expect("records");
    assert_eq!((recorded, variants(one).await), (Recorded::Duplicate(one), 0));
}

async fn claim<I: Store>(inbox: &I, now: u64) -> Option<crate::Claimed> {
    let (shop, owner) = (route("shop"), OwnerToken::new("a"));
    inbox.claim(&shop, &owner, UtcMillis::new(now), LEASE).await.expect("claims")
}

/// What each decision does in each state, and that a dry run says the same and does nothing.
pub async fn decisions_move_what_they_may<I: Store>(inbox: &I) {
    let why = || String::from("asked Pockyt by telephone");
    let decisions = [Decision::Dismiss { why: why() }, Decision::Redrive, Decision::Release { why: why() }];
    let mut number = 0;
    for state in State::ALL {
        for decision in &decisions {
            number += 1;
            let id = in_state(inbox, number, state).await;
            let before = inbox.get(id).await.expect("gets").expect("is there");
            let decide = async |mode| {
                inbox.decide(id, decision.clone(), UtcMillis::new(500), mode).await.expect("decides")
            };
            let would = decide(Mode::DryRun).await;
            let untouched = inbox.get(id).await.expect("gets").expect("is there");
            assert_eq!((untouched.standing.state(), untouched.changed_at), (state, before.changed_at));
            assert_eq!(decide(Mode::Apply).await, would, "{decision:?} while {}", state.as_str());
            let after = inbox.get(id).await.expect("gets").expect("is there");
            let expected = match decision.moves(state) {
                Some(to) => Decided::Moved { from: state, to },
                None => Decided::Refused { state },
            };
            assert_eq!(would, expected, "{decision:?} while {}", state.as_str());
            assert_eq!(after.standing.state(), decision.moves(state).unwrap_or(state));
            if decision.moves(state) == Some(State::Waiting) {
                assert_eq!(after.standing.due_at(), Some(UtcMillis::new(500)));
            }
            if let (true, Decision::Dismiss { why } | Decision::Release { why }) =
                (would.is_moved(), decision)
            {
                assert_eq!(after.last_reason.as_ref(), Some(why));
            }
            assert_eq!(after.quarantine, before.quarantine, "why it was in quarantine stays");
        }
    }
    let nobody = NoticeId::new(u64::MAX);
    for mode in [Mode::Apply, Mode::DryRun] {
        let decided = inbox.decide(nobody, Decision::Redrive, UtcMillis::new(1), mode).await;
        assert_eq!(decided.expect("decides"), Decided::Missing);
    }
}

/// A notice that was brought into this state, at a route of its own so that claims meet no other.
async fn in_state<I: Store>(inbox: &I, number: u32, state: State) -> NoticeId {
    let (own, owner) = (route(&format!("shop-{number}")), OwnerToken::new("a"));
    if state == State::Quarantined {
        return first(inbox, doubtful(&own, number, 10)).await;
    }
    let id = first(inbox, payment(&own, number, 5, "success", 10)).await;
    if state == State::Waiting {
        return id;
    }
    let claimed = inbox.claim(&own, &owner, UtcMillis::new(10), LEASE).await.expect("claims");
    let lease = claimed.expect("is due").lease;
    let outcome = match state {
        State::Leased => return id,
        State::Done => Outcome::Done,
        _ => Outcome::Dead { why: "enough".into() },
    };
    inbox.finish(&lease, outcome, UtcMillis::new(20)).await.expect("finishes");
    if state == State::Dismissed {
        let dismiss = Decision::Dismiss { why: "refunded by hand".into() };
        inbox.decide(id, dismiss, UtcMillis::new(30), Mode::Apply).await.expect("decides");
    }
    id
}

/// What is found out while handling can send a notice to quarantine, and from there it can be released.
pub async fn quarantine_can_be_an_outcome_and_can_end<I: Store>(inbox: &I) {
    let shop = route("shop");
    let id = first(inbox, payment(&shop, 1, 5, "success", 10)).await;
    let claimed = claim(inbox, 10).await.expect("is due");
    let doubt = Doubt::Mismatch { problem: "expected 50.00".into() };
    let outcome = Outcome::Quarantine { doubt: doubt.clone(), why: Some("asked in vain".into()) };
    inbox.finish(&claimed.lease, outcome, UtcMillis::new(20)).await.expect("finishes");
    let kept = inbox.get(id).await.expect("gets").expect("is there");
    assert_eq!(
        (kept.standing, kept.quarantine.as_ref()),
        (Standing::Quarantined, Some(&Quarantine::Doubt(doubt)))
    );
    assert_eq!(kept.last_reason.as_deref(), Some("asked in vain"));
    assert!(claim(inbox, 1000).await.is_none());
    let conflict = inbox.record(payment(&shop, 1, 6, "success", 30)).await.expect("records").id();

    let release = Decision::Release { why: "confirmed".into() };
    for id in [id, conflict] {
        let decided = inbox.decide(id, release.clone(), UtcMillis::new(40), Mode::Apply).await;
        assert!(decided.expect("decides").is_moved());
        let claimed = claim(inbox, 40).await.expect("is due");
        assert_eq!((claimed.notice.id, claimed.notice.attempt()), (id, 1));
        assert!(claimed.notice.quarantine.is_some(), "whoever handles it knows that it was in quarantine");
        inbox.finish(&claimed.lease, Outcome::Done, UtcMillis::new(41)).await.expect("finishes");
    }
    let recorded = inbox.record(payment(&shop, 1, 6, "success", 50)).await.expect("records");
    assert_eq!(recorded, Recorded::Duplicate(conflict));
}

/// Counts tell each state, and since when the oldest unhandled notice waits.
pub async fn counts_tell_states_and_the_oldest<I: Store>(inbox: &I) {
    assert_eq!(inbox.counts().await.expect("counts"), Counts::default());
    let oldest = async || inbox.counts().await.expect("counts").oldest_unhandled.map(UtcMillis::get);
    for (number, state) in (1..).zip(State::ALL) {
        in_state(inbox, number, state).await;
        assert_eq!(inbox.counts().await.expect("counts").of(state), 1, "{}", state.as_str());
    }
    inbox.check().await.expect("is there");
    let all = Counts { oldest_unhandled: Some(UtcMillis::new(10)), ..inbox.counts().await.expect("counts") };
    assert_eq!(State::ALL.map(|state| all.of(state)), [1; 6], "a check changes no count");

    let shop = route("shop");
    for (number, at) in [(101, 70), (102, 80)] {
        first(inbox, payment(&shop, number, 5, "success", at)).await;
    }
    // The two of the beginning, then these.
    for (route, expected) in [("shop-4", 10), ("shop-6", 70), ("shop", 80)] {
        let (own, owner, now) = (super::route(route), OwnerToken::new("b"), UtcMillis::new(200));
        let claimed = inbox.claim(&own, &owner, now, LEASE).await.expect("claims");
        let lease = claimed.expect("is due").lease;
        inbox.finish(&lease, Outcome::Done, UtcMillis::new(201)).await.expect("finishes");
        assert_eq!(oldest().await, Some(expected));
    }
    let lease = claim(inbox, 300).await.expect("is due").lease;
    assert_eq!(oldest().await, Some(80), "in hand is not handled");
    inbox.finish(&lease, Outcome::Done, UtcMillis::new(301)).await.expect("finishes");
    assert_eq!(oldest().await, None);
}
