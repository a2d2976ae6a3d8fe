//! The line protocol: one JSON object in, one out, for programs that test or use the signature.

use std::io::{self, BufRead, Write};

use pockyt_sign::{SigningKey, algorithm};
use serde::{Deserialize, Serialize};
use serde_json::error::Category;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use crate::exit::Exit;
use crate::json;
use crate::verify::{self, Verdict};

/// Answers every line of standard input on standard output.
pub(crate) fn run<A: Serialize>(answer: impl Fn(&str) -> Result<A, &'static str>) -> anyhow::Result<Exit> {
    let all_good = answer_all(io::stdin().lock(), io::stdout().lock(), answer)?;
    Ok(if all_good { Exit::Fine } else { Exit::Failed })
}

/// Answers each line before it reads the next. Whether every line was as it should be.
fn answer_all<A: Serialize>(
    mut input: impl BufRead,
    mut output: impl Write,
    answer: impl Fn(&str) -> Result<A, &'static str>,
) -> io::Result<bool> {
    let mut all_good = true;
    let mut line = Zeroizing::new(Vec::new());
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            return Ok(all_good);
        }
        let text = std::str::from_utf8(&line).map_err(|_| "the line is not UTF-8");
        let mut written = match text.and_then(&answer) {
            Ok(answer) => json::to_vec(&answer)?,
            Err(error) => {
                all_good = false;
                json::to_vec(&Bad { error })?
            }
        };
        written.push(b'\n');
        output.write_all(&written)?;
        output.flush()?;
    }
}

/// Instead of an answer. The text says what is wrong and repeats nothing of the line.
#[derive(Serialize)]
struct Bad {
    error: &'static str,
}

#[derive(Serialize)]
pub(crate) struct Signed {
    canonical: String,
    signature: String,
}

/// Answers a line of `sign --lines` by the pure algorithm.
pub(crate) fn sign(line: &str) -> Result<Signed, &'static str> {
    let members = Members::read(line)?;
    let token = members.token()?;
    let params = members.params.ok_or("there is no params")?;
    let params: Vec<(String, String)> =
        serde_json::from_str(params.get()).map_err(|_| "params is not a list of [name, value] texts")?;
    let signature = algorithm::signature(&params, &SigningKey::from_any_text(&token));
    Ok(Signed { canonical: algorithm::canonical_text(&params), signature: signature.as_str().to_owned() })
}

/// Answers a line of `verify --lines` by the receiving policy.
pub(crate) fn verify(line: &str) -> Result<Verdict, &'static str> {
    let members = Members::read(line)?;
    let token = members.token()?;
    let body = members.form_body.ok_or("there is no form_body")?;
    let body: String = serde_json::from_str(body.get()).map_err(|_| "form_body is not a text")?;
    Ok(verify::judge_form(&body, SigningKey::from_any_text(&token)))
}

/// What the two commands look at; whatever else is in a line is passed over.
#[derive(Deserialize)]
struct Members<'a> {
    #[serde(borrow)]
    token: Option<&'a RawValue>,
    #[serde(borrow)]
    params: Option<&'a RawValue>,
    #[serde(borrow)]
    form_body: Option<&'a RawValue>,
}

impl<'a> Members<'a> {
    fn read(line: &'a str) -> Result<Self, &'static str> {
        // Read from an array, the members would go by their places.
        if line.trim_ascii_start().starts_with('[') {
            return Err(NOT_AN_OBJECT);
        }
        serde_json::from_str(line).map_err(|error| match error.classify() {
            Category::Data if line.trim_ascii_start().starts_with('{') => "a member is there twice",
            _ => NOT_AN_OBJECT,
        })
    }

    fn token(&self) -> Result<Zeroizing<String>, &'static str> {
        let token = self.token.ok_or("there is no token")?;
        serde_json::from_str(token.get()).map(Zeroizing::new).map_err(|_| "token is not a text")
    }
}

const NOT_AN_OBJECT: &str = "the line is not one JSON object";

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(input: &[u8]) -> (String, bool) {
        let mut output = Vec::new();
        let all_good = answer_all(input, &mut output, sign).unwrap();
        (String::from_utf8(output).unwrap(), all_good)
    }

    #[test]
    fn a_last_line_without_an_end_counts_and_nothing_has_no_answer() {
        let line = br#"{"token":"t","params":[]}"#;
        let (whole, good) = answered(line);
        assert!(good && whole.ends_with("}\n") && whole.contains(r#""canonical":"","#), "{whole}");
        assert_eq!(answered(&[&line[..], b"\r\n"].concat()), (whole, true));
        assert_eq!(answered(b""), (String::new(), true));
    }

    #[test]
    fn every_wrong_line_says_why_and_repeats_nothing() {
        for (line, error) in [
            ("", NOT_AN_OBJECT),
            ("  ", NOT_AN_OBJECT),
            ("secret", NOT_AN_OBJECT),
            (r#"["secret",[]]"#, NOT_AN_OBJECT),
            (r#"["secret",[],"a=1"]"#, NOT_AN_OBJECT),
            (r#""secret""#, NOT_AN_OBJECT),
            ("1", NOT_AN_OBJECT),
            ("null", NOT_AN_OBJECT),
            (r#"{"token":"secret","params":[]"#, NOT_AN_OBJECT),
            (r#"{"token":"secret","params":[]} {}"#, NOT_AN_OBJECT),
            ("\u{feff}{}", NOT_AN_OBJECT),
            (r#"{"token":"secret","params":[],"token":"secret"}"#, "a member is there twice"),
            (r#"{"token":"secret","params":[],"params":[]}"#, "a member is there twice"),
            (r#"{"params":[]}"#, "there is no token"),
            (r#"{"token":null,"params":[]}"#, "there is no token"),
            (r#"{"token":7,"params":[]}"#, "token is not a text"),
            (r#"{"token":"\ud800","params":[]}"#, "token is not a text"),
            (r#"{"token":"secret"}"#, "there is no params"),
            (r#"{"token":"secret","params":{}}"#, "params is not a list of [name, value] texts"),
            (r#"{"token":"secret","params":["a"]}"#, "params is not a list of [name, value] texts"),
            (r#"{"token":"secret","params":[["a"]]}"#, "params is not a list of [name, value] texts"),
            (r#"{"token":"secret","params":[["a","1","2"]]}"#, "params is not a list of [name, value] texts"),
            (r#"{"token":"secret","params":[["a",1]]}"#, "params is not a list of [name, value] texts"),
            (
                r#"{"token":"secret","params":[["a","\udc00"]]}"#,
                "params is not a list of [name, value] texts",
            ),
        ] {
            assert_eq!(sign(line).err(), Some(error), "{line}");
        }
        assert_eq!(verify(r#"{"token":"t"}"#).err(), Some("there is no form_body"));
        assert_eq!(verify(r#"{"token":"t","form_body":["a=1"]}"#).err(), Some("form_body is not a text"));
    }

    #[test]
    fn members_are_told_by_their_decoded_names_and_others_are_passed_over() {
        let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
        let line = format!(r#" {{"x":{deep},"to\u006ben":"","params":[["a","1"]],"y":1e999,"x":null}}"#);
        assert_eq!(sign(&line).unwrap().canonical, "a=1&");
    }
}
