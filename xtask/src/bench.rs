//! `cargo xtask bench`: the benchmarks, and what they measured as ratios.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use serde_json::Value;

use crate::metadata::Metadata;
use crate::run::Cargo;

/// The three that every group measures side by side; benches/benches/*.rs use these names.
const OURS: &str = "pockyt";
const RAW: &str = "raw-md5";
const NAIVE: &str = "naive";

/// Nanoseconds by group and by who did the work.
type Times = BTreeMap<String, BTreeMap<String, f64>>;

/// Runs criterion, then prints the medians.
pub(crate) fn bench(args: &[String]) -> anyhow::Result<ExitCode> {
    let home = Metadata::read()?.target_directory.join("criterion");
    let status = Cargo::new(["bench", "--locked", "-p", "pockyt-benches", "--"])
        .args(args)
        .env("CRITERION_HOME", home.display().to_string())
        .status()?;
    anyhow::ensure!(status.success(), "the benchmarks failed: {status}");
    print!("{}", table(&read(&home)?));
    Ok(ExitCode::SUCCESS)
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

fn table(times: &Times) -> String {
    let mut table = format!(
        "\n{:<16}{:>12}{:>12}{:>12}{:>10}{:>12}\n",
        "median ns", OURS, RAW, NAIVE, "/ raw", "/ naive"
    );
    for (group, by) in times {
        let time = |who: &str| by.get(who).copied();
        let cell = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.0}"));
        let ratio = |other: &str| {
            let ratio = time(OURS).zip(time(other)).map(|(ours, other)| ours / other);
            ratio.map_or("-".to_owned(), |ratio| format!("{ratio:.2}"))
        };
        table.push_str(&format!(
            "{group:<16}{:>12}{:>12}{:>12}{:>10}{:>12}\n",
            cell(time(OURS)),
            cell(time(RAW)),
            cell(time(NAIVE)),
            ratio(RAW),
            ratio(NAIVE),
        ));
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
        let by = [(OURS, 150.0), (RAW, 100.0), (NAIVE, 600.0)].map(|(who, time)| (who.to_owned(), time));
        let times =
            Times::from([("sign".to_owned(), BTreeMap::from(by)), ("lone".to_owned(), BTreeMap::new())]);
        let table = table(&times);
        let row = |name: &str| table.lines().find(|line| line.starts_with(name)).unwrap().split_whitespace();
        assert_eq!(row("sign").collect::<Vec<_>>(), ["sign", "150", "100", "600", "1.50", "0.25"]);
        assert_eq!(row("lone").collect::<Vec<_>>(), ["lone", "-", "-", "-", "-", "-"]);
    }
}
