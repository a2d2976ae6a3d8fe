//! The quick way into an answer: one pass that notes where the names are.
//!
//! The values lie between them, so nothing else needs to be kept. Names with escapes, repeated names, very
//! many names and whatever is no object are left to the plain way, which also says what is wrong.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use super::{MANY, Member, Name};

/// The members of a body, and those of one of them.
pub(super) struct Found {
    /// All of the body.
    pub(super) members: Vec<Member>,
    /// The place of a member among the members, and its own.
    pub(super) inner: Option<(usize, Vec<Member>)>,
}

/// Reads a body, and of its members `wanted` the first by that order which is an object. `None` leaves it
/// to the plain way.
pub(super) fn read(body: &str, wanted: &[&str]) -> Option<Found> {
    let mut json = serde_json::Deserializer::from_str(body);
    let mut found = json.deserialize_map(Outer { body, wanted }).ok()?;
    json.end().ok()?;
    set_values(body, body.trim_ascii_end().len(), &mut found.members)?;
    if let Some((at, members)) = &mut found.inner {
        set_values(body, found.members.get(*at)?.value.end, members)?;
    }
    Some(found)
}

/// A value lies between the colon behind its own name and the comma before the next one, the last one before
/// the brace. `None` when a name occurs twice.
fn set_values(body: &str, end: usize, members: &mut [Member]) -> Option<()> {
    let body = body.as_bytes();
    let mut before = end.checked_sub(1)?;
    let mut comma = false;
    let mut rest = members;
    while let Some((last, earlier)) = rest.split_last_mut() {
        let Name::Plain(name) = &last.name else { return None };
        let len = name.len();
        let text = body.get(name.clone())?;
        let is_same = |other: &Member| match &other.name {
            Name::Plain(span) => span.len() == len && body.get(span.clone()) == Some(text),
            Name::Escaped(_) => true,
        };
        if earlier.iter().any(is_same) {
            return None;
        }
        let after = name.end + 1;
        let between = body.get(after..before)?;
        let lead = between.iter().position(|b| !is_blank(*b) && *b != b':')?;
        let tail = between.iter().rev().position(|b| !(is_blank(*b) || comma && *b == b','))?;
        last.value = after + lead..before - tail;
        (before, comma) = (name.start.checked_sub(1)?, true);
        rest = earlier;
    }
    Some(())
}

fn is_blank(b: u8) -> bool {
    matches!(b, b' ' | b'\t' | b'\n' | b'\r')
}

/// A name as it stands in the body.
struct PlainName;

impl<'de> DeserializeSeed<'de> for PlainName {
    type Value = &'de str;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<&'de str, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for PlainName {
    type Value = &'de str;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name without escapes")
    }

    fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<&'de str, E> {
        Ok(name)
    }
}

fn member(body: &str, name: &str) -> Member {
    let start = name.as_ptr().addr().wrapping_sub(body.as_ptr().addr());
    Member { name: Name::Plain(start..start + name.len()), value: 0..0 }
}

struct Outer<'a> {
    body: &'a str,
    wanted: &'a [&'a str],
}

impl<'de> Visitor<'de> for Outer<'_> {
    type Value = Found;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Found, A::Error> {
        let mut found = Found { members: Vec::with_capacity(4), inner: None };
        let mut best = usize::MAX;
        while let Some(name) = map.next_key_seed(PlainName)? {
            match self.wanted.iter().position(|wanted| *wanted == name) {
                Some(rank) if rank < best => {
                    if let Some(members) = map.next_value_seed(Inner { body: self.body })? {
                        found.inner = Some((found.members.len(), members));
                        best = rank;
                    }
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
            found.members.push(member(self.body, name));
            if found.members.len() > MANY {
                return Err(A::Error::custom("many names"));
            }
        }
        Ok(found)
    }
}

/// The members of an object, their values still to be set; `None` of null.
struct Inner<'a> {
    body: &'a str,
}

impl<'de> DeserializeSeed<'de> for Inner<'_> {
    type Value = Option<Vec<Member>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Inner<'_> {
    type Value = Option<Vec<Member>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or null")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::with_capacity(16);
        while let Some(name) = map.next_key_seed(PlainName)? {
            map.next_value::<IgnoredAny>()?;
            members.push(member(self.body, name));
            if members.len() > MANY {
                return Err(A::Error::custom("many names"));
            }
        }
        Ok(Some(members))
    }
}
