//! The workspace's own commands, run as `cargo xtask <command>`.
//!
//! Each is a thin wrapper that prints the command it runs. There are no workspace crates among the
//! dependencies and few others, because `cargo xtask demo` is the first thing a new user waits for.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool talks to its terminal")]

mod bench;
mod ci;
mod demo;
mod fuzz;
mod icount;
mod metadata;
mod msrv;
mod mutants;
mod outside;
mod run;
mod system;
mod tally;
mod test;
mod tidy;

use std::process::ExitCode;

use crate::tally::Tally;

const HELP: &str = "\
cargo xtask <command>

  demo [args]       play the payment stories against the mock, narrated; --seed N and the like pass through
  test [args]       run every test; args (a filter, -p NAME) pass through to the test runner
  ci [--extended]   the whole gate; --extended adds long property tests, fuzzing and release benches
  tidy              layering, licences, bans, sizes, links: the rules that need no compiler
  bench [NAME...]   run the benchmarks, and write them as ratios into docs/performance.md with charts beside it:
                    sign, model, client, sim, ipn, calls, mocks, or all; further arguments go to criterion
  icount [--renew]  count the instructions of signing and verifying, and compare with the committed figures
  fuzz [--secs N] [target]...   feed arbitrary bytes to what reads messages, 60 s for each target
  msrv [library]...   compile the libraries with the oldest Rust they promise, which is not installed for it
  mutants [args]    change pockyt-sign in every small way, to see whether a test notices; takes long
  help              this text";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let command = args.next().unwrap_or_else(|| "help".to_owned());
    let rest: Vec<String> = args.collect();
    match dispatch(&command, &rest) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask {command}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: &str, args: &[String]) -> anyhow::Result<ExitCode> {
    match command {
        "demo" => demo::demo(args),
        "test" => test::test(args).map(report),
        "ci" => ci::ci(ci::Extent::from_args(args)?).map(report),
        "tidy" => {
            no_arguments(args)?;
            tidy::tidy().map(report)
        }
        "bench" => bench::bench(args),
        "icount" => icount::icount(args),
        "fuzz" => fuzz::fuzz(args),
        "msrv" => msrv::msrv(args),
        "mutants" => mutants::mutants(args),
        "help" | "--help" | "-h" => {
            println!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        _ => anyhow::bail!("there is no such command\n\n{HELP}"),
    }
}

fn no_arguments(args: &[String]) -> anyhow::Result<()> {
    anyhow::ensure!(args.is_empty(), "takes no arguments, and was given {args:?}");
    Ok(())
}

/// Prints the count as the last line, alone, for people and scripts to read.
fn report(tally: Tally) -> ExitCode {
    println!("{tally}");
    if tally.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
