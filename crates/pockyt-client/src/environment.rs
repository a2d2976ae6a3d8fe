//! Where Pockyt is.

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;

/// A base URL, and whether real money moves there.
///
/// ```
/// use pockyt_client::Environment;
///
/// assert_eq!(Environment::SANDBOX.base_url(), "https://mapi.yuansferdev.com");
/// assert!(Environment::at("http://127.0.0.1:8080").is_ok());
/// assert!(Environment::at("http://pay.example").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    base_url: Cow<'static, str>,
    production: bool,
}

impl Environment {
    /// `https://mapi.yuansfer.com`: the host of every vendor SDK and of the guides of 2025.
    pub const PRODUCTION: Self = Self::named("https://mapi.yuansfer.com", true);
    /// `https://mapi.pockyt.io`: the host on the reference's own pages.
    pub const PRODUCTION_POCKYT_IO: Self = Self::named("https://mapi.pockyt.io", true);
    /// `https://mapi.yuansferdev.com`: the newest of the sandbox hosts.
    pub const SANDBOX: Self = Self::named("https://mapi.yuansferdev.com", false);
    /// `https://mapi.yuansfer.yunkeguan.com`: the sandbox host of the vendor's SDKs.
    pub const SANDBOX_YUNKEGUAN: Self = Self::named("https://mapi.yuansfer.yunkeguan.com", false);

    const fn named(base_url: &'static str, production: bool) -> Self {
        Self { base_url: Cow::Borrowed(base_url), production }
    }

    /// Another base URL, for a proxy or a mock: `https`, or `http` to this machine. Not production, unless
    /// the host is one of Pockyt's own production hosts.
    ///
    /// # Errors
    ///
    /// It is not such a URL, or has a query, a fragment or user information.
    pub fn at(base_url: &str) -> Result<Self, EnvironmentError> {
        let refuse = |rule| Err(EnvironmentError { rule });
        let Ok(uri) = base_url.trim_end_matches('/').parse::<http::Uri>() else {
            return refuse("is not a URL");
        };
        let Some(host) = uri.host() else { return refuse("has no host") };
        if uri.query().is_some() || base_url.contains(['#', '@']) {
            return refuse("has more than scheme, host, port and path");
        }
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if is_loopback(host) => {}
            Some("http") => return refuse("is plain http to another machine"),
            _ => return refuse("is neither https nor http"),
        }
        let production = PRODUCTION_HOSTS.iter().any(|known| host.eq_ignore_ascii_case(known));
        Ok(Self { base_url: base_url.trim_end_matches('/').to_owned().into(), production })
    }

    /// The same, as a place where real money moves: the published sandbox tokens are refused there.
    #[must_use]
    pub fn as_production(mut self) -> Self {
        self.production = true;
        self
    }

    /// Scheme, host, port and path, without a slash at the end.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Whether real money moves there.
    pub fn is_production(&self) -> bool {
        self.production
    }
}

/// The third is printed on one page only, perhaps by mistake.
const PRODUCTION_HOSTS: [&str; 3] = ["mapi.yuansfer.com", "mapi.pockyt.io", "mapi.pockyt.com"];

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Why a text is not a base URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnvironmentError {
    rule: &'static str,
}

impl fmt::Display for EnvironmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the base URL {}", self.rule)
    }
}

impl std::error::Error for EnvironmentError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_goes_to_this_machine_only() {
        for good in ["http://127.0.0.1:1", "http://localhost", "http://[::1]:8080/x/", "https://a.example/v"]
        {
            assert!(Environment::at(good).is_ok(), "{good}");
        }
        for bad in [
            "http://10.0.0.1",
            "http://127.0.0.1.example",
            "ftp://localhost",
            "localhost:80",
            "",
            "/x",
            "https://a.example?x=1",
            "https://a.example/#x",
            "https://user:pass@a.example",
        ] {
            assert!(Environment::at(bad).is_err(), "{bad}");
        }
        assert!(Environment::at("https://MAPI.yuansfer.com:443/").unwrap().is_production());
        assert!(!Environment::at("https://mapi.yuansferdev.com").unwrap().is_production());
        assert_eq!(Environment::at("https://a.example/v/").unwrap().base_url(), "https://a.example/v");
    }
}
