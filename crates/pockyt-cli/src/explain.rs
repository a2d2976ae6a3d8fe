//! `pockyt explain`.

use std::path::PathBuf;

use anyhow::Context as _;
use pockyt_sign::explain::{Explanation, Finding, Suspect, Variation};
use pockyt_sign::{Received, Rejection, SigningKey, Verifier};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::body::{self, Format, Pairs};
use crate::cli::ExplainArgs;
use crate::exit::Exit;
use crate::output::{self, BAD, DOUBTFUL, GOOD, printable};
use crate::verify::READS_AS_ANOTHER_FIELD;

/// Says why the signature of a body does not fit.
pub(crate) fn run(args: &ExplainArgs) -> anyhow::Result<Exit> {
    let known = Known { tokens: args.tokens.texts()?, older: older(&args.older)? };
    let body = body::read(args.input.file.as_deref())?;
    let format = args.input.format().unwrap_or_else(|| Format::sniff(&body));
    let told = match told_of_file(&body, format, &known) {
        Ok(told) => told,
        Err(rejection) => return unreadable(rejection, args.json),
    };
    if args.json {
        output::print_json(&Shown::of(&told))?;
    } else {
        print(&told)?;
    }
    Ok(told.exit())
}

/// What the signature may have been made with.
struct Known {
    tokens: Vec<Zeroizing<String>>,
    older: Vec<(String, Pairs)>,
}

/// What can be told of a body.
struct Told {
    explanation: Explanation,
    verdict: Verdict,
}

/// What the receiving policy says with the first token; it may refuse more than the signature.
enum Verdict {
    Verified,
    /// The named field can be read as another one.
    Ambiguous(String),
    Rejected(Rejection),
}

/// Explains a body from a file, which may have got a line end that was never sent.
fn told_of_file(body: &[u8], format: Format, known: &Known) -> Result<Told, Rejection> {
    let told = Told::of(body, format, known);
    let (false, Some(shorter)) = (told.as_ref().is_ok_and(Told::is_right), body::without_line_end(body))
    else {
        return told;
    };
    let without = Told::of(shorter, format, known);
    let rank = |told: &Result<Told, Rejection>| told.as_ref().map_or(0, Told::rank);
    if rank(&without) < rank(&told) {
        return told;
    }
    if format == Format::Form && rank(&without) > UNEXPLAINED {
        output::note("explained without the line end at the end of the input, which nobody signed");
    }
    without
}

/// See [`Told::rank`].
const UNEXPLAINED: u8 = 1;

impl Told {
    fn of(body: &[u8], format: Format, known: &Known) -> Result<Self, Rejection> {
        let mut suspect = match format {
            Format::Form => Suspect::of_form(body)?,
            Format::Json => Suspect::of_json(body)?,
        };
        for (number, token) in (1..).zip(&known.tokens) {
            // Not the name of its file: a label is shown, and the token is easily given there by mistake.
            suspect = suspect.token(format!("token {number}"), token);
        }
        for (label, pairs) in &known.older {
            suspect = suspect.older(label.clone(), pairs.iter().cloned());
        }
        let token = known.tokens.first().map_or("", |token| token.as_str());
        Ok(Self { explanation: suspect.explain(), verdict: Verdict::of(body, format, token) })
    }

    /// Whether the body needs no other reading: the signature is right by the bare rule or by the policy.
    fn is_right(&self) -> bool {
        self.explanation.fits() || !matches!(self.verdict, Verdict::Rejected(_))
    }

    /// How much is told; nothing is less than an unexplained signature.
    fn rank(&self) -> u8 {
        match (self.is_right(), self.explanation.findings()) {
            (true, _) => 3,
            (false, [_, ..]) => 2,
            (false, []) => UNEXPLAINED,
        }
    }

    fn exit(&self) -> Exit {
        match (self.explanation.fits(), &self.verdict, self.explanation.findings()) {
            (true, Verdict::Ambiguous(_), _) => Exit::Ambiguous,
            (true, ..) => Exit::Fine,
            (false, _, []) => Exit::Rejected,
            (false, ..) => Exit::Explained,
        }
    }
}

