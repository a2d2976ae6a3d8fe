//! A request as it arrives and an answer as it leaves.

/// One HTTP request, already read.
#[derive(Clone, Copy, Debug)]
pub struct ApiRequest<'a> {
    /// The method, in upper case as on the wire.
    pub method: &'a str,
    /// The path, without query.
    pub path: &'a str,
    /// The value of `Content-Type`, if there is one.
    pub content_type: Option<&'a str>,
    /// The value of `Pockyt-Request-ID`, if there is one.
    pub request_id: Option<&'a str>,
    /// The body, byte for byte.
    pub body: &'a [u8],
}

/// One HTTP answer. The body is JSON unless a fault says otherwise; the shell adds `Content-Length`, and
/// `Content-Type: application/json` when no header gives another type (an empty one: none at all).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiResponse {
    /// The HTTP status.
    pub status: u16,
    /// Further headers. Every value is visible ASCII and blanks.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// Whether the answer reaches the caller.
    pub reply: Reply,
}

/// What the shell does with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// The connection is closed in order (FIN) without a byte of answer. Unless a fault said otherwise, the
    /// request was carried out.
    Lost,
    /// The connection is reset (RST) without a byte of answer.
    Reset,
    /// The answer is sent.
    Send,
    /// The answer is sent, and then the connection closed, which the answer does not say.
    SendAndClose,
    /// The body is sent in so many pieces of about one size, each when its [`crate::Effect::Piece`] comes.
    SendInPieces {
        /// How many.
        pieces: u16,
    },
    /// The head and half of the body are sent, and then the connection is closed in order.
    Truncated,
    /// The head and half of the body are sent, and then the connection is reset.
    TruncatedByReset,
    /// The body is `{"padding":"` and then so many bytes in all.
    Flood {
        /// The length of the body.
        bytes: u64,
    },
}

/// The header that names the field a refusal is about.
pub const FIELD_HEADER: &str = "Pockyt-Mock-Field";
/// The header that says in a sentence which rule was broken.
pub const RULE_HEADER: &str = "Pockyt-Mock-Rule";
/// The header with the text that should have been signed: secrets masked, what is not visible ASCII and `%`
/// percent-encoded, cut at 2048 bytes, and without the hash of the token that follows it.
pub const CANONICAL_HEADER: &str = "Pockyt-Mock-Canonical";
/// The header that says what no source shows about the operation, and what the simulator chose. It comes
/// with every success of such an operation.
pub const NOTE_HEADER: &str = "Pockyt-Mock-Note";
