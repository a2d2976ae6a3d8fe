//! `cargo xtask mutants`: would a test notice if the code did something else?

use std::process::ExitCode;

use crate::metadata::Metadata;
use crate::run::Cargo;

/// Runs cargo-mutants over one crate; more arguments pass through.
pub(crate) fn mutants(args: &[String]) -> anyhow::Result<ExitCode> {
    if !Cargo::new(["mutants", "--version"]).succeeds() {
        eprintln!("This needs cargo-mutants:\n\n    cargo install cargo-mutants --locked");
        return Ok(ExitCode::from(2));
    }
    let runner = if Cargo::new(["nextest", "--version"]).succeeds() { "nextest" } else { "cargo" };
    let home = Metadata::read()?.target_directory;
    let status = Cargo::new(["mutants", "--all-features", "--jobs", "2", "--timeout", "60"])
        .args(["--test-tool", runner, "--output"])
        .args([home.display().to_string()])
        .args(if names_a_package(args) { &[][..] } else { &["--package", "pockyt-sign"] }.iter().copied())
        .args(args)
        .status()?;
    println!("What was missed is in {}.", home.join("mutants.out").join("missed.txt").display());
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn names_a_package(args: &[String]) -> bool {
    args.iter().any(|arg| arg == "-p" || arg.starts_with("--package") || arg == "--workspace")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_examined_unless_another_package_is_named() {
        let names = |args: &[&str]| names_a_package(&args.iter().map(|&a| a.to_owned()).collect::<Vec<_>>());
        assert!(
            names(&["-p", "pockyt-model"]) && names(&["--package=pockyt-ipn"]) && names(&["--workspace"])
        );
        assert!(!names(&[]) && !names(&["--file", "names.rs"]));
    }
}
