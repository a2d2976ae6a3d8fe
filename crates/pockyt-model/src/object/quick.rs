//! The quick way into an answer: one pass that notes where the names are.
//!
//! The values lie between them, so nothing else needs to be kept. Names with escapes, repeated names, very
//! many names and whatever is no object are left to the plain way, which also says what is wrong.

use std::fmt;
use std::ops::Range;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use super::members::{Member, Name, Own, Span};

/// What a body has: all its members, and which of them are whose.
pub(super) struct Found {
    pub(super) members: Vec<Member>,
    pub(super) outer: Own,
    pub(super) inner: Option<Inside>,
}

/// The member that is the wanted object.
pub(super) struct Inside {
    pub(super) name: Span,
    pub(super) value: Span,
    pub(super) own: Own,
}

/// Reads a body, and of its members `wanted` the first by that order which is an object. `None` leaves it
/// to the plain way.
pub(super) fn read(body: &str, wanted: &[&str]) -> Option<Found> {
    let mut json = serde_json::Deserializer::from_str(body);
    let mut notes = Notes { body, members: Vec::with_capacity(USUAL) };
    let outer = json.deserialize_map(Reading { notes: &mut notes, wanted }).ok()??;
    json.end().ok()?;
    notes.finish(outer)
}

/// Room for the members of most answers and of their results.
const USUAL: usize = 20;

/// More members than that are left to the plain way, so that repeated names are never sought for long.
const MOST: usize = 64;

/// The members so far.
struct Notes<'a> {
    body: &'a str,
    members: Vec<Member>,
}

/// An object that was read.
struct Level {
    /// The place of its first member among the members.
    first: usize,
    /// The places of the wanted object's members, which stand behind its own.
    inner: Option<Range<usize>>,
    /// The member whose value has no end yet: the last one.
    open: Option<usize>,
}

impl Notes<'_> {
    /// Says where the value of this member ends, if there is one.
    fn end(&mut self, open: Option<usize>, end: usize) -> Option<()> {
        if let Some(open) = open {
            self.members.get_mut(open)?.end_at(end);
        }
        Some(())
    }

    fn has(&self, places: Range<usize>, name: &str) -> bool {
        let same = |other: &Member| other.name.is(name, self.body);
        self.members.get(places).is_none_or(|members| members.iter().any(same))
    }

    fn finish(mut self, outer: Level) -> Option<Found> {
        self.end(outer.open, self.body.trim_ascii_end().len().checked_sub(1)?)?;
        let (before, after) = outer.own(self.members.len());
        let inner = match outer.inner {
            None => None,
            Some(own) => {
                let holder = self.members.get(own.start.checked_sub(1)?)?;
                let (Name::Plain(name), value) = (&holder.name, holder.value(self.body)) else { return None };
                let name = *name;
                let last = own.end.checked_sub(1).filter(|_| !own.is_empty());
                self.end(last, value.end().checked_sub(1)?)?;
                Some(Inside { name, value, own: Own { before: own.into(), after: Span::default() } })
            }
        };
        let outer = Own { before: before.into(), after: after.into() };
        Some(Found { members: self.members, outer, inner })
    }
}

impl Level {
    /// The places of its own members, before and after those of the wanted object.
    fn own(&self, end: usize) -> (Range<usize>, Range<usize>) {
        match &self.inner {
            None => (self.first..end, end..end),
            Some(inner) => (self.first..inner.start, inner.end..end),
        }
    }
}

/// Which names an object may have by now: a bit for some at a time, so that hardly one need be compared with
/// all before it.
struct Names(u64);

impl Names {
    /// Whether the name may be among them; from now on it is.
    fn may_have(&mut self, name: &str) -> bool {
        let bytes = name.as_bytes();
        let mixed = bytes.first().map_or(0, |b| usize::from(*b)) + 8 * bytes.len();
        let bit = 1 << (mixed % 64);
        let had = self.0 & bit != 0;
        self.0 |= bit;
        had
    }
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

/// Reads an object, and in it the wanted one.
struct Reading<'n, 'a> {
    notes: &'n mut Notes<'a>,
    wanted: &'a [&'a str],
}

impl<'de> DeserializeSeed<'de> for Reading<'_, '_> {
    type Value = Option<Level>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reading<'_, '_> {
    type Value = Option<Level>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or null")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let Self { notes, wanted } = self;
        let mut level = Level { first: notes.members.len(), inner: None, open: None };
        let mut names = Names(0);
        let mut best = wanted.len();
        while let Some(name) = map.next_key_seed(PlainName)? {
            if names.may_have(name) {
                let (before, after) = level.own(notes.members.len());
                if notes.has(before, name) || notes.has(after, name) {
                    return Err(odd());
                }
            }
            let span = Span::within(notes.body, name);
            // The value before it ends in front of the name's quote, and of the comma or a blank behind it.
            let open = level.open.replace(notes.members.len());
            notes.end(open, span.start().saturating_sub(2)).ok_or_else(odd)?;
            if notes.members.len() >= MOST {
                return Err(odd());
            }
            notes.members.push(Member::at(span));
            match wanted.iter().take(best).position(|wanted| *wanted == name) {
                Some(_) if level.inner.is_some() => return Err(odd()),
                Some(rank) => {
                    if let Some(inner) = map.next_value_seed(Reading { notes: &mut *notes, wanted: &[] })? {
                        level.inner = Some(inner.first..notes.members.len());
                        best = rank;
                    }
                }
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(Some(level))
    }
}

/// What leaves a body to the plain way: a name that occurs twice, many names, a better object behind one.
fn odd<E: Error>() -> E {
    E::custom("not an ordinary answer")
}
