//! `cargo xtask bench`: the benchmarks, and what they measured as ratios.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use serde_json::Value;

use crate::metadata::Metadata;
use crate::run::{Cargo, root};

/// Who is measured beside others in every group; benches/benches/*.rs use this name.
const OURS: &str = "pockyt";

/// Nanoseconds by group and by who did the work.
type Times = BTreeMap<String, BTreeMap<String, f64>>;

/// What `cargo xtask bench NAME` runs.
enum Bench {
    /// Measured by criterion, which leaves its medians in files.
    Criterion,
    /// A program of pockyt-benches that prints its own ratios.
    Program,
    /// Programs of benches/peers, likewise, with the arguments that choose them.
    Peers(&'static [&'static [&'static str]]),
}

const BENCHES: [(&str, Bench); 7] = [
    ("sign", Bench::Criterion),
    ("model", Bench::Criterion),
    ("client", Bench::Criterion),
    ("sim", Bench::Program),
    ("ipn", Bench::Program),
    ("calls", Bench::Peers(&[&["--bin=compare"], &["--bin=allocations"], &["--bin=polls"]])),
    ("mocks", Bench::Peers(&[&["--features=mocks", "--bin=mocks"]])),
];

/// Runs the benchmarks that are named, or all; the arguments from the first that names none go to criterion.
pub(crate) fn bench(args: &[String]) -> anyhow::Result<ExitCode> {
    let is_name = |arg: &&String| BENCHES.iter().any(|(name, _)| name == *arg);
    let named = args.iter().take_while(is_name).count();
    let (named, options) = args.split_at(named);
    let chosen = |name: &str| named.is_empty() || named.iter().any(|chosen| chosen == name);
    for (name, bench) in BENCHES.iter().filter(|(name, _)| chosen(name)) {
        match bench {
            Bench::Criterion => criterion(name, options)?,
            Bench::Program => program(name)?,
            Bench::Peers(programs) => peers(programs)?,
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn criterion(name: &str, options: &[String]) -> anyhow::Result<()> {
    let home = Metadata::read()?.target_directory.join("criterion").join(name);
    let args = ["bench", "--locked", "-p", "pockyt-benches", "--bench", name, "--"];
    succeed(Cargo::new(args).args(options).env("CRITERION_HOME", home.display().to_string()))?;
    print!("{}", table(&read(&home)?));
    Ok(())
}

fn program(name: &str) -> anyhow::Result<()> {
    succeed(Cargo::new(["bench", "--locked", "-p", "pockyt-benches", "--bench", name]))
}

/// The rivals and what they depend on are a workspace of their own.
fn peers(programs: &[&[&str]]) -> anyhow::Result<()> {
    let manifest = root().join("benches/peers/Cargo.toml").display().to_string();
    let target = Metadata::read()?.target_directory.join("peers").display().to_string();
    for program in programs {
        let run = Cargo::new(["run", "--release", "--locked", "--manifest-path", &manifest]);
        succeed(run.args(program.iter().copied()).env("CARGO_TARGET_DIR", target.as_str()))?;
    }
    Ok(())
}

fn succeed(cargo: Cargo) -> anyhow::Result<()> {
    let status = cargo.status()?;
    anyhow::ensure!(status.success(), "the benchmarks failed: {status}");
    Ok(())
}

/// Reads `<group>/<who>/new/estimates.json` of everything criterion has measured.
fn read(home: &Path) -> anyhow::Result<Times> {
    let mut times = Times::new();
    for group in folders(home)? {
        for who in folders(&home.join(&group))? {
            let file = home.join(&group).join(&who).join("new").join("estimates.json");
            if let Ok(text) = std::fs::read_to_string(&file) {
                let median = median(&text).with_context(|| file.display().to_string())?;
                times.entry(group.clone()).or_default().insert(who, median);
            }
        }
    }
    Ok(times)
}

fn folders(path: &Path) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(path).with_context(|| path.display().to_string())? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

fn median(estimates: &str) -> anyhow::Result<f64> {
    let estimates: Value = serde_json::from_str(estimates)?;
    let point = estimates.pointer("/median/point_estimate").and_then(Value::as_f64);
    point.context("no median in it")
}

/// A line for each that was measured, and our time in parts of its.
fn table(times: &Times) -> String {
    let mut table = format!("\n{:<28}{:<16}{:>12}{:>16}\n", "", "", "median ns", "ours, x of it");
    for (group, by) in times {
        let ours = by.get(OURS);
        for (who, time) in by {
            let ratio = match ours {
                Some(ours) if who != OURS => format!("{:.2}", ours / time),
                _ => String::new(),
            };
            table.push_str(format!("{group:<28}{who:<16}{time:>12.0}{ratio:>16}").trim_end());
            table.push('\n');
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_read() {
        let text = r#"{"mean": {"point_estimate": 9.0}, "median": {"point_estimate": 812.5}}"#;
        assert_eq!(median(text).ok(), Some(812.5));
        assert!(median("{}").is_err());
    }

    #[test]
    fn ratios_are_ours_over_theirs() {
        let by = [(OURS, 150.0), ("raw-md5", 100.0), ("naive", 600.0)];
        let alone = [("pockyt-2", 7.0)];
        let times = [("sign", &by[..]), ("alone", &alone[..])].map(|(group, by)| {
            (group.to_owned(), by.iter().map(|(who, time)| ((*who).to_owned(), *time)).collect())
        });
        let table = table(&Times::from(times));
        let rows: Vec<Vec<&str>> =
            table.lines().skip(2).map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(
            rows,
            [
                vec!["alone", "pockyt-2", "7"],
                vec!["sign", "naive", "600", "0.25"],
                vec!["sign", "pockyt", "150"],
                vec!["sign", "raw-md5", "100", "1.50"],
            ]
        );
    }
}
