//! Deliveries of notifications: what the shell is asked to send, and what it reports back.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{ApiResponse, Millis};

/// The number of a notification, unique in one simulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NotificationId(pub u64);

/// The number of one delivery attempt, unique in one simulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AttemptId(pub u64);

impl fmt::Display for NotificationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for AttemptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The number of a request that was held, or of an answer that is sent in pieces, unique in one simulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ticket(pub u64);

/// Something the world outside has to do.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Effect {
    /// POST this notification, then call [`crate::Sim::delivered`].
    Deliver(Delivery),
    /// Give this answer to the request that was held under the ticket.
    Answer {
        /// The ticket of [`crate::Reception::Held`].
        ticket: Ticket,
        /// The answer.
        response: ApiResponse,
    },
    /// Send the next piece of the body of an answer.
    Piece {
        /// The ticket of [`crate::Reception::InPieces`].
        ticket: Ticket,
        /// Whether no more comes.
        is_last: bool,
    },
}

/// One attempt to deliver a notification.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The attempt, to be named in [`crate::Sim::delivered`].
    pub attempt: AttemptId,
    /// The notification it belongs to.
    pub notification: NotificationId,
    /// The merchant whose order it is about.
    pub merchant_no: String,
    /// Which attempt of this notification it is, from 1. The schedule alone makes at most 9;
    /// [`crate::Sim::resend`] counts on.
    pub number: u32,
    /// Where to.
    pub url: String,
    /// The value of `Content-Type`.
    pub content_type: &'static str,
    /// The body, signed.
    pub body: Vec<u8>,
    /// When it is due.
    pub at: Millis,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeliveryOutcome {
    /// The listener answered.
    Answered {
        /// The HTTP status.
        status: u16,
        /// The body. What is longer than 1 KiB never acknowledges, so 1 KiB and a byte are enough.
        body: Vec<u8>,
    },
    /// There was no answer.
    Failed {
        /// Why.
        reason: FailureReason,
    },
}

/// Why a delivery got no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FailureReason {
    /// It was never sent: a fault dropped it.
    Dropped,
    /// The address is not on the allow-list.
    NotAllowed,
    /// Something else.
    Other,
    /// The connection was refused.
    Refused,
    /// The connection broke.
    Reset,
    /// The answer did not come in time.
    TimedOut,
    /// TLS failed: the certificate is not trusted or not for this name, or the other side does not speak it.
    Tls,
    /// The name in the URL does not resolve.
    Unresolved,
    /// The scheme of the URL cannot be delivered.
    Unsupported,
}

impl FailureReason {
    /// A stable word for it, in kebab case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dropped => "dropped",
            Self::NotAllowed => "not-allowed",
            Self::Other => "other",
            Self::Refused => "refused",
            Self::Reset => "reset",
            Self::TimedOut => "timed-out",
            Self::Tls => "tls",
            Self::Unresolved => "unresolved",
            Self::Unsupported => "unsupported",
        }
    }
}

/// Whether an attempt counts as acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The listener said `success`: no more resends.
    Acknowledged,
    /// It did not: the schedule goes on.
    NotAcknowledged,
}
