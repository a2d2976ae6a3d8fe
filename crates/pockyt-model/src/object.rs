//! A JSON object as it came: ordered names with raw values, and typed views on them.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use crate::{DecodeError, FieldError, Problem};

mod from_wire;
mod members;
mod plain;
mod quick;
pub(crate) use from_wire::FromWire;
use members::{Body, Member, Name, Own, Span};

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
    body: Arc<Body>,
    own: Own,
    span: Span,
    path: Cow<'static, str>,
}

impl Object {
    /// Reads a whole body.
    ///
    /// # Errors
    ///
    /// The body is not exactly one JSON object, a name in it occurs twice, or it has 4 GiB or more.
    pub fn parse(body: &[u8]) -> Result<Self, DecodeError> {
        Self::parse_answer(body, &[]).map(|(object, _)| object)
    }

    /// Reads a whole body, and of its members `wanted` the first by that order that is an object: the same as
    /// [`Object::parse`] and [`Object::first_object`], in one pass where the body is an ordinary one.
    pub(crate) fn parse_answer(body: &[u8], wanted: &[&str]) -> Result<(Self, Option<Self>), DecodeError> {
        let text = std::str::from_utf8(body).map_err(|e| DecodeError::new("$", e.to_string()))?;
        if u32::try_from(text.len()).is_err() {
            return Err(DecodeError::new("$", "4 GiB or more"));
        }
        match Self::quickly(text, wanted) {
            Some(read) => Ok(read),
            None => Ok((Self::plainly(text)?, None)),
        }
    }

    fn plainly(text: &str) -> Result<Self, DecodeError> {
        let (span, path) = (Span::new(0, text.len()), "$");
        let mut members = Vec::new();
        let own = plain::read(text, span, path, &mut members)?;
        Ok(Self { body: Body::new(text, members, own), own, span, path: Cow::Borrowed(path) })
    }

    fn quickly(text: &str, wanted: &[&str]) -> Option<(Self, Option<Self>)> {
        let found = quick::read(text, wanted)?;
        let body = Body::new(text, found.members, found.outer);
        let inner = found.inner.map(|inner| {
            let path = match inner.name.of(text) {
                // The usual name of a result costs no allocation.
                "result" => Cow::Borrowed("$.result"),
                other => ["$.", other].concat().into(),
            };
            Self { body: Arc::clone(&body), own: inner.own, span: inner.value, path }
        });
        let outer = Self { body, own: found.outer, span: Span::new(0, text.len()), path: Cow::Borrowed("$") };
        Some((outer, inner))
    }

    fn inside(&self, span: Span, path: String) -> Result<Self, DecodeError> {
        let mut members = Vec::new();
        let own = plain::read(self.body.text(), span, &path, &mut members)?;
        Ok(Self { body: self.body.with(members), own, span, path: path.into() })
    }

    /// The whole body that it is a part of.
    #[must_use]
    pub fn root(&self) -> Self {
        let (body, own) = self.body.root();
        let span = Span::new(0, body.text().len());
        Self { body, own, span, path: Cow::Borrowed("$") }
    }

    /// The object's own text, exactly as it came.
    pub fn as_str(&self) -> &str {
        self.part(self.span)
    }

    /// The raw JSON text of a member.
    pub fn raw(&self, name: &str) -> Option<&str> {
        self.span_of(name).map(|span| self.part(span))
    }

    fn part(&self, span: Span) -> &str {
        span.of(self.body.text())
    }

    #[inline]
    fn span_of(&self, name: &str) -> Option<Span> {
        self.body.find(&self.own, name).map(|member| member.value)
    }

    fn members(&self) -> impl Iterator<Item = &Member> {
        self.body.members(&self.own)
    }

    fn name<'a>(&'a self, member: &'a Member) -> &'a str {
        match &member.name {
            Name::Escaped(name) => name,
            Name::Plain(span) => self.part(*span),
        }
    }

