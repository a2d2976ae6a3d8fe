//! `pockyt`: sign, verify and explain Pockyt's `verifySign` signatures.

use std::process::ExitCode;

use clap::CommandFactory as _;

mod body;
mod cli;
mod exit;
mod explain;
mod json;
mod lines;
mod output;
mod sign;
mod token;
mod verify;

use cli::{Cli, Command};
use exit::Exit;

fn main() -> ExitCode {
    let outcome = match Cli::read().command {
        Command::Sign(args) => sign::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Completions { shell } => completions(shell),
    };
    outcome.unwrap_or_else(|error| exit::report(&error)).into()
}

fn completions(shell: clap_complete::Shell) -> anyhow::Result<Exit> {
    // Written by way of memory: the generator panics when its writer fails.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "pockyt", &mut script);
    output::print(&script)?;
    Ok(Exit::Fine)
}
