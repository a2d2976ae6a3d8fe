//! `cargo xtask icount`: how many instructions a call costs, and whether that has changed.
//!
//! Times differ from run to run and from machine to machine; callgrind's counts do not, so a change of a few
//! percent can be told from noise. They say nothing of caches and of what a processor does at once.

mod figures;
mod valgrind;

use std::process::ExitCode;

use anyhow::Context;

use crate::icount::figures::{Conditions, Figures, Report};
use crate::metadata::Metadata;
use crate::run::{Cargo, root};
use crate::tally::Tally;

/// The committed figures.
const FILE: &str = "benches/instructions.txt";

/// Counts, and compares with the committed figures; with `--renew` replaces them instead.
pub(crate) fn icount(args: &[String]) -> anyhow::Result<ExitCode> {
    let renew = match args {
        [] => false,
        [only] if only == "--renew" => true,
        _ => anyhow::bail!("takes --renew or nothing, and was given {args:?}"),
    };
    if let Err(missing) = valgrind::find_or_install() {
        eprintln!("{missing}");
        return Ok(ExitCode::from(2));
    }
    let counted = count(&[])?;
    if renew {
        let before = committed().unwrap_or_default();
        std::fs::write(root().join(FILE), counted.to_string())?;
        print!("{}", Report::of(&counted, &before));
        println!("Written to {FILE}.");
        return Ok(ExitCode::SUCCESS);
    }
    Ok(if compare(&counted)?.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The same as a step of the gate: each case counts as one check.
pub(crate) fn gate(environment: &'static [(&'static str, &'static str)]) -> anyhow::Result<Tally> {
    valgrind::find_or_install().map_err(anyhow::Error::msg)?;
    compare(&count(environment)?)
}

fn compare(counted: &Figures) -> anyhow::Result<Tally> {
    let report = Report::of(counted, &committed()?);
    print!("{report}");
    Ok(report.tally())
}

fn committed() -> anyhow::Result<Figures> {
    Figures::parse(&std::fs::read_to_string(root().join(FILE)).context(FILE)?).context(FILE)
}

/// Builds the program that runs the cases, and counts each of them.
fn count(environment: &'static [(&'static str, &'static str)]) -> anyhow::Result<Figures> {
    let build = ["build", "--release", "--locked", "-p", "pockyt-benches", "--bin", "icount"];
    let status = Cargo::new(build).common(environment).status()?;
    anyhow::ensure!(status.success(), "the program whose instructions are counted does not compile");
    let target = Metadata::read()?.target_directory;
    let program = target.join("release").join("icount");
    let mut figures = Figures { conditions: Conditions::here()?, cases: Vec::new() };
    for case in valgrind::cases(&program)? {
        let instructions = valgrind::per_call(&program, &case, &target)?;
        figures.cases.push((case, instructions));
    }
    Ok(figures)
}
