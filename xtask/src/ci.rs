//! `cargo xtask ci`: the whole gate. A step that fails does not keep the next from running.

use std::time::{Duration, Instant};

use crate::metadata::{Metadata, Package};
use crate::outside::OUTSIDE;
use crate::run::Cargo;
use crate::tally::Tally;
use crate::test::{Selection, doctests, tests};
use crate::tidy::tidy;
use crate::{fuzz, icount, msrv};

/// How much of the gate to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// What every change must pass.
    Usual,
    /// And what takes long.
    Extended,
}

impl Extent {
    /// Reads the command's arguments.
    pub(crate) fn from_args(args: &[String]) -> anyhow::Result<Self> {
        match args {
            [] => Ok(Self::Usual),
            [only] if only == "--extended" => Ok(Self::Extended),
            _ => anyhow::bail!("takes --extended or nothing, and was given {args:?}"),
        }
    }
}

/// What every step runs with. RUSTFLAGS is not among them: another value in one step would rebuild every
/// dependency in the next, so warnings are denied by clippy's and rustdoc's own flags.
const ENVIRONMENT: &[(&str, &str)] = &[("CARGO_INCREMENTAL", "0"), ("CARGO_TERM_COLOR", "never")];

/// Runs every step and prints what each took.
pub(crate) fn ci(extent: Extent) -> anyhow::Result<Tally> {
    let metadata = Metadata::read()?;
    let everything = Selection::everything(ENVIRONMENT);
    println!(
        "Every command runs with {}",
        ENVIRONMENT.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
    );
    let mut gate = Gate::default();
    gate.step("format", || checks(formats()));
    gate.step("tidy", tidy);
    gate.step("clippy", || checks(clippy(&metadata)));
    gate.step("rustdoc", || checks([rustdoc()]));
    gate.step("features", || checks(metadata.libraries().flat_map(features)));
    gate.step_with(
        "oldest Rust",
        || msrv::compiler(&metadata),
        |compiler| msrv::gate(&metadata, &compiler, extent == Extent::Extended, ENVIRONMENT),
    );
    gate.step("catalogue", || checks([catalogue()]));
    gate.step("tests", || tests(&everything));
    for outside in &OUTSIDE {
        gate.step_with(
            outside.name,
            || outside.find(&metadata),
            |found| tests(&Selection::with(outside, found, ENVIRONMENT)),
        );
    }
    gate.step("doctests", || doctests(&everything));
    gate.step("benches", || checks([locked(["test", "--benches", "-p", "pockyt-benches"])]));
    gate.step("instructions", || icount::gate(ENVIRONMENT));
    if extent == Extent::Extended {
        gate.step("long property tests", || {
            checks([locked(["test", "--workspace", "--all-features", "--tests", "--"])
                .args(OUTSIDE.iter().flat_map(|outside| ["--skip", outside.prefix]))
                .env("PROPTEST_CASES", "20000")])
        });
        gate.step("release benches", || checks([locked(["bench", "-p", "pockyt-benches", "--no-run"])]));
        gate.step("fuzz", || fuzz::gate(60));
    }
    Ok(gate.finish())
}

/// The fuzz targets are a workspace of their own.
fn formats() -> [Cargo; 2] {
    let check = ["--check", "--", "--color", "never"];
    [gated(["fmt", "--all"]), gated(["fmt", "--manifest-path", "fuzz/Cargo.toml"])].map(|fmt| fmt.args(check))
}

/// Clippy looks at each package by itself, because in a workspace build one package's features hide what
/// another forgot to ask for; then at all with the features they have by default.
fn clippy(metadata: &Metadata) -> Vec<Cargo> {
    let each = metadata.members().map(|package| {
        locked(["clippy", "-p", &package.name, "--all-targets", "--all-features", "--", "-Dwarnings"])
    });
    let defaults = locked(["clippy", "--workspace", "--all-targets", "--", "-Dwarnings"]);
    each.chain([defaults]).collect()
}

fn rustdoc() -> Cargo {
    locked(["doc", "--workspace", "--no-deps", "--all-features", "--document-private-items"])
        .env("RUSTDOCFLAGS", "-Dwarnings")
}

/// Sets the simulator's table of operations beside the client's.
fn catalogue() -> Cargo {
    locked(["run", "--quiet", "-p", "pockyt-world", "--bin", "pockyt-world", "--", "catalogue"])
}

/// A package without features, with each of its features alone, and with all.
fn features(package: &Package) -> Vec<Cargo> {
    let base = || locked(["check", "-p", &package.name]);
    let named: Vec<&String> = package.features.iter().filter(|name| *name != "default").collect();
    let mut all = vec![base().args(["--no-default-features"])];
    all.extend(named.iter().map(|name| base().args(["--no-default-features", "--features", name])));
    if named.len() > 1 {
        all.push(base().args(["--all-features"]));
    }
    all
}

