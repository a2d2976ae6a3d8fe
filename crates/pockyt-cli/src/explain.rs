//! `pockyt explain`.

use std::path::Path;

use anyhow::Context as _;
use pockyt_sign::explain::{Explanation, Finding, Suspect, Variation};
use pockyt_sign::{Rejection, SigningKey, Verifier};
use serde::Serialize;

use crate::body::{self, Format, Pairs};
use crate::cli::ExplainArgs;
use crate::exit::Exit;
use crate::output::{self, BAD, DOUBTFUL, GOOD, printable};

/// Says why the signature of a body does not fit.
pub(crate) fn run(args: &ExplainArgs) -> anyhow::Result<Exit> {
    let tokens = args.tokens.texts()?;
    let body = body::read(args.input.file.as_deref())?;
    let format = args.input.format().unwrap_or_else(|| Format::sniff(&body));
    let body = body::without_line_end(&body).unwrap_or(&body);
    let mut suspect = match read(body, format) {
        Ok(suspect) => suspect,
        Err(rejection) => return unreadable(rejection, args.json),
    };
    for (number, token) in (1..).zip(&tokens) {
        // Not the name of its file: a label is shown, and the token is easily given there by mistake.
        suspect = suspect.token(format!("token {number}"), token);
    }
    for file in &args.older {
        suspect = suspect.older(file.display().to_string(), older(file)?);
    }
    let explanation = suspect.explain();
    let rejection = tokens.first().and_then(|token| rejection(body, format, token));
    if args.json {
        output::print_json(&Shown::of(&explanation, rejection))?;
    } else {
        print(&explanation, rejection)?;
    }
    Ok(exit(&explanation))
}

/// Why the receiving policy refuses the body, which it may do for more than the signature.
fn rejection(body: &[u8], format: Format, token: &str) -> Option<Rejection> {
    let verifier = Verifier::new(SigningKey::from_any_text(token));
    match format {
        Format::Form => verifier.form(body).err(),
        Format::Json => verifier.json(body).err(),
    }
}

fn read(body: &[u8], format: Format) -> Result<Suspect, Rejection> {
    match format {
        Format::Form => Suspect::of_form(body),
        Format::Json => Suspect::of_json(body),
    }
}

fn older(file: &Path) -> anyhow::Result<Pairs> {
    let body = body::read(Some(file))?;
    let body = body::without_line_end(&body).unwrap_or(&body);
    body::pairs(body, Format::sniff(body)).with_context(|| format!("cannot use {}", file.display()))
}

fn exit(explanation: &Explanation) -> Exit {
    match (explanation.fits(), explanation.findings()) {
        (true, _) => Exit::Fine,
        (false, []) => Exit::Rejected,
        (false, _) => Exit::Explained,
    }
}

fn unreadable(rejection: Rejection, as_json: bool) -> anyhow::Result<Exit> {
    #[derive(Serialize)]
    struct Unreadable {
        outcome: &'static str,
        reason: &'static str,
    }
    if as_json {
        output::print_json(&Unreadable { outcome: "unreadable", reason: rejection.as_str() })?;
    } else {
        output::print_verdict(BAD, "unreadable", &rejection.to_string())?;
    }
    Ok(Exit::Rejected)
}

fn print(explanation: &Explanation, rejection: Option<Rejection>) -> anyhow::Result<()> {
    match exit(explanation) {
        Exit::Fine => {
            let refused = rejection.map(|why| format!(", but the body is refused all the same: {why}"));
            let text = format!("the signature is right as it is{}", refused.unwrap_or_default());
            output::print_verdict(GOOD, "right", &text)?;
        }
        Exit::Rejected => {
            let missing = rejection.filter(|why| is_missing(*why)).map(|why| why.to_string());
            let text = missing.unwrap_or_else(|| "no known variation makes this signature".to_owned());
            output::print_verdict(BAD, "unexplained", &text)?;
        }
        _ => {
            for finding in explanation.findings() {
                output::print_verdict(DOUBTFUL, &words(finding).join(" + "), &finding.sentence())?;
                output::print(details(finding).as_bytes())?;
            }
        }
    }
    output::print(format!("  text to sign  {}\n", printable(explanation.canonical())).as_bytes())?;
    Ok(())
}

fn is_missing(rejection: Rejection) -> bool {
    matches!(rejection, Rejection::SignatureMissing | Rejection::SignatureEmpty)
}

fn details(finding: &Finding) -> String {
    let mut text = String::new();
    if finding.variations().contains(&Variation::OtherKey) {
        text.push_str(&format!("  made with     {}\n", finding.key()));
    }
    if let Some(difference) = finding.difference() {
        text.push_str(&format!("  documented    {}\n", printable(difference.documented())));
        text.push_str(&format!("  signed        {}\n", printable(difference.signed())));
    }
    text
}

fn words(finding: &Finding) -> Vec<&'static str> {
    finding.variations().iter().map(|variation| variation.as_str()).collect()
}

/// The explanation for programs.
#[derive(Serialize)]
struct Shown<'a> {
    outcome: &'static str,
    /// Why the body is refused; `null` when it is not.
    reason: Option<&'static str>,
    findings: Vec<ShownFinding<'a>>,
    canonical: &'a str,
}

#[derive(Serialize)]
struct ShownFinding<'a> {
    variations: Vec<&'static str>,
    key: &'a str,
    sentence: String,
    difference: Option<ShownDifference<'a>>,
}

#[derive(Serialize)]
struct ShownDifference<'a> {
    field: &'a str,
    documented: &'a str,
    signed: &'a str,
}

impl<'a> Shown<'a> {
    fn of(explanation: &'a Explanation, rejection: Option<Rejection>) -> Self {
        let outcome = match exit(explanation) {
            Exit::Fine => "right",
            Exit::Rejected => "unexplained",
            _ => "explained",
        };
        let findings = explanation.findings().iter().map(|finding| ShownFinding {
            variations: words(finding),
            key: finding.key(),
            sentence: finding.sentence(),
            difference: finding.difference().map(|difference| ShownDifference {
                field: difference.field(),
                documented: difference.documented(),
                signed: difference.signed(),
            }),
        });
        Self {
            outcome,
            reason: rejection.map(Rejection::as_str),
            findings: findings.collect(),
            canonical: explanation.canonical(),
        }
    }
}
