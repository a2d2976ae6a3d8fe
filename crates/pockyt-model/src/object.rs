//! A JSON object as it came: ordered names with raw values, and typed views on them.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use crate::{DecodeError, FieldError, Problem};

mod from_wire;
mod quick;
pub(crate) use from_wire::FromWire;

/// An ordered list of names and raw JSON values.
///
/// Numbers keep their literal (`499000.00` stays that), unknown names stay, and serialising gives back
/// what was read, but for white space between members. A name that occurs twice is refused on reading:
/// parsers differ over which one counts.
///
/// All objects of one body share its text, so a clone is cheap and a nested object costs no copy.
///
/// `Debug` shows the names only: values may be personal.
#[derive(Clone)]
pub struct Object {
    body: Arc<str>,
    span: Range<usize>,
    path: Cow<'static, str>,
    members: Arc<Vec<Member>>,
}

#[derive(Clone)]
struct Member {
    name: Name,
    value: Range<usize>,
}

/// A name is nearly always a part of the body as it stands; one with escapes is not.
#[derive(Clone)]
enum Name {
    Escaped(Box<str>),
    Plain(Range<usize>),
}

impl Object {
    /// Reads a whole body.
    ///
    /// # Errors
    ///
    /// The body is not exactly one JSON object, or a name in it occurs twice.
    pub fn parse(body: &[u8]) -> Result<Self, DecodeError> {
        let text = std::str::from_utf8(body).map_err(|e| DecodeError::new("$", e.to_string()))?;
        Self::parse_at(Cow::Borrowed("$"), Arc::from(text), 0..text.len())
    }

    /// Reads a whole body, and of its members `wanted` the first by that order that is an object: the same as
    /// [`Object::parse`] and [`Object::first_object`], in one pass where the body is an ordinary one.
    pub(crate) fn parse_answer(body: &[u8], wanted: &[&str]) -> Result<(Self, Option<Self>), DecodeError> {
        let text = std::str::from_utf8(body).map_err(|e| DecodeError::new("$", e.to_string()))?;
        match Self::quickly(text, wanted) {
            Some(read) => Ok(read),
            None => Ok((Self::parse_at(Cow::Borrowed("$"), Arc::from(text), 0..text.len())?, None)),
        }
    }

    fn quickly(text: &str, wanted: &[&str]) -> Option<(Self, Option<Self>)> {
        let found = quick::read(text, wanted)?;
        let body: Arc<str> = Arc::from(text);
        let inner = found.inner.and_then(|(at, members)| {
            let member = found.members.get(at)?;
            let Name::Plain(name) = &member.name else { return None };
            let path = match part(text, name) {
                // The usual name of a result costs no allocation.
                "result" => Cow::Borrowed("$.result"),
                other => ["$.", other].concat().into(),
            };
            Some(Self { body: Arc::clone(&body), span: member.value.clone(), path, members: members.into() })
        });
        let outer =
            Self { body, span: 0..text.len(), path: Cow::Borrowed("$"), members: found.members.into() };
        Some((outer, inner))
    }

    fn parse_at(path: Cow<'static, str>, body: Arc<str>, span: Range<usize>) -> Result<Self, DecodeError> {
        let text = part(&body, &span);
        let mut json = serde_json::Deserializer::from_str(text);
        let read = json
            .deserialize_map(MembersVisitor { text, offset: span.start })
            .and_then(|members| json.end().map(|()| members));
        match read {
            Ok(members) => Ok(Self { body, span, path, members: members.into() }),
            // serde_json's messages quote at most a token of the body; none of it is repeated here but its place.
            Err(e) => {
                let place = format!("line {}, column {}", e.line(), e.column());
                Err(DecodeError::new(path, format!("not one JSON object with unique names ({place})")))
            }
        }
    }

    /// The object's own text, exactly as it came.
    pub fn as_str(&self) -> &str {
        part(&self.body, &self.span)
    }

    /// The raw JSON text of a member.
    pub fn raw(&self, name: &str) -> Option<&str> {
        self.span_of(name).map(|span| part(&self.body, &span))
    }

    fn span_of(&self, name: &str) -> Option<Range<usize>> {
        self.members.iter().find(|member| self.is_named(member, name)).map(|member| member.value.clone())
    }

    fn is_named(&self, member: &Member, name: &str) -> bool {
        match &member.name {
            Name::Escaped(escaped) => **escaped == *name,
            // Most names differ in length, which costs less to see than to take the part.
            Name::Plain(span) => {
                span.len() == name.len() && self.body.as_bytes().get(span.clone()) == Some(name.as_bytes())
            }
        }
    }

    fn name<'a>(&'a self, member: &'a Member) -> &'a str {
        match &member.name {
            Name::Escaped(name) => name,
            Name::Plain(span) => part(&self.body, span),
        }
    }

