//! `pockyt`: sign, verify and explain Pockyt's `verifySign` signatures; with the feature `client`, make calls
//! and poll orders; with the feature `listen`, hear notifications and look after those that were given up.

use std::process::ExitCode;

use clap::CommandFactory as _;

mod body;
#[cfg(feature = "client")]
mod call;
mod cli;
#[cfg(feature = "listen")]
mod dead_letters;
mod exit;
mod explain;
mod json;
mod lines;
#[cfg(feature = "listen")]
mod listen;
#[cfg(feature = "client")]
mod operations;
mod output;
#[cfg(feature = "client")]
mod poll;
#[cfg(feature = "client")]
mod remote;
mod sign;
#[cfg(feature = "listen")]
mod store;
mod token;
mod verify;

use cli::{Cli, Command};
use exit::Exit;

fn main() -> ExitCode {
    let outcome = match Cli::read().command {
        Command::Sign(args) => sign::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Explain(args) => explain::run(&args),
        #[cfg(feature = "client")]
        Command::Call(args) => call::run(&args),
        #[cfg(feature = "client")]
        Command::Poll(args) => poll::run(&args),
        #[cfg(feature = "client")]
        Command::Operations(args) => operations::run(&args),
        #[cfg(feature = "listen")]
        Command::Listen(args) => listen::run(&args),
        #[cfg(feature = "listen")]
        Command::DeadLetters(args) => dead_letters::run(&args),
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
