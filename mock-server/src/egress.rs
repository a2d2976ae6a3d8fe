//! Where notifications may go.
//!
//! The mock posts to any address an API request names, so by default it posts to this machine only.
//! The check is made on the resolved address, and the connection is made to that very address: a name
//! that resolves differently a moment later changes nothing.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::str::FromStr;

use ipnet::IpNet;

/// A destination beyond loopback that notifications may reach: a host name, an address, or a network.
///
/// Link-local, multicast and unspecified addresses stay refused whatever is allowed: the first are
/// where clouds keep their credentials, the others are never a merchant's listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allow(Rule);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Rule {
    Host(String),
    Network(IpNet),
}

impl FromStr for Allow {
    type Err = NotADestination;

    /// Reads `listener.internal`, `10.1.2.3`, `10.0.0.0/8` or `fd00::/8`.
    fn from_str(text: &str) -> Result<Self, NotADestination> {
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self(Rule::Network(IpNet::from(address))));
        }
        if let Ok(network) = text.parse::<IpNet>() {
            return Ok(Self(Rule::Network(network)));
        }
        let is_name = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
        if text.is_empty() || !is_name {
            return Err(NotADestination);
        }
        Ok(Self(Rule::Host(text.to_ascii_lowercase())))
    }
}

/// The text is neither a host name, an address nor a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a host name without a port, an IP address, or a network like 10.0.0.0/8")]
pub struct NotADestination;

/// The rules and the fixed names of one mock.
#[derive(Debug, Default)]
pub(crate) struct Egress {
    allowed: Vec<Allow>,
    /// Where the mock itself listens.
    own: Option<SocketAddr>,
    resolve: BTreeMap<String, SocketAddr>,
}

impl Egress {
    pub(crate) fn allow(&mut self, allow: Allow) {
        self.allowed.push(allow);
    }

    /// Keeps notifications away from the mock itself, which would let them work its control API.
    pub(crate) fn refuse_own(&mut self, listens_on: SocketAddr) {
        self.own = Some(listens_on);
    }

    /// Makes `host:port` mean `address`, without asking any name server.
    pub(crate) fn resolve(&mut self, host_and_port: &str, address: SocketAddr) {
        self.resolve.insert(host_and_port.to_ascii_lowercase(), address);
    }

    /// The addresses to try for `host` and `port`, in order; empty when none of them is allowed.
    ///
    /// # Errors
    ///
    /// The name does not resolve.
    pub(crate) async fn addresses(&self, host: &str, port: u16) -> std::io::Result<Vec<SocketAddr>> {
        // An IPv6 literal stands in brackets in a URL.
        let bare = host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        let fixed = self.resolve.get(&format!("{}:{port}", host.to_ascii_lowercase()));
        let found = match (fixed, bare.parse::<IpAddr>()) {
            (Some(address), _) => vec![*address],
            (None, Ok(address)) => vec![SocketAddr::new(address, port)],
            (None, Err(_)) => tokio::net::lookup_host((bare.as_str(), port)).await?.collect(),
        };
        if found.is_empty() {
            return Err(std::io::ErrorKind::NotFound.into());
        }
        let may_be_reached =
            |address: &SocketAddr| self.permits(&bare, address.ip()) && !self.leads_back(*address);
        Ok(found.into_iter().filter(may_be_reached).collect())
    }

    /// Whether the mock itself would answer there.
    fn leads_back(&self, address: SocketAddr) -> bool {
        let Some(own) = self.own.filter(|own| own.port() == address.port()) else { return false };
        let (own, there) = (own.ip(), address.ip().to_canonical());
        if own.is_unspecified() {
            // A socket on all IPv6 addresses mostly takes IPv4 as well.
            (own.is_ipv6() || there.is_ipv4()) && is_of_this_machine(there)
        } else {
            own.to_canonical() == there
        }
    }

    fn permits(&self, host: &str, address: IpAddr) -> bool {
        // ::ffff:169.254.169.254 is 169.254.169.254.
        let address = address.to_canonical();
        if is_never_a_listener(address) {
            return false;
        }
        address.is_loopback()
            || self.allowed.iter().any(|Allow(rule)| match rule {
                Rule::Host(name) => name == host,
                Rule::Network(network) => network.contains(&address),
            })
    }
}

/// Only an address of one's own can be bound to.
fn is_of_this_machine(address: IpAddr) -> bool {
    address.is_loopback() || UdpSocket::bind((address, 0)).is_ok()
}