/// A command that takes the lock file as it is.
fn locked<'a>(args: impl IntoIterator<Item = &'a str>) -> Cargo {
    let mut args = args.into_iter();
    gated(args.next().into_iter().chain(["--locked"]).chain(args))
}

/// A command in the environment that all steps share.
fn gated<'a>(args: impl IntoIterator<Item = &'a str>) -> Cargo {
    Cargo::new(args).common(ENVIRONMENT)
}

/// Runs each command, the later ones even when an earlier one fails; each counts as one check.
fn checks(commands: impl IntoIterator<Item = Cargo>) -> anyhow::Result<Tally> {
    let mut tally = Tally::default();
    for command in commands {
        tally += Tally::check(command.status()?.success());
    }
    Ok(tally)
}

#[derive(Debug, Default)]
struct Gate {
    /// Without a count, the step was left out.
    rows: Vec<(&'static str, Duration, Option<Tally>)>,
    warnings: Vec<String>,
}

impl Gate {
    fn step(&mut self, name: &'static str, run: impl FnOnce() -> anyhow::Result<Tally>) {
        self.step_with(name, || Ok(()), |()| run());
    }

    /// A step that needs what not every machine can have. Where it is missing the step is left out, and the
    /// gate says so at its end, but does not fail.
    fn step_with<N>(
        &mut self,
        name: &'static str,
        need: impl FnOnce() -> anyhow::Result<N>,
        run: impl FnOnce(N) -> anyhow::Result<Tally>,
    ) {
        println!("\n== {name}");
        let begun = Instant::now();
        let tally = match need() {
            Ok(needed) => Some(run(needed).unwrap_or_else(|error| {
                println!("{name}: {error:#}");
                Tally::check(false)
            })),
            Err(missing) => {
                self.warnings.push(format!("{name}: {missing:#}"));
                None
            }
        };
        let took = begun.elapsed();
        let result = tally.map_or_else(|| "left out".to_owned(), |tally| tally.to_string());
        println!("== {name}: {result} in {:.1} s", took.as_secs_f64());
        self.rows.push((name, took, tally));
    }

    fn finish(self) -> Tally {
        let mut sum = Tally::default();
        let mut time = Duration::ZERO;
        println!("\n{:<22}{:>9}{:>9}{:>9}", "step", "seconds", "passed", "failed");
        for (name, took, tally) in self.rows {
            time += took;
            let Some(tally) = tally else {
                println!("{name:<22}{:>9.1}{:>9}{:>9}", took.as_secs_f64(), "left", "out");
                continue;
            };
            // A step that ran nothing did not pass.
            let tally = tally.with_exit(tally.is_good());
            println!("{name:<22}{:>9.1}{:>9}{:>9}", took.as_secs_f64(), tally.passed, tally.failed);
            sum += tally;
        }
        println!("{:<22}{:>9.1}{:>9}{:>9}", "all", time.as_secs_f64(), sum.passed, sum.failed);
        for warning in self.warnings {
            println!("\nwarning: {warning}");
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_extended_is_understood() {
        let extent =
            |args: &[&str]| Extent::from_args(&args.iter().map(|&a| a.to_owned()).collect::<Vec<_>>());
        assert_eq!(extent(&[]).unwrap(), Extent::Usual);
        assert_eq!(extent(&["--extended"]).unwrap(), Extent::Extended);
        assert!(extent(&["--extnded"]).is_err());
    }

    #[test]
    fn every_feature_is_checked_alone() {
        let package = |features: &[&str]| Package {
            name: "pockyt-x".into(),
            features: features.iter().map(|&name| name.to_owned()).collect(),
            ..Package::default()
        };
        assert_eq!(features(&package(&[])).len(), 1);
        assert_eq!(features(&package(&["default", "json"])).len(), 2);
        assert_eq!(features(&package(&["default", "json", "sqlite"])).len(), 4);
    }

    #[test]
    fn a_failed_or_empty_step_fails_the_gate() {
        let mut gate = Gate::default();
        gate.step("good", || Ok(Tally::check(true)));
        gate.step("empty", || Ok(Tally::default()));
        gate.step("broken", || anyhow::bail!("did not start"));
        assert_eq!(gate.finish(), Tally { passed: 1, failed: 2 });
    }

    #[test]
    fn a_step_without_what_it_needs_is_left_out_and_one_with_it_can_fail() {
        let mut gate = Gate::default();
        gate.step("good", || Ok(Tally::check(true)));
        gate.step_with("missing", || anyhow::bail!("there is none"), |()| Ok(Tally::check(false)));
        assert_eq!(gate.warnings, ["missing: there is none"]);
        gate.step_with("there", || Ok(2), |two| Ok(Tally { passed: two, failed: 1 }));
        assert_eq!(gate.finish(), Tally { passed: 3, failed: 1 });
    }
}
