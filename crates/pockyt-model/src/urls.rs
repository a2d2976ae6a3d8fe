//! The two URLs a merchant gives.

use std::fmt;

use crate::InvalidField;

/// Where Pockyt posts its notifications about a payment.
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
}

impl fmt::Display for IpnUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where the customer's browser is sent back to.
///
/// `{transactionNo}`, `{status}`, `{amount}`, `{time}`, `{reference}` and `{note}` in it are replaced by
/// Pockyt (Pockyt docs, SecurePay API). The return is not signed: never take it for a payment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CallbackUrl(String);

impl CallbackUrl {
    /// Checks and takes the URL, macros unreplaced.
    ///
    /// # Errors
    ///
    /// It is not an absolute `http` or `https` URL with a host, or has blanks or control characters.
    pub fn new(url: impl Into<String>) -> Result<Self, InvalidField> {
        web_url("callbackUrl", url.into()).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CallbackUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
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
