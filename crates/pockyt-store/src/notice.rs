//! A message that is to be recorded.

use std::fmt;
use std::sync::{Arc, OnceLock};

use pockyt_model::{Notification, NotificationIdentity, UtcMillis};
use pockyt_sign::Fields;

use crate::digest::text_in;
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

impl BodyFormat {
    /// A stable word for it, as in records: `form` or `json`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Json => "json",
        }
    }

    /// The format of this word; `None` for any other.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Form, Self::Json].into_iter().find(|format| format.as_str() == word)
    }
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
    /// It reads well and is not what the merchant expected, such as another amount.
    Mismatch {
        /// What was expected and what came; no personal data.
        problem: String,
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
        /// Says which deliveries are of one notification; see [`pockyt_model::DedupeKey`]. Never empty.
        key: String,
        /// What these must agree on; see [`pockyt_model::Fingerprint`].
        fingerprint: [u8; 32],
    },
    /// Of a doubtful one: only its signed text is known. All ways to cut that text are the same message.
    Doubtful(ContentDigest),
}

impl Identity {
    /// Of a clean message that reads so.
    pub fn of(notification: &Notification) -> Self {
        NotificationIdentity::of(notification).into()
    }
}

/// Of a clean message.
impl From<NotificationIdentity> for Identity {
    fn from(identity: NotificationIdentity) -> Self {
        let NotificationIdentity { dedupe_key, fingerprint } = identity;
        Self::Clean { key: dedupe_key.into_string(), fingerprint: *fingerprint.as_bytes() }
    }
}

/// How a message with a right signature came in.
#[derive(Clone)]
pub struct Arrival<'a> {
    /// Where.
    pub route: Route,
    /// How the body is written.
    pub format: BodyFormat,
    /// The body as it was received, `verifySign` included.
    pub body: &'a [u8],
    /// When.
    pub received_at: UtcMillis,
    /// The label of the key that matched; see [`pockyt_sign::KeyRing::label`]. It is shown.
    pub key_label: &'a str,
}

/// Without the body, which holds personal data and a signature.
impl fmt::Debug for Arrival<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arrival")
            .field("route", &self.route)
            .field("received_at", &self.received_at)
            .field("key_label", &self.key_label)
            .finish_non_exhaustive()
    }
}

/// A message whose signature was found right, and what is made of it.
///
/// It is one pointer, so that handing it on costs nothing.
#[derive(Clone)]
pub struct NewNotice(pub(crate) Box<Message>);

#[derive(Clone)]
pub(crate) struct Message {
    pub(crate) route: Route,
    pub(crate) format: BodyFormat,
    pub(crate) body: Arc<[u8]>,
    pub(crate) received_at: UtcMillis,
    pub(crate) key_label: String,
    pub(crate) identity: Identity,
    pub(crate) content: Content,
    pub(crate) doubt: Option<Doubt>,
    pub(crate) to_confirm: bool,
}

/// The digest of the signed text, computed when it is asked for: of most messages that is after they were
/// acknowledged.
#[derive(Clone)]
pub(crate) struct Content {
    digest: OnceLock<ContentDigest>,
    /// How long the signed text is, with which the body begins if it is not computed yet; else 0.
    length: usize,
}

impl Content {
    fn of(fields: &Fields<'_>, body: &[u8]) -> Self {
        match text_in(body, fields) {
            Some(text) => Self { digest: OnceLock::new(), length: text.len() },
            None => ContentDigest::of(fields).into(),
        }
    }

    /// How long the signed text is, where the body begins with it.
    pub(crate) fn length(&self) -> Option<usize> {
        (self.length > 0).then_some(self.length)
    }

    pub(crate) fn digest(&self, body: &[u8]) -> &ContentDigest {
        self.digest.get_or_init(|| ContentDigest::of_text(body.get(..self.length).unwrap_or_default()))
    }
}

impl From<ContentDigest> for Content {
    fn from(digest: ContentDigest) -> Self {
        Self { digest: OnceLock::from(digest), length: 0 }
    }
}

impl NewNotice {
    /// A verified message that reads as its kind: it will be handed over.
    pub fn clean(arrival: Arrival<'_>, notification: &Notification) -> Self {
        Self::identified(arrival, notification.fields(), NotificationIdentity::of(notification))
    }

    /// The same by the identity of the message and its signed fields, as they are before a notification is made of
    /// them.
    pub fn identified(arrival: Arrival<'_>, fields: &Fields<'_>, identity: NotificationIdentity) -> Self {
        let content = Content::of(fields, arrival.body);
        Self::new(arrival, identity.into(), content, None)
    }

    /// A message that must not be acted upon: it will be kept in quarantine, unless it is
    /// [to be confirmed](Self::to_be_confirmed).
    ///
    /// `fields` are its signed fields, whose text tells it from others.
    pub fn doubtful(arrival: Arrival<'_>, fields: &Fields<'_>, doubt: Doubt) -> Self {
        let content = ContentDigest::of_received(fields, arrival.body);
        Self::new(arrival, Identity::Doubtful(content), content.into(), Some(doubt))
    }

    fn new(arrival: Arrival<'_>, identity: Identity, content: Content, doubt: Option<Doubt>) -> Self {
        let Arrival { route, format, body, received_at, key_label } = arrival;
        let (body, key_label) = (body.into(), key_label.to_owned());
        let to_confirm = false;
        Self(Box::new(Message {
            route,
            format,
            body,
            received_at,
            key_label,
            identity,
            content,
            doubt,
            to_confirm,
        }))
    }

    /// The same, to be confirmed by a query: a doubtful message then waits for a worker, who asks, instead of
    /// lying in quarantine. It is for the worker to see that nothing else is done with it.
    #[must_use]
    pub fn to_be_confirmed(mut self) -> Self {
        self.0.to_confirm = true;
        self
    }

    /// Where it came in.
    pub fn route(&self) -> &Route {
        &self.0.route
    }

    /// Whether it can be believed as far as the store was told.
    pub fn is_clean(&self) -> bool {
        self.0.doubt.is_none()
    }

    /// Whether it waits to be confirmed; see [`NewNotice::to_be_confirmed`].
    pub fn is_to_be_confirmed(&self) -> bool {
        self.0.to_confirm
    }

    /// What makes it the same as another.
    pub fn identity(&self) -> &Identity {
        &self.0.identity
    }

    /// Tells it from other messages of the same identity, which differ in what does not matter: another
    /// `time`, another note.
    pub fn content(&self) -> &ContentDigest {
        self.0.content.digest(&self.0.body)
    }

    /// How the body is written.
    pub fn format(&self) -> BodyFormat {
        self.0.format
    }

    /// The body as it was received.
    pub fn body(&self) -> &[u8] {
        &self.0.body
    }

    /// When it was received.
    pub fn received_at(&self) -> UtcMillis {
        self.0.received_at
    }

    /// The label of the key that matched.
    pub fn key_label(&self) -> &str {
        &self.0.key_label
    }

    /// Why it is not believed; `None` when it is clean.
    pub fn doubt(&self) -> Option<&Doubt> {
        self.0.doubt.as_ref()
    }
}

/// Without the body, which holds personal data and a signature.
impl fmt::Debug for NewNotice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewNotice")
            .field("route", &self.0.route)
            .field("identity", &self.0.identity)
            .field("doubt", &self.0.doubt)
            .field("received_at", &self.0.received_at)
            .field("key_label", &self.0.key_label)
            .finish_non_exhaustive()
    }
}
