//! `cargo xtask fuzz`: arbitrary bytes for what reads strangers' messages.
//!
//! The folder fuzz/ is as cargo-fuzz lays it out, but cargo-fuzz is not needed: the flags below are what it
//! passes, and a stable compiler takes them when told that it may.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::Context;

use crate::metadata::Metadata;
use crate::run::{Cargo, root};
use crate::tally::Tally;

/// The targets in fuzz/fuzz_targets.
const TARGETS: [&str; 5] = ["form", "json", "explain", "answer", "notification"];

/// Notes in each branch that it was taken and what was compared, and watches every access to memory.
const INSTRUMENTED: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Zsanitizer=address -Cdebug-assertions -Ccodegen-units=1 \
    --cfg fuzzing";

/// Room for every rule several times over; the time goes into variety instead of length.
const LONGEST_INPUT: u32 = 4096;
const MOST_MEBIBYTES: u32 = 1024;

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
struct Request {
    seconds: u64,
    targets: Vec<&'static str>,
}

impl Request {
    fn from_args(args: &[String]) -> anyhow::Result<Self> {
        let mut request = Self { seconds: 60, targets: Vec::new() };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            if arg == "--secs" {
                let seconds = args.next().and_then(|text| text.parse().ok()).filter(|seconds| *seconds > 0);
                request.seconds = seconds.context("--secs takes a number of seconds above 0")?;
            } else {
                let known = TARGETS.into_iter().find(|target| target == arg);
                request.targets.push(known.with_context(|| format!("{arg:?} is none of {TARGETS:?}"))?);
            }
        }
        if request.targets.is_empty() {
            request.targets = TARGETS.to_vec();
        }
        Ok(request)
    }
}

/// Runs the targets that the arguments name, or all.
pub(crate) fn fuzz(args: &[String]) -> anyhow::Result<ExitCode> {
    let tally = run(&Request::from_args(args)?)?;
    Ok(if tally.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// All of them as a step of the gate; each counts as one check.
pub(crate) fn gate(seconds: u64) -> anyhow::Result<Tally> {
    run(&Request { seconds, targets: TARGETS.to_vec() })
}

fn run(request: &Request) -> anyhow::Result<Tally> {
    let home = Metadata::read()?.target_directory.join("fuzz");
    let programs = build(&home)?;
    let mut tally = Tally::default();
    for target in &request.targets {
        let outcome = one(target, &programs.join(target), &home, request.seconds)?;
        println!("fuzz {target}: {}", outcome.line);
        tally += Tally::check(outcome.is_good);
    }
    Ok(tally)
}

/// Gives the folder with the programs.
fn build(home: &Path) -> anyhow::Result<PathBuf> {
    let about =
        Command::new("rustc").arg("-vV").stdin(Stdio::null()).output().context("rustc did not start")?;
    let about = String::from_utf8_lossy(&about.stdout).into_owned();
    let host = about.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc names no host")?;
    let home = home.display().to_string();
    // With a target named, build scripts are not instrumented.
    let status =
        Cargo::new(["build", "--release", "--locked", "--bins", "--manifest-path", "fuzz/Cargo.toml"])
            .args(["--target-dir", &home, "--target", host])
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTFLAGS", INSTRUMENTED)
            .status()?;
    anyhow::ensure!(status.success(), "the fuzz targets do not compile");
    Ok(Path::new(&home).join(host).join("release"))
}

struct Outcome {
    is_good: bool,
    line: String,
}

fn one(target: &str, program: &Path, home: &Path, seconds: u64) -> anyhow::Result<Outcome> {
    let corpus = home.join("corpus").join(target);
    let found = home.join("found").join(target);
    for folder in [&corpus, &found] {
        std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    let log = home.join(format!("{target}.log"));
    let written = File::create(&log).with_context(|| log.display().to_string())?;
    println!("fuzz {target}: {seconds} s, with its log in {}", log.display());
    let status = Command::new(program)
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-max_len={LONGEST_INPUT}"))
        .arg(format!("-rss_limit_mb={MOST_MEBIBYTES}"))
        .args(["-timeout=10", "-print_final_stats=1"])
        // What was freed is kept for a while, to notice its use; a quarter of the usual while is enough.
        .env("ASAN_OPTIONS", "quarantine_size_mb=64")
        .arg(format!("-artifact_prefix={}/", found.display()))
        .arg(&corpus)
        .arg(root().join("fuzz").join("seeds").join(target))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(written)
        .status()
        .with_context(|| program.display().to_string())?;
    let log = std::fs::read(&log).with_context(|| log.display().to_string())?;
    let log = String::from_utf8_lossy(&log);
    Ok(Outcome { is_good: status.success(), line: summary(&log, status.success()) })
}

/// What libFuzzer's log comes down to.
fn summary(log: &str, is_good: bool) -> String {
    let after =
        |mark: &str| log.lines().rev().find_map(|line| line.split_once(mark)).map(|(_, text)| text.trim());
    if is_good {
        let runs = after("stat::number_of_executed_units:").unwrap_or("?");
        let speed = after("stat::average_exec_per_sec:").unwrap_or("?");
        let covered = after(" cov: ").and_then(|text| text.split_whitespace().next()).unwrap_or("?");
        return format!("ok, {runs} inputs, {speed} a second, {covered} edges seen");
    }
    let input = after("Test unit written to ").unwrap_or("no input was written; see the log");
    let reason = log.lines().skip_while(|line| !line.contains("panicked at")).take(6);
    let reason: String = reason.map(|line| format!("    {line}\n")).collect();
    let kind = after("SUMMARY: ").unwrap_or("it stopped");
    format!("NOT OK, {kind}\n{reason}    the input: {input}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(args: &[&str]) -> anyhow::Result<Request> {
        Request::from_args(&args.iter().map(|&arg| arg.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn arguments_are_a_time_and_targets() {
        assert_eq!(request(&[]).unwrap(), Request { seconds: 60, targets: TARGETS.to_vec() });
        assert_eq!(request(&["json", "--secs", "5"]).unwrap(), Request { seconds: 5, targets: vec!["json"] });
        for wrong in [&["xml"][..], &["--secs"], &["--secs", "0"], &["--secs", "json"], &["-v"]] {
            assert!(request(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn every_target_of_the_folder_is_run() {
        let folder = root().join("fuzz").join("fuzz_targets");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        files.sort();
        let mut targets = TARGETS.to_vec();
        targets.sort_unstable();
        assert_eq!(files, targets);
    }

    #[test]
    fn logs_are_summed_up() {
        let log = "#1 INITED cov: 7 ft: 9\n#9 DONE   cov: 1490 ft: 3169 corp: 1/2b\n\
            stat::number_of_executed_units: 99\nstat::average_exec_per_sec:     33\n";
        assert_eq!(summary(log, true), "ok, 99 inputs, 33 a second, 1490 edges seen");
        let log = "thread panicked at fuzz/x.rs:1:1:\nwhy\nSUMMARY: libFuzzer: deadly signal\n\
            artifact_prefix='t/'; Test unit written to t/crash-1\n";
        let shown = summary(log, false);
        assert!(
            shown.contains("deadly signal") && shown.contains("why") && shown.ends_with("t/crash-1"),
            "{shown}"
        );
    }
}
