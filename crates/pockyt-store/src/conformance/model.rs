//! A naive inbox to compare with, over random histories.

use std::collections::BTreeMap;
use std::time::Duration;

use pockyt_model::UtcMillis;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::select;

use super::Store;
use super::messages::{clean_reading, doubtful, route, variant};
use crate::{Claimed, Counts, Decided, Decision, Doubt, FinishError, Finished, Mode, NoticeId, Outcome};
use crate::{MAX_VARIANTS, OwnerToken, Recorded, State};

/// One thing that happens to an inbox.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Step {
    /// Time passes, in milliseconds.
    Advance(u64),
    /// Somebody asks for work.
    Claim {
        /// How long for, in milliseconds.
        lease: u64,
    },
    /// Something is decided about one of the notices.
    Decide {
        /// Which, counted from the first.
        notice: usize,
        /// What.
        decision: Decision,
        /// Whether it is carried out.
        mode: Mode,
    },
    /// One of the leases ever given out is used.
    Finish {
        /// Which, counted from the newest, and around.
        lease: usize,
        /// What for.
        outcome: FinishAs,
    },
    /// One of the leases ever given out is used to say what its notice is about.
    Identify {
        /// Which, counted from the newest, and around.
        lease: usize,
        /// What about.
        payment: u32,
        /// What was found out.
        amount: u32,
    },
    /// Old records go.
    Prune {
        /// Which.
        state: Finished,
        /// How many at most.
        limit: usize,
    },
    /// A message comes in.
    Record {
        /// What about.
        payment: u32,
        /// What it says; `None` when it cannot be read.
        amount: Option<u32>,
        /// What it says besides, which does not matter.
        time: u32,
        /// Whether it is to be confirmed.
        to_confirm: bool,
    },
}

/// The outcomes of [`Step::Finish`].
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum FinishAs {
    /// Give up.
    Dead,
    /// Put off by so many milliseconds.
    Defer(u64),
    /// Handled.
    Done,
    /// Not believed any more.
    Quarantine,
    /// Again after so many milliseconds.
    Retry(u64),
}

/// Histories of up to 60 steps about a handful of payments.
pub fn histories() -> impl Strategy<Value = Vec<Step>> {
    let amount = prop_oneof![3 => Just(Some(1)), 1 => Just(Some(2)), 1 => Just(None)];
    let outcome = prop_oneof![
        Just(FinishAs::Dead),
        (0..50_u64).prop_map(FinishAs::Defer),
        Just(FinishAs::Done),
        Just(FinishAs::Quarantine),
        (0..50_u64).prop_map(FinishAs::Retry),
    ];
    let why = || String::from("because");
    let decision = prop_oneof![
        1 => Just(Decision::Dismiss { why: why() }),
        2 => Just(Decision::Redrive),
        1 => Just(Decision::Release { why: why() }),
    ];
    let mode = prop_oneof![3 => Just(Mode::Apply), 1 => Just(Mode::DryRun)];
    let step = prop_oneof![
        4 => (0..4_u32, amount, 0..3_u32, any::<bool>()).prop_map(|(payment, amount, time, to_confirm)| {
            Step::Record { payment, amount, time, to_confirm }
        }),
        4 => (1..60_u64).prop_map(|lease| Step::Claim { lease }),
        4 => (0..4_usize, outcome).prop_map(|(lease, outcome)| Step::Finish { lease, outcome }),
        3 => (0..4_usize, 0..4_u32, 1..3_u32)
            .prop_map(|(lease, payment, amount)| Step::Identify { lease, payment, amount }),
        3 => (1..80_u64).prop_map(Step::Advance),
        1 => (select(&Finished::ALL), 0..4_usize).prop_map(|(state, limit)| Step::Prune { state, limit }),
        2 => (any::<u8>(), decision, mode)
            .prop_map(|(notice, decision, mode)| Step::Decide { notice: notice.into(), decision, mode }),
    ];
    proptest::collection::vec(step, 1..60)
}

/// Plays a history on an empty inbox and compares every answer with the model's.
pub async fn agrees<I: Store>(inbox: &I, history: &[Step]) {
    let mut model = Model::default();
    for step in history {
        model.play(inbox, step).await;
        let due = model.rows.iter().filter_map(Row::due_at).min().map(UtcMillis::new);
        assert_eq!(inbox.next_due(&route("shop")).await.expect("looks"), due, "after {step:?}");
        assert_eq!(inbox.counts().await.expect("counts"), model.counts(), "after {step:?}");
    }
    model.compare(inbox).await;
}

/// Payment, amount and time of a message; without an amount it is doubtful.
type Content = (u32, Option<u32>, u32);

/// One message, as simply as it can be told.
struct Row {
    id: NoticeId,
    /// What was kept: first the notice's own, then its variants'.
    contents: Vec<Content>,
    to_confirm: bool,
    is_doubted: bool,
    state: State,
    received_at: u64,
    /// Of waiting and leased rows.
    due_at: u64,
    changed_at: u64,
    fence: u64,
    failures: u32,
    deferrals: u32,
    pruned: bool,
}

