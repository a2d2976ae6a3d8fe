//! A message that is to be recorded.

use std::fmt;
use std::sync::Arc;

use pockyt_model::{DedupeKey, Fingerprint, UtcMillis};
use pockyt_sign::Fields;

use crate::{ContentDigest, Route};

/// The number of a recorded notice, unique within one store and never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NoticeId(u64);

impl NoticeId {
    /// The notice of this number.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for NoticeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How a body is written, which is needed to read it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BodyFormat {
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `application/json`.
    Json,
}

/// Why a message with a right signature is not believed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Doubt {
    /// Its signed text can be read in more than one way.
    Ambiguous {
        /// The field whose value could be read as another field.
        field: String,
    },
    /// A required field is missing or malformed.
    Unreadable {
        /// Which field and which rule; not its value.
        problem: String,
    },
}

/// What makes two messages the same.
///
/// The two cases are namespaces of their own: a doubtful message is never a duplicate of a clean one
/// nor in conflict with it, so somebody who can only cut genuine messages differently cannot block one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Identity {
    /// Of a clean message.
    Clean {
        /// Says which deliveries are of one notification; see [`DedupeKey`].
        key: String,
        /// What these must agree on; see [`Fingerprint`].
        fingerprint: [u8; 32],
    },
    /// Of a doubtful one: only its content is known.
    Doubtful(ContentDigest),
}

/// A message whose signature was found right, and what is made of it.
#[derive(Clone)]
pub struct NewNotice {
    pub(crate) route: Route,
    pub(crate) format: BodyFormat,
    pub(crate) body: Arc<[u8]>,
    pub(crate) received_at: UtcMillis,
    pub(crate) identity: Identity,
    pub(crate) doubt: Option<Doubt>,
}

impl NewNotice {
    /// A verified message that reads as its kind: it will be handed over.
    pub fn clean(
        route: Route,
        format: BodyFormat,
        body: &[u8],
        received_at: UtcMillis,
        key: &DedupeKey,
        fingerprint: &Fingerprint,
    ) -> Self {
        let identity = Identity::Clean { key: key.as_str().to_owned(), fingerprint: *fingerprint.as_bytes() };
        Self { route, format, body: body.into(), received_at, identity, doubt: None }
    }

    /// A message that must not be acted upon: it will be kept in quarantine.
    ///
    /// `fields` are its signed fields, which tell it from others.
    pub fn doubtful(
        route: Route,
        format: BodyFormat,
        body: &[u8],
        received_at: UtcMillis,
        fields: &Fields<'_>,
        doubt: Doubt,
    ) -> Self {
        let identity = Identity::Doubtful(ContentDigest::of(fields));
        Self { route, format, body: body.into(), received_at, identity, doubt: Some(doubt) }
    }

    /// Where it came in.
    pub fn route(&self) -> &Route {
        &self.route
    }

    /// Whether it is to be handed over, and not to be kept in quarantine.
    pub fn is_clean(&self) -> bool {
        self.doubt.is_none()
    }

    /// What makes it the same as another.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }
}

/// Without the body, which holds personal data and a signature.
impl fmt::Debug for NewNotice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewNotice")
            .field("route", &self.route)
            .field("identity", &self.identity)
            .field("doubt", &self.doubt)
            .field("received_at", &self.received_at)
            .finish_non_exhaustive()
    }
}
