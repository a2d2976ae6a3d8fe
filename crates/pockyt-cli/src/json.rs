//! JSON as it is written here: compact, and in ASCII alone.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

/// A value as JSON, without a line end.
///
/// What is not printable ASCII is escaped: programs that split lines at U+2028 or U+0085 read whole
/// answers, and a terminal gets no control character of a message.
pub(crate) fn to_vec(value: &(impl Serialize + ?Sized)) -> serde_json::Result<Vec<u8>> {
    let mut json = Vec::new();
    value.serialize(&mut serializer(&mut json))?;
    Ok(json)
}

/// An object of these pairs, every value a text; names may repeat.
pub(crate) fn object<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> serde_json::Result<String> {
    use serde::Serializer as _;
    let mut json = Vec::new();
    serializer(&mut json).collect_map(pairs)?;
    Ok(String::from_utf8_lossy(&json).into_owned())
}

fn serializer(json: &mut Vec<u8>) -> Serializer<&mut Vec<u8>, Ascii> {
    Serializer::with_formatter(json, Ascii)
}

struct Ascii;

impl Formatter for Ascii {
    /// JSON as it came: what is not ASCII can only be in texts, what ends a line only between values.
    fn write_raw_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        for line in fragment.split(['\n', '\r', '\t']) {
            self.write_string_fragment(writer, line)?;
        }
        Ok(())
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| !c.is_ascii() || c.is_ascii_control()) {
            let (plain, odd) = rest.split_at_checked(at).unwrap_or((rest, ""));
            writer.write_all(plain.as_bytes())?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = odd.get(c.len_utf8()..).unwrap_or_default();
        }
        writer.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_printable_ascii_is_escaped_and_means_the_same() {
        let text = "a\"\\/\n\u{1}\u{7f}\u{85}\u{9b}é\u{61c}\u{2028}\u{2029}\u{feff}\u{ffff}😀z";
        let json = String::from_utf8(to_vec(text).unwrap()).unwrap();
        let expected = concat!(
            r#""a\"\\/\n\u0001\u007f\u0085\u009b\u00e9\u061c\u2028\u2029\ufeff\uffff"#,
            r#"\ud83d\ude00z""#
        );
        assert_eq!(json, expected);
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }

    #[test]
    fn every_character_comes_back() {
        let text: String = ('\0'..=char::MAX).collect();
        let json = to_vec(&text).unwrap();
        assert!(json.iter().all(|b| matches!(b, b' '..=b'~')));
        assert!(serde_json::from_slice::<String>(&json).unwrap() == text);
    }

    #[test]
    fn raw_values_are_one_line_of_ascii_and_keep_their_numbers() {
        let raw = serde_json::value::RawValue::from_string(
            "{\n \t\"a\":\r\n499000.00,\"é\":\"\u{85}\"}".to_owned(),
        );
        let json = String::from_utf8(to_vec(&raw.unwrap()).unwrap()).unwrap();
        assert_eq!(json, r#"{ "a":499000.00,"\u00e9":"\u0085"}"#);
    }

    #[test]
    fn names_are_escaped_too() {
        assert_eq!(object([("é", "\u{2028}"), ("é", "1")].into_iter()).unwrap(), {
            r#"{"\u00e9":"\u2028","\u00e9":"1"}"#
        });
    }
}
