//! The API token and the key derived from it: both are secrets.

use alloc::string::String;
use core::fmt;

use md5::{Digest, Md5};
use zeroize::Zeroizing;

use crate::signature::hex_text;

/// The API tokens printed in Pockyt's documentation and SDKs, for merchants 200043 and 202333.
const PUBLISHED_SANDBOX_TOKENS: [&str; 2] =
    ["5cbfb079f15b150122261c8537086d77a", "17cfc0170ef1c017b4a929d233d6e65e"];

/// A merchant's API token, from the Pockyt portal or support.
///
/// Never empty and never padded with white space: some vendor SDKs trim the token and others do not,
/// so a padded one would sign differently depending on who reads it. Nothing else is checked; the
/// documentation's own token is 33 characters long. Memory is wiped on drop, `Debug` is redacted.
///
/// ```
/// use pockyt_sign::{ApiToken, TokenError};
///
/// assert_eq!(ApiToken::new(" secret\n").unwrap_err(), TokenError::Padded);
/// assert_eq!(format!("{:?}", ApiToken::new("secret")?), "ApiToken(redacted)");
/// # Ok::<(), TokenError>(())
/// ```
#[derive(Clone)]
pub struct ApiToken(Zeroizing<String>);

impl ApiToken {
    /// Takes the token as it is.
    ///
    /// # Errors
    ///
    /// [`TokenError::Empty`] for no text at all, [`TokenError::Padded`] when white space surrounds it,
    /// [`TokenError::Invisible`] when it holds a character that nobody sees.
    pub fn new(token: impl Into<String>) -> Result<Self, TokenError> {
        let token = Zeroizing::new(token.into());
        if token.is_empty() {
            Err(TokenError::Empty)
        } else if token.trim().len() != token.len() {
            Err(TokenError::Padded)
        } else if token.chars().any(is_invisible) {
            Err(TokenError::Invisible)
        } else {
            Ok(Self(token))
        }
    }

    /// Whether this is one of the two sandbox tokens that Pockyt publishes, with which anybody can sign.
    pub fn is_published_sandbox(&self) -> bool {
        is_published(&self.0)
    }
}

/// What a token picks up in files and clipboards, and nobody sees: controls, byte order marks, marks of
/// writing direction and blanks without width.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn is_published(token: &str) -> bool {
    PUBLISHED_SANDBOX_TOKENS.contains(&token)
}

impl fmt::Debug for ApiToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiToken(redacted)")
    }
}

/// Why a text is not an [`ApiToken`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenError {
    /// The text is empty.
    Empty,
    /// A character is a control, a byte order mark or another one that is not seen.
    Invisible,
    /// White space stands before or after the token.
    Padded,
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the API token is empty",
            Self::Invisible => "the API token holds a character that is not seen",
            Self::Padded => "the API token is surrounded by white space",
        })
    }
}

impl core::error::Error for TokenError {}

/// What signs: the lower-case hex MD5 of the API token, computed once.
///
/// It is enough to sign and to forge, so it is as secret as the token: wiped on drop, `Debug` redacted.
#[derive(Clone)]
pub struct SigningKey {
    hex: Zeroizing<[u8; 32]>,
    published_sandbox: bool,
}

impl SigningKey {
    /// The key of a token.
    pub fn new(token: &ApiToken) -> Self {
        Self::from_any_text(&token.0)
    }

    /// The key of any text, the empty and the padded one included, as the pure algorithm takes it.
    ///
    /// For test vectors and diagnosis; production code goes through [`ApiToken`].
    pub fn from_any_text(token: &str) -> Self {
        let digest = Zeroizing::new(<[u8; 16]>::from(Md5::digest(token)));
        Self { hex: Zeroizing::new(hex_text(&digest)), published_sandbox: is_published(token) }
    }

    /// Whether the key belongs to one of the two sandbox tokens that Pockyt publishes.
    pub fn is_published_sandbox(&self) -> bool {
        self.published_sandbox
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.hex
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(redacted)")
    }
}
