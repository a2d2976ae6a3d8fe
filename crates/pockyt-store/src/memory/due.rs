//! What may be claimed, and from when on.

use std::collections::{BTreeSet, VecDeque};

use pockyt_model::UtcMillis;

use crate::NoticeId;

/// A notice, after the moment from which on it may be claimed.
type Entry = (UtcMillis, NoticeId);

/// The notices of one route that wait or are leased.
#[derive(Debug, Default)]
pub(super) struct Due {
    /// New ones, each later than the one before, in time and in number; nearly all come in that order.
    arrived: VecDeque<Entry>,
    others: BTreeSet<Entry>,
}

impl Due {
    /// Adds a new one.
    pub(super) fn arrive(&mut self, at: UtcMillis, id: NoticeId) {
        if self.arrived.back().is_none_or(|(last, _)| *last <= at) {
            self.arrived.push_back((at, id));
        } else {
            self.others.insert((at, id));
        }
    }

    /// Adds one that was there before.
    pub(super) fn insert(&mut self, at: UtcMillis, id: NoticeId) {
        self.others.insert((at, id));
    }

    /// Removes the first one, the last one, or one that was added again.
    pub(super) fn remove(&mut self, at: UtcMillis, id: NoticeId) {
        let entry = (at, id);
        if self.arrived.front() == Some(&entry) {
            self.arrived.pop_front();
        } else if self.arrived.back() == Some(&entry) {
            self.arrived.pop_back();
        } else {
            self.others.remove(&entry);
        }
    }

    /// The earliest of all.
    pub(super) fn first(&self) -> Option<Entry> {
        self.arrived.front().into_iter().chain(self.others.first()).min().copied()
    }

    /// The latest of all.
    pub(super) fn last(&self) -> Option<Entry> {
        self.arrived.back().into_iter().chain(self.others.last()).max().copied()
    }

    pub(super) fn len(&self) -> usize {
        self.arrived.len() + self.others.len()
    }

    /// The lowest number.
    pub(super) fn oldest(&self) -> Option<NoticeId> {
        self.arrived.front().into_iter().chain(&self.others).map(|(_, id)| *id).min()
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = NoticeId> {
        self.arrived.iter().chain(&self.others).map(|(_, id)| *id)
    }
}
