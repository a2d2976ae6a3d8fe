//! Notices as they came.

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

/// The labels of the keys that matched, each unlike the one before it: nearly all notices have the same.
#[derive(Debug, Default)]
pub(super) struct Labels(Vec<Box<str>>);

impl Labels {
    /// The number of this label, which is kept if it is not the last one.
    fn number_of(&mut self, label: &str) -> Option<u32> {
        if self.0.last().is_none_or(|last| **last != *label) {
            self.0.push(label.into());
        }
        u32::try_from(self.0.len() - 1).ok()
    }

    fn get(&self, number: u32) -> &str {
        let label = usize::try_from(number).ok().and_then(|number| self.0.get(number));
        label.map(|label| &**label).unwrap_or_default()
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
            key_label: labels.get(self.label).to_owned(),
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