    /// The names in the order in which they came.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(|member| self.name(member))
    }

    /// A member as text: strings unescaped, numbers, booleans, arrays and objects by their literal.
    /// `None` when it is absent, null, or a string with half a pair of surrogates, which is no text.
    pub fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        self.read_text(name).ok().flatten()
    }

    fn read_text(&self, name: &str) -> Result<Option<Cow<'_, str>>, &'static str> {
        let Some(raw) = self.raw(name) else { return Ok(None) };
        match raw.as_bytes().first() {
            Some(b'n') => Ok(None),
            Some(b'"') => match raw.get(1..raw.len().saturating_sub(1)) {
                Some(inner) if !inner.contains('\\') => Ok(Some(Cow::Borrowed(inner))),
                _ => serde_json::from_str::<String>(raw)
                    .map(|text| Some(Cow::Owned(text)))
                    .map_err(|_| "has half a pair of surrogates"),
            },
            _ => Ok(Some(Cow::Borrowed(raw))),
        }
    }

    /// A member that is itself an object. `None` when it is absent or null.
    ///
    /// # Errors
    ///
    /// It is something else, or a name in it occurs twice.
    pub fn object(&self, name: &str) -> Result<Option<Self>, DecodeError> {
        match self.span_of(name) {
            None => Ok(None),
            Some(span) if part(&self.body, &span) == "null" => Ok(None),
            Some(span) => Self::parse_at(self.path_of(name).into(), Arc::clone(&self.body), span).map(Some),
        }
    }

    /// A member that is an array of objects; an absent or null one is empty, and so is an empty string.
    ///
    /// # Errors
    ///
    /// It is something else, or has more than 100,000 items.
    pub fn objects(&self, name: &str) -> Result<Vec<Self>, DecodeError> {
        let is_nothing = |span: &Range<usize>| ["null", "\"\""].contains(&part(&self.body, span));
        let Some(span) = self.span_of(name).filter(|span| !is_nothing(span)) else { return Ok(Vec::new()) };
        let path = self.path_of(name);
        let raw = part(&self.body, &span);
        let items: Vec<&RawValue> =
            serde_json::from_str(raw).map_err(|_| DecodeError::new(path.clone(), "not a JSON array"))?;
        if items.len() > MOST_ITEMS {
            return Err(DecodeError::new(path, "more than 100,000 items"));
        }
        let read = |(i, item): (usize, &&RawValue)| {
            let span = within(raw, span.start, item.get());
            Self::parse_at(format!("{path}[{i}]").into(), Arc::clone(&self.body), span)
        };
        items.iter().enumerate().map(read).collect()
    }

    /// The first of the members that is there.
    pub(crate) fn first_object(&self, names: &[&str]) -> Result<Option<Self>, DecodeError> {
        for name in names {
            if let Some(object) = self.object(name)? {
                return Ok(Some(object));
            }
        }
        Ok(None)
    }

    /// The first of the members that is there and not empty.
    pub(crate) fn first_list(&self, names: &[&str]) -> Result<Vec<Self>, DecodeError> {
        for name in names {
            let items = self.objects(name)?;
            if !items.is_empty() {
                return Ok(items);
            }
        }
        Ok(Vec::new())
    }

    pub(crate) fn required<T: FromWire>(&self, names: &[&str]) -> Result<T, FieldError> {
        self.optional(names)?.ok_or_else(|| self.error(names, Problem::Missing))
    }

    /// The first of the names that has a value; an empty string is none, unless the type takes it.
    pub(crate) fn optional<T: FromWire>(&self, names: &[&str]) -> Result<Option<T>, FieldError> {
        for name in names {
            let malformed = |rule| self.error(&[name], Problem::Malformed(rule));
            let Some(text) = self.read_text(name).map_err(malformed)? else { continue };
            let read = if self.raw(name).is_some_and(|raw| raw.starts_with('"')) {
                T::from_wire(&text)
            } else {
                T::from_number(&text)
            };
            match read {
                Err(_) if text.is_empty() => {}
                read => return read.map(Some).map_err(malformed),
            }
        }
        Ok(None)
    }

    /// Writes the members that say which order an answer is about, and its state.
    pub(crate) fn show(&self, title: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: [&str; 14] = [
            "transactionNo",
            "reference",
            "refundTransactionNo",
            "refundTransactionId",
            "refundReference",
            "refundAmount",
            "amount",
            "currency",
            "status",
            "transactionStatus",
            "autoDebitNo",
            "autoReference",
            "invoiceId",
            "recordNo",
        ];
        let mut shown = f.debug_struct(title);
        for name in SHOWN {
            // Only what looks like an identifier, an amount or a word: a server may write anything there.
            let plain = |text: &str| text.len() <= 64 && text.bytes().all(|b| b.is_ascii_graphic());
            if let Some(text) = self.text(name).filter(|text| plain(text)) {
                shown.field(name, &format_args!("{text}"));
            }
        }
        shown.finish_non_exhaustive()
    }

    pub(crate) fn path_of(&self, name: &str) -> String {
        [&self.path, ".", name].concat()
    }

    fn error(&self, names: &[&str], problem: Problem) -> FieldError {
        FieldError::new(self.path_of(names.first().unwrap_or(&"")), problem)
    }
}

/// No answer of Pockyt's has a list as long; each item costs about a hundred times its own length.
const MOST_ITEMS: usize = 100_000;

