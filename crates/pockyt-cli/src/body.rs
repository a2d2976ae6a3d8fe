//! Raw bodies: reading them, telling what they are, and taking them apart.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use anyhow::Context as _;
use form_urlencoded::Serializer;
use pockyt_sign::{Rejection, decode};

/// Name and value, in the order in which they came.
pub(crate) type Pairs = Vec<(String, String)>;

/// What a body is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `application/json`, one object.
    Json,
}

impl Format {
    /// What the body looks like: no form body that Pockyt sends begins with a brace.
    pub(crate) fn sniff(body: &[u8]) -> Self {
        if body.trim_ascii_start().first() == Some(&b'{') { Self::Json } else { Self::Form }
    }
}

/// Reads a file, or standard input for `-` and for nothing. An error does not name the file: a token, or
/// a piece of one, is easily given there by mistake.
pub(crate) fn read(file: Option<&Path>) -> anyhow::Result<Vec<u8>> {
    match file {
        Some(path) if path.as_os_str() != "-" => fs::read(path).context("cannot read the file of the body"),
        _ => {
            let mut body = Vec::new();
            io::stdin().lock().read_to_end(&mut body).context("cannot read standard input")?;
            Ok(body)
        }
    }
}

/// The body without the line end that an editor or `echo` put behind it; `None` when there is none.
pub(crate) fn without_line_end(body: &[u8]) -> Option<&[u8]> {
    let body = body.strip_suffix(b"\n")?;
    Some(body.strip_suffix(b"\r").unwrap_or(body))
}

/// The pairs of a body. Names may repeat and be odd; what cannot be decoded exactly is refused.
pub(crate) fn pairs(body: &[u8], format: Format) -> Result<Pairs, Rejection> {
    match format {
        Format::Form => decode::form(body),
        Format::Json => decode::json(body),
    }
}

/// A form body of these pairs.
pub(crate) fn to_form<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}
