//! `pockyt verify`.

use anyhow::Context as _;
use pockyt_sign::{Received, Rejection, SigningKey, Verifier};
use serde::Serialize;

use crate::body::{self, Format};
use crate::cli::VerifyArgs;
use crate::exit::Exit;
use crate::lines;
use crate::output::{self, BAD, DOUBTFUL, GOOD};

/// What the receiving policy says, in words that stay.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Verdict {
    verdict: &'static str,
    reason: &'static str,
}

const VERIFIED: &str = "verified";
const AMBIGUOUS: &str = "ambiguous";
const REJECTED: &str = "rejected";

/// Every field was signed.
const ALL_FIELDS: &str = "all-fields";
/// Only the fields that are not empty were signed; the empty ones must be passed over.
const WITHOUT_EMPTY_FIELDS: &str = "without-empty-fields";
/// A value can be read as another field.
pub(crate) const READS_AS_ANOTHER_FIELD: &str = "reads-as-another-field";

/// Judges a raw form body.
pub(crate) fn judge_form(body: &str, key: SigningKey) -> Verdict {
    Judged::of(body.as_bytes(), Format::Form, &Verifier::new(key)).verdict
}

/// A verdict and what people want to know with it.
struct Judged {
    verdict: Verdict,
    sentence: String,
    /// The field that makes the message ambiguous.
    field: Option<String>,
}

impl Judged {
    fn of(body: &[u8], format: Format, verifier: &Verifier) -> Self {
        let received = match format {
            Format::Form => verifier.form(body),
            Format::Json => verifier.json(body),
        };
        match received {
            Ok(Received::Verified(message)) => {
                let (reason, sentence) = if message.dropped_empties() {
                    (
                        WITHOUT_EMPTY_FIELDS,
                        "the signature is right, but covers no empty field: pass those over",
                    )
                } else {
                    (ALL_FIELDS, "the signature is right and covers all fields")
                };
                Self::new(VERIFIED, reason, sentence.to_owned(), None)
            }
            Ok(Received::Ambiguous(message)) => {
                let field = message.field().to_owned();
                let sentence = format!(
                    "the signature is right, but the value of {field} could be read as another field; ask Pockyt \
                     (tran-query) before believing any of it"
                );
                Self::new(AMBIGUOUS, READS_AS_ANOTHER_FIELD, sentence, Some(field))
            }
            Err(rejection) => Self::rejected(rejection),
        }
    }

    fn rejected(rejection: Rejection) -> Self {
        let sentence = format!("{rejection} ({})", rejection.as_str());
        Self::new(REJECTED, rejection.as_str(), sentence, None)
    }

    fn new(verdict: &'static str, reason: &'static str, sentence: String, field: Option<String>) -> Self {
        Self { verdict: Verdict { verdict, reason }, sentence, field }
    }

    fn exit(&self) -> Exit {
        match self.verdict.verdict {
            VERIFIED => Exit::Fine,
            AMBIGUOUS => Exit::Ambiguous,
            _ => Exit::Rejected,
        }
    }

    fn print(&self) -> anyhow::Result<()> {
        let style = match self.exit() {
            Exit::Fine => GOOD,
            Exit::Ambiguous => DOUBTFUL,
            _ => BAD,
        };
        output::print_verdict(style, self.verdict.verdict, &self.sentence).context("cannot write the verdict")
    }

    fn print_json(&self) -> anyhow::Result<()> {
        #[derive(Serialize)]
        struct Shown<'a> {
            #[serde(flatten)]
            verdict: &'a Verdict,
            #[serde(skip_serializing_if = "Option::is_none")]
            field: Option<&'a str>,
        }
        output::print_json(&Shown { verdict: &self.verdict, field: self.field.as_deref() })
    }
}

/// Judges one body, or lines.
pub(crate) fn run(args: &VerifyArgs) -> anyhow::Result<Exit> {
    if args.lines {
        return lines::run(lines::verify);
    }
    let verifier = Verifier::new(args.token.key()?);
    let body = body::read(args.input.file.as_deref())?;
    let format = args.input.format().unwrap_or_else(|| Format::sniff(&body));
    let judged = judge_file(&body, format, &verifier);
    if args.json {
        judged.print_json()?;
    } else {
        judged.print()?;
    }
    Ok(judged.exit())
}

/// Judges a body from a file, which may have got a line end that was never sent.
fn judge_file(body: &[u8], format: Format, verifier: &Verifier) -> Judged {
    let judged = Judged::of(body, format, verifier);
    let (Exit::Rejected, Some(shorter)) = (judged.exit(), body::without_line_end(body)) else {
        return judged;
    };
    let judged = Judged::of(shorter, format, verifier);
    if judged.exit() != Exit::Rejected {
        output::note("judged without the line end at the end of the input, which nobody signed");
    }
    judged
}
