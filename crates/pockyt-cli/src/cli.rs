//! The command line.

use std::env;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, Error, Parser, Subcommand, ValueEnum};

use crate::body::Format;
use crate::exit::CODES;
use crate::token::{TokenArgs, TokensArgs};

/// Sign, verify and explain Pockyt's verifySign signatures, make calls, poll orders and hear notifications.
#[derive(Parser)]
#[command(name = "pockyt", version, about, after_help = CODES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Cli {
    /// The command line of this process, which ends here if it is wrong or asks for help.
    pub(crate) fn read() -> Self {
        Self::try_parse()
            .unwrap_or_else(|error| if speaks_of_a_secret() { quiet(error).exit() } else { error.exit() })
    }
}

/// Whether a token, a card's data or a wallet's code may be among the arguments, though perhaps behind a
/// misspelt option, or in pieces because it was not quoted.
fn speaks_of_a_secret() -> bool {
    const WORDS: [&str; 6] = ["barcode", "card", "cvv", "secret", "token", "whsec"];
    env::args_os().skip(1).any(|arg| {
        let arg = arg.to_string_lossy().to_ascii_lowercase();
        WORDS.iter().any(|word| arg.contains(word))
    })
}

/// The error without anything that was typed; what it says of options and usage stays.
fn quiet(mut error: Error) -> Error {
    let mut typed = vec![
        ContextKind::InvalidSubcommand,
        ContextKind::Suggested,
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
        ContextKind::TrailingArg,
    ];
    if error.kind() == ErrorKind::UnknownArgument {
        // In other errors it is an option that exists.
        typed.push(ContextKind::InvalidArg);
    }
    let missing = ContextValue::String(String::new());
    if error.get(ContextKind::InvalidValue).is_some_and(|value| *value != missing) {
        typed.push(ContextKind::InvalidValue);
    }
    for kind in typed {
        error.remove(kind);
    }
    error
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Sign parameters.
    Sign(SignArgs),
    /// Say whether a signed body can be believed.
    Verify(VerifyArgs),
    /// Say why the signature of a body does not fit.
    Explain(ExplainArgs),
    /// Make a call of the API.
    #[cfg(feature = "client")]
    Call(crate::call::CallArgs),
    /// Ask for an order until its state is final.
    #[cfg(feature = "client")]
    Poll(crate::poll::PollArgs),
    /// List the operations that `call` knows, or what is known of one.
    #[cfg(feature = "client")]
    Operations(crate::operations::OperationsArgs),
    /// Hear notifications: keep each, answer `success`, and hand it on as a signed webhook or as a line.
    #[cfg(feature = "listen")]
    Listen(crate::listen::ListenArgs),
    /// Look at notices that were given up or are in quarantine, and decide about them.
    #[cfg(feature = "listen")]
    DeadLetters(crate::dead_letters::DeadLettersArgs),
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

#[derive(Args)]
#[command(after_help = CODES)]
pub(crate) struct SignArgs {
    /// Parameters, after those of a body if one is given.
    #[arg(value_name = "NAME=VALUE", required_unless_present_any = ["lines", "form", "json_body"])]
    pub(crate) params: Vec<String>,
    /// Take parameters from a form body; `-` is standard input. A final line end is not part of it.
    #[arg(long, value_name = "FILE", conflicts_with = "json_body")]
    pub(crate) form: Option<PathBuf>,
    /// Take parameters from a JSON object; `-` is standard input. Numbers count as they are written.
    #[arg(long, value_name = "FILE")]
    pub(crate) json_body: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) token: TokenArgs,
    /// Sign by the bare rule: of a repeated name the last value, empty values too, verifySign left out.
    #[arg(long)]
    pub(crate) pure: bool,
    #[command(flatten)]
    pub(crate) canonical: CanonicalArgs,
    /// Print a body that is ready to send instead of the signature. Every value is a text in it.
    #[arg(long, value_name = "KIND")]
    pub(crate) body: Option<BodyKind>,
    /// Print one line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// Read lines `{"token":…,"params":[[name,value],…]}` and answer each with
    /// `{"canonical":…,"signature":…}` by the bare rule, or with `{"error":…}`.
    #[arg(long, exclusive = true)]
    pub(crate) lines: bool,
}

/// What is shown of the text that is signed.
#[derive(Args)]
pub(crate) struct CanonicalArgs {
    /// Print the text that is signed, without the key; values of card fields are hidden.
    #[arg(long)]
    pub(crate) show_canonical: bool,
    /// Hide nothing in the text that is signed.
    #[arg(long, requires = "show_canonical")]
    pub(crate) reveal: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum BodyKind {
    /// application/x-www-form-urlencoded
    Form,
    /// application/json
    Json,
}

#[derive(Args)]
#[command(after_help = CODES)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    pub(crate) input: BodyArgs,
    #[command(flatten)]
    pub(crate) token: TokenArgs,
    /// Print one line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// Read lines `{"token":…,"form_body":…}` and answer each with `{"verdict":…,"reason":…}`, or with
    /// `{"error":…}`.
    #[arg(long, exclusive = true)]
    pub(crate) lines: bool,
}

#[derive(Args)]
#[command(after_help = CODES)]
pub(crate) struct ExplainArgs {
    #[command(flatten)]
    pub(crate) input: BodyArgs,
    #[command(flatten)]
    pub(crate) tokens: TokensArgs,
    /// An earlier body to which the signature may belong; repeatable.
    #[arg(long, value_name = "FILE")]
    pub(crate) older: Vec<PathBuf>,
    /// Print one line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// A raw body and what it is.
#[derive(Args)]
pub(crate) struct BodyArgs {
    /// The raw body; standard input when it is `-` or left out.
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// It is a form body. Without this or --json-body, what begins with `{` is JSON.
    #[arg(long, conflicts_with = "json_body")]
    pub(crate) form: bool,
    /// It is a JSON object.
    #[arg(long)]
    pub(crate) json_body: bool,
}

impl BodyArgs {
    /// What the body is, as far as the command line says.
    pub(crate) fn format(&self) -> Option<Format> {
        match (self.form, self.json_body) {
            (true, _) => Some(Format::Form),
            (_, true) => Some(Format::Json),
            _ => None,
        }
    }
}
