//! Who a caller is.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;
use ipnet::IpNet;

use super::forwarded;

/// The other end of the connection that a request came in by, as a request extension.
///
/// The server of this crate sets it. Under axum, copy it there from `ConnectInfo`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

/// What is counted as one caller: an IPv4 address, or the 64 bits of an IPv6 address that a network has in
/// common, since whoever has one address of it has all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Source {
    V4(u32),
    V6(u128),
    Unknown,
}

impl Source {
    pub(super) fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address.to_bits()),
            IpAddr::V6(address) => Self::V6(address.to_bits() >> 64),
        }
    }
}

/// The header in which trusted proxies say whom they forward for.
///
/// A proxy appends to one of them and lets the other through as it came, so reading both would let anybody
/// choose an address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ForwardingHeader {
    /// `Forwarded`, as in RFC 7239.
    Forwarded,
    /// `X-Forwarded-For`, as most proxies write it.
    #[default]
    XForwardedFor,
}

/// The networks of the proxies whose word about a caller's address is taken.
///
/// The header is read from its end, which the nearest proxy wrote, and only as long as the address reached is
/// a trusted proxy's: what a caller wrote into it is never looked at. Where an entry cannot be read, or
/// hides its address, the last one reached counts.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct TrustedProxies {
    networks: Vec<IpNet>,
    header: ForwardingHeader,
}

impl TrustedProxies {
    /// None.
    pub fn none() -> Self {
        Self::default()
    }

    /// Also those in this network: CIDR such as `10.0.0.0/8` or `2001:db8::/32`, or one address.
    ///
    /// # Errors
    ///
    /// It is neither.
    pub fn and(mut self, network: &str) -> Result<Self, InvalidNetwork> {
        let address = || network.parse::<IpAddr>().map(IpNet::from);
        self.networks.push(network.parse().or_else(|_| address()).map_err(|_| InvalidNetwork(()))?);
        Ok(self)
    }

    /// Read from this header; `X-Forwarded-For` unless set.
    pub fn header(self, header: ForwardingHeader) -> Self {
        Self { header, ..self }
    }

    fn trust(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(&address))
    }

    /// Who is counted for a request.
    pub(super) fn source(&self, peer: Option<&Peer>, headers: &HeaderMap) -> Source {
        match peer {
            Some(Peer(peer)) => Source::of(self.client(peer.ip().to_canonical(), headers)),
            None => Source::Unknown,
        }
    }

    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut reached = peer;
        if !self.trust(reached) {
            return reached;
        }
        for hop in forwarded::hops(self.header, headers) {
            let Some(address) = hop else { return reached };
            reached = address;
            if !self.trust(reached) {
                return reached;
            }
        }
        reached
    }
}

/// A text that is no network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a network is an address, or CIDR such as 10.0.0.0/8 or 2001:db8::/32")]
pub struct InvalidNetwork(());

#[cfg(test)]
mod tests {
    use super::*;

    fn client(header: ForwardingHeader, peer: &str, lines: &[&str]) -> String {
        let proxies = TrustedProxies::none().and("10.0.0.0/8").unwrap().and("2001:db8:1::/48").unwrap();
        let name = match header {
            ForwardingHeader::Forwarded => "forwarded",
            ForwardingHeader::XForwardedFor => "x-forwarded-for",
        };
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(name, line.parse().unwrap());
        }
        proxies.header(header).client(peer.parse::<IpAddr>().unwrap().to_canonical(), &headers).to_string()
    }

    #[test]
    fn x_forwarded_for_is_walked_from_the_right_as_far_as_proxies_are_trusted() {
        for (peer, lines, expected) in [
            ("192.0.2.1", &["198.51.100.7"][..], "192.0.2.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.7"], "198.51.100.7"),
            ("::ffff:10.0.0.1", &["198.51.100.7"], "198.51.100.7"),
            ("10.0.0.1", &["203.0.113.9, 198.51.100.7"], "198.51.100.7"),
            ("10.0.0.1", &["203.0.113.9, 198.51.100.7, 10.1.1.1"], "198.51.100.7"),
            ("10.0.0.1", &["203.0.113.9", "198.51.100.7", "10.1.1.1"], "198.51.100.7"),
            ("10.0.0.1", &["10.3.3.3,10.2.2.2"], "10.3.3.3"),
            ("10.0.0.1", &["198.51.100.7:4711"], "198.51.100.7"),
            ("10.0.0.1", &["[2001:db8:7::1]:4711"], "2001:db8:7::1"),
            ("10.0.0.1", &["2001:db8:7::1"], "2001:db8:7::1"),
            ("2001:db8:1::5", &["::ffff:198.51.100.7"], "198.51.100.7"),
            ("10.0.0.1", &["198.51.100.7, unknown"], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.7, , 10.1.1.1"], "10.1.1.1"),
            ("10.0.0.1", &["198.51.100.7,"], "10.0.0.1"),
            ("10.0.0.1", &[""], "10.0.0.1"),
        ] {
            assert_eq!(client(ForwardingHeader::XForwardedFor, peer, lines), expected, "{peer} {lines:?}");
        }
    }

    #[test]
    fn forwarded_is_walked_likewise() {
        for (lines, expected) in [
            (&["for=198.51.100.7"][..], "198.51.100.7"),
            (&["for=203.0.113.9, for=198.51.100.7;proto=https;by=10.0.0.9"], "198.51.100.7"),
            (&["For=\"[2001:db8:7::1]:4711\""], "2001:db8:7::1"),
            (&["proto=https; for=198.51.100.7"], "198.51.100.7"),
            (&["for=\"198.51.100.7:80\";host=\"a,b;for=1.1.1.1\""], "198.51.100.7"),
            (&["for=203.0.113.9", "for=198.51.100.7", "for=10.4.4.4"], "198.51.100.7"),
            (&["for=198.51.100.7, for=_hidden"], "10.0.0.1"),
            (&["for=198.51.100.7, proto=https"], "10.0.0.1"),
            (&["for=198.51.100.7;for=10.1.1.1"], "10.0.0.1"),
            (&["for=\"198.51.100.7"], "10.0.0.1"),
            (&["for=1.1.1.1, host=\"x, for=198.51.100.7"], "198.51.100.7"),
        ] {
            assert_eq!(client(ForwardingHeader::Forwarded, "10.0.0.1", lines), expected, "{lines:?}");
        }
    }

    #[test]
    fn the_header_that_was_not_chosen_is_not_read() {
        let proxies = TrustedProxies::none().and("10.0.0.1").unwrap();
        let mut headers = HeaderMap::new();
        headers.append("forwarded", "for=198.51.100.7".parse().unwrap());
        let peer = "10.0.0.1".parse().unwrap();
        assert_eq!(proxies.client(peer, &headers), peer);
    }

    #[test]
    fn networks_are_cidr_or_one_address() {
        for network in ["10.0.0.0/8", "10.1.2.3/8", "2001:db8::/32", "192.0.2.1", "::1"] {
            assert!(TrustedProxies::none().and(network).is_ok(), "{network}");
        }
        for network in ["", "10.0.0.0/33", "10.0.0/8", "localhost", "10.0.0.0/8/8", "::1/129", "*"] {
            assert!(TrustedProxies::none().and(network).is_err(), "{network}");
        }
    }

    #[test]
    fn ipv6_counts_by_64_bits_and_mapped_addresses_are_ipv4() {
        let of = |text: &str| Source::of(text.parse().unwrap());
        assert_eq!(of("2001:db8:0:1::1"), of("2001:db8:0:1:ffff::2"));
        assert_ne!(of("2001:db8:0:1::1"), of("2001:db8:0:2::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
