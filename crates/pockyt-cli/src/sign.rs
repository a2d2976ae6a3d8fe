//! `pockyt sign`.

use anyhow::Context as _;
use pockyt_sign::explain::masked;
use pockyt_sign::send::{self, Refusal, RefusalKind};
use pockyt_sign::{Signature, SigningKey, VERIFY_SIGN, algorithm, reads_as_another_field};
use serde::Serialize;

use crate::body::{self, Format, Pairs};
use crate::cli::{BodyKind, SignArgs};
use crate::exit::{Exit, usage};
use crate::json;
use crate::lines;
use crate::output::{self, BAD, printable};

/// Signs one set of parameters, or lines.
pub(crate) fn run(args: &SignArgs) -> anyhow::Result<Exit> {
    if args.lines {
        return lines::run(lines::sign);
    }
    let key = args.token.key()?;
    let mut pairs = given(args)?;
    let signature = if args.pure {
        pairs.retain(|(name, _)| name != VERIFY_SIGN);
        algorithm::signature(&pairs, &key)
    } else {
        match sign(&pairs, &key) {
            Ok(signature) => signature,
            Err(refusal) => return refused(&refusal, &pairs, args.json),
        }
    };
    let answer = Answer::new(args, &pairs, &signature)?;
    if args.json {
        output::print_json(&answer)?;
    } else {
        output::print(answer.text().as_bytes())?;
    }
    Ok(Exit::Fine)
}

/// The parameters on the command line, after those of a body.
fn given(args: &SignArgs) -> anyhow::Result<Pairs> {
    let file = args.form.as_deref().zip(Some(Format::Form));
    let mut pairs = match file.or(args.json_body.as_deref().zip(Some(Format::Json))) {
        None => Pairs::new(),
        Some((path, format)) => {
            let body = body::read(Some(path))?;
            let body = body::without_line_end(&body).unwrap_or(&body);
            body::pairs(body, format).context("the body cannot be signed")?
        }
    };
    for (place, param) in (1..).zip(&args.params) {
        let pair = param.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
        pairs.push(pair.ok_or_else(|| usage(format!("parameter {place} is not of the form name=value")))?);
    }
    Ok(pairs)
}

/// Signs by the sending policy, and says what the policy leaves to the caller.
fn sign(pairs: &Pairs, key: &SigningKey) -> Result<Signature, Refusal> {
    let signature = send::sign(pairs, key)?;
    for (name, _) in pairs.iter().filter(|(_, value)| reads_as_another_field(value)) {
        output::note(&format!(
            "the value of {name} could be read as another field: fine in a URL, but a notification that \
             echoes it will be ambiguous"
        ));
    }
    Ok(signature)
}

fn refused(refusal: &Refusal, pairs: &Pairs, as_json: bool) -> anyhow::Result<Exit> {
    #[derive(Serialize)]
    struct Refused<'a> {
        refused: &'a str,
        /// Counted from 0.
        position: usize,
    }
    let what = match refusal.kind() {
        RefusalKind::AlreadySigned => "is the signature itself; leave it out",
        RefusalKind::DuplicateName => "is there twice",
        RefusalKind::EmptyValue => "is empty; leave it out",
        RefusalKind::NameNotAllowed => "has a name that is not [A-Za-z_][A-Za-z0-9_]*",
        _ => "is not allowed",
    };
    let position = refusal.position();
    if as_json {
        output::print_json(&Refused { refused: refusal.kind().as_str(), position })?;
    } else {
        let name = pairs.get(position).map(|(name, _)| name.as_str()).unwrap_or_default();
        let text = format!("parameter {} ({name}) {what} (--pure signs all the same)", position + 1);
        output::print_verdict(BAD, "refused", &text)?;
    }
    Ok(Exit::Rejected)
}

/// What is printed.
#[derive(Serialize)]
struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    canonical: Option<String>,
    signature: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
}

impl Answer {
    fn new(args: &SignArgs, pairs: &Pairs, signature: &Signature) -> anyhow::Result<Self> {
        let fields = || {
            let fields = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            fields.chain([(VERIFY_SIGN, signature.as_str())])
        };
        Ok(Self {
            canonical: args.canonical.show_canonical.then(|| canonical(pairs, args.canonical.reveal)),
            signature: signature.as_str().to_owned(),
            body: match args.body {
                None => None,
                Some(BodyKind::Form) => Some(body::to_form(fields())),
                Some(BodyKind::Json) => Some(json::object(fields())?),
            },
        })
    }

    /// One thing stands alone, ready for `$(…)`; several have their names before them.
    fn text(&self) -> String {
        match (&self.canonical, &self.body) {
            (None, None) => format!("{}\n", self.signature),
            (None, Some(body)) => format!("{body}\n"),
            (Some(canonical), body) => {
                let mut text =
                    format!("canonical  {}\nsignature  {}\n", printable(canonical), self.signature);
                if let Some(body) = body {
                    text.push_str(&format!("body       {}\n", printable(body)));
                }
                text
            }
        }
    }
}

fn canonical(pairs: &Pairs, reveal: bool) -> String {
    if reveal { algorithm::canonical_text(pairs) } else { masked(pairs) }
}
