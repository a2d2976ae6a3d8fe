//! The customer's address on the network.

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;

use crate::params::Text;

/// Where a customer or payee calls from, `clientIp`: an IPv4 address in the dotted form, or an IPv6
/// address in the usual one. (A page and a test of the vendor's
/// write commas between the numbers; the others write dots.) It says who the person is, so `Debug` does not
/// show it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ClientIp(String);

impl From<IpAddr> for ClientIp {
    fn from(address: IpAddr) -> Self {
        Self(address.to_string())
    }
}

impl Text for ClientIp {
    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.0)
    }
}

impl fmt::Debug for ClientIp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientIp(redacted)")
    }
}
