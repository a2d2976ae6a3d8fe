//! Reading forwarding headers from their end.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;

use super::ForwardingHeader;

/// The addresses that a header names, the nearest first; `None` for an entry that names none.
pub(super) fn hops(header: ForwardingHeader, headers: &HeaderMap) -> impl Iterator<Item = Option<IpAddr>> {
    let name = match header {
        ForwardingHeader::Forwarded => "forwarded",
        ForwardingHeader::XForwardedFor => "x-forwarded-for",
    };
    let entries = headers.get_all(name).iter().rev().flat_map(move |line| match line.to_str() {
        Ok(line) => from_the_right(line, b','),
        Err(_) => FromTheRight { rest: Some(""), separator: b',' },
    });
    entries.map(move |entry| match header {
        ForwardingHeader::Forwarded => named_in(entry),
        ForwardingHeader::XForwardedFor => address(entry.trim()),
    })
}

/// The one `for` of an entry of `Forwarded`.
fn named_in(entry: &str) -> Option<IpAddr> {
    let mut named = from_the_right(entry, b';').filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then_some(value.trim())
    });
    let value = named.next()?;
    if named.next().is_some() {
        return None;
    }
    let bare = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    address(bare.unwrap_or(value))
}

/// An address, with or without a port, an IPv6 one with or without brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bracketed = || text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    let address = text
        .parse()
        .or_else(|_| text.parse::<SocketAddr>().map(|address| address.ip()))
        .or_else(|_| bracketed().unwrap_or_default().parse());
    address.ok().map(|address: IpAddr| address.to_canonical())
}

/// The pieces of a text between separators that are not quoted, from its end.
fn from_the_right(text: &str, separator: u8) -> FromTheRight<'_> {
    FromTheRight { rest: Some(text), separator }
}

struct FromTheRight<'a> {
    rest: Option<&'a str>,
    separator: u8,
}

impl<'a> Iterator for FromTheRight<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let rest = self.rest.take()?;
        let mut is_quoted = false;
        let at = rest.bytes().enumerate().rev().find(|(at, byte)| {
            // Going backwards, a quote is escaped by an odd number of backslashes before it.
            let escapes = || rest.bytes().take(*at).rev().take_while(|byte| *byte == b'\\').count();
            if *byte == b'"' && escapes() % 2 == 0 {
                is_quoted = !is_quoted;
            }
            !is_quoted && *byte == self.separator
        });
        let split = at.and_then(|(at, _)| Some((rest.get(..at)?, rest.get(at + 1..)?)));
        match split {
            Some((before, piece)) => {
                self.rest = Some(before);
                Some(piece)
            }
            None => Some(rest),
        }
    }
}
