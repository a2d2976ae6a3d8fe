//! A JSON object as it came: ordered names with raw values, and typed views on them.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use crate::{Amount, Currency, DecodeError, FieldError, PockytTime, Problem, Reference, TransactionNo};
use crate::{RetCode, TransactionStatus};

/// An ordered list of names and raw JSON values.
///
/// Numbers keep their literal (`499000.00` stays that), unknown names stay, and serialising gives back
/// what was read, but for white space outside values. A name that occurs twice is refused on reading:
/// parsers differ over which one counts.
///
/// `Debug` shows the names only: values may be personal.
#[derive(Clone, Default)]
pub struct Object {
    path: String,
    members: Vec<(String, Box<RawValue>)>,
}

impl Object {
    /// Reads a whole body.
    ///
    /// # Errors
    ///
    /// The body is not exactly one JSON object, or a name in it occurs twice.
    pub fn parse(body: &[u8]) -> Result<Self, DecodeError> {
        let text = std::str::from_utf8(body).map_err(|e| DecodeError::new("$", e.to_string()))?;
        Self::parse_at("$", text)
    }

    fn parse_at(path: &str, text: &str) -> Result<Self, DecodeError> {
        // serde_json's messages quote at most a token of the body; none of it is repeated here but its place.
        let mut object: Self = serde_json::from_str(text).map_err(|e| {
            let place = format!("line {}, column {}", e.line(), e.column());
            DecodeError::new(path, format!("not one JSON object with unique names ({place})"))
        })?;
        path.clone_into(&mut object.path);
        Ok(object)
    }

    /// The raw JSON text of a member.
    pub fn raw(&self, name: &str) -> Option<&str> {
        self.members.iter().find(|(candidate, _)| candidate == name).map(|(_, value)| value.get())
    }

    /// The names in the order in which they came.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(|(name, _)| name.as_str())
    }

    /// A member as text: strings unescaped, numbers, booleans, arrays and objects by their literal.
    /// `None` when it is absent or null.
    pub fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        let raw = self.raw(name)?;
        match raw.as_bytes().first() {
            Some(b'"') => serde_json::from_str::<String>(raw).ok().map(Cow::Owned),
            Some(b'n') => None,
            _ => Some(Cow::Borrowed(raw)),
        }
    }

    /// A member that is itself an object. `None` when it is absent or null.
    ///
    /// # Errors
    ///
    /// It is something else, or a name in it occurs twice.
    pub fn object(&self, name: &str) -> Result<Option<Self>, DecodeError> {
        match self.raw(name) {
            None | Some("null") => Ok(None),
            Some(raw) => Self::parse_at(&self.path_of(name), raw).map(Some),
        }
    }

    /// A member that is an array of objects; an absent or null one is empty.
    ///
    /// # Errors
    ///
    /// It is something else.
    pub fn objects(&self, name: &str) -> Result<Vec<Self>, DecodeError> {
        let Some(raw) = self.raw(name).filter(|raw| *raw != "null") else { return Ok(Vec::new()) };
        let path = self.path_of(name);
        let items: Vec<&RawValue> =
            serde_json::from_str(raw).map_err(|_| DecodeError::new(path.as_str(), "not a JSON array"))?;
        items.iter().enumerate().map(|(i, raw)| Self::parse_at(&format!("{path}[{i}]"), raw.get())).collect()
    }

    pub(crate) fn required<T: FromWire>(&self, names: &[&str]) -> Result<T, FieldError> {
        self.optional(names)?.ok_or_else(|| self.error(names, Problem::Missing))
    }

    /// The first of the names that has a value.
    pub(crate) fn optional<T: FromWire>(&self, names: &[&str]) -> Result<Option<T>, FieldError> {
        let Some(text) = names.iter().find_map(|name| self.text(name)) else { return Ok(None) };
        T::from_wire(&text).map(Some).map_err(|rule| self.error(names, Problem::Malformed(rule)))
    }

    /// Writes the members that say which order an answer is about, and its state.
    pub(crate) fn show(&self, title: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: [&str; 10] = [
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
        ];
        let mut shown = f.debug_struct(title);
        for name in SHOWN {
            if let Some(text) = self.text(name) {
                shown.field(name, &format_args!("{text}"));
            }
        }
        shown.finish_non_exhaustive()
    }

    fn error(&self, names: &[&str], problem: Problem) -> FieldError {
        FieldError::new(self.path_of(names.first().unwrap_or(&"")), problem)
    }

    fn path_of(&self, name: &str) -> String {
        format!("{}.{name}", self.path)
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Object")?;
        f.debug_list().entries(self.names()).finish()
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor;
        impl<'de> Visitor<'de> for ObjectVisitor {
            type Value = Object;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut object = Object { path: "$".into(), members: Vec::new() };
                while let Some((name, value)) = map.next_entry::<String, Box<RawValue>>()? {
                    if object.raw(&name).is_some() {
                        return Err(A::Error::custom("a name occurs twice"));
                    }
                    object.members.push((name, value));
                }
                Ok(object)
            }
        }
        deserializer.deserialize_map(ObjectVisitor)
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.members.len()))?;
        for (name, value) in &self.members {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// A type that reads the text of a field. The error is a rule that follows the field's name.
pub(crate) trait FromWire: Sized {
    fn from_wire(text: &str) -> Result<Self, &'static str>;
}

impl FromWire for String {
    fn from_wire(text: &str) -> Result<Self, &'static str> {
        Ok(text.to_owned())
    }
}

impl FromWire for Amount {
    fn from_wire(text: &str) -> Result<Self, &'static str> {
        Self::parse(text).map_err(|_| "is not a decimal number such as 13.00")
    }
}

impl FromWire for Currency {
    fn from_wire(text: &str) -> Result<Self, &'static str> {
        Self::new(text).map_err(|_| Self::RULE)
    }
}

impl FromWire for TransactionNo {
    fn from_wire(text: &str) -> Result<Self, &'static str> {
        Self::new(text).map_err(|_| Self::RULE)
    }
}

impl FromWire for Reference {
    fn from_wire(text: &str) -> Result<Self, &'static str> {
        Self::new(text).map_err(|_| Self::RULE)
    }
}

impl FromWire for TransactionStatus {
    fn from_wire(text: &str) -> Result<Self, &'static str> {
        Ok(Self::from_wire(text))
    }
}

impl FromWire for PockytTime {
    fn from_wire(text: &str) -> Result<Self, &'static str> {
        Ok(Self::from_wire(text))
    }
}

impl FromWire for RetCode {
    fn from_wire(text: &str) -> Result<Self, &'static str> {
        Ok(Self::from_wire(text))
    }
}
