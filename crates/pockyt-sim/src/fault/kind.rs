//! What can go wrong.

use serde::{Deserialize, Serialize};

/// What goes wrong. Everything here is something a client can see; `docs/mock.md` says how.
///
/// "Carried out" means: booked as if nothing were wrong, refusals included. Times are of the mock's clock,
/// in milliseconds: under a manual clock they pass when time is moved.
///
/// In JSON a kind without data is its name (`"lose-reply"`), one with data an object
/// (`{"delay-answer":{"ms":500}}`, `{"replace-body":"html"}`, `{"connection":"reset"}`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub enum FaultKind {
    /// Nothing is carried out; the connection is reset (RST) without a byte of answer. A fault that names
    /// only a path or an operation strikes when the head of the request is read, before its body; one that
    /// names a merchant, a reference or a number needs the body to know, and strikes when it is read.
    ResetBeforeRead,
    /// As [`FaultKind::ResetBeforeRead`], but after a part of the body was read.
    ResetDuringRead,
    /// Nothing is carried out; the connection ends in order (FIN) without a byte of answer.
    LoseRequest,
    /// Nothing is carried out; the answer is that to a wrong signature.
    RejectSignature,
    /// The request is carried out this much later, and then answered. A client that hangs up meanwhile does
    /// not stop it: it is booked late.
    DelayHandling {
        /// How much later.
        ms: u64,
    },
    /// The request is carried out at once and answered this much later.
    DelayAnswer {
        /// How much later.
        ms: u64,
    },
    /// A gateway's error page (HTML) comes in place of the answer.
    ServerError {
        /// The HTTP status, from 400 to 599.
        status: u16,
        /// Whether the request was carried out before.
        #[serde(default)]
        booked: bool,
        /// The value of `Retry-After`, in seconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<u32>,
    },
    /// The request is carried out and its answer is lost: the connection ends in order (FIN) without a
    /// byte. Refusals are lost too: the line is down whatever Pockyt says.
    LoseReply,
    /// As [`FaultKind::LoseReply`], but the connection is reset (RST).
    ResetReply,
    /// The request is carried out; half of the body of the answer comes, and then the end of the connection
    /// (FIN). `Content-Length` says the whole.
    TruncateBody,
    /// As [`FaultKind::TruncateBody`], but the connection is reset (RST).
    ResetDuringBody,
    /// The request is carried out; the head of the answer comes at once, and then a piece of its body at a
    /// time.
    SlowBody {
        /// How many pieces, from 1 to 1000.
        pieces: u16,
        /// The time before each piece, the first included.
        every_ms: u64,
    },
    /// The request is carried out; the answer's body is another one, under the same status and type.
    ReplaceBody(BadBody),
    /// The request is carried out; the answer begins as JSON and goes on for so many bytes in one text that
    /// does not end, at most 1 GiB.
    FloodBody {
        /// The length of the body.
        bytes: u64,
    },
    /// The request is carried out; the answer's headers say what is not so.
    WrongHeaders(BadHeaders),
    /// The request is carried out; the answer is about another order: `transactionNo` and `reference` are
    /// other ones.
    WrongAnswer,
    /// Nothing is carried out; the client is sent to the same path again, where the request would be taken
    /// for another one: a client that follows is seen in the journal.
    Redirect {
        /// 301, 302, 303, 307 or 308.
        status: u16,
    },
    /// The request is carried out and answered, and then the connection ends (FIN) although the answer did
    /// not say `Connection: close`.
    CloseAfterAnswer,
    /// A connection fails before any request is read from it.
    Connection(ConnectionFault),
    /// A notification does not arrive as it should.
    Notification(NotificationFault),
}

/// A body that is not an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum BadBody {
    /// No byte.
    Empty,
    /// A web page.
    Html,
    /// The JSON of the answer, with a byte in a text that is not UTF-8.
    InvalidUtf8,
    /// A success without a `result`.
    NoResult,
    /// The JSON of the answer without its last character.
    NotJson,
}

/// Headers that do not fit the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub enum BadHeaders {
    /// `Content-Type: text/html` on JSON.
    Html,
    /// No `Content-Type`.
    NoType,
    /// `Content-Encoding: gzip` on a body that is plain.
    Gzip,
    /// So many further headers, at most 20 000.
    Many {
        /// How many.
        count: u16,
    },
}

/// How a connection fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub enum ConnectionFault {
    /// The port refuses every connection for so long (`ECONNREFUSED`), from the moment the fault is set. The
    /// operating system refuses by itself, so nobody can count how often: `times` means nothing here.
    /// Connections that are open go on.
    Refuse {
        /// How long.
        ms: u64,
    },
    /// The next connections are accepted and reset (RST) before a byte is read.
    Reset,
    /// The next connections are accepted and closed in order (FIN) before a byte is read.
    Close,
    /// The next connections are accepted and neither read from nor written to.
    Silence,
}

/// How a notification goes wrong. The bodies are made with the simulation's own numbers, so the journal of a
/// run with faults is as repeatable as any.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NotificationFault {
    /// The attempt is not sent; it counts as one without an answer, and the schedule goes on.
    Drop,
    /// The attempt is sent twice.
    Duplicate,
    /// The attempt is held back until another delivery of the same merchant has gone out.
    Reorder,
    /// The end of the body is lost on the way.
    Corrupt,
    /// A notification comes first that has another amount under the same signature. Whoever answers it does
    /// not answer Pockyt: the schedule goes on.
    Tamper,
    /// A notification of success comes first that somebody without the token made. Whoever answers it does
    /// not answer Pockyt.
    Forge,
    /// A notification comes first whose fields are cut differently from the same signed text, so that the
    /// signature is right. Whoever answers it does not answer Pockyt.
    Recut,
}

impl FaultKind {
    pub(super) fn check(self) -> Result<(), &'static str> {
        const GIB: u64 = 1 << 30;
        match self {
            Self::ServerError { status, .. } if !(400..600).contains(&status) => {
                Err("the status of a server error is from 400 to 599")
            }
            Self::Redirect { status } if ![301, 302, 303, 307, 308].contains(&status) => {
                Err("a redirect is 301, 302, 303, 307 or 308")
            }
            Self::SlowBody { pieces, .. } if !(1..=1000).contains(&pieces) => {
                Err("a slow body comes in 1 to 1000 pieces")
            }
            Self::FloodBody { bytes } if bytes > GIB => Err("a flood has at most 1 GiB"),
            Self::WrongHeaders(BadHeaders::Many { count }) if count > 20_000 => {
                Err("there can be at most 20000 headers")
            }
            _ => Ok(()),
        }
    }

    /// Whether it hits requests.
    pub(super) fn is_of_calls(self) -> bool {
        !matches!(self, Self::Connection(_) | Self::Notification(_))
    }
}
