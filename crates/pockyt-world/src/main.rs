//! Plays the demo, or compares the catalogue with the model.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use pockyt_world::{Narrator, catalogue, choices, demo, endpoints};

#[derive(Parser)]
#[command(about = "A merchant, the mock Pockyt and its customers in one process")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Plays the stories that must always work, over real sockets on this machine.
    Demo {
        /// The seed of everything that looks random.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Plays only this story.
        #[arg(long)]
        story: Option<u32>,
        /// Also writes the mock's journal, JSON lines, to this file.
        #[arg(long)]
        journal: Option<PathBuf>,
    },
    /// Sets the simulator's table of operations beside the client's and prints what differs.
    Catalogue,
    /// Prints the documents' tables of what the mock does where the sources differ or say nothing.
    Choices,
    /// Prints the documents' table of endpoints.
    Endpoints,
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            complain(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<bool> {
    match command {
        Command::Demo { seed, story, journal } => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let begin = std::time::Instant::now();
            let report = runtime.block_on(demo::play(seed, story, &Narrator::aloud()))?;
            if let Some(path) = journal {
                std::fs::write(&path, report.journal.join("\n") + "\n")
                    .with_context(|| format!("cannot write the journal to {}", path.display()))?;
            }
            complain(&format!("({:.1} s of real time)", begin.elapsed().as_secs_f64()));
            Ok(report.failed == 0)
        }
        Command::Catalogue => {
            let report = catalogue::compare();
            complain(&report.to_string());
            Ok(report.is_clean())
        }
        Command::Choices => {
            tell(&format!("{}\n{}", choices::switches(), choices::settled()));
            Ok(true)
        }
        Command::Endpoints => {
            tell(&endpoints::table());
            Ok(true)
        }
    }
}

#[expect(clippy::print_stdout, reason = "what was asked for goes to standard output")]
fn tell(text: &str) {
    print!("{text}");
}

#[expect(clippy::print_stderr, reason = "a program's remarks go to standard error")]
fn complain(text: &str) {
    eprintln!("{text}");
}
