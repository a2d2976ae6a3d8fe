//! The notices by number.

use crate::{ContentDigest, Identity, NewNotice, NoticeId, Quarantine, Route, Standing, State, StoredNotice};

/// Notices, numbered from 1. A number is never used again, and what makes a message a duplicate stays when the
/// rest is pruned.
#[derive(Debug, Default)]
pub(super) struct Shelf(Vec<Slot>);

#[derive(Debug)]
enum Slot {
    /// It waits, as it came: kept in the very memory in which it came, since there may be many.
    Arrived(NewNotice),
    Pruned(Box<(Route, Identity)>),
    Standing(Box<StoredNotice>),
}

impl Shelf {
    /// The number that comes next.
    pub(super) fn next(&self) -> NoticeId {
        NoticeId::new(self.0.len() as u64 + 1)
    }

    /// Adds a new one under the next number, which waits.
    pub(super) fn arrive(&mut self, new: NewNotice) {
        self.0.push(Slot::Arrived(new));
    }

    /// Adds a new one under the next number, which lies in quarantine.
    pub(super) fn quarantine(&mut self, new: &NewNotice, conflict: Option<Quarantine>) {
        let notice = as_it_came(self.next(), new);
        let quarantine = notice.quarantine.or(conflict);
        let notice = StoredNotice { quarantine, standing: Standing::Quarantined, ..notice };
        self.0.push(Slot::Standing(Box::new(notice)));
    }

    fn at(&self, id: NoticeId) -> Option<&Slot> {
        self.0.get(index(id)?)
    }

    /// What makes it the same as another, pruned or not.
    pub(super) fn name(&self, id: NoticeId) -> Option<(&Route, &Identity)> {
        Some(match self.at(id)? {
            Slot::Arrived(new) => (new.route(), new.identity()),
            Slot::Pruned(name) => (&name.0, &name.1),
            Slot::Standing(notice) => (&notice.route, &notice.identity),
        })
    }

    pub(super) fn content(&self, id: NoticeId) -> Option<&ContentDigest> {
        match self.at(id)? {
            Slot::Arrived(new) => Some(new.content()),
            Slot::Pruned(_) => None,
            Slot::Standing(notice) => Some(&notice.content),
        }
    }

    pub(super) fn state(&self, id: NoticeId) -> Option<State> {
        match self.at(id)? {
            Slot::Arrived(_) => Some(State::Waiting),
            Slot::Pruned(_) => None,
            Slot::Standing(notice) => Some(notice.standing.state()),
        }
    }

    pub(super) fn get(&self, id: NoticeId) -> Option<StoredNotice> {
        match self.at(id)? {
            Slot::Arrived(new) => Some(as_it_came(id, new)),
            Slot::Pruned(_) => None,
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
        let slot = self.0.get_mut(index(id)?)?;
        if let Slot::Arrived(new) = slot {
            *slot = Slot::Standing(Box::new(as_it_came(id, new)));
        }
        match slot {
            Slot::Standing(notice) => Some(notice),
            _ => None,
        }
    }

    pub(super) fn prune(&mut self, id: NoticeId) {
        let name = self.name(id).map(|(route, identity)| Box::new((route.clone(), identity.clone())));
        let slot = index(id).and_then(|index| self.0.get_mut(index));
        if let (Some(slot), Some(name)) = (slot, name) {
            *slot = Slot::Pruned(name);
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