impl Default for Object {
    /// `{}`.
    fn default() -> Self {
        Self { body: Arc::from("{}"), span: 0..2, path: Cow::Borrowed("$"), members: Arc::default() }
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Object")?;
        f.debug_list().entries(self.names()).finish()
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.members.len()))?;
        for member in self.members.iter() {
            // What was read as a raw value is one, so this reading of it again cannot fail.
            let raw: &RawValue =
                serde_json::from_str(part(&self.body, &member.value)).map_err(serde::ser::Error::custom)?;
            map.serialize_entry(self.name(member), raw)?;
        }
        map.end()
    }
}

/// Spans are only ever taken from the text they are used on, so the fallback is never taken.
fn part<'a>(text: &'a str, span: &Range<usize>) -> &'a str {
    text.get(span.clone()).unwrap_or_default()
}

/// Where `inner`, borrowed from `text`, is in the body in which `text` begins at `offset`.
fn within(text: &str, offset: usize, inner: &str) -> Range<usize> {
    let start = offset + inner.as_ptr().addr().saturating_sub(text.as_ptr().addr());
    start..start + inner.len()
}

struct MembersVisitor<'a> {
    text: &'a str,
    offset: usize,
}

/// From this many members on, repeated names are sought in a set: a search among all before is quick for
/// a few, and for a hostile body of a hundred thousand it would take minutes.
const MANY: usize = 32;

impl<'de> Visitor<'de> for MembersVisitor<'de> {
    type Value = Vec<Member>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<Member>, A::Error> {
        let mut members: Vec<Member> = Vec::with_capacity(16);
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
            members.push(Member {
                name: match &name {
                    Cow::Borrowed(plain) => Name::Plain(within(self.text, self.offset, plain)),
                    Cow::Owned(name) => Name::Escaped(name.as_str().into()),
                },
                value: within(self.text, self.offset, value.get()),
            });
            names.push(name);
        }
        Ok(members)
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn members(object: &Object) -> Vec<(String, String)> {
        let pair = |member| (object.name(member).to_owned(), part(&object.body, &member.value).to_owned());
        object.members.iter().map(pair).collect()
    }

    /// A JSON object with blanks anywhere, values of every kind, and now and then a result.
    fn body() -> impl Strategy<Value = String> {
        let blank = "[ \t\n]{0,2}";
        let leaf = prop_oneof![
            Just("null".to_owned()),
            Just("\"a,b:{}\"".to_owned()),
            Just("\"\\\"\\u00e9\"".to_owned()),
            Just("[1, {\"result\": 2}]".to_owned()),
            Just("-1.50".to_owned()),
            Just("{}".to_owned()),
        ];
        let name = prop_oneof![
            3 => Just("result"), 2 => Just("customer"), 2 => Just("ret_code"), 1 => Just("a\\u0062"),
            1 => Just("x"), 1 => Just("y"), 1 => Just("")
        ];
        let object = move |value: BoxedStrategy<String>| {
            prop::collection::vec((blank, name.clone(), blank, blank, value, blank), 0..5).prop_map(
                |members| {
                    let member =
                        |(a, name, b, c, value, d): (String, &str, String, String, String, String)| {
                            format!("{a}\"{name}\"{b}:{c}{value}{d}")
                        };
                    format!("{{{}}}", members.into_iter().map(member).collect::<Vec<_>>().join(","))
                },
            )
        };
        let inner = object(leaf.clone().boxed());
        let outer = object(prop_oneof![leaf, inner].boxed());
        (blank, outer, blank).prop_map(|(before, object, after)| format!("{before}{object}{after}"))
    }

    proptest! {
        /// The quick way reads what the plain way reads, or leaves it to that.
        #[test]
        fn both_ways_read_the_same(body in body()) {
            let plain = Object::parse(body.as_bytes());
            let wanted = ["customer", "result"];
            let Some((outer, inner)) = Object::quickly(&body, &wanted) else { return Ok(()) };
            let plain = plain.unwrap();
            prop_assert_eq!(members(&outer), members(&plain));
            let same = plain.first_object(&wanted).unwrap();
            prop_assert_eq!(inner.as_ref().map(members), same.as_ref().map(members));
            prop_assert_eq!(inner.map(|i| (i.path, i.span)), same.map(|s| (s.path, s.span)));
        }
    }

    #[test]
    fn an_ordinary_answer_goes_the_quick_way() {
        let body = r#" { "result" : { "a" : "1" , "b" : [ 1 , 2 ] } , "ret_code" : "000100" } "#;
        let (outer, inner) = Object::quickly(body, &["result"]).unwrap();
        assert_eq!((outer.raw("ret_code"), inner.unwrap().raw("b")), (Some("\"000100\""), Some("[ 1 , 2 ]")));
        for odd in [r#"{"a":1,"a":2}"#, r#"{"\u0061":1}"#, "[]", "{} x", "", r#"{"result":[]}"#] {
            assert!(Object::quickly(odd, &["result"]).is_none(), "{odd}");
        }
    }
}
