//! Notices as they came.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use pockyt_model::UtcMillis;

use crate::notice::Message;
use crate::{BodyFormat, ContentDigest, Identity, NewNotice, NoticeId, Route, Standing, StoredNotice};

/// A clean message that waits and that nobody has dealt with. There may be many of them, so they have what tells them
/// apart and no more.
pub(super) struct Arrived {
    pub(super) route: Route,
    pub(super) identity: Identity,
    body: Arc<[u8]>,
    received_at: UtcMillis,
    /// How much of the body is its signed text.
    signed: u32,
    /// Which of the [`Labels`].
    label: u32,
    format: BodyFormat,
}

/// The labels of the keys that matched, each once, since they stay when notices are pruned. Nearly all notices have
/// the same, or that of one of few tenants.
#[derive(Default)]
pub(super) struct Labels {
    by_number: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, u32>,
    last: u32,
}

impl Labels {
    /// The number of this label, which is kept if it is new.
    fn number_of(&mut self, label: &str) -> Option<u32> {
        if self.get(self.last) == Some(label) {
            return Some(self.last);
        }
        self.last = match self.numbers.get(label) {
            Some(number) => *number,
            None => self.add(label)?,
        };
        Some(self.last)
    }

    fn add(&mut self, label: &str) -> Option<u32> {
        let number = u32::try_from(self.by_number.len()).ok()?;
        let label: Arc<str> = label.into();
        self.by_number.push(Arc::clone(&label));
        self.numbers.insert(label, number);
        Some(number)
    }

    #[cfg(test)]
    fn count(&self) -> usize {
        self.by_number.len()
    }

    fn get(&self, number: u32) -> Option<&str> {
        self.by_number.get(usize::try_from(number).ok()?).map(|label| &**label)
    }
}

impl Arrived {
    /// Any other message than a clean one is given back, and so is the rare one whose body does not begin with its
    /// signed text.
    pub(super) fn of(new: NewNotice, labels: &mut Labels) -> Result<Self, NewNotice> {
        let signed = new.0.content.length().and_then(|length| u32::try_from(length).ok());
        let (Some(signed), Some(label)) = (signed, labels.number_of(&new.0.key_label)) else {
            return Err(new);
        };
        if new.0.doubt.is_some() || new.0.to_confirm {
            return Err(new);
        }
        let Message { route, identity, body, received_at, format, .. } = *new.0;
        Ok(Self { route, identity, body, received_at, signed, label, format })
    }

    pub(super) fn content(&self) -> ContentDigest {
        let signed = usize::try_from(self.signed).ok().and_then(|signed| self.body.get(..signed));
        ContentDigest::of_text(signed.unwrap_or_default())
    }

    pub(super) fn stored(&self, id: NoticeId, labels: &Labels) -> StoredNotice {
        StoredNotice {
            id,
            route: self.route.clone(),
            identity: self.identity.clone(),
            content: self.content(),
            format: self.format,
            body: Arc::clone(&self.body),
            received_at: self.received_at,
            key_label: labels.get(self.label).unwrap_or_default().to_owned(),
            changed_at: self.received_at,
            failures: 0,
            deferrals: 0,
            last_reason: None,
            quarantine: None,
            to_confirm: false,
            standing: Standing::Waiting { due_at: self.received_at },
            fence: 0,
        }
    }
}

/// Without the body, which holds personal data and a signature.
impl fmt::Debug for Arrived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arrived")
            .field("route", &self.route)
            .field("identity", &self.identity)
            .field("received_at", &self.received_at)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.by_number).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tenants that share a store have keys of their own, whose messages come in any order.
    #[test]
    fn a_label_is_kept_once_however_often_it_comes_again() {
        let mut labels = Labels::default();
        let numbers: Vec<_> =
            ["one", "other"].iter().cycle().take(1000).filter_map(|label| labels.number_of(label)).collect();
        assert_eq!(numbers.len(), 1000);
        assert_eq!(labels.count(), 2);
        for (number, label) in numbers.into_iter().zip(["one", "other"].iter().cycle()) {
            assert_eq!(labels.get(number), Some(*label));
        }
    }
}
