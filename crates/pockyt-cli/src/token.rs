//! Where the API token comes from. It is never printed, and neither is the name of its file, since the
//! token itself is easily given there by mistake.

use std::env::{self, VarError};
use std::fs;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use pockyt_sign::{ApiToken, SigningKey};
use zeroize::Zeroizing;

use crate::exit::usage;
use crate::output;

const VARIABLE: &str = "POCKYT_API_TOKEN";

/// The token; without either, POCKYT_API_TOKEN has it, or it is asked for on a terminal.
#[derive(Args)]
pub(crate) struct TokenArgs {
    /// Read the API token from a file. A final line end is not part of it. [else: POCKYT_API_TOKEN, or a
    /// prompt on a terminal]
    #[arg(long, value_name = "FILE", conflicts_with = "token")]
    token_file: Option<PathBuf>,
    /// The API token itself. Other users of the machine can read command lines: prefer --token-file.
    #[arg(long, allow_hyphen_values = true)]
    token: Option<String>,
}

impl TokenArgs {
    /// The key of the token, which must be one that can be used safely.
    pub(crate) fn key(&self) -> anyhow::Result<SigningKey> {
        Ok(SigningKey::new(&self.token()?))
    }

    /// The token, which must be one that can be used safely.
    pub(crate) fn token(&self) -> anyhow::Result<ApiToken> {
        let text = given(self.token.as_deref(), self.token_file.as_deref())?;
        let token = ApiToken::new(text.as_str()).map_err(|error| usage(error.to_string()))?;
        note_if_published(&text);
        Ok(token)
    }
}

/// The tokens that may have been used; without any, POCKYT_API_TOKEN or the prompt as for one.
#[derive(Args)]
pub(crate) struct TokensArgs {
    /// Read an API token from a file; repeatable, the one that should fit first. A final line end is not
    /// part of it. [else: POCKYT_API_TOKEN, or a prompt on a terminal]
    #[arg(long, value_name = "FILE", conflicts_with = "token")]
    token_file: Vec<PathBuf>,
    /// An API token itself; repeatable too. Other users of the machine can read command lines: prefer
    /// --token-file.
    #[arg(long, allow_hyphen_values = true)]
    token: Vec<String>,
}

impl TokensArgs {
    /// The tokens as they were given, padded ones too, since that may be the very fault.
    pub(crate) fn texts(&self) -> anyhow::Result<Vec<Zeroizing<String>>> {
        let (mut tokens, mut files) = (self.token.iter(), self.token_file.iter());
        let first = tokens.next().map(String::as_str);
        let mut texts = vec![given(first, files.next().map(PathBuf::as_path))?];
        for token in tokens {
            texts.push(unmarked(token, "--token")?);
        }
        for file in files {
            texts.push(from_file(file)?);
        }
        for text in &texts {
            note_if_published(text);
        }
        Ok(texts)
    }
}

fn given(token: Option<&str>, file: Option<&Path>) -> anyhow::Result<Zeroizing<String>> {
    if let Some(token) = token {
        output::warn(&format!(
            "--token: other users of this machine can read command lines; use --token-file or {VARIABLE}"
        ));
        return unmarked(token, "--token");
    }
    if let Some(path) = file {
        return from_file(path);
    }
    match env::var(VARIABLE) {
        Ok(token) if !token.is_empty() => unmarked(&Zeroizing::new(token), VARIABLE),
        Err(VarError::NotUnicode(_)) => Err(usage(format!("{VARIABLE} is not UTF-8"))),
        _ => prompt(),
    }
}

/// Says so when anybody could have signed with this token.
fn note_if_published(token: &str) {
    if SigningKey::from_any_text(token).is_published_sandbox() {
        output::note("this is a sandbox token that Pockyt publishes: anybody can sign with it");
    }
}

/// The token in a file, without the line end that editors put behind it.
fn from_file(path: &Path) -> anyhow::Result<Zeroizing<String>> {
    secret_in(path, "the token file")
}

/// The secret in a file, without the line end that editors put behind it.
pub(crate) fn secret_in(path: &Path, source: &'static str) -> anyhow::Result<Zeroizing<String>> {
    let bytes = Zeroizing::new(fs::read(path).with_context(|| format!("cannot read {source}"))?);
    let text = std::str::from_utf8(&bytes).map_err(|_| usage(format!("{source} is not UTF-8")))?;
    let text = text.strip_suffix('\n').unwrap_or(text);
    unmarked(text.strip_suffix('\r').unwrap_or(text), source)
}

/// The token, unless an editor put a byte order mark before it: it cannot be seen, and no token has one.
fn unmarked(token: &str, source: &str) -> anyhow::Result<Zeroizing<String>> {
    if token.starts_with('\u{feff}') {
        return Err(usage(format!("{source} begins with a byte order mark; leave it out")));
    }
    Ok(Zeroizing::new(token.to_owned()))
}

fn prompt() -> anyhow::Result<Zeroizing<String>> {
    let none = || usage(format!("no API token: give --token-file FILE or set {VARIABLE}"));
    // Only where somebody can see the question; a job with a terminal in reach would wait for ever.
    if !io::stderr().is_terminal() {
        return Err(none());
    }
    rpassword::prompt_password("Pockyt API token (hidden): ").map(Zeroizing::new).map_err(|_| none())
}