impl Verdict {
    fn of(body: &[u8], format: Format, token: &str) -> Self {
        let verifier = Verifier::new(SigningKey::from_any_text(token));
        let received = match format {
            Format::Form => verifier.form(body),
            Format::Json => verifier.json(body),
        };
        match received {
            Ok(Received::Verified(_)) => Self::Verified,
            Ok(Received::Ambiguous(message)) => Self::Ambiguous(message.field().to_owned()),
            Err(rejection) => Self::Rejected(rejection),
        }
    }

    /// The word for it; none when there is nothing to object to.
    fn reason(&self) -> Option<&'static str> {
        match self {
            Self::Verified => None,
            Self::Ambiguous(_) => Some(READS_AS_ANOTHER_FIELD),
            Self::Rejected(rejection) => Some(rejection.as_str()),
        }
    }

    fn field(&self) -> Option<&str> {
        if let Self::Ambiguous(field) = self { Some(field) } else { None }
    }
}

/// The older bodies, each as it is and without a line end that an editor may have put behind it.
fn older(files: &[PathBuf]) -> anyhow::Result<Vec<(String, Pairs)>> {
    let mut all = Vec::new();
    for (number, file) in (1..).zip(files) {
        let body = body::read(Some(file)).with_context(|| format!("--older, number {number}"))?;
        let format = Format::sniff(&body);
        let label = file.display().to_string();
        let pairs = body::pairs(&body, format).with_context(|| format!("cannot use {label}"))?;
        all.push((label.clone(), pairs));
        let shorter = body::without_line_end(&body).map(|body| body::pairs(body, format));
        all.extend(shorter.and_then(Result::ok).map(|pairs| (label, pairs)));
    }
    Ok(all)
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

fn print(told: &Told) -> anyhow::Result<()> {
    let Told { explanation, verdict } = told;
    match told.exit() {
        Exit::Fine => {
            let text = match verdict {
                Verdict::Rejected(why) => format!(", but the body is refused all the same: {why}"),
                _ => String::new(),
            };
            output::print_verdict(GOOD, "right", &format!("the signature is right as it is{text}"))?;
        }
        Exit::Ambiguous => {
            let text = format!("the signature is right, but {}", ambiguity(verdict));
            output::print_verdict(DOUBTFUL, "right", &text)?;
        }
        Exit::Rejected => {
            let text = match verdict {
                Verdict::Rejected(why) if is_missing(*why) => why.to_string(),
                _ => "no known variation makes this signature".to_owned(),
            };
            output::print_verdict(BAD, "unexplained", &text)?;
        }
        _ => {
            for finding in explanation.findings() {
                output::print_verdict(DOUBTFUL, &words(finding).join(" + "), &finding.sentence())?;
                output::print(details(finding).as_bytes())?;
            }
            if verdict.field().is_some() {
                output::print_verdict(DOUBTFUL, "ambiguous", &ambiguity(verdict))?;
            }
        }
    }
    output::print(format!("  text to sign  {}\n", printable(explanation.canonical())).as_bytes())?;
    Ok(())
}

fn ambiguity(verdict: &Verdict) -> String {
    format!(
        "the message is ambiguous: {} could be read as another field; ask Pockyt (tran-query) before \
         believing any of it",
        verdict.field().unwrap_or_default()
    )
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
    /// Why the body is refused or ambiguous; `null` when it is not.
    reason: Option<&'static str>,
    /// The field that makes the message ambiguous.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
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
    fn of(told: &'a Told) -> Self {
        let Told { explanation, verdict } = told;
        let outcome = match told.exit() {
            Exit::Fine | Exit::Ambiguous => "right",
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
            reason: verdict.reason(),
            field: verdict.field(),
            findings: findings.collect(),
            canonical: explanation.canonical(),
        }
    }
}