    /// The names in the order in which they came.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.members().map(|member| self.name(member))
    }

    /// A member as text: strings unescaped, numbers, booleans, arrays and objects by their literal.
    /// `None` when it is absent, null, or a string with half a pair of surrogates, which is no text.
    pub fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        self.read(name).ok().flatten().map(|(text, _)| text)
    }

    /// A member as text, and what it was.
    #[inline]
    fn read(&self, name: &str) -> Result<Option<(Cow<'_, str>, Kind)>, &'static str> {
        let Some(span) = self.span_of(name) else { return Ok(None) };
        let text = self.body.text();
        match text.as_bytes().get(span.start()) {
            Some(b'n') => Ok(None),
            Some(b'"') => match text.get(span.start() + 1..span.end().saturating_sub(1)) {
                Some(inner) if !self.body.escapes || !inner.contains('\\') => {
                    Ok(Some((Cow::Borrowed(inner), Kind::String)))
                }
                _ => serde_json::from_str::<String>(span.of(text))
                    .map(|text| Some((Cow::Owned(text), Kind::String)))
                    .map_err(|_| "has half a pair of surrogates"),
            },
            _ => Ok(Some((Cow::Borrowed(span.of(text)), Kind::Literal))),
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
            Some(span) if self.part(span) == "null" => Ok(None),
            Some(span) => self.inside(span, self.path_of(name)).map(Some),
        }
    }

    /// A member that is an array of objects; an absent or null one is empty, and so is an empty string.
    ///
    /// # Errors
    ///
    /// It is something else, or has more than 100,000 items.
    pub fn objects(&self, name: &str) -> Result<Vec<Self>, DecodeError> {
        let is_nothing = |span: &Span| ["null", "\"\""].contains(&self.part(*span));
        let Some(list) = self.span_of(name).filter(|span| !is_nothing(span)) else { return Ok(Vec::new()) };
        let path = self.path_of(name);
        let items: Vec<&RawValue> = serde_json::from_str(self.part(list))
            .map_err(|_| DecodeError::new(path.clone(), "not a JSON array"))?;
        if items.len() > MOST_ITEMS {
            return Err(DecodeError::new(path, "more than 100,000 items"));
        }
        let text = self.body.text();
        let mut members = Vec::new();
        let mut places = Vec::with_capacity(items.len());
        for (i, item) in items.iter().enumerate() {
            let path = format!("{path}[{i}]");
            let span = Span::within(text, item.get());
            let own = plain::read(text, span, &path, &mut members)?;
            places.push((own, span, path));
        }
        // The items have their members in one place: a list costs no two allocations for each.
        let body = self.body.with(members);
        let object = |(own, span, path)| Self { body: Arc::clone(&body), own, span, path: Cow::Owned(path) };
        Ok(places.into_iter().map(object).collect())
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
            let Some((text, kind)) = self.read(name).map_err(malformed)? else { continue };
            let read = match kind {
                Kind::Literal => T::from_number(&text),
                Kind::String => T::from_wire(&text),
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

/// What a value was: a string, or a number or another literal.
#[derive(Clone, Copy)]
enum Kind {
    Literal,
    String,
}

/// No answer of Pockyt's has a list as long; each item costs about a hundred times its own length.
const MOST_ITEMS: usize = 100_000;

impl Default for Object {
    /// `{}`.
    fn default() -> Self {
        Self {
            body: Body::new("{}", Vec::new(), Own::default()),
            own: Own::default(),
            span: Span::new(0, 2),
            path: Cow::Borrowed("$"),
        }
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
        let mut map = serializer.serialize_map(Some(self.members().count()))?;
        for member in self.members() {
            // What was read as a raw value is one, so this reading of it again cannot fail.
            let raw: &RawValue =
                serde_json::from_str(self.part(member.value)).map_err(serde::ser::Error::custom)?;
            map.serialize_entry(self.name(member), raw)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn members(object: &Object) -> Vec<(String, String)> {
        let pair = |member| (object.name(member).to_owned(), object.part(member.value).to_owned());
        object.members().map(pair).collect()
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

    /// Such an object with one of its characters replaced, or without it: mostly it is no JSON then.
    fn spoilt_body() -> impl Strategy<Value = String> {
        let instead = prop::sample::select(vec![
            "", "{", "}", "[", "]", ",", ":", "\"", "\\", "n", "1", "-", ".", " ", "\u{0}", "\u{1f}", "é",
        ]);
        (body(), any::<prop::sample::Index>(), instead).prop_map(|(mut body, at, instead)| {
            let (place, old) = *at.get(&body.char_indices().collect::<Vec<_>>());
            body.replace_range(place..place + old.len_utf8(), instead);
            body
        })
    }

    fn assert_both_read_the_same(body: &str) -> Result<(), TestCaseError> {
        let wanted = ["customer", "result"];
        let Some((outer, inner)) = Object::quickly(body, &wanted) else { return Ok(()) };
        let plain = Object::plainly(body).map_err(|e| TestCaseError::fail(e.to_string()))?;
        prop_assert_eq!(members(&outer), members(&plain));
        let same = plain.first_object(&wanted).unwrap();
        prop_assert_eq!(inner.as_ref().map(members), same.as_ref().map(members));
        prop_assert_eq!(inner.map(|i| (i.path, i.span)), same.map(|s| (s.path, s.span)));
        Ok(())
    }

    proptest! {
        /// The quick way reads what the plain way reads, or leaves it to that.
        #[test]
        fn both_ways_read_the_same(body in body()) {
            assert_both_read_the_same(&body)?;
        }

        #[test]
        fn what_the_plain_way_refuses_the_quick_way_does_not_read(body in spoilt_body()) {
            assert_both_read_the_same(&body)?;
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
