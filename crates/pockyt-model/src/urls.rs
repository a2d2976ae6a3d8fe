//! The URLs a merchant gives.

use std::borrow::Cow;
use std::fmt;

use crate::InvalidField;
use crate::params::Text;

mod callback;
pub use callback::{BrowserReturn, CallbackUrl, Macro};

/// Where Pockyt posts its notifications.
///
/// Pockyt asks for a secure URL; plain `http` is accepted here for tests and for listeners behind a
/// proxy on the same machine.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IpnUrl(String);

impl IpnUrl {
    /// Checks and takes the URL.
    ///
    /// # Errors
    ///
    /// It is not an absolute `http` or `https` URL with a host, or has blanks or control characters.
    pub fn new(url: impl Into<String>) -> Result<Self, InvalidField> {
        web_url("ipnUrl", url.into()).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is `https`, which Pockyt asks for.
    pub fn is_secure(&self) -> bool {
        self.0.starts_with("https://")
    }
}

impl fmt::Display for IpnUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Text for IpnUrl {
    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.0)
    }
}

fn web_url(field: &'static str, url: String) -> Result<String, InvalidField> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let has_host = rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['/', '?', '#', ':']));
    if !has_host {
        return Err(InvalidField::new(field, "must be an absolute http or https URL"));
    }
    if !url.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(InvalidField::new(field, "must be visible ASCII characters; escape the others"));
    }
    Ok(url)
}
