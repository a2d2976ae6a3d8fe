//! The quick way into an answer: one pass that notes the names and the values.
//!
//! What most answers are made of, objects of plain strings, is read here; any other value is given to serde_json.
//! Names with escapes, repeated names, very many names and whatever is no object are left to the plain way, which
//! also says what is wrong.

use std::ops::Range;

use serde::de::IgnoredAny;

use super::members::{Member, Name, Own, Span};
use crate::json;

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
    let mut reading = Reading { body, at: 0, members: Vec::with_capacity(USUAL) };
    let first = reading.blanks();
    let outer = reading.object(first, wanted)?;
    let end = reading.blanks();
    end.is_none().then(|| reading.found(&outer))?
}

/// Room for the members of most answers and of their results.
const USUAL: usize = 20;

/// More members than that are left to the plain way, so that repeated names are never sought for long.
const MOST: usize = 64;

/// How far the body was read, and the members so far.
struct Reading<'a> {
    body: &'a str,
    at: usize,
    members: Vec<Member>,
}

/// An object that was read.
struct Level {
    /// The place of its first member among the members.
    first: usize,
    /// The places of the wanted object's members, which stand behind its own.
    inner: Option<Range<usize>>,
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

impl Reading<'_> {
    /// Reads an object whose first byte is this, and in it the wanted one.
    fn object(&mut self, first: Option<u8>, wanted: &[&str]) -> Option<Level> {
        let mut level = Level { first: self.members.len(), inner: None };
        let mut names = Names(0);
        let mut best = wanted.len();
        self.step(first, b'{')?;
        let mut next = self.blanks();
        if next == Some(b'}') {
            self.at += 1;
            return Some(level);
        }
        loop {
            let name = self.plain_string(next)?;
            let text = name.of(self.body);
            let colon = self.blanks();
            self.step(colon, b':')?;
            if names.may_have(text) && self.has(&level, text) || self.members.len() >= MOST {
                return None;
            }
            let first = self.blanks();
            let (place, start) = (self.members.len(), self.at);
            self.members.push(Member::new(Name::Plain(name), Span::default()));
            match wanted.iter().take(best).position(|wanted| *wanted == text) {
                Some(_) if level.inner.is_some() => return None,
                Some(rank) if first == Some(b'{') => {
                    let inner = self.object(first, &[])?;
                    level.inner = Some(inner.first..self.members.len());
                    best = rank;
                }
                // A null is as good as no member; what is neither is judged by the plain way.
                Some(_) if first != Some(b'n') => return None,
                _ => self.value(first)?,
            }
            self.members.get_mut(place)?.value = Span::new(start, self.at);
            next = match self.blanks() {
                Some(b'}') => {
                    self.at += 1;
                    return Some(level);
                }
                comma => {
                    self.step(comma, b',')?;
                    self.blanks()
                }
            };
        }
    }

    /// The next byte that is no blank; it is not taken.
    fn blanks(&mut self) -> Option<u8> {
        loop {
            match self.body.as_bytes().get(self.at) {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                byte => return byte.copied(),
            }
        }
    }

    /// Takes the next byte, which must be the wanted one.
    fn step(&mut self, next: Option<u8>, wanted: u8) -> Option<()> {
        self.at += 1;
        (next == Some(wanted)).then_some(())
    }

    /// Takes a string without escapes: what is between its quotes.
    fn plain_string(&mut self, first: Option<u8>) -> Option<Span> {
        self.step(first, b'"')?;
        let (bytes, start) = (self.body.as_bytes(), self.at);
        let end = json::plain_until(bytes, start);
        self.at = end + 1;
        (bytes.get(end) == Some(&b'"')).then(|| Span::new(start, end))
    }

    /// Takes a value of any kind.
    fn value(&mut self, first: Option<u8>) -> Option<()> {
        let start = self.at;
        if first == Some(b'"') && self.plain_string(first).is_some() {
            return Some(());
        }
        let rest = self.body.get(start..)?;
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<IgnoredAny>();
        values.next()?.ok()?;
        self.at = start + values.byte_offset();
        Some(())
    }

    fn has(&self, level: &Level, name: &str) -> bool {
        let (before, after) = level.own(self.members.len());
        let same = |other: &Member| other.name.is(name, self.body);
        [before, after].into_iter().any(|own| self.members.get(own).is_none_or(|own| own.iter().any(same)))
    }

    fn found(self, outer: &Level) -> Option<Found> {
        let (before, after) = outer.own(self.members.len());
        let inner = match outer.inner.clone() {
            None => None,
            Some(own) => {
                let holder = self.members.get(own.start.checked_sub(1)?)?;
                let Name::Plain(name) = holder.name else { return None };
                let own = Own { before: own.into(), after: Span::default() };
                Some(Inside { name, value: holder.value, own })
            }
        };
        let outer = Own { before: before.into(), after: after.into() };
        Some(Found { members: self.members, outer, inner })
    }
}
