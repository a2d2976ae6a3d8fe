//! `cargo xtask bench`: the benchmarks, and what they measured as ratios, which are written into the report.

mod chart;
mod criterion;
mod figures;
mod report;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::SystemTime;

use anyhow::Context;

use crate::bench::criterion::{CLIENT, Group, MODEL, SIGN};
use crate::bench::figures::Figure;
use crate::metadata::Metadata;
use crate::run::{Cargo, root};

/// The variable by which a program learns where to record its figures; `pockyt_figures` reads it.
const FIGURES: &str = "POCKYT_FIGURES";

/// What `cargo xtask bench NAME` runs.
enum Bench {
    /// Measured by criterion, which leaves its medians in files.
    Criterion(&'static [Group]),
    /// A program of pockyt-benches that prints its own ratios, and records them.
    Program,
    /// Programs of benches/peers, likewise, with the arguments that choose them.
    Peers(&'static [&'static [&'static str]]),
}

const BENCHES: [(&str, Bench); 7] = [
    ("sign", Bench::Criterion(SIGN)),
    ("model", Bench::Criterion(MODEL)),
    ("client", Bench::Criterion(CLIENT)),
    ("sim", Bench::Program),
    ("ipn", Bench::Program),
    ("calls", Bench::Peers(&[&["--bin=compare"], &["--bin=allocations"], &["--bin=polls"]])),
    ("mocks", Bench::Peers(&[&["--features=mocks", "--bin=mocks"]])),
];

/// Runs the benchmarks that are named, or all; the arguments from the first that names none go to criterion.
pub(crate) fn bench(args: &[String]) -> anyhow::Result<ExitCode> {
    let is_name = |arg: &&String| BENCHES.iter().any(|(name, _)| name == *arg);
    let (named, options) = args.split_at(args.iter().take_while(is_name).count());
    let options = options.strip_prefix(&["--".to_owned()]).unwrap_or(options);
    let is_chosen = |name: &str| named.is_empty() || named.iter().any(|chosen| chosen == name);
    let chosen = || BENCHES.iter().filter(|(name, _)| is_chosen(name));
    report::has_places(chosen().map(|(name, _)| *name))?;
    for (name, bench) in chosen() {
        let figures = match bench {
            Bench::Criterion(groups) => by_criterion(name, groups, options)?,
            Bench::Program => Some(program(name)?),
            Bench::Peers(programs) => Some(peers(name, programs)?),
        };
        if let Some(figures) = figures {
            report::write(name, &command(name, bench, options), &figures)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The command that measures this one alone in the same way.
fn command(name: &str, bench: &Bench, options: &[String]) -> String {
    let options = if matches!(bench, Bench::Criterion(_)) { options } else { &[] };
    let words = ["cargo", "xtask", "bench", name].into_iter();
    words.chain(options.iter().map(String::as_str)).collect::<Vec<_>>().join(" ")
}

/// The ratios; `None` when criterion was told to measure a part only, which is no report.
fn by_criterion(name: &str, groups: &[Group], options: &[String]) -> anyhow::Result<Option<Vec<Figure>>> {
    let home = Metadata::read()?.target_directory.join("criterion").join(name);
    let args = ["bench", "--locked", "-p", "pockyt-benches", "--bench", name, "--"];
    let start = SystemTime::now();
    succeed(Cargo::new(args).args(options).env("CRITERION_HOME", home.display().to_string()))?;
    let times = criterion::read(&home, start)?;
    print!("{}", criterion::table(&times));
    match criterion::figures(groups, &times) {
        Err(missing) if !options.is_empty() => {
            println!("\n{name}: nothing is written, since {missing}");
            Ok(None)
        }
        figures => figures.map(Some),
    }
}

fn program(name: &str) -> anyhow::Result<Vec<Figure>> {
    recorded(name, [Cargo::new(["bench", "--locked", "-p", "pockyt-benches", "--bench", name])])
}

/// The rivals and what they depend on are a workspace of their own.
fn peers(name: &str, programs: &[&[&str]]) -> anyhow::Result<Vec<Figure>> {
    let manifest = root().join("benches/peers/Cargo.toml").display().to_string();
    let target = Metadata::read()?.target_directory.join("peers").display().to_string();
    let run = |program: &&[&str]| {
        let run = Cargo::new(["run", "--release", "--locked", "--manifest-path", &manifest]);
        run.args(program.iter().copied()).env("CARGO_TARGET_DIR", target.as_str())
    };
    recorded(name, programs.iter().map(run))
}

/// Runs programs one after another, and reads what they recorded.
fn recorded(name: &str, programs: impl IntoIterator<Item = Cargo>) -> anyhow::Result<Vec<Figure>> {
    let file = new_file(name)?;
    for program in programs {
        succeed(program.env(FIGURES, file.display().to_string()))?;
    }
    let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    let figures = figures::parse(&text).with_context(|| file.display().to_string())?;
    anyhow::ensure!(!figures.is_empty(), "{name} recorded no figures");
    Ok(figures)
}

/// An empty file, whatever an earlier run has left.
fn new_file(name: &str) -> anyhow::Result<PathBuf> {
    let folder = Metadata::read()?.target_directory.join("figures");
    std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let file = folder.join(format!("{name}.tsv"));
    std::fs::write(&file, "").with_context(|| file.display().to_string())?;
    Ok(file)
}

fn succeed(cargo: Cargo) -> anyhow::Result<()> {
    let status = cargo.status()?;
    anyhow::ensure!(status.success(), "the benchmarks failed: {status}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_learn_of_the_file_by_the_name_they_read() {
        assert_eq!(FIGURES, pockyt_figures::VARIABLE);
    }

    #[test]
    fn the_report_has_a_place_for_each() {
        report::has_places(BENCHES.iter().map(|(name, _)| *name)).unwrap();
    }

    #[test]
    fn the_command_has_the_options_that_mattered() {
        let options = ["--measurement-time".to_owned(), "1".to_owned()];
        let command = |bench| command("sign", &bench, &options);
        assert_eq!(command(Bench::Criterion(SIGN)), "cargo xtask bench sign --measurement-time 1");
        assert_eq!(command(Bench::Program), "cargo xtask bench sign");
    }
}
