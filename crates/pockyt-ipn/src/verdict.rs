//! What is made of a request, and what it is answered.

use std::fmt;

use http::StatusCode;
use pockyt_sign::Rejection;
use pockyt_store::{NoticeId, StoreErrorKind};

/// What was made of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// Genuine, but another message with the same key says otherwise: kept in quarantine.
    Conflict(NoticeId),
    /// Kept already, under this number.
    Duplicate(NoticeId),
    /// A right signature on a message that cannot be believed: kept in quarantine.
    Quarantined(NoticeId),
    /// Genuine and new: kept, and to be handed over.
    Recorded(NoticeId),
    /// Not looked at, or not believed. Nothing is kept.
    Refused(Refusal),
    /// It would have been kept, but the store failed or took too long: Pockyt must send it again.
    StoreFailed(StoreErrorKind),
}

impl Verdict {
    /// A stable word for it, in kebab case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Conflict(_) => "conflict",
            Self::Duplicate(_) => "duplicate",
            Self::Quarantined(_) => "quarantined",
            Self::Recorded(_) => "recorded",
            Self::Refused(_) => "refused",
            Self::StoreFailed(_) => "store-failed",
        }
    }

    /// The answer: `success` for whatever is kept, and never that word for anything else.
    pub(crate) fn answer(self) -> (StatusCode, &'static str) {
        match self {
            Self::Conflict(_) | Self::Duplicate(_) | Self::Quarantined(_) | Self::Recorded(_) => {
                (StatusCode::OK, "success")
            }
            Self::Refused(refusal) => (refusal.status(), refusal.answer()),
            Self::StoreFailed(_) => (StatusCode::SERVICE_UNAVAILABLE, "try again later"),
        }
    }
}

/// Why a request was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// The connection broke while the body was read.
    BodyBroken,
    /// The body cannot be read as fields, whatever its signature.
    Malformed(Rejection),
    /// Anything but POST.
    MethodNotAllowed,
    /// The body is longer than [`Limits::body_bytes`](crate::Limits::body_bytes).
    TooLarge,
    /// There are more fields than [`Limits::fields`](crate::Limits::fields).
    TooManyFields,
    /// The body took longer than [`Limits::body_time`](crate::Limits::body_time).
    TooSlow,
    /// There is no listener at this address. It is answered as a wrong signature is, so that nobody learns
    /// whose notifications are heard here.
    UnknownRoute,
    /// The signature is missing or wrong.
    Unsigned(Rejection),
    /// The Content-Type can be neither that of a form nor that of JSON, or there are two of them.
    UnsupportedType,
}

impl Refusal {
    pub(crate) fn of(rejection: Rejection) -> Self {
        match rejection {
            Rejection::DuplicateName
            | Rejection::InvalidEscape
            | Rejection::InvalidJson
            | Rejection::InvalidUtf8
            | Rejection::NameNotAllowed => Self::Malformed(rejection),
            // Reasons that may be added later are treated as the signature's, which says least.
            _ => Self::Unsigned(rejection),
        }
    }

    /// A stable word for it, in kebab case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BodyBroken => "body-broken",
            Self::Malformed(rejection) | Self::Unsigned(rejection) => rejection.as_str(),
            Self::MethodNotAllowed => "method-not-allowed",
            Self::TooLarge => "too-large",
            Self::TooManyFields => "too-many-fields",
            Self::TooSlow => "too-slow",
            Self::UnknownRoute => "unknown-route",
            Self::UnsupportedType => "unsupported-type",
        }
    }

    /// The status it is answered with.
    pub fn status(self) -> StatusCode {
        match self {
            Self::BodyBroken | Self::Malformed(_) | Self::TooManyFields => StatusCode::BAD_REQUEST,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::UnknownRoute | Self::Unsigned(_) => StatusCode::UNAUTHORIZED,
            Self::UnsupportedType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        }
    }

    /// One text for every signature's fault and for addresses at which nobody listens, so that a caller learns
    /// nothing about how near it came.
    fn answer(self) -> &'static str {
        match self {
            Self::BodyBroken | Self::Malformed(_) => "malformed",
            Self::MethodNotAllowed => "POST only",
            Self::TooLarge => "too large",
            Self::TooManyFields => "too many fields",
            Self::TooSlow => "too slow",
            Self::UnknownRoute | Self::Unsigned(_) => "not accepted",
            Self::UnsupportedType => "form or JSON only",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The answer to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reply {
    /// The HTTP status.
    pub status: StatusCode,
    /// The body, as `text/plain`: exactly `success` when the message is kept.
    pub body: &'static str,
    /// Why.
    pub verdict: Verdict,
}

impl From<Verdict> for Reply {
    fn from(verdict: Verdict) -> Self {
        let (status, body) = verdict.answer();
        Self { status, body, verdict }
    }
}
