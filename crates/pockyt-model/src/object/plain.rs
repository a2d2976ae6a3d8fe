//! The plain way into an object: every name unescaped, every value a raw one.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::members::{Member, Name, Own, Span};
use crate::DecodeError;

/// Reads the object at this place of a body, and puts its members behind the others.
pub(super) fn read(
    body: &str,
    span: Span,
    path: &str,
    members: &mut Vec<Member>,
) -> Result<Own, DecodeError> {
    let first = members.len();
    let mut json = serde_json::Deserializer::from_str(span.of(body));
    match json.deserialize_map(MembersVisitor { body, members }).and_then(|()| json.end()) {
        Ok(()) => Ok(Own { before: Span::new(first, members.len()), after: Span::default() }),
        // serde_json's messages quote at most a token of the body; none of it is repeated here but its place.
        Err(e) => {
            let place = format!("line {}, column {}", e.line(), e.column());
            Err(DecodeError::new(path, format!("not one JSON object with unique names ({place})")))
        }
    }
}

struct MembersVisitor<'a> {
    body: &'a str,
    members: &'a mut Vec<Member>,
}

/// From this many members on, repeated names are sought in a set: a search among all before is quick for
/// a few, and for a hostile body of a hundred thousand it would take minutes.
const MANY: usize = 32;

impl<'de> Visitor<'de> for MembersVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut names: Vec<Cow<'de, str>> = Vec::with_capacity(16);
        let mut many: HashSet<Cow<'de, str>> = HashSet::new();
        while let Some(WireName(name)) = map.next_key()? {
            let value: &'de RawValue = map.next_value()?;
            let repeated = if names.len() < MANY {
                names.contains(&name)
            } else {
                if many.is_empty() {
                    many.extend(names.iter().cloned());
                }
                !many.insert(name.clone())
            };
            if repeated {
                return Err(A::Error::custom("a name occurs twice"));
            }
            let value = Span::within(self.body, value.get());
            let kept = match &name {
                Cow::Borrowed(plain) => Name::Plain(Span::within(self.body, plain)),
                Cow::Owned(name) => Name::Escaped(name.as_str().into()),
            };
            self.members.push(Member::new(kept, value));
            names.push(name);
        }
        Ok(())
    }
}

/// A name, borrowed where it has no escapes. (`Cow` by itself always copies.)
struct WireName<'de>(Cow<'de, str>);

impl<'de> serde::Deserialize<'de> for WireName<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;
        impl<'de> Visitor<'de> for NameVisitor {
            type Value = WireName<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E: serde::de::Error>(self, name: &'de str) -> Result<WireName<'de>, E> {
                Ok(WireName(Cow::Borrowed(name)))
            }

            fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<WireName<'de>, E> {
                Ok(WireName(Cow::Owned(name.to_owned())))
            }
        }
        deserializer.deserialize_str(NameVisitor)
    }
}
