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

/// One HTTP answer. The body is always JSON; the shell adds `Content-Type` and `Content-Length`.
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
    /// The request was carried out, and the connection is closed without a byte of answer.
    Lost,
    /// The answer is sent.
    Send,
}

/// The header that names the field a refusal is about.
pub const FIELD_HEADER: &str = "Pockyt-Mock-Field";
/// The header that says in a sentence which rule was broken.
pub const RULE_HEADER: &str = "Pockyt-Mock-Rule";
/// The header with the text that should have been signed: secrets masked, what is not visible ASCII and `%`
/// percent-encoded, cut at 2048 bytes, and without the hash of the token that follows it.
pub const CANONICAL_HEADER: &str = "Pockyt-Mock-Canonical";
