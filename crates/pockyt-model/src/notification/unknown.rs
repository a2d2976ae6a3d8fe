//! A notification of a kind that no source describes.

use pockyt_sign::{Fields, Verified};

use super::{DedupeKey, Fingerprint, NotificationKind};

/// A verified message of a kind that this crate does not know. It says nothing about money.
#[derive(Clone, Debug)]
pub struct UnknownNotification {
    fields: Fields<'static>,
}

impl UnknownNotification {
    /// Takes any verified message.
    pub fn read(message: &Verified<'_>) -> Self {
        Self { fields: message.fields().clone().into_owned() }
    }

    /// All signed fields as they came. Hints, all of them.
    pub fn fields(&self) -> &Fields<'static> {
        &self.fields
    }

    /// The fingerprint: nothing else says which deliveries are of one notification.
    pub fn dedupe_key(&self) -> DedupeKey {
        DedupeKey::of(NotificationKind::Unknown, &[&self.fingerprint().to_hex()])
    }

    /// Over all signed fields.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::over_all(NotificationKind::Unknown, &self.fields)
    }
}