impl Row {
    fn due_at(&self) -> Option<u64> {
        matches!(self.state, State::Waiting | State::Leased).then_some(self.due_at)
    }

    fn variants(&self) -> usize {
        if self.pruned { 0 } else { self.contents.len() - 1 }
    }
}

#[derive(Default)]
struct Model {
    now: u64,
    rows: Vec<Row>,
    leases: Vec<Claimed>,
    /// By payment and amount; without one, doubtful messages.
    seen: BTreeMap<(u32, Option<u32>), NoticeId>,
    /// Of clean messages, by payment.
    first: BTreeMap<u32, NoticeId>,
}

impl Model {
    async fn play<I: Store>(&mut self, inbox: &I, step: &Step) {
        match step {
            Step::Advance(millis) => self.now += millis,
            Step::Claim { lease } => self.claim(inbox, *lease).await,
            Step::Finish { lease, outcome } => self.finish(inbox, *lease, *outcome).await,
            Step::Decide { notice, decision, mode } => self.decide(inbox, *notice, decision, *mode).await,
            Step::Prune { state, limit } => self.prune(inbox, *state, *limit).await,
            Step::Identify { lease, payment, amount } => {
                self.identify(inbox, *lease, *payment, *amount).await;
            }
            Step::Record { payment, amount, time, to_confirm } => {
                self.record(inbox, (*payment, *amount, *time), *to_confirm).await;
            }
        }
    }

    async fn record<I: Store>(&mut self, inbox: &I, content: Content, to_confirm: bool) {
        let (shop, (number, amount, time)) = (route("shop"), content);
        let notice = match amount {
            Some(amount) => variant(&shop, number, amount, time, self.now),
            None => doubtful(&shop, number, self.now),
        };
        let notice = if to_confirm { notice.to_be_confirmed() } else { notice };
        let recorded = inbox.record(notice).await.expect("records");
        if let Some(&known) = self.seen.get(&(number, amount)) {
            assert_eq!(recorded, Recorded::Duplicate(known));
            let row = self.row(known).expect("was recorded");
            let has_room = row.variants() < MAX_VARIANTS && !row.pruned;
            if amount.is_some() && has_room && !row.contents.contains(&content) {
                row.contents.push(content);
            }
            return;
        }
        let id = recorded.id();
        assert!(self.rows.iter().all(|row| row.id != id), "a number of its own");
        let conflict = amount.is_some() && self.first.contains_key(&number);
        assert_eq!(recorded, if conflict { Recorded::Conflict(id) } else { Recorded::First(id) });
        self.seen.insert((number, amount), id);
        if amount.is_some() {
            self.first.entry(number).or_insert(id);
        }
        let held = conflict || (amount.is_none() && !to_confirm);
        self.rows.push(Row {
            id,
            contents: vec![content],
            to_confirm,
            is_doubted: conflict || amount.is_none(),
            state: if held { State::Quarantined } else { State::Waiting },
            received_at: self.now,
            due_at: self.now,
            changed_at: self.now,
            fence: 0,
            failures: 0,
            deferrals: 0,
            pruned: false,
        });
    }

    async fn identify<I: Store>(&mut self, inbox: &I, lease: usize, payment: u32, amount: u32) {
        let Some(claimed) = self.lease(lease) else { return };
        let reading = clean_reading(&route("shop"), payment, amount, "success");
        let found = inbox.identify(&claimed.lease, &reading).await;
        let own = claimed.notice.id;
        let is_held = |row: &mut Row| row.state == State::Leased && row.fence == claimed.lease.fence();
        if !self.row(own).is_some_and(is_held) {
            assert!(matches!(found, Err(FinishError::LeaseLost)), "the lease is over");
            return;
        }
        let first = *self.first.entry(payment).or_insert(own);
        let expected = if first == own {
            self.seen.entry((payment, Some(amount))).or_insert(own);
            Recorded::First(own)
        } else if self.seen.get(&(payment, Some(amount))) == Some(&first) {
            Recorded::Duplicate(first)
        } else {
            Recorded::Conflict(first)
        };
        assert_eq!(found.expect("the lease holds"), expected);
    }

    fn lease(&self, back: usize) -> Option<Claimed> {
        self.leases.iter().rev().nth(back.checked_rem(self.leases.len())?).cloned()
    }

    async fn claim<I: Store>(&mut self, inbox: &I, lease: u64) {
        let (now, owner) = (self.now, OwnerToken::new("a"));
        let lease_for = Duration::from_millis(lease);
        let claimed = inbox.claim(&route("shop"), &owner, UtcMillis::new(now), lease_for).await;
        let Some(claimed) = claimed.expect("claims") else {
            assert!(self.rows.iter().filter_map(Row::due_at).all(|due_at| due_at > now), "one was due");
            return;
        };
        let row = self.row(claimed.notice.id).expect("was recorded");
        assert!(row.due_at().is_some_and(|due_at| due_at <= now), "was not due");
        row.failures += u32::from(row.state == State::Leased);
        assert_eq!((claimed.notice.failures, claimed.notice.deferrals), (row.failures, row.deferrals));
        row.state = State::Leased;
        row.due_at = now + lease;
        row.changed_at = now;
        assert!(claimed.lease.fence() > row.fence, "a fence that was used before");
        row.fence = claimed.lease.fence();
        self.leases.push(claimed);
    }

