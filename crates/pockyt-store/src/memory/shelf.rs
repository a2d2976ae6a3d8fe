//! The notices by number.

use super::arrived::{Arrived, Labels};
use crate::{ContentDigest, Identity, NewNotice, NoticeId, Quarantine, Route, Standing, State, StoredNotice};

/// Notices, numbered from 1. A number is never used again, and what makes a message a duplicate stays when the
/// rest is pruned.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    /// Each but the last has [`PER_BOARD`], so that nothing is moved when there are more.
    boards: Vec<Vec<Slot>>,
    labels: Labels,
}

const PER_BOARD: usize = 512;

#[derive(Debug)]
enum Slot {
    Arrived(Arrived),
    Pruned(Route, Identity),
    Standing(Box<StoredNotice>),
}

impl Shelf {
    /// The number that comes next.
    pub(super) fn next(&self) -> NoticeId {
        let on_last = self.boards.last().map_or(PER_BOARD, Vec::len);
        NoticeId::new((self.boards.len() * PER_BOARD + on_last + 1 - PER_BOARD) as u64)
    }

    fn push(&mut self, slot: Slot) {
        match self.boards.last_mut() {
            Some(board) if board.len() < PER_BOARD => board.push(slot),
            _ => {
                let mut board = Vec::with_capacity(PER_BOARD);
                board.push(slot);
                self.boards.push(board);
            }
        }
    }

    /// Adds a new one under the next number, which waits.
    pub(super) fn arrive(&mut self, new: NewNotice) {
        let slot = match Arrived::of(new, &mut self.labels) {
            Ok(arrived) => Slot::Arrived(arrived),
            Err(new) => Slot::Standing(Box::new(as_it_came(self.next(), &new))),
        };
        self.push(slot);
    }

    /// Adds a new one under the next number, which lies in quarantine.
    pub(super) fn quarantine(&mut self, new: &NewNotice, conflict: Option<Quarantine>) {
        let notice = as_it_came(self.next(), new);
        let quarantine = notice.quarantine.or(conflict);
        let notice = StoredNotice { quarantine, standing: Standing::Quarantined, ..notice };
        self.push(Slot::Standing(Box::new(notice)));
    }

    fn at(&self, id: NoticeId) -> Option<&Slot> {
        let index = index(id)?;
        self.boards.get(index / PER_BOARD)?.get(index % PER_BOARD)
    }

    fn at_mut(&mut self, id: NoticeId) -> Option<&mut Slot> {
        let index = index(id)?;
        self.boards.get_mut(index / PER_BOARD)?.get_mut(index % PER_BOARD)
    }

    /// What makes it the same as another, pruned or not.
    pub(super) fn name(&self, id: NoticeId) -> Option<(&Route, &Identity)> {
        Some(match self.at(id)? {
            Slot::Arrived(arrived) => (&arrived.route, &arrived.identity),
            Slot::Pruned(route, identity) => (route, identity),
            Slot::Standing(notice) => (&notice.route, &notice.identity),
        })
    }

    pub(super) fn content(&self, id: NoticeId) -> Option<ContentDigest> {
        match self.at(id)? {
            Slot::Arrived(arrived) => Some(arrived.content()),
            Slot::Pruned(..) => None,
            Slot::Standing(notice) => Some(notice.content),
        }
    }

    pub(super) fn state(&self, id: NoticeId) -> Option<State> {
        match self.at(id)? {
            Slot::Arrived(_) => Some(State::Waiting),
            Slot::Pruned(..) => None,
            Slot::Standing(notice) => Some(notice.standing.state()),
        }
    }

    pub(super) fn get(&self, id: NoticeId) -> Option<StoredNotice> {
        match self.at(id)? {
            Slot::Arrived(arrived) => Some(arrived.stored(id, &self.labels)),
            Slot::Pruned(..) => None,
            Slot::Standing(notice) => Some(StoredNotice::clone(notice)),
        }
    }

    /// A notice that somebody has dealt with.
    pub(super) fn dealt_with(&self, id: NoticeId) -> Option<&StoredNotice> {
        match self.at(id)? {
            Slot::Standing(notice) => Some(notice),
            _ => None,
        }
    }

    /// A notice to be changed.
    pub(super) fn get_mut(&mut self, id: NoticeId) -> Option<&mut StoredNotice> {
        if let Slot::Arrived(arrived) = self.at(id)? {
            let notice = arrived.stored(id, &self.labels);
            *self.at_mut(id)? = Slot::Standing(Box::new(notice));
        }
        match self.at_mut(id)? {
            Slot::Standing(notice) => Some(notice),
            _ => None,
        }
    }

    pub(super) fn prune(&mut self, id: NoticeId) {
        let name = self.name(id).map(|(route, identity)| (route.clone(), identity.clone()));
        if let (Some((route, identity)), Some(slot)) = (name, self.at_mut(id)) {
            *slot = Slot::Pruned(route, identity);
        }
    }
}

fn index(id: NoticeId) -> Option<usize> {
    usize::try_from(id.get()).ok()?.checked_sub(1)
}

fn as_it_came(id: NoticeId, new: &NewNotice) -> StoredNotice {
    let received_at = new.received_at();
    StoredNotice {
        id,
        route: new.route().clone(),
        identity: new.identity().clone(),
        content: *new.content(),
        format: new.format(),
        body: new.0.body.clone(),
        received_at,
        key_label: new.key_label().to_owned(),
        changed_at: received_at,
        failures: 0,
        deferrals: 0,
        last_reason: None,
        quarantine: new.doubt().cloned().map(Quarantine::Doubt),
        to_confirm: new.is_to_be_confirmed(),
        standing: Standing::Waiting { due_at: received_at },
        fence: 0,
    }
}