fn is_never_a_listener(address: IpAddr) -> bool {
    address.is_unspecified()
        || address.is_multicast()
        || match address {
            IpAddr::V4(v4) => v4.is_link_local() || v4.is_broadcast(),
            IpAddr::V6(v6) => v6.is_unicast_link_local(),
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn egress(allowed: &[&str]) -> Egress {
        let mut egress = Egress::default();
        for text in allowed {
            egress.allow(text.parse().unwrap());
        }
        egress
    }

    #[test]
    fn loopback_only_unless_more_is_allowed() {
        let table: &[(&[&str], &str, &str, bool)] = &[
            (&[], "localhost", "127.0.0.1", true),
            (&[], "localhost", "::1", true),
            (&[], "localhost", "127.8.8.8", true),
            (&[], "mapped", "::ffff:127.0.0.1", true),
            (&[], "shop.example", "203.0.113.9", false),
            (&[], "shop.example", "10.0.0.1", false),
            (&[], "anything", "0.0.0.0", false),
            (&["10.0.0.0/8"], "shop", "10.9.9.9", true),
            (&["10.0.0.0/8"], "shop", "11.0.0.1", false),
            (&["203.0.113.9"], "shop", "203.0.113.9", true),
            (&["203.0.113.9"], "shop", "203.0.113.10", false),
            (&["Shop.Example"], "shop.example", "203.0.113.9", true),
            (&["shop.example"], "evil.shop.example", "203.0.113.9", false),
            (&["fd00::/8"], "shop", "fd12::1", true),
            (&["0.0.0.0/0"], "shop", "8.8.8.8", true),
        ];
        for (allowed, host, address, expected) in table {
            assert_eq!(
                egress(allowed).permits(host, address.parse().unwrap()),
                *expected,
                "{allowed:?} {host} {address}"
            );
        }
    }

    #[test]
    fn link_local_and_the_like_are_refused_whatever_is_allowed() {
        let all = egress(&["0.0.0.0/0", "::/0", "metadata.internal"]);
        for address in [
            "169.254.169.254",
            "::ffff:169.254.169.254",
            "fe80::1",
            "0.0.0.0",
            "::",
            "224.0.0.1",
            "255.255.255.255",
        ] {
            assert!(!all.permits("metadata.internal", address.parse().unwrap()), "{address}");
        }
    }

    #[tokio::test]
    async fn a_fixed_name_needs_no_name_server_and_is_judged_by_its_address() {
        let mut egress = Egress::default();
        egress.resolve("Shop.Example:80", "127.0.0.1:4000".parse().unwrap());
        egress.resolve("far.example:80", "203.0.113.9:80".parse().unwrap());
        let there = egress.addresses("shop.example", 80).await.unwrap();
        assert_eq!(there, ["127.0.0.1:4000".parse().unwrap()]);
        assert!(egress.addresses("far.example", 80).await.unwrap().is_empty());
        assert_eq!(egress.addresses("[::1]", 81).await.unwrap(), ["[::1]:81".parse().unwrap()]);
    }

    #[tokio::test]
    async fn the_mock_itself_is_refused_by_any_of_its_names() {
        let table = [
            ("127.0.0.1:81", "127.0.0.1:81", false),
            ("127.0.0.1:81", "[::ffff:127.0.0.1]:81", false),
            ("127.0.0.1:81", "127.0.0.1:82", true),
            ("127.0.0.1:81", "127.0.0.2:81", true),
            ("127.0.0.1:81", "[::1]:81", true),
            ("[::1]:81", "[::1]:81", false),
            ("[::1]:81", "127.0.0.1:81", true),
            ("0.0.0.0:81", "127.8.8.8:81", false),
            ("0.0.0.0:81", "[::1]:81", true),
            ("0.0.0.0:81", "0.0.0.0:81", false),
            ("0.0.0.0:81", "203.0.113.9:81", true),
            ("[::]:81", "[::1]:81", false),
            ("[::]:81", "127.0.0.1:81", false),
            ("[::]:81", "127.0.0.1:82", true),
            ("10.0.0.5:81", "10.0.0.5:81", false),
            ("10.0.0.5:81", "10.0.0.6:81", true),
        ];
        for (own, address, expected) in table {
            let mut egress = egress(&["10.0.0.0/8", "203.0.113.0/24"]);
            egress.refuse_own(own.parse().unwrap());
            let address: SocketAddr = address.parse().unwrap();
            egress.resolve("shop.example:80", address);
            for (host, port) in [("shop.example", 80), (&address.ip().to_string(), address.port())] {
                let found = egress.addresses(host, port).await.unwrap();
                assert_eq!(!found.is_empty(), expected, "{own} {address} {host}");
            }
        }
    }

    #[test]
    fn an_address_of_another_machine_is_told_from_ones_own() {
        assert!(is_of_this_machine("127.0.0.1".parse().unwrap()));
        assert!(!is_of_this_machine("203.0.113.9".parse().unwrap()));
    }

    #[test]
    fn odd_destinations_are_refused() {
        for text in ["", "http://shop.example", "shop.example:80", "10.0.0.0/33", "a b", "*"] {
            assert_eq!(text.parse::<Allow>(), Err(NotADestination), "{text}");
        }
    }
}
