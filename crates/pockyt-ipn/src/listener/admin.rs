//! For people and their tools: what is given up, what is not believed.

use pockyt_store::{
    Decided, Decision, Inbox, InboxAdmin, Mode, NoticeId, State, StoreError, StoredNotice, Variant,
};

use crate::Listener;

/// How many notices are read at once when those of one route are looked for.
const PAGE: usize = 100;

/// A notice with everything that came under it. It holds bodies: personal data and signatures.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Inspection {
    /// The notice.
    pub notice: StoredNotice,
    /// Deliveries that said the same in other words, in the order in which they came.
    pub variants: Vec<Variant>,
}

/// Lists and decisions go by the inbox, so any listener on it will do, and they work while others run.
impl<I: Inbox + InboxAdmin> Listener<I> {
    /// The dead letters of this listener's route by number: at most `limit` of those after `after`.
    ///
    /// # Errors
    ///
    /// The store failed; so for the others.
    pub async fn dead_letters(
        &self,
        after: Option<NoticeId>,
        limit: usize,
    ) -> Result<Vec<StoredNotice>, StoreError> {
        self.in_state(State::Dead, after, limit).await
    }

    /// The notices of this listener's route that are in quarantine, by number: at most `limit` of those after
    /// `after`. [`StoredNotice::quarantine`] says why, and [`StoredNotice::last_reason`] what was tried.
    ///
    /// # Errors
    ///
    /// The store failed.
    pub async fn quarantined(
        &self,
        after: Option<NoticeId>,
        limit: usize,
    ) -> Result<Vec<StoredNotice>, StoreError> {
        self.in_state(State::Quarantined, after, limit).await
    }

    /// A notice and its variants; `None` when there is none of this number or it was pruned.
    ///
    /// # Errors
    ///
    /// The store failed.
    pub async fn inspect(&self, id: NoticeId) -> Result<Option<Inspection>, StoreError> {
        let Some(notice) = self.inbox().get(id).await? else { return Ok(None) };
        Ok(Some(Inspection { notice, variants: self.inbox().variants(id).await? }))
    }

    /// Has a dead letter handled again, with its attempts counted anew, or says what would come of it.
    ///
    /// # Errors
    ///
    /// The store failed.
    pub async fn redrive(&self, id: NoticeId, mode: Mode) -> Result<Decided, StoreError> {
        self.decide(id, Decision::Redrive, mode).await
    }

    /// Has a notice in quarantine handled after all, or says what would come of it. `why` is kept with it.
    ///
    /// One whose fields can be read is handed over as it is, without being compared or confirmed: whoever
    /// releases it answers for it, and [`Notice::was_released`](crate::Notice::was_released) says so. One whose
    /// fields cannot be believed is asked after, and goes back to quarantine when there is nobody to ask.
    ///
    /// # Errors
    ///
    /// The store failed.
    pub async fn release(
        &self,
        id: NoticeId,
        why: impl Into<String>,
        mode: Mode,
    ) -> Result<Decided, StoreError> {
        self.decide(id, Decision::Release { why: why.into() }, mode).await
    }

    /// Settles a dead letter or a notice in quarantine without handling it, or says what would come of it.
    /// `why` is kept with it.
    ///
    /// # Errors
    ///
    /// The store failed.
    pub async fn dismiss(
        &self,
        id: NoticeId,
        why: impl Into<String>,
        mode: Mode,
    ) -> Result<Decided, StoreError> {
        self.decide(id, Decision::Dismiss { why: why.into() }, mode).await
    }

    async fn decide(&self, id: NoticeId, decision: Decision, mode: Mode) -> Result<Decided, StoreError> {
        let decided = self.inbox().decide(id, decision, self.shared.clock.now(), mode).await?;
        if mode == Mode::Apply && decided.is_moved() {
            self.shared.arrivals.tell();
        }
        Ok(decided)
    }

    async fn in_state(
        &self,
        state: State,
        mut after: Option<NoticeId>,
        limit: usize,
    ) -> Result<Vec<StoredNotice>, StoreError> {
        let mut ours = Vec::new();
        while ours.len() < limit {
            let page = self.inbox().list(state, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            ours.extend(page.into_iter().filter(|notice| notice.route == self.shared.route));
        }
        ours.truncate(limit);
        Ok(ours)
    }
}
