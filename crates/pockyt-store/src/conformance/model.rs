//! A naive inbox to compare with, over random histories.

use std::collections::BTreeMap;
use std::time::Duration;

use pockyt_model::UtcMillis;
use proptest::prelude::{Just, Strategy, any, prop_oneof};

use super::messages::{doubtful, payment, route};
use crate::{Claimed, Counts, FinishError, Finished, Inbox, NoticeId, Outcome, OwnerToken, Recorded, State};

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
    /// One of the leases ever given out is used.
    Finish {
        /// Which, counted from the newest, and around.
        lease: usize,
        /// What for.
        outcome: FinishAs,
    },
    /// Old records go.
    Prune(Finished),
    /// A message comes in.
    Record {
        /// What about.
        payment: u32,
        /// What it says; `None` when it cannot be read.
        amount: Option<u32>,
    },
    /// One of the notices is to be handled again.
    Redrive {
        /// Which, counted from the first.
        notice: usize,
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
        (0..50_u64).prop_map(FinishAs::Retry),
    ];
    let finished = prop_oneof![Just(Finished::Dead), Just(Finished::Done), Just(Finished::Quarantined)];
    let step = prop_oneof![
        4 => (0..4_u32, amount).prop_map(|(payment, amount)| Step::Record { payment, amount }),
        4 => (1..60_u64).prop_map(|lease| Step::Claim { lease }),
        4 => (0..4_usize, outcome).prop_map(|(lease, outcome)| Step::Finish { lease, outcome }),
        3 => (1..80_u64).prop_map(Step::Advance),
        1 => finished.prop_map(Step::Prune),
        1 => any::<u8>().prop_map(|notice| Step::Redrive { notice: notice.into() }),
    ];
    proptest::collection::vec(step, 1..60)
}

/// Plays a history on an empty inbox and compares every answer with the model's.
pub async fn agrees<I: Inbox>(inbox: &I, history: &[Step]) {
    let mut model = Model::default();
    for step in history {
        model.play(inbox, step).await;
        let due = model.rows.iter().filter_map(Row::due_at).min().map(UtcMillis::new);
        assert_eq!(inbox.next_due(&route("shop")).await.expect("looks"), due, "after {step:?}");
        assert_eq!(inbox.counts().await.expect("counts"), model.counts(), "after {step:?}");
    }
}

/// One message, as simply as it can be told.
struct Row {
    id: NoticeId,
    payment: u32,
    amount: Option<u32>,
    state: State,
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
}

#[derive(Default)]
struct Model {
    now: u64,
    rows: Vec<Row>,
    leases: Vec<Claimed>,
}

impl Model {
    async fn play<I: Inbox>(&mut self, inbox: &I, step: &Step) {
        match step {
            Step::Advance(millis) => self.now += millis,
            Step::Claim { lease } => self.claim(inbox, *lease).await,
            Step::Finish { lease, outcome } => self.finish(inbox, *lease, *outcome).await,
            Step::Prune(state) => self.prune(inbox, *state).await,
            Step::Record { payment, amount } => self.record(inbox, *payment, *amount).await,
            Step::Redrive { notice } => self.redrive(inbox, *notice).await,
        }
    }

    async fn record<I: Inbox>(&mut self, inbox: &I, number: u32, amount: Option<u32>) {
        let shop = route("shop");
        let notice = match amount {
            Some(amount) => payment(&shop, number, amount, "success", self.now),
            None => doubtful(&shop, number, self.now),
        };
        let recorded = inbox.record(notice).await.expect("records");
        if let Some(row) = self.rows.iter().find(|row| row.payment == number && row.amount == amount) {
            assert_eq!(recorded, Recorded::Duplicate(row.id));
            return;
        }
        let id = recorded.id();
        assert!(self.rows.iter().all(|row| row.id != id), "a number of its own");
        let conflict =
            amount.is_some() && self.rows.iter().any(|row| row.payment == number && row.amount.is_some());
        assert_eq!(recorded, if conflict { Recorded::Conflict(id) } else { Recorded::First(id) });
        let state = if conflict || amount.is_none() { State::Quarantined } else { State::Waiting };
        self.rows.push(Row {
            id,
            payment: number,
            amount,
            state,
            due_at: self.now,
            changed_at: self.now,
            fence: 0,
            failures: 0,
            deferrals: 0,
            pruned: false,
        });
    }

    async fn claim<I: Inbox>(&mut self, inbox: &I, lease: u64) {
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

    async fn finish<I: Inbox>(&mut self, inbox: &I, lease: usize, outcome: FinishAs) {
        let now = self.now;
        let Some(back) = lease.checked_rem(self.leases.len()) else { return };
        let Some(claimed) = self.leases.iter().rev().nth(back).cloned() else { return };
        let at = |delay| UtcMillis::new(now + delay);
        let why = String::from("why");
        let written = match outcome {
            FinishAs::Dead => Outcome::Dead { why },
            FinishAs::Defer(delay) => Outcome::Defer { at: at(delay), why },
            FinishAs::Done => Outcome::Done,
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
            FinishAs::Defer(delay) | FinishAs::Retry(delay) => (State::Waiting, now + delay),
        };
        row.deferrals += u32::from(matches!(outcome, FinishAs::Defer(_)));
        row.failures += u32::from(matches!(outcome, FinishAs::Retry(_)));
    }

    async fn prune<I: Inbox>(&mut self, inbox: &I, state: Finished) {
        let pruned = inbox.prune(state, UtcMillis::new(self.now)).await.expect("prunes");
        let old = |row: &&mut Row| row.state == state.into() && !row.pruned && row.changed_at < self.now;
        let expected = self.rows.iter_mut().filter(old).map(|row| row.pruned = true).count();
        assert_eq!(pruned, expected);
    }

    async fn redrive<I: Inbox>(&mut self, inbox: &I, notice: usize) {
        let now = self.now;
        let Some(index) = notice.checked_rem(self.rows.len()) else { return };
        let Some(row) = self.rows.get_mut(index) else { return };
        let redriven = inbox.redrive(row.id, UtcMillis::new(now)).await.expect("redrives");
        assert_eq!(redriven, row.state == State::Dead && !row.pruned);
        if redriven {
            (row.state, row.due_at, row.changed_at) = (State::Waiting, now, now);
            (row.failures, row.deferrals) = (0, 0);
        }
    }

    fn row(&mut self, id: NoticeId) -> Option<&mut Row> {
        self.rows.iter_mut().find(|row| row.id == id)
    }

    fn counts(&self) -> Counts {
        let mut by_state: BTreeMap<State, usize> = BTreeMap::new();
        for row in self.rows.iter().filter(|row| !row.pruned) {
            *by_state.entry(row.state).or_default() += 1;
        }
        let of = |state| by_state.get(&state).copied().unwrap_or_default();
        Counts {
            dead: of(State::Dead),
            done: of(State::Done),
            leased: of(State::Leased),
            quarantined: of(State::Quarantined),
            waiting: of(State::Waiting),
        }
    }
}