    async fn finish<I: Store>(&mut self, inbox: &I, lease: usize, outcome: FinishAs) {
        let now = self.now;
        let Some(claimed) = self.lease(lease) else { return };
        let at = |delay| UtcMillis::new(now + delay);
        let why = String::from("why");
        let written = match outcome {
            FinishAs::Dead => Outcome::Dead { why },
            FinishAs::Defer(delay) => Outcome::Defer { at: at(delay), why },
            FinishAs::Done => Outcome::Done,
            FinishAs::Quarantine => {
                Outcome::Quarantine { doubt: Doubt::Mismatch { problem: why }, why: None }
            }
            FinishAs::Retry(delay) => Outcome::RetryAt { at: at(delay), why },
        };
        let finished = inbox.finish(&claimed.lease, written, UtcMillis::new(now)).await;
        let row = self.row(claimed.notice.id);
        let Some(row) = row.filter(|row| row.state == State::Leased && row.fence == claimed.lease.fence())
        else {
            assert!(matches!(finished, Err(FinishError::LeaseLost)), "the lease is over");
            return;
        };
        finished.expect("the lease holds");
        row.changed_at = now;
        (row.state, row.due_at) = match outcome {
            FinishAs::Dead => (State::Dead, 0),
            FinishAs::Done => (State::Done, 0),
            FinishAs::Quarantine => (State::Quarantined, 0),
            FinishAs::Defer(delay) | FinishAs::Retry(delay) => (State::Waiting, now + delay),
        };
        row.is_doubted |= matches!(outcome, FinishAs::Quarantine);
        row.deferrals += u32::from(matches!(outcome, FinishAs::Defer(_)));
        row.failures += u32::from(matches!(outcome, FinishAs::Retry(_)));
    }

    async fn prune<I: Store>(&mut self, inbox: &I, state: Finished, limit: usize) {
        let pruned = inbox.prune(state, UtcMillis::new(self.now), limit).await.expect("prunes");
        let old = |row: &&mut Row| row.state == state.into() && !row.pruned && row.changed_at < self.now;
        let mut old: Vec<&mut Row> = self.rows.iter_mut().filter(old).collect();
        old.sort_by_key(|row| (row.changed_at, row.id));
        let expected = old.into_iter().take(limit).map(|row| row.pruned = true).count();
        assert_eq!(pruned, expected);
    }

    async fn decide<I: Store>(&mut self, inbox: &I, notice: usize, decision: &Decision, mode: Mode) {
        let now = self.now;
        let Some(index) = notice.checked_rem(self.rows.len()) else { return };
        let Some(row) = self.rows.get_mut(index) else { return };
        let decided =
            inbox.decide(row.id, decision.clone(), UtcMillis::new(now), mode).await.expect("decides");
        let expected = match decision.moves(row.state) {
            _ if row.pruned => Decided::Missing,
            None => Decided::Refused { state: row.state },
            Some(to) => Decided::Moved { from: row.state, to },
        };
        assert_eq!(decided, expected);
        if let (Decided::Moved { to, .. }, Mode::Apply) = (decided, mode) {
            (row.state, row.due_at, row.changed_at) = (to, now, now);
            match decision {
                Decision::Redrive => (row.failures, row.deferrals) = (0, 0),
                Decision::Release { .. } => row.to_confirm = false,
                Decision::Dismiss { .. } => {}
            }
        }
    }

    /// What is left at the end, notice by notice.
    async fn compare<I: Store>(&self, inbox: &I) {
        for row in &self.rows {
            let kept = inbox.get(row.id).await.expect("gets");
            let variants = inbox.variants(row.id).await.expect("looks");
            assert_eq!((kept.is_none(), variants.len()), (row.pruned, row.variants()));
            let Some(kept) = kept else { continue };
            assert_eq!((kept.standing.state(), kept.changed_at.get()), (row.state, row.changed_at));
            assert_eq!((kept.failures, kept.deferrals, kept.fence), (row.failures, row.deferrals, row.fence));
            assert_eq!(kept.received_at.get(), row.received_at);
            assert_eq!((kept.to_confirm, kept.quarantine.is_some()), (row.to_confirm, row.is_doubted));
        }
    }

    fn row(&mut self, id: NoticeId) -> Option<&mut Row> {
        self.rows.iter_mut().find(|row| row.id == id)
    }

    fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for row in self.rows.iter().filter(|row| !row.pruned) {
            *counts.of_mut(row.state) += 1;
        }
        let unhandled = self.rows.iter().filter(|row| row.due_at().is_some());
        let oldest = unhandled.min_by_key(|row| row.id);
        counts.oldest_unhandled = oldest.map(|row| UtcMillis::new(row.received_at));
        counts
    }
}
